"""The executor `local`: a pool of fresh single-threaded processes on this machine.

Each worker has a pipe of its own and one item at a time, so a process that dies tells which item it died of.
"""

import atexit
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from engine.core.errors import DataError
from engine.core.tasks import Failure, Finished
from engine.run.worker_process import Stop, serve

Item = TypeVar("Item")
Result = TypeVar("Result")

THREAD_LIMITS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
TERMINATED = 128 + signal.SIGTERM
"""Exit status of a run that was stopped by SIGTERM."""
PATIENCE_S = 10.0
"""Time that a worker has to leave once its pipe is closed."""


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
            ValueError: less than one worker.
            GaitForgeError: ``start`` raised it, or a task found that this machine lacks something.
            RuntimeError: ``start`` raised anything else.
            DataError: no worker survived its start.
            SystemExit: SIGTERM ended this process or a worker, which tells nothing of the item that the worker had.
        """
        if workers < 1:
            raise ValueError(f"workers: expected at least one, found {workers}")
        return _twice(start, items, workers)


def _twice(start: Callable[[], Any], items: Mapping[str, Any], workers: int) -> Iterator[Finished[Any]]:
    died = []
    for finished in _run(start, items, workers):
        if isinstance(finished.result, Failure) and finished.result.died:
            died.append(finished.key)
        else:
            yield finished
    for key in died:
        yield from _run(start, {key: items[key]}, 1)


def _run(start: Callable[[], Any], items: Mapping[str, Any], workers: int) -> Iterator[Finished[Any]]:
    order, waiting = pickle.dumps(start), deque(items)
    with _termination_is_an_exit(), _crew() as crew:
        for _ in range(min(workers, len(items))):
            crew.append(_Worker.hire(order))
        while busy := [worker for worker in crew if not worker.pipe.closed]:
            for worker in _ready(busy):
                finished = worker.receive()
                if worker.alive and waiting:
                    key = waiting.popleft()
                    worker.give(key, items[key])
                else:
                    worker.pipe.close()
                    if waiting and finished is not None:
                        crew.append(_Worker.hire(order))
                if finished is not None:
                    yield finished
        if waiting:
            raise DataError("worker processes died while they started (out of memory?); try fewer --workers")


@dataclass(eq=False)
class _Worker:
    """A process, our end of its pipe, which is closed when there is nothing more to do, and the item that it has; none while it starts."""

    process: BaseProcess
    pipe: Connection
    key: str | None = None
    alive: bool = True

    @classmethod
    def hire(cls, order: bytes) -> "_Worker":
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        # No daemon, which would forbid stages to have processes of their own; `multiprocessing` waits for it at exit.
        process = context.Process(target=serve, args=(theirs,), daemon=False)
        with _single_threaded():
            process.start()
        atexit.register(process.kill)
        theirs.close()
        worker = cls(process, ours)
        worker._send(order)
        return worker

    def give(self, key: str, item: object) -> None:
        self.key = key
        self._send(pickle.dumps(item))

    def receive(self) -> Finished[Any] | None:
        """What became of the item; None of a worker that had none yet.

        Raises:
            GaitForgeError, RuntimeError: what the worker met concerns every item.
            SystemExit: somebody ended the worker by SIGTERM.
        """
        try:
            told = self.pipe.recv_bytes()
        except (EOFError, OSError):
            answer = self._death()
        else:
            answer = _unpickled(told)
        if isinstance(answer, Stop):
            raise answer.error()
        return None if self.key is None else Finished(self.key, answer)

    def end(self, patience_s: float) -> None:
        """Waits until the process has left, kills it if that takes longer."""
        self.process.join(patience_s)
        self.process.kill()
        self.process.join()
        atexit.unregister(self.process.kill)

    def _send(self, data: bytes) -> None:
        with suppress(OSError):  # of a worker that has died meanwhile, which `receive` tells
            self.pipe.send_bytes(data)

    def _death(self) -> Failure:
        self.end(PATIENCE_S)
        self.alive = False
        if self.process.exitcode == -signal.SIGTERM:  # sent to the whole group, perhaps, of which we come next
            raise SystemExit(TERMINATED)
        return Failure(f"the process that made it died: {_last_words(self.process.exitcode)}")


def _unpickled(answer: bytes) -> Any:
    try:
        return pickle.loads(answer)
    except Exception as error:
        return Failure.of(error)


@contextmanager
def _crew() -> Iterator[list[_Worker]]:
    """A list to keep workers in, which end with it: they may leave where all work is done, else they are ended at once."""
    crew: list[_Worker] = []
    until = 0.0
    try:
        yield crew
        until = time.monotonic() + PATIENCE_S
    finally:
        for worker in crew:
            worker.pipe.close()
            if not until:
                worker.process.kill()
        for worker in crew:
            worker.end(max(until - time.monotonic(), 0.0))


def _ready(crew: Sequence[_Worker]) -> list[_Worker]:
    """Those that have something to tell, waited for."""
    ready = wait([worker.pipe for worker in crew])
    return [worker for worker in crew if worker.pipe in ready]


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
