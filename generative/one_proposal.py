"""One person described on the command line, proposed a gait, and its figures: what the command `propose` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from rich.table import Table

from engine.conditions import ConditionCard, load_card
from engine.conventions import COORDINATE_INDEX, SIDES, Sex, Side, suffix
from engine.cycle import basis, phase_grid
from engine.errors import SpecError
from engine.growth import typical_size
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.records import BodyShape, Proposal, Subject
from generative.clearance import toe_clearance
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch
from generative.proposer import DiffusionProposer
from generative.standing import slip_per_stance, step_width


@dataclass(frozen=True)
class Person:
    """A person as the command line describes one; what is None is filled in."""

    age_years: float
    sex: str
    height_m: float | None
    mass_kg: float | None
    condition: str
    severity: float
    side: str | None


def _subject(person: Person, card: ConditionCard) -> Subject:
    sex, side = cast(Sex, person.sex), cast(Side, person.side)
    try:
        usual = typical_size(person.age_years, "male" if sex == "male" else "female")
        height = usual.height_m if person.height_m is None else person.height_m
        mass = usual.mass_kg * (height / usual.height_m) ** 2 if person.mass_kg is None else person.mass_kg
        own_side: Side = "right" if card.demographics.side == "one" else card.demographics.side
        return Subject("you", person.age_years, sex, height, mass, card.name, person.severity, side or own_side)
    except ValueError as error:
        raise SpecError(f"propose: {error}") from error


def propose_for(person: Person, speed_mps: float | None, seed: int, weights: Path | None) -> tuple[Proposal, BodyShape]:
    """One proposal on an average body of the person's size.

    Raises:
        SpecError: the person cannot be, or cannot walk so fast.
    """
    card = load_card(person.condition)
    subject = _subject(person, card)
    body = anthropometric_body(subject.age_years, subject.sex, subject.height_m)
    proposer = DiffusionProposer(None if weights is None else str(weights))
    return proposer.propose(subject, body, card, speed_mps=speed_mps, seed=seed), body


def describe(proposal: Proposal, body: BodyShape) -> Table:
    """The figures of a proposal by side."""
    subject, cycle, contact = proposal.subject, proposal.cycle, proposal.contact
    height = body.lengths_m["hip_height"]
    legs, gait = leg_geometry([body]), GaitBatch.of([proposal], [height])
    angles = np.rad2deg(basis(phase_grid(100)) @ cycle.coefficients)
    table = Table(
        "", "right", "left", title=f"{subject.condition}, {subject.age_years:g} years, severity {subject.severity:g}"
    )

    def row(name: str, values: Sequence[float], digits: int) -> None:
        table.add_row(name, *(f"{value:.{digits}f}" for value in values))

    row("heel strike, % of cycle", [0, 100 * contact.left_heel_strike], 1)
    row("stance, % of cycle", list(100 * gait.stance[0]), 1)
    for name, coordinate in (
        ("hip flexion", "hip_flexion"),
        ("knee flexion", "knee_angle"),
        ("ankle dorsiflexion", "ankle_angle"),
    ):
        curves = [angles[:, COORDINATE_INDEX[coordinate + suffix(side)]] for side in SIDES]
        row(f"{name}, most, deg", [curve.max() for curve in curves], 1)
        row(f"{name}, least, deg", [curve.min() for curve in curves], 1)
    row("toe clearance, mm", list(1000 * height * toe_clearance(gait, legs)[0]), 0)
    row("slip per stance before physics, mm", list(1000 * height * slip_per_stance(gait, legs)[0]), 0)
    row("mean strength", list(proposal.parameters.max_isometric_force.mean(axis=1)), 2)
    width = 100 * height * float(step_width(gait, legs)[0])
    table.caption = (
        f"{cycle.speed_mps:.2f} m/s, {120 / cycle.duration_s:.0f} steps/min, step {cycle.speed_mps * cycle.duration_s / 2:.2f} m long, "
        f"{width:.0f} cm wide; stride time varies {100 * proposal.variability.stride_time_cv:.1f} %"
    )
    return table
