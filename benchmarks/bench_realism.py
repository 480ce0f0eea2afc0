"""How easily a small classifier tells our videos from real ones: a figure of ``docs/render.md``.

python benchmarks/bench_realism.py REAL LOOK [LOOK ...]

REAL holds real walking videos (or folders of pictures, a folder a clip); each LOOK is a cohort or folder of our videos. A logistic
regression on statistics of pictures (`render_parts/naturalness.py`) is trained on some clips and judged on others; an area under the
ROC curve of 0.5 means that it cannot tell.
"""

import argparse
from pathlib import Path

import av
import numpy as np
from PIL import Image as Pillow
from render_parts.naturalness import picture_statistics
from render_parts.two_sample import telling_apart

PICTURES = {".png", ".jpg", ".jpeg"}


def read_moments(video: Path, moments: int) -> list[np.ndarray]:
    """So many pictures spread evenly over a video."""
    with av.open(str(video)) as container:
        stream = container.streams.video[0]
        wanted = set(np.linspace(0, max(stream.frames - 1, 0), moments).astype(int).tolist())
        return [frame.to_ndarray(format="rgb24") for k, frame in enumerate(container.decode(stream)) if k in wanted]


def clips(folder: Path, moments: int) -> list[np.ndarray]:
    """Statistics ``(frames, 43)`` of every clip under ``folder``."""
    found = [read_moments(video, moments) for video in sorted(folder.rglob("*.mp4"))]
    for place in sorted({path.parent for path in folder.rglob("*") if path.suffix.lower() in PICTURES}):
        paths = sorted(path for path in place.iterdir() if path.suffix.lower() in PICTURES)
        chosen = np.unique(np.linspace(0, len(paths) - 1, moments).astype(int))
        found.append([np.asarray(Pillow.open(paths[k]).convert("RGB")) for k in chosen])
    return [np.stack([picture_statistics(picture) for picture in pictures]) for pictures in found if pictures]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("real", type=Path, nargs="?")
    parser.add_argument("looks", type=Path, nargs="*")
    parser.add_argument("--frames", type=int, default=8, help="spread over each clip")
    asked = parser.parse_args()
    if asked.real is None or not asked.looks:
        print("nothing measured: name a folder of real walking videos and one or more of ours")
        return
    real = clips(asked.real, asked.frames)
    print("| look | real clips | our clips | AUC |\n|---|---|---|---|")
    for look in asked.looks:
        made = clips(look, asked.frames)
        print(f"| {look} | {len(real)} | {len(made)} | {telling_apart(real, made):.3f} |", flush=True)


if __name__ == "__main__":
    main()
