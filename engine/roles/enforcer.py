"""The stage that lets physics judge proposals: builds the body, projects the gait, replays it in OpenSim, accepts or rejects."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.gait.cycle import GaitCycle
from engine.gait.records import (
    BodyShape,
    Dynamics,
    Gait,
    Proposal,
    Rejection,
    RejectionReason,
    Walk,
)
from engine.musculoskeletal.storage import write_model
from engine.physics.activation_dynamics import producible
from engine.physics.dynamics import as_dynamics, replay
from engine.physics.embodied import Embodied, embody
from engine.physics.events import cycle_phases
from engine.physics.figures import summarise
from engine.physics.plausible import implausible
from engine.physics.projection import Projection, explain_standing, project, put_on_floor
from engine.physics.settings import Attempt, Attempts, ForceSettings, MotionSettings, Settings
from engine.physics.shared_drive import share_drive
from engine.physics.verdict import verdict
from engine.walk.unroll import unroll

FRAMES = 100
ATTEMPTS = Attempts(
    first=Attempt(1.5, 1.0),
    firmer=(Attempt(2.5, 0.7, effort=0.4), Attempt(4.0, 0.5, effort=0.15)),
    softer=(Attempt(2.5, 1.3, effort=0.4), Attempt(4.0, 1.6, effort=0.15)),
)


@dataclass(frozen=True)
class Trial:
    """What became of a proposal, and the cycle and forces that were judged (None where nothing could be)."""

    result: Gait | Rejection
    cycle: GaitCycle | None = None
    dynamics: Dynamics | None = None


class OpenSimEnforcer:
    """Fills the role of `engine.stages.Enforcer`.

    ``embodiment`` builds the body that a proposal means; a user's own model takes its place with ``lambda proposal, shape: embodied``.
    ``force`` and ``motion`` are the tolerances of the projection.
    """

    Settings = Settings

    def __init__(
        self,
        embodiment: Callable[[Proposal, BodyShape], Embodied] = embody,
        *,
        force: ForceSettings = ForceSettings(),  # noqa: B008 - frozen
        motion: MotionSettings = MotionSettings(),  # noqa: B008 - frozen
    ) -> None:
        self.settings = Settings(force, motion)
        self._embody = embodiment
        self._latest: Embodied | None = None

    def enforce(self, proposal: Proposal, body: BodyShape) -> Gait | Rejection:
        """The gait nearest to the proposal that obeys physics, or the reason why there is none."""
        return self.trial(proposal, body).result

    def trial(self, proposal: Proposal, body: BodyShape) -> Trial:
        """As `enforce`, with what was judged last, so that a rejection can be looked at."""
        started = time.process_time()
        embodied = self._embodied(proposal, body)
        if refused := _implausible(proposal, embodied):
            return refused
        start: GaitCycle | None = None
        reason: RejectionReason | None = None
        for number in range(len(ATTEMPTS)):
            settings = self.settings.varied(ATTEMPTS.after(reason, number))
            try:
                projection = project(proposal.cycle, embodied.body, settings, start)
            except np.linalg.LinAlgError as error:
                return Trial(Rejection(proposal.subject, RejectionReason.DIVERGED, None, str(error)))
            trial = _judge(proposal, embodied, projection, settings.force, started)
            if isinstance(trial.result, Gait) or trial.result.reason is RejectionReason.MOTION_CHANGE:
                break
            start, reason = projection.cycle, trial.result.reason
        return trial

    def judge(self, proposal: Proposal, body: BodyShape) -> Trial:
        """The proposal as it is, its cycle only put on the floor: whether it is feasible before anything is repaired."""
        started = time.process_time()
        embodied = self._embodied(proposal, body)
        if refused := _implausible(proposal, embodied):
            return refused
        cycle = put_on_floor(proposal.cycle, embodied.body)
        frames, _ = explain_standing(embodied.body, self.settings.force, cycle.motion(FRAMES))
        unmoved = Projection(cycle, cycle, (), frames.solution.residual)
        return _judge(proposal, embodied, unmoved, self.settings.force, started)

    def walk(self, gait: Gait, strides: int, *, seed: int) -> Walk | Rejection:
        """A walk of at least ``strides`` strides of either foot, each a little different (see `engine.walk.unroll`)."""
        return unroll(gait, self._embodied(gait.proposal, gait.body), strides, seed, self.settings)

    def export_model(self, gait: Gait, path: Path) -> None:
        """Writes the person's OpenSim model."""
        write_model(self._embodied(gait.proposal, gait.body).model, path)

    def _embodied(self, proposal: Proposal, shape: BodyShape) -> Embodied:
        if self._latest is None or not self._latest.fits(proposal, shape):
            self._latest = self._embody(proposal, shape)
        return self._latest


def _implausible(proposal: Proposal, embodied: Embodied) -> Trial | None:
    """What becomes of a proposal that is no human walk; None if it is one."""
    complaint = implausible(proposal.cycle, embodied.body)
    return (
        None if complaint is None else Trial(Rejection(proposal.subject, RejectionReason.IMPLAUSIBLE, None, complaint))
    )


def _judge(
    proposal: Proposal, embodied: Embodied, projection: Projection, settings: ForceSettings, started: float
) -> Trial:
    """Twice as finely sampled as it was made, and in OpenSim."""
    body = embodied.body
    start = np.repeat(projection.residual, FRAMES // len(projection.residual), axis=0)
    frames, _ = explain_standing(body, settings, projection.cycle.motion(FRAMES), start)
    found = cycle_phases(as_dynamics(body, frames.q[:, 0], frames).force[:, :, 1], body.weight_n)
    if found is None:
        detail = "a foot does not stand exactly once per stride"
        return Trial(Rejection(proposal.subject, RejectionReason.DIVERGED, None, detail), projection.cycle)
    heel_strike, contact = found
    cycle, reference = projection.cycle.shifted(heel_strike), projection.reference.shifted(heel_strike)
    motion = cycle.motion(FRAMES)
    start = np.roll(frames.solution.residual, -round(heel_strike * FRAMES), axis=0)
    frames, loads = explain_standing(body, settings, motion, start)
    frames = producible(share_drive(frames), loads, float(motion.time[1]), periodic=True)
    dynamics = as_dynamics(body, motion.time, frames)
    opinion = replay(embodied.judge, body, motion, dynamics)
    cpu_s = time.process_time() - started
    before = reference.motion(FRAMES).q
    figures = summarise(body, frames, dynamics, opinion, before, periodic=True, cpu_s=cpu_s)
    reason = verdict(figures, opinion.disagreement_pct, proposal.subject)
    if reason is not None:
        return Trial(Rejection(proposal.subject, reason, figures), cycle, dynamics)
    return Trial(Gait(proposal, embodied.shape, cycle, contact, dynamics, figures), cycle, dynamics)
