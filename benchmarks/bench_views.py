"""What a drawn clip costs: view, clip, camera and projection, beside plain projection of the same points in the same run; and what it
costs to read a walk, if a cohort with points is named.

python -m benchmarks.bench_views [COHORT]
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.stick_walks import StickWalk, camera, joints3d, project
from downstream.views.draw_clip import clip_rng, draw_clip
from downstream.views.view_odds import ViewOdds
from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.read_folder import read_folder
from engine.cohort.points_file import POINTS_HZ, WalkPoints
from engine.core.conventions import COCO_KEYPOINTS, FOOT_KEYPOINTS

CLIPS = 400
WALK = StickWalk(1.3, 112.0, 1.72, seconds=12.0, fps=POINTS_HZ)
NAMES = (*COCO_KEYPOINTS, *FOOT_KEYPOINTS)


def figure() -> WalkPoints:
    """A stick figure with feet (its ankles), in the world of labels."""
    joints = joints3d(WALK)
    joints = np.concatenate([joints, np.repeat(joints[:, -2:], 3, axis=1)], axis=1)
    places = np.stack([-joints[..., 2], joints[..., 1], joints[..., 0]], axis=-1)
    return WalkPoints(np.arange(len(places)) / POINTS_HZ, NAMES, places.astype(np.float32))


def cpu_ms(work, count: int) -> float:
    work(0)
    start = time.process_time()
    for k in range(count):
        work(k)
    return 1000 * (time.process_time() - start) / count


def main() -> None:
    points = figure()
    lengths = [len(draw_clip(points, NAMES, clip_rng(0, 0, k))) for k in range(CLIPS)]
    seen = camera(WALK, 0.0)
    plain = cpu_ms(lambda k: project(points.places[: lengths[k]].astype(float), *seen), CLIPS)
    print(
        f"{np.mean(lengths):.0f} frames of {len(NAMES)} points a clip\n\n| what | CPU ms a clip | times plain projection |\n|---|---|---|"
    )
    print(f"| plain projection | {plain:.2f} | 1.0 |")
    all_kinds = ViewOdds().kinds
    for name, kinds in (("drawn", all_kinds), *((kind, ((kind, 1.0),)) for kind, _ in all_kinds)):
        odds = ViewOdds(kinds=kinds)
        ms = cpu_ms(lambda k, odds=odds: draw_clip(points, NAMES, clip_rng(0, 0, k), odds), CLIPS)
        print(f"| {name} | {ms:.2f} | {ms / plain:.1f} |")
    for cohort in map(Path, sys.argv[1:]):
        folders = list(cohort_walks(cohort))
        ms = cpu_ms(lambda k, folders=folders: read_folder(folders[k]), len(folders))
        print(f"\nReading a walk of {cohort}: {ms:.0f} CPU ms")


if __name__ == "__main__":
    main()
