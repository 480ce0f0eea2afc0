"""One person in one frame, as each JSON dialect writes it."""

from typing import Any, NamedTuple

import numpy as np

from downstream.recordings.formats.keypoint_skeletons import joint_named, skeleton_of
from engine.core.arrays import Array
from engine.core.errors import DataError


class Person(NamedTuple):
    """``points (J, 3 or 4)`` and the file's own name of the person, None where it gives none."""

    points: Array
    name: str | None


def triples(person: dict[str, Any], key: str) -> Array:
    """``x1, y1, c1, x2, …`` as ``(J, 3)``.

    Raises:
        DataError: the numbers are no threes.
    """
    numbers = np.array([np.nan if value is None else value for value in person[key]], dtype=float)
    if numbers.ndim != 1 or not len(numbers) or len(numbers) % 3:
        raise DataError(f"{key}: {numbers.size} numbers, expected three for each joint: x, y, score")
    return numbers.reshape(-1, 3)


def openpose_person(person: dict[str, Any]) -> Person:
    """Of ``people`` (OpenPose) or ``bodies`` (AlphaPose's cmu form). OpenPose gives -1 to people it does not track."""
    key = "pose_keypoints_2d" if "pose_keypoints_2d" in person else "joints"
    name = np.ravel(person.get("person_id", [-1]))[0]
    return Person(triples(person, key), None if name == -1 else str(name))


def coco_person(person: dict[str, Any]) -> Person:
    """Of a list of COCO results or annotations; AlphaPose adds its track as ``idx``."""
    name = next((person[key] for key in ("idx", "track_id") if key in person), None)
    return Person(triples(person, "keypoints"), None if name is None else str(np.ravel(name)[0]))


def mmpose_person(person: dict[str, Any]) -> Person:
    """Of MMPose's ``instances``: joints as pairs or triples, their scores apart."""
    places = np.array(person["keypoints"], dtype=float)
    places = places[0] if places.ndim == 3 and len(places) == 1 else places
    scores = np.array(person.get("keypoint_scores", np.ones(places.shape[0])), dtype=float).reshape(-1, 1)
    if places.ndim != 2 or places.shape[1] not in (2, 3) or len(scores) != len(places):
        raise DataError(
            f"keypoints: shape {places.shape} and {len(scores)} scores, expected (joints, 2) or (joints, 3)"
        )
    name = person.get("track_id", person.get("instance_id"))
    return Person(np.column_stack([places, scores]), None if name is None else str(name))


def named_joints(names: Any, count: int, dimensions: int) -> tuple[str, ...]:
    """The skeleton that a file spells out, as a list or as ``{"0": "nose", …}``; the one of ``count`` joints where it does not."""
    if isinstance(names, dict):
        names = [names[key] for key in sorted(names, key=int)]
    if not names or len(names) != count:
        return skeleton_of(count, dimensions)
    return tuple(joint_named(str(name)) for name in names)
