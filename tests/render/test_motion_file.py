"""Poses of the rendered body as coordinates of the physics: the inverse of filming."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.core.errors import DataError
from engine.stages import load_stage
from render.body.motion_file import SmplxMotionReader
from render.body.placement import pose_walk
from render.labels import write_motion
from tests.render.conftest import walking_coordinates

RATE_HZ = 50.0
LENGTHS = [COORDINATE_INDEX[f"pelvis_t{axis}"] for axis in "xyz"]
ANGLES = [i for i in range(len(COORDINATES)) if i not in LENGTHS]


@pytest.fixture(scope="module")
def filmed(model, body, tmp_path_factory):
    """A walk as the filmer writes it, and its coordinates."""
    q = walking_coordinates(np.arange(60) / RATE_HZ, body)
    path = tmp_path_factory.mktemp("motion") / "smplx.npz"
    write_motion(path, pose_walk(model, body, q), model.shaped(body.betas)[1], body.betas, model.gender, RATE_HZ)
    return path, q


def rewritten(path, **changes):
    with np.load(path) as data:
        values = dict(data) | changes
    other = path.with_name("other.npz")
    np.savez(other, **{name: value for name, value in values.items() if value is not None})
    return other


def assert_same_motion(found, q):
    assert np.degrees(np.abs(found.q - q)[:, ANGLES]).max() < 2.0
    assert np.degrees(np.sqrt(np.mean((found.q - q)[:, ANGLES] ** 2))) < 0.5
    np.testing.assert_allclose(
        found.q[:, LENGTHS[0]] - found.q[0, LENGTHS[0]], q[:, LENGTHS[0]] - q[0, LENGTHS[0]], atol=0.01
    )


def test_what_was_filmed_is_read_back(filmed, body):
    path, q = filmed
    found = SmplxMotionReader().read(path, body)
    assert_same_motion(found, q)
    np.testing.assert_allclose(np.diff(found.time), 1 / RATE_HZ)


def test_a_world_with_z_up_and_a_body_without_hands_is_the_same(filmed, model, body):
    """As AMASS has it: 52 joints, Z up."""
    path, q = filmed
    with np.load(path) as data:
        poses, trans = data["poses"], data["trans"]
    turn, pelvis = Rotation.from_euler("x", 90, degrees=True), model.shaped(body.betas)[1][0]
    poses[:, :3] = (turn * Rotation.from_rotvec(poses[:, :3])).as_rotvec()
    trans = turn.apply(trans + pelvis) - pelvis
    rate = {"mocap_framerate": np.array(RATE_HZ), "mocap_frame_rate": None}
    other = rewritten(path, poses=poses[:, :156], trans=trans, **rate)
    assert_same_motion(SmplxMotionReader().read(other, body), q)


def test_a_shape_of_another_body_is_told(filmed, body):
    path, q = filmed
    found = SmplxMotionReader().read(rewritten(path, betas=np.zeros(16)), body)
    assert "16 coefficients" in found.notes[0]
    assert np.degrees(np.sqrt(np.mean((found.q - q)[:, ANGLES] ** 2))) < 3.0


@pytest.mark.parametrize("gender", [np.array("neutral"), np.array(b"neutral"), np.array(["Neutral"])])
def test_a_gender_is_read_however_it_is_written(filmed, body, gender):
    assert SmplxMotionReader().read(rewritten(filmed[0], gender=gender), body).notes == ()


def test_another_gender_than_the_bodys_is_told(filmed, body):
    """The default body is neutral."""
    found = SmplxMotionReader().read(rewritten(filmed[0], gender=np.array(b"male")), body)
    assert "of a male body not used: the body at hand is neutral" in found.notes[0]


@pytest.mark.parametrize(
    "changes",
    [{"poses": None}, {"trans": np.zeros((3, 3))}, {"mocap_frame_rate": np.array(0.0)}, {"poses": np.zeros((60, 30))}],
)
def test_what_is_no_motion_is_refused(filmed, body, changes):
    with pytest.raises(DataError, match=r"other\.npz"):
        SmplxMotionReader().read(rewritten(filmed[0], **changes), body)


def test_numbers_that_are_none_are_refused(filmed, body):
    poses = np.full((60, 165), np.nan)
    with pytest.raises(DataError, match="not finite"):
        SmplxMotionReader().read(rewritten(filmed[0], poses=poses), body)


def test_it_fills_its_role():
    assert isinstance(load_stage("motion", "smplx"), SmplxMotionReader)
