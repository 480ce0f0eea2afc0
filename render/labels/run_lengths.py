"""Masks as run lengths in the form of COCO: lengths of runs of 0 and 1 by turns, down the columns, the first run of 0.

The text form packs each length, from the fourth on as the difference to the one two before, into groups of five bits with a sixth that says
whether more follow, lowest first, each as the character 48 + group. Facts from COCO's data format and its reference implementation
(github.com/cocodataset/cocoapi, common/maskApi.c); the code is our own.
"""

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Mask

Counts = NDArray[np.uint32]

_FIRST_CHARACTER = 48
_GROUP_BITS, _MORE, _SIGN = 5, 0x20, 0x10


def encode(mask: Mask) -> Counts:
    """Run lengths of ``mask (height, width)``; their sum is the number of pixels."""
    flat = mask.T.ravel()
    edges = np.flatnonzero(np.diff(flat)) + 1
    bounds = np.concatenate([[0], edges, [flat.size]])
    runs = np.diff(bounds)
    starts_inside = flat.size > 0 and flat[0]
    return np.concatenate([[0], runs] if starts_inside else [runs]).astype(np.uint32)


def decode(counts: Counts, size: tuple[int, int]) -> Mask:
    """The mask ``(height, width)`` of a picture of ``size`` (width, height).

    Raises:
        ValueError: the runs belong to a picture of another size.
    """
    width, height = size
    if int(counts.sum()) != width * height:
        raise ValueError(f"run lengths of {int(counts.sum())} pixels for a picture of {width} × {height}")
    values = np.arange(len(counts)) % 2 == 1
    return np.repeat(values, counts).reshape(width, height).T


def area(counts: Counts) -> int:
    """Number of pixels inside."""
    return int(counts[1::2].sum())


def box(counts: Counts, size: tuple[int, int]) -> tuple[int, int, int, int] | None:
    """First column and row, and those behind the last, that hold a pixel inside; None where there is none."""
    mask = decode(counts, size)
    if not mask.any():
        return None
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def to_text(counts: Counts) -> str:
    """The compressed string that COCO's JSON holds."""
    numbers = counts.astype(np.int64)
    numbers[3:] -= counts[1:-2].astype(np.int64)
    return "".join(_pack(int(number)) for number in numbers)


def from_text(text: str) -> Counts:
    """The inverse of `to_text`.

    Raises:
        ValueError: the text ends inside a number.
    """
    numbers: list[int] = []
    value = shift = 0
    for character in text:
        group = ord(character) - _FIRST_CHARACTER
        value |= (group & (_MORE - 1)) << shift
        shift += _GROUP_BITS
        if group & _MORE:
            continue
        if group & _SIGN:
            value -= 1 << shift
        numbers.append(value + (numbers[-2] if len(numbers) > 2 else 0))
        value = shift = 0
    if shift:
        raise ValueError("run lengths: the text ends inside a number")
    return np.array(numbers, np.uint32)


def _pack(number: int) -> str:
    characters = []
    while True:
        group, number = number & (_MORE - 1), number >> _GROUP_BITS
        more = number != (-1 if group & _SIGN else 0)
        characters.append(chr(_FIRST_CHARACTER + (group | _MORE if more else group)))
        if not more:
            return "".join(characters)
