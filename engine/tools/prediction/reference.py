"""The sagittal motion that a prediction tracks: a proposal's cycle (or its mirror-symmetric mean), its feet on the planar body's floor."""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle, basis, fit_coefficients, mirror_coordinates, phase_grid, shift_coefficients
from engine.gait.records import MusculoskeletalParameters
from engine.tools.prediction.planar_model import STANDING_PENETRATION, PlanarBody
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES
from engine.tools.prediction.plane import feet_in_place

SIDED = (
    "max_isometric_force",
    "optimal_fibre_length",
    "tendon_slack_length",
    "passive_stiffness",
    "control_min",
    "joint_range",
    "thigh_length",
    "shank_length",
)
"""Parameters that give the planar body two sides."""

_TX = PLANAR_COORDINATES.index("pelvis_tx")
_FRAMES = 60
_ALIKE, _AMOUNT = 0.15, 0.2
"""Sides differ by less than this share (or, of an amount that starts at zero, by this share of `_AMOUNT`) in symmetric people."""

_LOADED = 1.9
"""Times as deep as in standing, spheres of a foot that carries the body alone sink."""


@frozen
class Reference:
    """``coefficients (17, 10)`` of the planar coordinates as in `GaitCycle`; half a cycle is solved for where the body is symmetric."""

    coefficients: Array
    speed_mps: float
    cycle_s: float
    symmetric: bool

    @property
    def duration_s(self) -> float:
        """Of what is solved for."""
        return self.cycle_s * (0.5 if self.symmetric else 1.0)

    def at(self, time: Array) -> Array:
        """Planar coordinates ``(n, 10)`` at ``time (n,)`` s after the right heel strike."""
        q = basis(time / self.cycle_s) @ self.coefficients
        q[:, _TX] += time * self.speed_mps
        return q


def is_symmetric(parameters: MusculoskeletalParameters) -> bool:
    """Whether both sides of the body are alike, but for what healthy sides differ by (`_ALIKE`)."""
    pairs = (getattr(parameters, name) for name in SIDED)
    return all(np.allclose(right, left, rtol=_ALIKE, atol=_ALIKE * _AMOUNT) for right, left in pairs)


def balanced(parameters: MusculoskeletalParameters) -> MusculoskeletalParameters:
    """Both sides with the mean of the two."""
    means = {name: getattr(parameters, name) for name in SIDED}
    return replace(parameters, **{name: np.broadcast_to(v.mean(axis=0), v.shape).copy() for name, v in means.items()})


def symmetrised(cycle: GaitCycle) -> GaitCycle:
    """The mean of a gait and its mirror image half a cycle later."""
    other = shift_coefficients(mirror_coordinates(cycle.coefficients), 0.5)
    return GaitCycle((cycle.coefficients + other) / 2, cycle.speed_mps, cycle.duration_s)


def reference(cycle: GaitCycle, body: PlanarBody, *, symmetric: bool) -> Reference:
    """What to track: feet where the whole body has them, the lower one for most of the time as deep in the floor as its load asks."""
    cycle = symmetrised(cycle) if symmetric else cycle
    phase = phase_grid(_FRAMES)
    q = feet_in_place(body, cycle.at(phase), _LOADED * STANDING_PENETRATION * body.foot_length_m)
    q[:, _TX] -= q[0, _TX] + phase * cycle.duration_s * cycle.speed_mps
    return Reference(fit_coefficients(q), cycle.speed_mps, cycle.duration_s, symmetric)
