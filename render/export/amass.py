"""Motions as AMASS has them for SMPL-X: one ``<subject>/<walk>_stageii.npz`` each, in a world with Z up.

Keys and order of the rotations as AMASS's files of 2021 and later have them, which MoSh++ writes (github.com/nghorbani/moshpp,
``load_as_amass_npz``; Mahmood et al. 2019, ICCV): root 3, body 63, jaw 3, eyes 6, hands 90. Keys that tell of markers are left out: there
are none. Hands are relative to flat ones, as AMASS's whole pose is.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array
from engine.core.files import replace_file
from render.body.posing import Pose
from render.export.sources import FilmedWalk
from render.film.refilm import read_body_walk

Z_UP: Array = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Takes the render world (y up, z forward) to AMASS's (z up); who walks, walks along −y."""
_PARTS = {
    "root_orient": (0, 3),
    "pose_body": (3, 66),
    "pose_jaw": (66, 69),
    "pose_eye": (69, 75),
    "pose_hand": (75, 165),
}


def export_amass(walks: Sequence[FilmedWalk], output: Path, *, on_walk: Callable[[], None]) -> list[Path]:
    """Writes one file per walk; returns them.

    Raises:
        DataError: a motion cannot be read or was made for another body.
    """
    written = []
    for walk in walks:
        path = output / walk.subject_id / f"{walk.walk_id}_stageii.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        with replace_file(path) as temporary, temporary.open("wb") as file:
            np.savez_compressed(file, **_arrays(walk))
        written.append(path)
        on_walk()
    return written


def _arrays(walk: FilmedWalk) -> dict[str, Any]:
    recorded = read_body_walk(walk.folder)
    rest = recorded.model.shaped(recorded.body.betas)[1]
    turned = turn_world(recorded.pose, Z_UP)
    poses = turned.axis_angles()
    return {
        "gender": np.array(recorded.model.gender),
        "surface_model_type": np.array("smplx"),
        "mocap_frame_rate": np.array(recorded.fps),
        "mocap_time_length": np.array(len(recorded.pose) / recorded.fps),
        "trans": turned.pelvis - rest[0],
        "poses": poses,
        "betas": recorded.body.betas,
        "num_betas": np.array(recorded.body.betas.size),
        **{name: poses[:, start:end] for name, (start, end) in _PARTS.items()},
    }


def turn_world(pose: Pose, turn: Array) -> Pose:
    """The same poses in a world with other axes: ``p_new = turn @ p``; ``turn (3, 3)``, or ``(n, 3, 3)`` with one for each pose."""
    turns = np.broadcast_to(turn, (len(pose), 3, 3))
    return Pose(turns[:, None] @ pose.rotations, np.einsum("nab,nb->na", turns, pose.pelvis))
