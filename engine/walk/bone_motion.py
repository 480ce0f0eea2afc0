"""The bones of a person, without muscles: where points of bodies are during a motion. For sensors and pictures."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from engine.core.arrays import Array
from engine.gait.records import BodyShape
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.multibody import Multibody, read_multibody
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.scale import scale_geometry, segment_scales
from engine.physics.kernels.rigid_body import Points, rigid_body_motion


@lru_cache(maxsize=2)
def skeleton(body: BodyShape) -> Multibody:
    """The bones and joints of a body (0.15 s; the latest bodies' are kept, for all walks of a person)."""
    bare = replace(published_model(), muscles=(), cylinders=(), actuators={})
    model = build_model(scale_geometry(bare, segment_scales(body)))
    model.initSystem()
    return read_multibody(model)


def point_positions(bones: Multibody, bodies: Sequence[str], places: Array, q: Array) -> Array:
    """World positions ``(n, P, 3)`` of points fixed to ``bodies`` at ``places (P, 3)`` (body axes, m), for coordinates ``q (n, 31)``.

    Raises:
        DataError: the skeleton has no body of that name.
    """
    points = Points(np.array([bones.body(name) for name in bodies]), np.asarray(places, float), np.zeros(len(bodies)))
    rest = np.zeros_like(q)
    return rigid_body_motion(bones.tree, points, q, rest, rest).position
