"""What a drawn clip costs: view, clip, camera, projection and what is hidden, beside plain projection of the same points in the same run.
Of a cohort with points: what it costs to read a walk; of one with videos by standing cameras: how often what is hidden agrees with them.

python -m benchmarks.bench_views [COHORT …]
"""

import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.stick_walks import StickWalk, camera, joints3d, project
from downstream.recordings.formats.npz_file import open_npz
from downstream.views.camera_course import CameraCourse
from downstream.views.draw_clip import clip_rng, draw_clip
from downstream.views.hidden import BODY_POINTS, hidden_points
from downstream.views.view_odds import ViewOdds
from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.read_folder import read_folder
from engine.cohort.points_file import POINTS_HZ, WalkPoints
from engine.core.conventions import COCO_KEYPOINTS, FOOT_KEYPOINTS

CLIPS = 400
WALK = StickWalk(1.3, 112.0, 1.72, seconds=12.0, fps=POINTS_HZ)
NAMES = (*COCO_KEYPOINTS, *FOOT_KEYPOINTS)


def figure(walk: StickWalk = WALK) -> WalkPoints:
    """A stick figure with feet (its ankles), in the world of labels."""
    joints = joints3d(walk)
    joints = np.concatenate([joints, np.repeat(joints[:, -2:], 3, axis=1)], axis=1)
    places = np.stack([-joints[..., 2], joints[..., 1], joints[..., 0]], axis=-1)
    return WalkPoints(np.arange(len(places)) / POINTS_HZ, NAMES, places.astype(np.float32))


def hidden_and_drawn(labels: Path) -> tuple[np.ndarray, np.ndarray]:
    """Which of COCO's keypoints the body hides from a camera that stands still, ours and by what was drawn (other things hide some too)."""
    arrays = open_npz(labels)
    places, rotation = arrays["keypoints3d"].astype(float), arrays["R"].astype(float)
    frames, position = len(places), -rotation.T @ arrays["t"]
    course = CameraCourse(np.tile(rotation, (frames, 1, 1)), np.tile(position, (frames, 1)), 1.0, (1, 1))
    found = hidden_points(course, places, places[:, -len(BODY_POINTS) :])
    return found.ravel(), ~(arrays["visibility"] > 0).ravel()


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
        if (folders[0] / "points.npz").is_file():
            ms = cpu_ms(lambda k, folders=folders: read_folder(folders[k]), len(folders))
            print(f"\nReading a walk of {cohort}: {ms:.0f} CPU ms")
        if drawn := [path.with_suffix(".npz") for folder in folders for path in sorted(folder.glob("*.mp4"))]:
            found, true = map(np.concatenate, zip(*map(hidden_and_drawn, drawn), strict=True))
            print(
                f"\nHidden or not as in pictures: {100 * (found == true).mean():.0f} % of points; hidden {100 * true.mean():.0f} % of them"
            )


if __name__ == "__main__":
    main()
