"""Fits what our healthy people walk like to a corpus: ``python -m benchmarks.healthy_gait_fit CORPUS.npz``.

The corpus is one of ``gaitforge corpus``; its rows that physics has solved count, each leg by itself from its own strike. Prints what
healthy people who were held out get: `downstream.readings.healthy_gait` says what is stored, and how it is read.
"""

import json
import sys
from pathlib import Path

import numpy as np

from downstream.readings.healthy_gait import (
    ANGLES,
    HEALTHY_GAIT_FILE,
    HealthyGait,
    healthy_features,
    log_distance,
)
from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, HEALTHY
from engine.core.frozen import frozen
from generative.corpus import Corpus, load_corpus
from generative.gait_batch import GaitBatch

EXPLAINED = 0.98
"""Share of all variance that the features keep, as in Schwartz & Rozumalski 2008."""
HELD_OUT = 5
"""Every fifth family is held out."""
DIGITS = 4


@frozen
class Legs:
    """Curves ``(n, 8, 17)`` (degrees, evened) of legs, of people of an ``age (n,)`` at a dimensionless ``speed (n,)``."""

    curves: Array
    age: Array
    speed: Array
    healthy: Mask
    held_out: Mask


def legs_of(corpus: Corpus) -> Legs:
    """Right legs, then left ones as if they were right."""
    solved = corpus.take(corpus.solved)
    people, both = solved.people, (solved.gaits, solved.gaits.mirrored())
    healthy = (people.condition == HEALTHY) & (people.modifiers == "")
    return Legs(
        curves=np.concatenate([_evened(gaits) for gaits in both]),
        age=np.tile(people.age, 2),
        speed=np.concatenate([gaits.speed for gaits in both]),
        healthy=np.tile(healthy, 2),
        held_out=np.tile(solved.family % HELD_OUT == 0, 2),
    )


def _evened(gaits: GaitBatch) -> Array:
    columns = [COORDINATE_INDEX.get(name, COORDINATE_INDEX.get(f"{name}_r")) for name in ANGLES]
    degrees = np.rad2deg(gaits.coefficients[:, :, columns]).swapaxes(1, 2).astype(float)
    degrees[..., 1:] /= np.sqrt(2)
    return degrees


def fit(legs: Legs) -> HealthyGait:
    """Mean of the healthy by regression; features of everybody's difference from it; logarithms of healthy distances by regression."""
    own = legs.healthy & ~legs.held_out
    design = np.stack([healthy_features(a, v) for a, v in zip(legs.age, legs.speed, strict=True)])
    flat = legs.curves.reshape(len(legs.curves), -1)
    mean = np.linalg.lstsq(design[own], flat[own], rcond=None)[0]
    apart = flat - design @ mean
    _, sizes, directions = np.linalg.svd(apart, full_matrices=False)
    kept = int(np.searchsorted(np.cumsum(sizes**2) / np.sum(sizes**2), EXPLAINED)) + 1
    in_features, whole = (np.log(np.linalg.norm(x, axis=1)) for x in (apart @ directions[:kept].T, apart))
    fits = []
    for logs in (in_features, whole - 0.5 * np.log(len(ANGLES))):
        weights = np.linalg.lstsq(design[own], logs[own], rcond=None)[0]
        fits.append((weights, float(np.std(logs[own] - design[own] @ weights))))
    return HealthyGait(mean, directions[:kept], *fits[0], *fits[1])


def main(corpus: Path) -> None:
    """Fits, writes the file and prints what people who were held out get."""
    legs = legs_of(load_corpus(corpus))
    healthy = fit(legs)
    rows = {name: np.round(value, DIGITS).tolist() for name, value in vars(healthy).items()}
    HEALTHY_GAIT_FILE.write_text(json.dumps(rows, separators=(",", ":")) + "\n", encoding="utf-8")
    for words, group in (("healthy", legs.healthy), ("all others", ~legs.healthy)):
        index = np.flatnonzero(group & legs.held_out)
        z = [log_distance(healthy, legs.curves[k].ravel(), float(legs.age[k]), float(legs.speed[k])).z for k in index]
        scores = 100 - 10 * np.array(z)
        print(f"{words}, held out: {len(index)} legs, Gait Deviation Index {scores.mean():.1f} ± {scores.std():.1f}")
    print(f"{len(healthy.features)} features, {HEALTHY_GAIT_FILE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
