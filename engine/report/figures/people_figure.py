"""Who is in a cohort, and how they walk compared with healthy people, one dot per subject or walk."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from engine.cohort.manifest import GAIT_COLUMNS
from engine.core.arrays import Array
from engine.core.conventions import Sex
from engine.core.measures import MEASURES
from engine.gait.norms import Normal, spatiotemporal
from engine.report.figures.svg import BAND, INK, MUTED, Sheet

_MARKERS: dict[Sex, str] = {"female": "o", "male": "s"}
_Z_LIMIT = 6.0


def people_figure(subjects: pd.DataFrame, titles: dict[str, str], colours: dict[str, str]) -> Markup:
    """Age and severity by condition, body mass index by age, speed by age over the speed that healthy people choose."""
    height = max(2.7, 0.34 * len(titles) + 1.2)
    with Sheet("people", 1, 3, width=12.6, height=height, width_ratios=(1.35, 1, 1)) as sheet:
        ages, sizes, speeds = sheet.axes[0]
        _draw_ages(ages, subjects, titles, colours)
        _scatter(sizes, subjects, subjects.loc[:, "mass_kg"] / subjects.loc[:, "height_m"] ** 2, colours)
        sizes.set_title("Body mass index by age, kg/m²")
        _draw_chosen_speed(speeds, subjects)
        _scatter(speeds, subjects, subjects.loc[:, "speed_mps"], colours)
        speeds.set_title("Speed by age, m/s (band: healthy)")
        for axes in (ages, sizes, speeds):
            axes.set_xlabel("age, years")
        _sex_legend(sizes)
    return sheet.svg


def _scatter(axes: Axes, people: pd.DataFrame, values: pd.Series, colours: dict[str, str]) -> None:
    for sex, marker in _MARKERS.items():
        own = (people["sex"] == sex).to_numpy()
        colour = [colours[condition] for condition in people["condition"][own]]
        axes.scatter(people["age_years"][own], values[own], c=colour, marker=marker, s=26, alpha=0.85, linewidths=0)
    axes.margins(0.08, 0.15)


def _sex_legend(axes: Axes) -> None:
    marks = [Line2D([], [], color=MUTED, marker=marker, linestyle="", markersize=5) for marker in _MARKERS.values()]
    axes.legend(marks, _MARKERS.keys(), loc="best", handletextpad=0.1)


def _draw_ages(axes: Axes, subjects: pd.DataFrame, titles: dict[str, str], colours: dict[str, str]) -> None:
    for row, condition in enumerate(titles):
        own: pd.DataFrame = subjects.loc[subjects["condition"] == condition]
        offsets = _spread(own["age_years"].to_numpy(float))
        for sex, marker in _MARKERS.items():
            mask = own["sex"].to_numpy() == sex
            axes.scatter(
                own["age_years"][mask],
                row + offsets[mask],
                s=18 + 90 * own["severity"][mask],
                c=colours[condition],
                marker=marker,
                alpha=0.8,
                linewidths=0,
            )
    axes.set_yticks(range(len(titles)), list(titles.values()))
    axes.set_ylim(len(titles) - 0.4, -0.6)
    axes.grid(axis="y")
    axes.set_axisbelow(True)
    axes.set_title("Age by condition (larger: more severe)")


def _spread(values: Array) -> Array:
    """Small vertical offsets so that dots at the same age do not hide each other."""
    order = np.argsort(values, kind="stable")
    offsets = np.zeros(len(values))
    offsets[order] = np.resize([0.0, 0.14, -0.14, 0.26, -0.26], len(values))
    return offsets if len(values) > 1 else np.zeros(len(values))


def _draw_chosen_speed(axes: Axes, subjects: pd.DataFrame) -> None:
    low, high = subjects["age_years"].min(), subjects["age_years"].max()
    ages = np.linspace(max(2.0, low - 3), min(95.0, high + 3), 60)
    norms = [[spatiotemporal(age, sex)["speed_mps"] for sex in _MARKERS] for age in ages]
    mean = np.array([np.mean([n.mean for n in pair]) for pair in norms])
    sd = np.array([np.mean([n.sd for n in pair]) for pair in norms])
    axes.fill_between(ages, mean - sd, mean + sd, color=BAND, linewidth=0, alpha=0.45)
    axes.plot(ages, mean, color=MUTED, linewidth=0.8)


def parameter_norms(row: dict[str, Any]) -> dict[str, Normal]:
    """Spatiotemporal norms of a row of the manifest, all but ``speed_mps`` at the speed of the walk."""
    return spatiotemporal(row["age_years"], row["sex"], speed_mps=row["speed_mps"], height_m=row["height_m"])


def parameter_figure(walks: Sequence[dict[str, Any]], colours: dict[str, str]) -> Markup:
    """How many SD each walk lies from its norm, one row per parameter; beyond ±6 SD a dot sits at the edge."""
    norms = [parameter_norms(walk) for walk in walks]
    names = [name for name in GAIT_COLUMNS if all(name in known for known in norms) and name != "stride_time_s"]
    with Sheet("parameters", 1, 1, width=12.6, height=0.36 * len(names) + 0.75) as sheet:
        axes = sheet.axes[0, 0]
        for limit, alpha in ((2, 0.25), (1, 0.45)):
            axes.axvspan(-limit, limit, color=BAND, alpha=alpha, linewidth=0)
        for row, name in enumerate(names):
            z = np.array([known[name].z(walk[name]) for known, walk in zip(norms, walks, strict=True)])
            jitter = 0.3 * (np.arange(len(z)) % 5 - 2) / 2
            colour = [colours[walk["condition"]] for walk in walks]
            axes.scatter(np.clip(z, -_Z_LIMIT, _Z_LIMIT), row + jitter, c=colour, s=18, alpha=0.8, linewidths=0)
        axes.axvline(0, color=INK, linewidth=0.7)
        axes.set_yticks(range(len(names)), [MEASURES[name].title for name in names])
        axes.set_ylim(len(names) - 0.4, -0.6)
        axes.set_xlim(-_Z_LIMIT - 0.3, _Z_LIMIT + 0.3)
        axes.set_xlabel("standard deviations from healthy people of the same age, sex and stature")
        axes.set_title("Speed against own choice of the healthy; all else against the healthy at the same speed")
    return sheet.svg
