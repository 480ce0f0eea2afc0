"""Whether an independent pose detector finds the person that the labels describe: a figure of ``docs/render.md``.

python benchmarks/bench_detector.py COHORT --python PATH

PATH is a Python with ``mediapipe==0.10.21``, which needs NumPy 1 and so an environment of its own.

It says "labels and pictures agree", not "looks real": a grey mannequin, drawn as a control, is found just as well.
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from render_parts.agreement import agree
from render_parts.mannequin import film_mannequin

from render.export.sources import FilmedWalk, View, find_walks
from render.labels.files import read_labels
from render.video import read_frames

DETECTOR = Path(__file__).parent / "render_parts" / "detector.py"


def shots(cohort: Path) -> list[tuple[FilmedWalk, View]]:
    """Every view that has a video."""
    return [(walk, view) for walk in find_walks(cohort) for view in walk.views if view.video is not None]


def judge(title: str, clips: list[tuple[list[np.ndarray], np.ndarray]], python: str) -> None:
    """``clips``: pictures and labels ``(F, 17, 3)``."""
    with tempfile.TemporaryDirectory() as folder:
        for k, (pictures, _) in enumerate(clips):
            np.savez(Path(folder) / f"{k:04d}.npz", images=np.stack(pictures))
        subprocess.run([python, str(DETECTOR), folder], check=True, stderr=subprocess.DEVNULL)
        found = np.concatenate([np.load(Path(folder) / f"{k:04d}.found.npy") for k in range(len(clips))])
    labels = np.concatenate([label for _, label in clips])
    result = agree(found, labels[..., :2], labels[..., 2] > 0)
    print(f"| {title} | {result.frames} | {result.found:.3f} | {result.pck:.3f} | {result.swapped:.3f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path, nargs="?")
    parser.add_argument("--python")
    parser.add_argument("--videos", type=int, default=40, help="at most so many")
    parser.add_argument("--frames", type=int, default=6, help="spread over each video")
    asked = parser.parse_args()
    if asked.cohort is None or asked.python is None:
        print("nothing measured: name a cohort with videos, and with --python a Python that has mediapipe==0.10.21")
        return
    places = shots(asked.cohort)
    places = [places[k] for k in np.unique(np.linspace(0, len(places) - 1, asked.videos).astype(int))]
    ours, control = [], []
    for walk, view in places:
        pictures, labels = read_frames(view.video), read_labels(view.labels).keypoints2d
        moments = np.unique(np.linspace(0, len(pictures) - 1, asked.frames).astype(int)).tolist()
        ours.append(([pictures[k] for k in moments], labels[moments]))
        control.append((film_mannequin(walk, view, moments), labels[moments]))
    print("| pictures | frames | person found | PCK@0.2 | left and right swapped |\n|---|---|---|---|---|")
    judge("ours", ours, asked.python)
    judge("grey mannequin", control, asked.python)


if __name__ == "__main__":
    main()
