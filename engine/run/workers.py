"""The executor `local`: a pool of fresh single-threaded processes on this machine.

Each worker has a pipe of its own and one item at a time, so a process that dies tells which item it died of.
"""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from engine.core.errors import DataError, GaitForgeError, MissingDependencyError
from engine.core.tasks import Failure, Finished

Item = TypeVar("Item")
Result = TypeVar("Result")

THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
TERMINATED = 128 + signal.SIGTERM
"""Exit status of a run that was stopped by SIGTERM."""


class LocalExecutor:
    """Runs tasks in processes of this machine; the contract is that of `engine.stages.Executor`.

    A fresh interpreter per worker, also for one worker: numbers then never depend on what the caller has loaded. An item whose process
    died is tried once more after all others, alone, since it may have died of the memory that others took.
    """

    def run(
        self, start: Callable[[], Callable[[Item], Result]], items: Mapping[str, Item], *, workers: int
    ) -> Iterator[Finished[Result]]:
        """Yields each item as it is finished. Leaving early, by an exception or SIGTERM too, ends all workers at once.

        Raises:
            GaitForgeError: ``start`` raised it, or a task found that this machine lacks something.
            RuntimeError: ``start`` raised anything else.
            DataError: no worker survived its start.
        """
        died = []
        for finished in _run(start, items, workers):
            if isinstance(finished.result, Failure) and finished.result.died:
                died.append(finished.key)
            else:
                yield finished
        for key in died:
            yield from _run(start, {key: items[key]}, 1)


def _run(start: Callable[[], Any], items: Mapping[str, Any], workers: int) -> Iterator[Finished[Any]]:
    waiting = deque(items)
    with _termination_is_an_exit(), _crew() as crew:
        for _ in range(min(workers, len(items))):
            crew.append(_Worker.hire(start))
        while crew:
            for worker in _ready(crew):
                finished = worker.receive()
                if worker.alive and waiting:
                    key = waiting.popleft()
                    worker.give(key, items[key])
                else:
                    crew.remove(worker)
                    worker.dismiss()
                if finished is not None:
                    if waiting and not worker.alive:
                        crew.append(_Worker.hire(start))
                    yield finished
        if waiting:
            raise DataError("worker processes died while they started (out of memory?); try fewer --workers")


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, and the item that it has; none while it starts."""

    process: BaseProcess
    pipe: Connection
    key: str | None = None
    alive: bool = True

    @classmethod
    def hire(cls, start: Callable[[], Any]) -> "_Worker":
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs,), daemon=True)
        with _single_threaded():
            process.start()
        theirs.close()
        with suppress(OSError):
            ours.send(start)
        return cls(process, ours)

    def give(self, key: str, item: object) -> None:
        self.key = key
        with suppress(OSError):  # of a worker that has died meanwhile, which `receive` tells
            self.pipe.send(item)

    def receive(self) -> Finished[Any] | None:
        """What became of the item; None of a worker that had none yet.

        Raises:
            GaitForgeError, RuntimeError: what the worker met concerns every item.
        """
        try:
            answer = self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            self.alive, answer = False, Failure(f"the process that made it died: {_last_words(self.process.exitcode)}")
        if isinstance(answer, _Stop):
            raise answer.error
        return None if self.key is None else Finished(self.key, answer)

    def dismiss(self) -> None:
        self.pipe.close()
        self.process.join()


@contextmanager
def _crew() -> Iterator[list[_Worker]]:
    """A list to keep workers in; those that are left in it are ended at once."""
    crew: list[_Worker] = []
    try:
        yield crew
    finally:
        for worker in crew:
            worker.process.kill()
        for worker in crew:
            worker.dismiss()


def _ready(crew: Sequence[_Worker]) -> list[_Worker]:
    """Those that have something to tell, waited for."""
    ready = wait([worker.pipe for worker in crew])
    return [worker for worker in crew if worker.pipe in ready]


@dataclass(frozen=True)
class _Stop:
    """An error that every other item would meet too."""

    error: Exception


def _serve(pipe: Connection) -> None:
    """A worker's life: starts, then does what comes down the pipe until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal interrupts the whole group; the parent ends its workers
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work = pipe.recv()()
        pipe.send(None)
    except Exception as error:
        told = error if isinstance(error, GaitForgeError) else RuntimeError(Failure.of(error).traceback)
        pipe.send(_Stop(told))
        return
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        _do(work, item, pipe)


def _do(work: Callable[[Any], Any], item: object, pipe: Connection) -> None:
    try:
        pipe.send(work(item))
    except MissingDependencyError as error:
        pipe.send(_Stop(error))
    except Exception as error:
        pipe.send(Failure.of(error))


def _end_with_parent() -> None:
    """Nobody would take the result of a worker whose parent was killed, and the next run may be at the same item."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _last_words(status: int | None) -> str:
    if status is None or status >= 0:
        return f"it left with status {status}"
    return f"killed by signal {-status}{' (out of memory?)' if -status == signal.SIGKILL else ''}"


@contextmanager
def _single_threaded() -> Iterator[None]:
    """The environment that a worker is born into; ours is left as it was."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(THREAD_LIMITS, "1"))
    try:
        yield
    finally:
        for name in THREAD_LIMITS:
            if name in before:
                os.environ[name] = before[name]
            else:
                del os.environ[name]


@contextmanager
def _termination_is_an_exit() -> Iterator[None]:
    """SIGTERM leaves like an exception, so that workers end with us. Only the main thread may set that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(*_: object) -> None:
        raise SystemExit(TERMINATED)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
