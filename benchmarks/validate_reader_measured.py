"""A measured man read by the reader, who knows nothing of him: tables and figure of ``docs/validation/reader.md``, *One measured man*.

GAITFORGE_REFERENCE=FOLDER python -m benchmarks.validate_reader_measured [--weights DIR] [--figure docs/validation/reader_measured.png]

``FOLDER/opensim_walk`` is the walk of `benchmarks.validate_measured_walk`: 2.4 s of one adult, with markers, ground forces,
electromyography, and for 1.35 s of them coordinates of a model fitted to him. His keypoints are filmed by ideal cameras from all sides,
exactly and with a detector's noise, twice: as his markers tell them, and as the joints of his model.
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from benchmarks.measured_man_parts.crouch import LOWERED_M, lowered
from benchmarks.measured_man_parts.figure import draw
from benchmarks.measured_man_parts.film import BEARINGS_DEG, film
from benchmarks.measured_man_parts.keypoints import by_markers, by_model, enclosed_knee_deg
from benchmarks.measured_man_parts.tables import posture_table, tables
from benchmarks.measured_man_parts.truth import Pair, Truth, beside, read_truth
from benchmarks.reference_folder import reference_folder
from benchmarks.validate_measured_walk import SUBJECT, person
from downstream.evaluation.error_rows import SURE, event_rows, number_rows
from downstream.network.curve_network import CurveNetwork, load_network
from downstream.readings.gait_reading import GaitReading, Number
from downstream.readings.read_walk import WalkRead, read_walk
from downstream.recordings.keypoint_recording import JOINT, Recording
from downstream.recordings.walking_bouts import Bout
from downstream.training.draw_example import READER_NOISE
from downstream.views.detector_noise import corrupt
from downstream.walks.labelled_walk import LEG_ANGLES
from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.tools.motion_files.trc import read_trc

WEIGHTS = Path(__file__).parent.parent / "downstream" / "weights"
SEEDS = 8
"""Draws of a detector's noise for each camera and kind of keypoints."""


@dataclass(frozen=True)
class Take:
    """One recording: which ``points`` ("markers" or "model"), from where, and which draw of noise, None of exact keypoints."""

    points: str
    bearing_deg: int
    seed: int | None

    @property
    def keypoints(self) -> str:
        return "exact" if self.seed is None else "noisy"

    @property
    def name(self) -> str:
        return f"{self.points} {self.bearing_deg} {self.seed}"


_DRAWN = Take("markers", 270, 0)
"""What the figure shows: from the right, where the leg that carries the electrodes is near."""


def takes() -> list[Take]:
    seeds = (None, *range(SEEDS))
    return [
        Take(points, bearing, seed) for points in ("markers", "model") for bearing in BEARINGS_DEG for seed in seeds
    ]


def recorded(take: Take, points: Array, time: Array) -> Recording:
    recording, visible = film(points, time, take.bearing_deg, SUBJECT.height_m)
    if take.seed is None:
        return recording
    return corrupt(recording, visible, np.random.default_rng([take.bearing_deg, take.seed]), READER_NOISE)


def read(network: CurveNetwork, recording: Recording) -> WalkRead:
    """All of it as one bout, his age and sex not told."""
    return read_walk(network, recording, Bout(0, len(recording)))


def curve_errors(pairs: dict[tuple[str, str], Pair]) -> Iterator[dict[str, object]]:
    """A row for each curve and leg."""
    for (quantity, part), pair in pairs.items():
        for leg in range(pair.true.shape[1]):
            true, told, sd = (values[:, leg] for values in (pair.true, pair.told, pair.sd))
            apart = told - true
            yield {
                "quantity": quantity,
                "part": part,
                "bias": apart.mean(),
                "rms": np.sqrt(np.mean(apart**2)),
                "spread": apart.std(),
                "r": np.corrcoef(true, told)[0, 1],
                "inside": np.mean(np.abs(apart) <= SURE * sd),
                "highest": told.max(),
                "measured highest": true.max(),
                "lowest": told.min(),
                "measured lowest": true.min(),
            }


def errors(take: Take, walk: WalkRead, truth: Truth) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rows of curves, and of events and numbers (`ErrorRow`), with what the take is."""
    facts = {"points": take.points, "keypoints": take.keypoints, "view": walk.view}
    curves = pd.DataFrame(curve_errors(beside(truth, walk.reading)))
    numbers = {name: Number(value, 0.0) for name, value in truth.numbers.items()}
    true = GaitReading(walk.reading.time, truth.events, 0.0, {}, numbers)
    told = {name: walk.reading.numbers[name] for name in numbers}
    rows = [
        *event_rows(take.name, "reader", true, walk.reading),
        *number_rows(take.name, "reader", numbers, told),
    ]
    return curves.assign(**facts), pd.DataFrame(rows).dropna(subset="true").assign(**facts)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder of a reader; by default the one that ships"
    )
    parser.add_argument("--figure", type=Path, help="picture to write (PNG)")
    return parser.parse_args()


def read_all(
    network: CurveNetwork, points: Mapping[str, Array], time: Array, truth: Truth, figure: Path | None
) -> tuple[list[pd.DataFrame], list[pd.DataFrame]]:
    """Errors of all takes that can be read, a table for each; one of them is drawn."""
    curves, others = [], []
    for take in takes():
        try:
            walk = read(network, recorded(take, points[take.points], time))
        except DataError:
            continue
        own, rest = errors(take, walk, truth)
        curves.append(own)
        others.append(rest)
        if figure and take == _DRAWN:
            draw(figure, walk.reading, truth)
    return curves, others


def posture_rows(network: CurveNetwork, points: Array, time: Array) -> list[dict[str, float]]:
    """What a crouch changes, means over time and legs: in what the points themselves enclose, and in the angles read of exact keypoints,
    each view against itself."""
    knee, angles = [], []
    for by_m in LOWERED_M:
        moved = lowered(points, by_m, SUBJECT.height_m)
        knee.append(float(enclosed_knee_deg(moved).mean()))
        walks = [read(network, recorded(Take("markers", bearing, None), moved, time)) for bearing in BEARINGS_DEG]
        angles.append([walk.reading.curves["leg_angles"].values.mean(axis=(0, 1)) for walk in walks])
    change = np.array(angles) - angles[0]
    return [
        {"lowered": by_m, "enclosed": bent - knee[0]}
        | {name: float(more[:, LEG_ANGLES.index(name)].mean()) for name in ("hip_flexion", "knee_angle", "ankle_angle")}
        for by_m, bent, more in zip(LOWERED_M[1:], knee[1:], change[1:], strict=True)
    ]


def main() -> None:
    options = _options()
    folder = reference_folder() / "opensim_walk"
    if not folder.is_dir():
        raise SystemExit(f"{folder}: missing; say with GAITFORGE_REFERENCE where the reference data are")
    torch.set_num_threads(1)
    network, embodied, markers = load_network(options.weights), person(folder), read_trc(folder / "markers_walk.trc")
    points = {
        "markers": by_markers(markers, SUBJECT.height_m),
        "model": by_model(markers, embodied, SUBJECT.height_m),
    }
    hips = points["markers"][:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1)
    truth = read_truth(folder, embodied, hips, markers.time)
    curves, others = read_all(network, points, markers.time, truth, options.figure)
    print(f"## recordings\n\n{_told(network.config['trained_on'] or {}, len(curves))}\n")
    for heading, text in tables(pd.concat(curves), pd.concat(others), truth, points, markers.time):
        print(f"## {heading}\n\n{text}\n")
    print(f"## posture\n\n{posture_table(posture_rows(network, points['markers'], markers.time))}")


def _told(trained_on: Mapping[str, Any], read_takes: int) -> str:
    return (
        f"Learnt from {trained_on['walks']:,} walks of {trained_on['subjects']:,} people of the cohort `{trained_on['cohort']}` "
        f"(`{trained_on['cohort_hash']}`); {read_takes} of {len(takes())} recordings are read, in the others noise leaves less than "
        "1.5 s in one go."
    )


if __name__ == "__main__":
    main()
