"""Who is drawn from a spec."""

import numpy as np
import pytest

from engine.people.growth import draw_size, typical_size
from engine.population.spec import CohortSpec
from engine.population.subjects import draw_subjects


def spec(**changes):
    groups = [
        {"condition": "healthy", "subjects": 40, "age_years": {"min": 4, "max": 80}},
        {"condition": "stroke", "subjects": 20, "severity": [0.2, 0.8]},
    ]
    return CohortSpec.model_validate({"name": "people", "seed": 3, "groups": groups, **changes})


def test_same_seed_same_people():
    assert draw_subjects(spec()) == draw_subjects(spec())
    assert draw_subjects(spec()) != draw_subjects(spec(seed=4))


def test_more_people_do_not_change_the_first():
    groups = [*spec().model_dump()["groups"], {"condition": "healthy", "subjects": 5}]
    longer = draw_subjects(spec(groups=groups))
    assert [plan.subject for plan in longer[:60]] == [plan.subject for plan in draw_subjects(spec())]


def test_lists_are_taken_in_turn_and_sides_follow_the_card():
    plans = [plan.subject for plan in draw_subjects(spec()) if plan.subject.condition.name == "stroke"]
    assert [subject.severity for subject in plans[:4]] == [0.2, 0.8, 0.2, 0.8]
    assert {subject.side for subject in plans} == {"left", "right"}


def test_splits_keep_their_shares_in_each_condition():
    plans = draw_subjects(spec(split={"train": 0.5, "validation": 0.25, "test": 0.25}))
    for condition, total in (("healthy", 40), ("stroke", 20)):
        splits = [plan.split for plan in plans if plan.subject.condition.name == condition]
        assert abs(splits.count("train") - total / 2) <= 1
        assert abs(splits.count("test") - total / 4) <= 1


def test_identifiers_are_unique_and_healthy_people_have_no_severity():
    subjects = [plan.subject for plan in draw_subjects(spec())]
    assert len({subject.id for subject in subjects}) == 60
    assert all(subject.severity == 0 for subject in subjects if subject.is_healthy)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_drawn_sizes_scatter_about_the_typical_one(sex):
    rng = np.random.default_rng(0)
    for age in (3, 10, 40, 85):
        sizes = [draw_size(age, sex, rng) for _ in range(600)]
        typical = typical_size(age, sex)
        assert np.median([s.height_m for s in sizes]) == pytest.approx(typical.height_m, rel=0.01)
        assert np.median([s.mass_kg for s in sizes]) == pytest.approx(typical.mass_kg, rel=0.03)


def test_children_grow_and_old_people_shrink():
    heights = [typical_size(age, "female").height_m for age in range(2, 16)]
    assert all(np.diff(heights) > 0)
    assert typical_size(85, "male").height_m < typical_size(30, "male").height_m
