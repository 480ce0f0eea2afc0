"""Fits the coefficients of `engine.gait.norms` to a folder of published norms: ``python -m benchmarks.norms_fit REFERENCE``.

The folder holds ``norms/schwartz2008.npz``, ``norms/schwartz2008_cycle_events.csv``, ``norms/stp_by_age_sex_pace.csv``,
``norms/CGM23.json``, ``adults/overground_angles.npz`` and ``adults/treadmill_speeds.csv``. What comes out are coefficients of
our own functions.

Means by speed: cubic in dimensionless speed for each Fourier coefficient (five speeds, four numbers: within 1.3 % of an angle's range).
Standard deviations: their logarithm, quadratic in speed, so that they stay positive.
"""

import csv
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.cycle import basis
from engine.gait.norms import (
    ADULT_SPEED,
    COEFFICIENTS_FILE,
    PELVIS_TILT_OFFSET_RAD,
    PLATE_SPEEDS,
    SPREAD_FEATURES,
    spatiotemporal_features,
)
from engine.gait.records import AGE_RANGE_YEARS
from engine.people.growth import typical_size

CHILD_SPEEDS = np.array(PLATE_SPEEDS)
"""Mean dimensionless speeds of the five groups of Schwartz 2008."""
CHILD_AGE_YEARS = 10.0
CHILD_LEG_PER_HEIGHT = 0.50
MEAN_POWERS, SD_POWERS = 4, 3
SMOOTH_HARMONICS, KINETIC_HARMONICS, SD_HARMONICS = 8, 16, 6

_DEG = float(np.deg2rad(1.0))


@dataclass(frozen=True)
class Channel:
    """How one quantity is called in the sources. ``sign`` turns their sign into that of OpenSim's coordinate; ``offset`` is added after."""

    quantity: str
    unit: str
    children: str
    children_unit: float
    sign: float = 1.0
    offset: float = 0.0
    overground: str | None = None
    cgm: tuple[str, str, float] | None = None
    sd_floor: float = 0.02

    @property
    def harmonics(self) -> int:
        return SMOOTH_HARMONICS if self.unit == "rad" else KINETIC_HARMONICS


def _angle(
    quantity: str, children: str, people: str, cgm: str, axis: str, sign: float = 1.0, offset: float = 0.0
) -> Channel:
    return Channel(quantity, "rad", f"Joint Rotations|{children}", _DEG, sign, offset, people, (cgm, axis, _DEG), _DEG)


def _moment(quantity: str, children: str, cgm: str, axis: str) -> Channel:
    return Channel(quantity, "N·m/kg", f"Joint Moments|{children}", 1.0, -1.0, 0.0, None, (cgm, axis, 1e-3))


def _power(quantity: str, children: str, cgm: str) -> Channel:
    return Channel(quantity, "W/kg", f"Joint Power|{children}", 1.0, 1.0, 0.0, None, (cgm, "Z", 1.0))


CHANNELS = (
    _angle(
        "pelvis_tilt", "Pelvic Ant/Posterior Tilt", "pelvis_tilt", "PelvisAngles", "X", -1.0, PELVIS_TILT_OFFSET_RAD
    ),
    _angle("pelvis_list", "Pelvic Up/Down Obliquity", "pelvis_obliquity", "PelvisAngles", "Y", -1.0),
    _angle("pelvis_rotation", "Pelvic Int/External Rotation", "pelvis_rotation", "PelvisAngles", "Z"),
    _angle("hip_flexion", "Hip Flex/Extension", "hip_flexion", "HipAngles", "X", 1.0, -PELVIS_TILT_OFFSET_RAD),
    _angle("hip_adduction", "Hip Ad/Abduction", "hip_adduction", "HipAngles", "Y"),
    _angle("hip_rotation", "Hip Int/External Rotation", "hip_rotation", "HipAngles", "Z"),
    _angle("knee_angle", "Knee Flex/Extension", "knee_flexion", "KneeAngles", "X"),
    _angle("ankle_angle", "Ankle Dorsi/Plantarflexion", "ankle_dorsiflexion", "AnkleAngles", "X"),
    _angle("foot_progression", "Foot Int/External Progression", "foot_progression", "FootProgressAngles", "Z"),
    Channel("ground_force_vx", "BW", "Ground Reaction Forces|Anterior/Posterior", 1.0),
    Channel("ground_force_vy", "BW", "Ground Reaction Forces|Vertical", 1.0),
    _moment("hip_flexion_moment", "Hip Ext/Flexion", "HipMoment", "X"),
    _moment("hip_adduction_moment", "Hip Ab/Adduction", "HipMoment", "Y"),
    _moment("knee_angle_moment", "Knee Ext/Flexion", "KneeMoment", "X"),
    _moment("ankle_angle_moment", "Ankle Dorsi/Plantarflexion", "AnkleMoment", "X"),
    _power("hip_power", "Hip", "HipPower"),
    _power("knee_power", "Knee", "KneePower"),
    _power("ankle_power", "Ankle", "AnklePower"),
)

SPEED_OF_DECADES = {
    "male": (1.358, 1.433, 1.434, 1.433, 1.339, 1.262, 0.968),
    "female": (1.341, 1.337, 1.390, 1.313, 1.241, 1.132, 0.943),
}
"""Comfortable speed, m/s, in the third to the ninth decade of life (Bohannon & Andrews 2011, Physiotherapy 97:182)."""
SPEED_SD_OF_DECADES = {
    "male": (0.153, 0.094, 0.164, 0.229, 0.205, 0.196, np.nan),
    "female": (0.175, 0.127, 0.158, 0.151, 0.213, 0.211, np.nan),
}
"""Spread between people of the same decade, m/s (Bohannon 1997, Age Ageing 26:15; it ends at 79 years)."""

SPEED_AT_TEN = (1.34, 0.15)
"""Mean and SD at 10 years, m/s (Dusing & Thorpe 2007)."""

STRIDE_TIME_CV = {
    "age_years": [4.0, 7.0, 12.0, 25.0, 50.0, 70.0],
    "mean": [0.064, 0.036, 0.025, 0.013, 0.015, 0.0194],
    "cv": 0.24,
}
"""Children and young adults: Hausdorff et al. 1999 (J Appl Physiol 86:1040); 70 years: Frenkel-Toledo et al. 2005 (J Neuroeng
Rehabil 2:23); 50 years lies between."""

SOURCES = {
    "curves": "Schwartz, Rozumalski & Trost 2008, J Biomech 41:1639; adults: Fukuchi et al. 2018, PeerJ 6:e4640; "
    "Leboeuf et al. 2019, Gait Posture 69:235",
    "spatiotemporal": "Dusing & Thorpe 2007, Gait Posture 25:135; Lythgo et al. 2011, Gait Posture 33:29; "
    "Hollman et al. 2011, Gait Posture 34:111; "
    "Bohannon 1997, Age Ageing 26:15; Bohannon & Andrews 2011, Physiotherapy 97:182; Fukuchi et al. 2018, PeerJ 6:e4640",
}


def _fourier(curves: Array, harmonics: int) -> Array:
    """Coefficients of curves ``(…, n)`` on evenly spaced phases from 0 to 1, both ends included."""
    design = basis(np.linspace(0, 1, curves.shape[-1]), harmonics=harmonics)
    found = np.linalg.lstsq(design, curves.reshape(-1, curves.shape[-1]).T, rcond=None)[0]
    return np.asarray(found.T.reshape(*curves.shape[:-1], -1), float)


def _children(reference: Path, channel: Channel) -> tuple[Array, Array]:
    """Mean and SD ``(5 speeds, 51)`` in the project's unit and sign."""
    limits = np.load(reference / "norms/schwartz2008.npz", allow_pickle=False)[channel.children].astype(float)
    scale = channel.children_unit * channel.sign
    return limits[:, 1] * scale + channel.offset, np.abs(limits[:, 2] - limits[:, 0]) / 2 * channel.children_unit


def _adults(reference: Path, channel: Channel) -> tuple[Array, Array] | None:
    """Mean and SD ``(101,)``: both adult sources with equal weight, the variance between them included."""
    means, variances = [], []
    if channel.cgm:
        angle, axis, unit = channel.cgm
        table = json.loads((reference / "norms/CGM23.json").read_text(encoding="utf-8"))["CGM23"]["Spont"]
        low, high = np.array(table[angle][axis])[:, 1:].T * unit
        means.append((low + high) / 2)
        variances.append(((high - low) / 2) ** 2)
    if channel.overground:
        people = np.load(reference / "adults/overground_angles.npz", allow_pickle=False)
        column = people["channel"].tolist().index(channel.overground)
        curves = people["angles_deg"][:, :, column].astype(float).reshape(-1, 101) * _DEG
        means.append(curves.mean(0))
        variances.append(curves.var(0, ddof=1))
    if not means:
        return None
    sd = np.sqrt(np.mean(variances, axis=0) + np.var(means, axis=0))
    return channel.sign * np.mean(means, axis=0) + channel.offset, sd


def fit_curve(reference: Path, channel: Channel) -> dict[str, Any]:
    """Coefficients of one quantity as `engine.gait.norms.band` reads them."""
    mean, sd = _children(reference, channel)
    log_sd = np.log(np.maximum(sd, channel.sd_floor))
    by_speed = _by_speed(_fourier(mean, channel.harmonics), MEAN_POWERS)
    log_sd_by_speed = _by_speed(_fourier(log_sd, SD_HARMONICS), SD_POWERS)
    adults = _adults(reference, channel)
    own = {"unit": channel.unit, "mean": _rounded(by_speed), "log_sd": _rounded(log_sd_by_speed)}
    if adults is None:
        return own | {"mean_adult": None, "log_sd_adult": None}
    mean_adult = _fourier(adults[0], channel.harmonics) - _at(by_speed, ADULT_SPEED)
    log_sd_adult = _fourier(np.log(np.maximum(adults[1], channel.sd_floor)), SD_HARMONICS) - _at(
        log_sd_by_speed, ADULT_SPEED
    )
    return own | {"mean_adult": _rounded(mean_adult), "log_sd_adult": _rounded(log_sd_adult)}


def _by_speed(coefficients: Array, powers: int) -> Array:
    found = np.linalg.lstsq(CHILD_SPEEDS[:, None] ** np.arange(powers), coefficients, rcond=None)[0]
    return np.asarray(found, float)


def _at(by_speed: Array, speed: float) -> Array:
    return speed ** np.arange(len(by_speed)) @ by_speed


def _rounded(values: Array) -> list[Any]:
    return np.round(values, 5).tolist()


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _limits(row: dict[str, str], column: str) -> tuple[float, float]:
    """Mean and SD from a normal range of one SD either side."""
    low, high = (float(row[f"{column}|{end}"] or "nan") for end in ("min", "max"))
    return (low + high) / 2, (high - low) / 2


@frozen
class _Table:
    """Rows of people ``(n,)``: age, sex, dimensionless speed (by stature), value, its SD (NaN where not told), weight."""

    age: Array
    male: Array
    speed: Array
    value: Array
    sd: Array
    weight: Array

    @classmethod
    def of(cls, rows: list[tuple[float, ...]]) -> "_Table":
        return cls(*np.array(rows, float).T)


def _walkway(reference: Path, column: str, per_height: bool) -> list[tuple[float, ...]]:
    """Rows of the walkway table. Speed is step length times cadence, as the speed column is a bin for some ages."""
    rows = []
    for row in _rows(reference / "norms/stp_by_age_sex_pace.csv"):
        first, last = float(row["Age (min)"]), float(row["Age (max)"])
        age, sex = (first + last + 1) / 2, "male" if row["Gender"] == "Male" else "female"
        if age < AGE_RANGE_YEARS[0]:
            continue
        height = typical_size(age, sex).height_m
        speed = _limits(row, "Step Length (cm.)")[0] / 100 * _limits(row, "Cadence (steps/min.)")[0] / 60
        value, sd = (x / 100 for x in _limits(row, column))
        scale = height if per_height else 1.0
        rows.append((age, sex == "male", speed / np.sqrt(GRAVITY_MPS2 * height), value / scale, sd / scale, 1.0))
    return [row for row in rows if np.isfinite(row[3])]


def _treadmill(reference: Path) -> list[tuple[float, ...]]:
    rows = []
    for row in _rows(reference / "adults/treadmill_speeds.csv"):
        height, speed, step = float(row["Height"]), float(row["Speed"]), float(row["StepLength"])
        unit = np.sqrt(GRAVITY_MPS2 * height)
        rows.append((float(row["Age"]), row["Gender"] == "M", speed / unit, step / height, np.nan, 0.5))
    return rows


def _child_events(reference: Path, name: str) -> list[tuple[float, ...]]:
    with (reference / "norms/schwartz2008_cycle_events.csv").open(encoding="utf-8") as file:
        cells = next(row for row in csv.reader(file) if row[0].startswith(name))
    speeds = CHILD_SPEEDS * np.sqrt(CHILD_LEG_PER_HEIGHT)
    means, deviations = [float(c) for c in cells[1:11:2]], [abs(float(c)) for c in cells[2:11:2]]
    return [(CHILD_AGE_YEARS, 0.5, u, m, s, 2.0) for u, m, s in zip(speeds, means, deviations, strict=True)]


def _own_speed(reference: Path) -> list[tuple[float, ...]]:
    """Self-selected speeds over ``sqrt(g * stature)``: rows of the walkway table that are not pace bins, adults by decade, children."""
    rows = []
    for row in _rows(reference / "norms/stp_by_age_sex_pace.csv"):
        age, sex = (
            (float(row["Age (min)"]) + float(row["Age (max)"]) + 1) / 2,
            "male" if row["Gender"] == "Male" else "female",
        )
        if 2 <= age < 5 or 14 <= age < 18 or age >= 70:
            mean, sd = (x / 100 for x in _limits(row, "Velocity (cm./sec.)"))
            rows.append((age, sex, mean, sd))
    for sex, speeds in SPEED_OF_DECADES.items():
        rows += [
            (25.0 + 10 * decade, sex, speed, sd)
            for decade, (speed, sd) in enumerate(zip(speeds, SPEED_SD_OF_DECADES[sex], strict=True))
        ]
    rows.append((CHILD_AGE_YEARS, "female", *SPEED_AT_TEN))
    for age in (7.0, CHILD_AGE_YEARS, 13.0):
        leg = CHILD_LEG_PER_HEIGHT * typical_size(age, "female").height_m
        rows.append((age, "female", CHILD_SPEEDS[2] * np.sqrt(GRAVITY_MPS2 * leg), np.nan))
    table = []
    for age, sex, mean, sd in rows:
        height = typical_size(age, sex).height_m
        unit = np.sqrt(GRAVITY_MPS2 * height)
        table.append((age, sex == "male", np.nan, mean / unit, sd / unit, 1.0))
    return table


def _regression(rows: list[tuple[float, ...]], *, with_speed: bool) -> dict[str, Any]:
    """Weighted log-linear regression of the value, and of its coefficient of variation (by age only)."""
    table = _Table.of(rows)
    features = spatiotemporal_features(table.age, table.male, table.speed if with_speed else None)
    log_mean = _ridge(features, np.log(table.value), table.weight)
    told = np.isfinite(table.sd) & (table.sd > 0)
    plain = spatiotemporal_features(table.age[told], table.male[told], None)[:, SPREAD_FEATURES]
    log_cv = _ridge(plain, np.log(table.sd[told] / table.value[told]), table.weight[told])
    residual = np.log(table.value) - features @ log_mean
    return {"log_mean": _rounded(log_mean), "log_cv": _rounded(log_cv), "fit_rms": round(float(residual.std()), 4)}


def _ridge(features: Array, target: Array, weight: Array, penalty: float = 1e-2) -> Array:
    """Weighted least squares; a light penalty (not on the constant) holds regressors on which a source says nothing at zero."""
    weighted = features * weight[:, None]
    damping = penalty * np.eye(features.shape[1])
    damping[0, 0] = 0.0
    return np.asarray(np.linalg.solve(weighted.T @ weighted + damping, weighted.T @ (target * weight)), float)


def fit(reference: Path) -> dict[str, Any]:
    """All coefficients of `engine.gait.norms`.

    Raises:
        DataError: the folder lacks a file.
    """
    try:
        curves = {channel.quantity: fit_curve(reference, channel) for channel in CHANNELS}
        support = _walkway(reference, "Total D. Support %", False) + _child_events(reference, "Double Support")
        spatiotemporal = {
            "speed": _regression(_own_speed(reference), with_speed=False),
            "step_length": _regression(
                _walkway(reference, "Step Length (cm.)", True) + _treadmill(reference), with_speed=True
            ),
            "step_width": _regression(_walkway(reference, "Stride Width (cm.)", False), with_speed=True),
            "double_support": _regression(support, with_speed=True),
            "stride_time_cv": STRIDE_TIME_CV,
        }
    except FileNotFoundError as error:
        raise DataError(f"{error.filename}: missing; give the folder that holds norms/ and adults/") from error
    return {"sources": SOURCES, "curves": curves, "spatiotemporal": spatiotemporal}


def main() -> None:
    """Writes ``engine/gait/norms.json`` from the folder named on the command line."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python -m benchmarks.norms_fit REFERENCE")
    text = json.dumps(fit(Path(sys.argv[1])), ensure_ascii=False, separators=(",", ":"))
    COEFFICIENTS_FILE.write_text(text.replace('},"', '},\n"') + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
