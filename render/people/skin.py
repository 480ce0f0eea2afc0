"""The skin: colours of face, lips, brows, eyes and stubble at the body's vertices."""

import numpy as np

from engine.core.arrays import Array
from render.figure.ageing import aged
from render.figure.anatomy import Anatomy, face_place
from render.figure.beard import beard_density
from render.figure.hair import hairline_level
from render.people.appearance import Appearance

_SCLERA = np.array([0.62, 0.58, 0.54])
_ROOTS = 0.25
"""Above the hairline the scalp takes the hair's colour within this length (unit: ears to nose)."""
_IRIS_DEG, _PUPIL_DEG = 29.0, 12.0
"""Half angles of iris and pupil seen from the centre of the eyeball (11.7 and 4 mm across on a 24 mm globe)."""


def skin_colours(person: Anatomy, appearance: Appearance, rng: np.random.Generator) -> Array:
    """Linear RGB ``(V, 3)``."""
    colours = np.broadcast_to(appearance.skin, person.vertices.shape) * (1 + 0.02 * rng.standard_normal((1, 3)))
    colours = _mix(colours, appearance.skin * [1.05, 0.88, 0.86], (0.5 + 0.4 * appearance.rosy) * _cheeks(person))
    if appearance.age_signs > 0:
        colours = aged(person, colours, appearance.age_signs, rng)
    lips = 0.75 * person.regions["lips"] ** (1 + 2 * appearance.age_signs) * (1 - 0.35 * appearance.age_signs)
    colours = _mix(colours, appearance.skin * [0.82, 0.52, 0.52], lips)
    colours = _mix(colours, appearance.skin * 0.55, 0.45 * person.regions["eyelids"])
    if appearance.haircut is not None:
        rooted = np.clip(hairline_level(person, appearance.haircut) / (_ROOTS * person.head_size), 0, 1)
        colours = _mix(colours, 0.8 * appearance.hair + 0.05 * appearance.skin, 0.85 * rooted)
    colours = _mix(colours, appearance.hair * 0.6 + 0.1 * appearance.skin, beard_density(person, appearance.beard))
    colours = _mix(colours, 0.5 * (appearance.brows + np.minimum(appearance.brows, appearance.skin)), _brows(person))
    return _eyes(person, appearance, colours)


def _mix(colours: Array, other: Array, share: Array) -> Array:
    return colours + share[:, None] * (other - colours)


def _bump(values: Array, centre: float | Array, width: float | Array) -> Array:
    return np.exp(-(((values - centre) / width) ** 2))


def _cheeks(person: Anatomy) -> Array:
    across, up, front = face_place(person)
    return _bump(across, 0.36, 0.2) * _bump(up, -0.38, 0.2) * (front > 0.3) + _bump(across, 0.0, 0.14) * _bump(
        up, -0.38, 0.12
    ) * (front > 0.75)


def _brows(person: Anatomy) -> Array:
    """Arcs over the eyes, thinning outward."""
    across, up, front = face_place(person)
    eye = np.abs(person.joint("left_eye")[0]) / person.head_size
    along = np.clip((across - 0.45 * eye) / (1.35 * eye), 0, 1)
    arc = 0.185 + 0.05 * np.sin(np.pi * 0.75 * along)
    inside = (across > 0.4 * eye) & (across < 1.85 * eye) & (front > 0.2)
    return 0.9 * inside * _bump(up, arc, 0.045 - 0.02 * along) * (1 - 0.35 * along)


def _eyes(person: Anatomy, appearance: Appearance, colours: Array) -> Array:
    colours = colours.copy()
    for side in ("left", "right"):
        ball = person.share(f"{side}_eye") > 0.5
        if not ball.any():
            continue
        points = person.vertices[ball]
        centre = 0.5 * (points.min(axis=0) + points.max(axis=0))
        rays = points - centre
        angle = np.degrees(np.arccos(np.clip(rays[:, 2] / np.linalg.norm(rays, axis=1), -1, 1)))
        iris = np.where(
            angle[:, None] < _PUPIL_DEG, 0.01, appearance.eyes * (0.6 + 0.4 * (angle[:, None] < 0.8 * _IRIS_DEG))
        )
        colours[ball] = np.where(angle[:, None] < _IRIS_DEG, iris, _SCLERA)
    return colours
