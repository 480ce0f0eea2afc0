"""Frames of a video as single pictures."""

from pathlib import Path

import av
from av.error import FFmpegError

from engine.core.arrays import Index
from engine.core.errors import DataError

_QUALITY = 95
"""Of JPEG: nothing visible is lost beyond what the video lost."""


def frame_name(index: int) -> str:
    """File name of a frame."""
    return f"{index:06d}.jpg"


def extract_frames(video: Path, wanted: Index, folder: Path) -> None:
    """Writes the frames with the indices ``wanted`` (ascending) into ``folder``, made if need be.

    Raises:
        DataError: the video cannot be read or is too short.
    """
    folder.mkdir(parents=True, exist_ok=True)
    left = set(wanted.tolist())
    try:
        with av.open(str(video)) as container:
            for index, frame in enumerate(container.decode(video=0)):
                if index in left:
                    frame.to_image().save(folder / frame_name(index), quality=_QUALITY)
                    left.remove(index)
                if not left:
                    return
    except (OSError, FFmpegError, IndexError) as error:
        raise DataError(f"{video}: cannot be read as a video ({error})") from error
    raise DataError(f"{video}: ends before frame {min(left)}; film the walk again")
