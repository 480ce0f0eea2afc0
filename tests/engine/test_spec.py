"""Cohort specs: what is wrong is said with file and field, before any work."""

import pytest

from engine.core.errors import SpecError
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from engine.population.spec import load_spec
from engine.population.subjects import draw_subjects
from tests.made_cards import user_card, write_card

GOOD = """
name: small
groups:
  - {condition: healthy, subjects: 2, age_years: [6, 70]}
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "spec.yaml"
        path.write_text(text)
        return path

    return write


def test_a_good_spec_loads(write):
    spec = load_spec(write(GOOD))
    assert spec.groups[0].subjects == 2
    assert spec.cameras == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD.replace("healthy", "gout"), r"spec.yaml: groups\.0\.condition: no card is called 'gout'; there are .*healthy"),
        (GOOD.replace("70", "200"), r"spec.yaml: groups\.0: age_years: 200 is outside 2 to 100"),
        (GOOD.replace("age_years: [6, 70]", "mass_kg: -5"), r"mass_kg: -5 is outside 7 to 250"),
        (GOOD.replace("subjects: 2", "subjects: 0"), r"groups\.0\.subjects: .*greater than or equal to 1"),
        (GOOD.replace("subjects: 2,", ""), r"groups\.0\.subjects: Field required"),
        (GOOD.replace("age_years", "age"), r"groups\.0\.age: Extra inputs are not permitted"),
        (GOOD.replace("name: small", "name: ../evil"), r"name: String should match pattern"),
        (GOOD.replace("[6, 70]", "{min: 9, max: 3}"), r"min 9.0 is above max 3.0"),
        (GOOD + "video: true\n", r"video: true needs cameras"),
        (GOOD + "split: {train: 0.9, validation: 0.2, test: 0.1}\n", r"split: train \+ validation \+ test is 1.2"),
        ("name: [unclosed", r"spec.yaml, line \d+: not valid YAML"),
        ("- a\n- b\n", r"expected fields such as"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(write, text, expected):
    with pytest.raises(SpecError, match=expected):
        load_spec(write(text))


def test_a_wrong_field_of_the_only_group_is_said_once(write):
    with pytest.raises(SpecError) as caught:
        load_spec(write(GOOD.replace("subjects: 2", "subjects: 0")))
    assert len(str(caught.value).splitlines()) == 1
    with pytest.raises(SpecError, match=r"groups: .*at least 1 item"):
        load_spec(write("name: small\ngroups: []\n"))


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SpecError, match=r"absent.yaml: cannot be read"):
        load_spec(tmp_path / "absent.yaml")


def test_cards_of_the_user_are_found_beside_the_spec(write, tmp_path):
    own, frail = user_card("parkinson", title="Mine"), user_card("frailty", name="very_frail", aids=[])
    write_card(tmp_path / "mine.yaml", own)
    write_card(tmp_path / "frail.yaml", frail)
    group = "condition: mine.yaml, modifiers: {frail.yaml: 0.4, obesity: {min: 0.1, max: 0.2}}"
    spec = load_spec(write(GOOD.replace("condition: healthy", group)))
    assert spec.groups[0].condition == own
    assert spec.cards == {"parkinson": own, "very_frail": frail, "obesity": load_card("obesity")}
    people = [plan.subject for plan in draw_subjects(spec)]
    assert all(person.burdens[0].card == own and person.modifiers[1] == Burden(frail, 0.4) for person in people)


def test_a_written_spec_names_its_cards(write, tmp_path):
    write_card(tmp_path / "mine.yaml", user_card(name="mine"))
    spec = load_spec(write(GOOD.replace("condition: healthy", "condition: mine.yaml, modifiers: {frailty: [0.5]}")))
    (group,) = spec.model_dump(mode="json")["groups"]
    assert (group["condition"], group["modifiers"]) == ("mine", {"frailty": [0.5]})


def test_another_seed_takes_the_place_of_the_file_s(write):
    assert load_spec(write(GOOD), seed=5) == load_spec(write(GOOD + "seed: 5\n"))
    with pytest.raises(SpecError, match=r"spec\.yaml: seed: .*greater than or equal to 0"):
        load_spec(write(GOOD), seed=-1)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ("condition: torn.yaml", r"spec\.yaml: groups\.0\.condition: .*torn\.yaml: title: Field required"),
        ("condition: absent.yaml", r"groups\.0\.condition: .*absent\.yaml: cannot be read"),
        ("condition: frail.yaml", r"groups\.0\.condition: very_frail is a modifier; write condition: healthy and .*frail\.yaml"),
        ("condition: healthy, modifiers: {torn.yaml: 1}", r"groups\.0\.modifiers: .*torn\.yaml: title: Field required"),
        ("condition: healthy, modifiers: {mine.yaml: 1}", r"groups\.0\.modifiers: 'mine\.yaml' is no modifier; there are frailty"),
        ("condition: healthy, modifiers: {frail.yaml: 2}", r"groups\.0: modifiers\.very_frail: 2 is outside 0 to 1"),
        ("condition: healthy, modifiers: {frail.yaml: {low: 1}}", r"groups\.0\.modifiers\.very_frail\.severity: expected a number"),
        ("condition: healthy, modifiers: {frail.yaml: 1, again.yaml: 1}", r"groups\.0\.modifiers: frail\.yaml, again\.yaml: .* once"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_card_of_the_user_is_said(write, tmp_path, wish, expected):
    write_card(tmp_path / "mine.yaml", user_card(name="mine"))
    frail = write_card(tmp_path / "frail.yaml", user_card("frailty", name="very_frail", aids=[]))
    (tmp_path / "again.yaml").write_text(frail.read_text())
    (tmp_path / "torn.yaml").write_text(frail.read_text().replace("title:", "titel:"))
    with pytest.raises(SpecError, match=expected):
        load_spec(write(GOOD.replace("condition: healthy", wish)))


def test_one_name_means_one_card(write, tmp_path):
    """The same card from two files is one card, whatever their comments; two different ones of one name are refused."""
    groups = "name: two\ngroups: [{condition: a.yaml, subjects: 1}, {condition: stroke, subjects: 1}]\n"
    same = write_card(tmp_path / "a.yaml", load_card("stroke"))
    same.write_text("# a copy\n" + same.read_text())
    assert set(load_spec(write(groups)).cards) == {"stroke"}
    write_card(same, user_card("stroke"))
    with pytest.raises(
        SpecError, match=r"groups\.0\.condition and groups\.1\.condition: two different cards .* stroke"
    ):
        load_spec(write(groups))
