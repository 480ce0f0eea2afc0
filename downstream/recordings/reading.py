"""Any file of keypoints, or a folder of them, as one recording of one person."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from downstream.recordings import sense
from downstream.recordings.formats.csv_file import read_csv
from downstream.recordings.formats.detections import Detections, our_joints
from downstream.recordings.formats.json_files import read_json, read_json_folder
from downstream.recordings.formats.keypoint_skeletons import KEYPOINTS
from downstream.recordings.formats.npz_file import read_npz
from downstream.recordings.formats.trc_file import read_trc_file
from downstream.recordings.frame_times import even_frames, frame_rate, laid_on_grid
from downstream.recordings.keypoint_recording import Recording
from downstream.recordings.people import chosen, people_in
from downstream.recordings.virtual_camera import seen_from_the_side
from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.core.frozen import frozen


def _refuse_h5(path: Path) -> Detections:
    raise DataError(
        f"{path}: .h5 is not read; save DeepLabCut's table as .csv (its analyze_videos_converth5_to_csv does)"
    )


READERS: dict[str, Callable[[Path], Detections]] = {
    ".npz": read_npz,
    ".json": read_json,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".txt": read_csv,
    ".trc": read_trc_file,
    ".h5": _refuse_h5,
}
"""What reads a file of keypoints, by its suffix. A folder holds one JSON file for each frame, or a single file of any kind."""


class Said(NamedTuple):
    """What the user says of a recording. ``fps`` and ``image_size`` (pixels) complete a file that does not tell them; ``capture_fps``, the
    rate of the camera in slow motion, and ``height_m`` win over it. ``person`` is a name in the file, or a number."""

    height_m: float | None = None
    fps: float | None = None
    capture_fps: float | None = None
    image_size: tuple[float, float] | None = None
    person: str | None = None


@frozen
class Reading:
    """A recording, and in plain words what was chosen and put right to get it."""

    recording: Recording
    words: tuple[str, ...]


def is_keypoints(path: Path) -> bool:
    """Whether a file or folder is for `read_recording`, not a video."""
    return path.is_dir() or path.suffix.lower() in READERS


def read_recording(path: Path, said: Said | None = None) -> Reading:
    """The recording in ``path``; see `READERS`.

    Raises:
        DataError: it cannot be read, or makes no sense; names the file and what would be right.
    """
    found = _detections(path)
    try:
        return reading_of(found, said or Said())
    except DataError as error:
        raise DataError(f"{path}: {error}") from error


def checked(recording: Recording, said: Said) -> Reading:
    """A recording that a detector made of a video, checked as a file is, with what the user says.

    Raises:
        DataError: what makes no sense and cannot be put right.
    """
    points = recording.keypoints2d
    found = Detections(
        points=points,
        frame=np.arange(len(points)),
        skeleton=KEYPOINTS[: points.shape[1]],
        fps=recording.fps,
        image_size=recording.image_size,
        height_m=recording.height_m,
        focal_px=recording.focal_px,
    )
    return reading_of(found, said)


def _detections(path: Path) -> Detections:
    if path.is_dir():
        return _folder(path)
    if not path.exists():
        raise DataError(f"{path}: there is no such file")
    return READERS[path.suffix.lower()](path)


def _folder(path: Path) -> Detections:
    files = sorted(file for file in path.iterdir() if file.suffix.lower() in READERS)
    if files and all(file.suffix.lower() == ".json" for file in files):
        return read_json_folder(path)
    if len(files) == 1:
        return _detections(files[0])
    names = ", ".join(file.name for file in files[:6])
    raise DataError(f"{path}: name one of its recordings ({names})" if files else f"{path}: holds no file of keypoints")


def reading_of(found: Detections, said: Said) -> Reading:
    """The recording of one person among detections, checked for sense.

    Raises:
        DataError: what makes no sense and cannot be put right.
    """
    fps = frame_rate(found, said.fps, said.capture_fps)
    image_size = found.image_size or said.image_size
    points, words = _checked(our_joints(found.points, found.skeleton), found.in_space, image_size)
    people = people_in(points, found.frame, found.people)
    person, choice = chosen(people, points, found.frame, said.person)
    place, unevenness = even_frames(found)
    one = laid_on_grid(points[person.rows], place[person.rows] - place[person.rows[0]])
    height_m = said.height_m if said.height_m is not None else found.height_m
    try:
        recording = (
            seen_from_the_side(one, fps, height_m)
            if found.in_space
            else Recording(one, fps, height_m, image_size, found.focal_px)
        )
    except ValueError as error:
        raise DataError(str(error)) from error
    return Reading(recording, tuple(word for word in (*words, choice, unevenness) if word))


def _checked(points: Array, in_space: bool, image_size: tuple[float, float] | None) -> tuple[Array, list[str | None]]:
    in_picture = (lambda points: sense.in_pixels(points, image_size), sense.upright_in_picture)
    checks = (
        sense.scores_from_0_to_1,
        sense.zeros_are_missing,
        *((sense.upright_in_metres,) if in_space else in_picture),
    )
    words = []
    for check in checks:
        points, word = check(points)
        words.append(word)
    return points, words
