"""Frames of a video file, upright, with one clear error for whatever is wrong with it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.stream import VideoStream

from downstream.recordings.cleaning import LEAST_SECONDS
from engine.core.arrays import Labels
from engine.core.errors import DataError

SUFFIXES = frozenset((".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".mpg", ".mpeg", ".mts", ".wmv", ".3gp"))
"""Endings of video files, by which they are known among others in a folder."""

_REMEDY = "record it again, or convert it with `ffmpeg -i IN -c:v libx264 OUT.mp4`"


@dataclass(frozen=True)
class VideoInfo:
    """Mean frame rate and (width, height) in pixels as the viewer sees the picture."""

    fps: float
    image_size: tuple[int, int]


def probe(path: Path) -> VideoInfo:
    """Opens the video and decodes its first frame.

    Raises:
        DataError: missing, empty, no video, broken, or said to be shorter than `LEAST_SECONDS`.
    """
    first = next(frames(path), None)
    if first is None:
        raise DataError(f"{path}: holds no picture; {_REMEDY}")
    with _open(path) as container:
        stream = _video_stream(container, path)
        fps = float(stream.average_rate or 0)
        seconds = float(stream.duration * stream.time_base) if stream.duration and stream.time_base else None
    if fps <= 0:
        raise DataError(f"{path}: does not say its frame rate; {_REMEDY}")
    if seconds is not None and seconds < LEAST_SECONDS:
        raise DataError(f"{path}: lasts {seconds:.2f} s, at least {LEAST_SECONDS} s of walking are needed")
    return VideoInfo(fps, (first.shape[1], first.shape[0]))


def frames(path: Path) -> Iterator[Labels]:
    """Frames ``(height, width, 3)`` RGB, turned upright as the file says.

    Raises:
        DataError: missing, no video, or broken on the way.
    """
    count = 0
    with _open(path) as container:
        stream = _video_stream(container, path)
        try:
            for frame in container.decode(stream):
                picture = np.rot90(frame.to_ndarray(format="rgb24"), round(frame.rotation / 90))
                yield np.ascontiguousarray(picture, dtype=np.uint8)
                count += 1
        except FFmpegError as error:
            raise DataError(f"{path}: breaks off after {count} frames ({error}); {_REMEDY}") from error


def _open(path: Path) -> InputContainer:
    if not path.is_file():
        raise DataError(f"{path}: there is no such file")
    if not path.stat().st_size:
        raise DataError(f"{path}: is empty; {_REMEDY}")
    try:
        return av.open(str(path))
    except FFmpegError as error:
        raise DataError(f"{path}: not a readable video ({error}); {_REMEDY}") from error


def _video_stream(container: InputContainer, path: Path) -> VideoStream:
    if not container.streams.video:
        raise DataError(f"{path}: holds no video stream; {_REMEDY}")
    return container.streams.video[0]
