"""How a hand holds a handle: where its wrist is, how it is turned, and how far each finger closes."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.body.rotations import rotation_about
from render.body.smplx_joints import BODY_SIDES
from render.figure.anatomy import Anatomy
from render.people.aid import BodySide

HANDLE_RADIUS = 0.14
"""Of a handle, share of the length from wrist to middle knuckle: 29 mm across for an adult. Of cylinders of 25 to 50 mm, 30 to 40 are held
most comfortably (Kong & Lowe 2005, Int J Ind Ergon 35:495), a model of the hand finds 33 best (Sancho-Bru et al. 2003, J Hand Ther 16:337);
that canes lie at the lower end is an assumption."""
_PALM_REACH = 0.9
"""Where the handle crosses the palm, share of that length."""
WRIST_EXTENSION = np.radians(40.0)
"""How far the palm is turned from facing the body to facing down, so that it bears on the handle."""
_FLEXION_LIMITS = np.radians([40.0, 90.0, 55.0])
"""Greatest flexion of knuckle, middle and end joint beyond the rest pose: assumed, less than fingers can do. Daily life asks for 71, 87
and 64 degrees, for which 48, 59 and 60 % of the active range are used ("The functional range of motion of the finger joints" 2015, J Hand
Surg Eur 40:406)."""
_FINGER_RADIUS = 0.075
_END_PHALANX = 0.8
"""Length of the last phalanx as a share of the one before."""
_THUMB_OPPOSITION, _THUMB_FLEXION = np.radians([35.0, 20.0])
_SIGN = dict(BODY_SIDES)
_SWEEP = 121


@frozen
class Grip:
    """One hand on a handle. In the aid's axes (y up, z forward, x left), origin in the middle of the handle: ``wrist (3,)`` m and
    ``rotation (3, 3)`` of the hand from the rest pose. ``fingers`` are rotations ``(3, 3)`` of the finger joints relative to the hand.
    ``palm (3,)`` is the middle of the handle as seen from the wrist in the rest pose."""

    side: BodySide
    wrist: Array
    rotation: Array
    fingers: dict[str, Array]
    palm: Array
    radius: float


def take_hold(person: Anatomy, side: BodySide) -> Grip:
    """The hand of that side around a handle that points forward, thumb in front."""
    sign, wrist = _SIGN[side], person.joint(f"{side}_wrist")
    length = float(np.linalg.norm(person.joint(f"{side}_middle1") - wrist))
    radius = HANDLE_RADIUS * length
    palm = np.array([sign * _PALM_REACH * length, -_palm_depth(person, side, length) - radius, 0.0])
    rotation = _hand_rotation(person, side, sign)
    fingers = {
        name: turn
        for finger in ("index", "middle", "ring", "pinky")
        for name, turn in _close(person, side, finger, palm, radius)
    }
    fingers |= _thumb(side, sign)
    return Grip(side, -rotation @ palm, rotation, fingers, palm, radius)


def _palm_depth(person: Anatomy, side: BodySide, length: float) -> float:
    """From the middle of the hand to the skin of the palm, where the handle lies."""
    seen = person.vertices - person.joint(f"{side}_wrist")
    along = np.abs(seen[:, 0] * _SIGN[side] - _PALM_REACH * length) < 0.12 * length
    near = along & (np.abs(seen[:, 2]) < 0.25 * length) & (np.abs(seen[:, 1]) < 0.5 * length)
    return float(-seen[near, 1].min())


def _hand_rotation(person: Anatomy, side: BodySide, sign: float) -> Array:
    """From the rest pose (palm down, thumb forward): knuckles along the handle, palm inward and down."""
    knuckles = (person.joint(f"{side}_index1") - person.joint(f"{side}_pinky1")) * [1.0, 0.0, 1.0]
    rest = _frame(knuckles, np.array([0.0, -1.0, 0.0]))
    palm = np.array([-sign * np.cos(WRIST_EXTENSION), -np.sin(WRIST_EXTENSION), 0.0])
    return _frame(np.array([0.0, 0.0, 1.0]), palm) @ rest.T


def _frame(first: Array, second: Array) -> Array:
    first = first / np.linalg.norm(first)
    third = np.cross(first, second)
    third /= np.linalg.norm(third)
    return np.stack([first, np.cross(third, first), third], axis=1)


def _close(person: Anatomy, side: BodySide, finger: str, palm: Array, radius: float) -> list[tuple[str, Array]]:
    """Each phalanx bends until it touches the handle, as seen along the handle."""
    sign = _SIGN[side]
    joints = [person.joint(f"{side}_{finger}{k}") - person.joint(f"{side}_wrist") for k in (1, 2, 3)]
    bones = [joints[1] - joints[0], joints[2] - joints[1]]
    bones.append(_END_PHALANX * bones[1])
    clearance = radius + _FINGER_RADIUS * abs(palm[0]) / _PALM_REACH
    turn, place, turns = 0.0, joints[0], []
    for k, (bone, limit) in enumerate(zip(bones, _FLEXION_LIMITS, strict=True)):
        turn += _bend(place, bone, turn, limit, palm, clearance, sign)
        rotation = rotation_about(2, -sign * turn)
        turns.append((f"{side}_{finger}{k + 1}", rotation))
        place = place + rotation @ bone
    return turns


def _bend(place: Array, bone: Array, turn: float, limit: float, handle: Array, clearance: float, sign: float) -> float:
    """The largest flexion up to ``limit`` in which the bone from ``place`` stays ``clearance`` from the handle's axis."""
    flexion = np.linspace(0.0, limit, _SWEEP)
    along = np.linspace(0.25, 1.0, 7)[:, None]
    ways = rotation_about(2, -sign * (turn + flexion)) @ bone
    points = place + along[None] * ways[:, None]
    free = np.linalg.norm((points - handle)[..., :2], axis=-1).min(axis=1) >= clearance
    blocked = np.flatnonzero(~free)
    return float(flexion[max(blocked[0] - 1, 0)] if len(blocked) else limit)


def _thumb(side: BodySide, sign: float) -> dict[str, Array]:
    base = rotation_about(0, _THUMB_OPPOSITION)
    flexion = rotation_about(2, -sign * _THUMB_FLEXION)
    turns = [base, base @ flexion, base @ flexion @ flexion]
    return {f"{side}_thumb{k + 1}": turn for k, turn in enumerate(turns)}
