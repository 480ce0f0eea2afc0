"""How good a reader is on people of a cohort, beside baselines on the same recordings.

The figures are synthetic validation: they say what the reader has learnt of synthetic people, not how good it is on real ones.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd
from rich.progress import Progress

from downstream.evaluation.baselines import Baseline, Geometry, Spectrum, TrainingMean, fit_baselines, unsure
from downstream.evaluation.error_rows import ErrorRow, curve_rows, event_rows, number_rows
from downstream.evaluation.judged_recordings import ODDS, JudgedRecording, judged_recordings
from downstream.network.curve_network import CurveNetwork
from downstream.readings.gait_reading import GaitReading
from downstream.readings.read_walk import read_walk
from downstream.recordings.walking_bouts import Bout
from downstream.training.draw_example import ExampleOdds
from downstream.walks.cohort_walks import cohort_hash, cohort_walks
from engine.core.conventions import SplitChoice
from engine.core.errors import DataError

READER = "reader"
CLIPS = 4
NOTE = "synthetic validation"
SEEN = f"{NOTE}; the reader has learnt from people among these"
SET = f"{NOTE}; the reader's uncertainty was set on people among these"


@dataclass(frozen=True)
class Evaluation:
    """``rows``: errors as `ErrorRow`, with `Facts` of the recording beside them. ``left_out`` counts recordings in which too little of a
    walking person was seen, ``recordings`` the others. ``trained_on`` is what the network tells of its training."""

    model: str
    trained_on: dict[str, Any]
    split: str
    note: str
    rows: pd.DataFrame
    recordings: int
    left_out: int

    @property
    def people(self) -> int:
        return int(self.rows["subject"].nunique())


def evaluate(
    network: CurveNetwork,
    model: str,
    cohort: Path,
    split: SplitChoice = "test",
    *,
    clips: int = CLIPS,
    odds: ExampleOdds = ODDS,
    others: Sequence[Baseline] = (),
    progress: Progress | None = None,
) -> Evaluation:
    """Evaluates ``network`` on ``clips`` recordings of each walk of ``split``, beside geometry, spectrum, what training walks of the cohort
    give, and ``others``.

    Raises:
        DataError: the cohort cannot be used, or in none of its recordings a person is seen long enough.
    """
    walks = list(cohort_walks(cohort, split))
    mean, *fitted = _fitted(cohort)
    baselines = (Geometry(), Spectrum(), *filter(None, (mean, *fitted)), *others)
    task = (progress := progress or Progress(disable=True)).add_task("Evaluating", total=len(walks))
    rows, facts, left_out = [], {}, 0
    for folder in walks:
        for judged in judged_recordings(folder, clips, odds):
            if judged is None:
                left_out += 1
                continue
            facts[judged.name] = asdict(judged.facts)
            rows += judge(judged, read(network, judged), baselines)
            rows += mean_curves(judged, mean)
        progress.advance(task)
    if not rows:
        raise DataError(f"{cohort}: in none of the {len(walks)} walks of split {split!r} a person is seen long enough")
    table = pd.DataFrame(rows).join(pd.DataFrame.from_dict(facts, orient="index"), on="recording")
    trained_on = dict(network.config["trained_on"] or {})
    return Evaluation(model, trained_on, split, _note(trained_on, cohort, split), table, len(facts), left_out)


def read(network: CurveNetwork, judged: JudgedRecording) -> GaitReading:
    """All that a user is told."""
    whole, walker = Bout(0, len(judged.recording)), judged.walker
    return read_walk(network, judged.recording, whole, walker.age_years, walker.sex).reading


def judge(judged: JudgedRecording, reading: GaitReading, baselines: Iterable[Baseline]) -> Iterator[ErrorRow]:
    """Errors of a reading, and of what baselines say of the same recording."""
    truth = judged.truth
    yield from number_rows(judged.name, READER, truth.numbers, reading.numbers)
    yield from curve_rows(judged.name, READER, truth, reading)
    yield from event_rows(judged.name, READER, truth, reading)
    for baseline in baselines:
        yield from number_rows(judged.name, baseline.name, truth.numbers, unsure(baseline.numbers(judged)))


def mean_curves(judged: JudgedRecording, mean: TrainingMean | None) -> Iterator[ErrorRow]:
    """Errors of curves that are always the mean."""
    if mean is not None:
        yield from curve_rows(judged.name, mean.name, judged.truth, mean.reading(judged))


def _fitted(cohort: Path) -> tuple[TrainingMean | None, Baseline | None]:
    """None where nobody of the cohort is there to learn from."""
    try:
        return fit_baselines(list(cohort_walks(cohort, "train")))
    except DataError:
        return None, None


def _note(trained_on: dict[str, Any], cohort: Path, split: str) -> str:
    if split == "test" or trained_on.get("cohort_hash") != cohort_hash(cohort):
        return NOTE
    return SET if split == "validation" else SEEN
