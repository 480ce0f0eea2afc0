"""Angles of real adults of another laboratory, walked by our bodies and read: a table of ``docs/validation/reader.md``, *Adults of another
laboratory*.

GAITFORGE_REFERENCE=FOLDER python -m benchmarks.validate_reader_adults [--weights DIR]

``FOLDER/adults`` holds mean angles of the cycle of healthy adults (Fukuchi et al. 2018, PeerJ 6:e4640). Each walks them on a body of the
same age, sex and size, both legs alike, at the person's own speed; keypoints are the joints of that body, filmed by ideal cameras.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from benchmarks.measured_man_parts.film import film
from benchmarks.measured_man_parts.keypoints import BODIES, places_of, with_head
from benchmarks.reference_people import people_folder, read_adults
from benchmarks.validate_reader_measured import WEIGHTS, read
from downstream.evaluation.error_figures import pearson
from downstream.evaluation.markdown_tables import markdown, number
from downstream.network.curve_network import CurveNetwork, load_network
from downstream.readings.gait_reading import GaitReading
from downstream.recordings.keypoint_recording import JOINT
from downstream.training.draw_example import READER_NOISE
from downstream.views.detector_noise import corrupt
from downstream.walks.labelled_walk import LEG_ANGLES
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GAIT_ANGLES, GRAVITY_MPS2, SIDES, suffix
from engine.core.errors import DataError
from engine.gait.records import MusculoskeletalParameters, Subject
from engine.gait.strides import curves_at
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.physics.embodied import Embodied, embody_person
from engine.tools.motion_files.bone_aims import Place

ANGLES = ("hip_flexion", "knee_angle", "ankle_angle")
BEARINGS_DEG = (270, 240, 30)
WALK_RATIO_M_PER_SPM = 0.006
"""Step length over cadence, much the same in adults at any speed (assumed; Sekiya & Nagasaki 1998, Gait Posture 7:225)."""
SECONDS, STEP_S = 4.5, 0.02
_FOOT = {
    "heel": ("calcn", (0.0, 0.0, 0.0)),
    "big_toe": ("toes", (0.05, 0.0, -0.02)),
    "small_toe": ("toes", (0.02, 0.0, 0.04)),
}
"""Body, and place on that of a right foot, m (assumed)."""
_TRUNK = {"pelvis_tilt": "lumbar_extension", "pelvis_list": "lumbar_bending", "pelvis_rotation": "lumbar_rotation"}
"""The trunk stays upright while the pelvis turns."""
_ARM_SWING_RAD = np.deg2rad(15)


def own_body(person: Subject) -> Embodied:
    return embody_person(
        person, anthropometric_body(person.age_years, person.sex, person.height_m), MusculoskeletalParameters()
    )


def coordinates(curves: Array, phase: Array) -> Array:
    """Coordinates ``(n, 31)`` at ``phase (n,)`` strides of the right leg, from curves ``(8, 100)`` of `GAIT_ANGLES`; the root stays."""
    q = np.zeros((len(phase), len(COORDINATES)))
    grid, closed = np.linspace(0, 1, curves.shape[1] + 1), np.concatenate([curves, curves[:, :1]], axis=1)
    for name, curve in zip(GAIT_ANGLES, closed, strict=True):
        if name in COORDINATE_INDEX:
            q[:, COORDINATE_INDEX[name]] = np.interp(phase % 1, grid, curve)
            q[:, COORDINATE_INDEX[_TRUNK[name]]] = -q[:, COORDINATE_INDEX[name]]
            continue
        for side, lag in zip(SIDES, (0.0, 0.5), strict=True):
            q[:, COORDINATE_INDEX[name + suffix(side)]] = np.interp((phase + lag) % 1, grid, curve)
    for side, sign in zip(SIDES, (-1, 1), strict=True):
        q[:, COORDINATE_INDEX[f"arm_flex{suffix(side)}"]] = sign * _ARM_SWING_RAD * np.cos(2 * np.pi * phase)
    return q


def keypoints(embodied: Embodied, q: Array, ahead: Array) -> Array:
    """Keypoints ``(n, 23, 3)`` m, the lowest on the floor in every frame and all of them ``ahead (n,)``: feet may slide a little."""
    spots = {f"{side}_{part}": Place(name + suffix(side)) for side in SIDES for part, name in BODIES.items()}
    for side, sign in zip(SIDES, (1, -1), strict=True):
        for part, (name, (x, y, z)) in _FOOT.items():
            spots[f"{side}_{part}"] = Place(name + suffix(side), (x, y, sign * z))
    places = places_of(embodied, q, list(spots.values())).copy()
    places[..., 1] -= places[..., 1].min(axis=1, keepdims=True)
    places[..., 0] += ahead[:, None]
    points = np.zeros((len(q), len(JOINT), 3))
    points[:, [JOINT[name] for name in spots]] = places
    return with_head(points, embodied.subject.height_m)


def rows_of(network: CurveNetwork, person: Subject, speed: float, curves: Array) -> Iterator[dict[str, object]]:
    """A row (`angle_row`) for each recording and angle of a person of dimensionless ``speed``."""
    embodied = own_body(person)
    speed_mps = speed * np.sqrt(GRAVITY_MPS2 * embodied.body.leg_length_m)
    time = np.arange(0, SECONDS, STEP_S)
    q = coordinates(curves, time * np.sqrt(speed_mps * 60 / WALK_RATIO_M_PER_SPM) / 120)
    points = keypoints(embodied, q, speed_mps * time)
    for bearing in BEARINGS_DEG:
        exact, visible = film(points, time, bearing, person.height_m)
        noisy = corrupt(exact, visible, np.random.default_rng([int(person.id), bearing]), READER_NOISE)
        for kind, recording in (("exact", exact), ("noisy", noisy)):
            try:
                reading = read(network, recording).reading
            except DataError:
                continue
            true = curves_at(time, q, reading.time)
            yield from ({"person": person.id, "keypoints": kind} | angle_row(angle, true, reading) for angle in ANGLES)


def angle_row(angle: str, q: Array, reading: GaitReading) -> dict[str, object]:
    """Mean error of one angle, and its mean and range over time, true and read, degrees, both legs together. ``q (T, 31)`` is true."""
    true = np.rad2deg(q[:, [COORDINATE_INDEX[angle + suffix(side)] for side in SIDES]])
    told = reading.curves["leg_angles"].values[..., LEG_ANGLES.index(angle)]
    return {
        "angle": angle,
        "error": np.abs(told - true).mean(),
        "true level": true.mean(),
        "level": told.mean(),
        "true range": np.ptp(true, axis=0).mean(),
        "range": np.ptp(told, axis=0).mean(),
    }


def table(rows: pd.DataFrame) -> str:
    """Over people, each the mean of their recordings."""
    head = ["keypoints", "angle", "mean error, °", "of tenth to ninth tenth of people", "bias, °"]
    for figure in ("level", "range"):
        head += [f"{figure}: SD of people, °", "SD read, °", "r"]
    lines = []
    for (kind, angle), own in rows.groupby(["keypoints", "angle"]):
        people = own.drop(columns=["keypoints", "angle"]).groupby("person").mean()
        low, high = people["error"].quantile([0.1, 0.9])
        line = [str(kind), str(angle).replace("_", " "), f"{people['error'].mean():.1f}", f"{low:.1f} to {high:.1f}"]
        line.append(f"{(people['level'] - people['true level']).mean():+.1f}")
        for figure in ("level", "range"):
            true, told = (people[name].to_numpy(float) for name in (f"true {figure}", figure))
            line += [f"{true.std():.1f}", f"{told.std():.1f}", number(pearson(true, told), 2)]
        lines.append(line)
    return markdown(head, lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder of a reader; by default the one that ships"
    )
    network, folder = load_network(parser.parse_args().weights), people_folder()
    if folder is None:
        raise SystemExit("the reference data of people are not here; say with GAITFORGE_REFERENCE where they are")
    torch.set_num_threads(1)
    adults = read_adults(folder)
    rows = [
        row
        for person, speed, curves in zip(adults.subjects, adults.speed, adults.curves, strict=True)
        for row in rows_of(network, person, float(speed), curves)
    ]
    print(f"{len(adults)} adults, {len(rows) // len(ANGLES)} recordings.\n\n{table(pd.DataFrame(rows))}")


if __name__ == "__main__":
    main()
