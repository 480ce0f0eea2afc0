"""The one reader of walks: a walk's folder, of a cohort or recorded, as a `LabelledWalk`."""

import json
from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

import numpy as np

from downstream.walks.labelled_walk import LEG_ANGLES, LEG_MOMENTS, TRUNK_ANGLES, LabelledWalk
from downstream.walks.muscle_groups import group_activity
from engine.cohort.layout import SubjectFiles, WalkFiles
from engine.cohort.points_file import WalkPoints, read_points
from engine.cohort.subject_file import subject_of
from engine.cohort.walk_data import WalkData, read_walk_files
from engine.core.arrays import Array, Single
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.core.errors import DataError
from engine.gait.joint_power import JOINT_COORDINATES, joint_power
from engine.gait.records import Subject
from engine.gait.strides import curves_at, derivative

Kinetic = Literal["ground_force", "moments", "activity"]
ALL: tuple[Kinetic, ...] = get_args(Kinetic)
"""What a walk may lack, since cameras and markers alone do not tell it."""
_EPS_S = 1e-6


def read_folder(folder: Path, needed: Collection[Kinetic] = ALL) -> LabelledWalk:
    """The walk in ``folder``: ``points.npz``, ``events.json``, and ``subject.json`` one folder up; and ``dynamics.npz``, or
    ``coordinates.mot`` with ``grf.mot``, ``moments.sto`` and ``activations.sto`` where they are. A cohort with `points: true` keeps all of
    them; a recorded walk in the same files is read alike, its tables at any rate. Instants of points outside the motion are left out.

    Raises:
        DataError: a file is missing that the walk, or a reading that is ``needed``, rests on; or it cannot be read. Names the file.
    """
    files, who = WalkFiles(folder), SubjectFiles(folder.parent)
    subject = _read_subject(who.subject)
    for path, remedy in ((files.points, "`points: true` in a cohort's spec keeps it"), *_needed(files, needed)):
        if not path.is_file():
            raise DataError(f"{path}: missing; {remedy}")
    name = {"subject_id": subject.id, "walk_id": folder.name}
    data = read_walk_files(files, who, name | {"mass_kg": subject.mass_kg, "height_m": subject.height_m})
    return _on_time_of(_covered(files.points, read_points(files.points), data), subject, data)


def _needed(files: WalkFiles, needed: Collection[Kinetic]) -> list[tuple[Path, str]]:
    if files.dynamics.is_file():
        return []
    paths = {"ground_force": files.ground_forces, "moments": files.moments, "activity": files.activations}
    return [(paths[what], f"for walks without it leave {what} out of what is needed") for what in needed]


def _read_subject(path: Path) -> Subject:
    try:
        return subject_of(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error}); a walk lies in a folder of its subject") from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{path}: does not describe a subject ({error})") from error


def _covered(path: Path, points: WalkPoints, data: WalkData) -> WalkPoints:
    """The points at the instants of the motion."""
    inside = np.flatnonzero((points.time >= data.time[0] - _EPS_S) & (points.time <= data.time[-1] + _EPS_S))
    if len(inside) < 2:
        raise DataError(
            f"{path}: its instants, {points.time[0]:g} to {points.time[-1]:g} s, are not those of its motion, "
            f"{data.time[0]:g} to {data.time[-1]:g} s; all files of a walk share one clock"
        )
    first, last = inside[0], inside[-1] + 1
    return WalkPoints(points.time[first:last], points.names, points.places[first:last])


def _on_time_of(points: WalkPoints, subject: Subject, data: WalkData) -> LabelledWalk:
    def at(values: Array) -> Single:
        return curves_at(data.time, values, points.time).astype(np.float32)

    mass, legs = subject.mass_kg, _columns(LEG_MOMENTS)
    power = _ankle_power(data)
    return LabelledWalk(
        name=data.name,
        subject=subject,
        points=points,
        events=data.events,
        leg_angles=at(data.q[:, _columns(LEG_ANGLES)]),
        trunk_angles=at(data.q[:, [COORDINATE_INDEX[name] for name in TRUNK_ANGLES]]),
        ground_force=None if data.force is None else at(data.force / (mass * GRAVITY_MPS2)),
        moments=None if data.moments is None else at(data.moments[:, legs] / mass),
        ankle_power=None if power is None else at(power / mass),
        activity=None if data.activations is None else at(group_activity(data.activations)),
    )


def _columns(names: tuple[str, ...]) -> list[list[int]]:
    return [[COORDINATE_INDEX[name + suffix(side)] for name in names] for side in SIDES]


def _ankle_power(data: WalkData) -> Array | None:
    if data.moments is None:
        return None
    ankles, speeds = np.ravel(_columns(JOINT_COORDINATES["ankle"])), np.zeros_like(data.q)
    speeds[:, ankles] = derivative(data.time, data.q[:, ankles])
    return np.stack([joint_power(data.moments, speeds, "ankle", side) for side in SIDES], axis=1)
