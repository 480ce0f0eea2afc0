"""What years leave on the skin: folds, lines, spots."""

import numpy as np
from scipy.spatial import cKDTree

from engine.core.arrays import Array
from render.figure.anatomy import Anatomy, face_place

_FOLDS = (
    ((0.13, -0.30), (0.26, -0.62), 0.035, 0.30),
    ((0.24, -0.66), (0.25, -0.90), 0.030, 0.18),
    ((0.12, -0.17), (0.30, -0.18), 0.035, 0.20),
    ((0.42, 0.04), (0.52, 0.10), 0.025, 0.16),
    ((0.42, -0.02), (0.53, -0.05), 0.025, 0.16),
    ((0.05, 0.12), (0.06, 0.26), 0.022, 0.18),
)
"""Lines on either half of the face, from and to (across, above the eyes), half width (unit: ears to nose) and depth of shade: folds from
nose to mouth and below its corners, bags under the eyes, crow's feet, frown."""
_FOREHEAD = ((0.34, 0.46, 0.58), 0.022, 0.14)
_NECK_RINGS, _NECK_SHADE = 3, 0.16
_SPOTS, _SPOT_M = 90, (0.0025, 0.0055)
_SPOT_COLOUR = np.array([0.62, 0.50, 0.42])


def folds(person: Anatomy) -> Array:
    """Share of light ``(V,)`` that fully developed wrinkles swallow."""
    across, up, front = face_place(person)
    place = np.stack([across, up], axis=1)
    shade = np.zeros(len(across))
    for start, end, width, depth in _FOLDS:
        shade = np.maximum(shade, depth * np.exp(-((_distance(place, start, end) / width) ** 2)))
    heights, width, depth = _FOREHEAD
    waved = up + 0.02 * np.cos(9 * across)
    for height in heights:
        shade = np.maximum(shade, depth * np.exp(-(((waved - height) / width) ** 2)) * (across < 0.42))
    return np.maximum(shade * (front > 0.35), _neck_rings(person))


def _distance(place: Array, start: tuple[float, float], end: tuple[float, float]) -> Array:
    """From points ``(V, 2)`` to a line between two ends."""
    along = np.subtract(end, start)
    share = np.clip((place - start) @ along / (along @ along), 0, 1)
    return np.linalg.norm(place - start - share[:, None] * along, axis=1)


def _neck_rings(person: Anatomy) -> Array:
    neck, head = person.joint("neck")[1], person.joint("head")[1]
    share = (person.vertices[:, 1] - neck) / (head - neck)
    ring = 0.5 + 0.5 * np.cos(2 * np.pi * _NECK_RINGS * share + 1.5 * np.abs(person.vertices[:, 0]) / person.head_size)
    return _NECK_SHADE * (person.share("neck") > 0.4) * ring**4


def spots(person: Anatomy, rng: np.random.Generator) -> Array:
    """How far each vertex ``(V,)`` lies in an age spot of face, scalp, forearms or hands."""
    bare = np.flatnonzero((person.head > 0.5) | (person.arms > 0.99))
    middles = person.vertices[rng.choice(bare, _SPOTS)]
    radii = rng.uniform(*_SPOT_M, _SPOTS)
    distance, nearest = cKDTree(middles).query(person.vertices)
    return np.exp(-((distance / radii[nearest]) ** 2))


def aged(person: Anatomy, colours: Array, signs: float, rng: np.random.Generator) -> Array:
    """``colours (V, 3)`` with the signs of age (0 none, 1 very old): folds, spots, blotches."""
    spot = 0.8 * signs * spots(person, rng)[:, None]
    blotch = 1 + 0.05 * signs * _blotches(person.vertices / person.stature, rng)[:, None] * [0.4, 1.0, 1.0]
    colours = colours * blotch * (1 - spot * (1 - _SPOT_COLOUR))
    return colours * (1 - signs * folds(person)[:, None] * [0.8, 1.0, 1.0])


def _blotches(places: Array, rng: np.random.Generator) -> Array:
    waves, phases = rng.standard_normal((8, 3)) * 110.0, rng.uniform(0, 2 * np.pi, 8)
    return 0.5 * np.sin(places @ waves.T + phases).sum(axis=1)
