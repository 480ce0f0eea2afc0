"""Muscles of a model as plain arrays: parameters, and path lengths as polynomials of the leg's coordinates.

Polynomials replace the geometry of path points and wrapping surfaces (van den Bogert et al. 2013, Proc Inst Mech Eng P 227:123): they are
fitted once per model, to lengths and moment arms together, and are exact in their derivatives.
"""

import itertools
from collections.abc import Callable
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from scipy.stats import qmc

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATES, LEG_COORDINATES, MUSCLES, SIDES, suffix
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.musculoskeletal.build_model import MAX_CONTRACTION_VELOCITY
from engine.musculoskeletal.couplings import read_couplings
from engine.musculoskeletal.description import ModelDescription
from engine.musculoskeletal.toolkit import opensim

LEG_INDICES = np.array([COORDINATES.index(name + suffix(side)) for side in SIDES for name in LEG_COORDINATES])
"""Where the 12 leg coordinates (right leg first) stand among `COORDINATES`."""

FIT_RANGE: dict[str, tuple[float, float]] = {
    "hip_flexion": (-0.7, 1.6),
    "hip_adduction": (-0.5, 0.5),
    "hip_rotation": (-0.6, 0.6),
    "knee_angle": (0.0, 1.9),
    "ankle_angle": (-0.8, 0.7),
    "mtp_angle": (-0.4, 0.9),
}
"""Radians over which the polynomials hold: what gait uses, impaired gait included, with a margin."""

_DEGREE = {1: 7, 2: 6, 3: 5, 4: 4, 5: 3}
"""Total degree by the number of coordinates that a muscle crosses."""

_POSES = 64
_STEP = 1e-3
_CROSSES = 1e-6
_ARM_SCALE = 0.3
"""Radians by which a moment-arm error counts as a length error."""

MAX_CROSSED = max(_DEGREE)


@frozen
class PathGroup:
    """Muscles that cross the same leg coordinates, and their lengths as polynomials of these.

    ``muscles (k,)`` among `MUSCLES`; ``coordinates (d,)`` among the 12 of the legs; the length of muscle ``i`` is the sum over terms
    ``t`` of ``coefficients[t, i]`` times the product over ``j`` of ``x_j ** exponents[t, j]``.
    """

    muscles: Index
    coordinates: Index
    exponents: Index
    coefficients: Array


class PathPolynomials(NamedTuple):
    """Groups of muscles that cross the same coordinates, one after the other: group ``g`` has muscles ``first_muscle[g]`` to
    ``first_muscle[g + 1]`` of ``muscles``, and so on. ``exponents (T, 5)``; ``coefficients`` runs over terms, then over the group's
    muscles, from ``first_coefficient[g]`` on."""

    first_muscle: Index
    muscles: Index
    first_coordinate: Index
    coordinates: Index
    first_term: Index
    exponents: Index
    first_coefficient: Index
    coefficients: Array


def _starts(counts: list[int]) -> Index:
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _flat(groups: tuple[PathGroup, ...]) -> PathPolynomials:
    """Groups as flat arrays."""
    padded = [np.pad(g.exponents, ((0, 0), (0, MAX_CROSSED - g.exponents.shape[1]))) for g in groups]
    return PathPolynomials(
        _starts([len(g.muscles) for g in groups]),
        np.concatenate([g.muscles for g in groups]),
        _starts([len(g.coordinates) for g in groups]),
        np.concatenate([g.coordinates for g in groups]),
        _starts([len(g.exponents) for g in groups]),
        np.concatenate(padded),
        _starts([g.coefficients.size for g in groups]),
        np.concatenate([g.coefficients.ravel() for g in groups]),
    )


class MuscleParameters(NamedTuple):
    """Arrays over `MUSCLES`: N, m, m, radians, optimal fibre lengths per second, strain at which the passive force equals the
    isometric one, and the least activation."""

    max_isometric_force: Array
    optimal_fibre_length: Array
    tendon_slack_length: Array
    pennation: Array
    max_velocity: Array
    passive_strain: Array
    min_activation: Array


@frozen
class MuscleModel:
    """All that the physics needs of a model's muscles. ``length_error_m`` is the RMS error of each fitted length."""

    parameters: MuscleParameters
    paths: tuple[PathGroup, ...]
    length_error_m: Array

    @cached_property
    def polynomials(self) -> PathPolynomials:
        """The paths as compiled kernels take them."""
        return _flat(self.paths)


_MILLARD_DEFAULT_STRAIN = 0.7


def _passive_strain(muscle: opensim.Muscle) -> float:
    """Strain at one norm force: a property in De Groote's and in Millard's class of muscles."""
    fregly = opensim.DeGrooteFregly2016Muscle.safeDownCast(muscle)
    if fregly is not None:
        return fregly.get_passive_fiber_strain_at_one_norm_force()
    millard = opensim.Millard2012EquilibriumMuscle.safeDownCast(muscle)
    return (
        _MILLARD_DEFAULT_STRAIN
        if millard is None
        else millard.get_FiberForceLengthCurve().get_strain_at_one_norm_force()
    )


def read_parameters(model: opensim.Model) -> MuscleParameters:
    """Parameters of `MUSCLES` in their order.

    Raises:
        DataError: a muscle is missing.
    """
    muscles = _muscles(model)
    columns = [
        [muscle.getMaxIsometricForce() for muscle in muscles],
        [muscle.getOptimalFiberLength() for muscle in muscles],
        [muscle.getTendonSlackLength() for muscle in muscles],
        [muscle.getPennationAngleAtOptimalFiberLength() for muscle in muscles],
        [muscle.getMaxContractionVelocity() for muscle in muscles],
        [_passive_strain(muscle) for muscle in muscles],
        [muscle.getMinControl() for muscle in muscles],
    ]
    return MuscleParameters(*(np.array(column, dtype=float) for column in columns))


def described_parameters(description: ModelDescription) -> MuscleParameters:
    """The same from a description, whose muscles are `MUSCLES` in their order."""
    muscles = description.muscles
    columns = [
        [muscle.max_isometric_force for muscle in muscles],
        [muscle.optimal_fibre_length for muscle in muscles],
        [muscle.tendon_slack_length for muscle in muscles],
        [muscle.pennation for muscle in muscles],
        [MAX_CONTRACTION_VELOCITY] * len(muscles),
        [muscle.passive_strain for muscle in muscles],
        [muscle.min_control for muscle in muscles],
    ]
    return MuscleParameters(*(np.array(column, dtype=float) for column in columns))


def _muscles(model: opensim.Model) -> list[opensim.Muscle]:
    found = model.getMuscles()
    missing = [name for name in MUSCLES if found.getIndex(name) < 0]
    if missing:
        raise DataError(f"model: muscles {missing} are missing")
    return [found.get(name) for name in MUSCLES]


LengthMeter = Callable[[Array], Array]
"""Lengths ``(n, M)`` m of `MUSCLES` at poses ``(n, 6)`` of one leg, taken by both legs alike."""


class _ModelMeter:
    """A `LengthMeter` that asks OpenSim."""

    def __init__(self, model: opensim.Model) -> None:
        self._model, self._state = model, model.initSystem()
        self._muscles = _muscles(model)
        self._coordinates = model.getCoordinateSet()
        self._couplings = read_couplings(model)

    def __call__(self, poses: Array) -> Array:
        return np.array([self._lengths(pose) for pose in poses])

    def _lengths(self, pose: Array) -> list[float]:
        for name, value in zip(LEG_COORDINATES, pose, strict=True):
            for side in SIDES:
                self._set(name + suffix(side), float(value))
        self._model.realizePosition(self._state)
        return [muscle.getLength(self._state) for muscle in self._muscles]

    def _set(self, name: str, value: float) -> None:
        self._coordinates.get(name).setValue(self._state, value, False)
        for follower, coupling in self._couplings.items():
            if coupling.driver == name:
                self._coordinates.get(follower).setValue(self._state, coupling.function(value), False)


@cache
def _poses() -> Array:
    """A fixed set of well-spread poses ``(n, 6)``."""
    bounds = np.array([FIT_RANGE[name] for name in LEG_COORDINATES])
    unit = qmc.Sobol(len(bounds), scramble=False).random(_POSES)
    return qmc.scale(unit, bounds[:, 0], bounds[:, 1])


def _measure(meter: LengthMeter) -> tuple[Array, Array]:
    """Lengths ``(n, M)`` at the poses and their derivatives by the six leg coordinates ``(n, M, 6)``."""
    poses, steps = _poses(), _STEP * np.eye(len(LEG_COORDINATES))
    length, *moved = np.split(meter(np.concatenate([poses, *(poses + step for step in steps)])), 1 + len(steps))
    return length, np.stack([(after - length) / _STEP for after in moved], axis=2)


@cache
def _exponents(variables: int) -> Index:
    degree = _DEGREE[variables]
    powers = itertools.product(range(degree + 1), repeat=variables)
    return np.array([row for row in powers if sum(row) <= degree], dtype=np.int64)


def _design(x: Array, exponents: Index) -> Array:
    """Terms at ``x (n, d)`` and, below them, their derivatives by each coordinate times `_ARM_SCALE`: ``(n * (1 + d), T)``."""
    powers = x[:, None, :] ** exponents
    rows = [powers.prod(axis=2)]
    for j in range(x.shape[1]):
        lowered = exponents.copy()
        lowered[:, j] = np.maximum(lowered[:, j] - 1, 0)
        rows.append(_ARM_SCALE * exponents[:, j] * (x[:, None, :] ** lowered).prod(axis=2))
    return np.concatenate(rows)


def _crossings(slope: Array) -> dict[tuple[int, ...], list[int]]:
    """Muscles by the leg coordinates (0 to 11) that they cross."""
    groups: dict[tuple[int, ...], list[int]] = {}
    for m, name in enumerate(MUSCLES):
        own = np.flatnonzero(np.abs(slope[:, m]).max(axis=0) > _CROSSES)
        if not 0 < len(own) <= MAX_CROSSED:
            raise DataError(
                f"model: muscle {name!r} crosses {len(own)} leg coordinates; 1 to {MAX_CROSSED} are possible"
            )
        leg = len(LEG_COORDINATES) * (not name.endswith(suffix(SIDES[0])))
        groups.setdefault(tuple(int(i) for i in own + leg), []).append(m)
    return groups


@cache
def _fit(crossed: tuple[int, ...]) -> tuple[Array, Array]:
    """Terms ``(n, T)`` at the poses, and what turns lengths and scaled slopes there into coefficients, for muscles that cross these."""
    design = _design(_poses()[:, crossed], _exponents(len(crossed)))
    return design[: len(_poses())], np.asarray(np.linalg.pinv(design), float)


def fit_muscle_model(model: opensim.Model) -> MuscleModel:
    """Reads the parameters of a model and fits its paths as OpenSim measures them (half a second).

    Raises:
        DataError: a muscle is missing, or one crosses more than five coordinates.
    """
    return fit_paths(read_parameters(model), _ModelMeter(model))


def fit_paths(parameters: MuscleParameters, meter: LengthMeter) -> MuscleModel:
    """Muscles with paths as ``meter`` measures them.

    Raises:
        DataError: a muscle crosses more than five coordinates.
    """
    length, slope = _measure(meter)
    paths, error = [], np.empty(len(MUSCLES))
    for coordinates, muscles in _crossings(slope).items():
        own = tuple(i % len(LEG_COORDINATES) for i in coordinates)
        terms, solve = _fit(own)
        samples = np.concatenate([length[:, muscles], *(_ARM_SCALE * slope[:, muscles, j] for j in own)])
        coefficients = solve @ samples
        error[muscles] = np.sqrt(np.mean((terms @ coefficients - length[:, muscles]) ** 2, axis=0))
        paths.append(PathGroup(np.array(muscles), np.array(coordinates), _exponents(len(own)), coefficients))
    return MuscleModel(parameters, tuple(paths), error)
