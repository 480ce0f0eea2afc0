"""What each frame of a motion costs, and its quadratic model: all terms that do not couple frames.

A term is a residual ``(n, m)`` whose half squares are summed, and its derivative ``(n, m, 3, 31)`` by coordinates, speeds and
accelerations. The inner problem's value is a term of its own kind: by the envelope theorem its gradient needs no derivative of the solution
(Danskin 1966), and its curvature follows from the multipliers of the variables at no bound.
"""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import (
    ARM_COORDINATES,
    COORDINATE_INDEX,
    COORDINATES,
    GRAVITY_MPS2,
    LEG_COORDINATES,
    LUMBAR_COORDINATES,
    MUSCLES,
    SIDES,
    TRANSLATIONS,
    suffix,
)
from engine.core.frozen import frozen
from engine.gait.records import UNLIMITED_RAD
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.body import PhysicalBody
from engine.physics.contact import HORIZONTAL, aim_derivative
from engine.physics.kernels.muscle_force import torque_derivatives
from engine.physics.kernels.rigid_body_derivatives import dynamics_derivatives
from engine.physics.kernels.square_sums import add_squares, answered, mirror_up
from engine.physics.loads import AIMS, LEGS, ROWS, Explanation, Loads
from engine.physics.mechanism_slopes import pain_change, reflex_change
from engine.physics.settings import JOINT_RANGE_RAD, Settings

DOFS = len(COORDINATES)
FORCES = np.array([COORDINATE_INDEX[name] for name in TRANSLATIONS])
"""Their generalised forces are the total ground force that a motion needs."""

_LUMBAR = [COORDINATE_INDEX[name] for name in LUMBAR_COORDINATES]
_ARMS = [COORDINATE_INDEX[name + suffix(side)] for side in SIDES for name in ARM_COORDINATES]
_UNMUSCLED = np.array(_LUMBAR + _ARMS)
_WALKING_RANGE = np.array([JOINT_RANGE_RAD.get(name, UNLIMITED_RAD) for name in LEG_COORDINATES] * len(SIDES))
_LEG_ROWS = np.arange(LEGS.start, LEGS.stop)[:, None]
_STEP = 1e-5

_CAP_AT_REST, _CAP_SLOPE, _CAP_FROM = 1.15, 0.55, 0.25
"""Total vertical force in body weights that a walk at dimensionless speed ``v / sqrt(g leg)`` may reach without cost; of the size that
Schwartz et al. 2008 (J Biomech 41:1639) report for very slow to fast walking."""


def peak_cap(speed_mps: float, leg_length_m: float) -> float:
    """Largest usual total vertical force in body weights."""
    relative = speed_mps / np.sqrt(GRAVITY_MPS2 * leg_length_m)
    return _CAP_AT_REST + _CAP_SLOPE * max(0.0, float(relative) - _CAP_FROM)


@frozen
class Derivatives:
    """Of a motion with its point forces held: ``force (n, 31, 3, 31)`` generalised forces less ground forces and passive torques,
    and by coordinates, ``place (n, P, 3, 31)`` positions and ``slide`` velocities of points."""

    force: Array
    place: Array
    slide: Array


@frozen
class Quadratic:
    """``hessian (n, 93, 93)`` and ``gradient (n, 93)`` per frame, by coordinates, speeds and accelerations in turn; ``total_force (n, 3,
    93)`` is the derivative of the total ground force in body weights."""

    hessian: Array
    gradient: Array
    total_force: Array


class FrameTerm(Protocol):
    """A further term of the cost: residuals ``(n, m)`` and their derivative ``(n, m, 3, 31)``."""

    def residual(self, frames: Explanation) -> Array: ...

    def derivative(self, frames: Explanation, derivatives: Derivatives) -> Array: ...


class FrameCosts:
    """Costs of frames for one body; ``cap`` bounds the total vertical force in body weights, ``further`` are added to what every
    motion pays."""

    def __init__(
        self, body: PhysicalBody, settings: Settings, loads: Loads, cap: float, further: Sequence[FrameTerm] = ()
    ) -> None:
        self.body, self.loads, self._settings, self._cap = body, loads, settings.motion, cap
        self._further = further
        moment = body.force_scale * body.length_scale
        trunk = np.full(len(_LUMBAR), settings.motion.trunk_torque_nm * moment)
        lower, upper = body.joint_range.T
        # A body's own limit holds, be it narrower or, of a lax joint, wider than the range of walking; and a range of walking that lies
        # beyond it gives way.
        usual_lower, usual_upper = np.minimum(_WALKING_RANGE[:, 0], upper), np.maximum(_WALKING_RANGE[:, 1], lower)
        self._lower = np.where(lower > UNLIMITED_RAD[0], lower, usual_lower)
        self._upper = np.where(upper < UNLIMITED_RAD[1], upper, usual_upper)
        self._torque_tolerance = np.concatenate([trunk, np.full(len(_ARMS), settings.motion.arm_torque_nm * moment)])

    def total_force(self, frames: Explanation) -> Array:
        """Ground force that the motion needs, ``(n, 3)`` body weights."""
        return frames.motion.force[:, FORCES] / self.body.weight_n

    def cost(self, frames: Explanation) -> float:
        """Sum over frames of all terms."""
        terms = (self._sink(frames), self._torque(frames), self._range(frames), self._peak(frames))
        further = [term.residual(frames) for term in self._further]
        inner = frames.solution.value.sum() / self.loads.settings.residual_weight
        return float(inner + 0.5 * sum((term**2).sum() for term in (*terms, *further)))

    def _sink(self, frames: Explanation) -> Array:
        depth = -frames.motion.position[:, :, 1] - self._settings.sink_allowed_m
        return np.maximum(depth, 0.0) / (self._settings.sink_m * self.body.length_scale)

    def _torque(self, frames: Explanation) -> Array:
        return (frames.motion.force - frames.passive)[:, _UNMUSCLED] / self._torque_tolerance

    def _range(self, frames: Explanation) -> Array:
        q = frames.q[:, LEG_INDICES]
        outside = np.minimum(q - self._lower, 0.0) + np.maximum(q - self._upper, 0.0)
        return outside / self._settings.range_rad

    def _peak(self, frames: Explanation) -> Array:
        return np.maximum(self.total_force(frames)[:, 1:2] - self._cap, 0.0) / self._settings.peak_force

    def quadratic(self, frames: Explanation) -> Quadratic:
        """Gauss-Newton model of `cost` at a motion."""
        derivatives = self._derivatives(frames)
        n = len(frames.q)
        hessian, gradient = self._inner_quadratic(frames, derivatives)
        total = derivatives.force[:, FORCES].reshape(n, 3, 3 * DOFS) / self.body.weight_n
        peak = self._peak(frames)
        terms = [
            *self._rest_terms(frames, derivatives),
            self._sink_term(frames),
            (self._torque(frames), derivatives.force[:, _UNMUSCLED] / self._torque_tolerance[:, None, None]),
            (peak, ((peak > 0) / self._settings.peak_force)[..., None, None] * total[:, 1].reshape(n, 1, 3, DOFS)),
            *((term.residual(frames), term.derivative(frames, derivatives)) for term in self._further),
        ]
        for residual, slope in terms:
            add_squares(hessian, gradient, residual, slope.reshape(n, -1, 3 * DOFS))
        mirror_up(hessian)
        outside = self._range(frames)
        hessian[:, LEG_INDICES, LEG_INDICES] += (outside != 0) / self._settings.range_rad**2
        gradient[:, LEG_INDICES] += outside / self._settings.range_rad
        return Quadratic(hessian, gradient, total)

    def _derivatives(self, frames: Explanation) -> Derivatives:
        body = self.body
        force, place, slide = dynamics_derivatives(
            body.multibody.tree, body.points, frames.q, frames.u, frames.a, frames.point_force
        )
        diagonal = np.arange(DOFS)
        for order, (dq, du) in enumerate(((_STEP, 0.0), (0.0, _STEP))):
            after = body.passive.torque(frames.q + dq, frames.u + du)
            before = body.passive.torque(frames.q - dq, frames.u - du)
            force[:, diagonal, order, diagonal] -= (after - before) / (2 * _STEP)
        return Derivatives(force, place, slide)

    def _inner_quadratic(self, frames: Explanation, derivatives: Derivatives) -> tuple[Array, Array]:
        """Model of the inner problem's value. Its demand changes by ``rows``, and the variables at no bound answer."""
        n, solution, weight = len(frames.q), frames.solution, self.loads.settings.residual_weight
        demand = derivatives.force[:, ROWS].copy()
        by_angle, by_speed = torque_derivatives(
            self.body.muscles, frames.muscles, frames.q, frames.u, frames.activation
        )
        for order, change in enumerate((by_angle, by_speed)):
            demand[:, _LEG_ROWS, order, LEG_INDICES] -= change
        aims, pain = self._aim_change(frames, derivatives), pain_change(self.body, self.loads, frames)
        rows = np.concatenate([demand / frames.tolerance[:, None, None], aims, pain], axis=1)
        rows = rows.reshape(n, self.loads.equations, 3 * DOFS)
        hessian, gradient = self._reflex_quadratic(frames, rows)
        left = answered(rows, frames.columns, frames.weight, solution.free, weight)
        add_squares(hessian, gradient, np.zeros(left.shape[:2]), left)
        return hessian, gradient + np.matmul(solution.residual[:, None], rows)[:, 0]

    def _reflex_quadratic(self, frames: Explanation, rows: Array) -> tuple[Array, Array]:
        """Effort of activations that follow their stretch reflex; ``rows`` lose what these give."""
        n = len(frames.q)
        hessian, gradient = np.zeros((n, 3 * DOFS, 3 * DOFS)), np.zeros((n, 3 * DOFS))
        if frames.reflex.any():
            floor = reflex_change(self.body, frames).reshape(n, len(MUSCLES), 3 * DOFS)
            rows -= np.matmul(frames.columns[:, :, : len(MUSCLES)], floor)
            effort = frames.weight[:, : len(MUSCLES)] / self.loads.settings.residual_weight
            gradient += np.einsum("nm,nmi->ni", effort * frames.activation, floor)
            hessian += np.matmul(floor.transpose(0, 2, 1) * effort[:, None], floor)
        return hessian, gradient

    def _aim_change(self, frames: Explanation, derivatives: Derivatives) -> Array:
        by_coordinate = aim_derivative(frames.motion, frames.q, derivatives.place, self.loads.settings)
        vertical = frames.point_force[:, :, 1] / self.loads.aim_tolerance
        change = np.zeros((len(frames.q), AIMS.stop - AIMS.start, 3, DOFS))
        for side in range(len(SIDES)):
            own = self.body.point_side == side
            change[:, 2 * side : 2 * side + 2, 0] = np.einsum("np,npij->nij", vertical[:, own], by_coordinate[:, own])
        return change

    def _rest_terms(self, frames: Explanation, derivatives: Derivatives) -> list[tuple[Array, Array]]:
        """Loaded points should be low and still: the price of contact at fixed point forces."""
        n, points = frames.unrest.height.shape
        load = np.sqrt(self.loads.firmness * frames.edge_force_squared)
        jacobian = frames.motion.jacobian.transpose(0, 1, 3, 2)
        settings = self.loads.settings
        rising = load / (settings.rest_height_m * self.body.length_scale)
        terms: list[tuple[Array, Array]] = []
        for height, lift in (
            (frames.unrest.height, jacobian[:, :, 1]),
            (frames.unrest.ball, jacobian[:, self.body.ball, 1]),
        ):
            slope = np.zeros((n, points, 3, DOFS))
            slope[:, :, 0] = ((height > 0) * rising)[..., None] * lift
            terms.append((load * height, slope))
        for i, axis in enumerate(HORIZONTAL):
            slide = np.zeros((n, points, 3, DOFS))
            slide[:, :, 0], slide[:, :, 1] = derivatives.slide[:, :, axis], jacobian[:, :, axis]
            terms.append(
                (load * frames.unrest.slide[:, :, i], slide * (load / settings.rest_speed_mps)[..., None, None])
            )
        return terms

    def _sink_term(self, frames: Explanation) -> tuple[Array, Array]:
        depth = self._sink(frames)
        slope = np.zeros((*depth.shape, 3, DOFS))
        scale = (depth > 0) / (self._settings.sink_m * self.body.length_scale)
        slope[:, :, 0] = -scale[..., None] * frames.motion.jacobian[..., 1]
        return depth, slope
