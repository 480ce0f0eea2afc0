"""Cohort specs with distributions: what is asked for is what is drawn."""

from collections import Counter

import numpy as np
import pytest
import yaml

from engine.core.errors import SpecError
from engine.core.yaml_files import configs_folder
from engine.people.conditions import available_cards, load_card, load_modifier
from engine.people.growth import draw_size
from engine.population.body_sizes import BODY_SIZES, japanese_size
from engine.population.spec import CohortSpec, load_spec
from engine.population.subjects import draw_subjects

MODIFIERS = [name for name in available_cards() if load_card(name).role == "modifier"]


def draw(n=60, seed=5, **wishes):
    group = {"condition": "healthy", "subjects": n, **wishes}
    spec = CohortSpec.model_validate({"name": "people", "seed": seed, "groups": [group]})
    return [plan.subject for plan in draw_subjects(spec)]


def in_band(subjects, low, high):
    return [subject for subject in subjects if low <= subject.age_years < high]


BANDS = [{"from": 5, "to": 18, "share": 1}, {"from": 18, "to": 65, "share": 3}, {"from": 65, "to": 90, "share": 1}]


def test_exact_quotas_meet_shares_and_cross_them():
    people = draw(100, age_years={"pyramid": BANDS}, sex={"female": 0.6, "male": 0.4}, quotas="exact")
    assert [len(in_band(people, *ages)) for ages in ((5, 18), (18, 65), (65, 90))] == [20, 60, 20]
    for ages, women in (((5, 18), 12), ((18, 65), 36), ((65, 90), 12)):
        assert abs(Counter(p.sex for p in in_band(people, *ages))["female"] - women) <= 1
    assert Counter(p.sex for p in people)["female"] == 60


def test_sampled_quotas_come_near():
    people = draw(2000, age_years={"pyramid": BANDS}, sex={"female": 0.6, "male": 0.4})
    assert len(in_band(people, 18, 65)) / 2000 == pytest.approx(0.6, abs=0.03)
    assert Counter(p.sex for p in people)["female"] / 2000 == pytest.approx(0.6, abs=0.03)


@pytest.mark.parametrize("quotas", ["exact", "sampled"])
def test_sex_follows_a_pyramid_that_tells_it(quotas):
    old = draw(400, age_years={"pyramid": "japan_2020", "min": 90}, quotas=quotas)
    assert Counter(p.sex for p in old)["female"] / 400 == pytest.approx(0.75, abs=0.005 if quotas == "exact" else 0.06)


@pytest.mark.parametrize("quotas", ["exact", "sampled"])
def test_the_same_seed_gives_the_same_people(quotas):
    wishes = {"age_years": {"pyramid": "world_2020"}, "skin_tone": {"min": 1, "max": 10}, "quotas": quotas}
    assert draw(**wishes) == draw(**wishes)
    assert draw(**wishes) != draw(seed=6, **wishes)


def test_severity_by_grades_of_the_clinical_scale():
    grades = {"stage 1": 0.5, "stage 2": 0.3, "stage 3": 0.2}
    people = draw(50, condition="parkinson", severity={"grades": grades}, quotas="exact")
    at = {text.split(",")[0]: severity for severity, text in load_card("parkinson").severity.grades.items()}
    expected = {at["stage 1"]: 25, at["stage 2"]: 15, at["stage 3"]: 10}
    assert Counter(p.severity for p in people) == expected


def test_severities_are_as_common_as_the_card_says():
    """GMFCS I, II and III among walking children with bilateral spastic cerebral palsy."""
    people = draw(400, condition="cp_crouch", quotas="exact")
    shares = [np.mean([low < p.severity <= high for p in people]) for low, high in ((0, 0.35), (0.35, 0.75), (0.75, 1))]
    assert shares == pytest.approx([0.24, 0.59, 0.17], abs=0.01)


def test_severities_are_even_where_the_card_is_silent():
    severities = [person.severity for person in draw(400, condition="dementia", quotas="exact")]
    assert min(severities) >= 0.1
    assert np.histogram(severities, np.linspace(0.1, 1, 4))[0] == pytest.approx([133] * 3, abs=30)


def test_a_mix_of_values_and_ranges():
    mix = [{"value": 1, "share": 0.25}, {"min": 0.2, "max": 0.4, "share": 0.75}]
    people = draw(40, condition="stroke", severity={"mix": mix}, quotas="exact")
    severities = np.array([p.severity for p in people])
    assert (severities == 1).sum() == 10
    assert ((severities >= 0.2) & (severities <= 0.4)).sum() == 30


def test_body_mass_index_takes_the_place_of_mass():
    people = draw(300, age_years={"min": 20, "max": 70}, bmi={"mean": 33, "sd": 2})
    index = np.array([p.mass_kg / p.height_m**2 for p in people])
    assert index.mean() == pytest.approx(33, abs=0.5)
    assert index.std() == pytest.approx(2, abs=0.3)


def test_skin_tones_are_whole_and_evenly_spread_over_a_range():
    tones = Counter(p.skin_tone for p in draw(40, skin_tone={"min": 3, "max": 6}, quotas="exact"))
    assert tones == {3: 10, 4: 10, 5: 10, 6: 10}
    assert {p.skin_tone for p in draw(300)} == set(range(1, 11)), "left out: any tone"


def test_the_japanese_are_shorter_and_lighter_than_the_americans():
    for sex in ("female", "male"):
        for age in (10, 20, 50, 75):
            us, japan = (reference(age, sex) for reference in (BODY_SIZES["us"], japanese_size))
            assert japan.height_m < us.height_m + 0.01
            assert age < 18 or japan.body_mass_index < us.body_mass_index
    tall = {name: np.mean([p.height_m for p in draw(300, age_years=30, sex="male", body_size=name)]) for name in BODY_SIZES}  # fmt: skip
    assert tall["japan"] == pytest.approx(1.72, abs=0.01)
    assert tall["us"] == pytest.approx(1.765, abs=0.012)


def test_japanese_sizes_give_back_the_published_quartiles():
    rng = np.random.default_rng(0)
    sizes = [draw_size(40.0, "male", rng, japanese_size) for _ in range(4000)]
    assert np.percentile([s.height_m for s in sizes], [25, 50, 75]) == pytest.approx([1.68, 1.718, 1.755], abs=0.004)
    assert np.percentile([s.mass_kg for s in sizes], [25, 50, 75]) == pytest.approx([63, 70, 78], abs=1)


def test_modifiers_reach_subjects_and_their_size():
    name = MODIFIERS[0]
    some = draw(40, modifiers={name: {"mix": {0: 0.5, 0.8: 0.5}}}, quotas="exact")
    assert Counter(tuple((m.card.name, m.severity) for m in p.modifiers) for p in some) == {(): 20, ((name, 0.8),): 20}


@pytest.mark.parametrize("name", MODIFIERS)
def test_size_factors_of_a_modifier_act_on_drawn_sizes_only(name):
    plain, changed = draw(20, age_years=50), draw(20, age_years=50, modifiers={name: 1.0})
    size = load_modifier(name).size
    height, mass = (1.0, 1.0) if size is None else (size.factor("height", 1.0), size.factor("mass", 1.0))
    for one, other in zip(plain, changed, strict=True):
        assert other.height_m == pytest.approx(one.height_m * height, abs=0.002)
        assert other.mass_kg == pytest.approx(one.mass_kg * height**2 * mass, rel=0.003)
    stated = draw(20, age_years=50, modifiers={name: 1.0}, height_m=1.7, mass_kg=70)
    assert {(p.height_m, p.mass_kg) for p in stated} == {(1.7, 70.0)}


def test_a_resolved_spec_gives_the_same_people(tmp_path):
    group = {
        "condition": "parkinson",
        "subjects": 30,
        "quotas": "exact",
        "age_years": {"pyramid": "japan_2020"},
        "sex": {"female": 0.5, "male": 0.5},
        "severity": {"grades": {"stage 1": 1.0}},
        "skin_tone": [2, 9],
    }
    spec = CohortSpec.model_validate({"name": "people", "groups": [group]})
    path = tmp_path / "resolved.yaml"
    path.write_text(yaml.safe_dump(spec.model_dump(mode="json")))
    assert draw_subjects(load_spec(path)) == draw_subjects(spec)


def test_a_pyramid_file_lies_beside_the_spec(tmp_path):
    (tmp_path / "village.yaml").write_text(
        "title: Village\nsource: counted\nbands: [{from: 20, to: 30, female: 1, male: 0}]\n"
    )
    (tmp_path / "spec.yaml").write_text(
        "name: v\ngroups: [{condition: healthy, subjects: 5, age_years: {pyramid: village.yaml}}]\n"
    )
    people = [plan.subject for plan in draw_subjects(load_spec(tmp_path / "spec.yaml"))]
    assert {p.sex for p in people} == {"female"}
    assert all(20 <= p.age_years < 30 for p in people)


@pytest.mark.parametrize("path", sorted((configs_folder() / "cohorts").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_spec_can_be_drawn(path):
    spec = load_spec(path)
    assert len(draw_subjects(spec)) == sum(group.subjects for group in spec.groups)


def test_the_reader_s_cohort_holds_everybody():
    """More than 5,000 people of all ages, every card that ships, healthy people slow and fast, some of each split more than once."""
    spec = load_spec(configs_folder() / "cohorts" / "reader.yaml")
    plans = draw_subjects(spec)
    assert len(plans) >= 5000
    assert set(spec.cards) == set(available_cards())
    assert (spec.cameras, spec.points, spec.keep, spec.needs_filmer) == ((), True, "learning", True)
    ages = np.array([plan.subject.age_years for plan in plans])
    assert ages.min() < 3 < 88 < ages.max()
    assert np.histogram(ages, bins=np.arange(0, 100, 10))[0].min() > 100
    told = [plan.speed_mps for plan in plans if plan.speed_mps is not None]
    assert min(told) < 0.4 < 1.9 < max(told)
    assert {plan.split for plan in plans if plan.walks > 1} == {"train", "validation", "test"}
    assert {plan.walks for plan in plans} == {1, 3}


def test_a_modifier_is_no_condition(tmp_path):
    path = tmp_path / "spec.yaml"
    path.write_text("name: x\ngroups: [{condition: obesity, subjects: 2}]\n")
    with pytest.raises(SpecError, match=r"groups\.0\.condition: obesity is a modifier; write condition: healthy"):
        load_spec(path)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        (
            "age_years: {pyramid: atlantis}",
            r"spec\.yaml: groups\.0\.age_years\.pyramid.*: no pyramid is called 'atlantis'; there are japan",
        ),
        (
            "age_years: {pyramid: absent.yaml}",
            r"spec\.yaml: groups\.0\.age_years\.pyramid.*absent\.yaml: cannot be read",
        ),
        ("age_years: {oldest: 5}", r"groups\.0\.age_years: expected a number, a list .*pyramid"),
        ("age_years: {mean: 80, sd: 12}", r"age_years: 110 is outside 2 to 100"),
        ("bmi: {pyramid: world_2020}", r"groups\.0\.bmi: expected a number, a list"),
        ("sex: {female: 0.6, male: 0.6}", r"groups\.0\.sex\.shares: the shares add up to 1.2, must be 1"),
        ("sex: {female: 0.6}", r"groups\.0\.sex\.shares\.male: Field required"),
        ("severity: {mix: {0.2: 0.5, 0.8: 0.4}}", r"groups\.0\.severity\.mix: the shares add up to 0.9, must be 1"),
        ("severity: {mix: [{share: 1}]}", r"groups\.0\.severity\.mix.*needs either value or both min and max"),
        ("severity: {grades: {stage 9: 1}}", r"groups\.0: severity\.grades: healthy has no grade 'stage 9'"),
        ("severity: 1.5", r"severity: 1.5 is outside 0 to 1"),
        ("bmi: 22, mass_kg: 70", r"bmi: mass_kg is given too"),
        ("bmi: 3", r"bmi: 3 is outside 10 to 70"),
        ("body_size: mars", r"groups\.0\.body_size: no reference is called 'mars'; there are us, japan"),
        ("skin_tone: 11", r"skin_tone: 11 is outside 1 to 10"),
        ("quotas: strict", r"groups\.0\.quotas: Input should be 'sampled' or 'exact'"),
        ("modifiers: {stroke: 0.5}", r"groups\.0\.modifiers: 'stroke' is no modifier; there are"),
        ("modifiers: {obesity: 1.5}", r"modifiers.obesity: 1.5 is outside 0 to 1"),
        ("modifiers: {gout: 0.5}", r"groups\.0\.modifiers: 'gout' is no modifier; there are"),
        ("age_years: []", r"groups\.0\.age_years\.list: an empty list; leave the field out"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_field(tmp_path, wish, expected):
    path = tmp_path / "spec.yaml"
    path.write_text(f"name: x\ngroups: [{{condition: healthy, subjects: 2, {wish}}}]\n")
    with pytest.raises(SpecError, match=expected):
        load_spec(path)
