"""Garments on bodies of all sizes: what they hide, and that legs stay inside them while walking."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.records import Subject
from render.body.placement import pose_walk
from render.body.posing import skin
from render.body.shape import SmplxBodyMaker
from render.figure.anatomy import Anatomy
from render.figure.garments.skirts import SkirtCut, make_skirt
from render.figure.garments.tops import TopCut, make_top
from render.figure.garments.trousers import TrouserCut, make_trousers
from render.figure.garments.tube import Fall
from render.figure.mesh import vertex_normals

NOTHING = np.zeros((0, 3))
SHIRT = TopCut(0.7, 0.0075, 0.12, Fall(0.035, 0.0075, -0.02, 0.002), 0.015, "none", "closed")
COAT = TopCut(2.0, 0.016, 0.08, Fall(0.16, 0.016, 0.1, 0.003), 0.02, "shirt", "buttons")
DRESS = TopCut(0.6, 0.0075, 0.3, Fall(0.22, 0.0075, 0.2, 0.01), 0.015, "none", "closed")
SUBJECTS = {
    "toddler": Subject("toddler", 3, "female", 0.96, 14.7),
    "adult": Subject("adult", 30, "male", 1.78, 73.0),
    "obese": Subject("obese", 45, "female", 1.65, 109.0),
}
_TOUCH_M, _BESIDE = 0.002, 0.02
"""Penetration that no picture shows; a point belongs to the nearest cloth when it lies this near its normal, share of stature."""


@pytest.fixture(scope="module", params=list(SUBJECTS))
def dressed(request, model):
    subject = SUBJECTS[request.param]
    body = SmplxBodyMaker().make(subject)
    person = Anatomy.of(model, body)
    garments = {
        name: make_top(person, cut, NOTHING, np.random.default_rng(0))
        for name, cut in (("shirt", SHIRT), ("coat", COAT), ("dress", DRESS))
    }
    garments["skirt"] = make_skirt(person, SkirtCut(Fall(0.22, 0.01, 0.15, 0.008)), np.random.default_rng(0))
    garments["trousers"] = make_trousers(person, TrouserCut(2.0, 0.007, 0.06), 0.035, np.random.default_rng(0))
    return request.param, body, person, garments


def _strides(hip: float, knee: float, wide: float = 0.0, bent: float = 0.0) -> np.ndarray:
    """Coordinates at contact, mid-stance and mid-swing of a stride: degrees of swing at hip and knee, of abduction and of crouch."""
    q = np.zeros((3, len(COORDINATES)))
    for side, sign in (("r", 1.0), ("l", -1.0)):
        q[:, COORDINATE_INDEX[f"hip_flexion_{side}"]] = np.radians(bent + 4 + sign * hip * np.array([1.0, 0.1, -0.8]))
        lifted = np.array([0, 0, 1.0]) if side == "r" else np.array([0, 1.0, 0])
        q[:, COORDINATE_INDEX[f"knee_angle_{side}"]] = np.radians(1.3 * bent + 6 + (knee - 6) * lifted)
        q[:, COORDINATE_INDEX[f"hip_adduction_{side}"]] = -np.radians(wide)
        q[:, COORDINATE_INDEX[f"arm_add_{side}"]] = -np.radians(35)
    return q


def _outside(model, body, person, garment, q) -> np.ndarray:
    """Share of the legs above the hem that lies outside the cloth, per pose, and depth in statures: ``(n, 2)``."""
    sheet = garment.sheet
    trunk = person.arms < 0.2
    hip, hem = person.joint("left_hip")[1], sheet.vertices[sheet.loops()[0], 1].max()
    legs = trunk & (person.vertices[:, 1] < hip) & (person.vertices[:, 1] > hem)
    transforms = pose_walk(model, body, q).transforms(person.joints)
    arms = np.flatnonzero(person.weights[person.arms > 0.9].max(axis=0) > 0.5)
    hanging = sheet.weights[:, arms].sum(axis=1) < 0.1
    result = []
    for cloth, skin_points in zip(
        skin(sheet.vertices, sheet.weights, transforms),
        skin(person.vertices[legs], person.weights[legs], transforms),
        strict=True,
    ):
        normals = vertex_normals(cloth, sheet.faces)[hanging]
        cloth = cloth[hanging]
        _, near = cKDTree(cloth).query(skin_points)
        away = skin_points - cloth[near]
        height = (away * normals[near]).sum(axis=1)
        beside = np.linalg.norm(away - height[:, None] * normals[near], axis=1) < _BESIDE * person.stature
        out = beside & (height > _TOUCH_M)
        result.append((out.mean(), height[out].max(initial=0) / person.stature))
    return np.array(result)


@pytest.mark.parametrize("name", ["shirt", "coat", "dress", "skirt"])
def test_legs_stay_inside_while_walking(model, dressed, name):
    who, body, person, garments = dressed
    if (who, name) == ("obese", "skirt"):
        pytest.skip(
            "hips that bulge below the waistband of a skirt: not within this bound yet, see docs/render_internals.md"
        )
    share = _outside(model, body, person, garments[name], _strides(22, 60))[:, 0]
    assert share.max() < 0.03


def test_legs_stay_inside_in_wide_steps(model, dressed):
    _, body, person, garments = dressed
    assert _outside(model, body, person, garments["dress"], _strides(15, 50, wide=14))[:, 0].max() < 0.03


def test_a_crouch_breaks_through_only_in_part(model, dressed):
    """Hips bent by 40 and knees by 58 degrees throughout: thighs may push into the cloth, not out of it altogether."""
    _, body, person, garments = dressed
    assert _outside(model, body, person, garments["dress"], _strides(18, 75, bent=40))[:, 0].max() < 0.25


def test_a_tube_is_one_piece_with_what_it_hangs_from(dressed):
    garments = dressed[3]
    openings = {"shirt": 4, "coat": 5, "dress": 4, "skirt": 2, "trousers": 3}
    for name, garment in garments.items():
        sheet = garment.sheet
        assert len(sheet.loops()) == openings[name], name
        np.testing.assert_allclose(sheet.weights.sum(axis=1), 1.0, atol=1e-9)
        assert np.isfinite(sheet.vertices).all()
        assert sheet.faces.max() < len(sheet.vertices)


def test_hems_hang_where_they_are_cut(dressed):
    _, _, person, garments = dressed
    hip = person.joint("left_hip")[1]
    for name, hem in (("shirt", 0.035), ("coat", 0.16), ("dress", 0.22), ("skirt", 0.22)):
        sheet = garments[name].sheet
        np.testing.assert_allclose(sheet.vertices[sheet.loops()[0], 1], hip - hem * person.stature, atol=1e-6)


def test_cloth_goes_over_from_leg_to_leg_in_the_middle(dressed):
    """Left of the left leg's axis a skirt follows that leg alone, on the midline both alike."""
    _, _, person, garments = dressed
    sheet = garments["dress"].sheet
    low = sheet.vertices[:, 1] < person.joint("left_hip")[1] - 0.12 * person.stature
    left, right = (
        sheet.weights[:, [1 if side == "left" else 2, 4 if side == "left" else 5]].sum(axis=1)
        for side in ("left", "right")
    )
    outer = low & (sheet.vertices[:, 0] > person.joint("left_hip")[0] * 1.3)
    assert outer.any()
    assert right[outer].max() < 1e-9
    middle = low & (np.abs(sheet.vertices[:, 0]) < 0.01)
    assert middle.any()
    assert np.abs(left - right)[middle].max() < 0.15


def test_nothing_bare_is_hidden_and_nothing_deep_is_drawn(dressed):
    _, _, person, garments = dressed
    y, hip = person.vertices[:, 1], person.joint("left_hip")[1]
    head = person.head > 0.9
    for name, garment in garments.items():
        assert not garment.covers[head].any(), name
    below_hem = y < hip - 0.23 * person.stature
    assert not garments["dress"].covers[below_hem].any()
    belly = (np.abs(y - person.joint("spine1")[1]) < 0.02 * person.stature) & (person.arms < 0.2)
    assert garments["shirt"].covers[belly].all()
    assert garments["dress"].covers[belly].all()
