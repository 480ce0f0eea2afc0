"""Pictures of real light: the Radiance format, .hdr (Ward 1991, "Real Pixels", Graphics Gems II, 80)."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Labels, Single
from engine.core.errors import DataError

_MAGIC = (b"#?RADIANCE", b"#?RGBE")
_SHORTEST, _LONGEST = 8, 0x7FFF
"""Widths of pictures whose lines may be packed channel by channel."""
_RUN = 128
_BIAS = 128 + 8


def read_radiance(path: Path) -> Single:
    """Linear RGB ``(height, width, 3)`` of a Radiance picture, first line at the top.

    Raises:
        DataError: the file cannot be read, is no Radiance picture of RGB values, is stored in another order than -Y +X, or ends early.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error
    head, found, rest = data.partition(b"\n\n")
    if not head.startswith(_MAGIC) or not found or b"32-bit_rle_xyze" in head:
        raise DataError(f"{path}: not a Radiance picture of RGB values (#?RADIANCE, 32-bit_rle_rgbe)")
    size, _, body = rest.partition(b"\n")
    words = size.split()
    if len(words) != 4 or words[0] != b"-Y" or words[2] != b"+X":
        raise DataError(f"{path}: its lines are stored as {size[:40]!r}; expected -Y height +X width")
    height, width = int(words[1]), int(words[3])
    try:
        lines = _unpack(np.frombuffer(body, np.uint8), height, width)
    except (IndexError, ValueError) as error:
        raise DataError(f"{path}: ends early or is damaged ({error})") from error
    scale = np.where(lines[..., 3:] > 0, np.exp2(lines[..., 3:].astype(np.float32) - _BIAS), 0.0)
    return ((lines[..., :3] + 0.5) * scale).astype(np.float32)


def _unpack(body: Labels, height: int, width: int) -> Labels:
    """Mantissas and exponents ``(height, width, 4)``."""
    packed = _SHORTEST <= width <= _LONGEST and tuple(body[:3]) == (2, 2, width >> 8)
    if not packed:
        return body[: 4 * height * width].reshape(height, width, 4)
    lines, at = np.empty((height, 4, width), np.uint8), 0
    for line in lines:
        at += 4
        for channel in line:
            at = _unpack_channel(body, at, channel)
    return np.moveaxis(lines, 1, 2)


def _unpack_channel(body: Labels, at: int, channel: Labels) -> int:
    """Fills one channel of a line from runs and plain stretches; returns where the next begins."""
    done = 0
    while done < len(channel):
        count = int(body[at])
        if count > _RUN:
            count -= _RUN
            channel[done : done + count] = body[at + 1]
            at += 2
        else:
            channel[done : done + count] = body[at + 1 : at + 1 + count]
            at += 1 + count
        if count == 0:
            raise ValueError("a run of no length")
        done += count
    return at
