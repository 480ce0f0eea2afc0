"""A user's model as the body that the physics moves: where its floor is, how long its segments are, and whether its angles mean what ours
do."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, SIDES, suffix
from engine.core.errors import DataError
from engine.gait.records import BodyShape, MusculoskeletalParameters, Subject
from engine.musculoskeletal.contact_spheres import model_spheres, spheres_in_file
from engine.musculoskeletal.foot_contact import FootBones, SolePoints, both_soles, mirrored, sole_under
from engine.musculoskeletal.multibody import Multibody, read_multibody
from engine.musculoskeletal.replay import InverseDynamics
from engine.musculoskeletal.toolkit import opensim
from engine.musculoskeletal.user_model import UserModel
from engine.physics.body import read_body
from engine.physics.embodied import Embodied
from engine.physics.kernels.rigid_body import Points, rigid_body_motion

_MIRROR = np.array([1.0, 1.0, -1.0])
_BEND_RAD = 0.3
_SHARE = {"foot": 0.152, "hand": 0.108, "ankle_height": 0.039}
"""Of stature (Drillis & Contini 1966, New York University report 1166.03)."""
LEG_SHARE = 0.245 + 0.246
"""Thigh and shank as a share of stature (same source)."""

_MEANINGS: tuple[tuple[str, str, str, int, float], ...] = (
    ("hip_flexion", "tibia", "brings the knee forward", 0, 1.0),
    ("hip_adduction", "tibia", "brings the knee towards the other leg", 2, -1.0),
    ("knee_angle", "talus", "brings the ankle backward", 0, -1.0),
    ("ankle_angle", "toes", "lifts the toes", 1, 1.0),
)
"""What a growing angle does: coordinate, the body that shows it, in words, along which axis (z outward) and in which direction."""


def neutral_places(multibody: Multibody, q: Array | None = None) -> dict[str, Array]:
    """Origin ``(3,)`` of every body, m, with all coordinates zero (or at ``q (31,)``)."""
    count = len(multibody.bodies)
    points = Points(np.arange(count), np.zeros((count, 3)), np.zeros(count))
    pose = np.zeros((1, len(COORDINATES))) if q is None else q[None]
    still = np.zeros_like(pose)
    return dict(
        zip(multibody.bodies, rigid_body_motion(multibody.tree, points, pose, still, still).position[0], strict=True)
    )


def leg_length(places: dict[str, Array]) -> float:
    """Hip to knee to ankle, both legs' mean, m."""
    return _span(places, ("femur", "tibia")) + _span(places, ("tibia", "talus"))


def _span(places: dict[str, Array], ends: tuple[str, str]) -> float:
    return float(np.mean([np.linalg.norm(places[ends[1] + suffix(s)] - places[ends[0] + suffix(s)]) for s in SIDES]))


def _middle(places: dict[str, Array], name: str) -> Array:
    return (places[f"{name}_r"] + places[f"{name}_l"]) / 2


def estimated_height(model: opensim.Model) -> float:
    """Stature that goes with the legs of a model, m."""
    return leg_length(neutral_places(read_multibody(model))) / LEG_SHARE


def shape_of(model: opensim.Model, height_m: float) -> BodyShape:
    """Segment lengths of a model: between the origins of its bodies, which sit at the joints, and for foot, hand and the ankle's height as
    shares of stature."""
    places = neutral_places(read_multibody(model))
    lengths = {name: share * height_m for name, share in _SHARE.items()}
    lengths |= {
        "pelvis": float(np.linalg.norm(places["femur_r"] - places["femur_l"])),
        "thigh": _span(places, ("femur", "tibia")),
        "shank": _span(places, ("tibia", "talus")),
        "trunk": float(np.linalg.norm(_middle(places, "humerus") - _middle(places, "femur"))),
        "upper_arm": _span(places, ("humerus", "ulna")),
        "forearm": _span(places, ("ulna", "hand")),
        "hip_height": float((_middle(places, "femur") - _middle(places, "talus"))[1]) + lengths["ankle_height"],
    }
    return BodyShape(betas=np.zeros(0), lengths_m=lengths)


def embody_model(
    user: UserModel,
    subject: Subject,
    shape: BodyShape,
    contact: Path | None = None,
) -> Embodied:
    """The body of a user's model (about a second). Its soles are the contact spheres in ``contact`` or in the model, else ours at the size
    that ``shape`` tells.

    Raises:
        DataError: an angle means something else than ours, or ``contact`` cannot be used.
    """
    multibody = read_multibody(user.model)
    _check_meanings(multibody)
    soles = spheres_in_file(contact) if contact else model_spheres(user.model)
    soles = soles or _our_soles(neutral_places(multibody), shape)
    body = read_body(user.model, soles.bodies, soles.centres, soles.radii)
    return Embodied(subject, MusculoskeletalParameters(), shape, body, InverseDynamics(user.model), lambda: user.model)


def _our_soles(places: dict[str, Array], shape: BodyShape) -> SolePoints:
    soles = []
    for side in SIDES:
        flip = _MIRROR if side == "left" else np.ones(3)
        heel, toes, ankle = (flip * places[name + suffix(side)] for name in ("calcn", "toes", "talus"))
        soles.append(sole_under(FootBones(heel, toes, ankle), shape.lengths_m["foot"], shape.lengths_m["ankle_height"]))
    return both_soles(soles[0], mirrored(soles[1]))


def _check_meanings(multibody: Multibody) -> None:
    wrong = []
    rest = neutral_places(multibody)
    for name, shown, words, axis, direction in _MEANINGS:
        for side in SIDES:
            pose = np.zeros(len(COORDINATES))
            pose[COORDINATE_INDEX[name + suffix(side)]] = _BEND_RAD
            moved = (neutral_places(multibody, pose)[shown + suffix(side)] - rest[shown + suffix(side)])[axis]
            outward = -1.0 if axis == 2 and side == "left" else 1.0
            if moved * outward * direction <= 0:
                wrong.append(f"{name}{suffix(side)} should grow when the joint {words}")
    wrong += _pelvis_problems(multibody)
    if wrong:
        lines = "".join(f"\n  - {line}" for line in wrong)
        raise DataError(f"model: coordinates have another meaning than ours:{lines}")


def _pelvis_problems(multibody: Multibody) -> list[str]:
    """Tilt about z, then list about x, then rotation about y, and translations along x, y, z."""
    tree, pelvis = multibody.tree, multibody.body("pelvis")
    names = ("tilt", "list", "rotation", "tx", "ty", "tz")
    axes = np.array([[0, 0, 1], [1, 0, 0], [0, 1, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=float)
    expected = np.array([COORDINATE_INDEX[f"pelvis_{name}"] for name in names])
    in_order = tree.coordinate[pelvis] == expected
    if not in_order.all():
        return ["the pelvis must turn by tilt, list and rotation in this order, then move by tx, ty, tz"]
    off = [
        f"pelvis_{name}"
        for name, own, ours in zip(names, tree.axis[pelvis], axes, strict=True)
        if not np.allclose(own, ours, atol=1e-3)
    ]
    return [f"axes of {', '.join(off)} must be z, x, y for the angles and x, y, z for the translations"] if off else []
