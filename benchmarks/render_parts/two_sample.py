"""How well a small classifier tells two sets of clips apart, on clips that it has not seen."""

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import rankdata

from engine.cycle import Array

_PENALTY = 1.0


def telling_apart(real: list[Array], made: list[Array]) -> float:
    """Area under the ROC curve: 0.5 cannot be told apart, 1 always. Each clip is ``(frames, features)``; whole clips are held out, real and
    made ones in turn, so that a clip's own colours cannot be learnt.

    Raises:
        ValueError: fewer than two clips on a side.
    """
    folds = min(len(real), len(made), 10)
    if folds < 2:
        raise ValueError(f"{len(real)} real and {len(made)} made clips: at least two of each are needed")
    features = np.concatenate([*real, *made])
    truth = np.concatenate([np.zeros(sum(map(len, real))), np.ones(sum(map(len, made)))])
    fold = np.concatenate([np.full(len(clip), k % folds) for clips in (real, made) for k, clip in enumerate(clips)])
    scores = np.zeros(len(truth))
    for k in range(folds):
        held = fold == k
        centre, spread = features[~held].mean(axis=0), features[~held].std(axis=0) + 1e-9
        weights = _fit((features[~held] - centre) / spread, truth[~held])
        scores[held] = (features[held] - centre) / spread @ weights[:-1] + weights[-1]
    return float(np.mean([_area(scores[fold == k], truth[fold == k]) for k in range(folds)]))


def _fit(features: Array, truth: Array) -> Array:
    """Logistic regression with both classes weighing the same and a penalty on squared weights; the last weight is the offset."""
    weight = np.where(truth == 1, 0.5 / truth.mean(), 0.5 / (1 - truth.mean()))
    wide = np.column_stack([features, np.ones(len(features))])

    def loss(w: Array) -> tuple[float, Array]:
        z = wide @ w
        residual = weight * (expit(z) - truth)
        ridge = np.append(_PENALTY * w[:-1], 0.0)
        return float(
            (weight * (np.logaddexp(0, z) - truth * z)).sum() + 0.5 * w[:-1] @ ridge[:-1]
        ), wide.T @ residual + ridge

    return minimize(loss, np.zeros(wide.shape[1]), jac=True, method="L-BFGS-B").x


def _area(scores: Array, truth: Array) -> float:
    positive = truth == 1
    count, others = positive.sum(), (~positive).sum()
    return (rankdata(scores)[positive].sum() - count * (count + 1) / 2) / (count * others)
