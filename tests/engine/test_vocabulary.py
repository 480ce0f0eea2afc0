"""One vocabulary: what the code computes is in the table of measures, names tell units, and what is stored is what is shown."""

from dataclasses import fields

import pytest

from engine.core.measures import COMPARED, GAIT, MEASURES, PHYSICS
from engine.gait.gait_parameters import GaitParameters, SideParameters
from engine.gait.norms import spatiotemporal
from engine.gait.records import PhysicsFigures
from engine.people.conditions import available_cards, load_card

UNIT_OF_SUFFIX = {
    "nm_per_kg": "N·m/kg",
    "w_per_kg": "W/kg",
    "mps": "m/s",
    "spm": "steps/min",
    "pct": "%",
    "deg": "deg",
    "cv": "1",
    "bw": "BW",
    "nm": "N·m",
    "mm": "mm",
    "m": "m",
    "s": "s",
}


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.name)
def test_a_name_tells_the_unit_of_stored_values(measure):
    name = measure.name.removesuffix("_affected").removesuffix("_unaffected")
    suffix = next(suffix for suffix in UNIT_OF_SUFFIX if name.endswith(f"_{suffix}"))
    assert measure.unit == UNIT_OF_SUFFIX[suffix]


@pytest.mark.parametrize("measure", MEASURES.values(), ids=lambda measure: measure.name)
def test_what_is_shown_in_another_unit_is_another_number(measure):
    factors = {("m", "cm"): 100.0, ("1", "%"): 100.0}
    assert measure.factor == factors.get((measure.unit, measure.shown), 1.0)
    assert measure.text(0.0) == f"{0:.{measure.digits}f}"


def test_every_measure_has_its_own_name_title_and_meaning():
    assert len(MEASURES) == len(GAIT) + len(PHYSICS) + len(COMPARED)
    for texts in ([m.title for m in MEASURES.values()], [m.meaning for m in MEASURES.values()]):
        assert all(texts)
        assert len(set(texts)) == len(texts)


def test_a_length_is_shown_in_centimetres_and_a_share_in_per_cent():
    assert GAIT["step_length_m"].text(0.6543) == "65.4"
    assert GAIT["step_length_m"].heading == "Step length, cm"
    assert GAIT["stride_time_cv"].text(0.0213) == "2.1"


def test_every_figure_of_a_walk_is_a_measure():
    assert {field.name for field in fields(PhysicsFigures)} == set(PHYSICS)
    assert {field.name for field in fields(SideParameters)} <= {field.name for field in fields(GaitParameters)}
    assert {field.name for field in fields(GaitParameters)} <= set(GAIT)


def test_norms_and_cards_speak_of_measures():
    assert set(spatiotemporal(30.0, "female")) <= {field.name for field in fields(GaitParameters)}
    for name in available_cards():
        assert {effect.measure for effect in load_card(name).expected} <= set(GAIT)
