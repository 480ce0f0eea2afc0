"""Robust straight lines and rhythms in short, noisy, gappy signals."""

from dataclasses import dataclass
from itertools import accumulate, repeat
from operator import mul

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array
from engine.core.frozen import frozen

_HUBER = 1.345
_ROUNDS = 12
_CONVERGED = 1e-6
_RIDGE = 1e-9
_SINGULAR = 1e-15


@dataclass(frozen=True)
class Line:
    """``level`` at the middle of the time axis, ``slope`` per second and the slope's standard error."""

    level: float
    slope: float
    slope_error: float

    def at(self, time: Array) -> Array:
        """Values on the time axis that the line was fitted on."""
        return self.level + self.slope * (time - time.mean())


@frozen
class Series:
    """``s`` signals of ``m`` channels over ``n`` frames, 0 in those that are not ``known (s, n)``: ``columns (s, n, 2 + m)`` are two that
    span straight lines, and what is left of the signal about its own."""

    columns: Array
    known: Array


def series(time: Array, signals: Array) -> Series:
    """Of ``signals (s, n, m)``; a frame of a signal counts if all its channels are finite."""
    known = np.isfinite(signals).all(axis=-1).astype(float)
    count = np.maximum(known.sum(axis=1, keepdims=True), 1.0)
    slope = (time - (known @ time)[:, None] / count) * known
    slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-300)
    line = np.stack([known / np.sqrt(count), slope], axis=-1)
    values = np.where(known[..., None] > 0, signals, 0.0)
    rest = values - line @ (np.swapaxes(line, 1, 2) @ values)
    return Series(np.concatenate([line, rest], axis=-1), known)


def turning(time: Array, frequencies_hz: Array) -> NDArray[np.complex128]:
    """What turns at each of evenly spaced frequencies ``(f,)``, ``exp(2πi f t)``: ``(f, n)``. Each is the one before, turned on, since
    sines cost more."""
    step_hz = (frequencies_hz[-1] - frequencies_hz[0]) / max(len(frequencies_hz) - 1, 1)
    turns = np.empty((len(frequencies_hz), len(time)), complex)
    turns[0], turns[1:] = (np.exp(2j * np.pi * hz * time) for hz in (frequencies_hz[0], step_hz))
    return np.multiply.accumulate(turns, axis=0, out=turns)


def harmonics(turns: NDArray[np.complex128], order: int) -> Array:
    """Cosines, then sines of the first ``order`` harmonics of what is `turning` ``(f, n)``: ``(2 * order, f, n)``."""
    made = np.empty((2, order, *turns.shape))
    for k, power in enumerate(accumulate(repeat(turns, order), mul)):
        made[0, k], made[1, k] = power.real, power.imag
    return made.reshape(2 * order, *turns.shape)


def robust_line(time: Array, values: Array, stride_hz: float, order: int = 2) -> Line:
    """Straight line under a rhythm of ``order`` harmonics of ``stride_hz``, by Huber's M-estimator.

    The rhythm is fitted beside the line, so that a recording need not hold whole strides. Tuning constant 1.345 (95 % efficiency for normal
    noise; Huber & Ronchetti, *Robust Statistics*, 2nd ed. 2009, ch. 7), scale by the median absolute deviation, reweighted
    least squares. NaN values are left out.
    """
    known = np.isfinite(values)
    t, y = time[known] - time.mean(), values[known]
    design = np.column_stack([np.ones_like(t), t, *harmonics(turning(t, np.array([stride_hz])), order)[:, 0]])
    weight, coefficients = np.ones_like(y), np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        before = coefficients
        coefficients, covariance = _weighted_fit(design, y, weight)
        residual = np.abs(y - design @ coefficients)
        scale = 1.4826 * _median(residual) + np.finfo(float).tiny
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(residual, scale * 1e-6))
        if np.abs(coefficients - before).max() <= _CONVERGED * np.abs(coefficients).max():
            break
    variance = float(weight @ residual**2) / max(len(y) - design.shape[1], 1)
    return Line(float(coefficients[0]), float(coefficients[1]), float(np.sqrt(max(covariance[1, 1] * variance, 0.0))))


def _median(values: Array) -> float:
    """As `numpy.median`, which takes longer to look at its arguments than at a clip's values."""
    middle = [(len(values) - 1) // 2, len(values) // 2]
    return float(np.partition(values, middle)[middle].mean())


def _weighted_fit(design: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    """Coefficients, and the pseudo-inverse of the normal matrix."""
    weighted = design * weight[:, None]
    values, vectors = np.linalg.eigh(design.T @ weighted)
    inverse = vectors / np.where(values > _SINGULAR * values[-1], values, np.inf) @ vectors.T
    return inverse @ (weighted.T @ y), inverse


def explained(signals: Series, turns: NDArray[np.complex128], order: int) -> Array:
    """Share of each signal's energy about its straight lines that a rhythm explains: ``(s, f)`` for what is `turning` at ``f`` frequencies.

    Linear least squares at every frequency, so that neither gaps nor the length of the recording matter.
    """
    rhythm = harmonics(turns, order)
    on_line, on_rest = np.split(np.tensordot(rhythm, signals.columns, (2, 1)).transpose(1, 2, 0, 3), [2], axis=-1)
    gram = ((rhythm[:, None] * rhythm) @ signals.known.T).transpose(2, 3, 0, 1)
    gram = gram - on_line @ np.swapaxes(on_line, -1, -2)
    gram += _RIDGE * np.maximum(signals.known.sum(axis=1), 1.0)[:, None, None] * np.eye(2 * order)
    energy = (on_rest * np.linalg.solve(gram, on_rest)).sum(axis=(2, 3))
    return energy.T / np.maximum((signals.columns[..., 2:] ** 2).sum(axis=(1, 2)), 1e-300)[:, None]
