"""Many recordings side by side: one table of all their numbers, and a page that leads to the page of each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from downstream.readings.gait_reading import Number
from downstream.readings.quantities import NUMBERS
from downstream.reports.number_lines import HEADLINE, NumberLine, headline, number_lines
from downstream.reports.number_norms import number_norms
from downstream.reports.reading_json import USE
from downstream.reports.reading_page import TEMPLATES
from downstream.reports.reading_tables import NUMBER_COLUMNS, number_table
from downstream.reports.recording_facts import RecordingFacts
from downstream.reports.write_reading import NUMBERS_FILE, PAGE_FILE, write_texts
from engine.core.frozen import frozen
from engine.report.pages import page_environment

INDEX_FILE = "index.html"


@frozen
class Entry:
    """What of one recording stands in a summary. Its page lies in the folder of its name."""

    facts: RecordingFacts
    numbers: dict[str, Number]

    @property
    def name(self) -> str:
        return self.facts.file

    @property
    def headline(self) -> list[NumberLine]:
        return headline(number_lines(self.numbers, number_norms(self.facts.walker, self.numbers)))


def write_summary(entries: Sequence[Entry], unread: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Writes ``numbers.csv``, a row for each recording and number, and ``index.html`` into ``folder``; ``unread`` says of the other
    recordings why they could not be read."""
    return write_texts(
        {NUMBERS_FILE: all_numbers(entries).to_csv(index=False), INDEX_FILE: _page(entries, unread)}, folder
    )


def all_numbers(entries: Sequence[Entry]) -> pd.DataFrame:
    """The numbers of all recordings, one below the other."""
    tables = []
    for entry in entries:
        table = number_table(entry.numbers, entry.facts.walker)
        table.insert(0, "recording", entry.name)
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=["recording", *NUMBER_COLUMNS])


def _page(entries: Sequence[Entry], unread: Mapping[str, str]) -> str:
    return (
        page_environment(TEMPLATES)
        .get_template("index.html.j2")
        .render(
            entries=entries,
            unread=unread,
            heads=[NUMBERS[name] for name in HEADLINE],
            numbers_file=NUMBERS_FILE,
            page_file=PAGE_FILE,
            use=USE,
        )
    )
