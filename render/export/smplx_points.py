"""The 127 points that `smplx` gives for SMPL-X: 55 joints, 21 vertices of face, feet and fingertips, 51 landmarks of the face.

Order as in `smplx.joint_names.JOINT_NAMES`. In the default body all landmarks of the face lie on the tip of the nose.
"""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array, Index
from engine.core.errors import DataError
from engine.core.frozen import frozen
from render.body.model import BodyModel
from render.body.posing import Pose
from render.body.smplx_joints import BODY_SIDES
from render.labels.track import posed_vertices

_VERTICES = (
    *("nose", "reye", "leye", "rear", "lear"),
    *("LBigToe", "LSmallToe", "LHeel", "RBigToe", "RSmallToe", "RHeel"),
    *(f"{side[0]}{finger}" for side, _ in BODY_SIDES for finger in ("thumb", "index", "middle", "ring", "pinky")),
)


@frozen
class FaceLandmarks:
    """Landmarks of the face: ``triangles (51,)`` that they lie in, and their ``weights (51, 3)`` there."""

    triangles: Index
    weights: Array


def read_face_landmarks(path: Path) -> FaceLandmarks:
    """Those of a body file in SMPL-X's format.

    Raises:
        DataError: the file does not hold them.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            return FaceLandmarks(data["lmk_faces_idx"].astype(int), data["lmk_bary_coords"].astype(float))
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: holds no landmarks of the face ({error}); take a whole SMPL-X file") from error


def smplx_points(model: BodyModel, betas: Array, pose: Pose, face: FaceLandmarks) -> Array:
    """The points ``(n, 127, 3)`` m in each pose."""
    corners = model.faces[face.triangles]
    marks = [model.landmarks[name] for name in _VERTICES]
    vertices = posed_vertices(model, betas, pose, [*marks, *corners.ravel().tolist()])
    on_face = vertices[:, len(marks) :].reshape(len(pose), -1, 3, 3)
    landmarks = np.einsum("nlca,lc->nla", on_face, face.weights)
    return np.concatenate([pose.joints(model.shaped(betas)[1]), vertices[:, : len(marks)], landmarks], axis=1)
