"""Laws of putting a gait on its feet."""

from dataclasses import replace

import numpy as np
import pytest
from made_people import make_gaits
from numpy.testing import assert_allclose

from engine.core.conventions import COORDINATE_INDEX
from engine.gait.cycle import basis, phase_grid
from generative.clearance import TOE_CLEARANCE, clear_toes, toe_clearance
from generative.sources.atlas import healthy_atlas
from generative.standing import fit_step_width, fit_stride, fit_sway, ground, observe, slip_per_stance, step_width
from generative.timing import delay_left, move_toe_off, warped_phase

AGES = [4, 9, 30, 30, 75, 80]


@pytest.fixture(scope="module")
def walk():
    return make_gaits(AGES)


def test_grounding_twice_changes_nothing(walk):
    _, legs, gaits = walk
    again = ground(gaits, legs)
    assert_allclose(ground(again, legs).coefficients, again.coefficients, atol=1e-12)


def test_grounding_forgets_where_the_root_was(walk):
    _, legs, gaits = walk
    moved = gaits.coefficients.copy()
    moved[..., [COORDINATE_INDEX[n] for n in ("pelvis_tx", "pelvis_ty", "pelvis_tz")]] += 0.3
    lost = replace(gaits, coefficients=moved)
    assert_allclose(ground(lost, legs).coefficients, ground(gaits, legs).coefficients, atol=1e-12)


def test_grounded_feet_slip_less_than_on_a_uniformly_moving_root(walk):
    _, legs, gaits = walk
    uniform = gaits.coefficients.copy()
    uniform[:, 1:, COORDINATE_INDEX["pelvis_tx"]] = 0.0
    uniform[:, 1:, COORDINATE_INDEX["pelvis_tz"]] = 0.0
    assert (
        slip_per_stance(gaits, legs).mean(axis=1)
        < slip_per_stance(replace(gaits, coefficients=uniform), legs).mean(axis=1)
    ).all()


def test_stride_and_step_width_are_reached(walk):
    _, legs, gaits = walk
    longer = replace(gaits, duration=gaits.duration * 1.08)
    wanted = longer.speed * longer.duration
    fitted = fit_stride(longer, legs, healthy_atlas().lengthening(longer))
    assert_allclose(observe(fitted, legs).stride, wanted, rtol=0.01)
    wide = ground(fit_step_width(gaits, legs, np.full(len(gaits), 0.2)), legs)
    assert_allclose(step_width(wide, legs), 0.2, atol=0.01)


def test_longer_strides_are_made_by_the_whole_leg(walk):
    _, legs, gaits = walk
    longer = replace(gaits, duration=gaits.duration * 1.1)
    fitted = fit_stride(longer, legs, healthy_atlas().lengthening(longer))
    phase = phase_grid(50)
    for name in ("pelvis_rotation", "hip_flexion_r", "hip_flexion_l", "knee_angle_r", "ankle_angle_l"):
        before, after = (
            np.ptp(basis(phase) @ g.coefficients[..., COORDINATE_INDEX[name]].T, axis=0) for g in (gaits, fitted)
        )
        assert np.mean(after - before) > np.deg2rad(0.5), name
    trunk = [
        g.coefficients[..., [COORDINATE_INDEX[n] for n in ("pelvis_rotation", "lumbar_rotation")]].sum(axis=-1)
        for g in (gaits, fitted)
    ]
    assert_allclose(*trunk, atol=1e-12)


def test_the_pelvis_sways_towards_the_foot_that_stands_as_a_pendulum_does():
    _, legs, gaits = make_gaits(AGES, individual=0.0)
    crooked = gaits.coefficients.copy()
    crooked[:, 1, COORDINATE_INDEX["hip_adduction_r"]] += np.deg2rad(4)
    swayed = ground(fit_sway(ground(replace(gaits, coefficients=crooked), legs), legs), legs)
    phase = phase_grid(100)
    sway = (basis(phase) @ swayed.coefficients[..., COORDINATE_INDEX["pelvis_tz"]].T).T
    assert (sway[:, (phase > 0.15) & (phase < 0.4)].mean(axis=1) > 0).all()
    # From foot to foot without a double support (Hof et al. 2005): half the step width times 1 - 1 / cosh(T / 4).
    reach = step_width(swayed, legs) / 2 * (1 - 1 / np.cosh(swayed.duration / 4))
    assert_allclose(np.ptp(sway, axis=1) / 2, reach, rtol=0.25)


def test_low_toes_are_lifted_and_high_ones_left_alone(walk):
    _, legs, gaits = walk
    dropped = gaits.coefficients.copy()
    dropped[:, 0, COORDINATE_INDEX["ankle_angle_r"]] -= np.deg2rad(15)
    low = ground(replace(gaits, coefficients=dropped), legs)
    assert (toe_clearance(low, legs)[:, 0] < TOE_CLEARANCE).all()
    lifted = clear_toes(low, legs)
    assert (toe_clearance(lifted, legs) > 0.8 * TOE_CLEARANCE).all()
    assert_allclose(clear_toes(gaits, legs, wanted=-1.0).coefficients, gaits.coefficients)


def test_warped_phase_rises_and_moves_toe_off():
    phase = np.linspace(0, 1, 401)
    toe_off, source = np.array([0.60, 0.75]), np.array([0.68, 0.62])
    shown = warped_phase(phase, toe_off, source)
    assert (np.diff(shown, axis=1) > 0).all()
    assert_allclose(shown[:, [0, -1]], [[0, 1]] * 2, atol=1e-12)
    for row in range(2):
        assert_allclose(np.interp(toe_off[row], phase, shown[row]), source[row], atol=1e-3)


def test_toe_off_where_it_is_changes_little(walk):
    _, _, gaits = walk
    assert_allclose(move_toe_off(gaits, gaits.stance).coefficients, gaits.coefficients, atol=1e-9)


def test_delayed_left_side_comes_back(walk):
    _, _, gaits = walk
    delay = np.linspace(-0.04, 0.05, len(gaits))
    later = delay_left(gaits, delay)
    assert_allclose(later.strike[:, 1] - gaits.strike[:, 1], delay, atol=1e-12)
    assert_allclose(later.stance, gaits.stance, atol=1e-12)
    assert_allclose(delay_left(later, -delay).coefficients, gaits.coefficients, atol=1e-12)
