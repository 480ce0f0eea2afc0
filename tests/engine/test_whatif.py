"""Changing a person's body: what is asked for, what comes out."""

import json
from dataclasses import replace

import pytest

from engine.cohort.layout import SubjectFiles
from engine.cohort.subject_file import read_subject, subject_folder
from engine.cohort.write import write_subject
from engine.core.errors import DataError, SpecError
from engine.gait.records import MusculoskeletalParameters, Walk
from engine.musculoskeletal.mechanisms import mechanism_parameters
from engine.people.conditions import CHANGED, load_card
from engine.roles.adapter import EffortAdapter
from engine.tools.whatif.changes import Changes
from engine.tools.whatif.whatif import FIGURES_FILE, PICTURE_FILE, what_if, write_whatif
from tests.made_cards import user_card, write_card

HEALTHY = MusculoskeletalParameters()
WEAK_CALF = Changes(("plantarflexor_strength.right=0.3",))


@pytest.fixture
def subject(tmp_path, gait):
    files = SubjectFiles(tmp_path / "cohort" / "subjects" / "s00003")
    files.folder.mkdir(parents=True)
    write_subject(files.subject, gait)
    return files.folder


@pytest.fixture
def own_subject(tmp_path, gait):
    """Somebody with a card of a user's own."""
    who = replace(gait.subject, condition=user_card(name="mine", title="My condition"), severity=0.5, side="left")
    files = SubjectFiles(tmp_path / "cohort" / "subjects" / "s00004")
    files.folder.mkdir(parents=True)
    write_subject(files.subject, replace(gait, proposal=replace(gait.proposal, subject=who)))
    return files.folder


def test_settings_come_after_the_card(tmp_path):
    changed = Changes(("plantarflexor_strength.left=0.9",), "stroke", 1.0, "left").apply(HEALTHY)
    card = mechanism_parameters(load_card("stroke"), 1.0, "left")
    assert changed.max_isometric_force[1, 6] == 0.9
    assert changed.max_isometric_force[0] == pytest.approx(card.max_isometric_force[0])
    fragment = tmp_path / "stiff.yaml"
    fragment.write_text(
        "mechanisms: [{kind: strength, groups: [quadriceps], where: affected, amount: 0.5, source: assumption}]"
    )
    changed = Changes(card=str(fragment), side="right").apply(HEALTHY)
    assert changed.max_isometric_force[0, 4] == 0.5
    assert changed.max_isometric_force[1, 4] == 1.0


def test_a_change_goes_by_the_title_of_its_card(tmp_path):
    write_card(tmp_path / "v2_final.yaml", user_card(name="mine", title="My condition"))
    assert str(Changes(card=str(tmp_path / "v2_final.yaml"), severity=0.5)) == "My condition at severity 0.5, both"
    assert str(Changes(("leg_pain=1",), "stroke")) == f"{load_card('stroke').title} at severity 1, both, leg_pain=1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (Changes(), "nothing is changed"),
        (Changes(("calf=0.5",)), "no mechanism is called 'calf'"),
        (Changes(("hamstrings_strength",)), "expected NAME=NUMBER"),
        (Changes(("hamstrings_strength=weak",)), "expected NAME=NUMBER"),
        (Changes(("hamstrings_strength=-1",)), "cannot be"),
        (Changes(card="stroke", severity=2.0), "--severity"),
        (Changes(card="nothing"), "no card is called"),
    ],
)
def test_what_cannot_be_is_named(changes, message):
    with pytest.raises(SpecError, match=message):
        changes.apply(HEALTHY)


def test_a_subject_is_found_with_and_without_the_middle_folder(subject):
    assert subject_folder(subject) == subject
    assert subject_folder(subject.parent.parent / subject.name) == subject


def test_a_folder_without_a_subject_is_named(tmp_path, enforcer):
    with pytest.raises(DataError, match=r"subject\.json"):
        what_if(tmp_path, WEAK_CALF, EffortAdapter(), enforcer)


def test_a_weak_calf_pushes_off_less_and_both_gaits_are_kept(subject, enforcer, tmp_path):
    found = what_if(subject, WEAK_CALF, EffortAdapter(), enforcer, strides=2)
    assert isinstance(found.after, Walk), found.after
    write_whatif(found, enforcer, tmp_path / "out")
    told = json.loads((tmp_path / "out" / FIGURES_FILE).read_text())
    before, after = (told[when]["right"]["ankle_power_peak_w_per_kg"] for when in ("before", "after"))
    assert after < 0.9 * before
    kept, _ = read_subject(SubjectFiles(tmp_path / "out" / "after").subject)
    assert kept.subject.condition == load_card("healthy").changed_by_hand()
    assert not kept.subject.is_healthy, "impaired people's limits hold"
    assert kept.parameters.max_isometric_force[0, 6] == 0.3
    assert (tmp_path / "out" / PICTURE_FILE).stat().st_size > 10_000
    assert (tmp_path / "out" / "after" / "w00" / "grf.mot").is_file()
    with pytest.raises(DataError, match="something else"):
        write_whatif(found, enforcer, subject)


def test_a_card_of_the_user_goes_through(own_subject, enforcer, tmp_path):
    """Nothing is changed but for a hair, so that both bodies walk quickly."""
    found = what_if(own_subject, Changes(("leg_pain=0.001",)), EffortAdapter(), enforcer, strides=2)
    assert isinstance(found.after, Walk), found.after
    write_whatif(found, enforcer, tmp_path / "out")
    before, after = (
        read_subject(SubjectFiles(tmp_path / "out" / name).subject)[0].subject for name in ("before", "after")
    )
    assert before.condition == user_card(name="mine", title="My condition")
    assert after.condition.name == CHANGED
    assert after.condition.aids == before.condition.aids, "the person is seen with the same aids"
    assert json.loads((tmp_path / "out" / FIGURES_FILE).read_text())["cards"]["mine"]["title"] == "My condition"
