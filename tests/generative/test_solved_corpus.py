"""Families of one person with many bodies: drawn alike every time, feasible, and made only once."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from engine.core.errors import DataError
from engine.core.tasks import Failure
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from engine.physics.embodied import RecentBodies
from engine.roles.adapter import EffortAdapter
from engine.roles.enforcer import OpenSimEnforcer
from engine.run.workers import LocalExecutor
from generative.batch_measures import measure
from generative.corpus import SPEED_RANGE, Corpus, load_corpus
from generative.corpus_run import build_solved, collect, family_orders, write_attempts
from generative.feet import leg_geometry
from generative.sources.families import draw_family
from generative.sources.solved import solve_family

CARDS = [load_card(name) for name in ("healthy", "stroke", "charcot_marie_tooth", "obesity", "frailty")]
HEALTHY, STROKE, NEUROPATHY = CARDS[:3]


@pytest.fixture(scope="module")
def families():
    return [draw_family(CARDS, STROKE, number, 0, 4) for number in range(40)]


def test_a_family_depends_on_its_arguments_alone(families):
    again = draw_family(CARDS, STROKE, 7, 0, 4)
    assert (again.speed, again.person, again.patients) == (families[7].speed, families[7].person, families[7].patients)
    assert draw_family(CARDS, STROKE, 7, 1, 4).speed != families[7].speed


def test_families_hold_their_leader_others_and_modifiers(families):
    assert all(family.patients[0].card.name == "stroke" for family in families)
    assert {patient.card.name for family in families for patient in family.patients} == {
        "stroke",
        "charcot_marie_tooth",
    }
    assert 0.05 < np.mean([family.modifier is not None for family in families]) < 0.5
    assert all(SPEED_RANGE[0] <= family.speed <= SPEED_RANGE[1] for family in families)


def test_slower_families_are_more_severe(families):
    severities = np.array([np.mean([p.severity for p in f.patients if p.card.name == "stroke"]) for f in families])
    speeds = np.array([family.speed for family in families])
    assert np.corrcoef(severities, speeds)[0, 1] < -0.4


def test_a_modifier_changes_the_size_of_a_person():
    found = [draw_family(CARDS, STROKE, number, 0, 2) for number in range(60)]
    heavy = [
        f for f in found if f.modifier is not None and f.modifier.card.name == "obesity" and f.modifier.severity > 0.5
    ]
    plain = [f for f in found if f.modifier is None]

    def mass_index(family):
        return family.person.mass_kg / family.person.height_m**2

    assert np.mean([mass_index(f) for f in heavy]) > np.mean([mass_index(f) for f in plain]) + 5


@pytest.fixture(scope="module")
def solved():
    bodies = RecentBodies()
    adapter = EffortAdapter(keep_speed=True, feasible_habit=True, embodiment=bodies)
    family = draw_family(CARDS, NEUROPATHY, 0, 0, 2)
    family = replace(family, modifier=None, patients=tuple(replace(p, severity=0.7) for p in family.patients))
    return family, solve_family(family, OpenSimEnforcer(bodies), adapter)


def test_all_bodies_of_a_family_walk_at_its_speed(solved):
    family, found = solved
    assert found.gaits is not None
    assert [attempt.outcome for attempt in found.attempts] == ["accepted"] * 3
    assert_allclose(found.gaits.gaits.speed, family.speed, rtol=0.12)
    assert list(found.gaits.provenance) == ["solved:atlas", "solved:adapted", "solved:adapted"]
    assert found.gaits.solved.all()


def test_patients_are_weaker_than_the_same_person_healthy(solved):
    strength = solved[1].gaits.gaits.muscles[:, 0].mean(axis=(1, 2))
    assert (strength[1:] < strength[0]).all()


def severe(name) -> dict[str, np.ndarray]:
    """Measures of a severe patient whose gait physics has accepted."""
    card = load_card(name)
    drawn = draw_family([card], card, 0, 0, 1)
    family = replace(drawn, speed=0.2, patients=(Burden(card, 0.9),), modifier=None)
    bodies = RecentBodies()
    adapter = EffortAdapter(keep_speed=True, feasible_habit=True, embodiment=bodies)
    found = solve_family(family, OpenSimEnforcer(bodies), adapter).gaits
    assert found is not None
    patient = found.take(found.people.condition == name)
    return measure(patient.gaits, leg_geometry([family.body]), patient.people)


def test_physics_leaves_the_sound_leg_of_a_stroke_the_greater_part():
    found = severe("stroke")
    assert found["hip_range_asymmetry_deg"][0] < -3
    assert found["knee_range_deg"][0] < 0.8 * found["knee_range_unaffected_deg"][0]


def test_physics_lets_a_lax_knee_bend_backwards():
    found = severe("cp_recurvatum")
    assert -14 < found["knee_flexion_stance_min_deg"][0] < -4


def built(folder, cards):
    """All families, each of which was made."""
    return [done.value() for done in build_solved(folder, cards, 1, 0, executor=LocalExecutor(), workers=1)]


def test_a_corpus_is_built_once_and_goes_on(tmp_path):
    cards = [HEALTHY]
    first = built(tmp_path, cards)
    assert first == list(family_orders(cards, 1))
    files = sorted((tmp_path / "families").glob("*.json"))
    times = [file.stat().st_mtime_ns for file in files]
    files[0].unlink()
    assert sorted(o.name for o in built(tmp_path, cards)) == sorted(o.name for o in first)
    assert [file.stat().st_mtime_ns for file in files[1:]] == times[1:]
    found = collect(tmp_path, cards, 1)
    assert isinstance(found.corpus, Corpus)
    assert len(np.unique(found.corpus.family)) == len(found.corpus)
    write_attempts(tmp_path / "attempts.csv", found.attempts)
    assert len((tmp_path / "attempts.csv").read_text().splitlines()) == len(found.attempts) + 1
    one = load_corpus(files[0].with_suffix(".npz"))
    row = np.flatnonzero(np.isclose(found.corpus.people.age, one.people.age[0]))
    assert_array_equal(found.corpus.gaits.take(row).contact, one.gaits.contact)
    with pytest.raises(DataError, match="seed 0"):
        next(build_solved(tmp_path, cards, 1, 1, executor=LocalExecutor(), workers=1))


def test_a_family_that_meets_an_error_is_named_and_tried_again(tmp_path):
    """Here, its file cannot be written; the others are made."""
    first, *others = family_orders([HEALTHY], 1)
    families = tmp_path / "families"
    blocked = families / f"{first.name}.part.npz"
    blocked.mkdir(parents=True)
    done = {d.key: d.result for d in build_solved(tmp_path, [HEALTHY], 1, 0, executor=LocalExecutor(), workers=1)}
    assert isinstance(done.pop(first.name), Failure)
    assert done == {order.name: order for order in others}
    told = families / f"{first.name}.failure.txt"
    assert first.name in told.read_text()
    assert "_write_family" in told.read_text()
    blocked.rmdir()
    assert first in built(tmp_path, [HEALTHY])
    assert not told.exists()


def test_gaits_of_changed_cards_do_not_count(solved):
    gaits = solved[1].gaits
    marks = {**gaits.cards, "healthy": "any"}
    whole = replace(gaits, cards=marks)
    assert len(whole.of_cards(marks)) == 3
    left = whole.of_cards({**marks, "charcot_marie_tooth": "changed"})
    assert list(left.people.condition) == ["healthy", "stroke"]
