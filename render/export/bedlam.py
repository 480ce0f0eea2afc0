"""Annotations as BEDLAM's for SMPL-X: one ``<split>.npz``, one row per frame, and the frames as pictures.

Form: Black et al. 2023, CVPR; github.com/pixelite1201/BEDLAM, ``data_processing/ReadMe.md`` section 3 and ``df_full_body.py`` (what is in
which axes). BEDLAM's world has y down and no yaw of the camera, so z is the horizontal direction in which the camera looks; here its
origin is that of our world, on the floor. ``pose_cam``, ``trans_cam`` are turned into the camera's axes but not moved: a point is seen at
``cam_int (x + cam_ext[:3, 3])``. Pixels count from the upper left corner. ``center`` and ``scale`` (in 200 pixels, and a fifth more) are
those of the box around the first 22 joints in the picture; frames with fewer than 8 of them, or with a point behind the camera, are left
out. ``gender`` is the subject's, ``m`` or ``f`` as its readers ask; bodies are those of the file that filmed. ``proj_verts`` (437 points on
SMPL-X's own mesh) and ``motion_info`` are not there; ``shape`` holds as many coefficients as the body takes.

A lens that distorts and a rolling shutter have no place in the form: ``gtkps`` tells where points are in the picture all the same.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Array, Index, Mask
from engine.core.errors import DataError
from engine.core.files import replace_file
from render.body.locate import body_file
from render.body.posing import Pose
from render.camera.camera import UP, Camera
from render.export.amass import turn_world
from render.export.frames import extract_frames, frame_name
from render.export.smplx_points import FaceLandmarks, read_face_landmarks, smplx_points
from render.export.sources import FilmedWalk, View, every_nth, pose_seen
from render.film.refilm import read_body_walk
from render.film.take import BodyWalk
from render.labels.camera_labels import CameraLabels, project_path
from render.labels.label_files import read_labels

_BOX_JOINTS, _FEWEST_JOINTS = 22, 8
_BOX_UNIT_PX, _BOX_GROWTH = 200.0, 1.2
_CORNER = 0.5
"""From the middle of the first pixel to its upper left corner."""
Rows = dict[str, NDArray]


def export_bedlam(
    walks: Sequence[FilmedWalk], output: Path, *, every: int, images: bool, on_view: Callable[[], None]
) -> list[Path]:
    """Writes ``<split>.npz`` and with ``images`` every ``every``-th frame of each video below ``png/`` (BEDLAM's name of that folder); then
    views without a video are left out. Returns the ``.npz`` files.

    Raises:
        DataError: a file cannot be read; pictures are asked for and there is no video; nobody is well inside any picture.
    """
    splits: dict[str, list[Rows]] = defaultdict(list)
    for walk in walks:
        recorded = read_body_walk(walk.folder)
        face = read_face_landmarks(body_file(recorded.subject.sex))
        for view in walk.views:
            if view.video or not images:
                rows, frames = _rows(walk, view, recorded, face, every)
                splits[walk.split].append(rows)
                if view.video and images and len(frames):
                    extract_frames(view.video, frames, output / "png" / _sequence(walk, view))
            on_view()
    if not any(len(rows["imgname"]) for parts in splits.values() for rows in parts):
        raise DataError(
            f"{walks[0].folder}: no frame to export; without videos use --no-images, and the person must be in the picture"
        )
    return [_write(output / f"{name}.npz", parts) for name, parts in splits.items()]


def _sequence(walk: FilmedWalk, view: View) -> str:
    return f"{walk.subject_id}_{walk.walk_id}_{view.camera}"


def _rows(walk: FilmedWalk, view: View, recorded: BodyWalk, face: FaceLandmarks, every: int) -> tuple[Rows, Index]:
    """A view's rows, and the frames that they are of."""
    labels = read_labels(view.labels)
    pose = pose_seen(recorded, walk, labels)
    points = smplx_points(recorded.model, recorded.body.betas, pose, face)
    pixels, depths = project_path(labels.cameras, points, labels.fps)
    pixels = pixels + _CORNER
    ahead: Mask = np.all(depths > 0, axis=1)
    tried = {k: _box(pixels[k, :_BOX_JOINTS], labels.size) for k in every_nth(len(labels), every).tolist() if ahead[k]}
    boxes = {k: box for k, box in tried.items() if box is not None}
    frames = np.array(list(boxes), int)
    rows = _bodies(recorded, pose, labels, frames)
    names = [f"{_sequence(walk, view)}/{frame_name(k)}" for k in frames.tolist()]
    return rows | {
        "imgname": np.array(names, dtype=np.str_),
        "center": np.array([middle for middle, _ in boxes.values()]).reshape(-1, 2),
        "scale": np.array([scale for _, scale in boxes.values()]),
        "gtkps": np.concatenate([pixels[frames], np.ones((len(frames), points.shape[1], 1))], axis=-1),
        "sub": np.array([walk.subject_id] * len(frames), dtype=np.str_),
    }, frames


def _box(joints: Array, size: tuple[int, int]) -> tuple[Array, float] | None:
    """Middle (2,) and scale of the box around joints ``(22, 2)`` in the picture; None where there are too few."""
    inside = joints[((joints >= 0) & (joints <= size)).all(axis=1)]
    if len(inside) < _FEWEST_JOINTS:
        return None
    low, high = inside.min(axis=0), inside.max(axis=0)
    return 0.5 * (low + high), float((high - low).max() / _BOX_UNIT_PX * _BOX_GROWTH)


def _bodies(recorded: BodyWalk, seen: Pose, labels: CameraLabels, frames: Index) -> Rows:
    """Poses in the world and in the camera's axes, shape, and the camera, in the frames."""
    root = recorded.model.shaped(recorded.body.betas)[1][0]
    pose = Pose(seen.rotations[frames], seen.pelvis[frames])
    cameras = [labels.cameras[k] for k in frames]
    levels = np.array([level_world(camera) for camera in cameras]).reshape(-1, 3, 3)
    turns = np.array([camera.rotation for camera in cameras]).reshape(-1, 3, 3)
    world, turned = turn_world(pose, levels), turn_world(pose, turns)
    extrinsics = np.tile(np.eye(4), (len(frames), 1, 1))
    extrinsics[:, :3, :3] = turns @ np.swapaxes(levels, 1, 2)
    extrinsics[:, :3, 3] = np.array([camera.translation for camera in cameras]).reshape(-1, 3)
    return {
        "pose_cam": turned.axis_angles(),
        "pose_world": world.axis_angles(),
        "trans_cam": turned.pelvis - root,
        "trans_world": world.pelvis - root,
        "shape": np.tile(recorded.body.betas, (len(frames), 1)),
        "cam_ext": extrinsics,
        "cam_int": np.tile(_corner_intrinsics(labels), (len(frames), 1, 1)),
        "gender": np.array([recorded.subject.sex[0]] * len(frames), dtype=np.str_),
    }


def level_world(camera: Camera) -> Array:
    """Rotation ``(3, 3)`` from our world to one with y down whose z is the horizontal direction in which the camera looks."""
    ahead = camera.rotation[2] - (camera.rotation[2] @ UP) * UP
    ahead /= np.linalg.norm(ahead)
    return np.stack([np.cross(-UP, ahead), -UP, ahead])


def _corner_intrinsics(labels: CameraLabels) -> Array:
    intrinsics = labels.cameras[0].intrinsics.copy()
    intrinsics[:2, 2] += _CORNER
    return intrinsics


def _write(path: Path, parts: list[Rows]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    most = max(rows["shape"].shape[1] for rows in parts)
    for rows in parts:
        rows["shape"] = np.pad(rows["shape"], ((0, 0), (0, most - rows["shape"].shape[1])))
    joined: dict[str, Any] = {name: np.concatenate([rows[name] for rows in parts]) for name in parts[0]}
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **joined)
    return path
