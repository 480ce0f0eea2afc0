"""A walk with an aid: where the aid is in every frame, and the pose whose hands hold it."""

from collections.abc import Callable
from itertools import product

import numpy as np

from engine.core.arrays import Array
from render.aids.aid_parts import rest_place
from render.aids.arm import arm_lengths, bend_chain, hold
from render.aids.cane import forearm_way, handle_place
from render.aids.fit import Fit, fit_aid, shoulder_of
from render.aids.rollator import WHEEL_RADIUS, handle_places, wheel_places
from render.aids.steps import Swings, foot_swings
from render.aids.tip import EARLY_LIFTS, LIFT_HEIGHT, TipMotion, body_path, swing_tip
from render.body.posing import Pose
from render.body.rotations import rotation_about
from render.body.smplx_joints import BODY_SIDES, JOINT
from render.figure.anatomy import Anatomy
from render.people.aid import LEFT_RIGHT, Aid, BodySide

TIP_OUT = 0.045
"""How far a tip lands outside the shoulder, share of stature: about 15 cm beside the foot, where canes are fitted (Kumar et al. 1995)."""
TOP_SHARE = 0.55
"""Where the top of a cane is between the tip (0) and the shoulder (1), seen from above."""
TOP_AHEAD = 0.04
ROLLATOR_AHEAD = 0.09
"""Of the shoulders, shares of stature."""
REACH = 0.985
"""Share of its length to which an arm is stretched at most, if a nearer tip can avoid it."""
NEARER = np.arange(0.0, 0.28, 0.02)
"""How much nearer than beside the foot a tip may land, how much nearer than usual a rollator may be: shares of stature, tried in order."""
_SIGN = dict(BODY_SIDES)
_OTHER: dict[BodySide, BodySide] = {"left": "right", "right": "left"}


def use_aid(aid: Aid, person: Anatomy, pose: Pose, fps: float) -> tuple[Pose, Array]:
    """The walk of ``pose`` with the aid: the pose with changed arms, and transforms ``(F, A, 3, 4)`` of the aid's bodies
    from the rest pose.

    Canes and crutches move with the opposite leg (two-point gait); a rollator is pushed ahead. Only arms and hands change.

    Raises:
        DataError: the walk shows no whole step of a foot that an aid moves with.
    """
    joints = pose.joints(person.joints)
    if aid.kind == "rollator":
        return _push(person, pose, joints, fps)
    rotations, origins = [], []
    for side in aid.hands:
        fit = fit_aid(person, side)
        motion = _walk_cane if aid.kind == "cane" else _walk_crutch
        tip, rotation = motion(person, joints, fit, side, fps)
        handle = tip.place + np.einsum("nab,b->na", rotation, handle_place(fit, aid.kind))
        pose = hold(pose, person.joints, fit.grip, handle, rotation, _elbow_pole(side, len(pose)))
        rotations.append(rotation)
        origins.append(tip.place)
    return pose, _transforms(np.stack(rotations, axis=1), np.stack(origins, axis=1), rest_place(person))


def _elbow_pole(side: BodySide, frames: int) -> Array:
    """Elbows point backward and a little outward."""
    return np.tile([0.25 * _SIGN[side], 0.0, -1.0], (frames, 1))


def _transforms(rotations: Array, origins: Array, rest: Array) -> Array:
    shift = origins - rotations @ rest
    return np.concatenate([rotations, shift[..., None]], axis=-1)


def _plant(joints: Array, fit: Fit, side: BodySide, fps: float, stretch: Callable[[TipMotion], Array]) -> TipMotion:
    """The tip's course, landing beside the foot of the other side, or so much nearer that ``stretch (F,)``, the share of the arm's
    length that is needed, stays within `REACH`."""
    swings = foot_swings(joints, _OTHER[side], fps)
    path = body_path(shoulder_of(joints, side)[:, [0, 2]], fps)
    out = _SIGN[side] * TIP_OUT * fit.stature
    beside = _landing_ahead(joints, swings, _OTHER[side], path)
    tries = []
    for early, nearer in product(EARLY_LIFTS, NEARER):
        offset = np.array([out, beside - nearer * fit.stature])
        tip = swing_tip(swings, path, offset, LIFT_HEIGHT * fit.stature, early)
        tries.append((float(stretch(tip).max()), len(tries), tip))
        if tries[-1][0] <= REACH:
            return tip
    return min(tries)[2]


def _landing_ahead(joints: Array, swings: Swings, leg: BodySide, path: Array) -> float:
    """How far ahead of the shoulder's path the ball of the foot lands, m (median)."""
    landed = swings.landings[swings.seen].astype(int)
    return float(np.median(joints[landed, JOINT[f"{leg}_foot"], 2] - path[landed, 1]))


def _walk_cane(person: Anatomy, joints: Array, fit: Fit, side: BodySide, fps: float) -> tuple[TipMotion, Array]:
    shoulder = shoulder_of(joints, side)
    path = body_path(shoulder[:, [0, 2]], fps) + np.array([0.0, TOP_AHEAD * fit.stature])
    place, arm = handle_place(fit, "cane"), sum(arm_lengths(person.joints, side))

    def stretch(tip: TipMotion) -> Array:
        rotation = _leaning(tip.place, path, fit.handle)
        wrist = tip.place + np.einsum("nab,b->na", rotation, place + fit.grip.wrist)
        return np.linalg.norm(wrist - shoulder, axis=-1) / arm

    tip = _plant(joints, fit, side, fps, stretch)
    return tip, _leaning(tip.place, path, fit.handle)


def _leaning(tip: Array, path: Array, length: float) -> Array:
    """Rotations ``(F, 3, 3)`` of canes whose tops lie on the way from the tip to the body's ``path (F, 2)``, seen from above."""
    flat = TOP_SHARE * (path - tip[:, [0, 2]])
    rise = np.sqrt(np.maximum(length**2 - (flat**2).sum(-1), (0.5 * length) ** 2))
    return _upright(np.stack([flat[:, 0], rise, flat[:, 1]], axis=1))


def _upright(up: Array) -> Array:
    """Rotations ``(F, 3, 3)`` that take y to the direction ``up (F, 3)`` and leave z pointing forward."""
    up = up / np.linalg.norm(up, axis=-1, keepdims=True)
    left: Array = np.cross(up, [0.0, 0.0, 1.0])
    left /= np.linalg.norm(left, axis=-1, keepdims=True)
    return np.stack([left, up, np.cross(left, up)], axis=-1)


def _walk_crutch(person: Anatomy, joints: Array, fit: Fit, side: BodySide, fps: float) -> tuple[TipMotion, Array]:
    """Forearm and crutch are one: with the upper arm they make a chain of two from shoulder to tip."""
    shoulder = shoulder_of(joints, side)
    upper, _ = arm_lengths(person.joints, side)
    elbow = handle_place(fit, "crutch") + fit.grip.wrist + fit.fore * forearm_way()
    length = float(np.linalg.norm(elbow))

    def stretch(tip: TipMotion) -> Array:
        spare = np.linalg.norm(tip.place - shoulder, axis=-1) - length
        return spare / upper

    tip = _plant(joints, fit, side, fps, stretch)
    bend = bend_chain(shoulder, tip.place, upper, length, _elbow_pole(side, len(joints)))
    own = _upright(elbow[None])[0]
    return tip, _upright(bend - tip.place) @ own.T


def _push(person: Anatomy, pose: Pose, joints: Array, fps: float) -> tuple[Pose, Array]:
    """A rollator at an even distance before the shoulders, its wheels turning as it rolls."""
    fits = {side: fit_aid(person, side) for side in LEFT_RIGHT}
    fit = fits["left"]
    shoulders = 0.5 * (shoulder_of(joints, "left") + shoulder_of(joints, "right"))
    path = body_path(shoulders[:, [0, 2]], fps)
    tries = []
    for nearer in NEARER:
        origin = np.stack(
            [path[:, 0], np.zeros(len(path)), path[:, 1] + (ROLLATOR_AHEAD - nearer) * fit.stature], axis=1
        )
        needed = [_needed(person, joints, fits[side], origin + handle_places(fit)[side]) for side in LEFT_RIGHT]
        tries.append((float(np.max(needed)), len(tries), origin))
        if tries[-1][0] <= REACH:
            break
    origin = min(tries)[2] if tries[-1][0] > REACH else origin
    straight = np.tile(np.eye(3), (len(path), 1, 1))
    for side in LEFT_RIGHT:
        handle = origin + handle_places(fit)[side]
        pose = hold(pose, person.joints, fits[side].grip, handle, straight, _elbow_pole(side, len(path)))
    turn = rotation_about(0, (origin[:, 2] - origin[0, 2]) / (WHEEL_RADIUS * fit.stature))
    rotations = np.stack([straight, *([turn] * len(wheel_places(fit)))], axis=1)
    origins = np.stack([origin, *(origin + wheel for wheel in wheel_places(fit))], axis=1)
    return pose, _transforms(rotations, origins, rest_place(person))


def _needed(person: Anatomy, joints: Array, fit: Fit, handle: Array) -> Array:
    """Share ``(F,)`` of the arm's length between the shoulder and the wrist of a hand on an upright aid's ``handle (F, 3)``."""
    side = fit.grip.side
    away = np.linalg.norm(handle + fit.grip.wrist - shoulder_of(joints, side), axis=-1)
    return away / sum(arm_lengths(person.joints, side))
