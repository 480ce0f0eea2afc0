"""How many proposals physics accepts as they are, and after repair; and what the forces of accepted gaits show."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from engine.gait.gait_parameters import ankle_power_peak
from engine.gait.records import BodyShape, Gait, PhysicsFigures, Rejection, RejectionReason, Subject
from engine.people.conditions import ConditionCard
from engine.roles.enforcer import OpenSimEnforcer
from engine.run.workers import LocalExecutor
from generative.corpus import draw_severities
from generative.evaluation.groups import draw_patients
from generative.proposer import DiffusionProposer


@dataclass(frozen=True)
class Case:
    """One person to be proposed a gait, at a speed (None: the own), with the noise of ``seed``; ``card`` is the condition or modifier."""

    subject: Subject
    body: BodyShape
    card: ConditionCard
    speed_mps: float | None
    seed: int


@dataclass(frozen=True)
class Tried:
    """What physics said of a proposal before and after repair: reasons are None where it was accepted, figures None where there were
    none. ``ankle_power (2,)`` W/kg, right and left, and ``speed_mps`` are those of an accepted gait."""

    case: Case
    reason_before: RejectionReason | None
    before: PhysicsFigures | None
    reason_after: RejectionReason | None
    after: PhysicsFigures | None
    ankle_power: tuple[float, float] | None
    speed_mps: float | None


def stratified_cases(card: ConditionCard, n: int, seed: int) -> list[Case]:
    """``n`` people with the condition over its ages, severities spread evenly, each at the own speed."""
    rng = np.random.default_rng([seed, n])
    severities = (np.arange(n) + rng.random(n)) / n if not card.is_healthy else draw_severities(card, n, rng)
    cases = []
    for number, severity in enumerate(severities):
        one = draw_patients(card, float(severity), 1, rng)
        cases.append(Case(one.subjects[0], one.bodies[0], card, None, seed + number))
    return cases


def _trier(weights: str | None, judge_first: bool) -> Callable[[Case], Tried]:
    proposer, enforcer = DiffusionProposer(weights), OpenSimEnforcer()
    return lambda case: _try(case, judge_first, proposer, enforcer)


def _try(case: Case, judge_first: bool, proposer: DiffusionProposer, enforcer: OpenSimEnforcer) -> Tried:
    proposal = proposer.propose(case.subject, case.body, speed_mps=case.speed_mps, seed=case.seed)
    before = enforcer.judge(proposal, case.body).result if judge_first else None
    after = enforcer.enforce(proposal, case.body)
    gait = after if isinstance(after, Gait) else None
    return Tried(
        case,
        before.reason if isinstance(before, Rejection) else None,
        None if before is None else before.figures,
        after.reason if isinstance(after, Rejection) else None,
        after.figures,
        None if gait is None else ankle_power_peak(gait),
        None if gait is None else gait.cycle.speed_mps,
    )


def try_all(
    cases: Sequence[Case], weights: str | None, *, judge_first: bool = True, workers: int = 2
) -> Iterator[Tried]:
    """Proposes, judges (if asked) and enforces every case; yields them in order, each as it is done.

    Always in processes of this machine, with no executor to choose: an evaluation is minutes of work, and nothing of it goes to files that
    machines could share.

    Raises:
        RuntimeError: a case met an error; names its place and subject.
    """
    named = {f"case {place}, subject {case.subject.id}": case for place, case in enumerate(cases)}
    finished = LocalExecutor().run(partial(_trier, weights, judge_first), named, workers=workers)
    done: dict[str, Tried] = {}
    for name in named:
        while name not in done:
            one = next(finished)
            done[one.key] = one.value()
        yield done.pop(name)
