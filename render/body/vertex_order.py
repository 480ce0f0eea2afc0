"""Vertices in an order that suits the ids which `smplx` has built in for nose, eyes, ears, fingers, toes and heels."""

import numpy as np

from engine.core.arrays import Array, Index, Mask
from render.body.smplx_joints import BODY_SIDES, FINGERS, JOINT


def landmark_vertices(vertices: Array, joints: Array, weights: Array) -> dict[str, int]:
    """Vertex of each landmark that `smplx` names, found by geometry on the rest pose ``vertices (V, 3)``."""
    face = weights[:, JOINT["head"]] > 0.5
    eye_height = joints[JOINT["left_eye"], 1]
    height = vertices[:, 1]
    middle = face & (np.abs(vertices[:, 0]) < 0.01) & (height > joints[JOINT["head"], 1] - 0.02) & (height < eye_height)
    found = {"nose": _extreme(vertices, [0.0, 0.0, 1.0], middle)}
    for side, sign in BODY_SIDES:
        found |= _side_landmarks(vertices, joints, weights, side, sign, face)
    return found


def _side_landmarks(
    vertices: Array, joints: Array, weights: Array, side: str, sign: float, face: Mask
) -> dict[str, int]:
    def moved_by(joint: str) -> Mask:
        return weights[:, JOINT[f"{side}_{joint}"]] > 0.5

    low, high = side[0], side[0].upper()
    heel = moved_by("ankle") & (vertices[:, 1] < joints[JOINT[f"{side}_ankle"], 1])
    found = {
        f"{low}eye": _extreme(vertices, [0.0, 0.0, 1.0], moved_by("eye")),
        f"{low}ear": _extreme(vertices, [sign, 0.0, 0.0], face),
        f"{high}BigToe": _extreme(vertices, [-0.35 * sign, 0.0, 1.0], moved_by("foot")),
        f"{high}SmallToe": _extreme(vertices, [0.9 * sign, 0.0, 0.5], moved_by("foot")),
        f"{high}Heel": _extreme(vertices, [0.0, -0.3, -1.0], heel),
    }
    for finger in FINGERS:
        direction = [0.7 * sign, 0.0, 0.7] if finger == "thumb" else [sign, 0.0, 0.0]
        found[f"{low}{finger}"] = _extreme(vertices, direction, moved_by(f"{finger}3"))
    return found


def _extreme(vertices: Array, direction: list[float], among: Mask) -> int:
    return int(np.where(among, vertices @ np.array(direction), -np.inf).argmax())


def order_for_ids(count: int, found: dict[str, int], ids: dict[str, int]) -> Index:
    """Permutation ``(V,)``, new place → old vertex, with ``order[ids[name]] == found[name]`` for every landmark.

    Raises:
        ValueError: two landmarks are the same vertex.
    """
    if len(set(found.values())) < len(found):
        raise ValueError(f"landmarks share a vertex: {found}")
    order = np.arange(count)
    for name, old in found.items():
        place = int(np.flatnonzero(order == old)[0])
        order[[ids[name], place]] = order[[place, ids[name]]]
    return order
