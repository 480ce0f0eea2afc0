"""What is asked of the reader (`bench_reader`), beside what was found."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.generator_parts.bench import Asked, share
from downstream.evaluation.error_figures import figures, of, paired, shown
from downstream.evaluation.evaluate_reader import READER
from downstream.evaluation.markdown_tables import EQUAL, reader_figures

MAE = {
    "leg_angles hip_flexion": (3.0, "°"),
    "leg_angles knee_angle": (3.0, "°"),
    "leg_angles ankle_angle": (2.5, "°"),
    "speed_mps": (0.045, " m/s"),
    "cadence_spm": (1.0, " steps/min"),
    "step_length_m": (0.025, " m"),
    "stance_pct": (1.0, " % of the stride"),
    "double_support_pct": (1.5, " % of the stride"),
}
R = {"ground_force up": 0.99, "ground_force forward": 0.96, "activity": 0.90, "moments": 0.90}
EVENT_S, EVENTS_FOUND = 0.012, 0.95
HOLD, RANK = (0.92, 0.98), 0.3
OCTAVES = {"× 2": 2.0, "× 1/2": 0.5, "× 3/2": 1.5, "× 2/3": 2 / 3}
NEAR = 0.08


@dataclass(frozen=True)
class Cost:
    """CPU seconds for a recording of 10 s, and megabytes of the weights."""

    seconds: float
    megabytes: float


def aims(rows: pd.DataFrame, cost: Cost) -> Iterator[Asked]:
    """From the errors of an evaluation."""
    events = figures(of(rows, READER, "events"))
    yield Asked("events: median error ≤ 12 ms", _ms(events.median), _most(events.median, EVENT_S))
    yield Asked("events: 95 % found", f"{100 * events.told:.1f} %", events.told >= EVENTS_FOUND)
    for name, (most, unit) in MAE.items():
        quantity, *parts = name.split(" ")
        found = figures(of(rows, READER, quantity, *parts)).mae
        yield Asked(f"{_words(quantity, parts)}: mean error ≤ {most:g}{unit}", _text(found), _most(found, most))
    for name, least in R.items():
        quantity, *parts = name.split(" ")
        found = figures(of(rows, READER, quantity, *parts)).r
        yield Asked(
            f"{_words(quantity, parts)}: r ≥ {least:g}", _text(found), None if found is None else found >= least
        )
    yield _geometry(rows)
    right = [not octave for octave in octaves(rows, READER)]
    yield Asked("no octave error", share(right), all(right))
    yield from _calibration(rows)
    yield Asked("10 s of keypoints read in ≤ 0.5 s", f"{cost.seconds:.2f} CPU s", cost.seconds <= 0.5)
    yield Asked("weights ≤ 5 MB", f"{cost.megabytes:.1f} MB", cost.megabytes <= 5)


def octaves(rows: pd.DataFrame, method: str) -> np.ndarray:
    """For each recording whether the cadence is that of another rhythm."""
    own = of(rows, method, "cadence_spm").dropna(subset="error")
    ratio = (own["told"] / own["true"]).to_numpy(float)
    return np.any([np.abs(ratio / other - 1) < NEAR for other in OCTAVES.values()], axis=0)


def _geometry(rows: pd.DataFrame) -> Asked:
    known = of(rows, "geometry", "cadence_spm").dropna(subset="error")
    names = rows.loc[rows["method"] == "geometry", "quantity"].unique()
    pairs = [paired(own, name, READER, "geometry") for name in names for _, own in rows.groupby("view")]
    holds = [pair[0] <= (1 + EQUAL) * pair[1] for pair in pairs if pair]
    return Asked(
        "no worse than geometry alone in every reading that geometry gives, in every view",
        share(holds),
        all(holds) if len(known) else None,
    )


def _calibration(rows: pd.DataFrame) -> Iterator[Asked]:
    views = [own for _, own in rows.groupby("view")]
    lines = [reader_figures(own, one) for own in views for one in shown()]
    inside = [HOLD[0] <= line.inside <= HOLD[1] for line in lines if line.inside is not None]
    yield Asked("95 % intervals hold 92 to 98 %, every reading in every view", share(inside), all(inside))
    ranks = [(one, reader_figures(rows, one).rank) for one in shown()]
    enough = [rank >= RANK for _, rank in ranks if rank is not None]
    yield Asked("rank correlation of uncertainty and error ≥ .3, every reading", share(enough), all(enough))


def _words(quantity: str, parts: list[str]) -> str:
    if not parts:
        return next(one.title for one in shown() if one.quantity == quantity)
    return f"{_TITLES[quantity]}{parts[0].replace('_', ' ')}"


_TITLES = {"leg_angles": "", "ground_force": "ground force "}


def _text(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{1000 * value:.1f} ms"


def _most(value: float | None, most: float) -> bool | None:
    return None if value is None else value <= most
