"""Looks for a person in pictures with MediaPipe Pose. Runs in an environment that has `mediapipe==0.10.21` (its model is in the wheel):

``python detector.py FOLDER`` reads ``images (F, H, W, 3)`` of each ``FOLDER/*.npz`` and writes ``*.found.npy (F, 17, 2)``: pixels of the
keypoints in COCO's order, NaN where no person was found. Every picture is judged by itself.
"""

import sys
from pathlib import Path

import mediapipe
import numpy as np

COCO_IN_MEDIAPIPE = (0, 2, 5, 7, 8, 11, 12, 13, 14, 15, 16, 23, 24, 25, 26, 27, 28)
"""Which of MediaPipe's 33 landmarks are COCO's 17 keypoints."""
FULL_MODEL = 1


def find(images: np.ndarray, detector: "mediapipe.solutions.pose.Pose") -> np.ndarray:
    height, width = images.shape[1:3]
    found = np.full((len(images), 17, 2), np.nan)
    for k, image in enumerate(images):
        landmarks = detector.process(image).pose_landmarks
        if landmarks is not None:
            points = np.array([[mark.x * width, mark.y * height] for mark in landmarks.landmark])
            found[k] = points[list(COCO_IN_MEDIAPIPE)] - 0.5
    return found


def main(folder: Path) -> None:
    with mediapipe.solutions.pose.Pose(static_image_mode=True, model_complexity=FULL_MODEL) as detector:
        for path in sorted(folder.glob("*.npz")):
            with np.load(path) as data:
                np.save(path.with_suffix(".found.npy"), find(data["images"], detector))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
