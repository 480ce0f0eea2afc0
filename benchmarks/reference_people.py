"""Reference data of real people that benchmarks compare with; none of it ships.

The reference folder (`reference_folder`) holds spatiotemporal norms, ``norms/stp_by_age_sex_pace.csv`` (Dusing & Thorpe 2007, Lythgo et
al. 2011, Hollman et al. 2011 and others, see `engine.gait.norms`), and angles of adults, ``adults/overground_angles.npz`` (Fukuchi et al.
2018, PeerJ 6:e4640).
"""

import csv
from pathlib import Path

import numpy as np

from benchmarks.norms_fit import CHANNELS
from benchmarks.reference_folder import reference_folder
from engine.core.conventions import GAIT_ANGLES
from engine.gait.norms import Normal
from engine.gait.records import AGE_RANGE_YEARS, Subject
from generative.evaluation.against_norms import NormBin
from generative.evaluation.real_people import RealPeople

BINS_FILE, ADULTS_FILE = Path("norms/stp_by_age_sex_pace.csv"), Path("adults/overground_angles.npz")

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

    Stance is what swing leaves: the spread in the adults' stance column contradicts that of their double support. Mean speed is step
    length times cadence, since for some years the speed column is a bin of paces.
    """
    bins = []
    with (folder / BINS_FILE).open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            ages = float(row["Age (min)"]), float(row["Age (max)"]) + 1.0
            if ages[0] < AGE_RANGE_YEARS[0]:
                continue
            norms = {name: _normal(row, *column) for name, column in _COLUMNS.items()}
            if (swing := norms["stance_pct"]) is not None:
                norms["stance_pct"] = Normal(100 - swing.mean, swing.sd)
            known = {name: norm for name, norm in norms.items() if norm is not None}
            speed, limits = _speed(row, ages[0])
            sex = "male" if row["Gender"] == "Male" else "female"
            bins.append(NormBin(sex, ages, row["Pace"], speed, limits, known))
    return bins


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
    return RealPeople(subjects, np.stack(curves, axis=1))
