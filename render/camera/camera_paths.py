"""Where a camera is in every frame: it stands, turns after the walker, or moves along; on a tripod or in hands.

A path is fitted like a static camera and then moved back until the person stays in every picture, with lens, lag and shake as they are.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.errors import SpecError
from engine.core.frozen import frozen
from render.camera.camera import Camera, View, fit_camera, make_intrinsics
from render.camera.camera_motion import draw_shake, trail
from render.camera.lens import distort

_ATTEMPTS = 80
_STEP_BACK = (1.01, 1.3)
_TOLERANCE = 1e-6
_LOWEST_M = 0.15
"""No camera is nearer to the floor."""
_FLATTER = 0.75


@frozen
class _Course:
    """``position (F, 3)`` and world-to-camera ``rotation (F, 3, 3)``."""

    position: Array
    rotation: Array


def camera_path(name: str, view: View, points: Array, rng: np.random.Generator) -> tuple[Camera, ...]:
    """One camera per frame that keeps ``points (F, P, 3)``, the person's outline, in the picture. A camera that does not move is the
    same object in every frame. Shake is drawn from ``rng``.

    Raises:
        SpecError: no distance suits, because hands shake further than the view is wide.
    """
    shake = _shaken(view, len(points), rng)
    corners = _outermost(points)
    retreat = 1.0
    for _ in range(_ATTEMPTS):
        course = _COURSES[view.motion](view, points, retreat)
        if shake is not None:
            course = _add(course, shake)
        if course.position[:, 1].min() < _LOWEST_M and view.elevation < 0:
            view = replace(view, elevation=_FLATTER * view.elevation if view.elevation < -1e-3 else 0.0)
            continue
        excess = _excess(course, corners, view)
        if excess <= 1 + _TOLERANCE:
            return _cameras(name, view, course)
        retreat *= float(np.clip(excess, *_STEP_BACK))
    raise SpecError(
        f"camera {name}: the person does not stay in its picture; widen its field of view or let it shake less"
    )


def _outermost(points: Array) -> Array:
    """In every frame the points that lie furthest out in 13 directions and against them: ``(F, 26, 3)``."""
    grid = np.stack(np.meshgrid(*[[-1, 0, 1]] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    along = points @ (grid[14:] / np.linalg.norm(grid[14:], axis=1, keepdims=True)).T
    chosen = np.concatenate([along.argmax(axis=1), along.argmin(axis=1)], axis=1)
    return np.take_along_axis(points, chosen[..., None], axis=1)


def _excess(course: _Course, points: Array, view: View) -> float:
    """How much too near the course is: above 1 if a point leaves the picture less its margin, or comes nearer than is allowed."""
    seen = np.einsum("fij,fpj->fpi", course.rotation, points - course.position[:, None])
    depth = seen[..., 2]
    if depth.min() <= 0:
        return np.inf
    flat = distort(seen[..., :2] / depth[..., None], view.distortion)
    half = np.tan(0.5 * view.field_of_view) * np.array([1.0, view.size[1] / view.size[0]])
    reach = (np.abs(flat) / half).max()
    return float(max(reach / (1 - view.margin), view.least_distance / depth.min()))


def _static(view: View, points: Array, retreat: float) -> _Course:
    camera = _moved_back(fit_camera("", view, view.size, points.reshape(-1, 3)), points, retreat)
    frames = len(points)
    return _Course(np.tile(camera.position, (frames, 1)), np.tile(camera.rotation, (frames, 1, 1)))


def _follow(view: View, points: Array, retreat: float) -> _Course:
    """Moves along at the walker's side: a static camera in axes that trail the walker."""
    base = trail(_centres(points), view.fps, view.agility_hz, view.damping)
    base[:, 1] = 0.0
    beside = points - base[:, None]
    camera = _moved_back(fit_camera("", view, view.size, beside.reshape(-1, 3)), beside, retreat)
    return _Course(camera.position + base, np.tile(camera.rotation, (len(points), 1, 1)))


def _pan(view: View, points: Array, retreat: float) -> _Course:
    """Stands off the middle of the walk and turns after the walker."""
    centres = _centres(points)
    centres[:, 1] = 0.5 * (points[..., 1].min() + points[..., 1].max())
    position = 0.5 * (centres.min(axis=0) + centres.max(axis=0)) + retreat * view.least_distance * view.backward
    aims = trail(centres, view.fps, view.agility_hz, view.damping)
    return _Course(np.tile(position, (len(points), 1)), view.rotation_along(aims - position))


_COURSES: dict[str, Callable[[View, Array, float], _Course]] = {"static": _static, "pan": _pan, "follow": _follow}


def _centres(points: Array) -> Array:
    """Middle of the person's box ``(F, 3)``."""
    return 0.5 * (points.min(axis=1) + points.max(axis=1))


def _moved_back(camera: Camera, points: Array, retreat: float) -> Camera:
    if retreat == 1.0:
        return camera
    distance = camera.in_camera(points)[..., 2].mean()
    return replace(camera, translation=camera.translation + np.array([0.0, 0.0, (retreat - 1) * distance]))


def _shaken(view: View, frames: int, rng: np.random.Generator) -> Array | None:
    if view.shake == 0:
        return None
    return draw_shake(view.shake, rng, on_foot=view.motion == "follow").at(np.arange(frames) / view.fps)


def _add(course: _Course, shake: Array) -> _Course:
    """The course with angles and shifts ``(F, 6)`` about the camera's own axes."""
    turned = Rotation.from_rotvec(shake[:, :3]).as_matrix() @ course.rotation
    shifted = course.position + np.einsum("fji,fj->fi", course.rotation, shake[:, 3:])
    return _Course(shifted, turned)


def _cameras(name: str, view: View, course: _Course) -> tuple[Camera, ...]:
    frames = len(course.position)
    camera = Camera(
        name=name,
        intrinsics=make_intrinsics(view.field_of_view, view.size),
        rotation=course.rotation[0],
        translation=-course.rotation[0] @ course.position[0],
        size=view.size,
        distortion=view.distortion,
        line_s=view.readout_s / view.size[1],
    )
    if frames == 1 or (np.ptp(course.position, axis=0).max() == 0 and np.ptp(course.rotation, axis=0).max() == 0):
        return (camera,) * frames
    travel = np.gradient(course.position, 1 / view.fps, axis=0)
    turning = _turning(course.rotation, view.fps)
    return tuple(
        replace(camera, rotation=r, translation=-r @ p, travel=v, turning=w)
        for p, r, v, w in zip(course.position, course.rotation, travel, turning, strict=True)
    )


def _turning(rotations: Array, fps: float) -> Array:
    """How fast cameras turn, rad/s in world axes ``(F, 3)``, from their world-to-camera ``rotations (F, 3, 3)``."""
    poses = Rotation.from_matrix(np.swapaxes(rotations, 1, 2))
    between = (poses[1:] * poses[:-1].inv()).as_rotvec() * fps
    return np.concatenate([between[:1], 0.5 * (between[1:] + between[:-1]), between[-1:]])
