"""A reading in a folder: for programs, for tables and for people."""

import json
from collections.abc import Mapping
from pathlib import Path

from downstream.readings.gait_reading import GaitReading
from downstream.reports.reading_json import reading_json
from downstream.reports.reading_page import reading_page
from downstream.reports.reading_tables import curve_table, event_table, number_table
from downstream.reports.recording_facts import RecordingFacts
from engine.core.files import replace_file

JSON_FILE, PAGE_FILE = "reading.json", "reading.html"
NUMBERS_FILE, CURVES_FILE, EVENTS_FILE = "numbers.csv", "curves.csv", "events.csv"


def write_reading(reading: GaitReading, facts: RecordingFacts, folder: Path) -> tuple[Path, ...]:
    """Writes ``reading.json``, ``numbers.csv``, ``curves.csv``, ``events.csv`` and ``reading.html`` into ``folder``, which is made if need
    be, in place of earlier ones; returns their paths in this order."""
    texts = {
        JSON_FILE: json.dumps(reading_json(reading, facts), allow_nan=False),
        NUMBERS_FILE: number_table(reading.numbers, facts.walker).to_csv(index=False),
        CURVES_FILE: curve_table(reading).to_csv(index=False, float_format="%.6g"),
        EVENTS_FILE: event_table(reading).to_csv(index=False, float_format="%.6g"),
        PAGE_FILE: reading_page(reading, facts),
    }
    return write_texts(texts, folder)


def write_texts(texts: Mapping[str, str], folder: Path) -> tuple[Path, ...]:
    """Writes each text as the file of its name, whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        with replace_file(folder / name) as temporary:
            temporary.write_text(text, encoding="utf-8")
    return tuple(folder / name for name in texts)
