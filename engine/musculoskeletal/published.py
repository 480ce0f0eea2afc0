"""The published generic adult, read from ``tables/`` (right side) and completed with its mirror image (left side)."""

import csv
from collections import defaultdict
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, MUSCLES
from engine.musculoskeletal.description import (
    Axis,
    Coordinate,
    Curve,
    Cylinder,
    Joint,
    ModelDescription,
    Muscle,
    PassiveTorque,
    PathPoint,
    Placement,
    RigidBody,
    Wrap,
)

TABLES = Path(__file__).parent / "tables"
MIDLINE_BODIES = ("ground", "pelvis", "torso")
MIDLINE_JOINTS = ("ground_pelvis", "back")
_MIRROR = np.array([1.0, 1.0, -1.0])
"""What the mirror does to a position; angles and axes of rotation change by its negative."""


def read_table(name: str) -> list[dict[str, str]]:
    """Rows of ``tables/<name>.csv`` (lines that start with ``#`` hold the sources)."""
    with (TABLES / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def _numbers(row: dict[str, str], *columns: str) -> Array:
    return np.array([float(row[column]) for column in columns])


def _bodies() -> list[RigidBody]:
    return [
        RigidBody(
            name=row["body"],
            segment=row["segment"],
            mass=float(row["mass"]),
            mass_centre=_numbers(row, "com_x", "com_y", "com_z"),
            inertia=_numbers(row, "ixx", "iyy", "izz"),
        )
        for row in read_table("bodies")
    ]


def _axis(entry: dict[str, Any]) -> Axis:
    spline = entry.get("spline", {})
    curve = Curve(tuple(entry.get("polynomial", ())), tuple(spline.get("x", ())), tuple(spline.get("y", ())))
    return Axis(np.array(entry["axis"], float), entry.get("of"), curve if curve != Curve() else None)


_STILL = tuple(Axis(direction) for direction in np.eye(3))


def _joint(entry: dict[str, Any]) -> Joint:
    axes = tuple(_axis(axis) for axis in entry.get("axes", ()))
    places = [
        Placement(
            np.array(entry.get(f"in_{body}", [0, 0, 0]), float),
            np.array(entry.get(f"turned_in_{body}", [0, 0, 0]), float),
        )
        for body in ("parent", "child")
    ]
    return Joint(
        name=entry["name"],
        parent=entry["parent"],
        child=entry["child"],
        kind=entry["kind"],
        in_parent=places[0],
        in_child=places[1],
        coordinate=entry.get("of"),
        axes=axes + _STILL if len(axes) == len(_STILL) else axes,
    )


def _joints() -> list[Joint]:
    return [_joint(entry) for entry in yaml.safe_load((TABLES / "joints.yaml").read_text(encoding="utf-8"))]


def _cylinders() -> list[Cylinder]:
    return [
        Cylinder(
            name=row["cylinder"],
            body=row["body"],
            placement=Placement(_numbers(row, "x", "y", "z"), _numbers(row, "rx", "ry", "rz")),
            radius=float(row["radius"]),
            length=float(row["length"]),
            quadrant=row["quadrant"],
        )
        for row in read_table("wrap_cylinders")
    ]


def _muscles() -> list[Muscle]:
    paths, wraps = defaultdict(list), defaultdict(list)
    for row in read_table("muscle_paths"):
        paths[row["muscle"]].append(PathPoint(row["body"], _numbers(row, "x", "y", "z")))
    for row in read_table("muscle_wraps"):
        wraps[row["muscle"]].append(Wrap(row["cylinder"], row["method"], int(row["first"]), int(row["last"])))
    return [
        Muscle(
            name=row["muscle"],
            max_isometric_force=float(row["max_isometric_force"]),
            optimal_fibre_length=float(row["optimal_fibre_length"]),
            tendon_slack_length=float(row["tendon_slack_length"]),
            pennation=float(row["pennation"]),
            passive_strain=float(row["passive_strain"]),
            path=tuple(paths[row["muscle"]]),
            wraps=tuple(wraps[row["muscle"]]),
        )
        for row in read_table("muscles")
    ]


def _coordinates() -> dict[str, Coordinate]:
    return {row["coordinate"]: _coordinate(row) for row in read_table("coordinates")}


def _coordinate(row: dict[str, str]) -> Coordinate:
    lower, upper, default = _numbers(row, "min", "max", "default")
    passive = PassiveTorque(**{name: float(row[name]) for name in PassiveTorque.__dataclass_fields__})
    return Coordinate(row["coordinate"], lower, upper, default, passive)


class _Sider:
    """Gives entries of the right-side tables the names (and the mirrored geometry) of one side."""

    def __init__(self, suffix: str) -> None:
        self.suffix = suffix
        self.sign = _MIRROR if suffix == "_l" else np.ones(3)
        self.turn = -_MIRROR if suffix == "_l" else np.ones(3)

    def place(self, place: Placement) -> Placement:
        return Placement(place.position * self.sign, place.angles * self.turn)

    def body_name(self, name: str) -> str:
        return name if name in MIDLINE_BODIES else name + self.suffix

    def coordinate(self, name: str | None) -> str | None:
        if name is None:
            return None
        return name.replace("_beta", f"{self.suffix}_beta") if name.endswith("_beta") else name + self.suffix

    def body(self, body: RigidBody) -> RigidBody:
        return replace(body, name=self.body_name(body.name), mass_centre=body.mass_centre * self.sign)

    def joint(self, joint: Joint) -> Joint:
        axes = [
            replace(
                axis,
                direction=axis.direction * (self.turn if k < 3 else self.sign),
                coordinate=self.coordinate(axis.coordinate),
            )
            for k, axis in enumerate(joint.axes)
        ]
        return replace(
            joint,
            name=joint.name + self.suffix,
            parent=self.body_name(joint.parent),
            child=self.body_name(joint.child),
            in_parent=self.place(joint.in_parent),
            in_child=self.place(joint.in_child),
            coordinate=self.coordinate(joint.coordinate),
            axes=tuple(axes),
        )

    def cylinder(self, cylinder: Cylinder) -> Cylinder:
        place = self.place(cylinder.placement)
        return replace(cylinder, name=cylinder.name + self.suffix, body=self.body_name(cylinder.body), placement=place)

    def muscle(self, muscle: Muscle) -> Muscle:
        path = tuple(PathPoint(self.body_name(p.body), p.position * self.sign) for p in muscle.path)
        wraps = tuple(replace(wrap, cylinder=wrap.cylinder + self.suffix) for wrap in muscle.wraps)
        return replace(muscle, name=muscle.name + self.suffix, path=path, wraps=wraps)


@cache
def published_model() -> ModelDescription:
    """The generic adult with both sides; muscles and coordinates in the order of `engine.core.conventions`."""
    bodies, joints, cylinders = _bodies(), _joints(), _cylinders()
    sides = [_Sider("_r"), _Sider("_l")]
    table = _coordinates()
    muscles = {m.name: m for side in sides for m in map(side.muscle, _muscles())}
    forces = {row["coordinate"]: float(row["optimal_force"]) for row in read_table("actuators")}
    return ModelDescription(
        name="gaitforge_generic_adult",
        bodies=(
            *(b for b in bodies if b.name in MIDLINE_BODIES),
            *(side.body(b) for side in sides for b in bodies if b.name not in MIDLINE_BODIES),
        ),
        joints=(
            *(j for j in joints if j.name in MIDLINE_JOINTS),
            *(side.joint(j) for side in sides for j in joints if j.name not in MIDLINE_JOINTS),
        ),
        coordinates=tuple(replace(table[_unsided(name)], name=name) for name in COORDINATES),
        cylinders=tuple(side.cylinder(c) for side in sides for c in cylinders),
        muscles=tuple(muscles[name] for name in MUSCLES),
        actuators={name: forces[_unsided(name)] for name in COORDINATES if _unsided(name) in forces},
    )


def _unsided(name: str) -> str:
    return name.removesuffix("_r").removesuffix("_l")
