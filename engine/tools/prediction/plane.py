"""Where the planar body is: soles from coordinates, and leg angles that bring the feet where the whole body has them."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import SIDES, suffix
from engine.core.frozen import frozen
from engine.musculoskeletal.description import Joint
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.tools.prediction.planar_model import PlanarBody
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, PLANAR_INDICES

_INDEX = {name: k for k, name in enumerate(PLANAR_COORDINATES)}
_LONGEST = 0.9995
"""Of a straight leg: a foot that is further away is taken to be that far."""

_STANDING_PERCENTILE = 40
_IN_THE_AIR_M = 0.01


@frozen
class _Leg:
    """Vectors ``(2,)`` in their own segment: pelvis to hip, hip to knee, knee to ankle, and where the foot's frame sits from the ankle."""

    hip: Array
    thigh: Array
    shank: Array
    foot: Array


def _leg(body: PlanarBody, side: str) -> _Leg:
    hip, knee, ankle = (_joint(body, name + side) for name in ("hip", "knee", "ankle"))
    return _Leg(
        hip=hip.in_parent.position[:2],
        thigh=(knee.in_parent.position - hip.in_child.position)[:2],
        shank=(ankle.in_parent.position - knee.in_child.position)[:2],
        foot=-ankle.in_child.position[:2],
    )


def _joint(body: PlanarBody, name: str) -> Joint:
    return next(joint for joint in body.skeleton.joints if joint.name == name)


def _turned(point: Array, angle: Array) -> Array:
    """``point (2,)`` or ``(n, 2)`` turned by ``angle (n,)``."""
    cosine, sine, x, y = np.cos(angle), np.sin(angle), point[..., 0], point[..., 1]
    return np.stack([cosine * x - sine * y, sine * x + cosine * y], axis=-1)


def _hip(leg: _Leg, q: Array) -> Array:
    root = q[:, [_INDEX["pelvis_tx"], _INDEX["pelvis_ty"]]]
    return root + _turned(leg.hip, q[:, _INDEX["pelvis_tilt"]])


def _spheres(body: PlanarBody, side: str) -> tuple[list[int], Array]:
    own = [k for k, foot in enumerate(body.soles.bodies) if foot.endswith(side)]
    return own, body.soles.centres[own, :2]


def sphere_places(body: PlanarBody, q: Array) -> Array:
    """Centres ``(n, P, 2)`` of the spheres at planar coordinates ``q (n, 10)``, m."""
    places = np.empty((len(q), len(body.soles.bodies), 2))
    for side in map(suffix, SIDES):
        leg, (own, centres) = _leg(body, side), _spheres(body, side)
        thigh = q[:, _INDEX["pelvis_tilt"]] + q[:, _INDEX[f"hip_flexion{side}"]]
        shank = thigh - q[:, _INDEX[f"knee_angle{side}"]]
        foot = shank + q[:, _INDEX[f"ankle_angle{side}"]]
        ankle = _hip(leg, q) + _turned(leg.thigh, thigh) + _turned(leg.shank, shank)
        for k, centre in zip(own, centres, strict=True):
            places[:, k] = ankle + _turned(leg.foot + centre, foot)
    return places


def sphere_heights(body: PlanarBody, q: Array) -> Array:
    """Height ``(n, P)`` of every sphere's lowest point over the floor, m."""
    return sphere_places(body, q)[:, :, 1] - body.soles.radii


def feet_in_place(body: PlanarBody, whole_q: Array, depth_m: float) -> Array:
    """Planar coordinates ``(n, 10)`` with leg angles that put both feet where the whole body has them at ``whole_q (n, 31)``.

    A leg that is spread, turned or carried by a listing pelvis ends elsewhere in the plane than its three sagittal angles say; hip, knee
    and ankle make up for it. The lower foot stands on the floor for most of the time and ``depth_m`` in it; a foot in the air is
    not lowered.
    """
    still = np.zeros_like(whole_q)
    points = (
        rigid_body_motion(body.whole.multibody.tree, body.whole.points, whole_q, still, still).position[:, :, :2].copy()
    )
    floor = np.percentile(points[:, :, 1].min(axis=1), _STANDING_PERCENTILE)
    points[:, :, 1] -= floor
    q = whole_q[:, PLANAR_INDICES]
    q[:, _INDEX["pelvis_ty"]] -= floor + depth_m
    for side in map(suffix, SIDES):
        own, centres = _spheres(body, side)
        target = points[:, own]
        lowest = np.maximum(target[:, :, 1].min(axis=1), 0.0)
        target[:, :, 1] += body.soles.radii[own] - depth_m * np.exp(-lowest / _IN_THE_AIR_M)[:, None]
        _reach(q, _leg(body, side), side, *_fit_pose(centres, target))
    return q


def _fit_pose(points: Array, target: Array) -> tuple[Array, Array]:
    """Turn ``(n,)`` and place ``(n, 2)`` of a rigid set of ``points (P, 2)`` nearest to ``target (n, P, 2)``."""
    own, there = points - points.mean(axis=0), target - target.mean(axis=1, keepdims=True)
    along = np.einsum("pi,npi->n", own, there)
    across = (own[:, 0] * there[:, :, 1] - own[:, 1] * there[:, :, 0]).sum(axis=1)
    pitch = np.arctan2(across, along)
    return pitch, target.mean(axis=1) - _turned(points.mean(axis=0), pitch)


def _reach(q: Array, leg: _Leg, side: str, pitch: Array, origin: Array) -> None:
    """Sets the three angles of a leg whose foot is at ``origin`` with ``pitch``."""
    way = origin - _turned(leg.foot, pitch) - _hip(leg, q)
    upper, lower = np.hypot(*leg.thigh), np.hypot(*leg.shank)
    distance = np.minimum(np.hypot(way[:, 0], way[:, 1]), _LONGEST * (upper + lower))
    between = np.arccos(np.clip((upper**2 + lower**2 - distance**2) / (2 * upper * lower), -1.0, 1.0))
    bend = np.pi - between
    at_hip = np.arcsin(np.clip(lower * np.sin(between) / distance, -1.0, 1.0))
    thigh = np.arctan2(way[:, 1], way[:, 0]) + at_hip - np.arctan2(leg.thigh[1], leg.thigh[0])
    shank_line = np.arctan2(leg.thigh[1], leg.thigh[0]) + thigh - bend
    shank = shank_line - np.arctan2(leg.shank[1], leg.shank[0])
    q[:, _INDEX[f"hip_flexion{side}"]] = _wrapped(thigh - q[:, _INDEX["pelvis_tilt"]])
    q[:, _INDEX[f"knee_angle{side}"]] = _wrapped(thigh - shank)
    q[:, _INDEX[f"ankle_angle{side}"]] = _wrapped(pitch - shank)


def _wrapped(angle: Array) -> Array:
    return (angle + np.pi) % (2 * np.pi) - np.pi
