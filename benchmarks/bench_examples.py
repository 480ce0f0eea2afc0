"""What an example to learn from costs to draw, part by part, and to learn from, beside plain projection of as many points in the same run.

python -m benchmarks.bench_examples COHORT
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from benchmarks.bench_views import NAMES, WALK, figure
from benchmarks.stick_walks import camera, project
from downstream.geometry.walk_geometry import measure
from downstream.network.curve_network import CurveNetwork
from downstream.network.frame_signals import frame_signals
from downstream.recordings.cleaning import clean
from downstream.training.draw_example import ExampleOdds, draw_recording, label
from downstream.training.reading_loss import reading_loss
from downstream.training.visits import Visits, batches_by_length
from downstream.views.draw_clip import clip_rng, draw_clip
from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.read_folder import read_folder
from engine.core.errors import DataError

WALKS, CLIPS, SEED, BATCH = 24, 8, 15, 32

READING, CLIP, NOISY, CLEANING, GEOMETRY, SIGNALS, LABELS, LEARNING, PLAIN = (
    "reading the walk, once for its examples",
    "camera and clip",
    "the same and a detector's noise",
    "cleaning",
    "geometry",
    "geometry and signals",
    "labels",
    "learning: network, loss, gradient",
    "plain projection",
)
DRAWING = (READING, NOISY, CLEANING, SIGNALS, LABELS)


@dataclass
class Clock:
    """CPU milliseconds that parts have taken, by name."""

    spent: dict[str, float]

    def __call__(self, name: str, work: Callable[..., Any], *arguments: Any) -> Any:
        start = time.process_time()
        try:
            return work(*arguments)
        finally:
            self.spent[name] = self.spent.get(name, 0.0) + 1000 * (time.process_time() - start)


def draw(clock: Clock, walk: LabelledWalk, *key: int) -> int:
    """One example by its parts; the number of its frames."""
    clock(CLIP, draw_clip, walk.points, NAMES, clip_rng(*key))
    clip, recording = clock(NOISY, draw_recording, walk, clip_rng(*key), ExampleOdds())
    try:
        cleaned = clock(CLEANING, clean, recording)
        clock(GEOMETRY, measure, cleaned)
        clock(LABELS, label, walk, clip, clock(SIGNALS, frame_signals, cleaned))
    except DataError:
        pass
    return len(clip)


def learn(clock: Clock, folders: Sequence[Path]) -> int:
    """Gradients of one visit of each walk; the number of examples."""
    visits, network = Visits(folders, 1, CLIPS, SEED), CurveNetwork().train()
    batches = batches_by_length([visits[k] for k in range(len(folders))], max(len(folders) * CLIPS // BATCH, 1))
    for batch in batches:
        clock(LEARNING, lambda one: reading_loss(network(one.signals), one).backward(), batch)
    return sum(len(batch.numbers) for batch in batches)


def main() -> None:
    torch.set_num_threads(1)
    clock, folders = Clock({}), list(cohort_walks(Path(sys.argv[1]), "train"))[:WALKS]
    walks = [clock(READING, read_folder, folder, ()) for folder in folders]
    draw(Clock({}), walks[0], SEED, 1, 0)
    frames = [draw(clock, walk, SEED, 0, CLIPS * k + clip) for k, walk in enumerate(walks) for clip in range(CLIPS)]
    stick, seen = figure().places.astype(float), camera(WALK, 0.0)
    for count in frames:
        clock(PLAIN, project, stick[:count], *seen)
    learnt = learn(clock, folders)
    ms = {name: spent / (learnt if name == LEARNING else len(frames)) for name, spent in clock.spent.items()}
    ms["all of drawing"] = sum(ms[name] for name in DRAWING)
    print(f"{len(frames)} examples, {np.mean(frames):.0f} frames each, {CLIPS} of a walk\n")
    print("| part | CPU ms an example | times plain projection |\n|---|---|---|")
    for name, one in ms.items():
        print(f"| {name} | {one:.2f} | {one / ms[PLAIN]:.0f} |")


if __name__ == "__main__":
    main()
