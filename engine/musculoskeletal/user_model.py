"""A user's own OpenSim model: what does not fit the physics, all of it in one message, and what is put right on the way in."""

import difflib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from engine.core.conventions import COORDINATES, MUSCLES, SIDES, suffix
from engine.core.errors import DataError
from engine.musculoskeletal.couplings import read_couplings
from engine.musculoskeletal.multibody import JOINT_KINDS
from engine.musculoskeletal.passive_torques import read_passive_torques
from engine.musculoskeletal.storage import read_model_file
from engine.musculoskeletal.toolkit import opensim

BODIES: tuple[str, ...] = (
    "pelvis",
    "torso",
    *(
        name + suffix(side)
        for side in SIDES
        for name in ("femur", "tibia", "talus", "calcn", "toes", "humerus", "ulna", "radius", "hand")
    ),
)
"""Bodies whose places the physics, the virtual sensors and the segment lengths need."""

_UNUSED_FORCES = ("Muscle", "ExpressionBasedCoordinateForce", "CoordinateActuator")
_NEAR_NAME = 0.6


@dataclass(frozen=True)
class UserModel:
    """A model that fits, initialised, and ``notes`` on what was changed in it or is not used."""

    model: opensim.Model
    notes: tuple[str, ...]


def read_user_model(path: Path, mass_kg: float | None = None) -> UserModel:
    """Opens a model, locks coordinates that we do not move, and brings its mass to ``mass_kg`` (its own by default).

    Raises:
        DataError: OpenSim cannot open it, or it does not fit; the message lists everything that is missing.
    """
    model = read_model_file(path)
    try:
        model.initSystem()
    except RuntimeError as error:
        raise DataError(f"{path}: OpenSim cannot initialise this model ({str(error).splitlines()[0]})") from error
    problems = _problems(model)
    if problems:
        lines = "".join(f"\n  - {problem}" for problem in problems)
        raise DataError(f"{path}: this model does not fit; {len(problems)} things to mend:{lines}")
    notes = [*_free_and_lock(model), *_unused(model)]
    if mass_kg is not None:
        notes += _scale_mass(model, mass_kg)
    model.initSystem()
    return UserModel(model, tuple(notes))


def _problems(model: opensim.Model) -> list[str]:
    checks = (
        _coordinate_problems,
        _joint_problems,
        _constraint_problems,
        _body_problems,
        _muscle_problems,
        _passive_problems,
    )
    return [problem for check in checks for problem in check(model)]


def _names(items: opensim.CoordinateSet | opensim.BodySet | opensim.SetMuscles) -> list[str]:
    return [items.get(i).getName() for i in range(items.getSize())]


def _with_hints(missing: list[str], there: list[str]) -> str:
    """The missing names, each with the most similar one of ``there``, names of the model that are not ours."""
    said = []
    for name in missing:
        near = difflib.get_close_matches(name, there, 1, _NEAR_NAME)
        said.append(f"{name} (is it your {near[0]}?)" if near else name)
    return ", ".join(said)


def _coordinate_problems(model: opensim.Model) -> list[str]:
    there = _names(model.getCoordinateSet())
    missing = [name for name in COORDINATES if name not in there]
    unknown = [name for name in there if name not in COORDINATES]
    return [f"coordinates missing: {_with_hints(missing, unknown)}"] if missing else []


def _joint_problems(model: opensim.Model) -> list[str]:
    joints, found = model.getJointSet(), []
    for i in range(joints.getSize()):
        joint = joints.get(i)
        kind = joint.getConcreteClassName()
        if kind not in JOINT_KINDS:
            found.append(f"joint {joint.getName()} is a {kind}; it must be one of {', '.join(JOINT_KINDS)}")
        elif kind == "CustomJoint":
            found += _axis_problems(opensim.CustomJoint.safeDownCast(joint))
    return found


def _axis_problems(joint: opensim.CustomJoint) -> list[str]:
    transform = joint.getSpatialTransform()
    counts = [transform.getTransformAxis(k).getCoordinateNamesInArray().size() for k in range(6)]
    if max(counts) < 2:
        return []
    return [f"joint {joint.getName()}: an axis follows {max(counts)} coordinates at once; one axis may follow one"]


def _constraint_problems(model: opensim.Model) -> list[str]:
    constraints, known, found = model.getConstraintSet(), read_couplings(model), []
    for i in range(constraints.getSize()):
        constraint = constraints.get(i)
        if constraint.getConcreteClassName() != "CoordinateCouplerConstraint":
            found.append(
                f"constraint {constraint.getName()} is a {constraint.getConcreteClassName()}; only couplers are known"
            )
    tied = [name for name in known if name in COORDINATES]
    if tied:
        found.append(f"coordinates that must be free follow another one by a constraint: {', '.join(tied)}")
    return found


def _body_problems(model: opensim.Model) -> list[str]:
    there = _names(model.getBodySet())
    missing = [name for name in BODIES if name not in there]
    others = [name for name in there if name not in BODIES]
    return [f"bodies missing: {_with_hints(missing, others)}"] if missing else []


def _muscle_problems(model: opensim.Model) -> list[str]:
    there = _names(model.getMuscles())
    missing = [name for name in MUSCLES if name not in there]
    if not missing:
        return []
    others = [name for name in there if name not in MUSCLES]
    right = [name for name in missing if name.endswith(suffix(SIDES[0]))]
    if [name[:-2] for name in right] == [name[:-2] for name in missing if name not in right]:
        listed = _with_hints([name[:-2] for name in right], sorted({name[:-2] for name in others}))
        return [f"muscles missing on both legs ({len(missing)} of {len(MUSCLES)}; without _r and _l): {listed}"]
    return [f"muscles missing ({len(missing)} of {len(MUSCLES)}): {_with_hints(missing, others)}"]


def _passive_problems(model: opensim.Model) -> list[str]:
    try:
        read_passive_torques(model)
    except DataError as error:
        return [str(error).removeprefix("model: ")]
    return []


def _free_and_lock(model: opensim.Model) -> list[str]:
    """Our coordinates become free, all others are held at their default unless a constraint moves them."""
    coordinates, follow = model.updCoordinateSet(), read_couplings(model)
    freed, locked = [], []
    for i in range(coordinates.getSize()):
        coordinate = coordinates.get(i)
        name, ours = coordinate.getName(), coordinate.getName() in COORDINATES
        if ours and (coordinate.getDefaultLocked() or coordinate.getDefaultIsPrescribed()):
            freed.append(name)
        if not ours and name not in follow and not coordinate.getDefaultLocked():
            locked.append(f"{name} at {coordinate.getDefaultValue():g}")
        coordinate.setDefaultLocked(not ours and name not in follow)
        coordinate.setDefaultIsPrescribed(False)
    said = (("coordinates unlocked", freed), ("coordinates locked, since the physics does not move them", locked))
    return [f"{what}: {', '.join(names)}" for what, names in said if names]


def _unused(model: opensim.Model) -> list[str]:
    extra = [name for name in _names(model.getMuscles()) if name not in MUSCLES]
    forces = model.getForceSet()
    others = Counter(
        forces.get(i).getConcreteClassName()
        for i in range(forces.getSize())
        if opensim.Muscle.safeDownCast(forces.get(i)) is None
    )
    ignored = [f"{count} {kind}" for kind, count in others.items() if kind not in _UNUSED_FORCES]
    said = (("muscles not used", extra), ("forces not used", ignored))
    return [f"{what}: {', '.join(names)}" for what, names in said if names]


def _scale_mass(model: opensim.Model, mass_kg: float) -> list[str]:
    """Masses and inertias of all bodies in proportion; strength stays as it is."""
    bodies = model.updBodySet()
    own = sum(bodies.get(i).getMass() for i in range(bodies.getSize()))
    factor = mass_kg / own
    if abs(factor - 1.0) < 1e-3:
        return []
    for i in range(bodies.getSize()):
        body = bodies.get(i)
        body.scaleMass(factor)
    return [f"mass of the model {own:.1f} kg, all segments scaled to {mass_kg:.1f} kg; muscle strength as in the file"]
