"""The predictive tier: a body walks by Moco, near a proposal, in the sagittal plane."""

from engine.prediction.planar_model import planar_body
from engine.prediction.record import as_gait
from engine.prediction.reference import balanced, is_symmetric, reference
from engine.prediction.settings import PredictionSettings
from engine.prediction.solve import solve
from engine.records import BodyShape, Gait, Proposal, Rejection, RejectionReason


def predict(proposal: Proposal, shape: BodyShape, settings: PredictionSettings | None = None) -> Gait | Rejection:
    """The gait of the body that the proposal's parameters describe, tracking the proposal's cycle (tens of seconds).

    A body whose sides are alike is given their mean, solved over half a cycle and walks symmetrically, whatever the proposal does.
    The stride time is the proposal's; speed is free unless the settings fix it. Muscles act alone: there are no reserves.
    """
    settings = settings or PredictionSettings()
    symmetric = is_symmetric(proposal.parameters)
    parameters = balanced(proposal.parameters) if symmetric else proposal.parameters
    body = planar_body(proposal.subject, shape, parameters)
    target = reference(proposal.cycle, body, symmetric=symmetric)
    solution = solve(body, target, settings)
    if not solution.converged:
        detail = f"Moco stopped after {solution.iterations} iterations: {solution.status}"
        return Rejection(proposal.subject, RejectionReason.DIVERGED, None, detail)
    return as_gait(proposal, shape, body, solution)
