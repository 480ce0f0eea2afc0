"""Films a walk again from what a cohort holds of it: new cameras, or pictures where only labels were made."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.cohort.subject_file import subject_of
from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.gait.records import BodyShape
from engine.stages import Shot
from render.body.locate import body_file
from render.body.model import load_own_model
from render.body.posing import Pose
from render.film.filmer import film_take
from render.film.look_file import LookFile
from render.film.take import BodyWalk, Take, dressed
from render.people.appearance import draw_appearance

MOTION_FILE, SUBJECT_FILE = "smplx.npz", "subject.json"


def refilm(walk: Path, look: LookFile, cameras: Sequence[str], output: Path, *, video: bool, seed: int) -> list[Shot]:
    """Films the walk in folder ``walk`` (``smplx.npz``, and ``subject.json`` beside it or one folder up) into ``output``.

    Raises:
        DataError: a file is missing, broken, or made for another body.
        SpecError: there is no camera of that name, or the look holds no clothes for the subject.
    """
    take = read_take(walk, look)
    output.mkdir(parents=True, exist_ok=True)
    return film_take(take, look, cameras, output, video=video, seed=seed)


def read_take(walk: Path, look: LookFile) -> Take:
    """The walk in folder ``walk`` as cameras will see it in this look.

    Raises:
        DataError: a file is missing, broken, or made for another body.
        SpecError: the look holds no clothes for the subject.
    """
    read = read_body_walk(walk)
    return dressed(read, draw_appearance(read.subject, look.people))


def read_body_walk(walk: Path) -> BodyWalk:
    """What was filmed, from ``smplx.npz`` and ``subject.json``.

    Raises:
        DataError: a file is missing, broken, or made for another body.
    """
    record = _read_subject(walk)
    motion = _read_motion(walk / MOTION_FILE)
    try:
        subject = subject_of(record)
        body = BodyShape(motion["betas"], record["segment_lengths_m"], record.get("body", ""))
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{walk}: {SUBJECT_FILE} does not describe a subject ({error})") from error
    model = load_own_model(body_file(subject.sex), body, str(walk / MOTION_FILE))
    pose = Pose.from_axis_angles(motion["poses"], motion["trans"], model.shaped(body.betas)[1])
    return BodyWalk(subject, model, body, pose, float(motion["mocap_frame_rate"]))


def _read_subject(walk: Path) -> dict[str, Any]:
    for folder in (walk, walk.parent):
        path = folder / SUBJECT_FILE
        if path.is_file():
            try:
                return json.loads(path.read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                raise DataError(f"{path}: cannot be read ({error})") from error
    raise DataError(f"{walk}: neither it nor its parent holds {SUBJECT_FILE}; name the folder of one walk of a cohort")


def _read_motion(path: Path) -> dict[str, Array]:
    names = ("poses", "trans", "betas", "mocap_frame_rate")
    try:
        with np.load(path, allow_pickle=False) as data:
            return {name: data[name] for name in names}
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{path}: not a motion with {', '.join(names)} ({error})") from error
