"""A subject on disk holds the cards of what the person has."""

import json
from dataclasses import replace

import pytest

from engine.cohort.subject_file import read_subject, subject_of, subject_record
from engine.cohort.write import write_subject
from engine.core.errors import DataError
from engine.gait.records import Subject
from engine.people.burdens import Burden
from engine.people.conditions import available_cards, load_card
from tests.made_cards import user_card

ANNA = Subject("anna", 68.0, "female", 1.62, 66.0, appearance_seed=4, skin_tone=3)
CONDITIONS = [card for name in available_cards() if (card := load_card(name)).role == "condition"]


def written(subject: Subject) -> Subject:
    return subject_of(json.loads(json.dumps(subject_record(subject))))


@pytest.mark.parametrize("card", [*CONDITIONS, user_card(), user_card().changed_by_hand()], ids=lambda card: card.name)
def test_a_person_comes_back_with_the_cards(card):
    modifiers = (Burden(load_card("obesity"), 0.3), Burden(user_card("frailty", aids=[]), 0.2))
    anna = replace(ANNA, condition=card, severity=0.4, side="left", modifiers=modifiers)
    assert written(anna) == anna
    assert written(anna).condition.fingerprint == card.fingerprint


def test_condition_and_modifiers_are_told_by_name():
    record = subject_record(replace(ANNA, modifiers=(Burden(load_card("frailty"), 0.2),)))
    assert record["subject"]["condition"] == "healthy"
    assert record["subject"]["modifiers"] == {"frailty": 0.2}
    assert set(record["cards"]) == {"healthy", "frailty"}


def test_a_file_without_cards_is_of_another_version(tmp_path, gait):
    file = tmp_path / "subject.json"
    write_subject(file, gait)
    again, _ = read_subject(file)
    assert again.subject == gait.subject
    assert again.variability == gait.proposal.variability
    data = json.loads(file.read_text())
    del data["cards"]
    file.write_text(json.dumps(data))
    with pytest.raises(DataError, match=r"cards.*make the cohort again"):
        read_subject(file)
