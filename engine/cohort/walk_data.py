"""One walk of a cohort read back from disk, as far as its files are there, and cut into curves that compare with norms."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from engine.cohort.dynamics_file import read_dynamics
from engine.cohort.layout import CohortFiles, SubjectFiles, WalkFiles
from engine.core.arrays import Array
from engine.core.conventions import (
    ANTISYMMETRIC_COORDINATES,
    COORDINATE_INDEX,
    COORDINATES,
    GAIT_ANGLES,
    GRAVITY_MPS2,
    MUSCLES,
    SIDES,
    suffix,
)
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.gait.joint_power import JOINT_COORDINATES, joint_power
from engine.gait.norms import dimensionless_speed
from engine.gait.records import BodyShape, Events
from engine.gait.strides import Stride, complete_strides, curves_at, derivative, stride_curves
from engine.musculoskeletal.storage import moment_label, read_coordinates, read_storage
from engine.walk.bone_motion import point_positions, skeleton

HIP_HEIGHT_PER_STATURE = 0.53
"""Used for leg length where the body's own is not told (Winter 2009, Biomechanics and Motor Control, ch. 4)."""

_GROUND_PLACE = [COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_tz"]]
_FORCE_LABELS = tuple(f"ground_force_{side[0]}_{kind}{axis}" for side in SIDES for kind in "vp" for axis in "xyz")
_ROUNDING_S = 1e-6
_MOMENTS = ("hip_flexion", "hip_adduction", "knee_angle", "ankle_angle")


@frozen
class WalkData:
    """A row of the manifest and what lies beside it; parts that were not written are None.

    ``q (n, 31)`` at ``time (n,)``; ``force``, ``pressure_centre`` ``(n, 2, 3)``; ``activations (n, 80)``; ``moments (n, 31)``.
    """

    row: dict[str, Any]
    time: Array
    q: Array
    events: Events
    force: Array | None
    pressure_centre: Array | None
    moments: Array | None
    activations: Array | None
    body: BodyShape | None

    @property
    def name(self) -> str:
        return f"{self.row['subject_id']}/{self.row['walk_id']}"

    @property
    def speed(self) -> float:
        """Dimensionless speed of the walk."""
        own = self.body.lengths_m["hip_height"] if self.body else HIP_HEIGHT_PER_STATURE * self.row["height_m"]
        return dimensionless_speed(self.row["speed_mps"], own)


def one_row_per_walk(manifest: pd.DataFrame) -> pd.DataFrame:
    """The manifest without the rows of further cameras."""
    return manifest.drop_duplicates(["subject_id", "walk_id"]).reset_index(drop=True)


def read_walk(files: CohortFiles, row: dict[str, Any]) -> WalkData:
    """The walk that a row of the manifest tells of.

    Raises:
        DataError: its coordinates or events are missing, or a file that is there cannot be read.
    """
    subject = files.subject(row["subject_id"])
    return read_walk_files(subject.walk(row["walk_id"]), subject, row)


def read_walk_files(walk: WalkFiles, subject: SubjectFiles, row: dict[str, Any]) -> WalkData:
    """The walk in these files, with what ``row`` tells of it, be it of a cohort or not.

    Raises:
        DataError: as `read_walk`.
    """
    parts = read_dynamics(walk.dynamics) if walk.dynamics.is_file() else _read_tables(walk)
    return WalkData(row=row, events=_read_events(walk.events), body=_read_body(subject.subject), **parts)


def _read_tables(walk: WalkFiles) -> dict[str, Any]:
    """What OpenSim's files hold, at the instants of the coordinates."""
    time, q = read_coordinates(walk.coordinates)
    forces = _table(walk.ground_forces, _FORCE_LABELS, time)
    by_foot = None if forces is None else forces.reshape(len(time), len(SIDES), 2, 3)
    return {
        "time": time,
        "q": q,
        "force": None if by_foot is None else by_foot[:, :, 0],
        "pressure_centre": None if by_foot is None else by_foot[:, :, 1],
        "moments": _table(walk.moments, tuple(map(moment_label, COORDINATES)), time),
        "activations": _table(walk.activations, MUSCLES, time),
    }


def _table(path: Path, labels: tuple[str, ...], time: Array) -> Array | None:
    """The columns ``labels`` at ``time (n,)``, whatever the table's own rate; None where there is no such file."""
    if not path.is_file():
        return None
    table = read_storage(path)
    missing = [label for label in labels if label not in table.labels]
    if missing:
        raise DataError(f"{path}: lacks the columns {', '.join(missing[:5])}{' …' if len(missing) > 5 else ''}")
    values = table.values[:, [table.labels.index(label) for label in labels]]
    if np.array_equal(table.time, time):
        return values
    if table.time[0] > time[0] + _ROUNDING_S or table.time[-1] < time[-1] - _ROUNDING_S:
        raise DataError(
            f"{path}: covers {table.time[0]:g} to {table.time[-1]:g} s, the coordinates beside it {time[0]:g} to {time[-1]:g} s; "
            "cut them to what both cover"
        )
    return curves_at(table.time, values, time)


def _read_json(path: Path) -> dict[str, Any]:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path}: cannot be read as JSON ({error})") from error


def _read_events(path: Path) -> Events:
    data = _read_json(path)
    try:
        right, left = (
            {kind: np.array(data[side][kind], float) for kind in ("heel_strikes", "toe_offs")} for side in SIDES
        )
        return Events((right["heel_strikes"], left["heel_strikes"]), (right["toe_offs"], left["toe_offs"]))
    except (KeyError, TypeError) as error:
        raise DataError(f"{path}: expected heel_strikes and toe_offs of right and left") from error
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error


def _read_body(path: Path) -> BodyShape | None:
    if not path.is_file():
        return None
    data = _read_json(path)
    lengths = data.get("segment_lengths_m")
    return None if lengths is None else BodyShape(np.array(data.get("betas", [])), lengths, data.get("body", ""))


@frozen
class LegCurves:
    """Stride-normalised curves of one leg by the names and units of `engine.gait.norms.quantities`: ``(strides, 101)`` each.

    Midline coordinates count as for a right leg. ``activations (strides, 101, 40)`` in the order of `LEG_MUSCLES`.
    """

    curves: dict[str, Array]
    activations: Array | None
    strides: tuple[Stride, ...]

    @property
    def stance(self) -> float:
        """Mean stance share."""
        return float(np.mean([stride.stance_share for stride in self.strides]))


def leg_curves(walk: WalkData, side: int) -> LegCurves:
    """Curves of the leg ``side`` (index of `SIDES`).

    Raises:
        DataError: the walk holds no complete stride of that leg.
    """
    strides = complete_strides(walk.events)[side]
    if not strides:
        raise DataError(f"{walk.name}: no complete stride of the {SIDES[side]} leg in events.json")
    end = suffix(SIDES[side])
    curves = _kinematic_curves(walk, side, strides)
    if walk.force is not None:
        weight = walk.row["mass_kg"] * GRAVITY_MPS2
        for axis, name in enumerate(("ground_force_vx", "ground_force_vy")):
            curves[name] = stride_curves(walk.time, walk.force[:, side, axis] / weight, strides)
    curves |= _kinetic_curves(walk, side, strides)
    own = [k for k, name in enumerate(MUSCLES) if name.endswith(end)]
    active = None if walk.activations is None else stride_curves(walk.time, walk.activations[:, own], strides)
    return LegCurves(curves, active, strides)


def with_foot_progression(walk: WalkData, legs: tuple[LegCurves, LegCurves]) -> tuple[LegCurves, LegCurves]:
    """The same curves and ``foot_progression``: from the heel bone to the joint of the toes, seen from above, inward from the pelvis' way.

    Unchanged where the body's lengths are not told. Takes 0.2 s.
    """
    if walk.body is None:
        return legs
    places = np.zeros((4, 3))
    joints = point_positions(skeleton(walk.body), ("calcn_r", "toes_r", "calcn_l", "toes_l"), places, walk.q)
    way = walk.q[-1, _GROUND_PLACE] - walk.q[0, _GROUND_PLACE]
    right, left = (
        replace(leg, curves=leg.curves | {"foot_progression": stride_curves(walk.time, angle, leg.strides)})
        for leg, angle in (
            (legs[0], -_heading(joints[:, 1] - joints[:, 0], way)),
            (legs[1], _heading(joints[:, 3] - joints[:, 2], way)),
        )
    )
    return right, left


def _heading(direction: Array, way: Array) -> Array:
    """Angle ``(n,)`` of horizontal directions to the right of ``way (2,)``, radians."""
    forward, rightward = direction[:, 0], direction[:, 2]
    return np.arctan2(rightward * way[0] - forward * way[1], forward * way[0] + rightward * way[1])


def _kinematic_curves(walk: WalkData, side: int, strides: tuple[Stride, ...]) -> dict[str, Array]:
    curves = {}
    for name in GAIT_ANGLES:
        column = name if name in COORDINATE_INDEX else name + suffix(SIDES[side])
        sign = -1.0 if SIDES[side] == "left" and name in ANTISYMMETRIC_COORDINATES else 1.0
        curves[name] = stride_curves(walk.time, sign * walk.q[:, COORDINATE_INDEX[column]], strides)
    return curves


def _kinetic_curves(walk: WalkData, side: int, strides: tuple[Stride, ...]) -> dict[str, Array]:
    if walk.moments is None:
        return {}
    end = suffix(SIDES[side])
    per_kg = {name: walk.moments[:, COORDINATE_INDEX[name + end]] / walk.row["mass_kg"] for name in _MOMENTS}
    curves = {f"{name}_moment": stride_curves(walk.time, values, strides) for name, values in per_kg.items()}
    speeds = derivative(walk.time, walk.q)
    for joint in JOINT_COORDINATES:
        power = joint_power(walk.moments, speeds, joint, SIDES[side]) / walk.row["mass_kg"]
        curves[f"{joint}_power"] = stride_curves(walk.time, power, strides)
    return curves
