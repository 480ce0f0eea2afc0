"""The examples are what they say: specs, cards and looks that are read without complaint."""

from pathlib import Path

import pytest

from engine.people.conditions import load_condition
from engine.population.spec import load_spec
from engine.population.subjects import draw_subjects
from render.film.look_file import read_look

EXAMPLES = Path(__file__).parent.parent / "examples"


def test_the_example_of_a_card_has_every_part_that_a_card_may_have():
    card = load_condition("restless_knees.yaml", EXAMPLES)
    assert all(value for name, value in card if name not in ("size", "role"))


def test_the_example_of_a_cohort_draws_people_of_the_card_beside_it():
    people = [plan.subject for plan in draw_subjects(load_spec(EXAMPLES / "own_condition.yaml"))]
    assert {subject.condition.title for subject in people} == {"Restless knees"}


def test_the_example_of_a_look_adds_a_garment():
    assert "vest" in read_look(str(EXAMPLES / "summer.yaml")).people.clothes.tops


@pytest.mark.parametrize("file", sorted(EXAMPLES.iterdir()), ids=lambda path: path.name)
def test_every_example_is_tried(file):
    assert file.name in Path(__file__).read_text(encoding="utf-8")
