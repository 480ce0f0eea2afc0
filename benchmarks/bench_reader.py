"""Measures a trained reader on people whom it has not learnt from: the tables of docs/validation/reader.md and the model card.

python -m benchmarks.bench_reader [COHORT] [--weights DIR] [--clips N] [--reference-examples N]

COHORT is what the reader was trained on (``READER_COHORT``, else runs/reader); its split ``test`` is judged. Beside the reader stand
geometry, a spectrum, a regression, the mean, and the field's reference trained on walks of split ``train``, all on the same recordings. The
card is written beside the weights. Tables go to the output, progress to the error stream.
"""

import argparse
import os
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import Progress
from torch.utils.data import DataLoader

from benchmarks.generator_parts.bench import asked_table
from benchmarks.reader_aims import OCTAVES, Cost, aims, octaves
from downstream.evaluation.error_figures import of
from downstream.evaluation.evaluate_reader import CLIPS, Evaluation, evaluate, read
from downstream.evaluation.judged_groups import GROUPS
from downstream.evaluation.judged_recordings import judged_recordings
from downstream.evaluation.markdown_tables import (
    coverage_table,
    geometry_table,
    group_table,
    main_table,
    markdown,
    rivals_table,
)
from downstream.evaluation.reader_card import write_model_card
from downstream.evaluation.reference_network import ReferenceReader, train_reference
from downstream.network.curve_network import WEIGHTS_FILE, CurveNetwork, load_network
from downstream.training.draw_example import Example
from downstream.training.visits import Visits
from downstream.walks.cohort_walks import cohort_walks

WEIGHTS = Path(__file__).parent.parent / "downstream" / "weights"
RIVALS = ("geometry", "spectrum", "regression", "mean", "reference")
_TIMED, _TIMED_S = 12, 6.0
_WORKERS = 2


def drawn_examples(cohort: Path, count: int, progress: Progress, seed: int = 0) -> Iterator[Example]:
    """About ``count`` examples of walks of split ``train``, drawn as those that the reader learns from."""
    walks = list(cohort_walks(cohort, "train"))
    clips = max(round(count / len(walks)), 1)
    visits = Visits(walks, 1, clips, seed)
    chosen = torch.utils.data.Subset(visits, range(min(len(visits), max(count // clips, 1))))
    loader = DataLoader(chosen, batch_size=None, num_workers=_WORKERS)
    for visit in progress.track(loader, description="Examples of the reference", total=len(chosen)):
        yield from visit


def cost(network: CurveNetwork, weights: Path, cohort: Path) -> Cost:
    """Median of some long recordings, cleaning and geometry with it, on one thread."""
    times: list[float] = []
    for folder in cohort_walks(cohort, "test"):
        for judged in judged_recordings(folder, 2):
            if judged is not None and (seconds := float(np.ptp(judged.signals.time))) >= _TIMED_S:
                start = time.process_time()
                read(network, judged)
                times.append((time.process_time() - start) * 10 / seconds)
        if len(times) >= _TIMED:
            break
    return Cost(float(np.median(times)), (weights / WEIGHTS_FILE).stat().st_size / 1e6)


def octave_table(evaluation: Evaluation) -> str:
    """How often cadence is another rhythm of the same walk, per cent."""
    lines = []
    for view, own in [("all", evaluation.rows), *evaluation.rows.groupby("view")]:
        for method in ("reader", "geometry", "spectrum"):
            told = of(own, method, "cadence_spm").dropna(subset="error")
            ratio = (told["told"] / told["true"]).to_numpy(float)
            near = f"{100 * np.mean(np.abs(ratio - 1) < 0.03):.1f}"
            lines.append([str(view), method, str(len(told)), near, str(int(octaves(own, method).sum()))])
    return markdown(
        ["view", "method", "recordings", "within 3 %, %", f"of another rhythm ({', '.join(OCTAVES)})"], lines
    )


def tables(evaluation: Evaluation, reference: ReferenceReader, costs: Cost) -> Iterator[tuple[str, str]]:
    """Sections of the stored result, by heading."""
    told = evaluation.trained_on
    yield (
        "weights",
        f"Learnt from {told['walks']:,} walks of {told['subjects']:,} people of the cohort `{told['cohort']}` (`{told['cohort_hash']}`); "
        f"judged on {evaluation.recordings:,} recordings of {evaluation.people:,} other people of it ({evaluation.left_out} more show too "
        "little of a walking person), height and focal length each known for half.",
    )
    yield "summary", asked_table(list(aims(evaluation.rows, costs)))
    yield "readings", main_table(evaluation)
    yield (
        "rivals",
        f"{rivals_table(evaluation, RIVALS)}\n\nThe reference has learnt from {reference.learnt_from:,} examples.",
    )
    yield "geometry", geometry_table(evaluation)
    yield "rhythm", octave_table(evaluation)
    yield "calibration", coverage_table(evaluation)
    for group in GROUPS:
        yield group, group_table(evaluation, group)
    yield (
        "cost",
        f"{costs.seconds:.2f} CPU s for 10 s of keypoints, on one thread; {costs.megabytes:.1f} MB of weights.",
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cohort = Path(os.environ.get("READER_COHORT", "runs/reader"))
    parser.add_argument("cohort", nargs="?", type=Path, default=cohort, help=f"by default {cohort}")
    parser.add_argument(
        "--weights", type=Path, default=WEIGHTS, help="folder of a reader; the one that ships if left out"
    )
    parser.add_argument("--clips", type=int, default=CLIPS, help="recordings of each walk")
    parser.add_argument(
        "--reference-examples", type=int, default=10_000, help="the reference learns from about so many"
    )
    return parser.parse_args()


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    network = load_network(options.weights)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        reference = _reference(options, progress)
        evaluation = evaluate(
            network,
            options.weights.resolve().name,
            options.cohort,
            clips=options.clips,
            others=(reference,),
            progress=progress,
        )
    write_model_card(evaluation, options.weights)
    for heading, text in tables(evaluation, reference, cost(network, options.weights, options.cohort)):
        print(f"## {heading}\n\n{text}\n")


def _reference(options: argparse.Namespace, progress: Progress) -> ReferenceReader:
    return train_reference(list(drawn_examples(options.cohort, options.reference_examples, progress)))


if __name__ == "__main__":
    main()
