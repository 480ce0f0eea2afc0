"""What of the training makes the reader good: small trainings that each lack something, and how figures grow with the number of people.

python -m benchmarks.bench_reader_ablations [COHORT] [-o DIR] [--only all,noise_off] [--examples N] [--clips N]

Every training draws about the same number of examples; all are judged on the same recordings of COHORT's split ``test`` (``READER_COHORT``,
else runs/reader). Weights and figures of each are kept in DIR: what is there is not made again. The table goes to the output; it shows
those that are named by ``--only``, by default all, and says of the others that they are not trained.
"""

import argparse
import json
import os
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from rich.console import Console
from rich.progress import Progress

from benchmarks.generator_parts.bench import table
from downstream.evaluation.error_figures import Figures, figures, of
from downstream.evaluation.evaluate_reader import READER, evaluate
from downstream.network.curve_network import CurveNetwork, load_network
from downstream.training.draw_example import READER_NOISE, ExampleOdds
from downstream.training.reader_settings import ReaderSettings
from downstream.training.train_reader import everybody, train_reader
from downstream.walks.cohort_walks import cohort_hash, cohort_walks
from engine.core.conventions import HEALTHY
from engine.core.files import replace_file

Row = Mapping[str, Any]
MIDDLE_AGE = 45.0
CLEAN = replace(
    READER_NOISE,
    offset=0.0,
    common_offset=0.0,
    jitter=0.0,
    stature_error=0.0,
    swap_rate=0.0,
    wild_share=0.0,
    blackout_rate=0.0,
    gap_rate=0.0,
    never_found=0.0,
    dropping=0.0,
)
"""Exact keypoints; what is known of person and camera, and whether feet are sought, as ever."""
_FEWEST = 40
_COLUMNS = {
    "speed, m/s": ("speed_mps", "mae", 1.0),
    "cadence, steps/min": ("cadence_spm", "mae", 1.0),
    "stance, %": ("stance_pct", "mae", 1.0),
    "events, ms": ("events", "median", 1000.0),
    "hip, °": ("leg_angles hip_flexion", "mae", 1.0),
    "knee, °": ("leg_angles knee_angle", "mae", 1.0),
    "ankle, °": ("leg_angles ankle_angle", "mae", 1.0),
    "force up, r": ("ground_force up", "r", 1.0),
    "forward, r": ("ground_force forward", "r", 1.0),
    "moments, r": ("moments", "r", 1.0),
    "muscles, r": ("activity", "r", 1.0),
}


def share_of(name: str, share: float) -> Callable[[Row], bool]:
    """A fixed share of people (``subject_id``) or of walks (``walk``), drawn by name; a greater share holds a smaller one."""

    def chosen(row: Row) -> bool:
        own = row["subject_id"] if name == "subject_id" else f"{row['subject_id']}/{row['walk_id']}"
        return zlib.crc32(f"share {own}".encode()) / 2**32 < share

    return chosen


@dataclass(frozen=True)
class Training:
    """Which walks are learnt from, and how they are seen."""

    title: str
    chosen: Callable[[Row], bool] = everybody
    odds: ExampleOdds = field(default_factory=ExampleOdds)


TRAININGS = {
    "all": Training("everything"),
    "noise_off": Training("exact keypoints", odds=ExampleOdds(noise=CLEAN)),
    "healthy": Training("healthy people only", lambda row: row["condition"] == HEALTHY),
    "ages": Training(f"half the ages: under {MIDDLE_AGE:g} years", lambda row: row["age_years"] < MIDDLE_AGE),
    "walks_10": Training("a tenth of the walks", share_of("walk", 0.1)),
} | {
    f"people_{share:g}": Training(f"{share:g} % of the people", share_of("subject_id", share / 100))
    for share in (1, 3, 10, 30)
}


def settings_for(walks: int, examples: int) -> ReaderSettings:
    """About ``examples`` drawn from so many walks."""
    whole = ReaderSettings()
    clips = max(min(whole.clips, examples // walks), 1)
    return replace(whole, clips=clips, epochs=max(round(examples / (walks * clips)), 1))


def _folder(name: str, options: argparse.Namespace) -> Path:
    """Of one training of this cohort with so many examples."""
    return options.output / f"{cohort_hash(options.cohort)}_{options.examples}" / name


def trained(name: str, options: argparse.Namespace) -> CurveNetwork | None:
    """The network of one training, made if it is not there; None where hardly anybody would teach it."""
    training, folder = TRAININGS[name], _folder(name, options)
    if (folder / "config.json").is_file():
        return load_network(folder)
    count = sum(training.chosen(row) for row in cohort_walks(options.cohort, "train").values())
    if count < _FEWEST:
        return None
    settings = settings_for(count, options.examples)
    return train_reader(options.cohort, folder, settings, chosen=training.chosen, odds=training.odds)


def judged(
    name: str, network: CurveNetwork, options: argparse.Namespace, progress: Progress
) -> dict[str, float | None]:
    """Figures of `_COLUMNS`, kept beside the weights."""
    file = _folder(name, options) / f"figures_{options.clips}.json"
    if not file.is_file():
        rows = evaluate(network, name, options.cohort, clips=options.clips, progress=progress).rows
        with replace_file(file) as temporary:
            temporary.write_text(json.dumps({title: _figure(rows, title) for title in _COLUMNS}))
    return json.loads(file.read_text())


def _figure(rows: pd.DataFrame, title: str) -> float | None:
    (quantity, *parts), which, factor = _COLUMNS[title][0].split(" "), *_COLUMNS[title][1:]
    found: Figures = figures(of(rows, READER, quantity, *parts))
    value = getattr(found, which)
    return None if value is None else value * factor


def _measured(name: str, options: argparse.Namespace) -> list[str]:
    """A line of the table."""
    training, wanted = TRAININGS[name], name in options.only.split(",")
    network = trained(name, options) if wanted else None
    if network is None:
        return [training.title, "too few" if wanted else "not trained", *("–" for _ in _COLUMNS)]
    with Progress(console=Console(stderr=True), transient=True) as progress:
        found = judged(name, network, options, progress)
    told = network.config["trained_on"]
    values = ["–" if found[title] is None else f"{found[title]:.3g}" for title in _COLUMNS]
    return [training.title, f"{told['subjects']:,} ({told['walks']:,})", *values]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cohort = Path(os.environ.get("READER_COHORT", "runs/reader"))
    parser.add_argument("cohort", nargs="?", type=Path, default=cohort, help=f"by default {cohort}")
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/reader_ablations"))
    parser.add_argument("--only", default=",".join(TRAININGS), help=f"some of {', '.join(TRAININGS)}")
    parser.add_argument("--examples", type=int, default=20_000, help="examples that each training draws")
    parser.add_argument("--clips", type=int, default=2, help="recordings of each walk that is judged")
    options = parser.parse_args()
    if unknown := set(filter(None, options.only.split(","))) - set(TRAININGS):
        parser.error(f"--only: no training is called {', '.join(sorted(unknown))}; there are {', '.join(TRAININGS)}")
    return options


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    lines = [_measured(name, options) for name in TRAININGS]
    print(f"Cohort `{options.cohort.resolve().name}`, about {options.examples:,} examples each.\n")
    print(table(["learnt from", "people (walks)", *_COLUMNS], lines))


if __name__ == "__main__":
    main()
