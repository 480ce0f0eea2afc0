"""Short, small video clips that a page can carry inside itself."""

import base64
import io
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from engine.core.errors import DataError

SECONDS = 3.0
SIZE_PX = 256
FRAMES_PER_SECOND = 15
QUALITY = "28"
"""Constant rate factor of H.264: larger is smaller and coarser."""


@dataclass(frozen=True)
class Clip:
    """Data URLs of an MP4 and of its first picture (JPEG)."""

    video: str
    poster: str


def short_clip(path: Path) -> Clip:
    """The first seconds of a video, small, silent, at 15 pictures a second.

    Raises:
        DataError: the file is missing or cannot be decoded.
    """
    try:
        return _transcode(path)
    except (FFmpegError, OSError, IndexError, ValueError) as error:
        raise DataError(f"{path}: cannot be decoded as video ({error})") from error


def _transcode(path: Path) -> Clip:
    buffer, poster = io.BytesIO(), None
    with av.open(str(path)) as source, av.open(buffer, "w", format="mp4") as sink:
        picture = source.streams.video[0]
        keep = max(1, round(float(picture.average_rate or FRAMES_PER_SECOND) / FRAMES_PER_SECOND))
        scale = SIZE_PX / max(picture.width, picture.height)
        width, height = (2 * round(side * scale / 2) for side in (picture.width, picture.height))
        stream = sink.add_stream("libx264", rate=FRAMES_PER_SECOND, options={"crf": QUALITY, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        stream.codec_context.thread_count = 1
        wanted = int(SECONDS * FRAMES_PER_SECOND)
        for index, frame in enumerate(source.decode(picture)):
            if index % keep:
                continue
            small = frame.reformat(width, height, "yuv420p")
            poster = poster or small
            small.pts, small.time_base = index // keep, Fraction(1, FRAMES_PER_SECOND)
            sink.mux(stream.encode(small))
            if index // keep + 1 >= wanted:
                break
        if poster is None:
            raise ValueError("it holds no picture")
        sink.mux(stream.encode(None))
    return Clip(_data_url("video/mp4", buffer.getvalue()), _data_url("image/jpeg", _jpeg(poster)))


def _jpeg(frame: av.VideoFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_image().save(buffer, "JPEG", quality=72)
    return buffer.getvalue()


def _data_url(kind: str, data: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"
