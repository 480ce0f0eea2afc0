"""H.264 video through PyAV."""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from engine.core.arrays import Labels
from engine.core.errors import DataError
from engine.core.files import replace_file

Image = Labels

_GOOD = 19


def write_video(path: Path, frames: Iterable[Image], size: tuple[int, int], fps: float, *, crf: int = _GOOD) -> None:
    """Writes ``frames (height, width, 3)`` of ``size`` (width, height) as an ``.mp4`` that appears whole or not at all.

    ``crf`` is the constant rate factor of H.264, 0 (lossless) to 51 (worst)."""
    options = {"crf": str(crf), "preset": "veryfast", "threads": "1"}
    with replace_file(path) as temporary, av.open(str(temporary), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1001), options=options)
        stream.pix_fmt = "yuv420p"
        stream.width, stream.height = size
        for image in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")))
        container.mux(stream.encode())


def read_frames(path: Path) -> list[Image]:
    """All frames of a video ``(height, width, 3)``.

    Raises:
        DataError: the file cannot be read as a video.
    """
    try:
        with av.open(str(path)) as container:
            return [np.asarray(frame.to_ndarray(format="rgb24"), np.uint8) for frame in container.decode(video=0)]
    except (OSError, FFmpegError, IndexError) as error:
        raise DataError(f"{path}: cannot be read as a video ({error})") from error
