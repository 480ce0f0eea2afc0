"""The muscles of one leg lumped to nine that act in the sagittal plane, from the same 80 muscles as the whole body.

A lump is the mean of its movers, weighted by their strength without weakness: then its lever arms are those of the movers' summed
force, and its normalised fibre length is their mean. Helpers act like the movers but weaker or with another main task; they add
strength in proportion to their torque. Muscles that mainly work in other planes belong to no lump.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.conventions import LEG_COORDINATES, MUSCLES, SIDES, suffix
from engine.core.frozen import frozen
from engine.musculoskeletal.description import ModelDescription, Muscle
from engine.musculoskeletal.muscle_paths import MuscleModel, PathGroup

PLANAR_LEG = ("hip_flexion", "knee_angle", "ankle_angle")
_OF_LEG = tuple(LEG_COORDINATES.index(name) for name in PLANAR_LEG)
_REFERENCE_POSES = np.array([[hip, knee, 0.0] for hip in (-0.2, 0.2, 0.6) for knee in (0.1, 0.4, 0.8)])
"""Poses of a walking leg (radians) over which torques of helpers are compared."""

_LEAST_STRENGTH = 1e-3
"""A muscle without strength keeps this share, so that it still has a passive force curve of finite size."""


@dataclass(frozen=True)
class Recipe:
    """What a lump is made of, and the coordinate about which helpers are compared with movers."""

    movers: tuple[str, ...]
    coordinate: str
    helpers: tuple[str, ...] = ()


RECIPES: dict[str, Recipe] = {
    "gluteus_maximus": Recipe(
        ("glmax1", "glmax2", "glmax3"), "hip_flexion", ("addmagDist", "addmagIsch", "addmagMid", "addmagProx")
    ),
    "iliopsoas": Recipe(("iliacus", "psoas"), "hip_flexion", ("sart", "tfl")),
    "hamstrings": Recipe(("bflh", "semimem", "semiten"), "hip_flexion"),
    "rectus_femoris": Recipe(("recfem",), "knee_angle"),
    "vasti": Recipe(("vasint", "vaslat", "vasmed"), "knee_angle"),
    "biceps_femoris_short": Recipe(("bfsh",), "knee_angle"),
    "gastrocnemius": Recipe(("gaslat", "gasmed"), "ankle_angle"),
    "soleus": Recipe(("soleus",), "ankle_angle", ("fdl", "fhl", "perbrev", "perlong", "tibpost")),
    "tibialis_anterior": Recipe(("tibant",), "ankle_angle", ("edl", "ehl")),
}


@frozen
class Polynomial:
    """Length over ``coordinates`` (of one side), complete up to ``order``; ``coefficients`` with the last variable's power fastest."""

    coordinates: tuple[str, ...]
    order: int
    coefficients: Array

    def value(self, x: Array) -> Array:
        """At ``x (n, d)``."""
        return self._terms(x, None) @ self.coefficients

    def slope(self, x: Array, variable: int) -> Array:
        """Derivative by one variable at ``x (n, d)``."""
        return self._terms(x, variable) @ self.coefficients

    def _terms(self, x: Array, derived: int | None) -> Array:
        powers, terms = exponents(len(self.coordinates), self.order), np.ones((len(x), len(self.coefficients)))
        for j, power in enumerate(powers.T):
            factor = x[:, j, None] ** np.maximum(power - (j == derived), 0)
            terms *= power * factor if j == derived else factor
        return terms


@dataclass(frozen=True)
class Lump:
    """One lumped muscle of one side. ``strength`` N as it is, ``full_strength`` N without weakness; ``members`` of `MUSCLES`."""

    name: str
    length: Polynomial
    strength: float
    full_strength: float
    optimal_fibre_length: float
    tendon_slack_length: float
    pennation: float
    passive_strain: float
    min_control: float
    members: tuple[str, ...]


def exponents(variables: int, order: int) -> Index:
    """Powers of all terms up to ``order``, the last variable's fastest: OpenSim's order of multivariate coefficients."""
    rows = [row for row in product(range(order + 1), repeat=variables) if sum(row) <= order]
    return np.array(rows, dtype=np.int64).reshape(-1, variables)


def lump_muscles(weak: ModelDescription, strong: ModelDescription, paths: MuscleModel) -> tuple[Lump, ...]:
    """The lumps of both legs, right first. ``strong`` is the same body without weakness, ``paths`` are fitted to either of them."""
    now, full = ({muscle.name: muscle for muscle in each.muscles} for each in (weak, strong))
    return tuple(
        _lump(name, recipe, suffix(side), now, full, paths) for side in SIDES for name, recipe in RECIPES.items()
    )


def _lump(
    name: str, recipe: Recipe, side: str, now: dict[str, Muscle], full: dict[str, Muscle], paths: MuscleModel
) -> Lump:
    movers = [full[mover + side] for mover in recipe.movers]
    helpers = [full[helper + side] for helper in recipe.helpers]
    share = np.array([muscle.max_isometric_force for muscle in movers])
    share /= share.sum()
    length = _mean([planar_length(muscle.name, paths) for muscle in movers], share)
    pennation = float(share @ [muscle.pennation for muscle in movers])
    arm = _mean_arm(length, recipe.coordinate) * np.cos(pennation)
    ratio = [np.cos(m.pennation) * _mean_arm(planar_length(m.name, paths), recipe.coordinate) / arm for m in helpers]
    worth = np.array([*np.ones(len(movers)), *ratio])
    members = [*movers, *helpers]

    def strength(of: dict[str, Muscle]) -> float:
        return float(worth @ [of[muscle.name].max_isometric_force for muscle in members])

    def mean(field: str) -> float:
        return float(share @ [getattr(muscle, field) for muscle in movers])

    return Lump(
        name=name + side,
        length=length,
        strength=max(strength(now), _LEAST_STRENGTH * strength(full)),
        full_strength=strength(full),
        optimal_fibre_length=mean("optimal_fibre_length"),
        tendon_slack_length=mean("tendon_slack_length"),
        pennation=pennation,
        passive_strain=mean("passive_strain"),
        min_control=mean("min_control"),
        members=tuple(muscle.name for muscle in members),
    )


def planar_length(muscle: str, paths: MuscleModel) -> Polynomial:
    """The fitted length of one muscle with all coordinates out of the plane at zero."""
    index, side = MUSCLES.index(muscle), muscle[-2:]
    group = next(group for group in paths.paths if index in group.muscles)
    own = [k for k, place in enumerate(group.coordinates) if place % len(LEG_COORDINATES) in _OF_LEG]
    names = tuple(LEG_COORDINATES[group.coordinates[k] % len(LEG_COORDINATES)] + side for k in own)
    order = int(group.exponents.sum(axis=1).max())
    return Polynomial(names, order, _restricted(group, own, order, int(np.flatnonzero(group.muscles == index)[0])))


def _restricted(group: PathGroup, own: Sequence[int], order: int, column: int) -> Array:
    others = [k for k in range(len(group.coordinates)) if k not in own]
    kept = ~group.exponents[:, others].any(axis=1)
    given = {
        tuple(row): value
        for row, value in zip(group.exponents[kept][:, own], group.coefficients[kept, column], strict=True)
    }
    return np.array([given.get(tuple(row), 0.0) for row in exponents(len(own), order)])


def _mean(lengths: Sequence[Polynomial], share: Array) -> Polynomial:
    """Weighted mean of polynomials of the same variables, of whatever order."""
    order = max(each.order for each in lengths)
    powers = exponents(len(lengths[0].coordinates), order)
    total = np.zeros(len(powers))
    for each, weight in zip(lengths, share, strict=True):
        total[powers.sum(axis=1) <= each.order] += weight * each.coefficients
    return Polynomial(lengths[0].coordinates, order, total)


def _mean_arm(length: Polynomial, coordinate: str) -> float:
    """Mean lever arm over the poses of a walking leg, m."""
    names = [name[:-2] for name in length.coordinates]
    poses = _REFERENCE_POSES[:, [PLANAR_LEG.index(name) for name in names]]
    return float(-length.slope(poses, names.index(coordinate)).mean())
