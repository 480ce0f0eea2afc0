"""The inner problem, a static optimisation: the activations and point forces that best explain a motion, frame by frame.

Its equations, each divided by its tolerance, are the six of the root and the twelve of the legs

    torques of muscles and ground forces + r = inverse dynamics - passive torques,

four that aim each leg's ground force, and one for each load that hurts. Its variables are the activations, between their least value
and one, and for each point the four edges of the friction pyramid, not negative. What it costs (`Solution.value`) is what the
projection lowers.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, LEG_COORDINATES, MUSCLES, ROOT_COORDINATES, SIDES, suffix
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.body import PhysicalBody
from engine.physics.contact import (
    EDGES,
    HORIZONTAL,
    UNIT_FORCE_N,
    Unrest,
    aim,
    friction_pyramid,
    standing_firmness,
    unrest,
)
from engine.physics.kernels.bounded_least_squares import Solution, bounded_least_squares
from engine.physics.kernels.muscle_force import MuscleState, lengthening, muscle_state
from engine.physics.kernels.rigid_body import RigidBodyMotion, rigid_body_motion
from engine.physics.pain import painful_loads
from engine.physics.settings import ForceSettings

ROWS = np.array([*(COORDINATE_INDEX[name] for name in ROOT_COORDINATES), *LEG_INDICES])
"""Coordinates whose equations of motion muscles and ground must satisfy."""

ROOT_MOMENTS, ROOT_FORCES, LEGS = slice(0, 3), slice(3, 6), slice(6, 18)
AIMS = slice(18, 22)
"""Parts of the equations; those of pain, if any, come last."""

TOES = [COORDINATE_INDEX[LEG_COORDINATES[-1] + suffix(side)] for side in SIDES]
"""Coordinates of the toe joints."""

_LEAST_STRENGTH = 1e-3
"""Of the mean muscle's, in the weight of activations: a paralysed muscle can do nothing, and must cost something."""

SPASTIC_UNIT = 0.1
"""Activation per optimal fibre length per second of stretching, for a spasticity of one."""


@dataclass(frozen=True, eq=False)
class Explanation:
    """A motion ``q, u, a (n, 31)`` and the forces that best explain it. ``point_force (n, P, 3)`` N; ``edge_force_squared (n, P)`` is
    the sum over the pyramid's edges, in squared units; ``columns``, ``demand``, ``weight``, ``lower`` and ``upper`` are those of the inner
    problem, ``tolerance (18,)`` of its equations of motion. ``reflex (n, 80)`` marks activations whose floor is that of the stretch
    reflex.

    Its arrays may be written: they go into kernels, which would be compiled a second time for read-only ones."""

    q: Array
    u: Array
    a: Array
    motion: RigidBodyMotion
    passive: Array
    muscles: MuscleState
    unrest: Unrest
    columns: Array
    demand: Array
    weight: Array
    lower: Array
    upper: Array
    tolerance: Array
    solution: Solution
    point_force: Array
    edge_force_squared: Array
    reflex: Mask

    @property
    def activation(self) -> Array:
        """``(n, 80)``."""
        return self.solution.x[:, : len(MUSCLES)]

    @property
    def unexplained(self) -> Array:
        """Generalised forces ``(n, 18)`` at `ROWS` that muscles and ground do not give, N and N·m."""
        return self.solution.residual[:, : len(ROWS)] * self.tolerance


class Loads:
    """The inner problem for one body.

    ``firmness`` of the floor is one number, or ``(n, P)`` for each frame and point; left out, that under a standing leg. ``strength
    (80,)`` N weighs the squared activations; left out, it is the body's own. Weighed by what they were before they weakened, weak muscles
    cost more for the same force.
    """

    def __init__(
        self,
        body: PhysicalBody,
        settings: ForceSettings,
        firmness: float | Array | None = None,
        strength: Array | None = None,
    ) -> None:
        self.body, self.settings, self._strength = body, settings, strength
        self.firmness = settings.standing if firmness is None else firmness
        self.unit = UNIT_FORCE_N * body.force_scale
        moment_scale = body.force_scale * body.length_scale
        self.tolerance = np.concatenate(
            [
                np.full(3, settings.root_moment_nm * moment_scale),
                np.full(3, settings.root_force_n * body.force_scale),
                np.where(np.isin(LEG_INDICES, TOES), settings.toe_moment_nm, settings.joint_moment_nm) * moment_scale,
            ]
        )
        self.aim_tolerance = settings.aim_force_n * body.force_scale
        self.pain = painful_loads(body, settings)
        self.equations = AIMS.stop + len(self.pain)
        self._edges = friction_pyramid(settings.friction)
        strength = body.muscles.parameters.max_isometric_force if strength is None else strength
        self._effort = settings.effort * np.maximum(strength / strength.mean(), _LEAST_STRENGTH)

    def explain(self, q: Array, u: Array, a: Array, start: Array | None = None) -> Explanation:
        """Solves all frames; ``start (n, equations)`` are residuals of a motion nearby, which make it faster."""
        body = self.body
        motion = rigid_body_motion(body.multibody.tree, body.points, q, u, a)
        muscles, passive = muscle_state(body.muscles, q, u), body.passive.torque(q, u)
        rest, slopes = unrest(motion, body, self.settings), aim(motion, q, self.settings)
        columns, weight = self._columns(motion, muscles, slopes), self._weight(rest)
        demand = self._demand(motion, muscles, passive)
        lower, upper, reflex = self._bounds(muscles, weight.shape)
        start = np.zeros_like(demand) if start is None else start
        solution = bounded_least_squares(columns, demand, weight, lower, upper, self.settings.residual_weight, start)
        point_force, edge_force_squared = self._point_forces(solution)
        return Explanation(
            q=q,
            u=u,
            a=a,
            motion=motion,
            passive=passive,
            muscles=muscles,
            unrest=rest,
            columns=columns,
            demand=demand,
            weight=weight,
            lower=lower,
            upper=upper,
            tolerance=self.tolerance,
            solution=solution,
            point_force=point_force,
            edge_force_squared=edge_force_squared,
            reflex=reflex,
        )

    def explain_again(self, frames: Explanation) -> Explanation:
        """The motion of frames that the same body and settings explain on another floor."""
        weight = self._weight(frames.unrest)
        solution = bounded_least_squares(
            frames.columns,
            frames.demand,
            weight,
            frames.lower,
            frames.upper,
            self.settings.residual_weight,
            frames.solution.residual,
        )
        return replace(self.explained(frames, solution), weight=weight)

    def firm_under(self, frames: Explanation, time: Array) -> "Loads":
        """The same inner problem on a floor that is firm where, in these frames at ``time (n,)`` s, a leg bears load."""
        firmness = standing_firmness(self.body, time, frames.point_force, self.settings)
        return Loads(self.body, self.settings, firmness, self._strength)

    def explained(self, frames: Explanation, solution: Solution) -> Explanation:
        """The same motion explained by another solution of its inner problem."""
        point_force, edge_force_squared = self._point_forces(solution)
        return replace(frames, solution=solution, point_force=point_force, edge_force_squared=edge_force_squared)

    def _point_forces(self, solution: Solution) -> tuple[Array, Array]:
        edge = solution.x[:, len(MUSCLES) :].reshape(len(solution.x), -1, EDGES)
        return edge @ self._edges * self.unit, (edge**2).sum(axis=2)

    def _demand(self, motion: RigidBodyMotion, muscles: MuscleState, passive: Array) -> Array:
        needed = motion.force[:, ROWS] - passive[:, ROWS]
        needed[:, LEGS] -= np.einsum("njm,nm->nj", muscles.arm, muscles.passive)
        aims, pain = np.zeros((len(needed), AIMS.stop - AIMS.start)), -muscles.passive @ self.pain.muscle.T
        return np.concatenate([needed / self.tolerance, aims, pain], axis=1)

    def _columns(self, motion: RigidBodyMotion, muscles: MuscleState, slopes: Array) -> Array:
        """Share of every equation that a unit of each variable satisfies: ``(n, equations, 80 + 4 P)``."""
        n, points = motion.position.shape[:2]
        columns = np.zeros((n, self.equations, len(MUSCLES) + EDGES * points))
        columns[:, LEGS, : len(MUSCLES)] = muscles.arm * muscles.capacity[:, None] / self.tolerance[LEGS, None]
        columns[:, AIMS.stop :, : len(MUSCLES)] = self.pain.muscle * muscles.capacity[:, None]
        ground = columns[:, :, len(MUSCLES) :].reshape(n, self.equations, points, EDGES)
        ground[:, AIMS.stop :] = self.unit * self.pain.point[..., None]
        by_row = np.ascontiguousarray(motion.jacobian[:, :, ROWS].transpose(0, 2, 1, 3))
        ground[:, : len(ROWS)] = (by_row.reshape(-1, 3) @ self._edges.T).reshape(*by_row.shape[:3], EDGES)
        ground[:, : len(ROWS)] *= (self.unit / self.tolerance)[:, None, None]
        aside = (self._edges[:, HORIZONTAL] - slopes[:, :, None]) * (self.unit / self.aim_tolerance)
        for side in range(len(SIDES)):
            own = self.body.point_side == side
            equations = slice(AIMS.start + 2 * side, AIMS.start + 2 * side + 2)
            ground[:, equations, own] = aside[:, own].transpose(0, 3, 1, 2)
        return columns

    def _weight(self, rest: Unrest) -> Array:
        price = self.settings.point_force + self.settings.residual_weight * self.firmness * rest.price
        effort = np.broadcast_to(self._effort, (len(price), len(MUSCLES)))
        return np.concatenate([effort, np.repeat(price, EDGES, axis=1)], axis=1)

    def _bounds(self, muscles: MuscleState, shape: tuple[int, ...]) -> tuple[Array, Array, Mask]:
        """Activation cannot fall below its floor: co-contraction, or the stretch reflex of spastic muscles, where that is higher."""
        lower, upper = np.zeros(shape), np.full(shape, np.inf)
        reflex = self.body.spasticity * SPASTIC_UNIT * np.maximum(lengthening(self.body.muscles, muscles), 0.0)
        floor = np.maximum(self.body.muscles.parameters.min_activation, self.settings.least_activation)
        lower[:, : len(MUSCLES)] = np.minimum(np.maximum(floor, reflex), 1.0)
        upper[:, : len(MUSCLES)] = 1.0
        return lower, upper, (reflex > floor) & (reflex < 1.0)
