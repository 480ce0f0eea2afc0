"""A small made cohort on disk, written by the real writer, for tests of what reads cohorts."""

import json
from dataclasses import dataclass, replace
from pathlib import Path

import av
import numpy as np
import yaml
from made_walk import FIGURES, Recipe, made_walk

from engine.cohort.layout import CohortFiles
from engine.cohort.manifest import Row, manifest_row, rejection_row, write_manifest, write_rejections
from engine.cohort.write import card_marks, write_subject, write_walk
from engine.gait.gait_parameters import gait_parameters
from engine.gait.records import Rejection, RejectionReason, Subject
from engine.people.conditions import load_card

PEOPLE = (
    Recipe(Subject("s000", 31, "female", 1.66, 62.0), 1.32, (1.02, 1.04, 1.03, 1.01)),
    Recipe(Subject("s001", 7, "male", 1.22, 23.1), 1.12, (0.86, 0.88, 0.85, 0.87, 0.86), stance=0.6, width_m=0.08),
    Recipe(Subject("s002", 74, "male", 1.73, 79.0), 1.1, (1.1, 1.12, 1.09), stance=0.63),
    Recipe(
        Subject("s003", 68, "female", 1.6, 66.0, load_card("parkinson"), 0.6, "left"),
        0.8,
        (1.12, 1.18, 1.09),
        stance=0.67,
    ),
    Recipe(
        Subject("s004", 61, "male", 1.76, 84.0, load_card("stroke"), 0.7, "right"),
        0.55,
        (1.4, 1.35, 1.42),
        0.69,
        0.46,
        0.15,
    ),
    Recipe(
        Subject("s005", 10, "female", 1.37, 33.0, load_card("cp_crouch"), 0.5, "both"),
        0.75,
        (1.0, 1.04, 0.97),
        stance=0.64,
    ),
)


@dataclass(frozen=True)
class Extras:
    """What the cohort holds beside motions."""

    videos: bool = False
    forces: bool = True
    activations: bool = True
    moments: bool = True


def make_video(path: Path, frames: int = 30) -> None:
    """A bright square crosses a dark picture of 64 pixels."""
    with av.open(str(path), "w") as file:
        stream = file.add_stream("libx264", rate=30, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for k in range(frames):
            picture = np.full((64, 64, 3), 40, np.uint8)
            picture[20:44, k : k + 20] = (220, 160, 60)
            file.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        file.mux(stream.encode(None))


def make_cohort(folder: Path, people: tuple[Recipe, ...] = PEOPLE, extras: Extras | None = None) -> CohortFiles:
    """Writes the cohort and returns its files."""
    extras, files = extras or Extras(), CohortFiles(folder)
    rows = [row for k, recipe in enumerate(people) for row in _write_person(files, recipe, k, extras)]
    write_manifest(files.manifest, rows)
    sick = people[-1].subject
    figures = replace(FIGURES, skate_mm=14.2)
    write_rejections(files.rejections, [rejection_row(Rejection(sick, RejectionReason.SKATE, figures), 0, 99)])
    packages = {"gaitforge": "0.1.0", "opensim": "4.6"}
    cards = card_marks(burden.card for recipe in people for burden in recipe.subject.burdens)
    spec = {"spec": {"seed": 7, "groups": []}, "cards": cards, "packages": packages}
    files.spec.write_text(yaml.safe_dump(spec, sort_keys=False))
    return files


def _write_person(files: CohortFiles, recipe: Recipe, index: int, extras: Extras) -> list[Row]:
    walk, subject = made_walk(recipe), files.subject(recipe.subject.id)
    folder = subject.walk("walk0").folder
    folder.mkdir(parents=True)
    write_subject(subject.subject, walk.gait)
    write_walk(folder, walk)
    own = subject.walk("walk0")
    for keep, path in (
        (extras.forces, own.ground_forces),
        (extras.activations, own.activations),
        (extras.moments, own.moments),
    ):
        if not keep:
            path.unlink()
    seen = {"camera": "", "video": "", "annotations": ""}
    if extras.videos:
        make_video(folder / "side.mp4")
        place = f"subjects/{recipe.subject.id}/walk0"
        seen = {"camera": "side", "video": f"{place}/side.mp4", "annotations": f"{place}/side.npz"}
    figures = replace(FIGURES, skate_mm=3.0 + index, residual_force_peak_pct=0.8 + 0.3 * index)
    return [
        manifest_row(recipe.subject, gait_parameters(walk), figures, walk_id="walk0", split="train", seed=index, **seen)
    ]


def write_evaluation(files: CohortFiles) -> None:
    """Results as `gaitforge evaluate` writes them."""
    speed = {"title": "walking speed", "unit": "m/s", "n": 6, "mae": 0.061, "geometry_mae": 0.104, "mean_mae": 0.212}
    speed |= {"r": 0.93, "inside": 0.95, "rank": 0.4}
    cadence = {**speed, "title": "cadence", "unit": "steps/min", "mae": 3.2, "geometry_mae": None, "r": None}
    data = {"model": "keypoints", "quantities": [speed, cadence], "split": "test", "note": "Synthetic people only."}
    files.evaluation.write_text(json.dumps(data))
