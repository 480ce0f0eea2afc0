"""How different our pictures are from real ones: figures of ``docs/validation/render.md``.

python -m benchmarks.bench_realism REAL OURS [OURS ...] [--python PATH] [--network] [--traits]

REAL holds real walking videos or pictures; all that lies in one folder is one scene, and scenes are never split between training and
judging. Each of OURS is a cohort or folder of ours in the same form, or the output of ``bench_detector.py``, where each draw is a scene.

A logistic regression is judged on scenes that it has not seen (area under the ROC curve; 0.5: it cannot tell), on 43 statistics of pictures
(`render_parts/naturalness.py`) and with ``--network`` on features of EfficientNet-Lite0 (`render_parts/network_features.py`), where
the squared distance of the two sets is given as well, and that of two halves of the real scenes. With PATH, a Python with
``mediapipe==0.10.21``, all is done again on squares around the person. ``--traits`` lists what differs most.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import torch

from benchmarks.render_parts.footage import Scene, people, read_scenes
from benchmarks.render_parts.naturalness import PERSON_PX, WHOLE_PX, picture_statistics
from benchmarks.render_parts.network_features import NetworkFeatures
from benchmarks.render_parts.traits import TRAITS, picture_traits
from benchmarks.two_sample import distance, distance_within, order_share, telling_apart
from engine.core.arrays import Array
from render.core.frame import Image

SEED = 0
Sets = dict[str, list[Scene]]


def measured(scenes: list[Scene], measure: Callable[[Image], Array]) -> list[Array]:
    """``(pictures, features)`` of each scene."""
    return [np.stack([measure(picture) for picture in scene.pictures]) for scene in scenes]


def tell_apart(kind: str, sets: Sets, measure: Callable[[Image], Array], *, far: bool) -> Iterator[str]:
    """A line for each of ours; the first of the ``sets`` is the real one. ``far``: with distances."""
    features = {name: measured(scenes, measure) for name, scenes in sets.items()}
    (_, real), *ours = features.items()
    for name, made in ours:
        rng = np.random.default_rng(SEED)
        away = f"{distance(real, made, rng):.3f}" if far else ""
        yield f"| {name} | {kind} | {len(real)} | {len(made)} | {telling_apart(real, made, rng)} | {away} |"
    if far:
        yield f"| real, halves | {kind} | {len(real)} | | | {distance_within(real, np.random.default_rng(SEED))} |"


def differences(kind: str, sets: Sets) -> Iterator[str]:
    """Medians of each trait (quartiles of the real ones), and how often a made picture has more of it than a real one."""
    (_, real), *ours = ((name, measured(scenes, picture_traits)) for name, scenes in sets.items())
    for k, trait in enumerate(TRAITS):
        own = [scene[:, k] for scene in real]
        low, middle, high = np.quantile([np.median(scene) for scene in own], [0.25, 0.5, 0.75])
        cells = [
            f"{np.median([np.median(scene[:, k]) for scene in made]):.3f} | "
            f"{order_share(own, [scene[:, k] for scene in made]).mean():.2f}"
            for _, made in ours
        ]
        yield f"| {trait} | {kind} | {middle:.3f} ({low:.3f} to {high:.3f}) | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, nargs="?")
    parser.add_argument("ours", type=Path, nargs="*")
    parser.add_argument("--pictures", type=int, default=8, help="spread over the clips of each scene")
    parser.add_argument("--python", help="with mediapipe: also squares around the person")
    parser.add_argument("--network", action="store_true")
    parser.add_argument("--traits", action="store_true")
    asked = parser.parse_args()
    if asked.real is None or not asked.ours:
        print("nothing measured: name a folder of real walking videos and one or more of ours")
        return
    torch.set_num_threads(1)
    network = NetworkFeatures() if asked.network else None
    whole = {str(folder): read_scenes(folder, asked.pictures) for folder in (asked.real, *asked.ours)}
    kinds = [("whole", whole, WHOLE_PX)]
    if asked.python:
        kinds.append(("person", {name: people(scenes, asked.python) for name, scenes in whole.items()}, PERSON_PX))
    print(
        "## told apart\n\n| ours | pictures | real scenes | our scenes | AUC | squared distance |\n|---|---|---|---|---|---|"
    )
    for kind, sets, heights in kinds:
        for line in tell_apart(f"{kind}, statistics", sets, partial(picture_statistics, heights=heights), far=False):
            print(line, flush=True)
        if network is not None:
            for line in tell_apart(f"{kind}, network", sets, network, far=True):
                print(line, flush=True)
    if asked.traits:
        print(
            f"\n## traits\n\n| trait | pictures | real | {' | more than real | '.join(map(str, asked.ours))} | more than real |"
        )
        print("|---|---|---|" + "---|---|" * len(asked.ours))
        for kind, sets, _ in kinds:
            print("\n".join(differences(kind, sets)), flush=True)


if __name__ == "__main__":
    main()
