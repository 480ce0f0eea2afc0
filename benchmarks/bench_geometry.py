"""How exact and how fast geometry is on stick figures: the tables of ``docs/estimators.md``.

python -m benchmarks.bench_geometry
"""

import time

import numpy as np

from benchmarks.stick_walks import CAMERAS, StickWalk, film, random_walk  # the tests' figures
from downstream.evaluation.baselines import ankle_spectrum_spm
from downstream.geometry.walk_geometry import measure
from downstream.recordings.body_size import chain_length, root
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import Recording
from downstream.views.detector_noise import corrupt

WALKS = 60


def plain(sequence: Recording) -> tuple[float, float]:
    """The reference: speed and cadence as a first script would read them. Straight line through the root in median body sizes, and the
    highest peak of the spectrum of the ankles' distance."""
    points = sequence.keypoints2d[..., :2]
    time_s = np.arange(len(points)) / sequence.fps
    metres_per_px = 0.779 * sequence.height_m / np.median(chain_length(points))
    slopes = np.polyfit(time_s, root(points) * metres_per_px, 1)[0]
    return float(np.linalg.norm(slopes)), ankle_spectrum_spm(points, sequence.fps)


def robust(sequence: Recording) -> tuple[float, float]:
    gait = measure(clean(sequence))
    return gait.speed_mps, gait.cadence_spm


def errors_pct(walks: list[StickWalk], sequences: list[Recording], read) -> np.ndarray:
    """Absolute errors (n, 2) of speed and cadence in per cent."""
    found = np.array([read(sequence) for sequence in sequences])
    true = np.array([(walk.speed_mps, walk.cadence_spm) for walk in walks])
    return 100 * np.abs(found / true - 1)


def accuracy() -> None:
    rng = np.random.default_rng(0)
    walks = [random_walk(rng) for _ in range(WALKS)]
    print(
        "| view | keypoints | method | speed error %, median / 90th | cadence error %, median / 90th |\n|---|---|---|---|---|"
    )
    for camera, yaw in CAMERAS.items():
        exact = [film(walk, yaw + rng.uniform(-8, 8), rng.uniform(0, 8)) for walk in walks]
        noisy = [corrupt(s, np.ones((len(s), 17), dtype=bool), rng) for s in exact]
        for label, sequences in (("exact", exact), ("noisy", noisy)):
            for name, read in (("plain", plain), ("ours", robust)):
                table = errors_pct(walks, sequences, read)
                middle, high = np.median(table, axis=0), np.quantile(table, 0.9, axis=0)
                cells = [f"{m:.1f} / {h:.1f}" for m, h in zip(middle, high, strict=True)]
                print(f"| {camera} | {label} | {name} | {' | '.join(cells)} |")


def cpu_ms(work, repeats: int = 30) -> float:
    work()
    start = time.process_time()
    for _ in range(repeats):
        work()
    return 1000 * (time.process_time() - start) / repeats


def speed() -> None:
    rng = np.random.default_rng(0)
    walk = film(StickWalk(1.2, 110, 1.7), 45)
    noisy = corrupt(walk, np.ones((len(walk), 17), dtype=bool), rng)
    cleaned = clean(noisy)
    parts = {
        "plain reference": cpu_ms(lambda: plain(walk)),
        "cleaning": cpu_ms(lambda: clean(noisy)),
        "geometry": cpu_ms(lambda: measure(cleaned)),
    }
    print("\n| part | CPU ms | times faster than the recording | times the reference |\n|---|---|---|---|")
    for name, ms in parts.items():
        print(f"| {name} | {ms:.1f} | {1000 * walk.seconds / ms:.0f} | {ms / parts['plain reference']:.1f} |")


if __name__ == "__main__":
    accuracy()
    speed()
