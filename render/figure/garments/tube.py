"""Cloth that falls free: a tube around both legs below the last ring that lies on the body.

In a stride the hull of two legs runs straight from the front of one to the front of the other. Weights that go over from the right thigh to
the left one linearly in x, between the legs' axes, give that straight line; what the hull's round ends need beyond it is ease.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, gaussian_filter1d

from engine.core.arrays import Array, Index
from render.body.smplx_joints import BODY_SIDES, JOINT
from render.figure.anatomy import Anatomy
from render.figure.garments.garment import Sheet, creases, eased
from render.figure.mesh import Faces

_ROW = 0.014
"""Distance of rows, share of stature."""
_DIRECTIONS = 72
_SLICE = 0.012
_EVEN_ROWS, _FREE = 4, 0.05
"""Rows over which columns spread evenly; fall (share of stature) over which the cloth forgets the ring it hangs from."""
_DRAWS_IN = -0.10
"""Metres outward per metre of fall above the hips."""
_SOFTNESS = (1.2, 2.0)
_LEAST_EASE = 0.0015
_CREASE = 0.0012
_FOLDS = (6, 13)
"""Least and most folds around the hem."""
_KNEE = 0.035
_STEP, _SLACKNESS = 0.6, 0.7
"""How far a leg swings over the height below the hip, about the tangent of 30 degrees; how much of slack cloth stays behind."""
_FRONT_KNEE_SHARE = 0.45
"""Below the knee the cloth in front hangs about half-way between the thigh's line and the shank's, near the plumb line."""


@dataclass(frozen=True)
class Fall:
    """``hem`` below the hip centres, ``ease`` and depth of ``folds`` at the hem, shares of stature; ``flare`` metres outward per metre of
    fall (negative: draws in)."""

    hem: float
    ease: float
    flare: float
    folds: float


def hang_tube(person: Anatomy, sheet: Sheet, fall: Fall, under: Array, rng: np.random.Generator) -> Sheet:
    """``sheet`` with a tube from its lowest border down to the hem, outside the body and the clothes ``under (k, 3)``."""
    loop = sheet.loops()[0]
    ring, axis = sheet.vertices[loop], person.joint("pelvis")[[0, 2]]
    hem = person.joint("left_hip")[1] - fall.hem * person.stature
    start = ring[:, 1].mean()
    rows = max(int(np.ceil((start - hem) / (_ROW * person.stature))), 2)
    share = np.arange(1, rows + 1)[:, None] / rows
    height = ring[:, 1] + share * (hem - ring[:, 1])
    angle, radius = _polar(ring, axis)
    angles = _spread(angle, rows)
    points = np.concatenate([person.vertices[person.arms < 0.2], under])
    hull = _hull(points, axis, height.mean(axis=1), angles, _SLICE * person.stature)
    radii = _hanging(person, fall, hull, height, radius)
    radii += _uneven(person, fall, angles, height, rng)
    places = np.stack([axis[0] + radii * np.sin(angles), height, axis[1] + radii * np.cos(angles)], axis=-1)
    weights = _weights(person, places, radii - hull, sheet.weights[loop], start)
    first = len(sheet.vertices)
    indices = np.concatenate([loop[None], first + np.arange(rows * len(loop)).reshape(rows, -1)])
    return sheet.extended(places.reshape(-1, 3), weights, quads(indices))


def quads(rows: Index) -> Faces:
    """Two triangles for each cell between closed rows ``(r, m)`` of vertices that carry on from a border in its own direction."""
    a, c = rows[:-1].ravel(), rows[1:].ravel()
    b, d = np.roll(rows[:-1], -1, axis=1).ravel(), np.roll(rows[1:], -1, axis=1).ravel()
    return np.concatenate([np.stack([b, a, c], axis=1), np.stack([b, c, d], axis=1)])


def _polar(ring: Array, axis: Array) -> tuple[Array, Array]:
    across = ring[:, [0, 2]] - axis
    return np.unwrap(np.arctan2(across[:, 0], across[:, 1])), np.linalg.norm(across, axis=1)


def _spread(angle: Array, rows: int) -> Array:
    """Angles ``(rows, m)`` that go over from those of the ring to even ones."""
    turn = np.sign(angle[-1] - angle[0]) * 2 * np.pi * np.arange(len(angle)) / len(angle)
    even = turn + (angle - turn).mean()
    share = np.minimum(np.arange(1, rows + 1) / _EVEN_ROWS, 1)[:, None]
    return angle + share * (even - angle)


def _hull(points: Array, axis: Array, heights: Array, angles: Array, slice_m: float) -> Array:
    """Radius ``(rows, m)`` at ``angles (rows, m)`` of the convex hull of the points near each of ``heights (rows,)``."""
    directions = 2 * np.pi * np.arange(_DIRECTIONS) / _DIRECTIONS
    extent = (points[:, [0, 2]] - axis) @ np.stack([np.sin(directions), np.cos(directions)])
    near = np.abs(points[:, 1] - heights[:, None]) < slice_m
    support = np.array([extent[row].max(axis=0) if row.any() else np.zeros(_DIRECTIONS) for row in near])
    slant = np.cos(angles[..., None] - directions)
    return np.where(slant > 0.2, support[:, None] / np.maximum(slant, 0.2), np.inf).min(axis=-1)


def _hanging(person: Anatomy, fall: Fall, hull: Array, height: Array, start: Array) -> Array:
    """Radii ``(rows, m)``: outside the hull by the ease, and never inside where the cloth above lets it fall."""
    hip, stature = person.joint("left_hip")[1], person.stature
    slope = min(_DRAWS_IN, fall.flare) + eased(-height, -hip - 0.02 * stature, -hip + 0.05 * stature) * (
        fall.flare - min(_DRAWS_IN, fall.flare)
    )
    top = height[0].mean()
    least = hull + fall.ease * stature * eased(-height, -top, -top + _FREE * stature)
    radii, above, before = np.empty_like(hull), start, height[0]
    for k, row in enumerate(least):
        above = np.maximum(row, above + slope[k] * (before - height[k]))
        radii[k], before = above, height[k]
    soft = gaussian_filter(radii, _SOFTNESS, mode=("nearest", "wrap"))
    share = np.minimum(np.arange(1, len(radii) + 1) / _EVEN_ROWS, 1)[:, None]
    return np.maximum(start + share * (soft - start), hull + _LEAST_EASE * stature)


def _uneven(person: Anatomy, fall: Fall, angles: Array, height: Array, rng: np.random.Generator) -> Array:
    """Folds, outward only and deepest at the hem, and creases: metres ``(rows, m)``."""
    hip, hem = person.joint("left_hip")[1], height[-1].mean()
    numbers, phases = rng.integers(_FOLDS[0], _FOLDS[1] + 1, 3), rng.uniform(0, 2 * np.pi, 3)
    wave = np.sin(angles[..., None] * numbers + phases).mean(axis=-1)
    share = eased(-height, -hip, -hem)
    places = np.stack([np.sin(angles) / 6, height / person.stature, np.cos(angles) / 6], axis=-1).reshape(-1, 3)
    crease = _CREASE * np.maximum(creases(places, rng), -1.0).reshape(height.shape)
    return person.stature * (fall.folds * share * (0.6 + wave) + crease * np.minimum(2 * share, 1))


def _weights(person: Anatomy, places: Array, slack: Array, ring: Array, start: float) -> Array:
    """Skinning weights ``(rows * m, 55)`` of the tube's ``places (rows, m, 3)`` below a ring with weights ``ring (m, 55)``.

    What hangs ``slack (rows, m)`` metres off the hull follows the legs less: they must first come that far.
    """
    x, y, z = np.moveaxis(places, -1, 0)
    hip, knee, ankle = (person.joint(f"left_{name}") for name in ("hip", "knee", "ankle"))
    frontness = 0.5 + 0.5 * np.cos(np.arctan2(x - person.joint("pelvis")[0], z - person.joint("pelvis")[2]))
    leg = _leg_share(person, y.mean(axis=1), frontness)
    swing = np.maximum(_STEP * (hip[1] - y), _ROW * person.stature)
    leg *= 1 - _SLACKNESS * np.clip(slack / swing, 0, 0.6)
    axis_x = np.interp(y, [ankle[1], knee[1], hip[1]], [ankle[0], knee[0], hip[0]])
    left = np.clip(0.5 + 0.5 * x / axis_x, 0, 1)
    below = eased(-y, -knee[1] - _KNEE * person.stature, -knee[1] + _KNEE * person.stature)
    below *= 1 - (1 - _FRONT_KNEE_SHARE) * frontness
    free = np.zeros((*y.shape, ring.shape[1]))
    free[..., JOINT["pelvis"]] = 1 - leg
    for (side, _), share in zip(BODY_SIDES, (left, 1 - left), strict=True):
        free[..., JOINT[f"{side}_hip"]] = leg * share * (1 - below)
        free[..., JOINT[f"{side}_knee"]] = leg * share * below
    own = eased(-y, -start, -start + _FREE * person.stature)[..., None]
    return (own * free + (1 - own) * ring).reshape(-1, ring.shape[1])


def _leg_share(person: Anatomy, heights: Array, frontness: Array) -> Array:
    """How far cloth at ``heights (rows,)`` follows the legs rather than the pelvis, ``(rows, m)``: as the skin in front and behind does."""
    share = person.share(*(f"{side}_{name}" for side, _ in BODY_SIDES for name in ("hip", "knee", "ankle", "foot")))
    front = person.vertices[:, 2] > person.joint("pelvis")[2]
    near = np.abs(person.vertices[:, 1] - heights[:, None]) < _SLICE * person.stature
    near &= person.arms < 0.2
    halves = [(near & half) @ share / np.maximum((near & half).sum(axis=1), 1) for half in (front, ~front)]
    ahead, behind = (np.maximum.accumulate(gaussian_filter1d(half, 1.5, mode="nearest"))[:, None] for half in halves)
    return behind + frontness * (ahead - behind)
