"""Kinematics of the rendered body: equal to `smplx`'s own, and true to the bones of the physics."""

import numpy as np
import pytest
import smplx
import torch
from scipy.spatial.transform import Rotation

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from render.body.bones_in_view import bone_motion
from render.body.locate import body_file
from render.body.placement import SMOOTHING_FRAMES, lowest_sole, place_root, pose_walk
from render.body.posing import Pose, skin
from render.body.retarget import retarget
from render.body.rotations import cross_matrix, rotation_about, rotation_between
from render.body.smplx_joints import JOINT
from render.body.tread import soles_of
from render.core.axes import points_to_render, rotations_to_render
from tests.render.conftest import walking_coordinates

_BONES = (
    ("left_hip", "left_knee", "femur_l", "tibia_l"),
    ("right_knee", "right_ankle", "tibia_r", "talus_r"),
    ("right_shoulder", "right_elbow", "humerus_r", "ulna_r"),
    ("left_elbow", "left_wrist", "ulna_l", "hand_l"),
)


def _random_poses(count: int, seed: int) -> np.ndarray:
    return 0.4 * np.random.default_rng(seed).standard_normal((count, 165))


def test_skinning_equals_smplx(model, body):
    poses, trans = _random_poses(2, 0), np.array([[0.1, 0.2, 0.3], [-1.0, 0.5, 2.0]])
    vertices, rest = model.shaped(body.betas)
    ours = skin(vertices, model.weights, Pose.from_axis_angles(poses, trans, rest).transforms(rest))
    theirs = smplx.create(
        str(body_file("male")),
        model_type="smplx",
        ext="npz",
        gender="neutral",
        num_betas=model.betas,
        use_pca=False,
        flat_hand_mean=True,
        batch_size=2,
    )
    parts = torch.tensor(poses, dtype=torch.float32).split([3, 63, 3, 3, 3, 45, 45], dim=1)
    names = ("global_orient", "body_pose", "jaw_pose", "leye_pose", "reye_pose", "left_hand_pose", "right_hand_pose")
    with torch.no_grad():
        out = theirs(
            betas=torch.tensor(body.betas[None], dtype=torch.float32).expand(2, -1),
            transl=torch.tensor(trans, dtype=torch.float32),
            **dict(zip(names, parts, strict=True)),
        )
    np.testing.assert_allclose(ours, out.vertices.numpy(), atol=2e-5)
    np.testing.assert_allclose(
        Pose.from_axis_angles(poses, trans, rest).joints(rest), out.joints[:, :55].numpy(), atol=2e-4
    )


def test_axis_angles_round_trip(model, body):
    _, rest = model.shaped(body.betas)
    pose = Pose.from_axis_angles(_random_poses(3, 1), np.ones((3, 3)), rest)
    again = Pose.from_axis_angles(pose.axis_angles(), pose.pelvis - rest[0], rest)
    np.testing.assert_allclose(again.rotations, pose.rotations, atol=1e-9)
    np.testing.assert_allclose(again.pelvis, pose.pelvis)


def test_limb_bones_point_as_in_the_physics(walk, model, body):
    q = walk.dynamics.q[::10]
    motion, (_, rest) = bone_motion(body, q), model.shaped(body.betas)
    joints = pose_walk(model, body, q).joints(rest)
    for start, end, upper, lower in _BONES:
        ours = joints[:, JOINT[end]] - joints[:, JOINT[start]]
        theirs = motion.origin[lower] - motion.origin[upper]
        cosine = (ours * theirs).sum(1) / np.linalg.norm(ours, axis=1) / np.linalg.norm(theirs, axis=1)
        assert np.degrees(np.arccos(np.clip(cosine, -1, 1))).max() < 2.0, f"{start} to {end}"


def test_feet_point_as_in_the_physics(walk, model, body):
    """Seen from the heel bone, the foot runs straight forward and is pitched as in the rest pose, its sole parallel to the bone's axis."""
    q = walk.dynamics.q[::10]
    motion, (_, rest) = bone_motion(body, q), model.shaped(body.betas)
    joints = pose_walk(model, body, q).joints(rest)
    for side in ("left", "right"):
        ankle, foot = JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]
        seen = np.einsum("nba,nb->na", motion.rotation[f"calcn_{side[0]}"], joints[:, foot] - joints[:, ankle])
        assert np.abs(np.degrees(np.arctan2(seen[:, 0], seen[:, 2]))).max() < 2.0
        np.testing.assert_allclose(seen[:, 1], rest[foot, 1] - rest[ankle, 1], atol=1e-3)


def test_ankles_and_hips_lie_where_the_physics_has_them(walk, model, body):
    """The standing ankle within 4 mm; the swinging one, whose knee also slides in the physics, and the hips within 12 mm."""
    q = walk.dynamics.q[::10]
    motion, (_, rest) = bone_motion(body, q), model.shaped(body.betas)
    joints = place_root(retarget(motion, rest), rest, motion).joints(rest)

    def apart(joint: str, bone: str) -> np.ndarray:
        return np.linalg.norm(joints[:, JOINT[joint]] - motion.origin[bone], axis=1)

    ankles = np.stack([apart("right_ankle", "talus_r"), apart("left_ankle", "talus_l")], axis=1)
    lower = np.stack([motion.origin["talus_r"][:, 1], motion.origin["talus_l"][:, 1]], axis=1).argmin(axis=1)
    assert ankles[np.arange(len(q)), lower].max() < 0.004
    assert max(ankles.max(), apart("left_hip", "femur_l").max(), apart("right_hip", "femur_r").max()) < 0.012


def test_neutral_pose_stands_with_hanging_arms(model, body):
    vertices, rest = model.shaped(body.betas)
    soles = soles_of(model, vertices, rest, shod=True)
    q = np.zeros((1, len(COORDINATES)))
    pose = pose_walk(model, body, q)
    joints = pose.joints(rest)[0]
    for side, sign in (("left", 1), ("right", -1)):
        assert (
            joints[JOINT[f"{side}_wrist"], 1] < joints[JOINT[f"{side}_elbow"], 1] < joints[JOINT[f"{side}_shoulder"], 1]
        )
        assert joints[JOINT[f"{side}_wrist"], 0] * sign > 0
        assert joints[JOINT[f"{side}_foot"], 2] > joints[JOINT[f"{side}_ankle"], 2]
    assert lowest_sole(soles, rest, pose)[0] == pytest.approx(0.0, abs=1e-6)
    assert joints[JOINT["left_ankle"], 1] == pytest.approx(body.lengths_m["ankle_height"], abs=0.004)


@pytest.mark.parametrize(
    ("coordinate", "moved", "axis", "direction"),
    [
        ("hip_flexion_l", "left_knee", 2, 1),
        ("knee_angle_r", "right_ankle", 2, -1),
        ("ankle_angle_l", "left_foot", 1, 1),
        ("arm_flex_r", "right_elbow", 2, 1),
        ("elbow_flex_l", "left_wrist", 2, 1),
        ("hip_adduction_l", "left_knee", 0, -1),
        ("hip_adduction_r", "right_knee", 0, 1),
        ("lumbar_extension", "head", 2, -1),
        ("pelvis_rotation", "left_hip", 2, -1),
    ],
)
def test_every_coordinate_turns_the_right_way_on_its_own_side(coordinate, moved, axis, direction, model, body):
    _, rest = model.shaped(body.betas)
    q = np.zeros((2, len(COORDINATES)))
    q[1, COORDINATE_INDEX[coordinate]] = np.radians(30)
    joints = retargeted_joints(q, rest, body)
    shift = joints[1] - joints[0]
    assert shift[JOINT[moved], axis] * direction > 0.02
    if moved.startswith(("left_", "right_")) and not coordinate.startswith("pelvis"):
        other = moved.replace("left", "right") if moved.startswith("left") else moved.replace("right", "left")
        assert np.linalg.norm(shift[JOINT[other]]) < 1e-6


def retargeted_joints(q, rest, body):
    rotations = retarget(bone_motion(body, q), rest)
    return Pose(rotations, np.zeros((len(q), 3))).joints(rest)


def test_head_stays_level_when_the_trunk_leans(body, model):
    _, rest = model.shaped(body.betas)
    q = np.zeros((1, len(COORDINATES)))
    q[0, COORDINATE_INDEX["lumbar_extension"]] = np.radians(-30)
    world = retarget(bone_motion(body, q), rest)[0]
    pitch = {
        name: np.degrees(Rotation.from_matrix(world[JOINT[name]]).as_euler("YXZ")[1]) for name in ("spine3", "head")
    }
    assert 25 < pitch["spine3"] < 32
    assert 0.3 * pitch["spine3"] < pitch["head"] < 0.5 * pitch["spine3"]


def test_soles_stay_on_the_floor_without_jolts(body, model):
    q = walking_coordinates(np.arange(0, 2.2, 1 / 30), body)
    vertices, rest = model.shaped(body.betas)
    soles = soles_of(model, vertices, rest, shod=True)
    pose = pose_walk(model, body, q)
    raw = place_root(retarget(bone_motion(body, q), rest), rest, bone_motion(body, q))
    lift = (pose.pelvis - raw.pelvis)[:, 1]
    assert np.abs(np.diff(lift)).max() <= np.abs(np.diff(lowest_sole(soles, rest, raw))).max()
    assert np.abs(lowest_sole(soles, rest, pose).mean()) < 0.002
    assert SMOOTHING_FRAMES > 0


def test_axes_keep_left_left_and_up_up():
    forward, up, right = np.eye(3)
    np.testing.assert_array_equal(points_to_render(np.stack([forward, up, right])), [[0, 0, 1], [0, 1, 0], [-1, 0, 0]])
    turn = rotation_about(1, 0.3)
    np.testing.assert_allclose(points_to_render(turn @ forward), rotations_to_render(turn) @ points_to_render(forward))


def test_rotations():
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((2, 5, 3))
    turn = rotation_between(a, b)
    np.testing.assert_allclose(turn @ np.swapaxes(turn, -1, -2), np.tile(np.eye(3), (5, 1, 1)), atol=1e-12)
    turned = np.einsum("nab,nb->na", turn, a)
    np.testing.assert_allclose(np.cross(turned, b), 0, atol=1e-12)
    np.testing.assert_allclose(cross_matrix(a[0]) @ b[0], np.cross(a[0], b[0]))
    for axis in range(3):
        expected = Rotation.from_rotvec(0.7 * np.eye(3)[axis]).as_matrix()
        np.testing.assert_allclose(rotation_about(axis, 0.7), expected, atol=1e-12)
