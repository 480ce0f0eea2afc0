"""Robust straight lines and rhythms in short, noisy, gappy signals."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array

_HUBER = 1.345
_ROUNDS = 12
_CONVERGED = 1e-6
_RIDGE = 1e-9


@dataclass(frozen=True)
class Line:
    """``level`` at the middle of the time axis, ``slope`` per second and the slope's standard error."""

    level: float
    slope: float
    slope_error: float

    def at(self, time: Array) -> Array:
        """Values on the time axis that the line was fitted on."""
        return self.level + self.slope * (time - time.mean())


def harmonics(time: Array, frequency_hz: Array | float, order: int) -> Array:
    """Cosines and sines of the first ``order`` harmonics: ``(…, n, 2 * order)`` for frequencies of shape ``(…)``."""
    angle = 2 * np.pi * np.asarray(frequency_hz)[..., None, None] * time[:, None] * np.arange(1, order + 1)
    return np.concatenate([np.cos(angle), np.sin(angle)], axis=-1)


def robust_line(time: Array, values: Array, stride_hz: float, order: int = 2) -> Line:
    """Straight line under a rhythm of ``order`` harmonics of ``stride_hz``, by Huber's M-estimator.

    The rhythm is fitted beside the line, so that a recording need not hold whole strides. Tuning constant 1.345 (95 % efficiency for normal
    noise; Huber & Ronchetti, *Robust Statistics*, 2nd ed. 2009, ch. 7), scale by the median absolute deviation, reweighted
    least squares. NaN values are left out.
    """
    known = np.isfinite(values)
    t, y = time[known] - time.mean(), values[known]
    design = np.column_stack([np.ones_like(t), t, harmonics(t, stride_hz, order)])
    weight, coefficients = np.ones_like(y), np.zeros(design.shape[1])
    for _ in range(_ROUNDS):
        before = coefficients
        coefficients, covariance = _weighted_fit(design, y, weight)
        residual = np.abs(y - design @ coefficients)
        scale = 1.4826 * float(np.median(residual)) + np.finfo(float).tiny
        weight = np.minimum(1.0, _HUBER * scale / np.maximum(residual, scale * 1e-6))
        if np.abs(coefficients - before).max() <= _CONVERGED * np.abs(coefficients).max():
            break
    variance = float(weight @ residual**2) / max(len(y) - design.shape[1], 1)
    return Line(float(coefficients[0]), float(coefficients[1]), float(np.sqrt(max(covariance[1, 1] * variance, 0.0))))


def _weighted_fit(design: Array, y: Array, weight: Array) -> tuple[Array, Array]:
    """Coefficients, and the inverse of the normal matrix."""
    weighted = design * weight[:, None]
    inverse = np.asarray(np.linalg.pinv(design.T @ weighted, hermitian=True), float)
    return inverse @ (weighted.T @ y), inverse


def explained(time: Array, signals: Array, frequencies_hz: Array, order: int) -> Array:
    """Share of the signals' energy about their straight lines that a rhythm of each frequency explains: ``(f,)``.

    ``signals (n, m)``. Linear least squares at every frequency, so that neither gaps nor the length of the recording matter.
    """
    t = time - time.mean()
    line = np.linalg.qr(np.column_stack([np.ones_like(t), t]))[0]
    rest = signals - line @ (line.T @ signals)
    rhythm = harmonics(t, frequencies_hz, order)
    rhythm -= line @ (line.T @ rhythm)
    turned = np.swapaxes(rhythm, -1, -2)
    projected = turned @ rest
    gram = turned @ rhythm + _RIDGE * len(t) * np.eye(2 * order)
    energy = (projected * np.linalg.solve(gram, projected)).sum(axis=(1, 2))
    return energy / max(float((rest**2).sum()), 1e-300)
