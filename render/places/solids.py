"""Solids that furniture is made of: boxes, tubes, spheres, cushions, lofts. Each is a closed mesh whose normals point outwards."""

import numpy as np
from numpy.typing import ArrayLike

from engine.core.arrays import Array
from render.figure.mesh import Faces, vertex_normals
from render.figure.part import Material
from render.places.surfaces import Room, box, join

_AROUND = 14
_BELTS = 9


def block(
    centre: ArrayLike,
    half: ArrayLike,
    colour: Array,
    roughness: float = 0.6,
    material: Material = Material.PLAIN,
) -> Room:
    """An upright box, ``half`` its extent in each direction (m)."""
    return join(box(centre, half, colour, roughness, material))


def tube(
    path: ArrayLike,
    radius: ArrayLike,
    colour: Array,
    roughness: float = 0.35,
    material: Material = Material.METAL,
    around: int = _AROUND,
) -> Room:
    """A round bar along ``path (k, 3)`` with flat ends; ``radius`` m, one or one for each point."""
    points = np.asarray(path, float)
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    helper = np.eye(3)[np.argmin(np.abs(along).max(axis=0))]
    right = np.cross(along, helper)
    right /= np.linalg.norm(right, axis=1, keepdims=True)
    up = np.cross(along, right)
    angle = 2 * np.pi * np.arange(around) / around
    reach = np.broadcast_to(np.asarray(radius, float), len(points))[:, None, None]
    rings = points[:, None] + reach * (np.cos(angle)[:, None] * right[:, None] + np.sin(angle)[:, None] * up[:, None])
    return loft(rings, colour, roughness, material)


def cushion(
    centre: ArrayLike,
    half: ArrayLike,
    colour: Array,
    roughness: float = 0.9,
    material: Material = Material.CLOTH,
    *,
    squareness: float = 0.35,
    around: int = 2 * _AROUND,
    belts: int = _BELTS,
) -> Room:
    """A superellipsoid (Barr 1981, IEEE Comput Graph Appl 1:11): 1 is an ellipsoid, towards 0 it becomes a box with round edges."""
    latitude = 0.5 * np.pi * np.linspace(-1, 1, belts + 2)
    longitude = 2 * np.pi * np.arange(around) / around

    def bent(value: Array) -> Array:
        return np.sign(value) * np.abs(value) ** squareness

    ring = np.stack([bent(np.cos(longitude)), np.zeros(around), bent(np.sin(longitude))], axis=1)
    width, height = bent(np.cos(latitude)), bent(np.sin(latitude))
    width[[0, -1]] = 1e-3
    rings = width[:, None, None] * ring + height[:, None, None] * [0.0, 1.0, 0.0]
    return loft(np.asarray(centre, float) + rings * np.asarray(half, float), colour, roughness, material)


def sphere(
    centre: ArrayLike,
    radius: float,
    colour: Array,
    roughness: float = 0.5,
    material: Material = Material.RUBBER,
) -> Room:
    """A ball."""
    return cushion(centre, (radius,) * 3, colour, roughness, material, squareness=1.0, belts=_AROUND)


def loft(rings: Array, colour: Array, roughness: float, material: Material) -> Room:
    """A skin over closed rings of points ``(k, n, 3)``, both ends capped; turned inside out if its rings run the wrong way round."""
    count, around = rings.shape[:2]
    side = _sides(count, around)
    if _volume(rings.reshape(-1, 3), side, rings) < 0:
        rings = rings[:, ::-1]
    points = rings.reshape(-1, 3)
    normals = vertex_normals(points, side)
    lengthwise = np.linalg.norm(np.diff(rings, axis=0), axis=2).mean(axis=1)
    girth = np.linalg.norm(np.diff(rings, axis=1, append=rings[:, :1]), axis=2).sum(axis=1).max()
    grain = np.empty((count, around, 2))
    grain[..., 0] = np.concatenate([[0.0], np.cumsum(lengthwise)])[:, None]
    grain[..., 1] = girth * np.arange(around) / around
    vertices, faces = [points], [side]
    all_normals, all_grain = [normals], [grain.reshape(-1, 2)]
    for cap, end in ((rings[0][::-1], -1), (rings[-1], 1)):
        start = sum(len(part) for part in vertices)
        fan = np.stack([np.zeros(around - 2, int), np.arange(1, around - 1), np.arange(2, around)], axis=1)
        vertices.append(cap)
        faces.append(fan + start)
        facing = np.cross(cap, np.roll(cap, -1, axis=0)).sum(axis=0)
        all_normals.append(np.tile(facing / max(float(np.linalg.norm(facing)), 1e-12), (around, 1)))
        all_grain.append(cap[:, [2, 0]] + end)
    return _painted(
        np.concatenate(vertices),
        np.concatenate(all_normals),
        np.concatenate(faces),
        np.concatenate(all_grain),
        colour,
        roughness,
        material,
    )


def _sides(count: int, around: int) -> Faces:
    k, j = np.meshgrid(np.arange(count - 1), np.arange(around), indexing="ij")
    a, b = k * around + j, k * around + (j + 1) % around
    c, d = a + around, b + around
    return np.concatenate([np.stack(corner, axis=-1).reshape(-1, 3) for corner in ((a, b, d), (a, d, c))])


def _volume(points: Array, side: Faces, rings: Array) -> float:
    """Signed volume about the middle of the rings: negative if the skin is inside out (ends left open)."""
    a, b, c = (points[side[:, k]] - rings.mean(axis=(0, 1)) for k in range(3))
    return float(np.einsum("na,na->", a, np.cross(b, c)))


def _painted(
    vertices: Array, normals: Array, faces: Faces, grain: Array, colour: Array, roughness: float, material: Material
) -> Room:
    count = len(vertices)
    return Room(
        vertices=vertices.astype(np.float32),
        normals=normals.astype(np.float32),
        faces=faces,
        colours=np.column_stack([np.broadcast_to(colour, (count, 3)), np.ones(count)]).astype(np.float32),
        grain=grain.astype(np.float32),
        surface=np.tile(np.array([float(material), roughness], np.float32), (count, 1)),
    )
