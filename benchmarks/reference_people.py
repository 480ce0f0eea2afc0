"""Reference data of real people that benchmarks compare with; none of it ships.

The reference folder (`reference_folder`) holds spatiotemporal norms, ``norms/stp_by_age_sex_pace.csv`` (Dusing & Thorpe 2007, Lythgo et
al. 2011, Hollman et al. 2011 and others, see `engine.gait.norms`), and angles of adults, ``adults/overground_angles.npz`` (Fukuchi et al.
2018, PeerJ 6:e4640).
"""

import csv
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.norms_fit import CHANNELS
from benchmarks.reference_folder import reference_folder
from engine.core.arrays import Array
from engine.core.conventions import GAIT_ANGLES, Sex
from engine.gait.norms import Normal, dimensionless_speed, plate_stance
from engine.gait.records import AGE_RANGE_YEARS, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import typical_size
from generative.evaluation.against_norms import NormBin
from generative.evaluation.real_people import RealPeople

BINS_FILE, ADULTS_FILE = Path("norms/stp_by_age_sex_pace.csv"), Path("adults/overground_angles.npz")
SPEEDS_FILE = Path("adults/treadmill_speeds.csv")
"""Of the same laboratory and mostly the same people: the speed that each chose."""

PACE_SD = 0.25
"""Standard deviation of speed within a bin of paces, as a share of the bin's width (an assumption: four SD from end to end)."""

_CENTIMETRES, _AS_IS = 0.01, 1.0
_COLUMNS = {
    "cadence_spm": ("Cadence (steps/min.)", _AS_IS),
    "step_length_m": ("Step Length (cm.)", _CENTIMETRES),
    "double_support_pct": ("Total D. Support %", _AS_IS),
    "stance_pct": ("Swing %", _AS_IS),
    "step_width_m": ("Stride Width (cm.)", _CENTIMETRES),
}
_PACED_YEARS = ((5.0, 13.0), (18.0, 69.0))
_WIDEST_SPEEDS_MPS = (0.2, 3.0)
_SAME_M, _SAME_KG = 0.006, 0.6


def people_folder() -> Path | None:
    """The reference folder, None if people's data are not in it."""
    folder = reference_folder()
    return folder if (folder / BINS_FILE).is_file() and (folder / ADULTS_FILE).is_file() else None


def _normal(row: dict[str, str], column: str, unit: float) -> Normal | None:
    """From a range of one SD either side; None where a cell is empty or the range has no width (a slip of the table)."""
    low, high = row[f"{column}|min"], row[f"{column}|max"]
    if not low or low == high:
        return None
    return Normal(unit * (float(low) + float(high)) / 2, unit * (float(high) - float(low)) / 2)


def read_bins(folder: Path) -> list[NormBin]:
    """All bins of people whom the generator covers.

    The bins are of pressure mats. Stance and double support are those of force plates at the same speed (`engine.gait.norms.plate_stance`),
    their spread the mats': that of stance is what swing leaves, since the spread in the adults' stance column contradicts that of their
    double support. Mean speed is step length times cadence, since for some years the speed column is a bin of paces.
    """
    bins = []
    with (folder / BINS_FILE).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ages = float(row["Age (min)"]), float(row["Age (max)"]) + 1.0
            if ages[0] < AGE_RANGE_YEARS[0]:
                continue
            norms = {name: _normal(row, *column) for name, column in _COLUMNS.items()}
            speed, limits = _speed(row, ages[0])
            sex: Sex = "male" if row["Gender"] == "Male" else "female"
            stance = 100 * _stance(float(np.mean(ages)), sex, speed.mean)
            on_plates = {"stance_pct": stance, "double_support_pct": 2 * stance - 100}
            known = {
                name: Normal(on_plates.get(name, norm.mean), norm.sd)
                for name, norm in norms.items()
                if norm is not None
            }
            bins.append(NormBin(sex, ages, row["Pace"], speed, limits, known))
    return bins


def _stance(age: float, sex: Sex, speed_mps: float) -> float:
    height = typical_size(age, sex).height_m
    leg = anthropometric_body(age, sex, height).lengths_m["hip_height"]
    return float(plate_stance(age, dimensionless_speed(speed_mps, leg)))


def _own_speeds(folder: Path, people: Sequence[Subject]) -> Array:
    """Dimensionless speed that each chose, told by sex, stature and mass ``(n,)``."""
    with (folder / SPEEDS_FILE).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    own = []
    for person in people:
        alike = [
            dimensionless_speed(float(row["SpeedComf"]), float(row["LegLength"]))
            for row in rows
            if row["Gender"] == person.sex[0].upper()
            and abs(float(row["Height"]) - person.height_m) < _SAME_M
            and abs(float(row["Mass"]) - person.mass_kg) < _SAME_KG
        ]
        own.append(float(np.mean(alike)))
    return np.array(own)


def _speed(row: dict[str, str], age: float) -> tuple[Normal, tuple[float, float]]:
    low, high = (float(row[f"Velocity (cm./sec.)|{end}"]) / 100 for end in ("min", "max"))
    step, cadence = (
        (float(row[f"{column}|min"]) + float(row[f"{column}|max"])) / 2
        for column in (_COLUMNS["step_length_m"][0], _COLUMNS["cadence_spm"][0])
    )
    mean = step / 100 * cadence / 60
    if any(first <= age <= last for first, last in _PACED_YEARS):
        return Normal(mean, PACE_SD * (high - low)), (low, high)
    return Normal(mean, (high - low) / 2), _WIDEST_SPEEDS_MPS


def read_adults(folder: Path) -> RealPeople:
    """The adults whose age, sex and size are known, in OpenSim's signs."""
    with np.load(folder / ADULTS_FILE, allow_pickle=False) as data:
        known = np.flatnonzero(np.isfinite(data["age_years"]))
        subjects = tuple(
            Subject(
                f"{row}",
                float(data["age_years"][row]),
                "male" if data["sex"][row] == "M" else "female",
                float(data["height_m"][row]),
                float(data["mass_kg"][row]),
            )
            for row in known
        )
        names, angles = data["channel"].tolist(), np.deg2rad(data["angles_deg"][known].astype(float)).mean(axis=1)
    sources = {channel.quantity: channel for channel in CHANNELS}
    curves = [
        sources[name].sign * angles[:, names.index(sources[name].overground), :-1] + sources[name].offset
        for name in GAIT_ANGLES
    ]
    return RealPeople(subjects, _own_speeds(folder, subjects), np.stack(curves, axis=1))
