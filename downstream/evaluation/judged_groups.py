"""The groups by which figures are told: who walks, from where they are seen, and what is known."""

from dataclasses import dataclass

import numpy as np

from downstream.network.view_kinds import VIEW_KINDS
from downstream.recordings.keypoint_recording import Recording
from downstream.views.draw_clip import Clip
from downstream.walks.labelled_walk import LabelledWalk

FROM_THE_SIDE_DEG = (20.0, 49.0)
"""How far from the side a view from the side, and an oblique one, may be."""

AGES = (2, 6, 12, 18, 45, 65, 96)
HEIGHTS_M = (0.8, 1.2, 1.5, 1.65, 1.8, 2.2)
BMIS = (10.0, 18.5, 25.0, 30.0, 70.0)
SPEEDS_MPS = (0.0, 0.6, 0.9, 1.2, 1.5, 3.0)
GROUPS = {
    "view": "view",
    "camera": "camera",
    "known": "what is known",
    "age": "age, years",
    "sex": "sex",
    "condition": "condition",
    "height": "height, m",
    "bmi": "body mass index, kg/m²",
    "speed": "true speed, m/s",
}
"""Fields of `Facts` that are groups, and their headings."""


@dataclass(frozen=True)
class Facts:
    """Who walks in a recording, and how it was made: each the name of a group."""

    subject: str
    view: str
    camera: str
    known: str
    age: str
    sex: str
    condition: str
    height: str
    bmi: str
    speed: str


def facts_of(walk: LabelledWalk, clip: Clip, recording: Recording) -> Facts:
    """``clip`` is of ``walk``, ``recording`` of the clip."""
    person = walk.subject
    return Facts(
        subject=person.id,
        view=_view(clip.bearing),
        camera=clip.kind,
        known=_known(recording),
        age=within(person.age_years, AGES),
        sex=person.sex,
        condition=person.condition.name,
        height=within(person.height_m, HEIGHTS_M),
        bmi=within(person.mass_kg / person.height_m**2, BMIS),
        speed=within(_speed(walk), SPEEDS_MPS),
    )


def within(value: float, limits: tuple[float, ...]) -> str:
    """The name of the range that a value lies in, the first or last where it lies outside."""
    place = int(np.clip(np.searchsorted(limits, value, side="right"), 1, len(limits) - 1))
    return f"{limits[place - 1]:g} to {limits[place]:g}"


def _view(bearing: float) -> str:
    off = np.degrees(np.arcsin(abs(np.cos(bearing))))
    return VIEW_KINDS[int(np.searchsorted(FROM_THE_SIDE_DEG, off))]


def _known(recording: Recording) -> str:
    known = {"height": recording.height_m, "focal length": recording.focal_px}
    return " and ".join(name for name, value in known.items() if value is not None) or "neither"


def _speed(walk: LabelledWalk) -> float:
    middle = walk.points.of(("left_hip", "right_hip")).mean(axis=1, dtype=float)[[0, -1]]
    return float(np.linalg.norm((middle[1] - middle[0])[[0, 2]]) / walk.seconds)
