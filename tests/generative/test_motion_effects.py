"""The kinds of motion effect do what the cards' schema says."""

import numpy as np
import pytest
from made_people import make_gaits
from numpy.testing import assert_allclose

from engine.core.conventions import COORDINATE_INDEX
from engine.gait.cycle import basis, phase_grid
from engine.people.card_effects import MotionEffect
from generative.sources.motion_effects import apply_motion_effects

GRID = phase_grid(200)


@pytest.fixture(scope="module")
def gaits():
    return make_gaits([30, 50, 70])[2]


def curves(coefficients, name):
    return np.rad2deg(basis(GRID) @ coefficients[..., COORDINATE_INDEX[name]].T).T


def change(gaits, effect, severity=1.0, *, bilateral=False):
    degree = np.full(len(gaits), severity)
    return apply_motion_effects(gaits.coefficients, gaits.contact[:, 1], (effect,), degree, bilateral=bilateral)[0]


def effect(coordinate, kind, amount, **more):
    return MotionEffect(coordinate=coordinate, kind=kind, amount=amount, source="assumption", **more)


KINDS = (
    effect("knee_angle", "offset", 5),
    effect("arm_flex", "scale", 0.4),
    effect("ankle_angle", "bump", -8, phase=0.8, width=0.1),
    effect("knee_angle", "flatten", 0.6, phase=0.72, width=0.1),
    effect("knee_angle", "minimum", 30),
    effect("pelvis_list", "bump", -5, phase=0.75, width=0.1),
)


@pytest.mark.parametrize("one", KINDS, ids=lambda e: f"{e.coordinate}-{e.kind}")
def test_no_severity_no_change(gaits, one):
    assert_allclose(change(gaits, one, 0.0), gaits.coefficients, atol=1e-9)


@pytest.mark.parametrize("one", KINDS, ids=lambda e: f"{e.coordinate}-{e.kind}")
def test_only_the_named_coordinate_changes(gaits, one):
    moved = np.abs(change(gaits, one) - gaits.coefficients).max(axis=(0, 1)) > 1e-9
    names = {name for name, index in COORDINATE_INDEX.items() if moved[index]}
    assert names
    assert all(name.startswith(one.coordinate) for name in names)


def test_offset_and_scale(gaits):
    shifted = change(gaits, KINDS[0])
    assert_allclose(curves(shifted, "knee_angle_l") - curves(gaits.coefficients, "knee_angle_l"), 5.0)
    scaled = change(gaits, KINDS[1])
    before, after = curves(gaits.coefficients, "arm_flex_r"), curves(scaled, "arm_flex_r")
    assert_allclose(np.ptp(after, axis=1), 0.4 * np.ptp(before, axis=1))
    assert_allclose(after.mean(axis=1), before.mean(axis=1), atol=1e-9)


def test_bump_peaks_at_its_phase_of_each_legs_own_cycle(gaits):
    one = effect("ankle_angle", "bump", -8, phase=0.8, width=0.1)
    for side, strike in (("r", np.zeros(3)), ("l", gaits.contact[:, 1])):
        added = curves(change(gaits, one), f"ankle_angle_{side}") - curves(gaits.coefficients, f"ankle_angle_{side}")
        assert_allclose(added.min(axis=1), -8, atol=0.3)
        distance = (GRID[added.argmin(axis=1)] - 0.8 - strike + 0.5) % 1 - 0.5
        assert (np.abs(distance) < 0.01).all()


def test_flatten_lowers_the_peak_and_minimum_lifts_the_valley(gaits):
    before = curves(gaits.coefficients, "knee_angle_r")
    assert (curves(change(gaits, KINDS[3]), "knee_angle_r").max(axis=1) < before.max(axis=1) - 5).all()
    lifted = curves(change(gaits, KINDS[4]), "knee_angle_r")
    assert_allclose(lifted.min(axis=1), 30, atol=0.5)
    assert_allclose(lifted.max(axis=1), before.max(axis=1), atol=0.5)


@pytest.mark.parametrize(("where", "right", "left"), [("affected", 4, 0), ("unaffected", 0, 4), ("both", 4, 4)])
def test_where_on_a_person_with_a_right_affected_side(gaits, where, right, left):
    moved = change(gaits, effect("hip_flexion", "offset", 4, where=where)) - gaits.coefficients
    assert_allclose(np.rad2deg(moved[:, 0, COORDINATE_INDEX["hip_flexion_r"]]), right)
    assert_allclose(np.rad2deg(moved[:, 0, COORDINATE_INDEX["hip_flexion_l"]]), left)


def test_where_affected_means_both_on_a_person_affected_on_both_sides(gaits):
    affected = change(gaits, effect("hip_flexion", "offset", 4, where="affected"), bilateral=True)
    both = change(gaits, effect("hip_flexion", "offset", 4), bilateral=True)
    assert_allclose(affected, both)


def test_midline_effects_on_both_sides_keep_the_gait_symmetric(gaits):
    one = effect("pelvis_list", "bump", -5, phase=0.75, width=0.1)
    added = change(gaits, one, bilateral=True) - gaits.coefficients
    curve = curves(added, "pelvis_list")
    at_right = [np.interp(0.75, GRID, c) for c in curve]
    at_left = [np.interp((0.75 + s) % 1, GRID, c) for c, s in zip(curve, gaits.contact[:, 1], strict=True)]
    assert_allclose(at_right, -np.array(at_left), atol=0.1)
    assert_allclose(change(gaits, effect("pelvis_list", "offset", 5), bilateral=True), gaits.coefficients)
    leaning = change(gaits, effect("lumbar_extension", "offset", -5), bilateral=True) - gaits.coefficients
    assert_allclose(np.rad2deg(leaning[:, 0, COORDINATE_INDEX["lumbar_extension"]]), -5)


def test_half_the_expression_is_half_the_change(gaits):
    one = (effect("knee_angle", "offset", 10),)
    half, _ = apply_motion_effects(
        gaits.coefficients, gaits.contact[:, 1], one, np.ones(3), bilateral=False, expression=np.full((3, 1, 2), 0.5)
    )
    assert_allclose(np.rad2deg((half - gaits.coefficients)[:, 0, COORDINATE_INDEX["knee_angle_r"]]), 5)


def test_each_leg_may_show_an_effect_as_strongly_as_it_does(gaits):
    """A midline effect is shown by the mean of both."""
    both = (effect("knee_angle", "offset", 10), effect("pelvis_tilt", "offset", 10))
    told = np.tile([0.5, 1.5], (3, 2, 1))
    shown, _ = apply_motion_effects(
        gaits.coefficients, gaits.contact[:, 1], both, np.ones(3), bilateral=True, expression=told
    )
    change = np.rad2deg(shown - gaits.coefficients)[:, 0]
    for name, degrees in (("knee_angle_r", 5), ("knee_angle_l", 15), ("pelvis_tilt", 10)):
        assert_allclose(change[:, COORDINATE_INDEX[name]], degrees)


@pytest.mark.parametrize("one", KINDS, ids=lambda e: f"{e.coordinate}-{e.kind}")
def test_what_a_gait_shows_already_is_not_added_again(gaits, one):
    """Half of an effect by itself, then the whole as a target, is the whole; all of it stays as it is."""

    def rest(shown):
        return apply_motion_effects(
            shown, gaits.contact[:, 1], (one,), np.ones(3), bilateral=False, reference=gaits.coefficients
        )[0]

    whole, half = change(gaits, one), change(gaits, one, 0.5)
    name = one.coordinate + ("" if one.coordinate in COORDINATE_INDEX else "_r")
    # Degrees: lifting a minimum and flattening are not linear in their amount.
    tolerance = 2.5 if one.kind in ("minimum", "flatten") else 0.01
    assert_allclose(curves(rest(whole), name), curves(whole, name), atol=0.1 if one.kind == "flatten" else 1e-6)
    assert_allclose(curves(rest(half), name), curves(whole, name), atol=tolerance)


def test_a_gait_that_shows_more_stays(gaits):
    more = change(gaits, effect("knee_angle", "offset", 12))
    stays, _ = apply_motion_effects(
        more,
        gaits.contact[:, 1],
        (effect("knee_angle", "offset", 5),),
        np.ones(3),
        bilateral=False,
        reference=gaits.coefficients,
    )
    assert_allclose(stays, more)
