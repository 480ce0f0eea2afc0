"""Pages of docs/validation show what benchmarks printed, and nothing else stands where it belongs."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

from benchmarks.fill_docs import PAGES, RESULTS, filled, sections, unused
from benchmarks.generator_parts.bench import Asked, enough, write
from benchmarks.measured_walk_aims import aims
from benchmarks.store_results import BY_HAND, COMMANDS, store

STORED = {file.stem: file for file in RESULTS.glob("*.md")}
TEXT = "made of 3\n\n## norms\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n### each norm\n\nmany\n\n## curves\n\nfew\n"


@pytest.fixture
def page(tmp_path):
    """Writes a page beside a folder with the one result ``walks``."""
    (tmp_path / "results").mkdir()
    (tmp_path / "results" / "walks.md").write_text(TEXT)

    def write_page(text):
        (tmp_path / "page.md").write_text(text)
        return tmp_path / "page.md", tmp_path / "results"

    return write_page


@pytest.mark.parametrize("shipped", sorted(PAGES.glob("*.md")), ids=lambda path: path.name)
def test_shipped_pages_are_what_filling_gives(shipped):
    assert filled(shipped, RESULTS) == shipped.read_text(encoding="utf-8")


def test_every_stored_result_is_shown_and_can_be_made_again():
    assert len(STORED) > 10
    assert unused(PAGES, RESULTS) == []
    assert set(STORED) == {*COMMANDS, *BY_HAND}
    assert all(find_spec(f"benchmarks.{command.split()[0]}") for command in COMMANDS.values())


@pytest.mark.parametrize("name", sorted(STORED))
def test_sections_of_a_stored_result_have_names_of_their_own(name):
    text = STORED[name].read_text(encoding="utf-8")
    assert len(sections(text)) == sum(line.startswith("#") for line in text.splitlines())


def test_a_block_is_replaced_by_the_section_up_to_the_next_heading(page):
    block = "<!-- results: walks#norms -->\n{}<!-- end -->\n"
    where = page("Before.\n" + block.format("| old |\n\nold\n") + "After.\n")
    text = filled(*where)
    assert text == "Before.\n" + block.format("| a | b |\n|---|---|\n| 1 | 2 |\n") + "After.\n"
    assert filled(*page(text)) == text
    assert "many" in filled(*page("<!-- results: walks#each norm -->\n<!-- end -->\n"))


def test_a_block_without_a_section_is_the_whole_result(page):
    assert TEXT.strip() in filled(*page("<!-- results: walks -->\n<!-- end -->\n"))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<!-- results: runs -->\n<!-- end -->\n", r"page\.md: `<!-- results: runs -->`: there is no .*walks"),
        ("<!-- results: walks#knees -->\n<!-- end -->\n", r"walks#knees.*it has norms, each norm, curves"),
        (
            "<!-- results: walks -->\n\n<!-- results: walks#norms -->\n<!-- end -->\n",
            r"page\.md: `<!-- results: walks -->` is not closed",
        ),
    ],
)
def test_a_block_that_cannot_be_filled_is_refused_with_page_and_block(page, text, told):
    with pytest.raises(ValueError, match=told):
        filled(*page(text))


def test_a_result_that_no_page_names_is_unused(page):
    where, results = page("[all](results/walks.md)\n")
    (results / "runs.md").write_text("")
    assert unused(where.parent, results) == ["runs"]


def test_a_command_that_fails_leaves_the_stored_result(tmp_path):
    file = tmp_path / "walks.md"
    store(file, [sys.executable, "-c", "print('first')"])
    with pytest.raises(subprocess.CalledProcessError):
        store(file, [sys.executable, "-c", "print('half'); raise SystemExit(3)"])
    assert file.read_text() == "first\n"
    assert list(tmp_path.iterdir()) == [file]


def test_what_was_asked_for_stands_in_the_summary(capsys):
    write(
        {"norms": iter(["a table", enough([True, False, True], 0.6, "bins")]), "speed": iter([Asked("fast", "slow")])}
    )
    printed = sections(capsys.readouterr().out)
    assert printed["norms"] == "a table"
    assert printed["summary"].splitlines()[2:] == ["| bins: ≥ 60 % | 2 of 3 | yes |", "| fast | slow | – |"]


def test_a_leg_that_misses_an_aim_of_the_measured_walk_is_enough_to_miss_it():
    stored = sections(STORED["measured_walk"].read_text(encoding="utf-8"))
    parts = {name: _rows(stored[name]) for name in ("forces", "stance", "moments", "powers", "muscles")}
    asked = {line.asked: line for line in aims(parts)}
    ratios = [row["ratio"] for row in parts["powers"]]
    assert asked["peak ankle power ≥ 0.85 of the measured"].holds == (min(ratios) >= 0.85)
    parts["powers"][1]["ratio"] = 0.2
    assert not {line.asked: line for line in aims(parts)}["peak ankle power ≥ 0.85 of the measured"].holds


def _rows(table):
    head, _, *lines = ([cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines())
    first_wins = slice(None, None, -1)  # "measured" stands beside the largest force and beside the least
    return [dict(zip(head[first_wins], map(_value, line[first_wins]), strict=True)) for line in lines]


def _value(cell):
    try:
        return float(cell)
    except ValueError:
        return cell
