"""Cohort specs: what is wrong is said with file and field, before any work."""

import pytest

from engine.errors import SpecError
from engine.spec import load_spec

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


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(SpecError, match=r"absent.yaml: cannot be read"):
        load_spec(tmp_path / "absent.yaml")


def test_cards_of_the_user_are_found_beside_the_spec(write, tmp_path):
    from engine.conditions import card_path

    (tmp_path / "mine.yaml").write_text(card_path("parkinson").read_text())
    spec = load_spec(write(GOOD.replace("healthy", "mine.yaml")))
    assert spec.groups[0].condition == str(tmp_path / "mine.yaml")
