"""Tasks for tests of executors, where fresh processes find them by name."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

from engine.core.errors import DataError, MissingDependencyError
from engine.run.workers import THREAD_LIMITS


def starting(folder: Path) -> Callable[[str], str]:
    """Notes the process in ``folder``; its tasks do what their item says."""
    (folder / f"process-{os.getpid()}").touch()

    def do(item: str) -> str:
        return _TASKS[item](folder)

    return do


def starting_wrongly(error: type[Exception]) -> Callable[[str], str]:
    raise error("no weights")


def _ended_by(signal_number: int) -> None:
    os.kill(os.getpid(), signal_number)


def _raising(error: Exception) -> str:
    raise error


def _dying_at_first(folder: Path) -> str:
    marker = folder / "died"
    if not marker.exists():
        marker.touch()
        _ended_by(signal.SIGKILL)
    return "made"


def _dying(folder: Path) -> str:
    (folder / f"death-{os.getpid()}").touch()
    _ended_by(signal.SIGKILL)
    return ""


def _sleeping(folder: Path) -> str:
    (folder / f"asleep-{os.getpid()}").touch()
    time.sleep(60)
    return ""


_TASKS: dict[str, Callable[[Path], str]] = {
    "well": lambda _: "made",
    "limits": lambda _: ",".join(os.environ[name] for name in THREAD_LIMITS),
    "process": lambda _: str(os.getpid()),
    "raises": lambda _: _raising(ValueError("two\nlines")),
    "refuses": lambda _: _raising(DataError("file x: not readable")),
    "lacks": lambda _: _raising(MissingDependencyError("pip install it")),
    "leaves": lambda _: os._exit(3),
    "dies": _dying,
    "dies at first": _dying_at_first,
    "sleeps": _sleeping,
    "no record": lambda _: lambda: None,
}
