"""The condition cards: every shipped card is complete, sourced and walkable; every mistake in a card is named."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import yaml

from benchmarks.condition_docs import page_path, shipped_page
from engine.core.conventions import MUSCLE_GROUPS
from engine.core.errors import SpecError
from engine.people.card_effects import Mechanism
from engine.people.card_parts import SizeEffects
from engine.people.conditions import ConditionCard, available_cards, card_path, load_card, load_modifier
from engine.people.ramps import ASSUMPTION, at_severity
from tests.made_cards import user_card

shipped = cache(load_card)
CARDS = available_cards()
IMPAIRED = [name for name in CARDS if name != "healthy"]
SEVERITIES = np.linspace(0, 1, 21)
FACTORS = ("speed", "cadence", "step_width", "stride_time_cv", "stride_length_cv", "step_width_sd")
POINTS = ("stance_pct_affected", "stance_pct_unaffected", "left_right_shift")
SIZES = ("height", "mass")
MODIFIERS = [name for name in CARDS if shipped(name).role == "modifier"]
FLAT_FOOTED = (
    "parkinson",
    "dementia",
    "cp_crouch",
    "stroke",
    "charcot_marie_tooth",
    "limb_girdle_dystrophy",
    "myotonic_dystrophy",
    "foot_drop",
    "knee_osteoarthritis",
    "hip_osteoarthritis",
    "hip_fracture",
    "copd",
    "heart_failure",
    *MODIFIERS,
)


def strength(card: ConditionCard, group: str, where: str, severity: float) -> float:
    """What is left of a muscle group's strength on the ``affected`` or ``unaffected`` side."""
    parts = [m for m in card.mechanisms if m.kind == "strength" and group in m.groups and m.where in (where, "both")]
    return float(np.prod([at_severity(m.amount, severity, m.neutral) for m in parts]))


def offset_deg(card: ConditionCard, coordinate: str, severity: float) -> float:
    """Sum of the constant offsets of one coordinate of the affected leg, or of the midline."""
    effects = [e for e in card.motion if e.coordinate == coordinate and e.kind == "offset" and e.where != "unaffected"]
    return sum(at_severity(e.amount, severity, e.neutral) for e in effects)


def sole_pitch_deg(card: ConditionCard, severity: float) -> float:
    """How far the offsets tip the affected sole in stance: positive lifts the toes, negative the heel."""
    knee = offset_deg(card, "knee_angle", severity)
    for effect in card.motion:
        if effect.coordinate == "knee_angle" and effect.kind == "minimum":
            knee += max(at_severity(effect.amount, severity, 0.0) - 5.0, 0.0)  # 5°: healthy least flexion in stance
    hip, ankle = (offset_deg(card, name, severity) for name in ("hip_flexion", "ankle_angle"))
    return offset_deg(card, "pelvis_tilt", severity) + hip - knee + ankle


@pytest.fixture
def broken(tmp_path):
    """Writes the Parkinson card after ``change`` has spoilt it, and gives the path."""

    def write(change) -> Path:
        data = yaml.safe_load(card_path("parkinson").read_text())
        change(data)
        path = tmp_path / "spoilt.yaml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True))
        return path

    return write


def test_conditions_and_modifiers_ship():
    neurological = {"parkinson", "dementia", "cp_crouch", "cp_hemiplegia", "stroke", "charcot_marie_tooth", "foot_drop"}
    muscles_and_joints = {
        "duchenne",
        "limb_girdle_dystrophy",
        "myotonic_dystrophy",
        "knee_osteoarthritis",
        "hip_osteoarthritis",
        "hip_fracture",
    }
    assert {"healthy", *neurological, *muscles_and_joints} <= set(CARDS) - set(MODIFIERS)
    assert {"copd", "heart_failure"} <= set(CARDS) - set(MODIFIERS)
    assert {"obesity", "frailty"} <= set(MODIFIERS)


@pytest.mark.parametrize("name", CARDS)
def test_card_is_called_like_its_file(name):
    assert shipped(name).name == name


@pytest.mark.parametrize("name", CARDS)
def test_knots_and_grades_are_severities(name):
    card = shipped(name)
    ramps = [effect.amount for effect in (*card.mechanisms, *card.motion)] + [use.share for use in card.aids]
    ramps += [ramp for key in (*FACTORS, *POINTS) if (ramp := getattr(card.spatiotemporal, key)) is not None]
    ramps += [ramp for key in SIZES if card.size is not None and (ramp := getattr(card.size, key)) is not None]
    assert all(0 <= knot <= 1 for ramp in (*ramps, card.severity.grades) for knot in ramp)


@pytest.mark.parametrize("name", CARDS)
def test_age_range_holds_its_mean(name):
    mean, deviation, least, most = shipped(name).demographics.age_years
    assert 2 <= least < mean < most <= 100
    assert deviation > 0


@pytest.mark.parametrize("name", CARDS)
def test_severity_zero_is_healthy(name):
    card = shipped(name)
    for effect in (*card.mechanisms, *card.motion):
        assert at_severity(effect.amount, 0.0, effect.neutral) == effect.neutral
    assert all(card.spatiotemporal.factor(key, 0.0) == 1 for key in FACTORS)
    assert all(card.spatiotemporal.amount(key, 0.0) == 0 for key in POINTS)
    assert card.size is None or all(card.size.factor(key, 0.0) == 1 for key in SIZES)


@pytest.mark.parametrize("name", CARDS)
def test_effects_grow_continuously_with_severity(name):
    """A quarter of the way up no effect jumps by more than three quarters of its whole range."""
    for effect in shipped(name).motion:
        values = np.array([at_severity(effect.amount, s, effect.neutral) for s in SEVERITIES])
        assert np.abs(values[5:] - values[:-5]).max() <= 0.75 * np.ptp(values), effect


@pytest.mark.parametrize("name", IMPAIRED)
def test_speed_falls_with_severity(name):
    speeds = [shipped(name).spatiotemporal.factor("speed", s) for s in SEVERITIES]
    assert (np.diff(speeds) < 0).all()
    assert speeds[-1] > 0.2


@pytest.mark.parametrize("name", IMPAIRED)
def test_strides_become_less_regular(name):
    for key in ("stride_time_cv", "stride_length_cv"):
        values = [shipped(name).spatiotemporal.factor(key, s) for s in SEVERITIES]
        assert (np.diff(values) >= 0).all()
        assert values[-1] > 1


@pytest.mark.parametrize("name", IMPAIRED)
def test_three_or_more_expected_effects_are_published(name):
    expected = shipped(name).expected
    assert sum(effect.source != ASSUMPTION for effect in expected) >= 3


@pytest.mark.parametrize("name", IMPAIRED)
def test_intervals_have_the_sign_of_their_direction(name):
    for effect in shipped(name).expected:
        if effect.interval is None:
            continue
        low, high = effect.interval
        assert low <= high
        assert high < 0 if effect.direction == "decreases" else low > 0


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("where", ["affected", "unaffected"])
def test_strength_falls_and_stays_enough_to_walk(name, where):
    card = shipped(name)
    for group in MUSCLE_GROUPS:
        left = np.array([strength(card, group, where, s) for s in SEVERITIES])
        assert ((left > 0) & (left <= 1)).all()
        assert (np.diff(left) <= 1e-9).all()
        if group in ("plantarflexors", "quadriceps"):
            assert left.min() > 0.4


@pytest.mark.parametrize("name", CARDS)
def test_short_calves_never_meet_a_dorsiflexed_stance(name):
    card = shipped(name)
    short = [m for m in card.mechanisms if m.kind == "fibre_length" and "plantarflexors" in m.groups]
    for severity in SEVERITIES:
        lengths = [at_severity(m.amount, severity, m.neutral) for m in short]
        assert min(lengths, default=1.0) >= 0.8
        if min(lengths, default=1.0) < 1:
            assert offset_deg(card, "ankle_angle", severity) < 0


@pytest.mark.parametrize("name", FLAT_FOOTED)
def test_soles_stay_flat_in_stance(name):
    card = shipped(name)
    assert max(abs(sole_pitch_deg(card, s)) for s in SEVERITIES) < 6


@pytest.mark.parametrize("name", ["cp_hemiplegia", "duchenne"])
def test_equinus_heel_rises_with_severity(name):
    pitch = [sole_pitch_deg(shipped(name), s) for s in SEVERITIES]
    assert (np.diff(pitch) < 0).all()
    assert -20 < pitch[-1] < -5


def test_crouch_reaches_its_classes_with_an_upright_trunk():
    card = shipped("cp_crouch")
    (least,) = [e for e in card.motion if e.kind == "minimum"]
    mild, severe = 20.0, 50.0
    assert at_severity(least.amount, 0.25, 0.0) < mild < at_severity(least.amount, 0.5, 0.0)
    assert at_severity(least.amount, 1.0, 0.0) >= severe
    lean = [offset_deg(card, "pelvis_tilt", s) + offset_deg(card, "lumbar_extension", s) for s in SEVERITIES]
    assert np.abs(lean).max() < 6


@pytest.mark.parametrize(
    "name", ["cp_hemiplegia", "stroke", "foot_drop", "knee_osteoarthritis", "hip_osteoarthritis", "hip_fracture"]
)
def test_one_sided_stance_and_strike_agree(name):
    """Equal double supports: the other foot strikes late by half the difference of stance shares."""
    figures = shipped(name).spatiotemporal
    for severity in SEVERITIES:
        affected, other = (figures.amount(f"stance_pct_{leg}", severity) for leg in ("affected", "unaffected"))
        assert figures.amount("left_right_shift", severity) == pytest.approx((affected - other) / 200, abs=2e-3)
        assert affected <= 0 <= other


def test_paretic_side_hikes_in_its_own_swing():
    """Positive pelvis_list lowers the right hip: rotation about forward X turns Z (right) away from Y (up)."""
    (hike,) = [e for e in shipped("stroke").motion if e.coordinate == "pelvis_list" and e.kind == "bump"]
    angle = np.deg2rad(at_severity(hike.amount, 1.0, 0.0))
    about_x = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
    assert (about_x @ [0.0, 0.0, 1.0])[1] > 0.1
    assert 0.65 < hike.phase < 0.95


@pytest.mark.parametrize("name", ["duchenne", "limb_girdle_dystrophy"])
def test_weak_hips_tilt_the_pelvis_forward_under_a_back_that_leans_backwards(name):
    """Lordosis: the pelvis tips further than the trunk, which ends behind the vertical, while the thighs keep their place."""
    card = shipped(name)
    tilt = np.array([offset_deg(card, "pelvis_tilt", s) for s in SEVERITIES])
    back = np.array([offset_deg(card, "lumbar_extension", s) for s in SEVERITIES])
    thigh = np.array([offset_deg(card, "hip_flexion", s) for s in SEVERITIES]) + tilt
    assert (np.diff(tilt) < 0).all()
    assert tilt[-1] <= -10
    assert (np.diff(tilt + back) > 0).all()
    assert np.abs(thigh).max() < 3


@pytest.mark.parametrize("name", ["duchenne", "limb_girdle_dystrophy", "hip_osteoarthritis", "hip_fracture"])
def test_trunk_lurches_over_the_weak_hip_beyond_the_drop_of_the_pelvis(name):
    """Both angles count towards the standing (right) leg: their sum is the lean of the trunk to the vertical."""
    bumps = [e for e in shipped(name).motion if e.kind == "bump" and e.coordinate in ("pelvis_list", "lumbar_bending")]
    assert all(0.15 < bump.phase < 0.45 for bump in bumps)
    for severity in SEVERITIES[1:]:
        amounts = {bump.coordinate: at_severity(bump.amount, severity, 0.0) for bump in bumps}
        assert amounts["pelvis_list"] < 0 < amounts["lumbar_bending"] + amounts["pelvis_list"]


@pytest.mark.parametrize("name", ["charcot_marie_tooth", "foot_drop", "myotonic_dystrophy"])
def test_a_dropped_foot_is_lifted_by_hip_and_knee(name):
    swing = [e for e in shipped(name).motion if e.kind == "bump" and 0.7 < e.phase < 0.95]
    for severity in SEVERITIES[1:]:
        lift = {e.coordinate: at_severity(e.amount, severity, 0.0) for e in swing}
        assert lift["ankle_angle"] < 0 < min(lift["hip_flexion"], lift["knee_angle"])


def test_boys_with_duchenne_grow_less():
    card = shipped("duchenne")
    assert card.demographics.male_share == 1
    heights = [card.size.factor("height", s) for s in SEVERITIES]
    assert (np.diff(heights) < 0).all()
    assert heights[-1] > 0.85


def test_obesity_adds_mass_faster_than_muscle_takes_it_away():
    """The model's strength grows with mass to the power 2/3; a heavy person is stronger than a light one, yet weaker for the weight."""
    card = shipped("obesity")
    mass = np.array([card.size.factor("mass", s) for s in SEVERITIES])
    force = mass ** (2 / 3) * [strength(card, "quadriceps", "affected", s) for s in SEVERITIES]
    assert (np.diff(force) > 0).all()
    assert (np.diff(force / mass) < 0).all()


@pytest.mark.parametrize("name", MODIFIERS)
def test_modifiers_are_loaded_as_such(name):
    assert load_modifier(name).demographics.side == "none"


@pytest.mark.parametrize("name", ["healthy", "stroke"])
def test_a_condition_of_its_own_is_no_modifier(name):
    with pytest.raises(SpecError, match=rf"'{name}' is no modifier; there are frailty, obesity"):
        load_modifier(name)


def test_an_unknown_modifier_lists_the_known_ones():
    with pytest.raises(SpecError, match=r"'lazy' is no modifier; there are frailty, obesity"):
        load_modifier("lazy")


def test_a_size_that_the_card_leaves_out_is_usual():
    size = SizeEffects(mass={0.5: 1.2, 1.0: 1.8}, source=ASSUMPTION)
    assert size.factor("mass", 0.25) == pytest.approx(1.1)
    assert size.factor("mass", 0.75) == pytest.approx(1.5)
    assert size.factor("height", 1.0) == 1.0


@pytest.mark.parametrize(("severity", "expected"), [(0.0, 1.0), (0.25, 0.9), (0.5, 0.8), (0.75, 0.5), (1.0, 0.2)])
def test_ramp_is_linear_between_its_knots(severity, expected):
    assert at_severity({0.5: 0.8, 1.0: 0.2}, severity, 1.0) == pytest.approx(expected)


def test_one_number_is_the_value_at_severity_one():
    mechanism = Mechanism(kind="strength", amount=0.6, source=ASSUMPTION)
    assert at_severity(mechanism.amount, 1.0, mechanism.neutral) == pytest.approx(0.6)
    assert at_severity(mechanism.amount, 0.5, mechanism.neutral) == pytest.approx(0.8)


def test_ramp_may_start_off_neutral():
    assert at_severity({0.0: 3.0, 1.0: 5.0}, 0.0, 0.0) == 3.0


def _set(*keys, value):
    def change(data):
        for key in keys[:-1]:
            data = data[key]
        data[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        (_set("colour", value="blue"), "colour", "not permitted"),
        (_set("motion", 0, "speed", value=1), "motion.0.speed", "not permitted"),
        (lambda data: data.pop("demographics"), "demographics", "required"),
        (lambda data: data["motion"][0].pop("source"), "motion.0.source", "required"),
        (_set("mechanisms", 0, "groups", value=["calves"]), "mechanisms.0", "calves"),
        (_set("mechanisms", 0, "kind", value="courage"), "mechanisms.0.kind", "courage"),
        (_set("motion", 0, "coordinate", value="knee_bend"), "motion.0", "knee_bend"),
        (_set("motion", 0, "kind", value="bump"), "motion.0", "phase and width"),
        (_set("motion", 0, "source", value="hearsay1999"), "the file as a whole", "hearsay1999"),
        (
            _set("sources", "idle2001", value="A paper"),
            "the file as a whole",
            "['idle2001'] listed but no effect's source",
        ),
        (_set("motion", 0, "amount", value="much"), "motion.0.amount", "much"),
        (_set("demographics", "male_share", value=1.4), "demographics.male_share", "1.4"),
        (_set("expected", 0, "direction", value="sideways"), "expected.0.direction", "sideways"),
        (_set("name", value="../parkinson"), "name", "../parkinson"),
        (_set("role", value="habit"), "role", "habit"),
        (_set("expected", 0, "measure", value="grace_deg"), "expected.0", "grace_deg"),
        (_set("spread", value={"speed": 0.2}), "spread.source", "required"),
        (_set("spread", value={"effects": 3, "source": "assumption"}), "spread.effects", "less than or equal to 0.5"),
        (_set("spread", value={"speed": 0.2, "source": "hearsay1999"}), "the file as a whole", "hearsay1999"),
        (_set("severity", "shares", value={0.5: 0.5, 1.0: 0.4}), "severity", "they add up to 0.9"),
        (_set("severity", "shares", value={0.5: 0.5, 0.9: 0.5}), "severity", "rise from above 0 to 1"),
        (_set("size", value={"girth": 1.2, "source": "assumption"}), "size.girth", "not permitted"),
        (_set("size", value={"mass": 1.2}), "size.source", "required"),
        (_set("size", value={"mass": 1.2, "source": "hearsay1999"}), "the file as a whole", "hearsay1999"),
    ],
)
def test_a_mistake_names_file_and_field(broken, change, field, says):
    path = broken(change)
    with pytest.raises(SpecError) as caught:
        load_card(str(path))
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}: {field}: ")
    assert says in line


def test_every_mistake_is_reported_at_once(broken):
    def change(data):
        data["colour"] = "blue"
        del data["title"]

    with pytest.raises(SpecError, match=r"(?s)title.*colour|colour.*title"):
        load_card(str(broken(change)))


def test_broken_yaml_names_file_and_line(tmp_path):
    path = tmp_path / "torn.yaml"
    path.write_text("name: torn\nmotion: [1, 2\nsources: {}\n")
    with pytest.raises(SpecError, match=r"torn\.yaml, line 3: not valid YAML"):
        load_card(str(path))


def test_a_list_is_not_a_card(tmp_path):
    path = tmp_path / "list.yaml"
    path.write_text("- name: list\n")
    with pytest.raises(SpecError, match=r"list\.yaml: expected fields"):
        load_card(str(path))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SpecError, match=r"nowhere\.yaml: cannot be read"):
        load_card(str(tmp_path / "nowhere.yaml"))


def test_an_unknown_condition_lists_the_known_ones():
    with pytest.raises(SpecError, match=r"stork.*healthy.*stroke"):
        load_card("stork")


def test_the_page_is_up_to_date():
    committed = page_path().read_text(encoding="utf-8")
    assert committed == shipped_page(), "run: python -m benchmarks.condition_docs"


def test_the_page_shows_every_effect():
    page = shipped_page()
    for name in CARDS:
        card = shipped(name)
        assert f"## {card.title}" in page
        assert all(f"| `{effect.coordinate}` |" in page for effect in card.motion)
        assert all(text in page for text in card.sources.values())


@pytest.mark.parametrize("name", CARDS)
def test_shares_of_aids_are_shares_that_grow_with_severity(name):
    """Held aids never sum to more than everybody, and together grow with severity, though a rollator may replace a cane."""
    uses = shipped(name).aids
    held = np.array([sum(use.at(s) for use in uses if use.kind != "afo") for s in SEVERITIES])
    worn = np.array([sum(use.at(s) for use in uses if use.kind == "afo") for s in SEVERITIES])
    for total in (held, worn):
        assert total[0] == 0
        assert (np.diff(total) >= -1e-12).all()
        assert total.max() <= 1


def test_walking_aids_are_named_where_they_are_usual():
    kinds = {name: {use.kind for use in shipped(name).aids} for name in CARDS}
    assert {"cane", "rollator"} <= kinds["parkinson"]
    assert {"cane", "afo"} <= kinds["stroke"]
    assert "crutches" in kinds["cp_crouch"]
    assert not kinds["healthy"]
    assert not kinds["duchenne"]


@pytest.mark.parametrize(
    ("share", "at_half", "at_worst"), [(1, 0.5, 1.0), (0.6, 0.3, 0.6), ({0: 1, 1: 1}, 1.0, 1.0), ({0.5: 0.4}, 0.4, 0.4)]
)
def test_one_number_is_the_share_of_the_most_severe(share, at_half, at_worst):
    (use,) = user_card(aids=[{"kind": "cane", "share": share, "source": ASSUMPTION}]).aids
    assert (use.at(0.5), use.at(1.0)) == (at_half, at_worst)
    assert use.at(0.0) == (1.0 if isinstance(share, dict) and 0 in share else 0.0)


@pytest.mark.parametrize(
    ("uses", "complaint"),
    [
        ([{"kind": "cane", "where": "both", "share": 0.1}], "take none"),
        ([{"kind": "afo", "share": 0.1}], "needs the legs"),
        ([{"kind": "cane", "share": 1.2}], "0 to 1"),
        ([{"kind": "cane", "share": 0.1}, {"kind": "cane", "share": 0.2}], "named once"),
        ([{"kind": "cane", "share": {0.5: 0.7}}, {"kind": "rollator", "share": {0.5: 0.4, 1: 0.2}}], "more than 1"),
        ([{"kind": "cane", "share": 0.1, "source": "nobody1999"}], "not listed"),
    ],
)
def test_impossible_aids_are_refused(uses, complaint):
    with pytest.raises(ValueError, match=complaint):
        user_card("foot_drop", aids=[{"source": ASSUMPTION, **use} for use in uses])
