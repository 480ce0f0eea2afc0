"""Motions of AMASS and SMPL-X files (``.npz``) as coordinates of the physics: the inverse of `render.body.retarget`."""

from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.recording import Recording
from engine.gait.records import BodyShape
from engine.tools.motion_files.bone_aims import Aim, Anchor, Place, follow
from engine.tools.motion_files.heading import PELVIS_ANGLES
from engine.walk.bone_motion import skeleton
from render.body.locate import body_file
from render.body.model import load_body_model
from render.body.posing import Pose
from render.body.retarget import rest_to_neutral
from render.body.smplx_joints import BODY_SIDES, JOINT, PARENTS
from render.core.axes import RENDER_FROM_PHYSICS

BODY_JOINTS = 22
"""Joints of the body without hands and face, which SMPL-H and SMPL-X share and number alike."""

_Z_UP = Rotation.from_euler("x", -90, degrees=True)
"""What takes AMASS's world (Z up) to one with Y up."""
_SEXES = ("female", "male")
_LONG, _ACROSS = 1.0, 0.5
"""Weights of a bone's direction and of its turn about itself."""
_LIMBS = (
    ("hip", "knee", "femur", "tibia"),
    ("knee", "ankle", "tibia", "talus"),
    ("shoulder", "elbow", "humerus", "ulna"),
    ("elbow", "wrist", "ulna", "hand"),
)
_TURNED = (("hip", "femur"), ("knee", "tibia"), ("shoulder", "humerus"), ("wrist", "hand"))
_WHOLE = (("ankle", "calcn"), ("foot", "toes"))


@frozen
class _Poses:
    """A file's body: ``pose`` in a world with Y up, rest joints ``(55, 3)``, frame rate."""

    pose: Pose
    rest: Array
    rate_hz: float
    notes: tuple[str, ...]


class SmplxMotionReader:
    """Reads SMPL-X and SMPL-H motions (role ``motion``)."""

    def read(self, path: Path, body: BodyShape) -> Recording:
        """The motion on the bones of ``body``. Its world may have Y or Z up: the axis along which the pelvis stands.

        Raises:
            DataError: the file is no motion in AMASS's form.
        """
        poses = _read(path)
        time = np.arange(len(poses.pose)) / poses.rate_hz
        return Recording(str(path), time, to_coordinates(poses.pose, poses.rest, body), poses.notes)


def to_coordinates(pose: Pose, rest: Array, body: BodyShape) -> Array:
    """Coordinates ``(n, 31)`` of the physics for a posed body with rest joints ``rest (55, 3)``."""
    neutral, world = rest_to_neutral(rest), pose.rotations
    bones = {"pelvis": _bone(world[:, JOINT["pelvis"]]), "torso": _bone(world[:, JOINT["spine3"]])}
    for side, _ in BODY_SIDES:
        for joint, name in (*_TURNED, *_WHOLE):
            k = f"{side}_{joint}"
            bones[f"{name}_{side[0]}"] = _bone(world[:, JOINT[k]] @ neutral[k].T)
    aims = [_axis_aim(name, bones[name], axis, _LONG) for name in ("pelvis", "torso") for axis in range(3)]
    for side, _ in BODY_SIDES:
        aims += [_limb_aim(pose, rest, side, *limb) for limb in _LIMBS]
        aims += [_axis_aim(f"{name}_{side[0]}", bones[f"{name}_{side[0]}"], 2, _ACROSS) for _, name in _TURNED]
        aims += [
            _axis_aim(f"{name}_{side[0]}", bones[f"{name}_{side[0]}"], i, _ACROSS) for _, name in _WHOLE for i in (0, 1)
        ]
    hips = pose.joints(rest)[:, [JOINT["left_hip"], JOINT["right_hip"]]].mean(axis=1) @ RENDER_FROM_PHYSICS
    start = np.zeros((len(pose), len(COORDINATES)))
    start[:, PELVIS_ANGLES] = Rotation.from_matrix(bones["pelvis"]).as_euler("ZXY")
    start[:, [COORDINATE_INDEX[f"pelvis_t{axis}"] for axis in "xyz"]] = hips
    return follow(skeleton(body), aims, Anchor((Place("femur_l"), Place("femur_r")), hips), start)


def _bone(rotation: Array) -> Array:
    """Rotations of the render world as ones of the physics."""
    return RENDER_FROM_PHYSICS.T @ rotation @ RENDER_FROM_PHYSICS


def _axis_aim(body: str, rotation: Array, axis: int, weight: float) -> Aim:
    tip = (float(axis == 0), float(axis == 1), float(axis == 2))
    return Aim(Place(body), Place(body, tip), rotation[:, :, axis], weight)


def _limb_aim(pose: Pose, rest: Array, side: str, start: str, end: str, upper: str, lower: str) -> Aim:
    """The line between two joint centres, which retargeting keeps exactly."""
    k = JOINT[f"{side}_{start}"]
    bone = pose.rotations[:, k] @ (rest[JOINT[f"{side}_{end}"]] - rest[k]) @ RENDER_FROM_PHYSICS
    direction = bone / np.linalg.norm(bone, axis=1, keepdims=True)
    return Aim(Place(f"{upper}_{side[0]}"), Place(f"{lower}_{side[0]}"), direction, _LONG)


def _read(path: Path) -> _Poses:
    try:
        with np.load(path, allow_pickle=False) as data:
            poses = np.asarray(data["poses"], float).reshape(len(data["poses"]), -1)
            trans = np.asarray(data["trans"], float)
            rate_name = next(name for name in ("mocap_frame_rate", "mocap_framerate") if name in data)
            rate = float(data[rate_name])
            betas = np.asarray(data["betas"], float) if "betas" in data else np.zeros(0)
            gender = _gender(data["gender"]) if "gender" in data else "neutral"
    except (OSError, ValueError, KeyError, StopIteration, TypeError, BadZipFile) as error:
        reason = f"{type(error).__name__}: {error}"
        raise DataError(f"{path}: no motion with poses, trans, mocap_frame_rate in AMASS's form ({reason})") from error
    if poses.shape[1] < 3 * BODY_JOINTS or trans.shape != (len(poses), 3) or not rate > 0:
        raise DataError(
            f"{path}: poses {poses.shape}, trans {trans.shape}, rate {rate}; expected (n, {3 * BODY_JOINTS} or more), (n, 3) and a "
            "positive rate"
        )
    if not (np.isfinite(poses).all() and np.isfinite(trans).all()):
        raise DataError(f"{path}: poses or trans hold numbers that are not finite")
    rest, notes = _rest_joints(betas, gender)
    full = np.zeros((len(poses), 3 * len(PARENTS)))
    full[:, : 3 * BODY_JOINTS] = poses[:, : 3 * BODY_JOINTS]
    return _Poses(_with_y_up(Pose.from_axis_angles(full, trans, rest)), rest, rate, notes)


def _gender(told: np.ndarray) -> str:
    """A word, which some files hold as bytes."""
    word = told.item()
    return (word.decode() if isinstance(word, bytes) else str(word)).strip().lower()


def _rest_joints(betas: Array, gender: str) -> tuple[Array, tuple[str, ...]]:
    """Rest joints of the file's own shape where its body is at hand; else of the mean body."""
    sex = gender if gender in _SEXES else "female"
    model = load_body_model(body_file(sex))
    if betas.shape == (model.betas,) and gender == model.gender:
        return model.shaped(betas)[1], ()
    note = (
        f"shape of {betas.size} coefficients of a {gender} body not used: the body at hand is {model.gender} and takes {model.betas}; "
        "rest pose of its mean"
    )
    return model.shaped(np.zeros(model.betas))[1], (note,)


def _with_y_up(pose: Pose) -> Pose:
    """The same motion in a world with Y up."""
    up = pose.rotations[:, 0, :, 1].mean(axis=0)
    if up[1] >= up[2]:
        return pose
    turn = _Z_UP.as_matrix()
    return Pose(turn @ pose.rotations, pose.pelvis @ turn.T)
