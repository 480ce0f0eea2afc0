"""Bodies, floor contact, labels and speed of the renderer: the tables of docs/validation/render.md.

python -m benchmarks.bench_render [COHORT] [--only speed,contact] [--walks 6] [--frames 30]

``COHORT`` (``runs/tiny``) is a folder that ``gaitforge cohort`` wrote; its walks are drawn. ``labels`` needs one whose masks were kept.
Times are processor seconds of one process, except those of ``workers``, which need two free cores.
"""

import argparse
import os
from collections.abc import Callable, Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from benchmarks.render_parts.bodies import bodies
from benchmarks.render_parts.contact import contact
from benchmarks.render_parts.labels import HEADING, measure_labels
from benchmarks.render_parts.speed import scaling, speed
from benchmarks.render_parts.walks import cohort_walks


def labels(cohort: Path) -> Iterator[str]:
    """How well labels and masks agree; nothing where the cohort kept no masks."""
    yield HEADING
    yield from (figures.row(name) for name, figures in measure_labels(cohort).items())


PARTS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "bodies": lambda asked: bodies(build=asked.build),
    "contact": lambda asked: contact(cohort_walks(asked.cohort, asked.walks)),
    "labels": lambda asked: labels(asked.cohort),
    "speed": lambda asked: speed(cohort_walks(asked.cohort, 1), asked.frames),
    "workers": lambda asked: scaling(asked.cohort, asked.frames),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path, nargs="?", default=Path("runs/tiny"))
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between them")
    parser.add_argument("--walks", type=int, default=6)
    parser.add_argument("--frames", type=int, default=30)
    parser.add_argument("--build", action="store_true", help="also build the default body anew in a temporary folder")
    arguments = parser.parse_args()
    if not any(arguments.cohort.glob("subjects/*/w*")):
        parser.error(f"{arguments.cohort} holds no walks; make some, for example with `make tiny`")
    torch.set_num_threads(1)
    for name in arguments.only.split(","):
        print(f"\n## {name}\n")
        for line in PARTS[name](arguments):
            print(line, flush=True)


if __name__ == "__main__":
    main()
