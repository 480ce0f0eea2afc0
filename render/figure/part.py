"""What a figure is made of: skinned surfaces with colours and a material."""

from enum import IntEnum

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.figure.mesh import Faces


class Material(IntEnum):
    """How the fragment shader treats a surface; the numbers are those in the shaders."""

    SKIN = 0
    CLOTH = 1
    HAIR = 2
    PLAIN = 3
    FLOOR = 4
    WALL = 5
    SHADOW = 6
    WOOD = 7
    CARPET = 8
    ASPHALT = 9
    PAVING = 10
    GRASS = 11
    BRICK = 12
    GLOW = 13
    LEATHER = 14
    RUBBER = 15
    METAL = 16
    KNIT = 17
    DENIM = 18


@frozen
class Part:
    """A surface in the rest pose: ``vertices (n, 3)``, ``weights (n, 55)``, ``faces (m, 3)``, ``colours (n, 3)`` linear RGB,
    ``grain (n, 2)`` coordinates in metres along which threads or strands run, ``roughness`` 0 to 1."""

    name: str
    vertices: Array
    weights: Array
    faces: Faces
    colours: Array
    grain: Array
    material: Material
    roughness: float


def flat_colour(colour: Array, vertices: int) -> Array:
    """The same colour ``(3,)`` for every vertex."""
    return np.broadcast_to(colour, (vertices, 3)).copy()
