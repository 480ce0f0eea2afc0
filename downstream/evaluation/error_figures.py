"""Figures from rows of errors."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from downstream.readings.quantities import CURVES, NUMBERS
from engine.core.arrays import Array

LEAST = 3
"""With fewer recordings there is no correlation."""


@dataclass(frozen=True)
class Figures:
    """Of one quantity read by one method. ``n`` rows have a truth; ``told`` is the share of them of which a value was told, ``made_up`` how
    many were told that are not true, as a share of ``n``. ``mae`` is the mean absolute error, ``median`` the median; ``r`` the
    correlation with the truth, of curves over time and then the mean over recordings; ``inside`` the share of truths within the 95 %
    interval; ``rank`` Spearman's correlation of standard deviation and error. None: not defined."""

    n: int
    told: float
    made_up: float
    mae: float | None
    median: float | None
    r: float | None
    inside: float | None
    rank: float | None


def figures(rows: pd.DataFrame) -> Figures:
    """Of rows of one method and quantity; of several parts of a curve their mean error and correlation."""
    curve = bool(rows["quantity"].isin(list(CURVES)).all()) and len(rows) > 0
    true, told, error, sd = (rows[name].to_numpy(float) for name in ("true", "told", "error", "sd"))
    asked, known = len(rows) if curve else int(np.isfinite(true).sum()), np.isfinite(error)
    return Figures(
        n=asked,
        told=float(known.sum() / asked) if asked else 0.0,
        made_up=0.0 if curve or not asked else float((~np.isfinite(true) & np.isfinite(told)).sum() / asked),
        mae=_mean(error),
        median=float(np.median(error[known])) if known.any() else None,
        r=_mean(rows["r"].to_numpy(float)) if curve else pearson(true[known], told[known]),
        inside=_mean(rows["inside"].to_numpy(float)),
        rank=rank(rows) if curve else spearman(sd, error),
    )


def rank(rows: pd.DataFrame) -> float | None:
    """Mean over the parts of a curve, whose units and sizes differ."""
    found = [spearman(own["sd"].to_numpy(float), own["error"].to_numpy(float)) for _, own in rows.groupby("part")]
    known = [one for one in found if one is not None]
    return float(np.mean(known)) if known else None


def _mean(values: Array) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def pearson(one: Array, other: Array) -> float | None:
    """Correlation; None of fewer than `LEAST` pairs, or without spread."""
    if len(one) < LEAST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(np.corrcoef(one, other)[0, 1])


def spearman(one: Array, other: Array) -> float | None:
    """Rank correlation of pairs that are known; None of fewer than `LEAST`, or without spread."""
    known = np.isfinite(one) & np.isfinite(other)
    one, other = one[known], other[known]
    if len(one) < LEAST or np.ptp(one) == 0 or np.ptp(other) == 0:
        return None
    return float(spearmanr(one, other).statistic)


def of(rows: pd.DataFrame, method: str, quantity: str, *parts: str) -> pd.DataFrame:
    """The rows of a method and a quantity, of some parts of a curve or of all."""
    chosen = rows[(rows["method"] == method) & (rows["quantity"] == quantity)]
    return chosen[chosen["part"].isin(parts)] if parts else chosen


def paired(rows: pd.DataFrame, quantity: str, one: str, other: str) -> tuple[float, float, int] | None:
    """Mean absolute errors of two methods over the recordings (and parts) of which both told ``quantity``, and how many; None if none."""
    first, second = (of(rows, method, quantity).dropna(subset="error") for method in (one, other))
    both = first.merge(second, on=["recording", "part"], suffixes=("", "_other"))
    return (float(both["error"].mean()), float(both["error_other"].mean()), len(both)) if len(both) else None


@dataclass(frozen=True)
class Shown:
    """A quantity as tables show it: ``parts`` of a curve, all if empty; errors times ``factor`` in ``unit``."""

    quantity: str
    parts: tuple[str, ...]
    title: str
    unit: str
    factor: float = 1.0


def shown() -> Iterator[Shown]:
    """Numbers, events, then curves; joint angles one by one, since they differ most."""
    for name, quantity in NUMBERS.items():
        yield Shown(name, (), quantity.title, quantity.unit)
    yield Shown("events", (), "foot strikes and toe offs", "ms", 1000.0)
    for name, curve in CURVES.items():
        if name == "leg_angles":
            for part in curve.parts:
                yield Shown(name, (part,), part.replace("_", " "), curve.unit)
        else:
            yield Shown(name, (), curve.title, curve.unit)
