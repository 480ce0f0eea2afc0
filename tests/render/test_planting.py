"""Planted feet: soles lie on the floor and stay where they are while they bear load, and little else changes."""

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.records import Events
from render.body.footwear import sole_thickness_m
from render.body.leg import leg_line, move_ankle
from render.body.placement import pose_walk, stands_shod
from render.body.planting import FADE_S, Standing
from render.body.posing import Pose
from render.body.smplx_joints import JOINT
from render.body.tread import soles_of
from render.film.take import BodyWalk, on_soles

FPS, STRIDE_S, STANCE = 30.0, 1.2, 0.62
TIMES = np.arange(0, 3 * STRIDE_S, 1 / FPS)
FEET = (("right", 0), ("left", 1))
STRIKES = {"right": 0.1, "left": 0.6}
"""When feet strike, in strides."""
_BONES = (("hip", "knee"), ("knee", "ankle"))
SINCE_STRIKE = {side: (TIMES / STRIDE_S - shift) % 1 for side, shift in STRIKES.items()}


@pytest.fixture(scope="module")
def rest(model, body):
    return model.shaped(body.betas)


def marching(body) -> np.ndarray:
    """Steps on the spot with bent knees and level feet, a foot in the air for a third of the time. Hips and ankles sway a little, so
    that standing feet slide and tilt."""
    q = np.zeros((len(TIMES), len(COORDINATES)))
    sway = np.radians(0.4) * np.sin(2 * np.pi * TIMES / 0.7)
    for side, _ in FEET:
        since = SINCE_STRIKE[side]
        lift = np.radians(25) * np.sin(np.pi * np.clip((since - STANCE) / (1 - STANCE), 0, 1)) ** 2
        for name, angle in (("hip_flexion", lift + sway), ("knee_angle", 2 * lift), ("ankle_angle", lift - 2 * sway)):
            bent = np.radians(24 if name == "knee_angle" else 12)
            q[:, COORDINATE_INDEX[f"{name}_{side[0]}"]] = bent + angle
    q[:, COORDINATE_INDEX["pelvis_ty"]] = body.lengths_m["hip_height"]
    return q


@pytest.fixture(scope="module")
def loose(model, body):
    return pose_walk(model, body, marching(body))


@pytest.fixture(scope="module")
def standing() -> Standing:
    return Standing(np.stack([SINCE_STRIKE[side] < STANCE for side, _ in FEET], axis=1), FPS)


@pytest.fixture(scope="module", params=[True, False], ids=["shod", "bare"])
def planted(request, model, body, rest, standing):
    """A planted walk and the soles that it stands on."""
    pose = pose_walk(model, body, marching(body), standing, shod=request.param)
    return pose, soles_of(model, *rest, shod=request.param)


def _whole_stances(standing, foot):
    edges = np.flatnonzero(np.diff(standing.feet[:, foot].astype(int)))
    starts = [k + 1 for k in edges if standing.feet[k + 1, foot]]
    return [(a, min(k for k in edges if k >= a)) for a in starts if (edges >= a).any()]


def test_feet_stand_from_strike_to_toe_off():
    strides = np.arange(3)
    events = Events(
        heel_strikes=tuple(STRIDE_S * (strides + shift) for shift in STRIKES.values()),
        toe_offs=tuple(STRIDE_S * (strides + (shift + STANCE) % 1) for shift in STRIKES.values()),
    )
    standing = Standing.during(events, TIMES + 1e-6, FPS)
    for side, k in FEET:
        np.testing.assert_array_equal(standing.feet[:, k], (SINCE_STRIKE[side] + 1e-6 / STRIDE_S) % 1 < STANCE)


def test_standing_soles_touch_the_floor(planted, rest, standing):
    pose, soles = planted
    transforms = pose.transforms(rest[1])
    for _, k in FEET:
        height = soles[k].path(transforms)[..., 1].min(axis=1)
        assert np.abs(height[standing.feet[:, k]]).max() < 5e-3
        assert height.min() > -5e-3, "nothing sinks into the floor"


def test_standing_soles_do_not_slide(planted, rest, standing):
    """The point of the sole that touches the floor from one frame to the next does not move along it."""
    pose, soles = planted
    transforms = pose.transforms(rest[1])
    for _, k in FEET:
        path = soles[k].path(transforms)
        for first, last in _whole_stances(standing, k):
            own = path[first : last + 1]
            lowest = (own[1:, :, 1] + own[:-1, :, 1]).argmin(axis=1)
            steps = np.diff(own[..., ::2], axis=0)[np.arange(len(lowest)), lowest]
            assert np.linalg.norm(steps.sum(axis=0)) < 0.010


def test_only_hips_and_knees_are_turned(planted, loose):
    pose, _ = planted
    turned = [name for name, k in JOINT.items() if np.abs(pose.rotations[:, k] - loose.rotations[:, k]).max() > 1e-9]
    assert set(turned) == {"left_hip", "right_hip", "left_knee", "right_knee"}
    np.testing.assert_allclose(pose.pelvis[:, ::2], loose.pelvis[:, ::2], atol=0.002)


def test_swing_is_left_alone(planted, loose, standing):
    """Further from a stance than it fades, knees are bent as they were; so they are nearly where they were."""
    pose, _ = planted
    for side, k in FEET:
        knee, hip = JOINT[f"{side}_knee"], JOINT[f"{side}_hip"]
        stood = np.flatnonzero(standing.feet[:, k])
        far = np.abs(np.arange(len(pose))[:, None] - stood).min(axis=1) > FADE_S * FPS

        def bent(one, hip=hip, knee=knee, far=far):
            relative = np.swapaxes(one.rotations[far, hip], -1, -2) @ one.rotations[far, knee]
            return np.degrees(np.arccos(np.clip((np.trace(relative, axis1=1, axis2=2) - 1) / 2, -1, 1)))

        assert far.any()
        assert np.abs(bent(pose) - bent(loose)).max() < 2.0


def test_the_pelvis_does_not_jolt(model, body, loose, standing):
    pose = pose_walk(model, body, marching(body), standing)
    added = np.diff((pose.pelvis - loose.pelvis)[:, 1], n=2) * FPS**2
    assert np.abs(added).max() < 6.0


def test_a_knee_bends_as_fast_as_its_leg_says(loose, rest):
    joints, rotations = loose.joints(rest[1]), loose.rotations.copy()
    line, gain = leg_line(joints, "right")
    move_ankle(rotations, joints, "right", -1e-4 * line)
    again = Pose(rotations, loose.pelvis).joints(rest[1])

    def bent(at):
        upper, lower = (np.diff(at[:, [JOINT[f"right_{a}"], JOINT[f"right_{b}"]]], axis=1)[:, 0] for a, b in _BONES)
        cosine = (upper * lower).sum(1) / np.linalg.norm(upper, axis=1) / np.linalg.norm(lower, axis=1)
        return np.arccos(cosine)

    np.testing.assert_allclose(bent(again) - bent(joints), 1e-4 / gain, rtol=0.01)


def test_an_ankle_goes_where_it_is_moved(loose, rest):
    joints, rotations = loose.joints(rest[1]), loose.rotations.copy()
    moved = np.random.default_rng(4).normal(0, 0.004, (len(loose), 3))
    move_ankle(rotations, joints, "left", moved)
    again = Pose(rotations, loose.pelvis).joints(rest[1])
    off = again[:, JOINT["left_ankle"]] - joints[:, JOINT["left_ankle"]] - moved
    np.testing.assert_allclose(off, 0, atol=1e-9)
    np.testing.assert_allclose(
        np.linalg.norm(again[:, JOINT["left_knee"]] - again[:, JOINT["left_hip"]], axis=1),
        np.linalg.norm(joints[:, JOINT["left_knee"]] - joints[:, JOINT["left_hip"]], axis=1),
    )


def test_shoes_raise_the_body_by_their_soles(model, body, subject, loose, rest):
    walk, stature_m = BodyWalk(subject, model, body, loose, FPS), np.ptp(rest[0][:, 1])
    assert stands_shod(model, body, loose)
    bare = on_soles(walk, stature_m, shod=False)
    assert not stands_shod(model, body, bare.pose)
    sunk = (loose.pelvis - bare.pose.pelvis)[:, 1]
    np.testing.assert_allclose(sunk, sole_thickness_m(stature_m), atol=1e-9)
    np.testing.assert_allclose(on_soles(bare, stature_m, shod=True).pose.pelvis, loose.pelvis, atol=1e-12)
    assert on_soles(walk, stature_m, shod=True) is walk


def test_a_single_picture_is_no_motion(model, body):
    standing = Standing(np.ones((1, 2), bool), FPS)
    posed, planted = (pose_walk(model, body, marching(body)[:1], when) for when in (None, standing))
    np.testing.assert_array_equal(posed.rotations, planted.rotations)
