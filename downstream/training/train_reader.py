"""Trains the reader on the walks of a cohort: cameras and noise drawn anew at each visit of a walk, then its uncertainty is set."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text
from torch.utils.data import DataLoader

from downstream.network.curve_network import CurveNetwork, save_network
from downstream.training.checkpoint import CHECKPOINT_FILE
from downstream.training.draw_example import Example, ExampleOdds
from downstream.training.learning import learn, one_thread_each
from downstream.training.reader_settings import ReaderSettings
from downstream.training.set_uncertainty import calibrate
from downstream.training.visits import Visits
from downstream.walks.cohort_walks import cohort_hash, cohort_walks
from engine.core.errors import DataError

_CALIBRATION_SEED = 1
"""Added to the seed of a training: views of validation subjects."""


def everybody(_: Mapping[str, Any]) -> bool:
    """Of whatever row of a manifest: its walk is learnt from."""
    return True


def train_reader(
    cohort: Path,
    output: Path,
    settings: ReaderSettings | None = None,
    *,
    chosen: Callable[[Mapping[str, Any]], bool] = everybody,
    odds: ExampleOdds | None = None,
) -> CurveNetwork:
    """Trains on split ``train`` of ``cohort``, sets the uncertainty by split ``validation``, saves into ``output``. A training that was
    stopped goes on where it was when it is asked for again, to the same weights. Only walks whose rows of the manifest are ``chosen``
    teach, in examples drawn by ``odds``.

    Raises:
        DataError: the cohort cannot be used, ``output`` cannot be written, or holds another training that was stopped; before any work.
    """
    settings = settings or ReaderSettings()
    walks = {folder: row for folder, row in cohort_walks(cohort, "train").items() if chosen(row)}
    _check_output(output)
    with _progress() as progress, _one_thread(), torch.random.fork_rng():
        torch.manual_seed(settings.seed)
        network = CurveNetwork(trained_on=describe(cohort, walks, settings))
        visits = Visits(list(walks), settings.epochs, settings.clips, settings.seed, odds)
        checkpoint = learn(network, visits, settings, output / CHECKPOINT_FILE, progress)
        calibrated = calibrate(network, _validation_visits(cohort, settings, odds, progress))
    network.register_to_config(trained_on={**network.config["trained_on"], "uncertainty_set_by_examples": calibrated})
    save_network(network, output)
    checkpoint.remove()
    return network


@contextmanager
def _one_thread() -> Iterator[None]:
    """Sums are added in the same order on every machine; other cores draw examples."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeRemainingColumn())
    return Progress(*columns, speed_estimate_period=120)


class _Rate(ProgressColumn):
    """Examples a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.finished_speed or task.speed or 0:.0f} examples/s")


def _check_output(output: Path) -> None:
    try:
        output.mkdir(parents=True, exist_ok=True)
        probe = output / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise DataError(f"{output}: cannot be written ({error}); choose another folder") from error


def _validation_visits(
    cohort: Path, settings: ReaderSettings, odds: ExampleOdds | None, progress: Progress
) -> Iterator[list[Example]]:
    """None where the cohort has no validation subjects."""
    try:
        walks = list(cohort_walks(cohort, "validation"))
    except DataError:
        return
    epochs = max(settings.calibration // (len(walks) * settings.clips), 1)
    visits = Visits(walks, epochs, settings.clips, settings.seed + _CALIBRATION_SEED, odds)
    task = progress.add_task("Uncertainty", total=len(visits) * settings.clips)
    for visit in DataLoader(visits, batch_size=None, num_workers=settings.workers, worker_init_fn=one_thread_each):
        yield visit
        progress.advance(task, settings.clips)


def describe(cohort: Path, walks: dict[Path, dict[str, Any]], settings: ReaderSettings) -> dict[str, Any]:
    """Where the weights come from, for the network's config."""
    people = {row["subject_id"]: row for row in walks.values()}
    return {
        "cohort": cohort.resolve().name,
        "cohort_hash": cohort_hash(cohort),
        "kind": "synthetic walks before drawn cameras, with detector noise",
        "split": "train",
        "subjects": len(people),
        "walks": len(walks),
        "examples": len(walks) * settings.epochs * settings.clips,
        "conditions": dict(Counter(str(row["condition"]) for row in people.values() if "condition" in row)),
        "ranges": {name: _range(walks, name) for name in ("age_years", "height_m", "speed_mps")},
        "settings": settings.decisive(),
        "gaitforge": version("gaitforge"),
    }


def _range(walks: dict[Path, dict[str, Any]], name: str) -> list[float] | None:
    values = [float(row[name]) for row in walks.values() if name in row]
    return [min(values), max(values)] if values else None
