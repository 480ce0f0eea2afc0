"""A subject on disk: who, with the cards of what the person has; read back with the body and the cycle that physics accepted."""

import json
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.conventions import COORDINATES
from engine.core.errors import DataError
from engine.gait.cycle import GaitCycle
from engine.gait.records import BodyShape, ContactPhases, MusculoskeletalParameters, Proposal, Subject, Variability
from engine.people.burdens import Burden
from engine.people.conditions import ConditionCard

USUAL_PHASES = ContactPhases(right_toe_off=0.62, left_heel_strike=0.5, left_toe_off=0.12)
"""Of comfortable walking (Perry & Burnfield 2010, Gait Analysis). A cohort keeps no phases: physics finds its own."""


def subject_folder(path: Path) -> Path:
    """``COHORT/subjects/ID``, which may be written ``COHORT/ID``."""
    inside = path.parent / "subjects" / path.name
    return inside if inside.is_dir() and not path.is_dir() else path


def subject_record(subject: Subject) -> dict[str, Any]:
    """A subject for JSON, complete in itself: ``subject`` names condition and modifiers, ``cards`` holds their cards by name."""
    modifiers = {modifier.card.name: modifier.severity for modifier in subject.modifiers}
    plain = vars(subject) | {"condition": subject.condition.name, "modifiers": modifiers}
    cards = {burden.card.name: burden.card.model_dump(mode="json") for burden in subject.burdens}
    return {"subject": plain, "cards": cards}


def subject_of(record: dict[str, Any]) -> Subject:
    """The inverse of `subject_record`; whatever else the record holds is left alone.

    Raises:
        KeyError, TypeError, ValueError: it is no such record.
    """
    cards = {name: ConditionCard.model_validate(card) for name, card in record["cards"].items()}
    plain = record["subject"]
    modifiers = tuple(Burden(cards[name], severity) for name, severity in plain["modifiers"].items())
    return Subject(**plain | {"condition": cards[plain["condition"]], "modifiers": modifiers})


def read_subject(file: Path) -> tuple[Proposal, BodyShape]:
    """Who a ``subject.json`` tells of; the proposal holds the accepted cycle.

    Raises:
        DataError: the file is missing, or not a subject of this version.
    """
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        cycle = data["cycle"]
        if tuple(cycle["coordinates"]) != COORDINATES:
            raise ValueError("other coordinates than ours")
        proposal = Proposal(
            subject=subject_of(data),
            parameters=MusculoskeletalParameters.from_dict(data["parameters"]),
            cycle=GaitCycle(np.array(cycle["coefficients"]), cycle["speed_mps"], cycle["duration_s"]),
            contact=USUAL_PHASES,
            variability=Variability(**data["variability"]),
        )
        return proposal, BodyShape(np.array(data["betas"]), data["segment_lengths_m"], data.get("body", ""))
    except OSError as error:
        raise DataError(
            f"{file}: cannot be read ({error}); name the folder of a subject: COHORT/subjects/ID"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file}: not a subject of this version ({error}); make the cohort again") from error
