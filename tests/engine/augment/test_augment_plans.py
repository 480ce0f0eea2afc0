"""Real and synthetic people together are what the target says."""

import matplotlib.image
import numpy as np
import pytest
from made_cohort import make_cohort
from typer.testing import CliRunner

from engine.cli import build
from engine.core.errors import SpecError
from engine.people.conditions import load_card
from engine.population.spec import load_spec
from engine.population.subjects import draw_subjects
from engine.tools.augment.augment_run import Wish, run_augment
from engine.tools.augment.balancing_spec import cell_group, write_spec
from engine.tools.augment.cells import Cells, count_cells, distance
from engine.tools.augment.goals import target_of
from engine.tools.augment.metadata import People, Reading, read_people
from engine.tools.augment.plan import synthetic_counts
from engine.tools.augment.traits import Labels, age_bands
from engine.tools.augment.values import SEXES, Translations
from tests.made_cards import user_card, write_card

AGES = age_bands((0, 18, 40, 65, 80))


def made_cells(rng, conditions=("healthy", "parkinson", "duchenne"), n=150):
    traits = (AGES, Labels("sex", SEXES), Labels("condition", conditions))
    levels = np.stack([rng.integers(len(trait.levels), size=n) for trait in traits], axis=1)
    skewed = People(traits, levels[levels.sum(axis=1) < 5], n, n, {})
    return count_cells(skewed, {name: load_card(name) for name in conditions})


def test_every_possible_cell_becomes_as_large_as_the_largest(rng, tmp_path):
    cells = made_cells(rng)
    target = target_of("equal", cells, tmp_path)
    together = cells.real + synthetic_counts(cells, target, None)
    assert set(together[cells.possible]) == {cells.real[cells.possible].max()}
    assert distance(together, target.weights) == 0 < distance(cells.real, target.weights)


def test_nobody_is_asked_for_where_the_condition_does_not_occur(rng, tmp_path):
    cells = made_cells(rng)
    at = {name: k for k, name in enumerate(cells.traits[2].levels)}
    assert not cells.possible[0, :, at["parkinson"]].any(), "no child has Parkinson's disease"
    assert not cells.possible[:, SEXES.index("female"), at["duchenne"]].any(), "Duchenne dystrophy is a disease of boys"
    assert not cells.possible[3, :, at["duchenne"]].any()
    assert (synthetic_counts(cells, target_of("equal", cells, tmp_path), None)[~cells.possible] == 0).all()


@pytest.mark.parametrize("limit", [1, 7, 40])
def test_a_limit_is_kept_and_fills_the_emptiest_first(rng, tmp_path, limit):
    cells = made_cells(rng)
    target = target_of("equal", cells, tmp_path)
    added = synthetic_counts(cells, target, limit)
    assert added.sum() == limit
    together = (cells.real + added)[cells.possible]
    raised = added[cells.possible] > 0
    assert together[raised].max() <= together.min() + 1, "nobody was added above the level of the emptiest"


def test_a_number_of_people_per_cell(rng, tmp_path):
    cells = made_cells(rng)
    together = cells.real + synthetic_counts(cells, target_of("9", cells, tmp_path), None)
    assert (together[cells.possible] == np.maximum(cells.real[cells.possible], 9)).all()


def test_a_pyramid_sets_ages_and_sexes_alike_in_all_conditions(rng, tmp_path):
    cells = made_cells(rng, ("healthy",), 60)
    target = target_of("japan_2020", cells, tmp_path)
    together = (cells.real + synthetic_counts(cells, target, None))[:, :, 0]
    assert (together >= cells.real[:, :, 0]).all()
    share = together / together.sum()
    assert share[4, SEXES.index("female")] == pytest.approx(0.06, abs=0.01), "7.3 of 124 million are women over 80"
    assert distance(together[..., None], target.weights) < 0.01


def test_groups_draw_people_of_their_own_cell(rng, tmp_path):
    cells = made_cells(rng)
    added = synthetic_counts(cells, target_of("4", cells, tmp_path), None)
    spec = write_spec(tmp_path / "balance.yaml", tmp_path / "my data.csv", cells, added, "four each")
    assert spec.name == "my-data-balance"
    people = [plan.subject for plan in draw_subjects(spec)]
    traits = cells.traits
    levels = [(traits[0].level(p.age_years), traits[1].level(p.sex), traits[2].level(p.condition.name)) for p in people]
    counted = np.zeros_like(added)
    np.add.at(counted, tuple(np.array(levels).T), 1)
    np.testing.assert_array_equal(counted, added)


def test_ages_stay_below_the_next_band_and_within_the_card():
    cells = count_cells(
        People((AGES, Labels("condition", ("parkinson",))), np.array([[2, 0]]), 1, 1, {}),
        {"parkinson": load_card("parkinson")},
    )
    least, most = load_card("parkinson").demographics.age_years[2:]
    assert cell_group(cells, (2, 0), 3)["age_years"] == {"min": max(40, least), "max": 64.99}
    assert cell_group(cells, (4, 0), 3)["age_years"] == {"min": 80, "max": most}


@pytest.mark.parametrize(
    ("target", "by", "expected"),
    [
        ("flat", ("age",), r"--target flat: write equal, a number of people per cell, or a pyramid"),
        ("world_2020", ("sex",), r"a pyramid needs age in --by"),
    ],
)
def test_targets_that_do_not_fit_are_refused(tmp_path, target, by, expected):
    (tmp_path / "m.csv").write_text("age,sex\n30,f\n")
    with pytest.raises(SpecError, match=expected):
        run_augment(tmp_path / "m.csv", tmp_path / "o.yaml", Reading(), Wish(by, "healthy", target, None), None)
    assert not (tmp_path / "o.yaml").exists()


def test_more_people_than_a_group_may_have_are_refused(tmp_path):
    (tmp_path / "m.csv").write_text("age\n30\n")
    with pytest.raises(SpecError, match=r"--target 999999: needs \d+ synthetic people, 999999 of one cell; --limit"):
        run_augment(tmp_path / "m.csv", tmp_path / "o.yaml", Reading(), Wish(("age",), "healthy", "999999", None), None)
    assert not (tmp_path / "o.yaml").exists()


def test_the_command_writes_a_spec_and_a_picture(tmp_path):
    (tmp_path / "m.csv").write_text("id,age,sex,dx\n" + "".join(f"p{k},{20 + k},m,PD\n" for k in range(30)))
    arguments = ["augment", str(tmp_path / "m.csv"), "-o", str(tmp_path / "o.yaml"), "--map", "PD=parkinson"]
    result = CliRunner().invoke(build(), [*arguments, "--picture", str(tmp_path / "o.png"), "--limit", "25"])
    assert result.exit_code == 0, result.output
    assert sum(group.subjects for group in load_spec(tmp_path / "o.yaml").groups) == 25
    image = matplotlib.image.imread(tmp_path / "o.png")[..., :3]
    real, synthetic = (np.array([int(c[k : k + 2], 16) / 255 for k in (1, 3, 5)]) for c in ("#3c5a80", "#e08e45"))
    shares = [(np.abs(image - colour).max(axis=-1) < 0.02).mean() for colour in (real, synthetic)]
    assert min(shares) > 0.005, "both colours are there"


@pytest.mark.parametrize("name", ["mine", "parkinson"])
@pytest.mark.parametrize("told", [["--by", "age,sex", "--condition", "cards/own.yaml"], ["--map", "PD=cards/own.yaml"]])
def test_the_spec_names_the_user_s_card_by_its_file(tmp_path, monkeypatch, name, told):
    """Whatever the card is called: a changed one that keeps its name is not the shipped one."""
    own = user_card("parkinson", name=name, title="Mine")
    (tmp_path / "cards").mkdir()
    (tmp_path / "specs").mkdir()
    write_card(tmp_path / "cards" / "own.yaml", own)
    (tmp_path / "m.csv").write_text("age,sex,dx\n50,f,PD\n70,m,PD\n71,m,PD\n")
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(build(), ["augment", "m.csv", "-o", "specs/o.yaml", *told])
    assert result.exit_code == 0, result.output
    monkeypatch.chdir("/")
    assert "condition: ../cards/own.yaml" in (tmp_path / "specs" / "o.yaml").read_text()
    assert load_spec(tmp_path / "specs" / "o.yaml").cards == {name: own}


def test_a_cohort_of_our_own_can_be_balanced(tmp_path):
    files = make_cohort(tmp_path / "cohort")
    people = read_people(files.manifest, ("age", "sex", "condition"), Reading(translations=Translations()))
    assert len(people.levels) == 6
    assert isinstance(count_cells(people, {n: load_card(n) for n in people.traits[2].levels}), Cells)


def test_a_balanced_data_set_needs_nobody(tmp_path, capsys):
    (tmp_path / "m.csv").write_text("sex\nf\nm\n")
    run_augment(tmp_path / "m.csv", tmp_path / "o.yaml", Reading(), Wish(("sex",), "healthy", "equal", None), None)
    assert "Nothing to add" in capsys.readouterr().out
    assert not (tmp_path / "o.yaml").exists()
