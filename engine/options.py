"""What commands of all packages share: what they are for, and options that mean the same everywhere."""

import os
from enum import StrEnum
from typing import Annotated

import typer


class Purpose(StrEnum):
    """What a person wants: the groups of ``gaitforge --help``, in its order."""

    MAKE = "Make synthetic people"
    LOOK = "Look at them"
    LEARN = "Learn from them"
    BRING = "Bring your own data"
    CHECK = "Check"


def _cores(processes: int) -> int:
    return processes or os.cpu_count() or 1


Workers = Annotated[
    int, typer.Option(min=0, callback=_cores, help="Processes, one thread each; 0 means one per core of the machine.")
]
"""How many processes: a command is given at least 1."""

Executor = Annotated[str, typer.Option(help="Who runs the processes: local, or an executor that you installed.")]
