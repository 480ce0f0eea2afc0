"""Stature and mass of a body mesh."""

import numpy as np

from engine.core.arrays import Array, Index

BODY_DENSITY_KG_M3 = 985.0
"""Of the volume that the skin encloses; usual where body shapes are judged by mass (SHAPY: Choutas et al. 2022, CVPR). It is that
of a body with full lungs: so all of 98 men floated, at rest 7 % (Donoghue & Minnigerode 1977, J Forensic Sci 22:573)."""


def stature(vertices: Array) -> Array | float:
    """Height ``(…)`` of standing bodies ``(…, V, 3)``, soles to crown, y up."""
    return np.ptp(vertices[..., 1], axis=-1)


def volume(vertices: Array, faces: Index) -> Array | float:
    """Volume ``(…)`` enclosed by triangles (divergence theorem), of bodies ``(…, V, 3)``."""
    a, b, c = (vertices[..., faces[:, k], :] for k in range(3))
    return np.abs(np.einsum("...fi,...fi->...", np.cross(a, b), c)) / 6.0


def mass(vertices: Array, faces: Index) -> Array | float:
    """Mass ``(…)`` in kg of bodies ``(…, V, 3)`` at `BODY_DENSITY_KG_M3`."""
    return BODY_DENSITY_KG_M3 * volume(vertices, faces)


def volume_gradient(vertices: Array, faces: Index) -> Array:
    """Derivative ``(V, 3)`` of the volume of one body ``(V, 3)`` by its vertices."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    gradient = np.zeros_like(vertices)
    for corner, normal in zip(faces.T, (np.cross(b, c), np.cross(c, a), np.cross(a, b)), strict=True):
        np.add.at(gradient, corner, normal / 6.0)
    sign = np.sign(np.einsum("fi,fi->", np.cross(a, b), c))
    return sign * gradient
