"""Who is who in a recording: detections joined to people by nearness and size, and the one person that is read."""

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from downstream.recordings.body_size import chain_length, middle, root
from engine.core.arrays import Array, Index
from engine.core.errors import DataError
from engine.core.frozen import frozen

_GATE, _GATE_PER_FRAME, _WIDEST_GATE = 0.4, 0.04, 1.2
"""Someone is expected within this distance (chains of trunk and leg) of where they were heading; further away after frames without them."""

_LONGEST_ABSENCE = 60
_CHAIN_PER_TRUNK = 2.7
_BEYOND_BELIEF = 2.0
_LEAST_SHARE = 0.05
"""People seen in a smaller share of the frames are passers-by, or errors of the detector."""


@frozen
class Person:
    """``rows``: which detections are of this person, in order of time."""

    name: str
    rows: Index


def people_in(points: Array, frame: Index, names: Sequence[str] | None) -> list[Person]:
    """People among detections ``points (N, J, D + 1)``: those that the file names, or those found by tracking, numbered as they appear.

    Where one of the file's people jumps to another place, the longest stay counts. Names that two people share in one frame are none.
    """
    if names is not None and len({*zip(names, frame.tolist(), strict=True)}) == len(frame):
        groups = {name: np.flatnonzero(np.array(names) == name) for name in dict.fromkeys(names)}
        return [Person(name, max(_tracks(points, frame, rows), key=len)) for name, rows in groups.items()]
    tracks = _tracks(points, frame, np.arange(len(points)))
    long_enough = [rows for rows in tracks if len(rows) >= _LEAST_SHARE * len(np.unique(frame))]
    return [Person(str(number), rows) for number, rows in enumerate(long_enough or tracks, start=1)]


def chosen(people: list[Person], points: Array, frame: Index, wanted: str | None) -> tuple[Person, str | None]:
    """The person called ``wanted``, or the one who walks through most of the picture; a word where there was a choice.

    Raises:
        DataError: nobody is called so.
    """
    by_name = {person.name: person for person in people}
    if wanted is not None and wanted not in by_name:
        raise DataError(f"--person {wanted}: nobody is called so; there are {', '.join(by_name)}")
    person = by_name[wanted] if wanted is not None else max(people, key=lambda one: _way(points[one.rows]))
    return person, _what_is_left_out(person, people, points, frame, wanted)


def _what_is_left_out(
    person: Person, people: list[Person], points: Array, frame: Index, wanted: str | None
) -> str | None:
    crowded = len(np.unique(frame)) < len(frame)
    if len(people) > 1 and (crowded or wanted is not None):
        why = "as asked" if wanted is not None else "who walks through most of the picture; --person chooses another"
        names = ", ".join(one.name for one in people)
        return f"{len(people)} people ({names}): person {person.name} is read, {why}"
    elsewhere = len(points) - len(person.rows)
    if elsewhere and not crowded:
        return f"in {elsewhere} frames the points jump to another person or place; these frames are left out"
    return None


def _way(points: Array) -> float:
    """How far someone walks through the picture, in their own size and across as in depth, for every frame they are seen."""
    seen = np.where(points[..., -1:] > 0, points[..., :-1], np.nan)
    size, place = chain_length(seen), root(seen)
    known = np.isfinite(size) & np.isfinite(place).all(axis=-1)
    if known.sum() < 3:
        return 0.0
    inverse = 1 / size[known]
    path = np.column_stack([place[known] / np.median(size[known]), 3 * inverse / np.median(inverse)])
    reach = np.ptp(np.quantile(path, [0.05, 0.95], axis=0), axis=0)
    return float((0.2 + np.linalg.norm(reach)) * known.sum())


class _Track:
    """One person as followed so far: where, how fast (per frame) and how large at the last frame with them."""

    def __init__(self, row: int, place: Array, size: float, frame: int) -> None:
        self.rows = [row]
        self.place, self.speed, self.size, self.frame = place, np.zeros_like(place), size, frame

    def add(self, row: int, place: Array, size: float, frame: int) -> None:
        step = (place - self.place) / max(frame - self.frame, 1)
        self.speed = step if len(self.rows) == 1 else 0.7 * self.speed + 0.3 * step
        self.size += 0.2 * (size - self.size)
        self.rows.append(row)
        self.place, self.frame = place, frame

    def strangeness(self, place: Array, size: float, frame: int) -> float:
        """0 where the person is expected, 1 at the edge of what is believed, more beyond."""
        absence = frame - self.frame
        way = np.linalg.norm(place - (self.place + self.speed * min(absence, 10))) / self.size
        gate = min(_GATE + _GATE_PER_FRAME * absence, _WIDEST_GATE)
        return float(way / gate + max(abs(np.log(size / self.size)) - 0.15, 0) / 0.5)


def _tracks(points: Array, frame: Index, rows: Index) -> list[Index]:
    """Detections ``rows`` joined to tracks, frame by frame, each to the person who was expected nearest.

    One without a trunk has no place; alone in its frame it belongs to the person seen last.
    """
    place, size = _place_and_size(points[rows])
    tracks: list[_Track] = []
    for number in np.unique(frame[rows]):
        all_here = np.flatnonzero(frame[rows] == number)
        here = all_here[np.isfinite(size[all_here])]
        recent = [track for track in tracks if number - track.frame <= _LONGEST_ABSENCE]
        expected = _expected(recent, place[here], size[here], int(number))
        for position, k in enumerate(here):
            seen = int(rows[k]), place[k], float(size[k]), int(number)
            if position in expected:
                expected[position].add(*seen)
            else:
                tracks.append(_Track(*seen))
        if len(all_here) == 1 and not len(here) and recent:
            max(recent, key=lambda track: track.frame).rows.append(int(rows[all_here[0]]))
    if not tracks:
        raise DataError("no frame holds shoulders or hips; is there a person in the picture?")
    return [np.array(track.rows) for track in tracks]


def _expected(tracks: list[_Track], place: Array, size: Array, frame: int) -> dict[int, _Track]:
    """Who each detection of a frame is believed to be, by its position; those that nobody expected are left out."""
    if not tracks or not len(place):
        return {}
    cost = np.array(
        [[track.strangeness(p, float(s), frame) for p, s in zip(place, size, strict=True)] for track in tracks]
    )
    pairs = zip(*linear_sum_assignment(np.minimum(cost, _BEYOND_BELIEF)), strict=True)
    return {int(position): tracks[which] for which, position in pairs if cost[which, position] <= 1}


def _place_and_size(points: Array) -> tuple[Array, Array]:
    """Where each detection is ``(n, D)``, and how large ``(n,)``; NaN where trunk or legs are not seen and no size can be told."""
    seen = np.where(points[..., -1:] > 0, points[..., :-1], np.nan)
    size, place = chain_length(seen), root(seen)
    trunk = np.linalg.norm(middle(seen, "shoulder") - middle(seen, "hip"), axis=-1)
    both = np.isfinite(size) & (trunk > 0)
    share = np.median(size[both] / trunk[both]) if both.any() else _CHAIN_PER_TRUNK
    size = np.where(np.isfinite(size), size, trunk * share)
    known = np.isfinite(place).all(axis=-1) & (size > 0)
    return place, np.where(known, size, np.nan)
