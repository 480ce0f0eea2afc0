"""MediaPipe's BlazePose as a pose detector. Its wheels carry the model up to 0.10.21; later ones lack it."""

from pathlib import Path
from typing import Any

import numpy as np

from downstream.recordings.formats.detections import our_joints
from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS, SKELETONS
from downstream.recordings.keypoint_recording import Recording
from downstream.recordings.videos.video_frames import frames, probe
from engine.core.arrays import Array
from engine.core.errors import DataError, MissingDependencyError

INSTALL = (
    "pip install --no-deps mediapipe==0.10.21 && "
    "pip install absl-py attrs flatbuffers 'protobuf>=4.25.3,<5' opencv-python-headless"
)
"""The wheel asks for numpy below 2 but works with the numpy 2 that opensim needs; hence --no-deps. Python 3.11 and 3.12."""


class MediaPipeDetector:
    """Full BlazePose model, tracking from frame to frame."""

    def detect(self, video: Path) -> Recording:
        """Keypoints of the person in the video; frames without a person have confidence 0.

        Raises:
            DataError: the video cannot be read, or nobody is in it.
            MissingDependencyError: MediaPipe is missing or of a version without the model.
        """
        info = probe(video)
        with _pose() as pose:
            points = np.stack(
                [_keypoints(pose.process(frame).pose_landmarks, info.image_size) for frame in frames(video)]
            )
        if not points[..., 2].any():
            raise DataError(f"{video}: MediaPipe finds no person in its {len(points)} frames")
        return Recording(points, info.fps, image_size=(float(info.image_size[0]), float(info.image_size[1])))


def _pose() -> Any:
    try:
        import mediapipe

        return mediapipe.solutions.pose.Pose(model_complexity=1)
    except (ImportError, AttributeError) as error:
        raise MissingDependencyError(
            f"MediaPipe with its pose model is not there ({error}). Install it:\n  {INSTALL}"
        ) from error


def _keypoints(landmarks: Any, image_size: tuple[int, int]) -> Array:
    """``(23, 3)`` of one frame: pixels and visibility; zeros where nobody is found."""
    if landmarks is None:
        return np.zeros((len(KEYPOINTS), 3))
    found = np.array(
        [(p.x * image_size[0], p.y * image_size[1], min(max(p.visibility, 0.0), 1.0)) for p in landmarks.landmark]
    )
    return our_joints(found[None], SKELETONS["mediapipe33"])[0]
