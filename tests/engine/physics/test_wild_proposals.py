"""Whatever is proposed, there comes a gait within all limits or a rejection with a reason; never a crash, never a wrong label."""

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from norm_gait import ADULT, NORMAL, VARIABILITY, norm_cycle

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GRAVITY_MPS2
from engine.gait.cycle import COEFFICIENTS, HARMONICS, GaitCycle
from engine.gait.records import BodyShape, ContactPhases, Gait, Proposal, Rejection, RejectionReason, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.physics.verdict import verdict
from engine.roles.enforcer import OpenSimEnforcer

CONTACT = ContactPhases(0.62, 0.5, 0.12)
HEIGHT = COORDINATE_INDEX["pelvis_ty"]
QUIET = {
    "deadline": None,
    "derandomize": True,
    "suppress_health_check": list(HealthCheck),
    "phases": (Phase.explicit, Phase.generate),
}
"""An example takes seconds: failures are shown as they were drawn, not made smaller."""

SHAPE = anthropometric_body(ADULT.age_years, ADULT.sex, ADULT.height_m)
NORM = norm_cycle(ADULT, SHAPE, 1.25)


def judge(subject, cycle, shape):
    """What the stage says, checked from outside."""
    result = OpenSimEnforcer().enforce(Proposal(subject, NORMAL, cycle, CONTACT, VARIABILITY), shape)
    assert isinstance(result, Gait | Rejection)
    if isinstance(result, Rejection):
        assert result.reason in RejectionReason
        return result
    assert verdict(result.figures, 0.0, subject) is None
    force, weight = result.dynamics.force, subject.mass_kg * GRAVITY_MPS2
    assert np.isfinite(result.cycle.coefficients).all()
    assert (force[:, :, 1] >= -1e-6).all()
    assert force[:, :, 1].sum(axis=1).mean() == pytest.approx(weight, rel=0.02)
    assert ((result.dynamics.activations >= 0) & (result.dynamics.activations <= 1)).all()
    return result


def reversed_in_time(cycle):
    """The same poses backwards, still going forward."""
    coefficients = cycle.coefficients.copy()
    coefficients[HARMONICS + 1 :] *= -1
    return GaitCycle(coefficients, cycle.speed_mps, cycle.duration_s)


def shaken(cycle, size, seed):
    """Random harmonics on every coordinate."""
    noise = np.random.default_rng(seed).normal(0, size, cycle.coefficients.shape)
    return GaitCycle(cycle.coefficients + noise, cycle.speed_mps, cycle.duration_s)


def moved(cycle, name, angle):
    coefficients = cycle.coefficients.copy()
    coefficients[0, COORDINATE_INDEX[name]] += angle
    return GaitCycle(coefficients, cycle.speed_mps, cycle.duration_s)


def paced(speed, duration):
    return GaitCycle(NORM.coefficients, speed, duration)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none_never_reach_the_stage(bad):
    coefficients = NORM.coefficients.copy()
    coefficients[3, 9] = bad
    with pytest.raises(ValueError, match="finite"):
        GaitCycle(coefficients, 1.25, 1.1)
    for speed, duration in ((bad, 1.1), (1.25, bad), (-0.5, 1.1), (1.25, 0.0), (1.25, -1.0)):
        with pytest.raises(ValueError, match=r"positive|finite"):
            GaitCycle(NORM.coefficients, speed, duration)


KNOWN = {
    "no speed": paced(0.0, 1.1),
    "feet under the floor": moved(NORM, "pelvis_ty", -0.6),
    "in the sky": moved(NORM, "pelvis_ty", 50.0),
    "reversed": reversed_in_time(NORM),
    "nothing moves": GaitCycle(np.zeros((COEFFICIENTS, len(COORDINATES))), 1.25, 1.1),
    "huge numbers": GaitCycle(np.full((COEFFICIENTS, len(COORDINATES)), 1e6), 1.25, 1.1),
    "upside down": moved(NORM, "pelvis_list", np.pi),
    "an instant": paced(1.25, 1e-3),
    "an age": paced(0.01, 1e3),
    "a bullet": paced(1e3, 1.1),
}


REPAIRABLE = ("feet under the floor", "in the sky", "reversed")
"""Put on the floor, the first two are a norm gait; the poses of walking backwards are near enough to those of walking."""


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_absurd_motions(name):
    result = judge(ADULT, KNOWN[name], SHAPE)
    if name not in REPAIRABLE:
        assert isinstance(result, Rejection), result


@pytest.mark.parametrize("name", ["feet under the floor", "reversed", "huge numbers"])
def test_some_absurd_motions(name):
    judge(ADULT, KNOWN[name], SHAPE)


motions = st.one_of(
    st.builds(shaken, st.just(NORM), st.floats(1e-4, 3.0), st.integers(0, 10_000)),
    st.builds(moved, st.just(NORM), st.sampled_from(COORDINATES), st.floats(-4.0, 4.0)),
    st.builds(paced, st.floats(0.0, 5.0), st.floats(0.05, 20.0)),
    st.builds(
        lambda cycle, size, seed: reversed_in_time(shaken(cycle, size, seed)),
        st.just(NORM),
        st.floats(0, 0.3),
        st.integers(0, 99),
    ),
)


@st.composite
def bodies(draw):
    """Anybody whom the records allow, in any combination, with segments stretched and shrunk."""
    age, height, mass = draw(st.floats(2, 100)), draw(st.floats(0.7, 2.3)), draw(st.floats(7, 250))
    sex = draw(st.sampled_from(["female", "male"]))
    shape = anthropometric_body(age, sex, height)
    lengths = {name: length * draw(st.floats(0.6, 1.6)) for name, length in shape.lengths_m.items()}
    return Subject("anybody", age, sex, height, mass), BodyShape(shape.betas, lengths)


@settings(max_examples=3, **QUIET)
@given(cycle=motions)
def test_wild_motions(cycle):
    judge(ADULT, cycle, SHAPE)


@pytest.mark.slow
@settings(max_examples=20, **QUIET)
@given(cycle=motions)
def test_many_wild_motions(cycle):
    judge(ADULT, cycle, SHAPE)


@pytest.mark.slow
@settings(max_examples=20, **QUIET)
@given(person=bodies(), cycle=motions)
def test_wild_motions_of_absurd_bodies(person, cycle):
    judge(person[0], cycle, person[1])
