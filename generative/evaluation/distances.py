"""Distances between sets of gaits: how far apart, and how diverse. Whether any is a copy: `generative.memorisation`."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from generative.corpus import Corpus
from generative.evaluation.groups import sample
from generative.gait_batch import GaitBatch
from generative.pipeline import GaitPipeline

FRECHET_DIMENSIONS = 50
CELL_DIMENSIONS = 10
"""Components of a distance between whole sets, and between small cells of one condition."""

SMALLEST_CELL = 6 * CELL_DIMENSIONS
"""People that a cell needs, so that the covariance of half of them can be estimated."""


def frechet_distance(a: Array, b: Array) -> float:
    """Fréchet distance of two normal distributions fitted to vectors ``(n, d)`` (Dowson & Landau 1982, J Multivar Anal 12:450)."""
    covariance_a, covariance_b = np.cov(a.T), np.cov(b.T)
    values, directions = np.linalg.eigh(covariance_a)
    root = (directions * np.sqrt(values.clip(0))) @ directions.T
    cross = np.sqrt(np.linalg.eigvalsh(root @ covariance_b @ root).clip(0)).sum()
    means = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    return float(means + np.trace(covariance_a) + np.trace(covariance_b) - 2 * cross)


def vectors(pipeline: GaitPipeline, gaits: GaitBatch) -> Array:
    """The first whitened components, in which distances are measured ``(n, 50)``."""
    return pipeline.space.encode(gaits).numpy()[:, :FRECHET_DIMENSIONS].astype(float)


def mean_pair_distance(points: Array) -> float:
    """Mean distance of all pairs of ``points (n, d)``."""
    squares = (points**2).sum(axis=1)[:, None] + (points**2).sum(axis=1) - 2 * points @ points.T
    return float(np.sqrt(squares[np.triu_indices(len(points), 1)].clip(0)).mean())


@dataclass(frozen=True)
class Likeness:
    """How alike generated and held-out gaits are: Fréchet distance to the held-out gaits, of generated ones and of as many gaits of the
    corpus; and the mean distance of two generated gaits over that of two held-out ones."""

    people: int
    frechet: float
    frechet_corpus: float
    diversity: float


def likeness(pipeline: GaitPipeline, corpus: Corpus, held_out: Corpus, seed: int) -> Likeness:
    """Generated gaits for as many people of the corpus (which the network learnt) as ``held_out`` has rows, against those."""
    rows = np.random.default_rng(seed).permutation(len(corpus))[: len(held_out)]
    drawn = corpus.take(rows)
    made = vectors(pipeline, sample(pipeline, drawn.people, drawn.gaits.speed, seed))
    real, known = vectors(pipeline, held_out.gaits), vectors(pipeline, drawn.gaits)
    return Likeness(
        people=len(drawn),
        frechet=frechet_distance(made, real),
        frechet_corpus=frechet_distance(known, real),
        diversity=mean_pair_distance(made) / mean_pair_distance(real),
    )


@dataclass(frozen=True)
class CellLikeness:
    """Within one cell of people, over random halves of its families: Fréchet distance of gaits generated for one half to the gaits of the
    other; the same of the one half's own gaits, which is the sampling error; and how much that differs between halvings (SD)."""

    people: int
    frechet: float
    frechet_corpus: float
    frechet_corpus_sd: float

    @property
    def ratio(self) -> float:
        return self.frechet / self.frechet_corpus


def cell_likeness(pipeline: GaitPipeline, part: Corpus, seed: int, halvings: int = 20) -> CellLikeness | None:
    """Compares a cell of the corpus with gaits generated for the same people; None of fewer people than `SMALLEST_CELL`."""
    if len(part) < SMALLEST_CELL:
        return None
    made = vectors(pipeline, sample(pipeline, part.people, part.gaits.speed, seed))[:, :CELL_DIMENSIONS]
    real = vectors(pipeline, part.gaits)[:, :CELL_DIMENSIONS]
    rng, families, found = np.random.default_rng(seed), np.unique(part.family), []
    for _ in range(halvings):
        one = np.isin(part.family, rng.permutation(families)[: len(families) // 2])
        found.append((frechet_distance(made[one], real[~one]), frechet_distance(real[one], real[~one])))
    of_made, of_corpus = np.array(found).T
    return CellLikeness(len(part), float(of_made.mean()), float(of_corpus.mean()), float(of_corpus.std(ddof=1)))


def cell(corpus: Corpus, condition: str, severities: tuple[float, float]) -> Corpus:
    """The people of a corpus with ``condition`` and no modifier, at severities between two limits, both included."""
    people, (low, high) = corpus.people, severities
    alone = (people.condition == condition) & (people.modifiers == "")
    return corpus.take(np.flatnonzero(alone & (people.severity >= low) & (people.severity <= high)))
