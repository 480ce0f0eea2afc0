"""Looks for a person in pictures with MediaPipe Pose. Runs in an environment that has `mediapipe==0.10.21` (its model is in the wheel):

``python detector.py FOLDER`` reads every picture ``(H, W, 3)`` in each ``FOLDER/NNNN.npz`` and writes ``NNNN.found.npz`` with, for each,
``(17, 2)`` pixels of the keypoints in COCO's order, NaN where no person was found; where the file has a ``box (4,)`` (left, top, right,
bottom), also ``…_crop``, found in the square around it. Every picture is judged by itself; files that are there are kept.
"""

import os
import sys
from pathlib import Path

import mediapipe
import numpy as np

COCO_IN_MEDIAPIPE = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""Which of MediaPipe's 33 landmarks are COCO's 17 keypoints."""
FULL_MODEL = 1
PADDED = 1.5
"""Side of the square over the longer side of the box."""


def find(image: np.ndarray, detector: "mediapipe.solutions.pose.Pose") -> np.ndarray:
    """Pixels ``(17, 2)``; (0, 0) is the middle of the first."""
    landmarks = detector.process(image).pose_landmarks
    if landmarks is None:
        return np.full((17, 2), np.nan)
    points = np.array([[mark.x, mark.y] for mark in landmarks.landmark])
    return points[list(COCO_IN_MEDIAPIPE)] * [image.shape[1], image.shape[0]] - 0.5


def find_in_square(image: np.ndarray, box: np.ndarray, detector: "mediapipe.solutions.pose.Pose") -> np.ndarray:
    """As `find`, in the square around ``box`` (cut at the picture's edge); pixels of the whole picture."""
    middle, half = 0.5 * (box[:2] + box[2:]), 0.5 * PADDED * max(box[2:] - box[:2])
    left, top = np.maximum(np.floor(middle - half), 0).astype(int)
    right, bottom = np.ceil(middle + half).astype(int) + 1
    found = find(np.ascontiguousarray(image[top:bottom, left:right]), detector)
    return found + np.array([left, top])


def main(folder: Path) -> None:
    with mediapipe.solutions.pose.Pose(static_image_mode=True, model_complexity=FULL_MODEL) as detector:
        for path in sorted(folder.glob("[0-9]*[0-9].npz")):
            target = path.with_suffix(".found.npz")
            if target.exists():
                continue
            with np.load(path) as data:
                images = {name: data[name] for name in data.files if data[name].ndim == 3}
                found = {name: find(image, detector) for name, image in images.items()}
                if "box" in data:
                    found |= {f"{k}_crop": find_in_square(image, data["box"], detector) for k, image in images.items()}
            unfinished = path.with_suffix(".unfinished.npz")
            np.savez(unfinished, **found)
            os.replace(unfinished, target)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
