"""Whether an independent pose detector finds the person that the labels describe: a figure of ``docs/validation/render.md``.

python -m benchmarks.bench_detector COHORT --python PATH --output FOLDER [--draws 200]

A moment each of many draws of a look is taken from the cohort's walks (about five processor seconds each; FOLDER keeps them, so that a run
that was stopped goes on), and judged by MediaPipe Pose in PATH, a Python with ``mediapipe==0.10.21``, which needs NumPy 1 and so an
environment of its own. All cameras take turns, every second one drawn from the ranges.

It says "labels and pictures agree", not "looks real": a grey mannequin, drawn as a control, is found just as well.
"""

import argparse
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import torch

from benchmarks.render_parts.agreement import Agreement, agree, offsets
from benchmarks.render_parts.drawn_pictures import DrawnPicture, read_drawn_picture, write_draws
from engine.core.arrays import Array, Mask
from render.film.look_file import DEFAULT, LookFile, read_look

DETECTOR = Path(__file__).parent / "render_parts" / "detector.py"
TITLES = {
    "picture": "ours, whole picture",
    "picture_crop": "ours, square around the person",
    "mannequin": "grey mannequin, whole picture",
    "mannequin_crop": "grey mannequin, square",
}
HEADING = "| pictures | frames | found | found elsewhere | PCK@0.2 | sides free | left and right swapped |\n|---|---|---|---|---|---|---|"


def turns(look: LookFile) -> list[str]:
    """Each named camera, and after each one of the drawn ones (``#``: a number of its own)."""
    drawn = ("random#", *(f"{name}#" for name in look.cameras.drawn))
    return [name for k, named in enumerate(look.cameras.named) for name in (named, drawn[k % len(drawn)])]


def seen_from(drawn: DrawnPicture) -> str:
    """From which side of the walker."""
    off = abs(np.degrees(drawn.bearing))
    names = {30: "front", 60: "oblique front", 120: "side", 150: "oblique back", 181: "back"}
    return next(name for limit, name in names.items() if off < limit)


def size_of(drawn: DrawnPicture) -> str:
    """Class of the person's height in the picture."""
    limits = {90: "below 90 px", 130: "90 to 130 px", 200: "130 to 200 px"}
    return next((name for limit, name in limits.items() if drawn.height < limit), "above 200 px")


SPLITS: dict[str, Callable[[DrawnPicture], str]] = {
    "hidden by things": lambda drawn: "something hides a joint" if drawn.covered > 0 else "nothing hides a joint",
    "seen from": seen_from,
    "place": lambda drawn: drawn.place,
    "person's height": size_of,
    "camera": lambda drawn: drawn.camera,
}


def row(title: str, result: Agreement) -> str:
    """A line of the table."""
    figures = (result.found, result.elsewhere, result.pck, result.unsided, result.swapped)
    return f"| {title} | {result.frames} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |"


def report(draws: list[DrawnPicture], found: dict[str, Array]) -> Iterator[str]:
    """Tables of all draws, of each split, and of offsets."""
    keypoints = np.stack([drawn.keypoints for drawn in draws])
    pixels, visible = keypoints[..., :2], keypoints[..., 2] > 0

    def judged(name: str, chosen: Mask) -> Agreement:
        return agree(found[name][chosen], pixels[chosen], visible[chosen])

    yield f"## all\n\n{HEADING}"
    for name, title in TITLES.items():
        yield row(title, judged(name, np.full(len(draws), True)))
    for split, group in SPLITS.items():
        groups = np.array([group(drawn) for drawn in draws])
        yield f"\n## {split}\n\n{HEADING}"
        for one in sorted(set(groups)):
            for name in ("picture", "picture_crop"):
                yield row(f"{one}: {TITLES[name]}", judged(name, groups == one))
    yield "\n## offsets\n\n| keypoint | up | out | spread, torso lengths |\n|---|---|---|---|"
    for name, offset in offsets(found["picture_crop"], pixels, visible).items():
        yield f"| {name} | {offset.up:+.2f} | {offset.out:+.2f} | {offset.spread:.2f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohort", type=Path, nargs="?")
    parser.add_argument("--python")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--look", default=DEFAULT, help="a look that ships, or a look file")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    if asked.cohort is None or asked.python is None or asked.output is None:
        print(
            "nothing measured: name a cohort, --output FOLDER, and with --python a Python that has mediapipe==0.10.21"
        )
        return
    torch.set_num_threads(1)
    walks, look = sorted(asked.cohort.glob("subjects/*/w*")), read_look(asked.look)
    if not walks:
        parser.error(f"{asked.cohort}: no walks; make some, for example with `make tiny`")
    paths = write_draws(asked.output, walks, look, turns(look), asked.draws, asked.seed)
    subprocess.run([asked.python, str(DETECTOR), str(asked.output)], check=True, stderr=subprocess.DEVNULL)
    results = [np.load(path.with_suffix(".found.npz")) for path in paths]
    found = {name: np.stack([result[name] for result in results]) for name in TITLES}
    for line in report([read_drawn_picture(path) for path in paths], found):
        print(line)


if __name__ == "__main__":
    main()
