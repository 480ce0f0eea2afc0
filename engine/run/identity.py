"""What makes two cohorts the same: the spec, and what it names by what is in it, never by where it lies."""

from typing import Any

from engine.cohort.write import card_marks
from engine.population.spec import CohortSpec
from engine.run.make_subject import Stages
from engine.stages import pathless

WITH_FILES = ("body", "proposer", "filmer")
"""Roles whose stages tell by a fingerprint what they read from files."""


def plain_stages(spec: CohortSpec) -> dict[str, Any]:
    """Who fills each role with which settings; those that are paths are left out where a fingerprint tells what lies there."""
    plain = spec.stages.model_dump(mode="json")
    for role in WITH_FILES:
        plain[role]["settings"] = pathless(role, plain[role]["name"], plain[role]["settings"])
    return plain


def identity(spec: CohortSpec, stages: Stages) -> dict[str, Any]:
    """What ``cohort.yaml`` holds of it, by the keys `engine.cohort.write.IDENTITY`.

    Raises:
        SpecError: a stage or a setting is wrong.
        DataError: a file that a stage needs cannot be read.
    """
    return {
        "spec": {**spec.model_dump(mode="json"), "stages": plain_stages(spec)},
        "cards": card_marks(spec.cards.values()),
        "body": stages.body.fingerprint(),
        "proposer": stages.proposer.fingerprint(),
        "filmer": None if stages.filmer is None else stages.filmer.fingerprint(),
    }
