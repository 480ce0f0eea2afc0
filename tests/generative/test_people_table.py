"""The table of who walked: every row checked before work, every problem named by line and column."""

import numpy as np
import pytest

from engine.core.errors import DataError, SpecError
from engine.people.burdens import Burden
from engine.people.conditions import available_cards, load_card
from generative.sources.people_table import read_people
from tests.engine.motion_files.made_b3d import write_subject

HEAD = "file,age_years,sex,height_m,mass_kg,condition,severity,side,subject,belt_speed_mps,modifiers"
CARDS = {name: load_card(name) for name in available_cards()}


@pytest.fixture
def table(tmp_path):
    """Writes the table's lines beside empty motion files."""
    for name in ("a.mot", "b.mot", "c.trc", "a.txt"):
        (tmp_path / name).touch()

    def read(*lines, head=HEAD):
        (tmp_path / "people.csv").write_text("\n".join((head, *lines)) + "\n")
        return read_people(tmp_path, CARDS)

    return read


def test_a_row_is_a_person_and_a_motion(table):
    (motion,) = table("a.mot,68,female,1.62,66,stroke,0.5,left,anna,0.8,obesity=0.4;frailty=0.2")
    person = motion.subject
    assert (person.id, person.age_years, person.sex) == ("anna", 68.0, "female")
    assert person.side == "left"
    assert person.burdens == tuple(
        Burden(CARDS[n], s) for n, s in (("stroke", 0.5), ("frailty", 0.2), ("obesity", 0.4))
    )
    assert motion.belt_speed_mps == 0.8
    assert not motion.own_speed, "the belt chose the speed"
    assert motion.format == "mot"


def test_most_cells_may_be_empty(table):
    healthy, both = table("a.mot,30,male,1.8,75", "b.mot,9,female,1.3,30,cp_crouch,0.5")
    assert (healthy.subject.id, healthy.subject.condition.name, healthy.subject.side) == ("a", "healthy", "none")
    assert healthy.own_speed
    assert both.subject.side == "both"


def test_columns_may_come_in_any_order(table):
    (motion,) = table("female,a.mot,1.6,60,no,40", head="sex,file,height_m,mass_kg,own_speed,age_years")
    assert motion.subject.age_years == 40
    assert not motion.own_speed


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nobody.mot,30,male,1.8,75", "line 2, column file: nobody.mot; there is no such file"),
        ("a.txt,30,male,1.8,75", "column file: a.txt; a motion file ends in .mot"),
        ("a.mot,,male,1.8,75", "column age_years: Field required"),
        ("a.mot,300,male,1.8,75", "column age_years: .* less than or equal to 100"),
        ("a.mot,30,boy,1.8,75", "column sex: .*'female' or 'male'"),
        ("a.mot,30,male,180,75", "column height_m: .* less than or equal to 2.3"),
        ("a.mot,30,male,1.8,75,gout", "column condition: no condition is called 'gout'; there are .*stroke"),
        ("a.mot,30,male,1.8,75,obesity,0.5", "column condition: no condition is called 'obesity'"),
        ("a.mot,30,male,1.8,75,parkinson", "column severity: empty; parkinson needs one"),
        ("a.mot,30,male,1.8,75,healthy,0.5", "column severity: 0.5; who is healthy has none"),
        ("a.mot,30,male,1.8,75,stroke,0.5", "column side: empty; stroke affects one side"),
        ("a.mot,30,male,1.8,75,cp_crouch,0.5,left", "column side: left; cp_crouch has the side both"),
        ("a.mot,30,male,1.8,75,,,,,9", "column belt_speed_mps: .* less than 5"),
        ("a.mot,30,male,1.8,75,,,,,,tall=0.5", "column modifiers: no modifier is called 'tall'"),
        ("a.mot,30,male,1.8,75,,,,,,obesity", "column modifiers: write name=severity"),
        ("a.mot,30,male,1.8,75,,,,,,obesity=2", r"column modifiers.obesity: .* less than or equal to 1"),
        ("c.trc,30,male,1.8,75", "column model: c.trc holds markers; name the scaled OpenSim model"),
        ("a.mot,30,male,1.8,75,,,,,,,extra", "line 2: more cells than columns"),
    ],
)
def test_a_wrong_cell_is_named(table, line, words):
    with pytest.raises(SpecError, match=words):
        table(line)


def test_all_wrong_rows_are_told_at_once(table):
    with pytest.raises(SpecError) as told:
        table("a.mot,300,male,1.8,75", "b.mot,30,female,1.8,75", "b.mot,30,boy,1.8,750")
    lines = str(told.value).splitlines()
    assert [line.split("people.csv, ")[1].split(":")[0] for line in lines] == [
        "line 2, column age_years",
        "line 4, column sex",
        "line 4, column mass_kg",
    ]


def test_rows_must_not_contradict_each_other(table):
    with pytest.raises(SpecError, match="line 3, column sex: male, but ann is female in line 2"):
        table("a.mot,30,female,1.7,60,,,,ann", "b.mot,30,male,1.7,60,,,,ann")
    with pytest.raises(SpecError, match=r"line 3, column file: a\.mot is in line 2 already"):
        table("a.mot,30,female,1.7,60", "a.mot,30,female,1.7,60")


def test_the_table_itself_is_checked(table, tmp_path):
    with pytest.raises(SpecError, match="unknown columns weight; the columns are file, age_years"):
        table(head="file,weight")
    with pytest.raises(SpecError, match="names no motion file"):
        table()
    (tmp_path / "people.csv").unlink()
    with pytest.raises(DataError, match=r"people\.csv: no such file"):
        read_people(tmp_path, CARDS)


def test_an_addbiomechanics_file_tells_its_person_and_trials(table, tmp_path):
    pytest.importorskip("nimblephysics")
    write_subject(tmp_path, {"slow": np.zeros((30, 31)), "fast": np.zeros((30, 31))})
    motions = table("subject.b3d,44")
    assert [motion.name for motion in motions] == ["subject.b3d, trial slow", "subject.b3d, trial fast"]
    person = motions[0].subject
    assert (person.age_years, person.sex, person.height_m, person.mass_kg) == (44.0, "female", 1.65, 60.0)
    assert person.id == motions[1].subject.id, "one family"
    (one,) = table("subject.b3d,44,fast", head="file,age_years,trial")
    assert one.trial == "fast"
    with pytest.raises(SpecError, match="column age_years: Field required"):
        table("subject.b3d")
    with pytest.raises(SpecError, match=r"column trial: run; subject\.b3d has slow, fast"):
        table("subject.b3d,44,run", head="file,age_years,trial")
