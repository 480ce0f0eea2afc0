"""The shape space of the default body: a grid of people, their principal components, and where each person lies in them."""

from collections.abc import Callable

import numpy as np

from engine.core.arrays import Array, Single
from engine.core.frozen import frozen
from render.body.anny_people import HEAVIEST_SLIDER, AnnyPeople, Phenotypes
from render.body.smplx_joints import JOINT, joints_of_heads, merge_weights
from render.body.solid import stature
from render.body.unpose import to_rest_pose

AGES_YEARS = np.array([1.5, 4.0, 6.0, 8.0, 11.0, 14.0, 16.0, 18.0, 40.0, 60.0, 75.0, 100.0])
FEMALE = np.array([0.0, 1.0])
HEIGHTS = np.array([-0.3, 0.4, 1.1])
ADIPOSITIES = np.array([-1.0, 0.0, 0.5, 1.0, HEAVIEST_SLIDER, 2.3, 3.4])
"""Knots of Anny's piecewise linear sliders, so that interpolating between them loses almost nothing."""

_ANNY_AGE_YEARS = (0.0, 1.0, 4.0, 11.0, 16.0, 18.0, 40.0, 60.0, 75.0, 90.0)
_ANNY_AGE = (0.0, 0.05, 0.215, 0.415, 0.67, 0.70, 0.76, 0.84, 0.93, 1.0)
"""Up to 18 years Anny's own calibration against WHO growth curves; later the "old" shape is reached at 90 instead of 110."""
_MUSCLE_YEARS = (0.0, 18.0, 30.0, 60.0, 90.0)
_MUSCLE = (0.5, 0.5, 0.55, 0.45, 0.3)
"""Muscle slider over age: skeletal muscle is lost from the fifth decade on (Janssen et al. 2000, J Appl Physiol 89:81)."""

COMPONENTS = 100
PELVIS_HEIGHT_BELOW_ORIGIN = -0.351
"""The origin of SMPL-X files lies about this far above the pelvis joint of a 1.7 m adult."""
_CHUNK = 42


@frozen
class ShapeBasis:
    """``template (V, 3)`` and ``joints (55, 3)`` of the neutral adult, ``directions (V, 3, K)`` with unit variance coefficients over the
    grid, ``table (ages, sexes, heights, adiposities, K)`` coefficients of the people of the grid, and a sample of the grid
    (``vertices (n, V, 3)``, ``centres (n, 55, 3)``) to fit joints on."""

    template: Array
    joints: Array
    weights: Array
    directions: Array
    table: Array
    vertices: Single
    centres: Array


def _grid() -> Phenotypes:
    years, female, height, adiposity = (
        axis.ravel() for axis in np.meshgrid(AGES_YEARS, FEMALE, HEIGHTS, ADIPOSITIES, indexing="ij")
    )
    return _phenotypes(years, female, height, adiposity)


def _phenotypes(years: Array, female: Array, height: Array, adiposity: Array) -> Phenotypes:
    return Phenotypes(
        age=np.interp(years, _ANNY_AGE_YEARS, _ANNY_AGE),
        female=female,
        height=height,
        adiposity=adiposity,
        muscle=np.interp(years, _MUSCLE_YEARS, _MUSCLE),
    )


def make_basis(people: AnnyPeople, progress: Callable[[float], None]) -> ShapeBasis:
    """Poses the grid of people, and finds their principal components about a neutral adult."""
    weights = merge_weights(people.bones, people.weights, people.bone_of_weight)
    neutral = _phenotypes(*(np.array([value]) for value in (30.0, 0.5, 0.4, 0.6)))
    template, joints = (array[0] for array in _rest_pose(people, neutral, weights))
    grid = _grid()
    count = len(grid.age)
    vertices = np.empty((count, *template.shape), np.float32)
    centres = np.empty((count, *joints.shape))
    for start in range(0, count, _CHUNK):
        part = slice(start, start + _CHUNK)
        vertices[part], centres[part] = _rest_pose(people, _take(grid, part), weights)
        progress(min(start + _CHUNK, count) / count)
    directions, coefficients = _principal_components(vertices - template)
    table = coefficients.reshape(len(AGES_YEARS), len(FEMALE), len(HEIGHTS), len(ADIPOSITIES), COMPONENTS)
    return ShapeBasis(template, joints, weights, directions, table, vertices, centres)


def _take(people: Phenotypes, part: slice) -> Phenotypes:
    return Phenotypes(
        people.age[part], people.female[part], people.height[part], people.adiposity[part], people.muscle[part]
    )


def _rest_pose(people: AnnyPeople, who: Phenotypes, weights: Array) -> tuple[Array, Array]:
    """Rest-pose vertices and joints about SMPL-X's origin."""
    vertices, heads = people.rest(who)
    vertices, joints = to_rest_pose(vertices, joints_of_heads(people.bones, heads), weights)
    origin = joints[:, JOINT["pelvis"]].copy()
    origin[:, 1] -= PELVIS_HEIGHT_BELOW_ORIGIN * stature(vertices) / 1.7
    return vertices - origin[:, None], joints - origin[:, None]


def _principal_components(offsets: Array) -> tuple[Array, Array]:
    """Directions ``(V, 3, K)`` and coefficients ``(n, K)``; ``offsets (n, V, 3)`` are about the template, not their mean."""
    flat = offsets.reshape(len(offsets), -1)
    power, axes = np.linalg.eigh((flat @ flat.T).astype(float))
    power, axes = power[::-1][:COMPONENTS], axes[:, ::-1][:, :COMPONENTS]
    scale = np.sqrt(power / len(flat))
    directions = (flat.T @ (axes / np.sqrt(power))) * scale
    coefficients = axes * np.sqrt(power) / scale
    signs = np.sign(directions.sum(axis=0))
    shape = (*offsets.shape[1:], COMPONENTS)
    return (directions * signs).reshape(shape), coefficients * signs
