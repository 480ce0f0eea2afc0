"""Somebody's metadata as people: columns found, values understood, what is missing told."""

import pytest

from engine.core.errors import DataError, SpecError
from engine.tools.augment.metadata import Reading, read_people
from engine.tools.augment.values import Translations

BY = ("age", "sex", "condition")


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "meta.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def read(path, by=BY, maps=(), **columns):
    return read_people(path, by, Reading(columns=columns, translations=Translations.parse(tuple(maps))))


def words(people):
    return [
        tuple(trait.levels[k] for trait, k in zip(people.traits, row, strict=True)) for row in people.levels.tolist()
    ]


def test_usual_names_and_words_are_understood(write):
    path = write("Participant ID,Age (years),Gender,Diagnosis\nP1,39.9,F,Control\nP2,40,male,Parkinson's disease\n")
    assert words(read(path)) == [("18–40", "female", "healthy"), ("40–65", "male", "parkinson")]


@pytest.mark.parametrize("text", ["age;sex\n23,5;f\n", "age\tsex\n23.5\tf\n", "\ufeffage,sex\n23.5, W \n"])
def test_separators_decimal_commas_and_marks_of_encoding(write, text):
    assert words(read(write(text), ("age", "sex"))) == [("18–40", "female")]


def test_several_rows_of_one_person_count_once(write):
    people = read(write("subject,age,sex\na,30,f\na,31,f\nb,30,m\n"), ("age", "sex"))
    assert (people.rows, people.persons, len(people.levels)) == (3, 2, 2)


def test_missing_values_are_told_and_not_counted(write):
    rows = (",f,healthy", "30,?,healthy", "30,f,N/A", "1,f,healthy", "30,f,ALS?", "30,f,healthy")
    people = read(write("\n".join(("age,sex,dx", *rows))), maps=["ALS?=-"])
    assert len(people.levels) == 1
    assert people.not_counted == {
        "age is missing": 1,
        "age lies outside 2–18 to 80+": 1,
        "sex is missing": 1,
        "condition is missing": 1,
        "condition is left out by --map": 1,
    }


def test_numbers_for_sexes_are_asked_for_and_can_be_told(write):
    path = write("age,sex\n30,0\n40,1\n50,1\n")
    with pytest.raises(DataError, match=r"meta\.csv: sex: column sex holds '0' \(1\), '1' \(2\).*--map sex:0=female"):
        read(path, ("age", "sex"))
    assert [w[1] for w in words(read(path, ("age", "sex"), maps=["sex:0=female", "1=male"]))] == [
        "female",
        "male",
        "male",
    ]


def test_unknown_conditions_are_listed_with_the_cards(write):
    path = write("age,sex,group\n30,f,PD\n40,m,CVA\n50,m,PD\n")
    with pytest.raises(DataError, match=r"column group holds 'PD' \(2\), 'CVA' \(1\).*--map 'PD=parkinson'.*stroke"):
        read(path)
    assert {w[2] for w in words(read(path, maps=["pd=parkinson", "CVA=stroke"]))} == {"parkinson", "stroke"}


def test_body_mass_index_from_stature_in_centimetres_and_mass(write):
    path = write("height_cm,weight\n170,60\n160,90\n")
    assert words(read(path, ("bmi",))) == [("18.5–25",), ("30+",)]


def test_bands_of_whole_tones_tell_the_last_one_in_them(write):
    assert words(read(write("monk\n3\n4\n10\n"), ("skin_tone",))) == [("1–3",), ("4–7",), ("8+",)]


def test_a_column_may_be_named(write):
    path = write("age,age_years,sex\n1,30,f\n")
    with pytest.raises(DataError, match=r"age and age_years could both hold age; say which: --column age='age'"):
        read(path, ("age",))
    assert words(read(path, ("age",), age="age_years")) == [("18–40",)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("name,sex,dx\nx,f,healthy\n", r"no column for age among name, sex, dx; name it: --column age=NAME"),
        ("age,sex\n30,f\n", r"no column for condition .*or give --condition NAME"),
        ("age,sex,dx\n30,f,healthy\nold,f,healthy\n", r"column age, row 2: 'old' is not a number"),
        ("age,sex,dx\n", r"holds no people"),
        ("age,sex,dx\n,f,healthy\n", r"nobody is left to count \(age is missing: 1\)"),
    ],
)
def test_what_is_wrong_is_said(write, text, expected):
    with pytest.raises(DataError, match=rf"meta\.csv: .*{expected}"):
        read(write(text))


def test_files_that_are_no_tables(tmp_path):
    with pytest.raises(DataError, match=r"absent\.csv: cannot be read as a table"):
        read(tmp_path / "absent.csv")
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(DataError, match=r"bad\.parquet: cannot be read as a table"):
        read(tmp_path / "bad.parquet")


@pytest.mark.parametrize("text", ["PD", "=parkinson", "PD="])
def test_mappings_of_another_form_are_refused(text):
    with pytest.raises(SpecError, match="write VALUE=MEANING"):
        Translations.parse((text,))


def test_meanings_that_there_are_not(write):
    with pytest.raises(SpecError, match=r"--map 'x=robot': 'robot' is no meaning; there are female, male, als"):
        Translations.parse(("x=robot",))
    with pytest.raises(SpecError, match=r"--map sex:x=stroke: sex can be female, male"):
        read(write("age,sex\n30,x\n"), ("age", "sex"), maps=["sex:x=stroke"])
