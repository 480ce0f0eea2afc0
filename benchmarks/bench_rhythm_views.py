"""How often cadence is right, and how often it is another rhythm of the same walk, in recordings of all views with a detector's noise:
geometry beside the highest peak of a plain spectrum, by view and by length of the clip; and how often a reading says that the spectrum of
the legs is of another rhythm.

python -m benchmarks.bench_rhythm_views [COHORT …]      (cohorts with points; without any, stick figures)
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.bench_views import NAMES, figure
from benchmarks.stick_walks import random_walk
from downstream.evaluation.baselines import ankle_spectrum_spm
from downstream.geometry.walk_geometry import measure
from downstream.network.frame_signals import frame_signals
from downstream.readings import rhythm_agreement
from downstream.recordings.cleaning import clean
from downstream.recordings.keypoint_recording import Recording
from downstream.views.detector_noise import corrupt, forget
from downstream.views.draw_clip import Clip, clip_rng, draw_clip
from downstream.walks.cohort_walks import cohort_walks
from downstream.walks.read_folder import read_folder
from engine.cohort.points_file import POINTS_HZ, WalkPoints
from engine.core.arrays import Array
from engine.core.errors import DataError

RECORDINGS, SEED = 1200, 14
RATIOS = {"× 2": 2.0, "× 1/2": 0.5, "× 3/2": 1.5, "× 2/3": 2 / 3}
RIGHT, NEAR = 0.03, 0.08
LENGTHS_S = (1.5, 2.5, 4.0, 10.1)
SQUARE_DEG = 20.0


@dataclass(frozen=True)
class Walker:
    """A walk, the instants at which each foot strikes, and who walks."""

    points: WalkPoints
    strikes: tuple[Array, Array]
    height_m: float


@dataclass(frozen=True)
class Read:
    """One recording that was read: groups that it belongs to, true cadence, and what was found of it; ``certain`` if geometry says so,
    ``contradicted`` by the spectrum of the legs."""

    groups: tuple[str, ...]
    true_spm: float
    spectrum_spm: float
    geometry_spm: float
    certain: bool
    contradicted: bool


def of_folder(folder: Path) -> Walker:
    walk = read_folder(folder, needed=())
    return Walker(walk.points, walk.events.heel_strikes, walk.subject.height_m)


def of_sticks(number: int) -> Walker:
    walk = replace(random_walk(np.random.default_rng([SEED, number])), seconds=12.0, fps=POINTS_HZ)
    stride_s = 120 / walk.cadence_spm
    right = (np.arange(13 / stride_s) - walk.phase) * stride_s
    return Walker(figure(walk), (right, right + 0.5 * stride_s), walk.height_m)


def filmed(walk: Walker, index: int) -> tuple[Clip, Recording]:
    """A clip of the walk, and what a detector makes of it."""
    rng = clip_rng(SEED, 0, index)
    clip = draw_clip(walk.points, NAMES, rng)
    width, height = clip.camera.size
    seen = Recording(clip.keypoints.astype(float), clip.fps, walk.height_m, (width, height), clip.camera.focal_px)
    return clip, forget(corrupt(seen, ~clip.hidden, rng), rng)


def true_cadence(walk: Walker, clip: Clip) -> float:
    """Steps/min within the clip: strides that both feet go through, parts of strides counted by time."""
    strides = 0.0
    for strikes in walk.strikes:
        start, end = np.clip(clip.time[[0, -1]], strikes[0], strikes[-1])
        strides += float(np.ptp(np.interp([start, end], strikes, np.arange(len(strikes))))) / (end - start)
    return 60 * strides


def groups(clip: Clip) -> tuple[str, ...]:
    """The kind of camera, the side it looks from and the length of the clip."""
    off = np.degrees(np.arccos(abs(np.cos(clip.bearing))))
    side = "front or behind" if off < SQUARE_DEG else "side" if off > 90 - SQUARE_DEG else "oblique"
    seconds = len(clip) / clip.fps
    upper = next(limit for limit in LENGTHS_S[1:] if seconds < limit)
    lower = LENGTHS_S[LENGTHS_S.index(upper) - 1]
    return "all", clip.kind, side, f"{lower:g} to {upper:.0f} s" if upper > 10 else f"{lower:g} to {upper:g} s"


def readings(walkers: list[Callable[[], Walker]]) -> Iterator[Read]:
    """What is read of `RECORDINGS` clips of the walkers in turn; those in which too little of the body is seen are left out."""
    for index in range(RECORDINGS):
        walk = walkers[index % len(walkers)]()
        clip, recording = filmed(walk, index)
        try:
            tidy = clean(recording)
            gait = measure(tidy)
        except DataError:
            continue
        spectrum = ankle_spectrum_spm(tidy.points, clip.fps)
        legs = rhythm_agreement.spectrum_spm(frame_signals(tidy, gait))
        contradicted = rhythm_agreement.RhythmAgreement(gait.cadence_spm, None, legs).disagrees
        yield Read(groups(clip), true_cadence(walk, clip), spectrum, gait.cadence_spm, gait.certain, contradicted)


def row(name: str, method: str, ratios: np.ndarray, *more: str) -> str:
    off = [f"{100 * np.mean(np.abs(ratios / ratio - 1) < NEAR):.1f}" for ratio in RATIOS.values()]
    cells = [
        name,
        method,
        str(len(ratios)),
        f"{100 * np.mean(np.abs(ratios - 1) < RIGHT):.1f}",
        *off,
        *(more or ("", "")),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    folders = [folder for cohort in map(Path, sys.argv[1:]) for folder in cohort_walks(cohort)]
    sticks = [partial(of_sticks, number) for number in range(60)]
    walkers = [partial(of_folder, folder) for folder in folders] or sticks
    table = list(readings(walkers))
    print(f"{len(table)} of {RECORDINGS} recordings of {len(walkers)} walks can be read; shares in per cent\n")
    heads = ["recordings", "method", "number", "within 3 %", *RATIOS, "certain (of these within 3 %)", "contradicted"]
    print(f"| {' | '.join(heads)} |\n|{'---|' * len(heads)}")
    for name in sorted({name for read in table for name in read.groups}):
        own = [read for read in table if name in read.groups]
        true = np.array([read.true_spm for read in own])
        found, sure = np.array([read.geometry_spm for read in own]) / true, np.array([read.certain for read in own])
        right = 100 * np.mean(np.abs(found[sure] - 1) < RIGHT) if sure.any() else np.nan
        print(row(name, "spectrum", np.array([read.spectrum_spm for read in own]) / true))
        contradicted = 100 * np.mean([read.contradicted for read in own])
        print(row(name, "geometry", found, f"{100 * sure.mean():.0f} ({right:.1f})", f"{contradicted:.1f}"))


if __name__ == "__main__":
    main()
