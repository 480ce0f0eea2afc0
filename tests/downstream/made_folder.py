"""A made walk on disk, written by the real writers, with points that follow its pelvis: for tests of what reads and films walks."""

import numpy as np

from benchmarks.stick_walks import StickWalk, joints3d
from engine.cohort.layout import SubjectFiles
from engine.cohort.points_file import POINTS_HZ, WalkPoints, write_points
from engine.cohort.write import write_subject, write_walk
from engine.core.conventions import COCO_KEYPOINTS, Keep
from engine.gait.records import Subject
from tests.engine.made_walk import Recipe, made_walk

SOMEBODY = Subject("s00000", 40.0, "female", 1.68, 64.0)


def stick_points(walk: StickWalk, rate_hz: float = POINTS_HZ) -> WalkPoints:
    """Where the points of a stick figure are, in the world of labels."""
    places = joints3d(StickWalk(**{**vars(walk), "fps": rate_hz}))
    turned = np.stack([-places[..., 2], places[..., 1], places[..., 0]], axis=-1)
    return WalkPoints(np.arange(len(turned)) / rate_hz, COCO_KEYPOINTS, turned.astype(np.float32))


def write_made_walk(folder, recipe: Recipe | None = None, *, keep: Keep = "everything"):
    """The walk of ``recipe`` in ``folder`` with the files that a cohort would ``keep``, and its subject one folder up; returns the walk."""
    recipe = recipe or Recipe(SOMEBODY)
    walk = made_walk(recipe)
    folder.mkdir(parents=True)
    write_subject(SubjectFiles(folder.parent).subject, walk.gait)
    write_walk(folder, walk, keep=keep)
    seconds = float(walk.dynamics.time[-1]) + 3 / POINTS_HZ
    figure = StickWalk(recipe.speed_mps, 120 / np.mean(recipe.stride_times), recipe.subject.height_m, seconds)
    write_points(folder / "points.npz", stick_points(figure))
    return walk
