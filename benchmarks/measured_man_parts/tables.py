"""Tables of what is read of the measured man, from rows of errors."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from benchmarks.measured_man_parts.keypoints import enclosed_knee_deg
from benchmarks.measured_man_parts.truth import ANGLES, Truth, muscle_group
from benchmarks.validate_measured_walk import EMG
from downstream.evaluation.markdown_tables import markdown
from downstream.network.reading_targets import EVENT_TARGETS
from downstream.network.view_kinds import VIEW_KINDS
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.walks.labelled_walk import FORCE_AXES, LEG_MOMENTS
from engine.core.arrays import Array
from engine.gait.strides import curves_at

KEYPOINTS, POINTS = ("exact", "noisy"), ("markers", "model")
_FORCES = [("ground_force", axis) for axis in FORCE_AXES]
_MOMENTS = [*(("moments", joint) for joint in LEG_MOMENTS), ("ankle_power", "")]
_MUSCLES = [("activity", channel) for channel in EMG]
_FINE = 0.01
"""A number of which less can be told apart has three decimals."""


def tables(
    curves: pd.DataFrame, others: pd.DataFrame, truth: Truth, points: Mapping[str, Array], time: Array
) -> Iterator[tuple[str, str]]:
    """Sections of the stored result, by heading."""
    yield "angles", angle_table(curves)
    yield "knees", knee_table(curves, truth, points, time)
    marked, others = curves[curves["points"] == "markers"], others[others["points"] == "markers"]
    yield "views", view_table(marked)
    yield "forces", size_table(marked, [*_FORCES, *_MOMENTS])
    yield "events", event_table(others)
    yield "numbers", number_table(others)
    yield "muscles", muscle_table(marked)


def angle_table(curves: pd.DataFrame) -> str:
    """Bias and scatter of joint angles, by where keypoints come from."""
    head = ["keypoints", "angle"]
    for name in KEYPOINTS:
        head += [f"{name}: bias, °", "RMS, °", "RMS without bias, °", "95 % intervals hold %"]
    lines = []
    for points in POINTS:
        for angle in ANGLES:
            line = [points, _title(angle)]
            for name in KEYPOINTS:
                own = _of(curves, "leg_angles", angle, points=points, keypoints=name)
                line += [f"{own[column].mean():.1f}" for column in ("bias", "rms", "spread")]
                line.append(_percent(own["inside"]))
            lines.append(line)
    return markdown(head, lines)


def knee_table(curves: pd.DataFrame, truth: Truth, points: Mapping[str, Array], time: Array) -> str:
    """What hip, knee and ankle themselves enclose, and what is read of them, less the angle of his model, means over time."""
    true = truth.curves["leg_angles", "knee_angle"]
    lines = []
    for name, places in points.items():
        enclosed = float(np.mean(curves_at(time, enclosed_knee_deg(places), truth.time) - true))
        read = [_of(curves, "leg_angles", "knee_angle", points=name, keypoints=one)["bias"].mean() for one in KEYPOINTS]
        lines.append([name, *(f"{value:+.1f}" for value in (enclosed, *read))])
    return markdown(["keypoints", "enclosed in space, °", *(f"{name}: read, °" for name in KEYPOINTS)], lines)


def view_table(curves: pd.DataFrame) -> str:
    """RMS of angles, correlation of everything else, by kind of view."""
    head = ["reading", "figure", *(f"{name}: {view}" for name in KEYPOINTS for view in VIEW_KINDS)]
    shown = [*(("leg_angles", angle) for angle in ANGLES), *_FORCES, *_MOMENTS]
    lines = [_view_line(curves, [one], _words(*one)) for one in shown]
    return markdown(head, [*lines, _view_line(curves, _MUSCLES, "muscle activity, mean of ten electrodes")])


def _view_line(curves: pd.DataFrame, shown: Sequence[tuple[str, str]], title: str) -> list[str]:
    figure, digits, words = ("rms", 1, "RMS, °") if shown[0][0] == "leg_angles" else ("r", 3, "r")
    chosen = pd.concat([_of(curves, *one) for one in shown])
    cells = [
        _mean(chosen[(chosen["keypoints"] == name) & (chosen["view"] == view)][figure], digits)
        for name in KEYPOINTS
        for view in VIEW_KINDS
    ]
    return [title, words, *cells]


def size_table(curves: pd.DataFrame, shown: Sequence[tuple[str, str]]) -> str:
    """How far curves err in their own unit, and how high and low they go, mean of both legs."""
    head = ["reading", "unit", "measured: least to largest"]
    for name in KEYPOINTS:
        head += [f"{name}: least to largest", "RMS", "r", "95 % intervals hold %"]
    lines = []
    for one in shown:
        own = _of(curves, *one)
        line = [_words(*one), CURVES[one[0]].unit, _range(own, "measured ")]
        for name in KEYPOINTS:
            part = own[own["keypoints"] == name]
            line += [_range(part), _mean(part["rms"], 3), _mean(part["r"], 3), _percent(part["inside"])]
        lines.append(line)
    return markdown(head, lines)


def event_table(rows: pd.DataFrame) -> str:
    """Instants read, less those of the plates."""
    head = ["event", "found %"]
    for name in KEYPOINTS:
        head += [f"{name}: later by, mean, ms", "SD, ms", "95 % intervals hold %"]
    lines = []
    for event in EVENT_TARGETS:
        own = rows[(rows["quantity"] == "events") & (rows["part"] == event)]
        line = [event.replace("_", " "), _percent(own["told"].notna())]
        for name in KEYPOINTS:
            part = own[own["keypoints"] == name].dropna(subset="told")
            late = 1000 * (part["told"] - part["true"])
            line += [f"{late.mean():+.0f}", f"{late.std():.0f}", _percent(part["inside"])]
        lines.append(line)
    return markdown(head, lines)


def number_table(rows: pd.DataFrame) -> str:
    """Numbers of the whole recording beside those of his one measured stride."""
    head = ["reading", "unit", "measured"]
    for name in KEYPOINTS:
        head += [f"{name}: read, mean (least to largest)", "mean error", "95 % intervals hold %"]
    lines = []
    for name, quantity in NUMBERS.items():
        own = rows[rows["quantity"] == name].dropna(subset="told")
        if own.empty:
            continue
        digits = 3 if quantity.least < _FINE else 1
        line = [quantity.title, quantity.unit, _mean(own["true"], digits)]
        for keypoints in KEYPOINTS:
            part = own[own["keypoints"] == keypoints]
            low, mean, high = (f"{one:.{digits}f}" for one in part["told"].agg(["min", "mean", "max"]))
            line += [f"{mean} ({low} to {high})", _mean(part["error"], digits), _percent(part["inside"])]
        lines.append(line)
    return markdown(head, lines)


def muscle_table(curves: pd.DataFrame) -> str:
    """Correlation of the right leg's activity with the envelopes."""
    head = ["electrode over", "read as", "exact: r", "noisy: r", "noisy: least to largest r"]
    lines = []
    for channel in EMG:
        exact, noisy = (_of(curves, "activity", channel, keypoints=name)["r"] for name in KEYPOINTS)
        low, high = noisy.quantile([0.0, 1.0])
        lines.append(
            [
                _title(channel),
                _title(muscle_group(channel)),
                _mean(exact, 2),
                _mean(noisy, 2),
                f"{low:.2f} to {high:.2f}",
            ]
        )
    return markdown(head, lines)


def posture_table(rows: Sequence[Mapping[str, float]]) -> str:
    """What bent knees change."""
    head = [
        "lowered by, cm",
        "knee enclosed by the keypoints, °",
        "knee read, °",
        "hip flexion read, °",
        "ankle read, °",
    ]
    names = ("enclosed", "knee_angle", "hip_flexion", "ankle_angle")
    return markdown(head, [[f"{100 * row['lowered']:.0f}", *(f"{row[name]:+.1f}" for name in names)] for row in rows])


def _of(curves: pd.DataFrame, quantity: str, part: str, **facts: str) -> pd.DataFrame:
    chosen = (curves["quantity"] == quantity) & (curves["part"] == part)
    for name, value in facts.items():
        chosen &= curves[name] == value
    return curves[chosen]


def _words(quantity: str, part: str) -> str:
    titles = {"leg_angles": "", "ground_force": "ground force ", "moments": "moment: ", "ankle_power": "ankle power"}
    return f"{titles[quantity]}{_title(part)}"


def _title(name: str) -> str:
    return name.replace("_", " ")


def _range(rows: pd.DataFrame, which: str = "") -> str:
    low, high = (round(rows[f"{which}{end}"].mean(), 2) + 0.0 for end in ("lowest", "highest"))
    return f"{low:.2f} to {high:.2f}"


def _mean(values: pd.Series, digits: int) -> str:
    return f"{values.mean():.{digits}f}" if len(values) else "–"


def _percent(shares: pd.Series) -> str:
    known = shares.dropna().astype(float)
    return f"{100 * np.mean(known):.0f}" if len(known) else "–"
