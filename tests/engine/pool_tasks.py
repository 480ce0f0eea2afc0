"""Tasks for tests of executors, where fresh processes find them by name."""

import errno
import os
import signal
import threading
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

from engine.core.errors import DataError, MissingDependencyError
from engine.run.workers import THREAD_LIMITS


def starting(folder: Path) -> Callable[[str], object]:
    """Notes the process in ``folder``; its tasks do what their item says."""
    (folder / f"process-{os.getpid()}").touch()

    def do(item: str) -> object:
        return _TASKS[item](folder)

    return do


def starting_wrongly(error: type[Exception]) -> Callable[[str], str]:
    raise error("no weights")


class ParticularError(MissingDependencyError):
    """Cannot be unpickled: that calls it with its text alone."""

    def __init__(self, library: str, command: str) -> None:
        super().__init__(f"{library}: {command}")


def starting_particularly() -> Callable[[str], str]:
    raise ParticularError("no weights", "pip install them")


class Unreadable:
    """Can be pickled, not unpickled."""

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _unreadable, ()


def _unreadable() -> None:
    raise EOFError("half of it is missing")


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


def _with_a_process_of_its_own(folder: Path) -> str:
    child = get_context("spawn").Process(target=(folder / "child").touch)
    child.start()
    child.join()
    return "made by a child" if (folder / "child").exists() else "not made"


def _dying_with_a_child_left(folder: Path) -> str:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    (folder / f"child-{child}").touch()
    _ended_by(signal.SIGKILL)
    return ""


def _staying(_: Path) -> str:
    threading.Thread(target=time.sleep, args=(60,)).start()
    return "made"


_TASKS: dict[str, Callable[[Path], object]] = {
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
    "stays": _staying,
    "has a child": _with_a_process_of_its_own,
    "dies with a child left": _dying_with_a_child_left,
    "is terminated": lambda _: _ended_by(signal.SIGTERM),
    "lacks in particular": lambda _: _raising(ParticularError("library", "pip install it")),
    "meets a full disk": lambda _: _raising(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "walk.mot")),
    "unreadable": lambda _: Unreadable(),
    "no record": lambda _: lambda: None,
}
