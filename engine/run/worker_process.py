"""A worker's life: it starts, does one item after the other, and ends with its parent.

Through its pipe go pickled bytes, and both ends unpickle them apart from reading: what cannot be unpickled is then never taken for a pipe
that is closed.
"""

import os
import pickle
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from typing import Any

from engine.core.errors import DataError, GaitForgeError, MachineError, MissingDependencyError, SpecError
from engine.core.tasks import Failure

_KINDS = (MissingDependencyError, MachineError, DataError, SpecError, GaitForgeError)
"""Errors that keep their kind on the way, the special ones first."""


@dataclass(frozen=True)
class Stop:
    """An error that every other item would meet too. Its kind and text travel, since not every exception can be pickled."""

    kind: type[Exception]
    text: str

    @classmethod
    def of(cls, error: GaitForgeError) -> "Stop":
        return cls(next(kind for kind in _KINDS if isinstance(error, kind)), str(error))

    def error(self) -> Exception:
        return self.kind(self.text)


def serve(pipe: Connection) -> None:
    """Unpickles and calls what first comes down the pipe, then gives each further item to what it returned, until the pipe is closed.

    The first answer is None, or a `Stop`; that to an item is its result, a `Failure` or a `Stop`.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts the whole group; the parent ends its workers
    os.register_at_fork(after_in_child=pipe.close)  # the pipe of a worker that dies is closed, whoever it leaves behind
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with suppress(EOFError, OSError):
        work = _start(pipe)
        while work is not None:
            pipe.send_bytes(_answer(work, pipe.recv_bytes()))


def _start(pipe: Connection) -> Callable[[Any], Any] | None:
    order = pipe.recv_bytes()
    try:
        work = pickle.loads(order)()
    except Exception as error:
        told = Stop.of(error) if isinstance(error, GaitForgeError) else _told(error)
        pipe.send_bytes(pickle.dumps(Stop(RuntimeError, told.traceback) if isinstance(told, Failure) else told))
        return None
    pipe.send_bytes(pickle.dumps(None))
    return work


def _answer(work: Callable[[Any], Any], item: bytes) -> bytes:
    try:
        return pickle.dumps(work(pickle.loads(item)))
    except Exception as error:
        return pickle.dumps(_told(error))


def _told(error: Exception) -> Failure | Stop:
    try:
        return Failure.of(error)
    except MachineError as lacking:
        return Stop.of(lacking)


def _end_with_parent() -> None:
    """Nobody would take the result of a worker whose parent was killed, and the next run may be at the same item."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
