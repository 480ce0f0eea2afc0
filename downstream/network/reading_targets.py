"""What the network learns to read, as objects in lists: a new quantity is one entry and training.

Names are those of `downstream.readings.quantities`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from downstream.walks import stride_figures
from downstream.walks.labelled_walk import LabelledWalk
from downstream.walks.mirror import FORCE_SIGNS, TRUNK_SIGNS
from engine.core.arrays import Array, Single
from engine.gait import temporal_parameters as temporal
from engine.gait.strides import BothSides


@dataclass(frozen=True)
class CurveTarget:
    """A quantity in every frame, of ``shape`` after the frames, sides first where it is ``sided``. ``scale`` is the size of what is to be
    told apart, in the quantity's unit, for all or for each part of the last axis: errors count in it. ``signs`` are those of the last
    axis in a mirror. ``read`` gives a walk's labels ``(n, *shape)``, None where it has none."""

    name: str
    shape: tuple[int, ...]
    scale: tuple[float, ...]
    read: Callable[[LabelledWalk], Single | None]
    sided: bool = True
    signs: tuple[float, ...] = (1.0,)

    @property
    def channels(self) -> int:
        return int(np.prod(self.shape))

    def mirrored(self, values: Array) -> Array:
        """Values ``(T, *shape)`` of the walk in a mirror."""
        return (values[:, ::-1] if self.sided else values) * np.array(self.signs)


CURVE_TARGETS: tuple[CurveTarget, ...] = (
    CurveTarget("leg_angles", (2, 6), (8.0, 4.0, 5.0, 10.0, 6.0, 8.0), lambda walk: np.rad2deg(walk.leg_angles)),
    CurveTarget(
        "trunk_angles",
        (6,),
        (5.0, 3.0, 4.0, 5.0, 4.0, 4.0),
        lambda walk: np.rad2deg(walk.trunk_angles),
        sided=False,
        signs=tuple(TRUNK_SIGNS.tolist()),
    ),
    CurveTarget(
        "ground_force", (2, 3), (0.06, 0.3, 0.03), lambda walk: walk.ground_force, signs=tuple(FORCE_SIGNS.tolist())
    ),
    CurveTarget("moments", (2, 4), (0.3, 0.25, 0.2, 0.4), lambda walk: walk.moments),
    CurveTarget("ankle_power", (2,), (0.5,), lambda walk: walk.ankle_power),
    CurveTarget("activity", (2, 10), (0.1,), lambda walk: walk.activity),
)

CURVE_CHANNELS = sum(target.channels for target in CURVE_TARGETS)
CURVE_SCALES: Array = np.concatenate(
    [np.broadcast_to(np.array(target.scale), target.shape).ravel() for target in CURVE_TARGETS]
)
"""Unit of each channel ``(54,)`` of the network's curves."""


def split_curves(channels: Array) -> dict[str, Array]:
    """Channels ``(T, 54)`` as curves ``(T, *shape)`` by name."""
    ends = np.cumsum([target.channels for target in CURVE_TARGETS])
    parts = np.split(channels, ends[:-1], axis=-1)
    return {
        target.name: part.reshape(len(channels), *target.shape)
        for target, part in zip(CURVE_TARGETS, parts, strict=True)
    }


def join_curves(curves: dict[str, Array]) -> Array:
    """The other way round."""
    return np.concatenate([curves[target.name].reshape(-1, target.channels) for target in CURVE_TARGETS], axis=-1)


def mirrored_curves(channels: Array, *, signed: bool = True) -> Array:
    """Channels ``(T, 54)`` of the walk in a mirror; of standard deviations, which have no sign, with ``signed`` off."""
    curves = split_curves(channels)
    turned = join_curves({target.name: target.mirrored(curves[target.name]) for target in CURVE_TARGETS})
    return turned if signed else np.abs(turned)


EVENT_TARGETS = ("right_strike", "left_strike", "right_off", "left_off")
MIRRORED_EVENTS = [1, 0, 3, 2]
EVENT_SPREAD_S = 1 / 30
"""An event is learnt as a bell of this standard deviation around its instant."""


@dataclass(frozen=True)
class NumberTarget:
    """A figure of the whole clip. The network tells it, or its logarithm where ``log``, in steps of ``scale`` about ``centre``.
    ``read`` gives it from a walk and the strides that the clip shows; ``per_height``: it is learnt as a share of stature; ``overground``:
    only a camera that stands can tell it; ``sign`` is that of a mirror."""

    name: str
    centre: float
    scale: float
    read: Callable[[LabelledWalk, BothSides], float]
    log: bool = False
    per_height: bool = False
    overground: bool = False
    sign: float = 1.0

    def learnt(self, walk: LabelledWalk, strides: BothSides) -> float:
        """What the network learns: about 0, of size 1; not a number where the walk does not tell."""
        value = self.read(walk, strides) / (walk.subject.height_m if self.per_height else 1.0)
        return ((np.log(value) if self.log else value) - self.centre) / self.scale

    def told(self, learnt: float, sd: float, height_m: float = 1.0) -> tuple[float, float]:
        """Value and standard deviation, to first order, of what the network says."""
        value, spread = learnt * self.scale + self.centre, sd * self.scale
        if self.log:
            value = float(np.exp(value))
            spread *= value
        factor = height_m if self.per_height else 1.0
        return value * factor, spread * factor


def _step_length(walk: LabelledWalk, strides: BothSides) -> float:
    return stride_figures.speed(walk, strides) * 60 / temporal.cadence_spm(strides)


def _of_walk(figure: temporal.OfFoot) -> Callable[[LabelledWalk, BothSides], float]:
    return lambda _, strides: temporal.of_walk(figure, strides)


def _asymmetry(figure: temporal.OfFoot) -> Callable[[LabelledWalk, BothSides], float]:
    return lambda _, strides: temporal.asymmetry_pct(figure, strides)


NUMBER_TARGETS: tuple[NumberTarget, ...] = (
    NumberTarget("speed_mps", float(np.log(1.0)), 0.1, stride_figures.speed, log=True, overground=True),
    NumberTarget("cadence_spm", float(np.log(105.0)), 0.02, lambda _, s: temporal.cadence_spm(s), log=True),
    NumberTarget("step_length_m", float(np.log(1.0 * 60 / 105.0)), 0.1, _step_length, log=True, overground=True),
    NumberTarget("step_width_m", 0.07, 0.02, stride_figures.step_width, per_height=True),
    NumberTarget("stance_pct", 64.0, 3.0, _of_walk(temporal.stance_pct)),
    NumberTarget("double_support_pct", 28.0, 6.0, _of_walk(temporal.double_support_pct)),
    NumberTarget("step_time_asymmetry_pct", 0.0, 6.0, _asymmetry(temporal.step_time_s), sign=-1.0),
    NumberTarget("stance_asymmetry_pct", 0.0, 4.0, _asymmetry(temporal.stance_pct), sign=-1.0),
)
"""The first two are corrections of geometry's, and the third follows from them (`downstream.network.geometry_first`)."""

NUMBER_SIGNS: Array = np.array([target.sign for target in NUMBER_TARGETS])
