"""Curves with few unknowns: a Fourier series for one cycle, local splines for a whole walk.

A basis turns unknowns into a motion, frame models into normal equations, and solves these. Its *metric* says how far two sets of
unknowns lie apart: the sum over frames of squared deviations over their tolerances, with the deviation of high frequencies weighted up.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX
from engine.core.frozen import frozen
from engine.gait.cycle import COEFFICIENTS, HARMONICS, GaitCycle, Motion, basis, phase_grid
from engine.physics.frame_costs import DOFS, Quadratic
from engine.physics.kernels.harmonic_products import HarmonicSums

_TX = COORDINATE_INDEX["pelvis_tx"]
ROUGH_HARMONIC = 4.0
"""A deviation of this harmonic counts double (and more steeply above): proposals are trusted more in their shape than in their offsets."""

STIFFNESS_SHARE = 1e-3
"""Share of the model's own diagonal in the metric of damping."""

MAX_LOG_DURATION_STEP = 0.03

SPEED, LOG_DURATION = -2, -1
"""Places of mean speed and log duration among the unknowns of a cycle; its coefficients come before them."""


@frozen
class NormalEquations:
    """``matrix`` (dense; a basis of local functions keeps the lower band only) and ``gradient`` of a quadratic model."""

    matrix: Array
    gradient: Array


@frozen
class Tolerance:
    """Deviation that costs one half: ``coordinate (31,)`` of every coordinate per frame, mean speed, log cycle time."""

    coordinate: Array
    speed_mps: float
    log_duration: float


class CycleBasis:
    """One cycle: Fourier coefficients ``(17, 31)``, mean speed and log duration, flattened to ``x (529,)``."""

    def __init__(self, frames: int, tolerance: Tolerance) -> None:
        self.frames = frames
        phase = phase_grid(frames)
        self._values = np.stack([basis(phase, order) for order in range(3)])
        self._products = HarmonicSums(frames, HARMONICS)
        harmonic = np.array([0, *range(1, HARMONICS + 1), *range(1, HARMONICS + 1)])
        power = np.where(harmonic == 0, frames, frames / 2) * (1 + (harmonic / ROUGH_HARMONIC) ** 4)
        pace = [frames / tolerance.speed_mps**2, frames / tolerance.log_duration**2]
        self.metric = np.concatenate([(power[:, None] / tolerance.coordinate**2).ravel(), pace])

    @staticmethod
    def pack(cycle: GaitCycle) -> Array:
        """The unknowns of a cycle."""
        return np.concatenate([cycle.coefficients.ravel(), [cycle.speed_mps, np.log(cycle.duration_s)]])

    @staticmethod
    def unpack(x: Array) -> GaitCycle:
        """The cycle with unknowns ``x``."""
        return GaitCycle(
            x[:SPEED].reshape(COEFFICIENTS, DOFS), max(float(x[SPEED]), 0.0), float(np.exp(x[LOG_DURATION]))
        )

    def motion(self, x: Array) -> Motion:
        """The motion at the basis' frames."""
        return self.unpack(x).motion(self.frames)

    def distance(self, x: Array, reference: Array) -> float:
        """Half the squared distance in the metric."""
        return float(0.5 * (self.metric * (x - reference) ** 2).sum())

    def derivative(self, motion: Motion, rows: Array) -> Array:
        """Derivative by the unknowns ``(frames, m, 529)`` of quantities whose derivatives by each frame's ``q, u, a`` are ``rows
        (frames, m, 93)``."""
        frames, count = rows.shape[:2]
        ordered = rows.reshape(frames, count, 3, DOFS)
        coefficients = np.einsum("skb,kmsi->kmbi", self._timed(motion), ordered).reshape(frames, count, -1)
        return np.concatenate([coefficients, np.matmul(rows, self._pace(motion))], axis=2)

    def normal_equations(self, x: Array, reference: Array, motion: Motion, model: Quadratic) -> NormalEquations:
        """Of the frames' cost and the distance to the reference."""
        timed, pace = self._timed(motion), self._pace(motion)
        inner = self._values[0].shape[1] * DOFS
        matrix = np.empty((len(x), len(x)))
        matrix[:inner, :inner] = self._products.products(model.hessian, 2 * np.pi / (motion.time[1] * self.frames))
        paced = np.matmul(model.hessian, pace)
        lifted = np.einsum("skb,ksij->bij", timed, paced.reshape(self.frames, 3, DOFS, 2)).reshape(inner, 2)
        matrix[:inner, inner:], matrix[inner:, :inner] = lifted, lifted.T
        matrix[inner:, inner:] = np.einsum("kip,kiq->pq", pace, paced)
        matrix[np.diag_indices(len(x))] += self.metric
        gradient = np.concatenate(
            [
                np.einsum("skb,ksi->bi", timed, model.gradient.reshape(self.frames, 3, DOFS)).ravel(),
                np.einsum("kip,ki->p", pace, model.gradient),
            ]
        )
        return NormalEquations(matrix, gradient + self.metric * (x - reference))

    def step(self, normal: NormalEquations, damping: float) -> Array:
        """The minimum of the model with ``damping`` times the squared length of the step in the metric."""
        damped = normal.matrix.copy()
        diagonal = np.diag_indices(len(damped))
        damped[diagonal] += damping * (self.metric + STIFFNESS_SHARE * normal.matrix[diagonal])
        step = -cho_solve(cho_factor(damped, lower=True, overwrite_a=True, check_finite=False), normal.gradient)
        step[LOG_DURATION] = np.clip(step[LOG_DURATION], -MAX_LOG_DURATION_STEP, MAX_LOG_DURATION_STEP)
        return step

    def _timed(self, motion: Motion) -> Array:
        """Basis values and their first and second derivatives by time, ``(3, frames, 17)``."""
        duration = motion.time[1] * self.frames
        return self._values * np.array([1.0, 1 / duration, 1 / duration**2])[:, None, None]

    def _pace(self, motion: Motion) -> Array:
        """Derivative of each frame's ``q, u, a`` by mean speed and by log duration, ``(frames, 93, 2)``. The forward position itself is
        left out: nothing depends on it."""
        pace = np.zeros((self.frames, 3, DOFS, 2))
        pace[:, 1, _TX, 0] = 1.0
        pace[:, 1, :, 1], pace[:, 2, :, 1] = -motion.u, -2 * motion.a
        pace[:, 1, _TX, 1] += motion.u[:, _TX].mean()
        return pace.reshape(self.frames, 3 * DOFS, 2)
