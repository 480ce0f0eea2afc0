"""A user's own recordings as training rows: read, cut to a stride, judged by physics; only what physics accepts is learnt from.

**One row per recording**, the stride that stands for it (`engine.tools.motion_files.typical_stride.typical_stride`): strides of one walk
differ by a few per cent, people by far more, so that every stride as a row would teach little but whose recording was long, and invite
learning it by heart. How strides differ is a quantity of its own in a row (its variability). A few strides cannot tell it (Hollman et al.
2010, Gait Posture 32:23, ask for hundreds), so it is what is usual for the age, times what the person's cards say.

The person's muscles are not measured either: they are those usual at the age, times the mechanisms of the cards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engine.core.conventions import GRAVITY_MPS2
from engine.core.errors import DataError, SpecError
from engine.gait.recording import Recording
from engine.gait.records import BodyShape, Gait, Proposal, Rejection, Variability
from engine.musculoskeletal.mechanisms import apply_mechanisms
from engine.people.burdens import Burden
from engine.stages import Enforcer, load_stage
from engine.tools.motion_files.b3d import read_b3d
from engine.tools.motion_files.belt_walk import on_the_ground
from engine.tools.motion_files.person import Description, Person, make_person
from engine.tools.motion_files.read import read_motion
from engine.tools.motion_files.typical_stride import typical_stride
from engine.tools.motion_files.walking import as_walking
from generative.corpus import MEASURED, Corpus, card_fingerprint
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch, People
from generative.sources.atlas import healthy_atlas
from generative.sources.people_table import MotionOfPerson

ENFORCER = "opensim"

Progress = Callable[[int, str], None]
"""Hears how many recordings are done, and which one is next."""


@dataclass(frozen=True)
class Refused:
    """A recording that is not learnt from, and why."""

    line: int
    name: str
    reason: str


@dataclass(frozen=True)
class UserData:
    """What became of a user's recordings: ``corpus`` is None if none was accepted."""

    corpus: Corpus | None
    refused: tuple[Refused, ...]


def read_training_data(
    motions: Sequence[MotionOfPerson], enforcer: Enforcer | None = None, say: Progress = lambda _done, _name: None
) -> UserData:
    """Training rows of recordings (`generative.sources.people_table.read_people` makes the list of them).

    Every row has the provenance ``measured:FORMAT``; recordings of one subject are one family. Whoever is affected on the left is
    mirrored, as the generator learns the right side only. A recording that cannot be used is refused with the reason, the others go on.

    Raises:
        MissingDependencyError: a package for one of the files is not installed.
    """
    judge: Enforcer = enforcer or load_stage("enforcer", ENFORCER)
    rows: list[tuple[MotionOfPerson, Gait]] = []
    refused = []
    for done, motion in enumerate(motions):
        say(done, motion.name)
        result = measured_gait(motion, judge)
        if isinstance(result, Gait):
            rows.append((motion, result))
        else:
            refused.append(Refused(motion.line, motion.name, result))
    return UserData(_corpus(rows) if rows else None, tuple(refused))


def measured_gait(motion: MotionOfPerson, enforcer: Enforcer) -> Gait | str:
    """The feasible gait of one recording, or why there is none."""
    subject = motion.subject
    try:
        person = make_person(Description(subject.id, subject.age_years, subject.sex, subject.height_m, subject.mass_kg))
        recording = on_the_ground(_read(motion, person), motion.belt_speed_mps)
        walking = as_walking(recording.source, typical_stride(recording).cycle, person.embodied.body)
    except (DataError, SpecError) as error:
        return str(error)
    shape = person.embodied.shape
    usual = usual_proposal(motion, shape, walking.cycle.speed_mps)
    result = enforcer.enforce(replace(usual, cycle=walking.cycle, contact=walking.contact), shape)
    return _reason(result) if isinstance(result, Rejection) else result


def _read(motion: MotionOfPerson, person: Person) -> Recording:
    """The motion on our bones; markers are followed by the model that carries them, whose angles mean what ours do."""
    if motion.trial is not None:
        return read_b3d(motion.file, motion.trial)
    if motion.model is None:
        return read_motion(motion.file, person)
    subject = motion.subject
    own = Description(subject.id, subject.age_years, subject.sex, subject.height_m, subject.mass_kg, model=motion.model)
    return read_motion(motion.file, make_person(own))


def _reason(rejection: Rejection) -> str:
    return f"{rejection.reason.value} ({rejection.detail})" if rejection.detail else rejection.reason.value


def usual_proposal(motion: MotionOfPerson, shape: BodyShape, speed_mps: float) -> Proposal:
    """What nobody measured about a person who walks at this speed: muscles and variability as is usual at the age, changed by the cards.

    Its cycle is the average person's, to be replaced by the measured one.
    """
    hip_height = shape.lengths_m["hip_height"]
    people, legs = People.of([motion.subject], [hip_height]), leg_geometry([shape])
    speed = np.array([speed_mps / np.sqrt(GRAVITY_MPS2 * hip_height)])
    average = healthy_atlas().sample(people, legs, speed, np.random.default_rng(0), individual=0.0)
    usual = average.proposal(0, motion.subject, hip_height)
    parameters, variability = usual.parameters, usual.variability
    for burden in motion.subject.burdens:
        parameters = apply_mechanisms(parameters, burden.card.mechanisms, burden.severity, motion.subject.side)
        variability = _changed(variability, burden)
    return replace(usual, parameters=parameters, variability=variability)


def _changed(usual: Variability, burden: Burden) -> Variability:
    effects, severity = burden.card.spatiotemporal, burden.severity
    return replace(
        usual,
        stride_time_cv=usual.stride_time_cv * effects.factor("stride_time_cv", severity),
        stride_length_cv=usual.stride_length_cv * effects.factor("stride_length_cv", severity),
        step_width_sd_m=usual.step_width_sd_m * effects.factor("step_width_sd", severity),
    )


def _corpus(rows: Sequence[tuple[MotionOfPerson, Gait]]) -> Corpus:
    """Accepted gaits as rows, those affected on the left seen in a mirror."""
    motions = [motion for motion, _ in rows]
    hips = [gait.body.lengths_m["hip_height"] for _, gait in rows]
    gaits = GaitBatch.of([replace(g.proposal, cycle=g.cycle, contact=g.contact) for _, g in rows], hips)
    people = People.of([motion.subject for motion in motions], hips)
    left = people.side == "left"
    if left.any():
        gaits = _where(left, gaits.mirrored(), gaits)
        people = replace(people, side=np.where(left, "right", people.side))
    subjects = sorted({motion.subject.id for motion in motions})
    return Corpus(
        people=people,
        gaits=gaits,
        free_speed=np.array([motion.own_speed for motion in motions]),
        provenance=np.array([f"{MEASURED}:{motion.format}" for motion in motions], dtype="<U32"),
        family=np.array([subjects.index(motion.subject.id) for motion in motions]),
        cards={b.card.name: card_fingerprint(b.card) for motion in motions for b in motion.subject.burdens},
    )


def _where(mask: np.ndarray, yes: GaitBatch, no: GaitBatch) -> GaitBatch:
    """Row by row from the one or the other."""
    both = GaitBatch.joined([yes, no])
    return both.take(np.arange(len(mask)) + np.where(mask, 0, len(mask)))
