"""Measures the healthy atlas against published norms, worst bins first: ``python -m benchmarks.bench_atlas``.

Needs the reference folder (`reference_folder`).

People of each age, sex and pace walk at the speeds at which the people of the norm did: normal about step length times cadence of the
bin; where the bin is one of paces, with a quarter of its width as standard deviation and cut at its ends.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.generator_parts.bench import table as markdown_table
from benchmarks.reference_folder import reference_folder
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES, GRAVITY_MPS2
from engine.gait.cycle import basis, phase_grid
from engine.gait.norms import band
from engine.gait.records import AGE_RANGE_YEARS, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import draw_size, typical_size
from generative.evaluation.distances import frechet_distance
from generative.feet import HEEL, LegGeometry, leg_geometry
from generative.gait_batch import GaitBatch, People
from generative.sources.atlas import OUTWARD_FOOT_RAD, healthy_atlas
from generative.sources.fit_atlas import individual_curves
from generative.standing import step_width

REFERENCE = reference_folder()
PEOPLE = 200
SHOWN = 12
PACE_SD = 0.25
CHILD_SPEEDS = np.array([0.172, 0.290, 0.429, 0.560])
COMPONENTS = 10
_GRID = phase_grid(100)


@dataclass(frozen=True)
class Bin:
    """One row of the norms; ``norm`` maps a measure to mean and standard deviation."""

    sex: str
    ages: tuple[float, float]
    pace: str
    speed: tuple[float, float, float, float]
    norm: dict[str, tuple[float, float]]

    @property
    def name(self) -> str:
        return f"{self.sex} {self.ages[0]:g}-{self.ages[1]:g} {self.pace}"


def _limits(row: dict[str, str], column: str) -> tuple[float, float] | None:
    low, high = row[f"{column}|min"], row[f"{column}|max"]
    return None if not low else (float(low), float(high))


def read_bins(file: Path) -> Iterator[Bin]:
    """Bins of the norms. Stance comes from the swing column, whose spread the adult stance column contradicts, or from double support."""
    with file.open(newline="") as stream:
        for row in csv.DictReader(stream):
            norm = {}
            for name, column in (
                ("cadence", "Cadence (steps/min.)"),
                ("step", "Step Length (cm.)"),
                ("double support", "Total D. Support %"),
                ("stance", "Swing %"),
                ("width", "Stride Width (cm.)"),
            ):
                limits = _limits(row, column)
                if limits is not None:
                    norm[name] = (sum(limits) / 2, (limits[1] - limits[0]) / 2)
            if "stance" in norm:
                norm["stance"] = (100 - norm["stance"][0], norm["stance"][1])
            low, high = (v / 100 for v in _limits(row, "Velocity (cm./sec.)") or (np.nan, np.nan))
            years = float(row["Age (min)"]), float(row["Age (max)"]) + 1
            if years[0] < AGE_RANGE_YEARS[0]:
                continue
            binned = 5 <= years[0] <= 13 or 18 <= years[0] <= 69
            mean = norm["step"][0] * norm["cadence"][0] / 6000
            speed = (mean, PACE_SD * (high - low), low, high) if binned else (mean, (high - low) / 2, 0.2, 3.0)
            yield Bin(row["Gender"].lower(), years, row["Pace"], speed, norm)


def draw(bin_: Bin, rng: np.random.Generator) -> tuple[People, LegGeometry, Array]:
    """People of a bin and their dimensionless speeds."""
    subjects, bodies = [], []
    for number in range(PEOPLE):
        age = float(rng.uniform(*bin_.ages))
        size = draw_size(age, bin_.sex, rng)
        subjects.append(Subject(f"{number}", age, bin_.sex, size.height_m, size.mass_kg))
        bodies.append(anthropometric_body(age, bin_.sex, size.height_m))
    people = People.of(subjects, [body.lengths_m["hip_height"] for body in bodies])
    mean, deviation, low, high = bin_.speed
    speed = np.clip(mean + deviation * rng.standard_normal(PEOPLE), low, high)
    return people, leg_geometry(bodies), speed / np.sqrt(GRAVITY_MPS2 * people.hip_height)


def measured(people: People, legs: LegGeometry, gaits: GaitBatch) -> dict[str, Array]:
    """The measures of `Bin.norm` of each gait."""
    time = gaits.duration * np.sqrt(people.hip_height / GRAVITY_MPS2)
    stance = 100 * gaits.stance
    return {
        "cadence": 120 / time,
        "step": 50 * gaits.speed * gaits.duration * people.hip_height,
        "double support": stance.sum(axis=1) - 100,
        "stance": stance.mean(axis=1),
        "width": 100 * step_width(gaits, legs, HEEL) * people.hip_height,
    }


def spatiotemporal_tables(bins: list[Bin], seed: int = 1) -> str:
    """Errors in standard deviations of the norm and ratios of spread: a summary, then the worst bins."""
    rows: list[tuple[float, float, str, str]] = []
    for number, bin_ in enumerate(bins):
        rng = np.random.default_rng([seed, number])
        people, legs, speed = draw(bin_, rng)
        found = measured(people, legs, healthy_atlas().sample(people, legs, speed, rng))
        for name, (mean, deviation) in bin_.norm.items():
            if deviation > 0:
                error, ratio = (found[name].mean() - mean) / deviation, found[name].std(ddof=1) / deviation
                rows.append((error, ratio, name, bin_.name))
    summary = []
    for name in ("cadence", "step", "stance", "double support", "width"):
        errors, ratios = (np.array([row[i] for row in rows if row[2] == name]) for i in (0, 1))
        shares = (np.abs(errors) <= 0.5).mean(), ((ratios >= 0.7) & (ratios <= 1.3)).mean()
        worst = np.abs(errors).max()
        summary.append(
            [
                name,
                f"{len(errors)}",
                f"{100 * shares[0]:.0f}",
                f"{worst:.2f}",
                f"{100 * shares[1]:.0f}",
                f"{np.median(ratios):.2f}",
            ]
        )
    header = ["measure", "bins", "mean within 0.5 SD, %", "worst, SD", "spread 0.7-1.3, %", "median spread"]
    by_error = sorted(rows, key=lambda row: -abs(row[0]))[:SHOWN]
    by_spread = sorted(rows, key=lambda row: -abs(np.log(row[1])))[:SHOWN]
    listed = [[name, where, f"{error:+.2f}", f"{ratio:.2f}"] for error, ratio, name, where in (*by_error, *by_spread)]
    return markdown_table(header, summary) + "\n\n" + markdown_table(["worst", "bin", "error, SD", "spread"], listed)


def typical_people(age: float, speed: float | None, rng: np.random.Generator, n: int = 100) -> tuple[Array, GaitBatch]:
    """Gaits of people of typical size, both sexes alike; returns their speeds with them."""
    subjects, bodies = [], []
    for number in range(n):
        sex = ("female", "male")[number % 2]
        size = typical_size(age, sex)
        subjects.append(Subject(f"{number}", age, sex, size.height_m, size.mass_kg))
        bodies.append(anthropometric_body(age, sex, size.height_m))
    people = People.of(subjects, [body.lengths_m["hip_height"] for body in bodies])
    speeds = healthy_atlas().free_speed(people.age) if speed is None else np.full(n, speed)
    return speeds, healthy_atlas().sample(people, leg_geometry(bodies), speeds, rng)


def curves_deg(gaits: GaitBatch, name: str) -> Array:
    """``(n, t)`` of a coordinate."""
    return np.rad2deg(basis(_GRID) @ gaits.coefficients[..., COORDINATE_INDEX[name]].T).T


def knee_table() -> str:
    """Swing peaks of the mean knee curve of ten-year-olds at the speeds of Schwartz et al. 2008."""
    rows = []
    for speed in CHILD_SPEEDS:
        gaits = typical_people(10.0, speed, np.random.default_rng(2))[1]
        norm = np.rad2deg(band("knee_angle", speed, 10.0, phase=_GRID).mean.max())
        curves = curves_deg(gaits, "knee_angle_r")
        rows.append(
            [f"{speed:.3f}", f"{curves.mean(axis=0).max():.1f}", f"{curves.max(axis=1).std():.1f}", f"{norm:.1f}"]
        )
    return markdown_table(["speed", "knee swing peak, deg", "SD", "norm"], rows)


def curve_table() -> str:
    """Share of the cycle that the mean curve is within 1 SD of the norm at self-selected speed, and spread over the norm's."""
    rows = []
    for age in (6, 10, 14, 20, 30, 50, 70, 80):
        speeds, gaits = typical_people(float(age), None, np.random.default_rng(3))
        row = [f"{age}"]
        for name in GAIT_ANGLES:
            norm = band(name, float(speeds[0]), age, phase=_GRID)
            own = np.deg2rad(curves_deg(gaits, name if name.startswith("pelvis") else f"{name}_r"))
            inside = (np.abs(norm.z(own.mean(axis=0))) <= 1).mean()
            spread = np.sqrt((own.var(axis=0, ddof=1)).mean() / (norm.sd**2).mean())
            row.append(f"{100 * inside:.0f} ({spread:.2f})")
        rows.append(row)
    return markdown_table(["age", *GAIT_ANGLES], rows)


def _person_curves(gaits: GaitBatch) -> Array:
    """Right and left legs averaged, ``(n, 8 · t)`` degrees; hips are turned back in by what the model's untwisted shank turns them out."""
    parts = []
    for name in GAIT_ANGLES:
        if name.startswith("pelvis"):
            parts.append(curves_deg(gaits, name))
        else:
            left = curves_deg(gaits.mirrored(), f"{name}_r")
            parts.append((curves_deg(gaits, f"{name}_r") + left) / 2)
        if name == "hip_rotation":
            parts[-1] += np.rad2deg(OUTWARD_FOOT_RAD[1])
    return np.concatenate(parts, axis=1)


def _pairs(curves: Array) -> float:
    distance = np.linalg.norm(curves[:, None] - curves[None], axis=-1) / np.sqrt(curves.shape[1])
    return float(distance[np.triu_indices(len(curves), 1)].mean())


def variety_table(reference: Path) -> str:
    """Distances between people of one age group, and Frechet distances in the first components of the real curves."""
    with np.load(reference / "adults" / "overground_angles.npz") as data:
        ages, sex = data["age_years"], data["sex"]
    real = np.rad2deg(individual_curves(reference).mean(axis=1) @ basis(_GRID).T).reshape(len(ages), -1)
    young, old = ages < 45, ages > 50
    made = {a: _person_curves(typical_people(a, None, np.random.default_rng(5), 200)[1]) for a in (29.0, 61.0)}
    centre = real.mean(axis=0)
    axes = np.linalg.svd(real - centre, full_matrices=False)[2][:COMPONENTS]
    place = {k: (v - centre) @ axes.T / np.sqrt(real.shape[1]) for k, v in {"real": real, **made}.items()}
    rows = [
        ["pairs of real people under 45, over 50, deg", f"{_pairs(real[young]):.2f}, {_pairs(real[old]):.2f}"],
        ["pairs of atlas people of 29, of 61, deg", f"{_pairs(made[29.0]):.2f}, {_pairs(made[61.0]):.2f}"],
        ["Frechet, real under 45 to atlas of 29", f"{frechet_distance(place['real'][young], place[29.0]):.2f}"],
        ["Frechet, real over 50 to atlas of 61", f"{frechet_distance(place['real'][old], place[61.0]):.2f}"],
        ["Frechet, real under 45 to real over 50", f"{frechet_distance(place['real'][young], place['real'][old]):.2f}"],
        [
            "Frechet, real men to real women",
            f"{frechet_distance(place['real'][sex == 'M'], place['real'][sex == 'F']):.2f}",
        ],
    ]
    return markdown_table(["variety", ""], rows)


def main() -> None:
    bins = list(read_bins(REFERENCE / "norms" / "stp_by_age_sex_pace.csv"))
    for table in (spatiotemporal_tables(bins), knee_table(), curve_table(), variety_table(REFERENCE)):
        print(table, end="\n\n", flush=True)


if __name__ == "__main__":
    main()
