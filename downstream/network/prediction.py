"""What the network says of walks: mean of what it reads from each and from its mirror image, so that sides never matter."""

from collections.abc import Sequence

import numpy as np
import torch

from downstream.network.curve_network import CurveNetwork, Gaussian
from downstream.network.frame_signals import FrameSignals
from downstream.network.reading_targets import CURVE_SCALES, MIRRORED_EVENTS, NUMBER_SIGNS, mirrored_curves
from downstream.network.signal_batches import batch_of
from downstream.network.view_kinds import view_kind
from engine.core.arrays import Array
from engine.core.frozen import frozen


@frozen
class Prediction:
    """``curves (T, 54)`` and ``curve_sds`` in the units of their quantities; ``events (T, 4)`` scores 0 to 1; ``numbers (8,)`` and
    ``number_sds`` in the units of `NUMBER_TARGETS`; ``overground`` 0 to 1; ``event_factor`` multiplies standard deviations of events."""

    curves: Array
    curve_sds: Array
    events: Array
    numbers: Array
    number_sds: Array
    overground: float
    event_factor: float


@torch.inference_mode()
def predict(network: CurveNetwork, walks: Sequence[FrameSignals]) -> list[Prediction]:
    """What a network says of each of ``walks``."""
    network.eval()
    outputs = network(batch_of([*walks, *(walk.mirrored() for walk in walks)]).to(network.device))
    curves, curve_variances = _arrays(outputs.curves)
    numbers, number_variances = _arrays(outputs.numbers)
    events, overground = (part.double().cpu().numpy() for part in (outputs.events, outputs.overground))
    factors = [
        buffer.double().cpu().numpy()
        for buffer in (network.curve_factors, network.number_factors, network.event_factors)
    ]
    made = []
    for own, walk in enumerate(walks):
        other, frames, view = own + len(walks), len(walk.time), view_kind(walk)
        variances = (curve_variances[own, :frames] + mirrored_curves(curve_variances[other, :frames], signed=False)) / 2
        made.append(
            Prediction(
                curves=(curves[own, :frames] + mirrored_curves(curves[other, :frames])) / 2 * CURVE_SCALES,
                curve_sds=np.sqrt(variances) * CURVE_SCALES * factors[0][view],
                events=_share((events[own, :frames] + events[other, :frames][:, MIRRORED_EVENTS]) / 2),
                numbers=(numbers[own] + NUMBER_SIGNS * numbers[other]) / 2,
                number_sds=np.sqrt((number_variances[own] + number_variances[other]) / 2) * factors[1][view],
                overground=float(_share((overground[own] + overground[other]) / 2)),
                event_factor=float(factors[2][view]),
            )
        )
    return made


def _arrays(told: Gaussian) -> tuple[Array, Array]:
    """Means and variances."""
    return told.mean.double().cpu().numpy(), told.log_variance.double().exp().cpu().numpy()


def _share(logits: Array) -> Array:
    return 1 / (1 + np.exp(-logits))
