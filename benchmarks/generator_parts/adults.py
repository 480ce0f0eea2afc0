"""Generated people against real adults of the same age, sex, size and speed: tables that the generator's and the atlas' benchmark share."""

from collections.abc import Iterator

import numpy as np

from benchmarks.generator_parts.bench import table
from benchmarks.two_sample import telling_apart
from engine.core.arrays import Array
from generative.evaluation.curve_shape import mean_curve_errors, ranges, timings
from generative.evaluation.real_people import RealPeople, diversity, levelled, real_distances

_EVERY = 5  # frames


def like_adults(real: RealPeople, made: Array, seed: int) -> Iterator[str]:
    """Tables of ``made (replicates, n, 8, 100)``, as `generative.evaluation.real_people.matched_curves` gives them."""
    everybody = made.reshape(-1, *made.shape[2:])
    yield table(
        ["at equal speed", "real", "generated"],
        [[f"time of {t.name}, %", f"{t.real:.1f}", f"{t.made:.1f}"] for t in timings(real.curves, everybody)],
    )
    errors = mean_curve_errors(real.curves, everybody)
    yield table(
        ["angle", "range, deg: real", "generated", "mean curves apart, level taken off, RMS deg"],
        [[r.name, f"{r.real:.1f}", f"{r.made:.1f}", f"{errors[r.name]:.2f}"] for r in ranges(real.curves, everybody)],
    )
    told = [_told_apart(real.curves, one, seed + number) for number, one in enumerate(made)]
    yield (
        "A linear classifier tells generated people from real ones, levels taken off and people held out, with an area under the ROC "
        f"curve of {np.mean(told):.2f} (0.5: not at all)."
    )
    yield table(
        ["adults", "people", "distance between two, deg: real", "generated", "ratio"],
        [
            [d.group, f"{d.people}", f"{d.real_deg:.2f}", f"{d.made_deg:.2f}", f"{d.ratio:.2f}"]
            for d in diversity(real, made)
        ],
    )
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


def _told_apart(real: Array, made: Array, seed: int) -> float:
    sides = ([curves[None] for curves in levelled(group)[:, ::_EVERY]] for group in (real, made))
    return telling_apart(*sides, np.random.default_rng(seed)).value
