"""Generated people against real adults of the same age, sex, size and speed: tables that the generator's and the atlas' benchmark share."""

import numpy as np

from benchmarks.generator_parts.bench import Asked, Part, table
from benchmarks.two_sample import telling_apart
from engine.core.arrays import Array
from generative.evaluation.curve_shape import mean_curve_errors, ranges, timings
from generative.evaluation.real_people import RealPeople, diversity, levelled, real_distances

_EVERY = 5  # frames
_CURVE_ERRORS_DEG = {"hip_flexion": 2.0, "knee_angle": 2.5, "ankle_angle": 1.5}


def like_adults(real: RealPeople, made: Array, seed: int) -> Part:
    """Tables of ``made (replicates, n, 8, 100)``, as `generative.evaluation.real_people.matched_curves` gives them."""
    everybody = made.reshape(-1, *made.shape[2:])
    instants = list(timings(real.curves, everybody))
    yield table(
        ["at equal speed", "real", "generated"],
        [[f"time of {t.name}, %", f"{t.real:.1f}", f"{t.made:.1f}"] for t in instants],
    )
    late = max(abs(t.made - t.real) for t in instants)
    yield Asked("times of knee peak, hip extension and push-off within 1 % of the cycle", f"{late:.1f} %", late <= 1)
    errors, sizes = mean_curve_errors(real.curves, everybody), list(ranges(real.curves, everybody))
    yield table(
        ["angle", "range, deg: real", "generated", "mean curves apart, level taken off, RMS deg"],
        [[r.name, f"{r.real:.1f}", f"{r.made:.1f}", f"{errors[r.name]:.2f}"] for r in sizes],
    )
    wide = max(abs(r.made - r.real) for r in sizes)
    yield Asked("ranges within 2°", f"{wide:.1f}°", wide <= 2)
    for name, most in _CURVE_ERRORS_DEG.items():
        yield Asked(
            f"mean curve of {name}, level taken off, within {most:g}°", f"{errors[name]:.2f}°", errors[name] <= most
        )
    told = [_told_apart(real.curves, one, seed + number) for number, one in enumerate(made)]
    yield (
        "A linear classifier tells generated people from real ones, levels taken off and people held out, with an area under the ROC "
        f"curve of {np.mean(told):.2f} (0.5: not at all)."
    )
    yield Asked(
        "told from real people with an area of at most 0.75", f"{np.mean(told):.2f}", bool(np.mean(told) <= 0.75)
    )
    varied = list(diversity(real, made))
    yield table(
        ["adults", "people", "distance between two, deg: real", "generated", "ratio"],
        [[d.group, f"{d.people}", f"{d.real_deg:.2f}", f"{d.made_deg:.2f}", f"{d.ratio:.2f}"] for d in varied],
    )
    for d in varied:
        yield Asked(f"distance between people {d.group} 0.8–1.2 of real ones", f"{d.ratio:.2f}", 0.8 <= d.ratio <= 1.2)
    found = real_distances(real, made, seed)
    yield table(
        ["Fréchet distance, mean levels taken off", "deg²"],
        [
            ["generated to other real people", f"{found.made_to_real:.1f}"],
            ["real to other real people (random groups of the same sizes)", f"{found.real_to_real:.1f}"],
            ["real men to real women", f"{found.sexes:.1f}"],
            ["real people under 45 to real people over 50", f"{found.ages:.1f}"],
        ],
    )
    yield Asked(
        "Fréchet distance to real people below that between their age groups",
        f"{found.made_to_real:.1f} against {found.ages:.1f} deg²",
        found.made_to_real < found.ages,
    )


def _told_apart(real: Array, made: Array, seed: int) -> float:
    sides = ([curves[None] for curves in levelled(group)[:, ::_EVERY]] for group in (real, made))
    return telling_apart(*sides, np.random.default_rng(seed)).value
