"""The predictive tier: a body walks by Moco, near a proposal, in the sagittal plane."""

from dataclasses import dataclass, replace

from engine.gait.records import BodyShape, Gait, Proposal, Rejection, RejectionReason
from engine.roles.adapter import unimpaired
from engine.stages import Enforcer
from engine.tools.prediction.moco_settings import PredictionSettings
from engine.tools.prediction.planar_model import PlanarBody, planar_body
from engine.tools.prediction.record import as_gait
from engine.tools.prediction.reference import Reference, balanced, is_symmetric, reference
from engine.tools.prediction.solve import PlanarSolution, solve


def feasible_first(proposal: Proposal, shape: BodyShape, enforcer: Enforcer) -> Proposal:
    """The proposal with the cycle that the fast physics made of it; as it was where that was rejected (a few seconds).

    Moco starts from what it tracks, and from feet that neither slide nor sink it converges far better.
    """
    accepted = enforcer.enforce(proposal, shape)
    return replace(proposal, cycle=accepted.cycle, contact=accepted.contact) if isinstance(accepted, Gait) else proposal


@dataclass(frozen=True)
class Prediction:
    """A planar body, what it tracked, and the solution that was found."""

    body: PlanarBody
    target: Reference
    solution: PlanarSolution


def predict(proposal: Proposal, shape: BodyShape, settings: PredictionSettings | None = None) -> Gait | Rejection:
    """The gait of the body that the proposal's parameters describe, tracking the proposal's cycle (tens of seconds).

    A body whose sides are alike is given their mean, solved over half a cycle and walks symmetrically, whatever the proposal does.
    The stride time is the proposal's; speed is free unless the settings fix it. Muscles act alone: there are no reserves. Where the
    solver gives up, it starts again from the solution of the same person without the impairments.
    """
    settings = settings or PredictionSettings()
    found = plane(proposal, shape, settings)
    spent = found.solution.cpu_s
    if not found.solution.converged:
        sound = replace(proposal, parameters=unimpaired(proposal.subject, proposal.parameters))
        easier = plane(sound, shape, settings, symmetric=found.target.symmetric).solution
        found = plane(proposal, shape, settings, start=easier)
        spent += easier.cpu_s + found.solution.cpu_s
    return judged(proposal, shape, replace(found, solution=replace(found.solution, cpu_s=spent)))


def plane(
    proposal: Proposal,
    shape: BodyShape,
    settings: PredictionSettings,
    *,
    start: PlanarSolution | None = None,
    symmetric: bool | None = None,
) -> Prediction:
    """One solve; ``symmetric`` is told by the parameters if left out."""
    symmetric = is_symmetric(proposal.parameters) if symmetric is None else symmetric
    parameters = balanced(proposal.parameters) if symmetric else proposal.parameters
    body = planar_body(proposal.subject, shape, parameters)
    target = reference(proposal.cycle, body, symmetric=symmetric)
    return Prediction(body, target, solve(body, target, settings, start))


def judged(proposal: Proposal, shape: BodyShape, found: Prediction) -> Gait | Rejection:
    """The record of a solution, or the reason why it is none."""
    if not found.solution.converged:
        detail = f"Moco stopped after {found.solution.iterations} iterations: {found.solution.status}"
        return Rejection(proposal.subject, RejectionReason.DIVERGED, None, detail)
    return as_gait(proposal, shape, found.body, found.solution)
