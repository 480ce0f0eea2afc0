"""The executor `local`: what becomes of tasks that raise, die or are interrupted, and of their processes."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest
from pool_tasks import Unreadable, starting, starting_particularly, starting_wrongly

from engine.core.errors import DataError, MachineError, MissingDependencyError
from engine.core.tasks import Failure
from engine.run import workers
from engine.run.workers import TERMINATED, THREAD_LIMITS, LocalExecutor
from engine.stages import Executor


def run(folder, *items, workers=2):
    """Results by item; items are named by themselves and a number."""
    named = {f"{number} {item}": item for number, item in enumerate(items)}
    done = list(LocalExecutor().run(partial(starting, folder), named, workers=workers))
    assert sorted(finished.key for finished in done) == sorted(named), "each item is finished exactly once"
    results = {finished.key: finished.result for finished in done}
    return [results[name] for name in named]


def processes(folder, kind="process"):
    return {int(path.name.removeprefix(f"{kind}-")) for path in folder.glob(f"{kind}-*")}


def alive(process):
    """Whether a process works (a zombie does not)."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(folder, seconds=10):
    until = time.monotonic() + seconds
    while any(map(alive, processes(folder))) and time.monotonic() < until:
        time.sleep(0.05)
    return not any(map(alive, processes(folder)))


def test_it_fills_the_role():
    assert isinstance(LocalExecutor(), Executor)


def test_processes_start_once_and_end_with_the_work(tmp_path):
    made = run(tmp_path, *["process"] * 6)
    assert {int(process) for process in made} <= processes(tmp_path)
    assert len(processes(tmp_path)) == 2
    assert os.getpid() not in processes(tmp_path)
    assert gone(tmp_path)


def test_no_more_processes_than_items(tmp_path):
    assert run(tmp_path, "well", workers=5) == ["made"]
    assert len(processes(tmp_path)) == 1
    assert run(tmp_path) == []


def test_workers_have_one_thread_and_the_parent_is_left_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)
    before = dict(os.environ)
    assert run(tmp_path, "limits") == [",".join(["1"] * len(THREAD_LIMITS))]
    assert dict(os.environ) == before


def test_a_task_that_raises_fails_alone_and_tells_where(tmp_path):
    well, raised, refused, _ = run(tmp_path, "well", "raises", "refuses", "well")
    assert well == "made"
    assert raised.reason == "ValueError: two lines"
    assert "pool_tasks.py" in raised.traceback
    assert not raised.died
    assert refused.reason == "file x: not readable"
    assert len(processes(tmp_path)) == 2, "the process lives on"


def test_a_result_that_cannot_be_sent_is_a_failure(tmp_path):
    failed, well = run(tmp_path, "no record", "well", workers=1)
    assert "pickle" in failed.reason.lower()
    assert well == "made"


def test_what_cannot_be_read_is_a_failure_and_no_death(tmp_path):
    """Neither here nor there: the same process does the next item."""
    items = {"result": "unreadable", "item": Unreadable(), "c": "well"}
    done = LocalExecutor().run(partial(starting, tmp_path), items, workers=1)
    results = {finished.key: finished.result for finished in done}
    assert results.pop("c") == "made"
    for failure in results.values():
        assert failure.reason == "EOFError: half of it is missing"
        assert "_unreadable" in failure.traceback
    assert len(processes(tmp_path)) == 1


def test_a_task_may_have_processes_of_its_own(tmp_path):
    assert run(tmp_path, "has a child") == ["made by a child"]


def test_a_death_is_told_though_a_child_lives_on(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "PATIENCE_S", 0.1)
    failed, well = run(tmp_path, "dies with a child left", "well", workers=1)
    assert "killed by signal 9" in failed.reason
    assert well == "made"
    for child in processes(tmp_path, "child"):
        os.kill(child, signal.SIGKILL)


@pytest.mark.parametrize("workers", [1, 2])
def test_deaths_are_told_and_the_others_are_made(tmp_path, workers):
    results = run(tmp_path, "dies", "well", "leaves", "well", "dies at first", "well", workers=workers)
    assert results[1::2] == ["made"] * 3
    assert results[0].reason == "the process that made it died: killed by signal 9 (out of memory?)"
    assert results[0].died
    assert results[2].reason == "the process that made it died: it left with status 3"
    assert results[4] == "made"
    assert len(processes(tmp_path, "death")) == 2, "tried once, and once more"
    assert gone(tmp_path)


def test_the_second_try_is_alone(tmp_path):
    """What died is tried again when all others are finished, in a process that did nothing else."""
    items = {"a": "dies at first", "b": "well", "c": "well"}
    done = list(LocalExecutor().run(partial(starting, tmp_path), items, workers=1))
    assert [finished.key for finished in done] == ["b", "c", "a"]
    assert len(processes(tmp_path)) == 3, "the one that died, one in its place, and one alone"


def test_a_missing_dependency_ends_the_run(tmp_path):
    with pytest.raises(MissingDependencyError, match="pip install it"):
        run(tmp_path, "sleeps", "lacks", *["well"] * 4)
    assert gone(tmp_path)


def test_a_full_disk_ends_the_run(tmp_path):
    with pytest.raises(MachineError, match=r"No space left on device: 'walk\.mot'; make room"):
        run(tmp_path, "meets a full disk", *["well"] * 4)
    assert gone(tmp_path)


def test_an_error_that_cannot_be_sent_ends_the_run_as_what_it_is(tmp_path):
    with pytest.raises(MissingDependencyError, match="library: pip install it"):
        run(tmp_path, "lacks in particular")
    with pytest.raises(MissingDependencyError, match="no weights: pip install them"):
        list(LocalExecutor().run(starting_particularly, {"a": "well"}, workers=1))


@pytest.mark.parametrize("others", [0, 2])
def test_a_worker_that_is_terminated_tells_nothing_of_its_item(tmp_path, others):
    """Whoever ends the whole group means the run."""
    done = []
    with pytest.raises(SystemExit) as end:
        items = {"a": "is terminated", **dict.fromkeys("bc"[:others], "sleeps")}
        done.extend(LocalExecutor().run(partial(starting, tmp_path), items, workers=3))
    assert end.value.code == TERMINATED
    assert not done
    assert gone(tmp_path)


def test_at_least_one_worker(tmp_path):
    with pytest.raises(ValueError, match="at least one, found 0"):
        LocalExecutor().run(partial(starting, tmp_path), {"a": "well"}, workers=0)


@pytest.mark.parametrize(("error", "kind"), [(DataError, DataError), (KeyError, RuntimeError)])
def test_what_cannot_start_ends_the_run(error, kind):
    with pytest.raises(kind, match="no weights"):
        list(LocalExecutor().run(partial(starting_wrongly, error), {"a": "well"}, workers=1))


def test_workers_that_die_while_they_start_are_an_error():
    with pytest.raises(DataError, match="while they started"):
        list(LocalExecutor().run(partial(os._exit, 1), {"a": "well"}, workers=2))


def test_a_result_is_asked_for_by_name(tmp_path):
    well, failed = LocalExecutor().run(partial(starting, tmp_path), {"a": "well", "b": "raises"}, workers=1)
    assert well.value() == "made"
    assert isinstance(failed.result, Failure)
    with pytest.raises(RuntimeError, match=r"b: ValueError: two lines\nTraceback"):
        failed.value()


def test_leaving_early_ends_the_workers(tmp_path):
    done = LocalExecutor().run(partial(starting, tmp_path), {"a": "well", "b": "sleeps", "c": "sleeps"}, workers=2)
    assert next(done).key == "a"
    done.close()
    assert gone(tmp_path, seconds=1)


def test_a_result_does_not_wait_for_its_process_to_leave(tmp_path, monkeypatch):
    """Nor does the run wait for ever."""
    monkeypatch.setattr(workers, "PATIENCE_S", 0.1)
    done = LocalExecutor().run(partial(starting, tmp_path), {"a": "stays"}, workers=1)
    assert next(done).result == "made"
    assert not gone(tmp_path, seconds=0)
    assert list(done) == []
    assert gone(tmp_path, seconds=0)


SLEEPERS = """
from functools import partial
from pathlib import Path
from pool_tasks import starting
from engine.run.workers import LocalExecutor

if __name__ == "__main__":
    list(LocalExecutor().run(partial(starting, Path({folder!r})), {{"a": "sleeps", "b": "sleeps"}}, workers=2))
"""


FORGETFUL = """
from functools import partial
from pathlib import Path
from pool_tasks import starting
from engine.run.workers import LocalExecutor

if __name__ == "__main__":
    done = LocalExecutor().run(partial(starting, Path({folder!r})), {{"a": "well", "b": "sleeps"}}, workers=2)
    next(done)
"""


def started(folder, script):
    """A process that runs ``script`` and can be interrupted, as tests that run in the background cannot."""
    file = folder / "script.py"
    file.write_text(script.format(folder=str(folder)))
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    return subprocess.Popen(
        [sys.executable, file],
        env={**os.environ, "PYTHONPATH": paths},
        stderr=subprocess.PIPE,
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )


def test_workers_end_with_a_run_that_nobody_ends(tmp_path):
    process = started(tmp_path, FORGETFUL)
    assert process.wait(30) == 0
    assert gone(tmp_path)


@pytest.mark.parametrize(
    ("stop", "status"),
    [(signal.SIGTERM, TERMINATED), (signal.SIGINT, -signal.SIGINT), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["terminated", "interrupted", "killed"],
)
def test_workers_end_with_the_run(tmp_path, stop, status):
    process = started(tmp_path, SLEEPERS)
    while len(processes(tmp_path, "asleep")) < 2:
        time.sleep(0.05)
        assert process.poll() is None
    process.send_signal(stop)
    assert process.wait(10) == status
    assert gone(tmp_path)
