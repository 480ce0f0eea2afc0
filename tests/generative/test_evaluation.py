"""Figures by which a generator is judged: laws that hold for any generator, and a tiny one."""

from dataclasses import replace

import numpy as np
import pytest
from made_people import make_gaits, make_subject
from numpy.testing import assert_allclose

from engine.gait.norms import Normal
from engine.gait.records import Subject
from engine.people.burdens import Burden
from engine.people.card_parts import ExpectedEffect
from engine.people.conditions import load_card
from generative.corpus import build_corpus
from generative.evaluation.against_norms import BAND_SHARE, NormBin, band_figures, knee_figures, norm_figures
from generative.evaluation.clamping import kept_effects, kept_share
from generative.evaluation.curve_shape import mean_curve_errors, ranges, timings
from generative.evaluation.distances import (
    SMALLEST_CELL,
    cell,
    cell_likeness,
    frechet_distance,
    likeness,
    mean_pair_distance,
)
from generative.evaluation.effects import card_effects, effect_figure
from generative.evaluation.groups import Group, draw_patients, with_card
from generative.evaluation.real_people import (
    RealPeople,
    diversity,
    leg_mean_curves,
    matched_curves,
    real_distances,
)
from generative.evaluation.sweeps import SEVERITIES, retreat, sweep
from generative.train_denoiser import TrainingSettings, train


@pytest.fixture(scope="module")
def cards():
    return [load_card("healthy"), load_card("stroke")]


@pytest.fixture(scope="module")
def corpus(cards):
    return build_corpus(cards, 160, seed=0)


@pytest.fixture(scope="module")
def pipeline(corpus):
    return train(corpus, TrainingSettings(steps=100, batch=32, dimensions=60, width=32, blocks=2)).pipeline


def adults(n: int) -> tuple[Subject, ...]:
    return tuple(make_subject(25.0 + 3 * (i % 14), ("female", "male")[i % 2], name=f"{i}") for i in range(n))


def test_frechet_distance_of_shifted_and_widened_clouds():
    cloud = np.random.default_rng(0).standard_normal((20_000, 3))
    assert frechet_distance(cloud, cloud) < 1e-9
    assert_allclose(frechet_distance(cloud, cloud + np.array([1.0, 2.0, 0.0])), 5.0, rtol=1e-6)
    assert_allclose(frechet_distance(cloud, 3 * cloud), 3 * 2**2, rtol=0.05)


def test_mean_distance_of_all_pairs():
    line = np.array([[0.0], [1.0], [3.0], [3.5]])
    assert_allclose(mean_pair_distance(line), np.mean([1, 3, 3.5, 2, 2.5, 0.5]), rtol=1e-6)


def test_likeness_of_a_set_to_itself(pipeline, corpus):
    found = likeness(pipeline, corpus, corpus, seed=0)
    assert found.frechet_corpus < 1e-6 < found.frechet
    assert found.people == len(corpus)


def test_a_cell_is_one_condition_in_a_range_of_severities(pipeline, corpus):
    part = cell(corpus, "stroke", (0.5, 1.0))
    assert set(part.people.condition) == {"stroke"}
    assert 0 < len(part) < (corpus.people.condition == "stroke").sum()
    assert part.people.severity.min() >= 0.5
    assert cell_likeness(pipeline, corpus.take(np.arange(SMALLEST_CELL - 1)), 0) is None
    near = cell_likeness(pipeline, cell(corpus, "stroke", (0.0, 1.0)), 0, halvings=3)
    assert near.frechet > near.frechet_corpus > 0


def test_a_patient_is_the_healthy_person_with_a_card(cards):
    stroke = cards[1]
    group = draw_patients(stroke, 0.7, 5, np.random.default_rng(0))
    assert {(s.condition.name, s.severity, s.side) for s in group.subjects} == {("stroke", 0.7, "right")}
    healthy = group.healthy()
    assert {(s.condition.name, s.severity, s.side) for s in healthy.subjects} == {("healthy", 0.0, "none")}
    assert healthy.bodies == group.bodies
    assert healthy.at_severity(stroke, 0.7).subjects == group.subjects


def test_a_modifier_joins_a_condition():
    subject = make_subject(70.0, condition="stroke", severity=0.5, side="right")
    frail = with_card(subject, load_card("frailty"), 0.4)
    assert frail.burdens == (Burden(load_card("stroke"), 0.5), Burden(load_card("frailty"), 0.4))


def expected(direction: str, interval: tuple[float, float] | None = None) -> ExpectedEffect:
    return ExpectedEffect(
        measure="speed_mps", direction=direction, compared_with="healthy", interval=interval, source="assumption"
    )


def test_signs_and_sizes_of_differences():
    controls = np.random.default_rng(0).normal(10, 1, 100)
    more = controls + np.random.default_rng(1).normal(1, 0.5, 100)
    assert effect_figure(expected("increases"), 0.6, more, controls).sign_holds
    assert not effect_figure(expected("decreases"), 0.6, more, controls).sign_holds
    assert not effect_figure(expected("unchanged"), 0.6, more, controls).sign_holds
    assert effect_figure(expected("unchanged"), 0.6, controls + 0.01, controls).sign_holds
    assert effect_figure(expected("increases", (0.5, 1.5)), 0.6, more, controls).size_holds
    assert effect_figure(expected("increases", (2, 3)), 0.6, more, controls).size_holds is False
    assert effect_figure(expected("increases"), 0.6, more, controls).size_holds is None


def test_a_difference_within_its_error_has_no_sign():
    controls = np.random.default_rng(0).normal(10, 1, 30)
    noisy = controls + np.random.default_rng(1).normal(0.01, 5, 30)
    assert not effect_figure(expected("increases"), 0.6, noisy, controls).sign_holds


def test_a_clamp_keeps_a_share():
    controls, free = np.zeros(4), np.full(4, 2.0)
    assert kept_share(free, free, controls) == pytest.approx(1)
    assert kept_share(free, np.full(4, 0.5), controls) == pytest.approx(0.25)
    assert kept_share(free, controls, controls) == pytest.approx(0)


def test_a_clamp_of_everything_leaves_nothing_of_an_effect(pipeline, cards):
    everything = ("motion", "timing", "body", "variability")
    figures = kept_effects(pipeline, cards[1], 0.9, [everything, ("segment_mass",)], 12, seed=0)
    assert figures
    assert {figure.measure for figure in figures} <= {effect.measure for effect in cards[1].expected}
    for figure in figures:
        if figure.names == everything:
            assert figure.share == pytest.approx(0, abs=1e-6)


def test_retreat_is_what_a_path_falls_back():
    assert retreat(np.array([0.0, 1.0, 2.0])) == 0
    assert retreat(np.array([2.0, 1.0, 0.0])) == 0
    assert retreat(np.array([0.0, 3.0, 1.0, 4.0])) == pytest.approx(0.5)
    assert retreat(np.array([4.0, 1.0, 3.0, 0.0])) == pytest.approx(0.5)


def test_a_sweep_keeps_its_noise(pipeline, cards):
    paths = sweep(pipeline, cards[1], 3, seed=0, speed=np.full(3, 0.2))
    again = sweep(pipeline, cards[1], 3, seed=0, speed=np.full(3, 0.2))
    assert paths["knee_flexion_swing_peak_deg"].shape == (len(SEVERITIES), 3)
    steps = np.abs(np.diff(paths["knee_flexion_swing_peak_deg"], axis=0)).mean()
    apart = np.abs(np.diff(paths["knee_flexion_swing_peak_deg"], axis=1)).mean()
    assert steps < apart
    assert_allclose(again["hip_range_deg"], paths["hip_range_deg"], atol=0)


def test_every_expected_effect_without_forces_is_judged(pipeline, cards):
    found = card_effects(pipeline, cards[1], 0.6, 4, seed=0)
    assert [figure.effect for figure in found] == [
        e for e in cards[1].expected if e.measure != "ankle_power_peak_w_per_kg"
    ]
    assert card_effects(pipeline, cards[0], 0.0, 4, seed=0) == []


def test_people_who_are_the_norm_are_found_to_be(pipeline):
    def bin_with(norms):
        return NormBin("female", (20.0, 30.0), "Normal", Normal(1.3, 0.1), (1.1, 1.5), norms)

    guess = {name: Normal(0.0, 1.0) for name in ("cadence_spm", "stance_pct")}
    first = norm_figures(pipeline, bin_with(guess), 12, seed=0)
    exact = {figure.measure: Normal(figure.error_sd, figure.spread) for figure in first}
    for figure in norm_figures(pipeline, bin_with(exact), 12, seed=0):
        assert figure.error_sd == pytest.approx(0, abs=1e-9)
        assert figure.spread == pytest.approx(1)
        assert figure.mean_holds
        assert figure.spread_holds
    assert not first[0].mean_holds


def test_curves_are_compared_at_the_speed_they_were_made_at(pipeline):
    figures = band_figures(pipeline, 30.0, 1.0, 6, seed=0)
    assert {figure.coordinate for figure in figures} >= {"knee_angle", "pelvis_list"}
    assert all(0 <= figure.inside <= 1 for figure in figures)
    assert max(figure.inside for figure in figures) > BAND_SHARE
    norms = [knee.norm_deg for knee in knee_figures(pipeline, (0.17, 0.43), 4, seed=0)]
    assert norms[0] < norms[1]


@pytest.fixture(scope="module")
def real():
    people = adults(13)
    people = tuple(replace(s, age_years=s.age_years + 33 * (i % 3 == 0)) for i, s in enumerate(people))
    _, _, gaits = make_gaits([s.age_years for s in people])
    return RealPeople(people, gaits.speed, leg_mean_curves(gaits))


def test_real_people_are_like_themselves(real):
    copies = np.stack([real.curves, real.curves])
    assert [d.ratio for d in diversity(real, copies)] == pytest.approx([1, 1])
    found = real_distances(real, copies, seed=0, splits=4)
    assert found.made_to_real == pytest.approx(found.real_to_real)


def test_laboratory_offsets_do_not_count_but_shapes_do(real):
    offset = real.curves[None] + np.arange(8)[:, None] / 10
    same = real_distances(real, offset, seed=0, splits=4)
    assert same.made_to_real == pytest.approx(same.real_to_real)
    louder = real_distances(real, 1.5 * real.curves[None], seed=0, splits=4)
    assert louder.made_to_real > 1.5 * louder.real_to_real


def test_shapes_of_curves_are_compared_without_their_levels(real):
    offset = real.curves + 0.2
    assert max(mean_curve_errors(real.curves, offset).values()) == pytest.approx(0.0, abs=1e-9)
    late = np.roll(real.curves, 3, axis=2)
    for event in timings(real.curves, late):
        assert event.made - event.real == pytest.approx(3.0, abs=0.5), event.name
    for angle in ranges(real.curves, 1.1 * offset):
        assert angle.made == pytest.approx(1.1 * angle.real)


def test_the_mean_of_both_legs_is_the_same_in_a_mirror():
    _, _, gaits = make_gaits([20.0, 60.0])
    assert_allclose(leg_mean_curves(gaits.mirrored()), leg_mean_curves(gaits), atol=1e-9)


def test_generated_people_match_real_ones_one_by_one(pipeline, real):
    made = matched_curves(pipeline, real, 2, seed=0)
    assert made.shape == (2, *real.curves.shape)
    assert len(Group.of(real.subjects)) == len(real)
