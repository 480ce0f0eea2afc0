"""Beards: where they grow, and the hair of long ones."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from render.figure.anatomy import Anatomy, face_place
from render.figure.hair import Hair
from render.figure.mesh import cut, smooth, smoother, subdivide, vertex_normals, whole

_CHEEK_LINE = ((0.0, 0.18, 0.35, 0.48, 0.58, 0.70), (-0.62, -0.58, -0.53, -0.40, -0.12, 0.04))
"""Upper edge of a beard: from the middle outward (first row) so high above the eyes (second; unit: ears to nose)."""
_SOFT = 0.14
_EDGE = 0.3
_LIP_THICKNESS = 0.45
"""Of a moustache, share of the beard's."""


@dataclass(frozen=True)
class Beard:
    """How dense it grows, 0 to 1, on ``cheeks`` and jaw, on the ``chin`` and above the ``lip``; ``volume`` thickness of a beard that is
    let grow (unit: ears to nose)."""

    cheeks: float
    chin: float
    lip: float
    volume: float = 0.0


BEARDS: dict[str, Beard] = {
    "none": Beard(0.0, 0.0, 0.0),
    "stubble": Beard(0.16, 0.18, 0.16),
    "moustache": Beard(0.06, 0.06, 0.85, 0.035),
    "goatee": Beard(0.08, 0.85, 0.75, 0.05),
    "short": Beard(0.65, 0.7, 0.65, 0.03),
    "full": Beard(0.85, 0.92, 0.85, 0.10),
}


def beard_density(person: Anatomy, beard: Beard) -> Array:
    """How densely the beard grows at each vertex: ``(V,)`` in [0, 1]."""
    across, up, front = face_place(person)
    edge = np.interp(across, *_CHEEK_LINE)
    grows = np.clip((edge - up) / _SOFT, 0, 1) * np.clip((front - 0.14) / 0.08, 0, 1) * (up > -1.5)
    chin = np.clip((0.30 - across) / 0.10, 0, 1)
    lip = np.exp(-(((up + 0.425) / 0.055) ** 4)) * np.clip((0.26 - across) / 0.06, 0, 1) * (front > 0.6)
    density = grows * (beard.cheeks + (beard.chin - beard.cheeks) * chin)
    return np.maximum(density, beard.lip * lip) * (1 - np.clip(2 * person.regions["lips"], 0, 1))


def make_beard(person: Anatomy, beard: Beard) -> Hair | None:
    """The hair of a beard that is let grow; ``None`` for a shaven or stubbly face."""
    if not beard.volume:
        return None
    density = beard_density(person, beard)
    patch = cut(whole(len(density), person.faces), density - _EDGE)
    if not len(patch.faces):
        return None
    patch = subdivide(patch)
    mean = smoother(patch.faces, len(patch))
    base = smooth(mean, patch.mix @ person.vertices, 2)
    thick = beard.volume * person.head_size * np.sqrt(np.clip((patch.mix @ density - _EDGE) / (0.8 - _EDGE), 0, 1))
    _, up, _ = face_place(person)
    thick *= np.where(patch.mix @ up > -0.52, _LIP_THICKNESS, 1.0)
    vertices = base + vertex_normals(base, patch.faces) * (smooth(mean, thick, 2) + 0.002 * person.head_size)[:, None]
    strands = np.stack([vertices[:, 0], vertices[:, 1]], axis=1)
    return Hair(vertices, patch.mix @ person.weights, patch.faces, strands)
