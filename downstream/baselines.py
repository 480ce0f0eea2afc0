"""What an estimator has to beat: the training mean, and geometry without a network."""

import numpy as np

from downstream.estimator import GaitEstimator
from downstream.network.walk_features import Features


def training_mean(model: GaitEstimator) -> tuple[float, ...]:
    """The trivial baseline: for everybody the mean of the training walks, in the order of `TARGETS`."""
    return tuple(float(mean) for mean in model.config["target_means"])


def geometry_only(walk: Features) -> tuple[float, ...]:
    """Geometry's own speed, cadence and step length, in the order of `TARGETS`."""
    speed, cadence = (float(value) for value in np.exp(walk.geometry))
    return speed, cadence, speed * 60 / cadence
