"""Hair: a cap lifted off the scalp, and what hangs from it."""

from dataclasses import dataclass

import numpy as np

from engine.cycle import Array
from render.body.skeleton import JOINT
from render.figure.anatomy import Anatomy
from render.figure.drape import hang
from render.figure.mesh import Faces, cut, smooth, smoother, subdivide, vertex_normals, whole

_FRONT_TO_BACK_DEG = np.array([0.0, 35.0, 55.0, 72.0, 80.0, 92.0, 112.0, 130.0, 180.0])
HAIRLINES: dict[str, Array] = {
    "full": np.array([0.62, 0.60, 0.42, 0.06, -0.12, 0.30, 0.05, -0.38, -0.52]),
    "chin": np.array([0.62, 0.58, 0.36, -0.55, -1.15, -1.20, -1.22, -1.25, -1.28]),
    "jaw": np.array([0.62, 0.58, 0.40, -0.30, -0.72, -0.78, -0.82, -0.90, -1.00]),
    "receding": np.array([0.98, 1.05, 0.85, 0.30, 0.00, 0.30, 0.05, -0.38, -0.52]),
    "wreath": np.array([2.00, 1.60, 0.80, 0.40, 0.10, 0.30, 0.05, -0.38, -0.10]),
}
"""Height of the hairline above the eyes (unit: ears to nose) by direction from the front of the head, 180° behind."""


@dataclass(frozen=True)
class HairCut:
    """``line`` one of `HAIRLINES`; ``volume`` thickness (unit: ears to nose); ``falls`` for hair that hangs over the ears; ``tail`` adds a
    ponytail, ``bun`` a knot."""

    line: str
    volume: float
    falls: bool = False
    tail: bool = False
    bun: bool = False


@dataclass(frozen=True)
class Hair:
    """``vertices (n, 3)``, ``weights (n, 55)``, ``faces``, ``strand (n, 2)``: across and along the strands, metres."""

    vertices: Array
    weights: Array
    faces: Faces
    strand: Array


def make_hair(person: Anatomy, style: HairCut, rng: np.random.Generator) -> Hair:
    """The hair of that cut."""
    pieces = [_cap(person, style, rng)]
    behind = _back_of_head(person)
    if style.tail:
        pieces.append(_tail(person, behind))
    if style.bun:
        pieces.append(_knot(person, behind))
    return _join(pieces)


def _back_of_head(person: Anatomy) -> Array:
    """Point on the skin above the nape, in the middle ``(3,)``."""
    height = person.ear_middle[1] + 0.45 * person.head_size
    near = (person.head > 0.5) & (np.abs(person.vertices[:, 1] - height) < 0.15 * person.head_size)
    return np.array([0.0, height, person.vertices[near, 2].min()])


def hairline_level(person: Anatomy, style: HairCut) -> Array:
    """How far each vertex lies above the hairline (metres; negative where no hair grows)."""
    offset = person.vertices - person.ear_middle
    turn = np.arctan2(offset[:, 0], offset[:, 2])
    direction = np.degrees(np.abs(turn))
    fringe = 0.05 * np.sin(7 * turn + 1.0) + 0.035 * np.sin(17 * turn) + 0.02 * np.sin(31 * turn + 2.0)
    height = (np.interp(direction, _FRONT_TO_BACK_DEG, HAIRLINES[style.line]) + fringe) * person.head_size
    level = person.vertices[:, 1] - person.eye_height - height
    grows = person.share("head", "neck") > 0.5
    if style.falls:
        return np.where(grows, level, -0.02)
    return np.where(grows & ~_ears(person) & (person.share("jaw") < 0.5), level, -0.02)


def _ears(person: Anatomy) -> Array:
    if person.regions["ears"].any():
        return person.regions["ears"] > 0.5
    reach = 0.36 * person.head_size
    ends = [person.landmark(name) for name in ("lear", "rear")]
    return np.min([np.linalg.norm(person.vertices - end, axis=1) for end in ends], axis=0) < reach


def _cap(person: Anatomy, style: HairCut, rng: np.random.Generator) -> Hair:
    level = hairline_level(person, style)
    patch = subdivide(cut(whole(len(level), person.faces), level))
    mean = smoother(patch.faces, len(patch))
    base = smooth(mean, patch.mix @ person.vertices, 6)
    if style.falls:
        base = smooth(mean, _fall(base, patch.mix @ _ears(person) > 0.01, person), 8)
    root = np.clip((patch.mix @ level) / (0.3 * person.head_size), 0.1 if style.falls else 0.0, 1)
    normals = vertex_normals(base, patch.faces)
    strands = _strands(person, base)
    thick = style.volume * person.head_size * np.sqrt(root) * (1 + _locks(strands / person.head_size, rng))
    vertices = smooth(mean, base + normals * thick[:, None], 1)
    return Hair(vertices, smooth(mean, patch.mix @ person.weights, 6), patch.faces, strands)


def _fall(points: Array, ears: Array, person: Anatomy) -> Array:
    """Hair falls straight from where the head is widest, over the ears."""
    fallen = hang(points, person.ear_middle[[0, 2]], pull_in=0.2, counts=~ears)
    below_crown = (person.eye_height + 0.75 * person.head_size - points[:, 1]) / (0.4 * person.head_size)
    return points + np.clip(below_crown, 0, 1)[:, None] * (fallen - points)


def _locks(strands: Array, rng: np.random.Generator) -> Array:
    """Uneven thickness, smooth along the strands: a few waves across them (unit of ``strands (n, 2)``: ears to nose)."""
    across, along = strands.T
    waves = [
        np.sin(k * across * np.pi + rng.uniform(0, 6.3) + along * rng.uniform(-1, 1)) for k in (1.3, 2.7, 4.1, 6.4)
    ]
    return 0.14 * np.sum(waves, axis=0)


def _strands(person: Anatomy, vertices: Array) -> Array:
    """Strands run from the crown outward: across is the angle round the head, along the height."""
    offset = vertices - person.ear_middle
    across = person.head_size * np.arctan2(offset[:, 0], -offset[:, 2])
    return np.stack([across, offset[:, 1]], axis=1)


def _tail(person: Anatomy, root: Array) -> Hair:
    size = person.head_size
    s = np.linspace(0, 1, 16)
    bow = (
        np.array([0.0, 1.0, 0.0]) * (0.12 - 1.9 * s**1.3)[:, None]
        + np.array([0.0, 0.0, -1.0]) * (0.55 * np.sqrt(s))[:, None]
    )
    width = size * np.interp(s, [0, 0.08, 0.3, 0.7, 1.0], [0.10, 0.14, 0.26, 0.22, 0.04])
    return _tube(person, root + size * bow, width)


def _knot(person: Anatomy, root: Array) -> Hair:
    size = person.head_size
    s = np.linspace(-1, 1, 12)
    centre = root + size * np.array([0.0, 0.1, -0.12]) + np.outer(s, [0.0, 0.0, -0.3 * size])
    return _tube(person, centre, 0.36 * size * np.sqrt(np.maximum(1 - s**2, 1e-3)))


def _tube(person: Anatomy, centres: Array, radii: Array) -> Hair:
    """A round tube along ``centres (k, 3)`` in the sagittal plane."""
    around = np.linspace(0, 2 * np.pi, 17)
    along = np.gradient(centres, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    side = np.array([1.0, 0.0, 0.0])
    up = np.cross(along, side)
    ring = np.cos(around)[:, None, None] * side + np.sin(around)[:, None, None] * up
    vertices = (centres + ring * radii[:, None]).reshape(-1, 3)
    return Hair(
        vertices,
        _follow_head(person, len(vertices)),
        _grid_faces(len(around), len(centres)),
        _strands(person, vertices),
    )


def _follow_head(person: Anatomy, count: int) -> Array:
    weights = np.zeros((count, person.weights.shape[1]))
    weights[:, JOINT["head"]] = 1.0
    return weights


def _grid_faces(rows: int, columns: int) -> Faces:
    index = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)])


def _join(pieces: list[Hair]) -> Hair:
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces[:-1])])
    return Hair(
        np.concatenate([piece.vertices for piece in pieces]),
        np.concatenate([piece.weights for piece in pieces]),
        np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)]),
        np.concatenate([piece.strand for piece in pieces]),
    )
