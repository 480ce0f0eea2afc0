"""A whole walk as quintic splines on even knots: every unknown reaches over six knot spacings only, so that normal equations are banded."""

import numpy as np
from scipy.interpolate import BSpline
from scipy.linalg import cho_solve_banded, cholesky_banded
from scipy.sparse import csr_array, diags_array

from engine.core.arrays import Array
from engine.gait.cycle import Motion
from engine.physics.bases import ROUGH_HARMONIC, STIFFNESS_SHARE, NormalEquations, Tolerance
from engine.physics.frame_costs import DOFS, Quadratic
from engine.physics.kernels.spline_products import add_products

DEGREE = 5
KNOTS_PER_STRIDE = 18
"""Half as many knots per second as frames at 36 per stride: as fine as nine harmonics of a stride."""

_RIDGE = 1e-3
_BAND = (DEGREE + 1) * DOFS


class SplineBasis:
    """Spline coefficients ``(functions, 31)``, flattened to ``x``; frames at ``time (n,)``, which is even."""

    def __init__(self, time: Array, stride_time_s: float, tolerance: Tolerance) -> None:
        self.time = time
        spacing = stride_time_s / KNOTS_PER_STRIDE
        intervals = int(np.ceil((time[-1] - time[0]) / spacing))
        self._spacing = (time[-1] - time[0]) / intervals
        self._knots = time[0] + self._spacing * np.arange(-DEGREE, intervals + DEGREE + 1)
        self.functions = len(self._knots) - DEGREE - 1
        self._values = self._design(time)
        rough = (stride_time_s / (2 * np.pi * ROUGH_HARMONIC)) ** 2
        gram = self._values[0].T @ self._values[0] + rough**2 * (self._values[2].T @ self._values[2])
        self._gram = csr_array(gram + _RIDGE * diags_array(np.ones(self.functions)))
        self._trust = 1 / tolerance.coordinate**2
        self._metric = self._metric_band()
        self._first = ((time - time[0]) // self._spacing).astype(int).clip(max=intervals - 1)
        own = np.arange(len(time))[:, None], self._first[:, None] + np.arange(DEGREE + 1)
        self._local = np.stack([design.toarray()[own] for design in self._values])

    def _design(self, time: Array) -> list[csr_array]:
        """Values and first two derivatives of all functions at ``time``, sparse ``(n, functions)``."""
        designs = []
        difference = csr_array(np.eye(self.functions))
        for order in range(3):
            knots = self._knots[order : len(self._knots) - order]
            lower = BSpline.design_matrix(time, knots, DEGREE - order, extrapolate=True)
            designs.append(csr_array(csr_array(lower) @ difference))
            count = self.functions - order
            step = csr_array((np.eye(count - 1, count, 1) - np.eye(count - 1, count)) / self._spacing)
            difference = csr_array(step @ difference)
        return designs

    def fit(self, samples: Array) -> Array:
        """Unknowns whose motion comes nearest to coordinates ``(n, 31)`` at the basis' frames."""
        design = self._values[0].toarray()
        return np.linalg.lstsq(design, samples)[0].ravel()

    def at(self, x: Array, time: Array) -> Motion:
        """The motion at any ``time`` between the first and the last frame."""
        coefficients = x.reshape(self.functions, DOFS)
        return Motion(time, *(design @ coefficients for design in self._design(time)))

    def motion(self, x: Array) -> Motion:
        """The motion at the basis' frames."""
        coefficients = x.reshape(self.functions, DOFS)
        return Motion(self.time, *(design @ coefficients for design in self._values))

    def distance(self, x: Array, reference: Array) -> float:
        """Half the squared distance in the metric."""
        apart = (x - reference).reshape(self.functions, DOFS)
        return float(0.5 * (apart * (self._gram @ apart) * self._trust).sum())

    def normal_equations(self, x: Array, reference: Array, motion: Motion, model: Quadratic) -> NormalEquations:
        """Of the frames' cost and the distance to the reference; row ``c`` of the matrix is column ``c`` from its diagonal down."""
        n = len(motion.q)
        band = self._metric.copy()
        add_products(self._local, self._first, model.hessian, band)
        by_order = model.gradient.reshape(n, 3, DOFS)
        gradient = sum(self._values[order].T @ by_order[:, order] for order in range(3))
        apart = (x - reference).reshape(self.functions, DOFS)
        gradient += (self._gram @ apart) * self._trust
        return NormalEquations(band, gradient.ravel())

    def step(self, normal: NormalEquations, damping: float) -> Array:
        """The minimum of the model with ``damping`` times the squared length of the step in the metric."""
        damped = normal.matrix + damping * self._metric
        damped[:, 0] += damping * STIFFNESS_SHARE * normal.matrix[:, 0]
        factor = cholesky_banded(damped.T, lower=True, overwrite_ab=True, check_finite=False)
        return -cho_solve_banded((factor, True), normal.gradient, check_finite=False)

    def _metric_band(self) -> Array:
        band = np.zeros((self.functions * DOFS, _BAND))
        for offset in range(DEGREE + 1):
            diagonal = self._gram.diagonal(offset)
            band[: len(diagonal) * DOFS, offset * DOFS] = (diagonal[:, None] * self._trust).ravel()
        return band
