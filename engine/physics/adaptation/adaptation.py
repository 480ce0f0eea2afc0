"""Adaptation: the gait that a body chooses near a habit that it keeps only weakly.

Same unknowns, dynamics and contact as the projection, with other weights (`AdaptationSettings`): muscles' effort counts, weighed by the
strength that they had before they weakened, and a proposal is a habit, not a target. Speed is free and has a price, the one at
which the body as it was before keeps its speed. What is wanted is the difference between two bodies of one person, so that errors which
both share cancel.
"""

from dataclasses import dataclass, replace

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import (
    ARM_COORDINATES,
    COORDINATES,
    LEG_COORDINATES,
    LUMBAR_COORDINATES,
    ROOT_COORDINATES,
    SIDES,
    suffix,
)
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle
from engine.physics.adaptation.adaptation_costs import Clearance, LooseSpectrum, StanceWidth, Stretch
from engine.physics.adaptation.adaptation_settings import AdaptationSettings
from engine.physics.adaptation.compensations import swing_out_stiff_side
from engine.physics.adaptation.halfway import halfway
from engine.physics.bases import SPEED, CycleBasis, NormalEquations, Tolerance
from engine.physics.body import PhysicalBody
from engine.physics.force_prior import ForceSpectrum
from engine.physics.frame_costs import FORCES, FrameCosts, peak_cap
from engine.physics.kernels.levenberg_marquardt import Schedule, minimise
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.loads import Explanation, Loads
from engine.physics.projection import FRAMES, project, tolerance
from engine.physics.settings import Settings

_LEAST_STRENGTH = 0.01
"""Of the mean muscle's: what a muscle without any strength before is taken to have had, so that recovery can be asked for."""

SEARCH, SETTLE = Schedule(steps=10, tolerance=0.005), Schedule(steps=25, tolerance=0.001)


def habit_tolerance(
    body: PhysicalBody, settings: Settings, adaptation: AdaptationSettings, speed_mps: float
) -> Tolerance:
    """Weak trust in a habit, from the projection's trust in a proposal."""
    sided = {f"{name}{suffix(side)}": name for side in SIDES for name in (*LEG_COORDINATES, *ARM_COORDINATES)}
    parts = {
        **dict.fromkeys(ROOT_COORDINATES, adaptation.pelvis),
        **dict.fromkeys(LUMBAR_COORDINATES, adaptation.trunk),
        **dict.fromkeys(LEG_COORDINATES, adaptation.legs),
        **dict.fromkeys(ARM_COORDINATES, adaptation.arms),
    }
    plain = [sided.get(name, name) for name in COORDINATES]
    factor = np.array([parts[name] * adaptation.single.get(name, 1.0) for name in plain])
    firm = tolerance(body, settings.motion).coordinate
    return Tolerance(firm * factor, speed_mps, adaptation.log_duration)


@dataclass(frozen=True)
class Pace:
    """How speed is chosen: every m/s more is worth ``price`` per frame, and costs by its deviation from habit over ``tolerance_mps``."""

    price: float
    tolerance_mps: float


@frozen
class Walker:
    """A person who adapts: ``habit`` is the cycle they are used to, ``strength (80,)`` N that of their muscles before they changed."""

    habit: GaitCycle
    strength: Array
    settings: Settings
    adaptation: AdaptationSettings


class AdaptationProblem:
    """The cost of a walker's cycle with a body, for `minimise`."""

    def __init__(self, walker: Walker, body: PhysicalBody, pace: Pace, firmness: float) -> None:
        adaptation, habit = walker.adaptation, walker.habit
        force = replace(walker.settings.force, effort=adaptation.effort, aim_height=adaptation.aim_height)
        torques = {"trunk_torque_nm": adaptation.trunk_torque_nm, "arm_torque_nm": adaptation.arm_torque_nm}
        settings = Settings(force, replace(walker.settings.motion, **torques))
        terms = Clearance(body, adaptation), Stretch(body, walker.strength, adaptation)
        self.loads = Loads(body, force, firmness, walker.strength)
        self.frames = FrameCosts(body, settings, self.loads, peak_cap(habit.speed_mps, body.leg_length_m), terms)
        self.basis = CycleBasis(FRAMES, habit_tolerance(body, settings, adaptation, pace.tolerance_mps))
        self._width = StanceWidth(body, walker.strength, habit, adaptation)
        self._habit = CycleBasis.pack(habit)
        self._price = FRAMES * pace.price
        motion = habit.motion(FRAMES)
        needed = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a).force[:, FORCES]
        spectrum = ForceSpectrum(needed / body.weight_n, habit.speed_mps, body.length_scale)
        self._spectrum = LooseSpectrum(spectrum, adaptation)

    def evaluate(self, x: Array, near: Explanation | None) -> tuple[float, Explanation]:
        motion = self.basis.motion(x)
        start = None if near is None else near.solution.residual
        state = self.loads.explain(motion.q, motion.u, motion.a, start)
        unusual = self._spectrum.residual(self.frames.total_force(state))
        hurry = self._price * (x[SPEED] - self._habit[SPEED])
        apart = float((unusual**2).sum()) + self._width.residual(state) ** 2
        return self.basis.distance(x, self._habit) - hurry + self.frames.cost(state) + 0.5 * apart, state

    def linearise(self, x: Array, state: Explanation) -> NormalEquations:
        motion, model = self.basis.motion(x), self.frames.quadratic(state)
        normal = self.basis.normal_equations(x, self._habit, motion, model)
        slopes = self._spectrum.derivative(self.basis.derivative(motion, model.total_force)).reshape(-1, len(x))
        slope = self.basis.derivative(motion, self._width.derivative(state)).sum(axis=0)
        slopes = np.concatenate([slopes, slope])
        apart = np.append(self._spectrum.residual(self.frames.total_force(state)).ravel(), self._width.residual(state))
        gradient = normal.gradient + slopes.T @ apart
        gradient[SPEED] -= self._price
        return NormalEquations(normal.matrix + slopes.T @ slopes, gradient)

    def step(self, normal: NormalEquations, damping: float) -> Array:
        return self.basis.step(normal, damping)


@dataclass(frozen=True)
class Adaptation:
    """``habit`` is the proposal made feasible for the body before; ``before`` and ``after`` are what each body chooses; ``changed`` is the
    proposal with their difference added to its coefficients, speed and log duration."""

    habit: GaitCycle
    before: GaitCycle
    after: GaitCycle
    changed: GaitCycle


@frozen
class Baseline:
    """A person before they change: the ``proposal``, who they are, and the packed gait ``chosen`` by the body before; at ``price`` it keeps
    its speed."""

    proposal: GaitCycle
    walker: Walker
    body: PhysicalBody
    chosen: Array
    price: float


def settle_baseline(
    proposal: GaitCycle,
    before: PhysicalBody,
    settings: Settings | None = None,
    adaptation: AdaptationSettings | None = None,
    *,
    feasible: bool = False,
) -> Baseline:
    """What the body ``before`` makes of a proposal (about a second of CPU time): the common ground of all changes of this person.
    ``feasible`` says that physics has accepted the proposal."""
    settings, adaptation = settings or Settings(), adaptation or AdaptationSettings()
    habit = proposal if feasible else project(proposal, before, settings).cycle
    strength = before.muscles.parameters.max_isometric_force
    walker = Walker(habit, np.maximum(strength, _LEAST_STRENGTH * strength.mean()), settings, adaptation)
    x = settle(walker, before, Pace(0.0, adaptation.held_speed_mps), CycleBasis.pack(habit))
    return Baseline(proposal, walker, before, x, (habit.speed_mps - x[SPEED]) / adaptation.held_speed_mps**2)


def change_body(baseline: Baseline, after: PhysicalBody, *, keep_speed: bool = False) -> Adaptation:
    """How the proposal of a baseline changes when the body becomes the one ``after``; with ``keep_speed`` at the same speed."""
    adaptation, x = baseline.walker.adaptation, baseline.chosen
    free = Pace(baseline.price, adaptation.speed_mps)
    pace = Pace(0.0, adaptation.held_speed_mps) if keep_speed else free
    y = x if after is baseline.body else _settle_changed(baseline.walker, baseline.body, after, pace, x)
    changed = CycleBasis.unpack(CycleBasis.pack(baseline.proposal) + (y - x))
    return Adaptation(baseline.walker.habit, CycleBasis.unpack(x), CycleBasis.unpack(y), changed)


def adapt(
    proposal: GaitCycle,
    before: PhysicalBody,
    after: PhysicalBody,
    settings: Settings | None = None,
    adaptation: AdaptationSettings | None = None,
) -> Adaptation:
    """How a proposal for the body ``before`` changes when the body becomes the one ``after`` (a few seconds of CPU time).

    The same body gives the proposal unchanged.
    """
    return change_body(settle_baseline(proposal, before, settings, adaptation), after)


def settle(walker: Walker, body: PhysicalBody, pace: Pace, x: Array) -> Array:
    """The best unknowns near ``x``: on a soft floor first, so that feet may find when to stand."""
    soft = AdaptationProblem(walker, body, pace, walker.adaptation.soft_floor)
    x = minimise(soft, x, SEARCH).x
    return minimise(AdaptationProblem(walker, body, pace, walker.adaptation.firm_floor), x, SETTLE).x


def _settle_changed(walker: Walker, before: PhysicalBody, after: PhysicalBody, pace: Pace, x: Array) -> Array:
    """`settle` for a changed body from the gait ``x`` of the one before; a strange body is reached in two steps."""
    walker, start = replace(walker, habit=swing_out_stiff_side(walker.habit, after)), CycleBasis.unpack(x)
    x = CycleBasis.pack(swing_out_stiff_side(start, after))
    softness = walker.adaptation.soft_floor
    usual, strange = (AdaptationProblem(walker, body, pace, softness).evaluate(x, None)[0] for body in (before, after))
    if strange > walker.adaptation.strange * usual:
        between = halfway(before, after, start)
        x = minimise(AdaptationProblem(walker, between, pace, softness), x, SEARCH).x
    return settle(walker, after, pace, x)
