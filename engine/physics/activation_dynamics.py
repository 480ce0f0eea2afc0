"""Activations that a nervous system can produce: excitations between zero and one, followed as fast as calcium allows.

With an excitation ``e`` an activation rises as ``da/dt = (e - a) / 15 ms`` and falls as ``da/dt = (e - a) / 60 ms``, so that (De Groote et
al. 2009, Comput Methods Biomech Biomed Eng 12:563; time constants De Groote et al. 2016, Ann Biomed Eng 44:2922)

    -a / 60 ms  <=  da/dt  <=  (1 - a) / 15 ms.

Over a step these bounds are exact as ``fall * a <= a' <= 1 - rise * (1 - a)`` with ``rise``, ``fall`` the shares that remain of a distance.
They couple the frames of the inner problem, which is solved under them by the alternating direction method of multipliers (Boyd et al.
2011, Found Trends Mach Learn 3:1): in turn the frames one by one, near activations that obey, and activations that obey, near those of the
frames.
"""

from typing import NamedTuple

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import MUSCLES
from engine.core.vector3 import jit
from engine.physics.kernels.bounded_least_squares import (
    bounded_least_squares,
    bounded_least_squares_near,
    no_curvatures,
)
from engine.physics.loads import Explanation, Loads

RISE_S, FALL_S = 0.015, 0.060

_NEARNESS = 30.0
"""Weight of the distance between both kinds of activations, in weights of effort."""

_OVERSHOOT = 1.8
"""Multiple of the way from obedient activations to those of the frames that counts: it spares two rounds of five (Boyd et al., 3.4.3)."""

_ROUNDS, _SWEEPS, _TURNS = 12, 10, 3
_CLOSE = 0.002
_HIGHEST_FLOOR = 0.99
"""No floor is held above this: at one an activation could only ever have been one."""

_MUSCLES = slice(0, len(MUSCLES))


class Remainders(NamedTuple):
    """Shares of the distance to one (``rise``) and to zero (``fall``) that remain after a step."""

    rise: float
    fall: float


def remainders(step_s: float) -> Remainders:
    """Of a step that long."""
    return Remainders(float(np.exp(-step_s / RISE_S)), float(np.exp(-step_s / FALL_S)))


def excess(activation: Array, step_s: float, *, periodic: bool) -> Array:
    """By how much each activation ``(n, M)`` is beyond what the one before allows; not positive where excitations can produce it."""
    left = remainders(step_s)
    now, after = activation, np.roll(activation, -1, axis=0)
    beyond = np.maximum(left.fall * now - after, after - 1.0 + left.rise * (1.0 - now))
    return beyond if periodic else beyond[:-1]


def producible(frames: Explanation, loads: Loads, step_s: float, *, periodic: bool) -> Explanation:
    """The explanation of evenly spaced frames with activations that excitations can produce; ground forces are found anew.

    A periodic motion's last frame is followed by its first.
    """
    left, lower = remainders(step_s), np.minimum(frames.lower[:, _MUSCLES], _HIGHEST_FLOOR)
    pairs, near = _Multipliers.none(len(lower), periodic), _Nearby(frames, loads)
    residual, lag = frames.solution.residual, np.zeros_like(lower)
    obedient = _nearest(frames.activation, lower, left, pairs)
    for _ in range(_ROUNDS):
        activation, residual = near.explain(obedient - lag, residual)
        beyond = obedient + _OVERSHOOT * (activation - obedient)
        obedient = _nearest(beyond + lag, lower, left, pairs)
        lag += beyond - obedient
        if np.abs(activation - obedient).max() < _CLOSE:
            break
    return _explain_with(frames, loads, _followed(obedient, left, periodic), residual)


class _Nearby:
    """The inner problem of frames with the distance of activations from given ones at a price."""

    def __init__(self, frames: Explanation, loads: Loads) -> None:
        self._frames, self._penalty = frames, loads.settings.residual_weight
        self._weight, self._centre = frames.weight.copy(), np.zeros_like(frames.weight)
        self._weight[:, _MUSCLES] *= 1.0 + _NEARNESS
        self._curvatures = no_curvatures(*frames.columns.shape)

    def explain(self, activation: Array, start: Array) -> tuple[Array, Array]:
        """Activations near ``activation (n, 80)``, and the equations' residuals."""
        self._centre[:, _MUSCLES] = activation * _NEARNESS / (1.0 + _NEARNESS)
        frames = self._frames
        found = bounded_least_squares_near(
            frames.columns,
            frames.demand,
            self._weight,
            self._centre,
            frames.lower,
            frames.upper,
            self._penalty,
            start,
            self._curvatures,
        )
        return found.x[:, _MUSCLES], found.residual


def _explain_with(frames: Explanation, loads: Loads, activation: Array, start: Array) -> Explanation:
    lower, upper = frames.lower.copy(), frames.upper.copy()
    lower[:, _MUSCLES] = upper[:, _MUSCLES] = activation
    found = bounded_least_squares(
        frames.columns, frames.demand, frames.weight, lower, upper, loads.settings.residual_weight, start
    )
    return loads.explained(frames, found)


class _Multipliers(NamedTuple):
    """Of the bounds on each pair of frames, and of those on each frame: they make the next projection start where the last ended."""

    fall: Array
    rise: Array
    box: Array

    @classmethod
    def none(cls, frames: int, periodic: bool) -> "_Multipliers":
        pairs = frames if periodic else frames - 1
        return cls(*(np.zeros((rows, len(MUSCLES))) for rows in (pairs, pairs, frames)))


def _nearest(activation: Array, lower: Array, left: Remainders, multipliers: _Multipliers) -> Array:
    return _project(activation, lower, left.rise, left.fall, *multipliers)


@jit
def _project(
    activation: Array, lower: Array, rise: float, fall: float, of_fall: Array, of_rise: Array, of_box: Array
) -> Array:
    """Nearest activations that obey (nearly: some sweeps of Hildreth's method, Dykstra's for half-spaces); updates the multipliers."""
    frames, muscles = activation.shape
    z = activation + of_box
    for k in range(len(of_fall)):
        after = (k + 1) % frames
        for i in range(muscles):
            z[after, i] += of_fall[k, i] - of_rise[k, i]
            z[k, i] += rise * of_rise[k, i] - fall * of_fall[k, i]
    for _ in range(_SWEEPS):
        for k in range(len(of_fall)):
            after = (k + 1) % frames
            for i in range(muscles):
                broken = fall * z[k, i] - z[after, i]
                step = max(of_fall[k, i] + broken / (1.0 + fall**2), 0.0) - of_fall[k, i]
                of_fall[k, i] += step
                z[after, i] += step
                z[k, i] -= fall * step
                broken = z[after, i] - 1.0 + rise * (1.0 - z[k, i])
                step = max(of_rise[k, i] + broken / (1.0 + rise**2), 0.0) - of_rise[k, i]
                of_rise[k, i] += step
                z[after, i] -= step
                z[k, i] += rise * step
        for k in range(frames):
            for i in range(muscles):
                bare = z[k, i] - of_box[k, i]
                z[k, i] = min(max(bare, lower[k, i]), 1.0)
                of_box[k, i] = z[k, i] - bare
    return z


@jit
def _follow(activation: Array, rise: float, fall: float, periodic: bool) -> Array:
    z = activation.copy()
    frames, muscles = z.shape
    for _ in range(_TURNS if periodic else 1):
        for k in range(frames if periodic else frames - 1):
            after = (k + 1) % frames
            for i in range(muscles):
                most = 1.0 - rise * (1.0 - z[k, i])
                z[after, i] = min(max(z[after, i], fall * z[k, i]), most)
    return z


def _followed(activation: Array, left: Remainders, periodic: bool) -> Array:
    """The activations followed as closely as excitations can, exactly within the bounds; a constant floor stays held."""
    return _follow(activation, left.rise, left.fall, periodic)
