"""The bodies and counts of the cross-check of the corpus by Moco (benchmarks/crosscheck_corpus.py)."""

import json

import numpy as np
import pytest

from benchmarks.crosscheck_parts.measures import SENSE, STEP_LENGTH
from benchmarks.crosscheck_parts.people import first
from benchmarks.crosscheck_parts.report import Agreement, pairs, report
from benchmarks.crosscheck_parts.solutions import finished, made_from, mechanisms, solution_file
from engine.core.conventions import MUSCLE_GROUPS
from engine.roles.adapter import same_parameters
from engine.tools.prediction.reference import SIDED, symmetrised


@pytest.fixture(scope="module")
def houses():
    return first(0, 12)


def test_more_bodies_only_add_to_the_first(houses):
    more = first(0, 18)
    whole = houses[:-1]
    assert [house.name for house in more[: len(houses)]] == [house.name for house in houses]
    for house, same in zip(whole, more, strict=False):
        assert [house.fingerprint(w) for w in house.walkers] == [same.fingerprint(w) for w in same.walkers]
    assert sum(len(house.walkers) for house in more) <= 18


def test_bodies_fit_into_the_plane(houses):
    sideways = [list(MUSCLE_GROUPS).index(name) for name in ("hip_abductors", "hip_adductors")]
    for house in houses:
        healthy = house.walkers[0].parameters
        assert np.allclose(symmetrised(house.drawn.cycle).coefficients, house.drawn.cycle.coefficients, atol=1e-12)
        for walker in house.walkers[1:]:
            own = walker.parameters
            assert not same_parameters(own, healthy)
            assert all(np.array_equal(getattr(own, name)[0], getattr(own, name)[1]) for name in SIDED)
            assert np.array_equal(own.max_isometric_force[:, sideways], healthy.max_isometric_force[:, sideways])
            assert not own.spasticity.any()
            assert not own.leg_pain.any()
            assert mechanisms(healthy, healthy) == []


def test_every_body_has_its_own_fingerprint(houses):
    marks = [house.fingerprint(walker) for house in houses for walker in house.walkers]
    assert len(set(marks)) == len(marks)


def test_a_solution_counts_as_long_as_its_body_is_the_same(houses, tmp_path):
    house, other = houses[0], houses[1]
    file = solution_file(tmp_path, house, house.walkers[0])
    assert finished(tmp_path, house, house.walkers[0]) is None
    file.write_text(json.dumps({"made_from": made_from(house, house.walkers[0])}))
    assert finished(tmp_path, house, house.walkers[0]) is not None
    file.write_text(json.dumps({"made_from": made_from(other, other.walkers[0])}))
    assert finished(tmp_path, house, house.walkers[0]) is None


def test_agreement_counts_every_change_once():
    adaptation, moco = np.array([3.0, -3.0, 3.0, 0.5, 0.1]), np.array([4.0, 4.0, 0.1, -5.0, 0.2])
    assert Agreement.of(adaptation, moco, np.array(1.0)) == Agreement(2, 1, 1, 1)


def solution(number, angle, moco_angle):
    told = [{"measures": dict.fromkeys((*SENSE, STEP_LENGTH), value)} for value in (angle, moco_angle)]
    told[1]["cpu_s"] = 10.0
    return {
        "household": "h", "number": number, "age_years": 9.0, "condition": "duchenne" if number else "healthy",
        "mechanisms": ["weakness"], "adaptation": told[0], "moco": told[1],
    }  # fmt: skip


def test_patients_are_compared_with_the_same_person_healthy():
    healthy, patient = solution(0, 1.0, 2.0), solution(1, 11.0, 7.0)
    (pair,) = pairs([healthy, patient])
    assert np.allclose(pair.adaptation, 10.0)
    assert np.allclose(pair.moco, 5.0)
    assert pairs([patient]) == []
    failed = {**patient, "moco": {"rejected": "DIVERGED: why", "cpu_s": 20.0}}
    assert pairs([healthy, failed]) == []
    assert "converged on 1 of 2 (50 %)" in "\n".join(report([healthy, failed]))
    assert "| duchenne | 1 |" in "\n".join(report([healthy, patient]))
