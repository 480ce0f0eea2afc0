"""How different two sets of scenes are: how well a small classifier tells them apart on scenes that it has not seen, and how far their
features lie from each other."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit

from engine.core.arrays import Array

_PENALTY = 1.0
_FOLDS = 10
_RESAMPLED, _LEVELS = 2000, (2.5, 97.5)
_PICKS = 100


@dataclass(frozen=True)
class Interval:
    """A figure and the middle 95 % of what resampling gives."""

    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


def telling_apart(real: list[Array], made: list[Array], rng: np.random.Generator) -> Interval:
    """Area under the ROC curve of a logistic regression: 0.5 cannot be told apart, 1 always.

    Each scene is ``(pictures, features)``; whole scenes are held out, real and made ones in turn, so that a scene's own colours cannot be
    learnt, and all weigh the same. The interval is a bootstrap over scenes, the classifiers staying as they are.

    Raises:
        ValueError: fewer than two scenes on a side.
    """
    folds = min(len(real), len(made), _FOLDS)
    if folds < 2:
        raise ValueError(f"{len(real)} real and {len(made)} made scenes: at least two of each are needed")
    scores = ([np.empty(0)] * len(real), [np.empty(0)] * len(made))
    for fold in range(folds):
        score = _Classifier(*([scene for k, scene in enumerate(side) if k % folds != fold] for side in (real, made)))
        for side, own in zip((real, made), scores, strict=True):
            for k in range(fold, len(side), folds):
                own[k] = score(side[k])
    return _bootstrapped(order_share(*scores), rng)


def order_share(real: list[Array], made: list[Array]) -> Array:
    """Share of the pairs of a picture of each real and one of each made scene ``(n, m)`` in which the made one's value is higher (ties
    count half); the mean over all is the area under the ROC curve."""
    return np.array([[_area(one, other) for other in made] for one in real])


def distance(real: list[Array], made: list[Array], rng: np.random.Generator) -> float:
    """Squared maximum mean discrepancy with a cubic kernel (Bińkowski et al. 2018, ICLR, eq. 4: unbiased), from one picture of each
    scene at a time, averaged; 0 where both are drawn from the same scenes."""
    return float(np.mean([_discrepancy(_one_each(real, rng), _one_each(made, rng)) for _ in range(_PICKS)]))


def distance_within(scenes: list[Array], rng: np.random.Generator) -> Interval:
    """The same between two halves of one set, over many ways to halve it: what `distance` comes to by chance."""
    found = []
    for _ in range(_PICKS):
        order = rng.permutation(len(scenes))
        halves = ([scenes[k] for k in half] for half in np.array_split(order, 2))
        found.append(_discrepancy(*(_one_each(half, rng) for half in halves)))
    return Interval(float(np.mean(found)), *np.percentile(found, _LEVELS).tolist())


def _one_each(scenes: list[Array], rng: np.random.Generator) -> Array:
    return np.stack([scene[rng.integers(len(scene))] for scene in scenes])


def _discrepancy(one: Array, other: Array) -> float:
    within = sum(_mean_off_diagonal(_kernel(side, side)) for side in (one, other))
    return float(within - 2 * _kernel(one, other).mean())


def _kernel(one: Array, other: Array) -> Array:
    return (one @ other.T / one.shape[1] + 1) ** 3


def _mean_off_diagonal(square: Array) -> float:
    count = len(square)
    return float((square.sum() - np.trace(square)) / (count * (count - 1)))


def _bootstrapped(shares: Array, rng: np.random.Generator) -> Interval:
    rows, columns = (rng.integers(count, size=(_RESAMPLED, count)) for count in shares.shape)
    again = [shares[np.ix_(row, column)].mean() for row, column in zip(rows, columns, strict=True)]
    return Interval(float(shares.mean()), *np.percentile(again, _LEVELS).tolist())


class _Classifier:
    """Logistic regression with both classes and all scenes of a class weighing the same, and a penalty on squared weights."""

    def __init__(self, real: list[Array], made: list[Array]) -> None:
        features = np.concatenate([*real, *made])
        truth = np.concatenate([np.zeros(sum(map(len, real))), np.ones(sum(map(len, made)))])
        weight = np.concatenate(
            [np.full(len(scene), 1 / len(scene) / len(side)) for side in (real, made) for scene in side]
        )
        weight *= 0.5 * len(truth)
        self._centre, self._spread = features.mean(axis=0), features.std(axis=0) + 1e-9
        self._weights = _fit((features - self._centre) / self._spread, truth, weight)

    def __call__(self, scene: Array) -> Array:
        return (scene - self._centre) / self._spread @ self._weights[:-1] + self._weights[-1]


def _fit(features: Array, truth: Array, weight: Array) -> Array:
    """Weights, the last one the offset."""
    wide = np.column_stack([features, np.ones(len(features))])

    def loss(w: Array) -> tuple[float, Array]:
        z = wide @ w
        residual = weight * (expit(z) - truth)
        ridge = np.append(_PENALTY * w[:-1], 0.0)
        value = (weight * (np.logaddexp(0, z) - truth * z)).sum() + 0.5 * w @ ridge
        return float(value), wide.T @ residual + ridge

    return minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B").x


def _area(lower: Array, higher: Array) -> float:
    above = higher[None] - lower[:, None]
    return float((above > 0).mean() + 0.5 * (above == 0).mean())
