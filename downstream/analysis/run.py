"""From what a user names to what a user gets: a table at the terminal or JSON, and files where a folder for them is given."""

import json
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from downstream.analysis.analyze_file import Analysis, Reader, Told, analyze_file
from downstream.analysis.analyze_folder import Unread, analyze_all
from downstream.analysis.recordings_in import recordings_in
from downstream.analysis.terminal import of_folder, of_recording
from downstream.analysis.walkers_table import read_walkers_table, walker_of
from downstream.readings.walker import Walker
from downstream.reports.reading_json import reading_json
from downstream.reports.write_reading import write_reading
from downstream.reports.write_summary import Entry, write_summary
from engine.core.errors import DataError


def run_one(reader: Reader, file: Path, told: Told, people: Path | None, output: Path | None, *, as_json: bool) -> None:
    """Reads one recording.

    Raises:
        DataError: as `analyze_file`.
    """
    walker = walker_of(_table(people), file.stem, file)
    with Console(stderr=True).status("Reading the walk"):
        analysis = analyze_file(reader, file, told.of(walker))
        paths = write_reading(analysis.reading, analysis.facts, output) if output else ()
    if as_json:
        _print_json(analysis)
    else:
        console = Console()
        console.print(of_recording(analysis))
        for path in paths[-1:]:
            console.print(f"\nPage: {path}", soft_wrap=True)


def run_many(
    reader: Reader, folder: Path, told: Told, people: Path | None, output: Path | None, *, as_json: bool
) -> bool:
    """Reads all recordings in a folder; whether all could be read.

    Raises:
        DataError: it holds none, the table of people cannot be used, or results would lie among recordings.
    """
    if output is not None and output.resolve() == folder.resolve():
        raise DataError(f"{output}: holds the recordings; choose another folder for what is read of them")
    recordings = recordings_in(folder, [path for path in (people, output) if path])
    entries, unread = list[Entry](), dict[str, str]()
    with Progress(console=Console(stderr=True), transient=True) as progress:
        outcomes = analyze_all(reader, recordings, told, _table(people))
        for name, outcome in progress.track(outcomes, len(recordings), description="Reading"):
            if isinstance(outcome, Unread):
                unread[name] = outcome.why
                continue
            entries.append(Entry(replace(outcome.facts, keypoints=None), outcome.reading.numbers))
            if output:
                write_reading(outcome.reading, outcome.facts, output / name)
            if as_json:
                _print_json(outcome)
    pages = write_summary(entries, unread, output) if output else ()
    console = Console(stderr=as_json)
    console.print(of_folder(entries, unread))
    for path in pages[-1:]:
        console.print(f"\nPage: {path}", soft_wrap=True)
    return not unread


def _table(people: Path | None) -> dict[str, Walker]:
    return {} if people is None else read_walkers_table(people)


def _print_json(analysis: Analysis) -> None:
    print(json.dumps(reading_json(analysis.reading, analysis.facts), allow_nan=False))
