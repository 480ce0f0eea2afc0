"""Results of pose programs as JSON: a file of all frames, or a folder with one file for each.

OpenPose ``{"people": [{"pose_keypoints_2d": […]}]}`` · AlphaPose and COCO ``[{"image_id": …, "keypoints": […], "score": …}]``, also as COCO
annotations · MMPose ``{"instance_info": [{"frame_id": 1, "instances": [{"keypoints": …, "keypoint_scores": …}]}]}``.
"""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import numpy as np

from downstream.recordings.formats.detections import Detections, frame_numbers
from downstream.recordings.formats.json_people import (
    Person,
    coco_person,
    mmpose_person,
    named_joints,
    openpose_person,
)
from engine.core.errors import DataError

EXPECTED = "results of OpenPose, MMPose, AlphaPose or COCO (docs/estimators.md lists the forms)"


class _Content(NamedTuple):
    """People of each frame, and what the file says of them all."""

    frames: Sequence[tuple[str | int, list[Person]]]
    joints: Any = None
    image_size: tuple[float, float] | None = None


def read_json(path: Path) -> Detections:
    """All people in a JSON file.

    Raises:
        DataError: no JSON, or of none of the known forms.
    """
    return _detections(path, _content(path))


def read_json_folder(path: Path) -> Detections:
    """All people in a folder of JSON files, one for each frame, in the order of the numbers in their names.

    Raises:
        DataError: a file is of none of the known forms.
    """
    files = sorted(path.glob("*.json"), key=_natural)
    if len(files) == 1:
        return read_json(files[0])
    contents = [_content(file) for file in files]
    frames = [
        (file.name, [person for _, people in content.frames for person in people])
        for file, content in zip(files, contents, strict=True)
    ]
    return _detections(path, contents[0]._replace(frames=frames))


def are_frames(files: Sequence[Path]) -> bool:
    """Whether JSON files are the frames of one recording: there are several, and the first shows a single picture.

    Raises:
        DataError: the first is of none of the known forms.
    """
    return len(files) > 1 and len({name for name, _ in _content(files[0]).frames}) <= 1


def _natural(path: Path) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"(\d+)", path.name)]


def _content(path: Path) -> _Content:
    try:
        data = json.loads(path.read_bytes())
        reader = next((read for fits, read in _FORMS if fits(data)), None)
        if reader is None:
            raise DataError(f"holds {_shape(data)}, expected {EXPECTED}")
        return reader(data)
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(f"{path}: not a readable JSON file ({error})") from error
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, DataError) as error:
        raise DataError(f"{path}: {type(error).__name__ if isinstance(error, KeyError) else ''} {error}") from error


def _shape(data: Any) -> str:
    if isinstance(data, dict):
        return f"the keys {', '.join(sorted(map(str, data))[:6]) or 'none'}"
    return f"a list of {len(data)}" if isinstance(data, list) else type(data).__name__


def _openpose(data: dict[str, Any]) -> _Content:
    return _Content([(0, [openpose_person(person) for person in data["people" if "people" in data else "bodies"]])])


def _openpose_frames(data: Any) -> _Content:
    """OpenPose's (or cmu's) frames in a list, or by image name as AlphaPose writes them."""
    frames = data.items() if isinstance(data, dict) else enumerate(data)
    return _Content([(name, _openpose(frame).frames[0][1]) for name, frame in frames])


def _coco_results(data: list[dict[str, Any]]) -> _Content:
    return _Content([(result["image_id"], [coco_person(result)]) for result in data if "keypoints" in result])


def _coco_annotations(data: dict[str, Any]) -> _Content:
    images = {image["id"]: image for image in data["images"]}
    names = {key: str(image.get("file_name", key)) for key, image in images.items()}
    categories = [category for category in data.get("categories", []) if "keypoints" in category]
    folders = sorted({str(PurePath(name).parent) for name in names.values()})
    if len(folders) > 1:
        raise DataError(
            f"holds pictures of {len(folders)} recordings ({', '.join(folders[:3])}, …), expected those of one"
        )
    first = next(iter(images.values()), {})
    size = (float(first["width"]), float(first["height"])) if {"width", "height"} <= first.keys() else None
    return _Content(
        [(names[one["image_id"]], [coco_person(one)]) for one in data["annotations"] if one.get("keypoints")],
        joints=categories[0]["keypoints"] if categories else None,
        image_size=size,
    )


def _mmpose(data: dict[str, Any]) -> _Content:
    return _mmpose_frames(data["instance_info"])._replace(
        joints=data.get("meta_info", {}).get("keypoint_id2name") if isinstance(data.get("meta_info"), dict) else None
    )


def _mmpose_frames(data: list[dict[str, Any]]) -> _Content:
    return _Content([(int(frame["frame_id"]), [mmpose_person(one) for one in frame["instances"]]) for frame in data])


def _mmpose_image(data: list[dict[str, Any]]) -> _Content:
    return _Content([(0, [mmpose_person(person) for person in data])])


def _is_list_with(*keys: str) -> Callable[[Any], bool]:
    def fits(data: Any) -> bool:
        return isinstance(data, list) and bool(data) and isinstance(data[0], dict) and data[0].keys() >= {*keys}

    return fits


def _is_dict_with(*keys: str) -> Callable[[Any], bool]:
    return lambda data: isinstance(data, dict) and data.keys() >= {*keys}


def _holds_frames_by_name(data: Any) -> bool:
    first = next(iter(data.values()), None) if isinstance(data, dict) else None
    return isinstance(first, dict) and bool({"people", "bodies"} & first.keys())


_FORMS: tuple[tuple[Callable[[Any], bool], Callable[[Any], _Content]], ...] = (
    (_is_dict_with("instance_info"), _mmpose),
    (_is_dict_with("annotations", "images"), _coco_annotations),
    (_is_dict_with("people"), _openpose),
    (_is_dict_with("bodies"), _openpose),
    (_holds_frames_by_name, _openpose_frames),
    (_is_list_with("people"), _openpose_frames),
    (_is_list_with("image_id", "keypoints"), _coco_results),
    (_is_list_with("frame_id", "instances"), _mmpose_frames),
    (_is_list_with("keypoints", "keypoint_scores"), _mmpose_image),
)


def _detections(path: Path, content: _Content) -> Detections:
    numbers = frame_numbers([name for name, _ in content.frames])
    found = [(frame, person) for frame, (_, people) in zip(numbers, content.frames, strict=True) for person in people]
    if not found:
        raise DataError(f"{path}: nobody was found in any of its {len(content.frames)} frames")
    shapes = {person.points.shape for _, person in found}
    if len(shapes) > 1:
        raise DataError(f"{path}: people of different skeletons, of {sorted(shape[0] for shape in shapes)} joints")
    joints, columns = shapes.pop()
    names = [person.name for _, person in found]
    try:
        skeleton = named_joints(content.joints, joints, columns - 1)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return Detections(
        points=np.stack([person.points for _, person in found]),
        frame=np.array([frame for frame, _ in found]),
        skeleton=skeleton,
        people=None if None in names else tuple(str(name) for name in names),
        image_size=content.image_size,
    )
