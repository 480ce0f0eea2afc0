"""People, bodies and gaits for the tests of the generator."""

import numpy as np

from engine.gait.records import BodyShape, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.conditions import ConditionCard, load_card
from engine.people.growth import typical_size
from generative.feet import LegGeometry, leg_geometry
from generative.gait_batch import SEXES, GaitBatch, People
from generative.sources.atlas import healthy_atlas


def make_subject(age=30.0, sex="female", condition="healthy", severity=0.0, side="none", name="s") -> Subject:
    """``condition`` is a card or the name of one."""
    size, card = typical_size(age, sex), load_card(condition) if isinstance(condition, str) else condition
    return Subject(name, age, sex, size.height_m, size.mass_kg, card, severity, side)


def body_of(subject: Subject) -> BodyShape:
    return anthropometric_body(subject.age_years, subject.sex, subject.height_m)


def make_people(ages, **details) -> tuple[People, LegGeometry]:
    subjects = [make_subject(float(age), SEXES[i % 2], **details) for i, age in enumerate(ages)]
    bodies = [body_of(subject) for subject in subjects]
    return People.of(subjects, [body.lengths_m["hip_height"] for body in bodies]), leg_geometry(bodies)


def make_gaits(ages, speed=None, *, individual=1.0, seed=0, **details) -> tuple[People, LegGeometry, GaitBatch]:
    people, legs = make_people(ages, **details)
    atlas = healthy_atlas()
    speeds = atlas.free_speed(people.age) if speed is None else np.broadcast_to(speed, len(people)).astype(float)
    return people, legs, atlas.sample(people, legs, speeds, np.random.default_rng(seed), individual=individual)


def usual_side(card: ConditionCard) -> str:
    return "right" if card.demographics.side == "one" else card.demographics.side
