"""Many recordings, one after the other: what cannot be read is an outcome, and the others go on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from downstream.analysis.analyze_file import Analysis, Reader, Told, analyze_file
from downstream.analysis.walkers_table import walker_of
from downstream.readings.walker import Walker
from engine.core.errors import GaitForgeError


@dataclass(frozen=True)
class Unread:
    """A recording that could not be read, and why."""

    name: str
    why: str


def analyze_all(
    reader: Reader, recordings: Mapping[str, Path], told: Told, people: dict[str, Walker]
) -> Iterator[tuple[str, Analysis | Unread]]:
    """Each of ``recordings``, by name, in their order; ``people`` says more of some than is ``told`` of all."""
    for name, file in recordings.items():
        try:
            yield name, analyze_file(reader, file, told.of(walker_of(people, name, file)), name)
        except GaitForgeError as error:
            yield name, Unread(name, str(error))
