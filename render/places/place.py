"""A place: ground and surroundings, what stands in it, the light it shines with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from engine.core.arrays import Array, Index, Mask
from engine.core.frozen import frozen
from render.core.light import Light
from render.places.backgrounds import Backdrop
from render.places.extent import Extent, stretched
from render.places.openness import bounds, openness
from render.places.subdivide import refined
from render.places.surfaces import Room, merge, placed

WALKWAY_HALF_M = 0.5
"""Half width of the strip in which nothing stands."""
WALKER_HEIGHT_M = 1.9
_LONGEST_M, _LONGEST_SHARE = 0.5, 0.12
"""Longest edge of a surface near the walkway, and how it grows with the distance from there."""
_SHADE_M, _SHADE_SHARE, _FINEST_SHARE = 0.18, 0.5, 0.36
"""Longest edge of the ground beside things that stand on it, how it grows with the distance from them, and its least share of what is
allowed elsewhere."""
_FOOTPRINT_STEP_M, _LOW_M, _GROUND_M = 0.2, 0.6, 0.02
_SIGHT_STEP_M, _EYE_STEP_M, _SIGHT_BORDER_M = 0.5, 0.2, 0.12


@dataclass(frozen=True)
class Piece:
    """What is drawn and taken away together: a chair, or a wall with all that hangs on it.

    ``stays``: not even when it hides the walker. ``side``: which side of the place's `Extent` it is, if it is one.
    """

    name: str
    solids: tuple[Room, ...]
    stays: bool = False
    side: str = ""

    def moved(self, x: float, z: float, turn: float = 0.0) -> "Piece":
        """Turned by ``turn`` rad about the vertical axis through the origin (z towards x), then moved by (x, z) m."""
        return replace(self, solids=tuple(placed(solid, (x, 0.0, z), turn) for solid in self.solids))

    @cached_property
    def boxes(self) -> Array:
        """Corners ``(n, 2, 3)`` of the boxes around its solids."""
        return np.stack([bounds(solid) for solid in self.solids])

    @property
    def extent(self) -> Array:
        """Corners ``(2, 3)`` of the box around it."""
        return np.stack([self.boxes[:, 0].min(axis=0), self.boxes[:, 1].max(axis=0)])


@frozen
class Place:
    """Where somebody walks along z from ``walkway[0]`` to ``walkway[1]`` (m).

    ``room`` is everything as one mesh; ``piece_of_face (m,)`` tells which of ``pieces`` each face belongs to, −1 for the ground and what
    surrounds the place far away. Cameras may stand in the box ``eye_room (2, 3)``: from there the picture is closed on all sides,
    unless a ``backdrop`` lies behind it. ``extent``: of a place with walls. ``belt``: the walker walks on the spot, on a belt
    (`render.places.belt`).
    """

    name: str
    walkway: tuple[float, float]
    room: Room
    piece_of_face: Index
    pieces: tuple[Piece, ...]
    light: Light
    eye_room: Array
    extent: Extent | None = None
    backdrop: Backdrop | None = None
    belt: bool = False

    def seen_from(self, eyes: Array) -> Room:
        """One mesh without the pieces that would stand between any of ``eyes (n, 3)`` and the walkway, and without their shade; walls make
        way for the eyes."""
        before = self.extent
        after = None if before is None else before.around(eyes)
        stays = np.array([piece.stays or piece.side != "" for piece in self.pieces], bool)
        left_out = self.hiding(eyes) & ~stays
        moved = [
            bool(piece.side) and getattr(after, piece.side) != getattr(before, piece.side) for piece in self.pieces
        ]
        room = stretched(self.room, self._sides(), before, after) if before and after else self.room
        room = replace(self, room=room)._with_faces(~np.append(left_out, False)[self.piece_of_face])
        away = [piece for piece, gone in zip(self.pieces, left_out | moved, strict=True) if gone]
        return _without_shade(room, [solid for piece in away for solid in piece.solids])

    def _sides(self) -> NDArray[np.str_]:
        """Side ``(n,)`` that each vertex of the room belongs to, or nothing."""
        side_of_piece = np.array([*(piece.side for piece in self.pieces), ""])
        sides = np.zeros(len(self.room.vertices), side_of_piece.dtype)
        sides[self.room.faces] = side_of_piece[self.piece_of_face][:, None]
        return sides

    def hiding(self, eyes: Array) -> Mask:
        """Which of the pieces stand between any of ``eyes (n, 3)`` and the walkway."""
        if not self.pieces:
            return np.zeros(0, bool)
        piece_of_box = np.repeat(np.arange(len(self.pieces)), [len(piece.boxes) for piece in self.pieces])
        border = np.array([[-_SIGHT_BORDER_M], [_SIGHT_BORDER_M]])
        boxes = np.concatenate([piece.boxes for piece in self.pieces]) + border
        targets = _walkway_points(self.walkway)
        crossed = np.zeros(len(boxes), bool)
        for eye in np.unique(np.round(eyes / _EYE_STEP_M), axis=0) * _EYE_STEP_M:
            crossed[~crossed] = _crosses(eye, targets, boxes[~crossed])
        return np.bincount(piece_of_box, crossed, len(self.pieces)) > 0

    def with_pieces(self, pieces: Sequence[Piece]) -> "Place":
        """The place with more things in it: its surfaces are cut finely enough around them, and shaded by them."""
        solids = [solid for piece in pieces for solid in piece.solids]
        if not solids:
            return self
        counts = [len(mesh.vertices) for mesh in (self.room, *solids)]
        owner = np.repeat(np.arange(-1, len(solids)), counts)
        before = np.full(counts[0], -1)
        before[self.room.faces] = self.piece_of_face[:, None]
        piece_of_solid = len(self.pieces) + np.repeat(np.arange(len(pieces)), [len(piece.solids) for piece in pieces])
        piece = np.concatenate([before, piece_of_solid[owner[counts[0] :]]])
        both = np.stack([owner, piece], axis=1)
        room, both = refined(merge([self.room, *solids]), both, _longest_edge(self.walkway, pieces))
        colours = room.colours.copy()
        colours[:, 3] *= openness(room.vertices.astype(float), room.normals.astype(float), both[:, 0], solids)
        return replace(
            self,
            room=replace(room, colours=colours),
            piece_of_face=both[room.faces[:, 0], 1],
            pieces=(*self.pieces, *pieces),
        )

    def part(self, piece: int) -> Room:
        """The mesh of one of the pieces, −1 for the ground."""
        return self._with_faces(self.piece_of_face == piece)

    def _with_faces(self, kept: Mask) -> Room:
        used, faces = np.unique(self.room.faces[kept], return_inverse=True)
        columns = ("vertices", "normals", "colours", "grain", "surface")
        return Room(faces=faces.reshape(-1, 3), **{name: getattr(self.room, name)[used] for name in columns})


def apart(pieces: Sequence[Piece]) -> list[Piece]:
    """Those that do not stand in each other, the earlier ones first."""
    kept: list[Piece] = []
    for piece in pieces:
        if not any(
            (piece.extent[0] < other.extent[1]).all() and (piece.extent[1] > other.extent[0]).all() for other in kept
        ):
            kept.append(piece)
    return kept


def furnish(
    name: str,
    walkway: tuple[float, float],
    ground: Room,
    pieces: Sequence[Piece],
    light: Light,
    eye_room: Array,
    *,
    extent: Extent | None = None,
    belt: bool = False,
) -> Place:
    """A place with ``pieces`` on its ``ground``."""
    bare = Place(name, walkway, ground, np.full(len(ground.faces), -1), (), light, eye_room, extent, belt=belt)
    return bare.with_pieces(pieces)


def _without_shade(room: Room, solids: Sequence[Room]) -> Room:
    """The room after ``solids`` are gone; exact but for the product of shares where several things shade a point."""
    shade = openness(room.vertices.astype(float), room.normals.astype(float), np.full(len(room.vertices), -1), solids)
    colours = room.colours.copy()
    colours[:, 3] = np.minimum(colours[:, 3] / shade, 1.0)
    return replace(room, colours=colours)


def _longest_edge(walkway: tuple[float, float], pieces: Sequence[Piece]) -> Callable[[Array], Array]:
    """Longest edge allowed at points ``(n, 3)``: short on the ground beside things that stand on it, longer far from the walkway."""
    spots = [spot for piece in pieces for box in piece.boxes for spot in _footprint(box)]
    tree = cKDTree(np.array(spots)) if spots else None

    def longest(points: Array) -> Array:
        allowed = _coarse(points, walkway)
        low = points[:, 1] < _GROUND_M
        if tree is not None and low.any():
            near = tree.query(points[low][:, [0, 2]])[0]
            fine = np.maximum(_SHADE_M + _SHADE_SHARE * near, _FINEST_SHARE * allowed[low])
            allowed[low] = np.minimum(allowed[low], fine)
        return allowed

    return longest


def _coarse(points: Array, walkway: tuple[float, float]) -> Array:
    """Longest edge allowed at ``points (n, 3)``, by their distance from the walkway."""
    start, end = walkway
    past = np.maximum(np.maximum(start - points[:, 2], points[:, 2] - end), 0.0)
    return np.maximum(_LONGEST_M, _LONGEST_SHARE * np.hypot(points[:, 0], past))


def _footprint(box: Array) -> Array:
    """Points ``(n, 2)`` along the outline of a low box's shadow straight down."""
    (x0, y0, z0), (x1, y1, z1) = box
    if y0 > _LOW_M or np.sort([x1 - x0, y1 - y0, z1 - z0])[1] < _FOOTPRINT_STEP_M:
        return np.zeros((0, 2))
    xs = np.linspace(x0, x1, int((x1 - x0) / _FOOTPRINT_STEP_M) + 2)
    zs = np.linspace(z0, z1, int((z1 - z0) / _FOOTPRINT_STEP_M) + 2)
    along = [np.column_stack([xs, np.full(len(xs), z)]) for z in (z0, z1)]
    across = [np.column_stack([np.full(len(zs), x), zs]) for x in (x0, x1)]
    return np.concatenate([*along, *across])


def _walkway_points(walkway: tuple[float, float]) -> Array:
    """Points ``(n, 3)`` that fill the space in which the walker is seen."""
    start, end = walkway
    z = np.linspace(start, end, int((end - start) / _SIGHT_STEP_M) + 2)
    x = np.array([-0.35, 0.0, 0.35])
    y = np.array([0.02, 0.9, WALKER_HEIGHT_M])
    return np.stack(np.meshgrid(x, y, z, indexing="ij"), axis=-1).reshape(-1, 3)


def _crosses(eye: Array, targets: Array, boxes: Array) -> Mask:
    """Whether a straight line from ``eye (3,)`` to any of ``targets (m, 3)`` meets each of the ``boxes (n, 2, 3)`` (slab method)."""
    along = targets - eye
    along = np.where(np.abs(along) < 1e-9, 1e-9, along)
    one, other = ((boxes[:, k, None] - eye) / along for k in (0, 1))
    enter = np.minimum(one, other).max(axis=2)
    leave = np.maximum(one, other).min(axis=2)
    return ((enter <= leave) & (leave > 0) & (enter < 1)).any(axis=1)
