"""A recorded motion through the physics: read, cut to a stride, enforced, walked, written."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from engine.cohort.subject_file import subject_record
from engine.cohort.write import write_walk
from engine.core.errors import DataError, SpecError
from engine.core.files import replace_folder, require_own_folder
from engine.gait.cycle import GaitCycle
from engine.gait.gait_parameters import gait_parameters
from engine.gait.recording import Recording
from engine.gait.records import Gait, Proposal, Rejection, Variability, Walk
from engine.physics.verdict import LIMITS
from engine.roles.enforcer import OpenSimEnforcer, Trial
from engine.tools.motion_files.belt_walk import on_the_ground
from engine.tools.motion_files.doubts import doubts
from engine.tools.motion_files.enforced_picture import draw_enforced
from engine.tools.motion_files.person import Description, Person, embodiment, make_person
from engine.tools.motion_files.read import read_motion
from engine.tools.motion_files.standing_feet import StandingFeet, standing_feet
from engine.tools.motion_files.typical_stride import Stride, cut_stride, typical_stride
from engine.tools.motion_files.walking import WalkingStride, as_walking

ALIKE = Variability(0.0, 0.0, 0.0)
"""Strides of the walk repeat the one that was recorded."""

FIGURES_FILE, PICTURE_FILE, MODEL_FILE = "enforced.json", "enforced.png", "model.osim"


@dataclass(frozen=True)
class Request:
    """What a user asks: ``start_s`` and ``end_s`` choose a part of the recording, which is one stride if both are told."""

    motion: Path
    who: Description
    strides: int = 4
    start_s: float | None = None
    end_s: float | None = None
    belt_speed_mps: float = 0.0


@dataclass(frozen=True)
class Enforced:
    """All that became of a recorded motion. ``walk`` is None after a rejection, which ``rejection`` then explains."""

    request: Request
    person: Person
    recording: Recording
    stride: Stride
    walking: WalkingStride
    trial: Trial
    walk: Walk | None
    rejection: Rejection | None

    @cached_property
    def feet(self) -> StandingFeet:
        """How the recorded feet stand."""
        return standing_feet(self.walking, self.person.embodied.body)

    @property
    def doubts(self) -> tuple[str, ...]:
        """What another value would explain better than the user's."""
        told = self.request.who
        return doubts(
            self.feet,
            self.walking.cycle.speed_mps,
            self.person.embodied.body.leg_length_m,
            belt_mps=self.request.belt_speed_mps,
            height_m=None if self.person.own_model else told.height_m,
        )

    @property
    def gait(self) -> Gait | None:
        return self.trial.result if isinstance(self.trial.result, Gait) else None


def enforce_motion(request: Request, say: Callable[[str], None] = lambda _: None) -> Enforced:
    """Reads a motion and lets physics judge it; ``say`` hears what is being done.

    Raises:
        SpecError: what the user told is wrong or not enough.
        DataError: the motion or the model cannot be used, or the motion is not walking.
    """
    if request.strides < 2:
        raise SpecError(f"--strides: {request.strides}; a walk needs 2 or more")
    say("Building the body")
    person = make_person(request.who)
    say(f"Reading {request.motion.name}")
    recording = read_motion(request.motion, person).between(request.start_s, request.end_s)
    recording = on_the_ground(recording, request.belt_speed_mps)
    stride = _stride(request, recording)
    walking = as_walking(recording.source, stride.cycle, person.embodied.body)
    say("Enforcing physics")
    enforcer = OpenSimEnforcer(embodiment(person))
    embodied = person.embodied
    proposal = Proposal(person.subject, embodied.parameters, walking.cycle, walking.contact, ALIKE)
    trial = enforcer.trial(proposal, embodied.shape)
    if isinstance(trial.result, Rejection):
        return Enforced(request, person, recording, stride, walking, trial, None, trial.result)
    say(f"Walking {request.strides} strides")
    walk = enforcer.walk(trial.result, request.strides, seed=0)
    if isinstance(walk, Rejection):
        return Enforced(request, person, recording, stride, walking, trial, None, walk)
    return Enforced(request, person, recording, stride, walking, trial, walk, None)


def _stride(request: Request, recording: Recording) -> Stride:
    chosen = request.start_s is not None and request.end_s is not None
    return cut_stride(recording) if chosen else typical_stride(recording)


def write_enforced(enforced: Enforced, folder: Path) -> None:
    """The labels of the walk and the model, in a cohort's form, with figures and a picture; after a rejection these two only.

    Raises:
        DataError: the folder holds something else, or cannot be written.
    """
    require_own_folder(folder, FIGURES_FILE)
    try:
        with replace_folder(folder) as target:
            if enforced.walk is not None:
                write_walk(target, enforced.walk, enforced.person.embodied.body.multibody)
                OpenSimEnforcer(embodiment(enforced.person)).export_model(enforced.walk.gait, target / MODEL_FILE)
            (target / FIGURES_FILE).write_text(json.dumps(figures(enforced), indent=1), encoding="utf-8")
            cycle, dynamics = enforced.trial.cycle, enforced.trial.dynamics
            body = enforced.person.embodied.body
            draw_enforced(target / PICTURE_FILE, enforced.walking.cycle, cycle, dynamics, body, headline(enforced))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error})") from error


def headline(enforced: Enforced) -> str:
    """One line on how it ended."""
    if enforced.rejection is None:
        return "Accepted, but look at the doubts" if enforced.doubts else "Accepted"
    detail = f" ({enforced.rejection.detail})" if enforced.rejection.detail else ""
    return f"Rejected: {enforced.rejection.reason.value}{detail}"


def figures(enforced: Enforced) -> dict[str, Any]:
    """What there is to tell in numbers, for JSON."""
    person, request, gait, walk = enforced.person, enforced.request, enforced.gait, enforced.walk
    rejection = enforced.rejection
    return {
        "accepted": rejection is None,
        "reason": "" if rejection is None else rejection.reason.value,
        "detail": "" if rejection is None else rejection.detail,
        "figures": {
            "limits": asdict(LIMITS),
            "cycle": _numbers(gait.figures if gait else rejection.figures if rejection else None),
            "walk": _numbers(walk.figures if walk else rejection.figures if gait and rejection else None),
        },
        "motion": {
            "file": str(request.motion),
            "stride_s": [enforced.stride.start_s, enforced.stride.end_s],
            "stride_gap_deg": enforced.stride.gap_deg,
            "recorded": _pace(enforced.walking.cycle),
            "enforced": None if enforced.trial.cycle is None else _pace(enforced.trial.cycle),
            "notes": list(enforced.recording.notes),
            "doubts": list(enforced.doubts),
            "standing_feet": asdict(enforced.feet),
        },
        "gait_parameters": None if walk is None else gait_parameters(walk).to_dict(),
        "person": {
            **subject_record(person.subject),
            "model": str(request.who.model) if person.own_model else "GaitForge",
            "segment_lengths_m": person.embodied.shape.lengths_m,
            "notes": list(person.notes),
        },
    }


def _numbers(figures: Any) -> dict[str, float] | None:
    return None if figures is None else asdict(figures)


def _pace(cycle: GaitCycle) -> dict[str, float]:
    return {"speed_mps": cycle.speed_mps, "stride_time_s": cycle.duration_s}
