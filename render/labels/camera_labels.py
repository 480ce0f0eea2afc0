"""What is known exactly of every frame of one camera: keypoints, boxes, visibility, the camera itself."""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.frozen import frozen
from render.camera.camera import Camera
from render.labels.keypoint_sets import SetName
from render.labels.track import BodyTrack, velocities

CameraPath = Sequence[Camera]
"""One camera per frame; one that stands still is the same object in each."""


@frozen
class SeenPoints:
    """Points of one set in the picture: ``pixels (F, n, 2)``, ``visible (F, n)``."""

    pixels: Array
    visible: Mask

    @property
    def with_visibility(self) -> Array:
        """Pixels and 1 where visible: ``(F, n, 3)``."""
        return np.concatenate([self.pixels, self.visible[..., None].astype(float)], axis=-1)


@frozen
class CameraLabels:
    """One camera's labels over ``F`` frames.

    The points that are ``seen``, and where they are in the ``world`` (F, n, 3) m, by set; ``bbox (F, 4)`` left, top, right, bottom of the
    body's surface, hidden or not, cut at the picture's edge; ``bbox_visible (F, 4)`` of what is seen, NaN where nothing is, None where no
    mask was taken; the camera of each frame; frames per second; the ``aid`` that the person walks with and the sides of the legs with
    ankle-foot ``orthoses`` (such as ``left right``), each empty if there is none.
    """

    seen: dict[SetName, SeenPoints]
    world: dict[SetName, Array]
    bbox: Array
    cameras: tuple[Camera, ...]
    fps: float
    bbox_visible: Array | None = None
    aid: str = ""
    orthoses: str = ""

    def __len__(self) -> int:
        return len(self.cameras)

    @property
    def keypoints2d(self) -> Array:
        """COCO's keypoints in pixels, and 1 where visible: ``(F, 17, 3)``."""
        return self.seen["coco17"].with_visibility

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        return self.cameras[0].size


def as_path(camera: Camera | CameraPath, frames: int) -> tuple[Camera, ...]:
    """The camera of each frame.

    Raises:
        ValueError: there are not as many cameras as frames.
    """
    path = (camera,) * frames if isinstance(camera, Camera) else tuple(camera)
    if len(path) != frames:
        raise ValueError(f"cameras: {len(path)} for {frames} frames; give one camera, or one for each frame")
    return path


def stands_still(path: CameraPath) -> bool:
    """Whether every frame has the same camera."""
    first = path[0]
    return all(camera is first or _same(camera, first) for camera in path)


def _same(one: Camera, other: Camera) -> bool:
    names = ("intrinsics", "rotation", "translation", "distortion", "travel", "turning")
    return one.line_s == other.line_s and all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in names
    )


def project_path(path: CameraPath, points: Array, fps: float) -> tuple[Array, Array]:
    """Pixels ``(F, n, 2)`` and depths ``(F, n)`` of points ``(F, n, 3)``, each frame through its own camera."""
    speed = velocities(points, fps)
    if stands_still(path):
        return path[0].project(points, speed)
    pairs = [camera.project(*frame) for camera, *frame in zip(path, points, speed, strict=True)]
    return np.stack([pixels for pixels, _ in pairs]), np.stack([depth for _, depth in pairs])


def label_camera(
    track: BodyTrack, camera: Camera | CameraPath, fps: float, visible: Mask | None = None
) -> CameraLabels:
    """Labels of one view. ``visible (F, 17)`` of COCO's keypoints from the drawn depths; whatever is not told is taken as visible where it
    lies inside the picture. `render.labels.labeller.Labeller` tells it of all sets."""
    path = as_path(camera, len(track))
    seen: dict[SetName, SeenPoints] = {name: _inside(path, points, fps) for name, points in track.sets.items()}
    if visible is not None:
        inside = seen["coco17"]
        seen["coco17"] = SeenPoints(inside.pixels, inside.visible & visible)
    return CameraLabels(seen, track.sets, surface_boxes(track, path, fps), path, fps)


def _inside(path: CameraPath, points: Array, fps: float) -> SeenPoints:
    pixels, depth = project_path(path, points, fps)
    return SeenPoints(pixels, path[0].in_frame(pixels, depth))


def surface_boxes(track: BodyTrack, path: CameraPath, fps: float) -> Array:
    """Boxes ``(F, 4)`` around the whole skin, hidden or not, cut at the picture's edge."""
    pixels, _ = project_path(path, track.surface, fps)
    most = np.array(path[0].size) - 0.5
    low, high = (np.clip(edge, -0.5, most) for edge in (pixels.min(axis=1), pixels.max(axis=1)))
    return np.concatenate([low, high], axis=1)
