"""Measures the healthy atlas, before physics, against published norms and real adults: ``python -m benchmarks.bench_atlas``.

Needs the reference folder (`reference_folder`). Most of the norms are what the atlas was fitted to: these tables say that it holds them.
The real adults' mean curves and spread were fitted to as well; how gaits fit speed, stride and sway was not.
"""

from dataclasses import replace

import numpy as np

from benchmarks.generator_parts.adults import like_adults
from benchmarks.generator_parts.bench import Part, enough, share, table, write
from benchmarks.norms_fit import CHILD_SPEEDS
from benchmarks.reference_folder import reference_folder
from benchmarks.reference_people import read_adults, read_bins
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES
from engine.gait.cycle import basis, phase_grid
from engine.gait.norms import band
from engine.gait.records import Subject
from engine.people.growth import typical_size
from generative.evaluation.against_norms import BAND_SHARE, NormBin, NormFigure, draw_bin
from generative.evaluation.groups import Group, measured
from generative.evaluation.real_people import RealPeople, leg_mean_curves
from generative.gait_batch import SEXES, GaitBatch
from generative.sources.atlas import healthy_atlas

PEOPLE = 200
SHOWN = 12
REPLICATES = 20
AGES = (6, 10, 14, 20, 30, 50, 70, 80)
_GRID = phase_grid(100)


def walk(group: Group, speed: Array, seed: int) -> GaitBatch:
    """People of the atlas at dimensionless ``speed (n,)``."""
    return healthy_atlas().sample(group.people, group.legs, speed, np.random.default_rng(seed))


def spatiotemporal(bins: list[NormBin]) -> Part:
    """Errors in standard deviations of the norm and ratios of spread: a summary, then the worst bins."""
    found: list[NormFigure] = []
    for number, bin_ in enumerate(bins):
        group, speed = draw_bin(bin_, PEOPLE, np.random.default_rng([1, number]))
        own = measured(walk(group, speed, number), group)
        found += [
            NormFigure(bin_, name, norm.z(float(own[name].mean())), float(own[name].std(ddof=1)) / norm.sd)
            for name, norm in bin_.norms.items()
        ]
    rows = []
    for name in dict.fromkeys(figure.measure for figure in found):
        of = [figure for figure in found if figure.measure == name]
        yield enough([figure.mean_holds for figure in of], 1, f"{name}, bins with the mean within ±0.5 SD of the norm")
        yield enough([figure.spread_holds for figure in of], 1, f"{name}, bins with a spread 0.7–1.3 of the norm's")
        rows.append(
            [
                name,
                share([figure.mean_holds for figure in of]),
                f"{max(abs(figure.error_sd) for figure in of):.2f}",
                share([figure.spread_holds for figure in of]),
                f"{np.median([figure.spread for figure in of]):.2f}",
            ]
        )
    yield table(["measure", "mean within 0.5 SD", "worst, SD", "spread 0.7-1.3", "median spread"], rows)
    worst = sorted(found, key=lambda figure: -abs(figure.error_sd))[:SHOWN]
    yield table(
        ["furthest from the norm", "measure", "error, SD", "spread"],
        [[f.bin.name, f.measure, f"{f.error_sd:+.2f}", f"{f.spread:.2f}"] for f in worst],
    )


def typical_people(age: float, speed: float | None, n: int = 100) -> tuple[float, GaitBatch]:
    """Gaits of people of typical size, both sexes in turn, at a dimensionless speed (their usual one if None), which comes with them."""
    people = []
    for number in range(n):
        sex = SEXES[number % 2]
        size = typical_size(age, sex)
        people.append(Subject(f"{number}", age, sex, size.height_m, size.mass_kg))
    usual = float(healthy_atlas().free_speed(np.array([age]))[0]) if speed is None else speed
    return usual, walk(Group.of(people), np.full(n, usual), 2)


def _curves(gaits: GaitBatch, coordinate: str) -> Array:
    """Of the right leg or the pelvis, radians ``(n, 100)``."""
    column = COORDINATE_INDEX[coordinate if coordinate in COORDINATE_INDEX else f"{coordinate}_r"]
    return gaits.coefficients[..., column] @ basis(_GRID).T


def knees() -> Part:
    """Swing peaks of the mean knee curve of ten-year-olds at the speeds of Schwartz et al. 2008."""
    rows = []
    for speed in CHILD_SPEEDS[:4].tolist():
        curves = np.rad2deg(_curves(typical_people(10.0, speed)[1], "knee_angle"))
        norm = float(np.rad2deg(band("knee_angle", speed, 10.0, phase=_GRID).mean.max()))
        rows.append(
            [f"{speed:.3f}", f"{curves.mean(axis=0).max():.1f}", f"{curves.max(axis=1).std():.1f}", f"{norm:.1f}"]
        )
    yield table(["speed", "knee swing peak, deg", "SD", "norm"], rows)


def bands() -> Part:
    """Share of the cycle that the mean curve is within 1 SD of the norm at self-selected speed, and spread over the norm's."""
    rows, holds = [], []
    for age in AGES:
        speed, gaits = typical_people(float(age), None)
        row = [f"{age}"]
        for name in GAIT_ANGLES:
            norm, curves = band(name, speed, age, phase=_GRID), _curves(gaits, name)
            inside = float((np.abs(norm.z(curves.mean(axis=0))) <= 1).mean())
            spread = np.sqrt(curves.var(axis=0, ddof=1).mean() / (norm.sd**2).mean())
            row.append(f"{100 * inside:.0f} ({spread:.2f})")
            holds.append(inside >= BAND_SHARE)
        rows.append(row)
    yield enough(holds, 1, f"mean curves within ±1 SD of the norm for {100 * BAND_SHARE:.0f} % of the cycle")
    yield f"At least {100 * BAND_SHARE:.0f} % of the cycle within the band in {share(holds)}.\n\n" + table(
        ["age", *GAIT_ANGLES], rows
    )


def adults(real: RealPeople) -> Part:
    """People of the atlas against real ones of the same age, sex, size and speed."""
    people = [replace(subject, id=f"{k}") for k in range(REPLICATES) for subject in real.subjects]
    curves = leg_mean_curves(walk(Group.of(people), np.tile(real.speed, REPLICATES), 5))
    yield from like_adults(real, curves.reshape(REPLICATES, len(real), *curves.shape[1:]), 5)


def main() -> None:
    reference = reference_folder()
    parts = {
        "spatiotemporal": spatiotemporal(read_bins(reference)),
        "knees": knees(),
        "bands": bands(),
        "adults": adults(read_adults(reference)),
    }
    write(parts)


if __name__ == "__main__":
    main()
