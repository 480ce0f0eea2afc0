"""From one cycle to a whole walk that obeys physics from its first frame to its last.

A guess lets the cycle run at a drawn pace, with drawn stride lengths and widths (`variation`). It is then projected as a whole, with the
same inner problem, contact and limits as a cycle, on local splines: so forces, slip and penetration also hold where strides differ.
"""

import time as clock

import numpy as np
from scipy.interpolate import make_interp_spline

from engine.core.arrays import Array
from engine.gait.records import Events, Gait, Rejection, RejectionReason, Walk
from engine.gait.strides import complete_strides
from engine.physics.activation_dynamics import producible
from engine.physics.bases import NormalEquations
from engine.physics.dynamics import as_dynamics, replay
from engine.physics.embodied import Embodied
from engine.physics.events import walk_events
from engine.physics.figures import summarise
from engine.physics.frame_costs import FORCES, Derivatives, FrameCosts, peak_cap
from engine.physics.kernels.levenberg_marquardt import Schedule, minimise
from engine.physics.loads import Explanation, Loads
from engine.physics.projection import FRAMES, explain_standing, tolerance
from engine.physics.settings import Attempt, Attempts, Settings
from engine.physics.shared_drive import share_drive
from engine.physics.spline_basis import SplineBasis
from engine.physics.verdict import verdict
from engine.walk.ends import quiet_times
from engine.walk.variation import Guess, draw_strides

ATTEMPTS = Attempts(
    first=Attempt(0.5, 1.0),
    firmer=(Attempt(0.7, 0.7, effort=0.4), Attempt(1.0, 0.5, effort=0.15)),
    softer=(Attempt(1.0, 1.3, effort=0.4), Attempt(2.0, 1.6, effort=0.15)),
)
"""Each is tried with a new draw of strides before a walk is given up. A guess made of a feasible cycle is worth more trust than a
proposal."""

FORCE_TOLERANCE_BW = 0.05
"""Body weights by which the total ground force may differ from the cycle's at the cost of one half per frame."""

SCHEDULE = Schedule(steps=8, tolerance=0.02, patience=1, damping=0.01)


class _UsualForce:
    """A term of each frame's cost: total ground force other than ``expected (n, 3)`` body weights."""

    def __init__(self, expected: Array, weight_n: float) -> None:
        self._expected, self._weight_n = expected, weight_n

    def residual(self, frames: Explanation) -> Array:
        return (frames.motion.force[:, FORCES] / self._weight_n - self._expected) / FORCE_TOLERANCE_BW

    def derivative(self, frames: Explanation, derivatives: Derivatives) -> Array:  # noqa: ARG002 - of the protocol
        return derivatives.force[:, FORCES] / (self._weight_n * FORCE_TOLERANCE_BW)


class WalkProblem:
    """The cost of a walk near a guess, for `minimise`: as of a cycle, but that the total ground force is drawn towards the cycle's own
    at the same phase. At the same phase as in the cycle, too, is the floor firm, and begins the search for forces."""

    def __init__(self, embodied: Embodied, settings: Settings, gait: Gait, guess: Guess) -> None:
        body, cycle = embodied.body, gait.cycle
        start, end = guess.span()
        time = np.linspace(start, end, round((end - start) / cycle.duration_s * FRAMES))
        self.basis = SplineBasis(time, cycle.duration_s, tolerance(body, settings.motion))
        self.reference = self.basis.fit(guess.at(time))
        phase = guess.phase(time)
        steady, standing = explain_standing(body, settings.force, cycle.motion(FRAMES))
        self._residual = at_phase(steady.solution.residual, phase)
        self._loads = Loads(body, settings.force, at_phase(np.asarray(standing.firmness), phase))
        expected = at_phase(gait.dynamics.force.sum(axis=1), phase) / body.weight_n
        cap = peak_cap(cycle.speed_mps, body.leg_length_m)
        self._frames = FrameCosts(body, settings, self._loads, cap, [_UsualForce(expected, body.weight_n)])

    def evaluate(self, x: Array, near: Explanation | None) -> tuple[float, Explanation]:
        motion = self.basis.motion(x)
        start = self._residual if near is None else near.solution.residual
        state = self._loads.explain(motion.q, motion.u, motion.a, start)
        return self.basis.distance(x, self.reference) + self._frames.cost(state), state

    def linearise(self, x: Array, state: Explanation) -> NormalEquations:
        return self.basis.normal_equations(x, self.reference, self.basis.motion(x), self._frames.quadratic(state))

    def step(self, normal: NormalEquations, damping: float) -> Array:
        return self.basis.step(normal, damping)


def at_phase(values: Array, phase: Array) -> Array:
    """What even samples ``values (m, …)`` of one cycle are at any ``phase (n,)``, between samples on a straight line."""
    closed = np.concatenate([values, values[:1]])
    return make_interp_spline(np.linspace(0.0, 1.0, len(closed)), closed, k=1)(phase % 1.0)


def unroll(gait: Gait, embodied: Embodied, strides: int, seed: int, settings: Settings) -> Walk | Rejection:
    """A walk of ``strides`` complete strides of either foot and a little more before and after, at `engine.walk.ends.RATE_HZ`."""
    rng = np.random.default_rng(seed)
    reason: RejectionReason | None = None
    for number in range(len(ATTEMPTS)):
        result = _one_walk(gait, embodied, strides, rng, settings.varied(ATTEMPTS.after(reason, number)))
        if isinstance(result, Walk):
            break
        reason = result.reason
    return result


def _one_walk(
    gait: Gait, embodied: Embodied, strides: int, rng: np.random.Generator, settings: Settings
) -> Walk | Rejection:
    started, body = clock.process_time(), embodied.body
    drawn = draw_strides(gait.proposal.variability, strides, rng)
    problem = WalkProblem(embodied, settings, gait, Guess(gait, drawn))
    solved = minimise(problem, problem.reference, SCHEDULE)
    time = quiet_times(problem.basis, solved.x, body)
    motion, before = problem.basis.at(solved.x, time), problem.basis.at(problem.reference, time)
    nearest = np.searchsorted(problem.basis.time, time).clip(max=len(problem.basis.time) - 1)
    explained, loads = explain_standing(body, settings.force, motion, solved.state.solution.residual[nearest])
    frames = producible(share_drive(explained), loads, float(time[1] - time[0]), periodic=False)
    dynamics = as_dynamics(body, time - time[0], frames)
    opinion = replay(embodied.judge, body, motion, dynamics)
    cpu_s = clock.process_time() - started
    figures = summarise(body, frames, dynamics, opinion, before.q, periodic=False, cpu_s=cpu_s)
    reason = verdict(figures, opinion.disagreement_pct, gait.subject)
    if reason is not None:
        return Rejection(gait.subject, reason, figures, "in a walk of many strides")
    events = walk_events(dynamics.time, dynamics.force[:, :, 1], body.weight_n)
    if not _steps_in_order(events, strides):
        return Rejection(
            gait.subject, RejectionReason.DIVERGED, figures, "in a walk of many strides, the feet do not take turns"
        )
    return Walk(gait, dynamics, events, figures)


def _steps_in_order(events: Events, strides: int) -> bool:
    """Whether each foot takes that many strides, with both feet on the floor between steps."""
    try:
        return all(len(side) >= strides for side in complete_strides(events))
    except ValueError:
        return False
