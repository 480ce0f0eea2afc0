"""Gaits as short vectors of about unit variance: the space in which the network works.

A gait becomes numbers that differ about as much as they matter (one unit is a degree over the cycle, a hundredth of the hip height, a few
per cent of a strength), and these their whitened principal components. Positive quantities enter as logarithms. Dropping the last
components loses little that anyone could see (`GaitSpace.fit` keeps the loss in ``residual``).
"""

import numpy as np
import torch
from diffusers import ConfigMixin, ModelMixin
from diffusers.configuration_utils import register_to_config
from torch import Tensor

from engine.core.arrays import Array, Index
from engine.core.conventions import COORDINATES, MUSCLE_GROUPS, SEGMENTS, SIDES
from engine.gait.cycle import COEFFICIENTS, HARMONICS
from generative.gait_batch import MUSCLE_FIELDS, TRANSLATION_INDEX, GaitBatch

_FACTORS = 4  # the first of MUSCLE_FIELDS multiply; the others are amounts
_AMOUNT_NOISE = 0.01
"""Spasticity and co-contraction decoded below this are zero: the network cannot place an exact zero."""

_COORDINATE_UNIT = np.full(len(COORDINATES), np.deg2rad(1.0))
_COORDINATE_UNIT[TRANSLATION_INDEX] = 0.01
_CURVE_UNIT = _COORDINATE_UNIT[None] / np.sqrt(np.array([1.0] + [0.5] * (2 * HARMONICS)))[:, None]
_LOG_SPEED_UNIT, _LOG_DURATION_UNIT, _PHASE_UNIT, _LOG_CV_UNIT = 0.03, 0.02, 0.005, 0.1
_LOG_FACTOR_UNIT, _AMOUNT_UNIT, _LOG_STIFFNESS_UNIT, _LOG_SEGMENT_UNIT = 0.04, 0.01, 0.1, 0.03

_MUSCLE_SHAPE = (len(MUSCLE_FIELDS), len(SIDES), len(MUSCLE_GROUPS))
_SIZES = (COEFFICIENTS * len(COORDINATES), 1, 1, 3, 3, int(np.prod(_MUSCLE_SHAPE)), 1, len(SEGMENTS))
FEATURES = sum(_SIZES)


def _variables() -> dict[str, Index]:
    order = np.arange(FEATURES)
    curves, speed, duration, shares, variability, muscles, stiffness, segments = np.split(order, np.cumsum(_SIZES)[:-1])
    columns = curves.reshape(COEFFICIENTS, len(COORDINATES))
    found = {name: columns[:, number] for number, name in enumerate(COORDINATES)}
    found |= {"speed": speed, "duration": duration, "contact": shares, "variability": variability}
    found |= dict(zip(MUSCLE_FIELDS, muscles.reshape(len(MUSCLE_FIELDS), -1), strict=True))
    return found | {"joint_stiffness": stiffness, "segment_mass": segments}


VARIABLES: dict[str, Index] = _variables()
"""Which features each variable of a gait and its body is, by name."""


def to_features(batch: GaitBatch) -> Array:
    """Gaits as ``(n, FEATURES)`` numbers in the units above."""
    n = len(batch)
    factors = np.log(batch.muscles[:, :_FACTORS]) / _LOG_FACTOR_UNIT
    muscles = np.concatenate([factors, batch.muscles[:, _FACTORS:] / _AMOUNT_UNIT], axis=1)
    shares = np.column_stack([batch.stance[:, 0], batch.contact[:, 1], batch.stance[:, 1]])
    parts = (
        batch.coefficients / _CURVE_UNIT,
        np.log(batch.speed) / _LOG_SPEED_UNIT,
        np.log(batch.duration) / _LOG_DURATION_UNIT,
        shares / _PHASE_UNIT,
        np.log(batch.variability) / _LOG_CV_UNIT,
        muscles,
        np.log(batch.joint_stiffness) / _LOG_STIFFNESS_UNIT,
        np.log(batch.segment_mass) / _LOG_SEGMENT_UNIT,
    )
    return np.concatenate([part.reshape(n, -1) for part in parts], axis=1)


def from_features(features: Array) -> GaitBatch:
    """The inverse of `to_features`; amounts near zero become zero."""
    n = len(features)
    curves, speed, duration, shares, variability, muscles, stiffness, segments = np.split(
        features, np.cumsum(_SIZES)[:-1], axis=1
    )
    shares = shares * _PHASE_UNIT
    muscles = muscles.reshape(n, *_MUSCLE_SHAPE)
    amounts = muscles[:, _FACTORS:] * _AMOUNT_UNIT
    amounts = np.where(amounts < _AMOUNT_NOISE, 0.0, amounts)
    strike = shares[:, 1] % 1.0
    return GaitBatch(
        coefficients=curves.reshape(n, COEFFICIENTS, len(COORDINATES)) * _CURVE_UNIT,
        speed=np.exp(speed[:, 0] * _LOG_SPEED_UNIT),
        duration=np.exp(duration[:, 0] * _LOG_DURATION_UNIT),
        contact=np.column_stack([shares[:, 0], strike, (strike + shares[:, 2]) % 1.0]),
        variability=np.exp(variability * _LOG_CV_UNIT),
        muscles=np.concatenate([np.exp(muscles[:, :_FACTORS] * _LOG_FACTOR_UNIT), amounts], axis=1),
        joint_stiffness=np.exp(stiffness[:, 0] * _LOG_STIFFNESS_UNIT),
        segment_mass=np.exp(segments * _LOG_SEGMENT_UNIT),
    )


class GaitSpace(ModelMixin, ConfigMixin):
    """Whitened principal components of features, kept in buffers so that they are saved beside the network."""

    mean: Tensor
    components: Tensor
    deviation: Tensor
    residual: Tensor

    @register_to_config
    def __init__(self, dimensions: int = 128) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(FEATURES))
        self.register_buffer("components", torch.zeros(dimensions, FEATURES))
        self.register_buffer("deviation", torch.ones(dimensions))
        self.register_buffer("residual", torch.zeros(()))

    def fit(self, batch: GaitBatch) -> "GaitSpace":
        """Fits mean, components and their standard deviations; ``residual`` is the RMS per feature that is lost."""
        features = to_features(batch)
        mean = features.mean(axis=0)
        _, values, directions = np.linalg.svd(features - mean, full_matrices=False)
        kept = self.config["dimensions"]
        self.mean.copy_(torch.from_numpy(mean))
        self.components.copy_(torch.from_numpy(directions[:kept]))
        self.deviation.copy_(torch.from_numpy(np.maximum(values[:kept] / np.sqrt(len(features)), 1e-3)))
        self.residual.fill_(float(np.sqrt((values[kept:] ** 2).sum() / features.size)))
        return self

    def rescale(self, deviation: Tensor) -> None:
        """Vectors are divided by ``deviation (dimensions,)`` from now on."""
        self.deviation *= deviation

    def encode(self, batch: GaitBatch) -> Tensor:
        """Vectors ``(n, dimensions)``."""
        return self.whiten(torch.from_numpy(to_features(batch)).float())

    def whiten(self, features: Tensor) -> Tensor:
        """Vectors ``(n, dimensions)`` of features ``(n, FEATURES)``."""
        return (features - self.mean) @ self.components.T / self.deviation

    def decode(self, vectors: Tensor) -> GaitBatch:
        """Gaits of vectors ``(n, dimensions)``."""
        features = (vectors * self.deviation) @ self.components + self.mean
        return from_features(features.detach().cpu().numpy().astype(float))
