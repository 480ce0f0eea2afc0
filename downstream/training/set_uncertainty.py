"""Standard deviations are set so that 95 % intervals hold on people whom the network has not learnt from, in each kind of view."""

from collections.abc import Iterable, Sequence

import numpy as np
import torch

from downstream.network.curve_network import CurveNetwork
from downstream.network.prediction import Prediction, predict
from downstream.network.reading_targets import CURVE_SCALES
from downstream.network.view_kinds import VIEW_KINDS, view_kind
from downstream.readings.pick_events import pick_events
from downstream.training.draw_example import Example
from engine.core.arrays import Array, Mask
from engine.gait.records import Events

LEAST_EXAMPLES = 40
"""With fewer of a kind of view the factors are those of all views; with fewer in all nothing is changed."""

WITHIN_S = 0.15
"""An event that is found this near to a true one is that one."""

_TOGETHER = 16
_SURE = 1.96


def calibrate(network: CurveNetwork, visits: Iterable[Sequence[Example]]) -> int:
    """Sets the factors of ``network``, all 1 before, by examples that come some at a time; returns by how many."""
    kinds: list[int] = []
    errors: list[tuple[Array, Array, Array]] = []
    for examples in visits:
        for told, example in zip(told_of(network, examples), examples, strict=True):
            kinds.append(view_kind(example.signals))
            errors.append((_curve_errors(told, example), _number_errors(told, example), _event_errors(told, example)))
    if len(kinds) < LEAST_EXAMPLES:
        return 0
    buffers = (network.curve_factors, network.number_factors, network.event_factors)
    for buffer, own in zip(buffers, zip(*errors, strict=True), strict=True):
        factors = _by_kind(own, kinds)
        buffer.copy_(torch.from_numpy(factors.reshape(buffer.shape)))
    return len(kinds)


def told_of(network: CurveNetwork, examples: Sequence[Example]) -> list[Prediction]:
    """What the network says of each example."""
    parts = [examples[start : start + _TOGETHER] for start in range(0, len(examples), _TOGETHER)]
    return [told for part in parts for told in predict(network, [example.signals for example in part])]


def _by_kind(errors: Sequence[Array], kinds: list[int]) -> Array:
    """Factors ``(kinds, channels)`` from errors ``(n, channels)`` of each example in its standard deviations."""
    everybody = _factor(errors)
    made = []
    for kind in range(len(VIEW_KINDS)):
        own = [one for one, its in zip(errors, kinds, strict=True) if its == kind]
        made.append(_factor(own, everybody) if len(own) >= LEAST_EXAMPLES else everybody)
    return np.stack(made)


def _factor(errors: Sequence[Array], otherwise: Array | float = 1.0) -> Array:
    """By how much standard deviations ``(channels,)`` must grow; ``otherwise`` where nothing is known."""
    sizes = np.abs(np.concatenate(errors))
    known: Mask = np.asarray(np.isfinite(sizes).any(axis=0))
    if not known.any():
        return np.ones(len(known)) * otherwise
    found = np.nanquantile(np.where(known, sizes, 0.0), 0.95, axis=0) / _SURE
    return np.where(known & (found > 0), found, otherwise)


def _curve_errors(told: Prediction, example: Example) -> Array:
    return (told.curves - example.curves * CURVE_SCALES) / told.curve_sds


def _number_errors(told: Prediction, example: Example) -> Array:
    return ((told.numbers - example.numbers) / told.number_sds)[None]


def _event_errors(told: Prediction, example: Example) -> Array:
    time = example.signals.time
    found, sd_s = pick_events(told.events, time)
    return event_errors(found, pick_events(example.events, time)[0])[:, None] / sd_s


def event_errors(found: Events, true: Events) -> Array:
    """By how many seconds events are late, those of ``found`` that are within `WITHIN_S` of a true one of their kind."""
    late = [
        own[:, None] - theirs
        for own, theirs in zip(
            (*found.heel_strikes, *found.toe_offs), (*true.heel_strikes, *true.toe_offs), strict=True
        )
        if len(own) and len(theirs)
    ]
    nearest = [own[np.arange(len(own)), np.abs(own).argmin(axis=1)] for own in late]
    return np.concatenate([own[np.abs(own) < WITHIN_S] for own in nearest]) if nearest else np.zeros(0)
