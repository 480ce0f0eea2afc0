"""Generated people against real ones of the same age, sex and size: how different from each other, and how far from them.

Laboratories place the axes of a joint a few degrees apart. Fréchet distances are therefore taken after the mean level of every angle, over
people and cycle, is taken off either group, and so they compare the shapes of curves and how people differ.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, GAIT_ANGLES
from engine.core.frozen import frozen
from engine.gait.cycle import basis, phase_grid
from engine.gait.records import Subject
from generative.evaluation.distances import frechet_distance, mean_pair_distance
from generative.evaluation.groups import Group, walk
from generative.gait_batch import GaitBatch
from generative.pipeline import GaitPipeline

COMPONENTS = 5
YOUNG_YEARS, OLD_YEARS = 45.0, 50.0
PHASES = phase_grid(100)


@frozen
class RealPeople:
    """Healthy people at their own dimensionless ``speed (n,)``: who they are, and ``curves (n, 8, 100)`` of `GAIT_ANGLES` on `PHASES`,
    radians, the mean of both legs, each from its own heel strike."""

    subjects: tuple[Subject, ...]
    speed: Array
    curves: Array

    def __len__(self) -> int:
        return len(self.subjects)

    @property
    def male(self) -> Mask:
        return np.array([subject.sex == "male" for subject in self.subjects])

    @property
    def young(self) -> Mask:
        return np.array([subject.age_years < YOUNG_YEARS for subject in self.subjects])

    @property
    def old(self) -> Mask:
        return np.array([subject.age_years > OLD_YEARS for subject in self.subjects])


def leg_mean_curves(gaits: GaitBatch) -> Array:
    """Curves ``(n, 8, 100)`` of `GAIT_ANGLES`, the mean of the two legs as `RealPeople` has them."""
    columns = [COORDINATE_INDEX[name if name in COORDINATE_INDEX else f"{name}_r"] for name in GAIT_ANGLES]
    both = (gaits.coefficients + gaits.mirrored().coefficients) / 2
    return np.moveaxis(basis(PHASES) @ both[..., columns], 1, 2)


def matched_curves(pipeline: GaitPipeline, real: RealPeople, replicates: int, seed: int) -> Array:
    """Curves ``(replicates, n, 8, 100)`` of generated healthy people, each of the age, sex, size and speed of a real one."""
    people = [replace(subject, id=f"{k}") for k in range(replicates) for subject in real.subjects]
    curves = leg_mean_curves(walk(pipeline, Group.of(people), np.tile(real.speed, replicates), seed))
    return curves.reshape(replicates, len(real), *curves.shape[1:])


@dataclass(frozen=True)
class Diversity:
    """Mean distance between two people of a group, RMS over angles and cycle, deg."""

    group: str
    people: int
    real_deg: float
    made_deg: float

    @property
    def ratio(self) -> float:
        return self.made_deg / self.real_deg


def diversity(real: RealPeople, made: Array) -> list[Diversity]:
    """Of younger and of older people; ``made`` as `matched_curves` gives them."""
    found = []
    for name, rows in (("under 45 years", real.young), ("over 50 years", real.old)):
        own = _pair_distance_deg(real.curves[rows])
        others = float(np.mean([_pair_distance_deg(one[rows]) for one in made]))
        found.append(Diversity(name, int(rows.sum()), own, others))
    return found


def _pair_distance_deg(curves: Array) -> float:
    flat = np.rad2deg(curves).reshape(len(curves), -1)
    return mean_pair_distance(flat) / np.sqrt(flat.shape[1])


@dataclass(frozen=True)
class RealDistances:
    """Fréchet distances in the first `COMPONENTS` principal components of the real curves, deg² (RMS over the cycle, summed over angles):
    of generated to *other* real people; of real to other real people in random halves of the same sizes; between the sexes; between the
    younger and the older."""

    made_to_real: float
    real_to_real: float
    sexes: float
    ages: float


def real_distances(real: RealPeople, made: Array, seed: int, splits: int = 100) -> RealDistances:
    """All of them on groups of the sizes of the two sexes, so that small samples bias them alike."""
    axes, scale = _axes(real.curves), np.sqrt(real.curves.shape[-1])

    def apart(one: Array, other: Array) -> float:
        return frechet_distance(*(levelled(curves) @ axes.T / scale for curves in (one, other)))

    rng, smaller = np.random.default_rng(seed), int(min(real.male.sum(), (~real.male).sum()))
    found = []
    for number in range(splits):
        order = rng.permutation(len(real))
        few, rest = order[:smaller], order[smaller:]
        copy = made[number % len(made)]
        found.append((apart(copy[few], real.curves[rest]), apart(real.curves[few], real.curves[rest])))
    made_to_real, real_to_real = np.mean(found, axis=0)
    return RealDistances(
        float(made_to_real),
        float(real_to_real),
        apart(real.curves[real.male], real.curves[~real.male]),
        apart(real.curves[real.young], real.curves[real.old]),
    )


def levelled(curves: Array) -> Array:
    """Curves without the mean level of each angle over people and cycle, deg ``(n, 800)``."""
    level = curves.mean(axis=(0, 2), keepdims=True)
    return np.rad2deg(curves - level).reshape(len(curves), -1)


def _axes(curves: Array) -> Array:
    flat = levelled(curves)
    return np.linalg.svd(flat - flat.mean(axis=0), full_matrices=False)[2][:COMPONENTS]
