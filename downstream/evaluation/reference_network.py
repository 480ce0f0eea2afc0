"""The architecture of the field's reference, learnt from the same walks: numbers of a walk from 124 frames of its keypoints.

Kidziński et al. 2020, "Deep neural networks enable quantitative movement analysis using single-camera videos", Nat Commun 11:4054: six
convolutions of 32 filters over 8 frames, normalised in batches, pooled by 2, 2 and 3, half of it dropped, then ten units; 51,000 weights;
means over overlapping segments. Its inputs are those of the paper: ankles, knees, hips and big toes, how far the ankles are apart along
the picture, and the angles of hips, knees and ankles in the picture.

What differs, so that the comparison is one of architectures: points are those that the reader sees (`FrameSignals`); one network tells all
numbers, each known one weighing the same; speed and step length are learnt as shares of stature and given in metres by the height that
is told; as many passes as `Passes` says, without choosing the best by validation.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from downstream.evaluation.judged_recordings import JudgedRecording
from downstream.geometry.walk_geometry import UNKNOWN_HEIGHT_M
from downstream.network.frame_signals import POINT_CHANNELS, FrameSignals
from downstream.network.reading_targets import NUMBER_TARGETS
from downstream.recordings.keypoint_recording import JOINT
from downstream.training.draw_example import Example
from engine.core.arrays import Array, Single
from engine.core.conventions import SIDES

FRAMES, STEP = 124, 31
_POINTS = ("ankle", "knee", "hip", "big_toe")
_ANGLES = (("shoulder", "hip", "knee"), ("hip", "knee", "ankle"), ("knee", "ankle", "big_toe"))
INPUTS = len(SIDES) * (2 * len(_POINTS) + len(_ANGLES)) + 1
_SAME = (3, 4)
"""Frames of nothing before and after, so that a convolution keeps the length."""
_FILTERS, _KERNEL, _POOLS, _LAST, _DROPPED = 32, 8, (2, 2, 3), 10, 0.5
_PER_HEIGHT = [target.name in ("speed_mps", "step_length_m") for target in NUMBER_TARGETS]


@dataclass(frozen=True)
class Passes:
    """How it is learnt: the paper's settings, fewer passes over more examples."""

    epochs: int = 30
    batch_size: int = 32
    learning_rate: float = 1e-3
    drop_every: int = 10
    drop: float = 0.8
    shrinking: float = 10**-3.5
    seed: int = 0


def reference_network() -> nn.Sequential:
    """Numbers ``(B, 8)`` from ``(B, 23, 124)``."""
    layers: list[nn.Module] = []
    channels = INPUTS
    for pool in _POOLS:
        for _ in range(2):
            layers += [nn.ZeroPad1d(_SAME), nn.Conv1d(channels, _FILTERS, _KERNEL), nn.ReLU(), nn.BatchNorm1d(_FILTERS)]
            channels = _FILTERS
        layers += [nn.MaxPool1d(pool), nn.Dropout(_DROPPED)]
    left = FRAMES // int(np.prod(_POOLS))
    return nn.Sequential(
        *layers, nn.Flatten(), nn.Linear(_FILTERS * left, _LAST), nn.ReLU(), nn.Linear(_LAST, len(NUMBER_TARGETS))
    )


def inputs(signals: FrameSignals) -> Array:
    """Time series ``(T, 23)``."""
    points = signals.frames[:, :POINT_CHANNELS].reshape(len(signals.time), len(JOINT), 3)[..., :2]

    def at(side: str, name: str) -> Array:
        return points[:, JOINT[f"{side}_{name}"]]

    places = [at(side, name) for side in SIDES for name in _POINTS]
    angles = [_angle(*(at(side, name) for name in joint))[:, None] for side in SIDES for joint in _ANGLES]
    apart = (at("left", "ankle") - at("right", "ankle"))[:, :1]
    return np.concatenate([*places, *angles, apart], axis=1)


def _angle(before: Array, joint: Array, after: Array) -> Array:
    """Signed angle ``(T,)`` of three points in the picture, rad; 0 where one was not sought."""
    one, other = joint - before, after - joint
    return np.arctan2(one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0], (one * other).sum(axis=1))


def segments(series: Array) -> Single:
    """``(n, 23, 124)``, one every `STEP` frames; what is too short is filled with zeros."""
    starts = range(0, max(len(series) - FRAMES, 0) + 1, STEP)
    made = np.zeros((len(starts), INPUTS, FRAMES), np.float32)
    for place, start in enumerate(starts):
        own = series[start : start + FRAMES]
        made[place, :, : len(own)] = own.T
    return made


@dataclass(frozen=True)
class ReferenceReader:
    """A network with the means and sizes ``(23, 1)`` of the series of so many examples that it has ``learnt_from``."""

    network: nn.Sequential
    centre: Tensor
    size: Tensor
    learnt_from: int
    name: str = "reference"

    @torch.inference_mode()
    def numbers(self, judged: JudgedRecording) -> dict[str, float]:
        own = torch.from_numpy(segments(inputs(judged.signals)))
        learnt = self.network((own - self.centre) / self.size).mean(dim=0).double().numpy()
        height = judged.recording.height_m or UNKNOWN_HEIGHT_M
        return {
            target.name: target.told(float(value), 0.0, height)[0] * (height if scaled else 1.0)
            for target, value, scaled in zip(NUMBER_TARGETS, learnt, _PER_HEIGHT, strict=True)
        }


def train_reference(examples: Sequence[Example], passes: Passes | None = None) -> ReferenceReader:
    """Learns from ``examples``, all of whose segments are kept in memory."""
    passes = passes or Passes()
    series, wanted = _learning(examples)
    centre, size = series.mean(dim=(0, 2))[:, None], series.std(dim=(0, 2))[:, None].clamp(min=1e-6)
    series = (series - centre) / size
    with torch.random.fork_rng():
        torch.manual_seed(passes.seed)
        network = reference_network()
        optimiser = torch.optim.RMSprop(_shrunk(network, passes.shrinking), passes.learning_rate, alpha=0.9)
        schedule = torch.optim.lr_scheduler.StepLR(optimiser, passes.drop_every, passes.drop)
        network.train()
        for _ in range(passes.epochs):
            for chosen in torch.randperm(len(series)).split(passes.batch_size):
                _step(network, optimiser, series[chosen], wanted[chosen])
            schedule.step()
    return ReferenceReader(network.eval(), centre, size, len(examples))


def _learning(examples: Sequence[Example]) -> tuple[Tensor, Tensor]:
    """Segments ``(n, 23, 124)`` and numbers ``(n, 8)``, not a number where they are not known."""
    series, wanted = [], []
    for example in examples:
        own = segments(inputs(example.signals))
        series.append(own)
        wanted += [example.numbers - _log_heights(example.signals)] * len(own)
    return torch.from_numpy(np.concatenate(series)), torch.from_numpy(np.array(wanted, np.float32))


def _log_heights(signals: FrameSignals) -> Array:
    """What learnt numbers have of the height, in their scales."""
    scales = [target.scale for target in NUMBER_TARGETS]
    return signals.scalar("log_height") * np.array(_PER_HEIGHT) / np.array(scales)


def _shrunk(network: nn.Sequential, shrinking: float) -> Sequence[dict[str, object]]:
    """The paper shrinks the weights of all convolutions but the first two."""
    small = {id(layer.weight) for layer in [one for one in network if isinstance(one, nn.Conv1d)][2:]}
    groups = [[one for one in network.parameters() if (id(one) in small) is wanted] for wanted in (True, False)]
    return [{"params": groups[0], "weight_decay": 2 * shrinking}, {"params": groups[1]}]


def _step(network: nn.Sequential, optimiser: torch.optim.Optimizer, series: Tensor, wanted: Tensor) -> None:
    known = torch.isfinite(wanted)
    error = torch.where(known, network(series) - wanted, 0.0)
    loss = (error**2).sum() / known.sum().clamp(min=1)
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
