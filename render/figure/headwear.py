"""What is worn on the head: a scarf round head and neck, a knitted hat, a peaked cap."""

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.frozen import frozen
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy, face_place
from render.figure.drape import hang
from render.figure.hair_cuts import FRONT_TO_BACK_DEG
from render.figure.loft import both_sides, grid_faces
from render.figure.mesh import Faces, cut, smooth, smoother, subdivide, vertex_normals, whole
from render.figure.part import Material, Part, flat_colour

SCARF, HAT, CAP = "scarf", "knitted_hat", "peaked_cap"
HEADWEAR = (SCARF, HAT, CAP)
_BRIM = {
    HAT: np.array([0.46, 0.45, 0.38, 0.28, 0.22, 0.20, 0.12, 0.02, -0.08]),
    CAP: np.array([0.50, 0.50, 0.46, 0.42, 0.40, 0.40, 0.34, 0.24, 0.12]),
}
"""Height of the lower edge above the eyes (unit: ears to nose), by direction as for hairlines."""
_THICK = {SCARF: 0.12, HAT: 0.14, CAP: 0.11}
_FACE = (0.50, 0.86, -0.30)
"""Half width, half height and height of the middle of the oval that a scarf leaves free."""
_SCARF_HIDES, _CHIN = 0.022, -0.3
"""Skin this deep under a scarf (share of stature) and above this height (as of the face's oval) is not drawn."""
_SKULL = 0.82
"""Half width of the skull, share of half the distance between the ears' landmarks."""


@frozen
class Headwear:
    """``kind`` one of `HEADWEAR`; ``colour (3,)`` linear RGB."""

    kind: str
    colour: Array


def make_headwear(person: Anatomy, wear: Headwear) -> tuple[list[Part], Mask]:
    """Its parts, and which vertices ``(V,)`` of the body it hides."""
    if wear.kind == SCARF:
        return _scarf(person, wear)
    level = _above_brim(person, wear.kind)
    parts = [_dome(person, wear, level)]
    if wear.kind == CAP:
        parts.append(_peak(person, wear, parts[0].vertices))
    return parts, level > 0.1 * person.head_size


def _above_brim(person: Anatomy, kind: str) -> Array:
    offset = person.vertices - person.ear_middle
    direction = np.degrees(np.abs(np.arctan2(offset[:, 0], offset[:, 2])))
    level = offset[:, 1] + person.ear_middle[1] - person.eye_height
    level = level - person.head_size * np.interp(direction, FRONT_TO_BACK_DEG, _BRIM[kind])
    return np.where((person.head > 0.5) & (person.regions["ears"] < 0.5), level, -0.02)


def _dome(person: Anatomy, wear: Headwear, level: Array) -> Part:
    patch = subdivide(cut(whole(len(level), person.faces), level))
    mean = smoother(patch.faces, len(patch))
    base = smooth(mean, patch.mix @ person.vertices, 12)
    height = np.clip((patch.mix @ level) / (0.25 * person.head_size), 0, 1)
    lift = person.head_size * _THICK[wear.kind] * (0.75 + 0.25 * height)
    rest = smooth(mean, base + vertex_normals(base, patch.faces) * lift[:, None], 3)
    material = Material.KNIT if wear.kind == HAT else Material.CLOTH
    colours = flat_colour(wear.colour, len(rest))
    if wear.kind == HAT:
        colours[height < 0.85] *= 0.85
    return _on_head(person, rest, patch.faces, colours, material)


def _on_head(person: Anatomy, rest: Array, faces: Faces, colours: Array, material: Material) -> Part:
    weights = np.zeros((len(rest), person.weights.shape[1]))
    weights[:, JOINT["head"]] = 1.0
    grain = np.stack([rest[:, 0] + rest[:, 2], rest[:, 1]], axis=1)
    return Part("headwear", rest, weights, faces, colours, grain, material, 0.9)


def _peak(person: Anatomy, wear: Headwear, dome: Array) -> Part:
    """The peak before the forehead, seen from both sides."""
    size, axis = person.head_size, person.ear_middle
    turns = np.radians(np.linspace(-62, 62, 15))
    offset = dome - axis
    angle = np.arctan2(offset[:, 0], offset[:, 2])
    low = person.eye_height + (_BRIM[CAP][0] + 0.08) * size
    rim = (offset[:, 2] > 0) & (dome[:, 1] < low + 0.12 * size)
    reach = [np.hypot(*offset[rim & (np.abs(angle - turn) < 0.2)][:, [0, 2]].T).max() for turn in turns]
    inner = axis + np.stack([reach * np.sin(turns), np.full(15, low - axis[1]), reach * np.cos(turns)], axis=1)
    rows = []
    for share in np.linspace(0, 1, 5):
        out = share * 0.62 * size * np.cos(turns * 1.35) ** 0.6
        drop = 0.10 * share**2 * size + 0.16 * size * (turns / turns[-1]) ** 2 * (0.4 + 0.6 * share)
        rows.append(inner + np.stack([0 * out, -drop, out - 0.03 * size], axis=1))
    rest, faces = both_sides(np.concatenate(rows), grid_faces(5, 15))
    return _on_head(
        person,
        rest,
        faces,
        flat_colour(0.85 * wear.colour, len(rest)),
        Material.CLOTH,
    )


def _scarf(person: Anatomy, wear: Headwear) -> tuple[list[Part], Mask]:
    across, up, front = face_place(person)
    width, height, middle = _FACE
    oval = np.sqrt((across / width) ** 2 + ((up - middle) / height) ** 2) - 1
    outside = np.where(front > 0.15, oval * person.head_size * 0.4, 0.05)
    neck = person.joint("neck")[1]
    levels = [outside, person.vertices[:, 1] - neck + 0.045 * person.stature, 0.5 - 2 * person.arms]
    patch = whole(len(across), person.faces)
    for level in levels:
        patch = cut(patch, patch.mix @ level)
    patch = subdivide(patch)
    mean = smoother(patch.faces, len(patch))
    base = smooth(mean, patch.mix @ _without_ears(person), 10)
    hung = hang(base, person.ear_middle[[0, 2]], pull_in=0.55)
    below = np.clip((person.eye_height - 0.35 * person.head_size - base[:, 1]) / (0.4 * person.head_size), 0, 1)
    base = smooth(mean, base + below[:, None] * (hung - base), 6)
    low = np.clip((neck + 0.03 * person.stature - base[:, 1]) / (0.05 * person.stature), 0, 1)
    lift = _THICK[SCARF] * person.head_size * (1 + 0.6 * low)
    rest = base + vertex_normals(base, patch.faces) * lift[:, None]
    weights = smooth(mean, patch.mix @ person.weights, 12)
    grain = np.stack([rest[:, 0] + rest[:, 2], rest[:, 1]], axis=1)
    part = Part("headwear", rest, weights, patch.faces, flat_colour(wear.colour, len(rest)), grain, Material.CLOTH, 0.9)
    above_chin = (person.head > 0.5) & (up > _CHIN)
    return [part], above_chin & (np.min(levels, axis=0) > _SCARF_HIDES * person.stature)


def _without_ears(person: Anatomy) -> Array:
    """The body's vertices, ears pressed to the skull."""
    skull = _SKULL * abs(person.landmark("lear")[0])
    pressed = person.vertices.copy()
    pressed[:, 0] = np.where(person.regions["ears"] > 0.01, np.clip(pressed[:, 0], -skull, skull), pressed[:, 0])
    return pressed
