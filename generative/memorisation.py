"""Has a generator learnt what gaits are like, or these people's gaits by heart? Runs after every training.

Two questions, both asked with distances in the whitened space of the generator:

1. *Copies.* How many samples lie closer to a gait of the training set than gaits of the training set lie to each other? The limit is
   the 1st percentile of their nearest distances, so that about 1 % of honest samples, like 1 % of further real gaits, fall below it.
2. *Membership.* Somebody who holds a gait looks how near the nearest sample comes and guesses whether the gait was learnt from
   (Chen et al. 2020, GAN-Leaks, CCS, arXiv:1909.03935). The area under the curve is how often a gait that was learnt from lies nearer
   than one that was held out; 0.5 is guessing.
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from engine.core.arrays import Array
from generative.conditioning import encode_conditions
from generative.corpus import Corpus
from generative.gait_batch import GaitBatch
from generative.pipeline import GaitPipeline

CLOSE_PERCENTILE = 1.0
CLOSE_LIMIT = 0.01
"""Share of samples that may be copies; more, by more than chance, is memorising."""

MEMBERSHIP_LIMIT = 0.6
"""Area under the curve that the attack may reach (assumption: right in three of five pairs tells little about a person)."""

FEWEST = 2
"""Gaits that must be held out for the second question to be asked."""

_CHUNK = 1000
_RESAMPLES = 1000
_INTERVAL_PCT = (2.5, 97.5)
_Z = 1.96


@dataclass(frozen=True)
class Memorisation:
    """What was found. Distances are RMS per dimension of the whitened space, ``*_share`` shares of 1.

    ``limit`` is the 1st percentile of nearest distances within the training set; ``close_share`` the share of samples nearer than that
    to a training gait, ``held_out_share`` that of the held-out gaits. ``training_distance`` and ``held_out_distance`` are mean
    distances from such gaits to their nearest sample. ``attack_auc`` with its 95 % bootstrap interval is NaN if too few were held out.
    """

    samples: int
    training: int
    held_out: int
    limit: float
    close_share: float
    held_out_share: float
    training_distance: float
    held_out_distance: float
    attack_auc: float
    attack_interval: tuple[float, float]

    @property
    def asked_membership(self) -> bool:
        """Whether enough gaits were held out for the attack to be tried."""
        return bool(np.isfinite(self.attack_auc))

    @property
    def copies(self) -> bool:
        """Whether more samples than chance explains are copies."""
        return least_share(self.close_share, self.samples) > CLOSE_LIMIT

    @property
    def reveals_members(self) -> bool:
        """Whether the attack does better than the limit by more than chance."""
        return self.asked_membership and self.attack_interval[0] > MEMBERSHIP_LIMIT

    @property
    def passed(self) -> bool:
        """Neither copies nor reveals who was learnt from."""
        return not (self.copies or self.reveals_members)


def nearest(points: Array, others: Array) -> Array:
    """RMS distance per dimension from each of ``points (n, d)`` to the nearest of ``others (m, d)``, ``(n,)``."""
    return np.concatenate([np.sqrt(_squared(points[i : i + _CHUNK], others).min(axis=1)) for i in _starts(points)])


def nearest_other(points: Array) -> Array:
    """As `nearest` within one set: the distance of each point to the nearest other one, ``(n,)``."""
    found = []
    for i in _starts(points):
        squared = _squared(points[i : i + _CHUNK], points)
        squared[np.arange(len(squared)), i + np.arange(len(squared))] = np.inf
        found.append(np.sqrt(squared.min(axis=1)))
    return np.concatenate(found)


def _starts(points: Array) -> range:
    return range(0, len(points), _CHUNK)


def _squared(a: Array, b: Array) -> Array:
    products = (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
    return np.maximum(products, 0.0) / a.shape[1]


def attack_auc(members: Array, outsiders: Array) -> float:
    """How often a member's distance ``(n,)`` is smaller than an outsider's ``(m,)``, ties counted half."""
    ordered = np.sort(outsiders)
    above = len(ordered) - np.searchsorted(ordered, members, side="right")
    ties = np.searchsorted(ordered, members, side="right") - np.searchsorted(ordered, members, side="left")
    return float((above + 0.5 * ties).mean() / len(ordered))


def attack_interval(members: Array, outsiders: Array, rng: np.random.Generator) -> tuple[float, float]:
    """95 % interval of `attack_auc` over people drawn again with replacement."""
    drawn = [
        attack_auc(rng.choice(members, len(members)), rng.choice(outsiders, len(outsiders))) for _ in range(_RESAMPLES)
    ]
    low, high = np.percentile(drawn, _INTERVAL_PCT)
    return float(low), float(high)


def least_share(share: float, n: int) -> float:
    """Lower end of Wilson's 95 % interval of a share found in ``n`` (Wilson 1927, J Am Stat Assoc 22:209)."""
    centre = share + _Z**2 / (2 * n)
    spread = _Z * np.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
    return float((centre - spread) / (1 + _Z**2 / n))


def compare(
    samples: Array, training: Array, held_out: Array, members: NDArray[np.integer], rng: np.random.Generator
) -> Memorisation:
    """The comparison in numbers: vectors ``(n, d)`` of samples, of the training set and of gaits that were held out.

    ``members`` are the rows of the training set that the attack is tried on: as many as were held out, and samples must have been drawn
    for the conditions of both alike, or the attack would only find out for whom samples were drawn.
    """
    limit = float(np.percentile(nearest_other(training), CLOSE_PERCENTILE))
    inside = nearest(training[members], samples)
    outside = nearest(held_out, samples) if len(held_out) else np.zeros(0)
    enough = min(len(inside), len(outside)) >= FEWEST
    return Memorisation(
        samples=len(samples),
        training=len(training),
        held_out=len(held_out),
        limit=limit,
        close_share=float((nearest(samples, training) < limit).mean()),
        held_out_share=float((nearest(held_out, training) < limit).mean()) if len(held_out) else np.nan,
        training_distance=float(inside.mean()) if len(inside) else np.nan,
        held_out_distance=float(outside.mean()) if len(outside) else np.nan,
        attack_auc=attack_auc(inside, outside) if enough else np.nan,
        attack_interval=attack_interval(inside, outside, rng) if enough else (np.nan, np.nan),
    )


def memorisation(pipeline: GaitPipeline, training: Corpus, held_out: Corpus, n: int, seed: int) -> Memorisation:
    """About ``n`` samples for people of the training set and, in equal shares, people held out, compared with both.

    Raises:
        ValueError: fewer than two gaits were learnt from.
    """
    if len(training) < FEWEST:
        raise ValueError(f"training: {len(training)} gaits; distances need {FEWEST} or more")
    rng = np.random.default_rng(seed)
    some = min(len(held_out), len(training)) or len(training)
    members = rng.choice(len(training), some, replace=False)
    asked = [training.take(_repeated(members, n, rng))]
    if len(held_out):
        outsiders = rng.choice(len(held_out), some, replace=False)
        asked = [training.take(_repeated(members, n // 2, rng)), held_out.take(_repeated(outsiders, n // 2, rng))]
        held_out = held_out.take(outsiders)
    space, generator = pipeline.space, torch.Generator().manual_seed(seed)
    drawn = [space.encode(_sampled(pipeline, part, generator)).numpy().astype(float) for part in asked]
    vectors = [
        space.encode(part.gaits).numpy().astype(float) if len(part) else _none(drawn) for part in (training, held_out)
    ]
    return compare(np.concatenate(drawn), vectors[0], vectors[1], members, rng)


def _repeated(rows: NDArray[np.integer], n: int, rng: np.random.Generator) -> NDArray[np.integer]:
    """``n`` of the rows, each as often as any other but for one."""
    times = -(-max(n, 1) // len(rows))
    return np.concatenate([rng.permutation(rows) for _ in range(times)])[: max(n, 1)]


def _none(like: list[Array]) -> Array:
    return np.zeros((0, like[0].shape[1]))


def _sampled(pipeline: GaitPipeline, asked: Corpus, generator: torch.Generator) -> GaitBatch:
    known = pipeline.denoiser.config["conditions"]
    told = encode_conditions(asked.people, asked.gaits.speed, known, solved=asked.solved)
    return pipeline(told, generator)
