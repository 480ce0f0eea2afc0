"""Hair: a cap lifted off the scalp, and what hangs from it."""

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.frozen import frozen
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.figure.drape import hang
from render.figure.hair_cuts import FRONT_TO_BACK_DEG, HAIRLINES, HairCut
from render.figure.hanging_hair import Strand, braid, follow, knot, loose, ponytail
from render.figure.mesh import Faces, cut, smooth, smoother, subdivide, vertex_normals, whole

_CURL_WAVES, _CURL_LENGTHS = 24, (0.16, 0.34)
"""Random waves that make curls, and the range of their lengths (unit: ears to nose)."""
_PARTING_WIDTH = 0.055
_UNDER_HAT = 0.03
"""Hair that a hat presses flat is this thick."""


@frozen
class Hair:
    """``vertices (n, 3)``, ``weights (n, 55)``, ``faces``, ``strand (n, 2)``: across and along the strands, metres."""

    vertices: Array
    weights: Array
    faces: Faces
    strand: Array


def make_hair(person: Anatomy, style: HairCut, rng: np.random.Generator, *, pressed: Array | None = None) -> Hair:
    """The hair of that cut; flat where ``pressed (V,)`` marks the body's vertices under a hat."""
    cap = _cap(person, style, rng, pressed)
    pieces = [cap]
    if style.tail:
        pieces.append(_hung(person, ponytail(person), rigid=True))
    if style.bun:
        pieces.append(_hung(person, knot(person), rigid=True))
    for across in {0: (), 1: (0.0,), 2: (-0.42, 0.42)}[style.braids]:
        pieces.append(_hung(person, braid(person, across), rigid=False))
    if style.length:
        pieces.append(_hung(person, loose(person, cap.vertices, style.length), rigid=False))
    return _join(pieces)


def hairline_level(person: Anatomy, style: HairCut) -> Array:
    """How far each vertex lies above the hairline (metres; negative where no hair grows)."""
    offset = person.vertices - person.ear_middle
    turn = np.arctan2(offset[:, 0], offset[:, 2])
    direction = np.degrees(np.abs(turn))
    fringe = 0.05 * np.sin(7 * turn + 1.0) + 0.035 * np.sin(17 * turn) + 0.02 * np.sin(31 * turn + 2.0)
    height = (np.interp(direction, FRONT_TO_BACK_DEG, HAIRLINES[style.line]) + fringe) * person.head_size
    level = person.vertices[:, 1] - person.eye_height - height
    grows = person.share("head", "neck") > 0.5
    if style.falls:
        return np.where(grows, level, -0.02)
    return np.where(grows & ~ears(person) & (person.share("jaw") < 0.5), level, -0.02)


def ears(person: Anatomy) -> Mask:
    """Which vertices ``(V,)`` belong to the ears."""
    if person.regions["ears"].any():
        return person.regions["ears"] > 0.5
    reach = 0.36 * person.head_size
    ends = [person.landmark(name) for name in ("lear", "rear")]
    return np.min([np.linalg.norm(person.vertices - end, axis=1) for end in ends], axis=0) < reach


def _cap(person: Anatomy, style: HairCut, rng: np.random.Generator, pressed: Array | None) -> Hair:
    size = person.head_size
    level = hairline_level(person, style)
    patch = subdivide(cut(whole(len(level), person.faces), level))
    mean = smoother(patch.faces, len(patch))
    base = smooth(mean, patch.mix @ person.vertices, 6)
    if style.falls:
        base = smooth(mean, _fall(base, patch.mix @ ears(person) > 0.01, person), 8)
    root = np.clip((patch.mix @ level) / (0.3 * size), 0.1 if style.falls else 0.0, 1)
    normals = smooth(mean, vertex_normals(base, patch.faces), 1 + int(12 * style.curl))
    strands = _strands(person, base)
    uneven = 1 + (1 - style.curl) * _locks(strands / size, rng) + style.curl * _curls(base / size, rng)
    thick = style.volume * np.sqrt(root) * uneven * _shape(person, base, style)
    if pressed is not None:
        thick = np.where(patch.mix @ pressed > 0.3, np.minimum(thick, _UNDER_HAT), thick)
    vertices = smooth(mean, base + normals * (size * thick)[:, None], 1)
    strands[:, 1] *= 1 + 9 * style.curl
    return Hair(vertices, smooth(mean, patch.mix @ person.weights, 6), patch.faces, strands)


def _shape(person: Anatomy, points: Array, style: HairCut) -> Array:
    """Thickness by place, share of the volume: less at the sides, a groove where the hair is parted."""
    across, up = (points - [0.0, person.eye_height, 0.0])[:, :2].T / person.head_size
    ahead = (points[:, 2] - person.ear_middle[2]) / person.head_size
    top = np.clip((up - 0.25) / 0.55, 0, 1)
    shape = style.sides + (1 - style.sides) * top * top * (3 - 2 * top)
    if style.parting is not None:
        groove = np.exp(-(((across - style.parting) / _PARTING_WIDTH) ** 2)) * np.clip(ahead + 0.7, 0, 1) * top
        shape = (
            shape * (1 - 0.75 * groove) * (1 + 0.25 * np.sign(style.parting - across) * np.sign(style.parting) * top)
        )
    return shape


def _fall(points: Array, at_ears: Mask, person: Anatomy) -> Array:
    """Hair falls straight from where the head is widest, over the ears."""
    fallen = hang(points, person.ear_middle[[0, 2]], pull_in=0.2, counts=~at_ears)
    below_crown = (person.eye_height + 0.75 * person.head_size - points[:, 1]) / (0.4 * person.head_size)
    return points + np.clip(below_crown, 0, 1)[:, None] * (fallen - points)


def _locks(strands: Array, rng: np.random.Generator) -> Array:
    """Uneven thickness, smooth along the strands: a few waves across them (unit of ``strands (n, 2)``: ears to nose)."""
    across, along = strands.T
    waves = [
        np.sin(k * across * np.pi + rng.uniform(0, 6.3) + along * rng.uniform(-1, 1)) for k in (1.3, 2.7, 4.1, 6.4)
    ]
    return 0.14 * np.sum(waves, axis=0)


def _curls(places: Array, rng: np.random.Generator) -> Array:
    """Lumps in all directions (unit of ``places (n, 3)``: ears to nose)."""
    directions = rng.standard_normal((_CURL_WAVES, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    numbers = directions / rng.uniform(*_CURL_LENGTHS, (_CURL_WAVES, 1))
    phases = rng.uniform(0, 2 * np.pi, _CURL_WAVES)
    return 0.16 * np.sqrt(2 / _CURL_WAVES) * np.sin(2 * np.pi * places @ numbers.T + phases).sum(axis=1)


def _strands(person: Anatomy, vertices: Array) -> Array:
    """Strands run from the crown outward: across is the angle round the head, along the height."""
    offset = vertices - person.ear_middle
    across = person.head_size * np.arctan2(offset[:, 0], -offset[:, 2])
    return np.stack([across, offset[:, 1]], axis=1)


def _hung(person: Anatomy, strand: Strand, *, rigid: bool) -> Hair:
    vertices, faces = strand
    weights = np.zeros((len(vertices), person.weights.shape[1]))
    weights[:, JOINT["head"]] = 1.0
    return Hair(vertices, weights if rigid else follow(person, vertices), faces, _strands(person, vertices))


def _join(pieces: list[Hair]) -> Hair:
    starts = np.cumsum([0, *(len(piece.vertices) for piece in pieces[:-1])])
    return Hair(
        np.concatenate([piece.vertices for piece in pieces]),
        np.concatenate([piece.weights for piece in pieces]),
        np.concatenate([piece.faces + start for piece, start in zip(pieces, starts, strict=True)]),
        np.concatenate([piece.strand for piece in pieces]),
    )
