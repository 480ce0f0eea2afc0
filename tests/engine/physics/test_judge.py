"""A proposal judged as it is."""

from dataclasses import replace

from norm_gait import ADULT, norm_proposal

from engine.gait.records import Gait, Rejection, RejectionReason


def test_what_has_been_repaired_is_feasible_as_it_is(enforcer, gait):
    repaired = replace(gait.proposal, cycle=gait.cycle, contact=gait.contact)
    result = enforcer.judge(repaired, gait.body).result
    assert isinstance(result, Gait)
    assert result.figures.motion_change_deg < 1e-6
    assert result.figures.residual_force_peak_pct < 1.5 * gait.figures.residual_force_peak_pct + 0.5


def test_published_angles_alone_are_not(enforcer):
    proposal, body = norm_proposal(ADULT)
    result = enforcer.judge(proposal, body).result
    assert isinstance(result, Rejection)
    assert result.reason is not RejectionReason.IMPLAUSIBLE
    assert isinstance(enforcer.enforce(proposal, body), Gait)


def test_what_is_no_walk_is_refused_by_name(enforcer):
    proposal, body = norm_proposal(ADULT)
    frozen = replace(proposal.cycle, coefficients=0 * proposal.cycle.coefficients)
    result = enforcer.judge(replace(proposal, cycle=frozen), body).result
    assert isinstance(result, Rejection)
    assert result.reason in (RejectionReason.IMPLAUSIBLE, RejectionReason.DIVERGED)
