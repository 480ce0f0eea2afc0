"""What a walker avoids besides effort: catching the floor, pulling on short muscles, standing too narrow."""

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import MUSCLE_GROUPS, MUSCLES
from engine.gait.cycle import GaitCycle
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.adaptation.adaptation_settings import AdaptationSettings
from engine.physics.body import PhysicalBody
from engine.physics.contact import HORIZONTAL
from engine.physics.force_prior import ForceSpectrum
from engine.physics.frame_costs import DOFS, Derivatives
from engine.physics.kernels.muscle_force import tendon_force
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.loads import Explanation
from engine.physics.projection import FRAMES

_LENGTH_STEP = 1e-6
_STANDING_HEIGHT_M, _STANDING_SPEED_MPS = 0.01, 0.3
"""A point that is lower and slower than this stands."""
_HEEL_M = 0.03
_BALANCING = np.array(
    [name[:-2] in (*MUSCLE_GROUPS["hip_abductors"], *MUSCLE_GROUPS["plantarflexors"]) for name in MUSCLES]
)
"""Muscles that move the pressure under the foot and the mass above it sideways (MacKinnon & Winter 1993, J Biomech 26:633)."""


class Clearance:
    """A sole that moves just above the floor might catch it, whether it bears load or not."""

    def __init__(self, body: PhysicalBody, adaptation: AdaptationSettings) -> None:
        self._height = adaptation.clear_height_m * body.length_scale
        self._speed = adaptation.clear_speed_mps

    def residual(self, frames: Explanation) -> Array:
        moving = self._lowness(frames)[..., None] * frames.motion.velocity[:, :, HORIZONTAL] / self._speed
        return moving.reshape(len(moving), -1)

    def derivative(self, frames: Explanation, derivatives: Derivatives) -> Array:
        low, jacobian = self._lowness(frames), frames.motion.jacobian
        falls = np.where((low > 0) & (low < 1), -1 / self._height, 0.0)
        n, points = low.shape
        change = np.zeros((n, points, len(HORIZONTAL), 3, DOFS))
        for i, axis in enumerate(HORIZONTAL):
            lower = (falls * frames.motion.velocity[:, :, axis])[..., None] * jacobian[..., 1]
            change[:, :, i, 0] = low[..., None] * derivatives.slide[:, :, axis] + lower
            change[:, :, i, 1] = low[..., None] * jacobian[..., axis]
        return change.reshape(n, -1, 3, DOFS) / self._speed

    def _lowness(self, frames: Explanation) -> Array:
        return np.clip(1 - frames.motion.position[:, :, 1] / self._height, 0.0, 1.0)


class Stretch:
    """Muscles pulled long resist and hurt: their passive force costs as an active one would, times ``stretch``.

    Without it a contracture is a spring that makes walking cheaper. ``strength (80,)`` N as in `Loads`.
    """

    def __init__(self, body: PhysicalBody, strength: Array, adaptation: AdaptationSettings) -> None:
        self._parameters = body.muscles.parameters
        self._scale = np.sqrt(adaptation.stretch * strength / strength.mean()) / strength

    def residual(self, frames: Explanation) -> Array:
        return frames.muscles.passive * self._scale

    def derivative(self, frames: Explanation, derivatives: Derivatives) -> Array:  # noqa: ARG002
        muscles = frames.muscles
        longer = tendon_force(self._parameters, muscles.length + _LENGTH_STEP, muscles.rate)[1]
        stiffness = (longer - muscles.passive) / _LENGTH_STEP * self._scale
        change = np.zeros((*stiffness.shape, 3, DOFS))
        change[:, :, 0, LEG_INDICES] = -stiffness[..., None] * muscles.arm.transpose(0, 2, 1)
        return change


class StanceWidth:
    """Feet stand no closer sideways than is their habit: one number per cycle.

    That is the balance which a periodic motion can show: at a given step time the margin of stability, from the extrapolated centre of
    mass to the foot's edge, follows from the step width (Hof 2008, Hum Mov Sci 27:112). Who has lost strength of the muscles that
    correct it, at hip and ankle, wants more of it. Wider steps are free; effort limits them. ``strength (80,)`` N as in `Loads`.
    """

    def __init__(self, body: PhysicalBody, strength: Array, habit: GaitCycle, adaptation: AdaptationSettings) -> None:
        motion = habit.motion(FRAMES)
        points = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a)
        slow = np.linalg.norm(points.velocity[:, :, HORIZONTAL], axis=2) < _STANDING_SPEED_MPS
        stands = slow & (points.position[:, :, 1] < _STANDING_HEIGHT_M * body.length_scale)
        self._share = np.zeros(stands.shape)
        for side, towards in enumerate((1.0, -1.0)):
            foot = body.point_side == side
            heel = stands & _heel(body, foot)
            standing = heel if heel.any() else stands & foot
            self._share += towards * standing / max(1, standing.sum())
        lost = 1 - (body.muscles.parameters.max_isometric_force / strength)[_BALANCING].mean()
        caution = adaptation.caution_width_m * max(0.0, float(lost)) * body.length_scale
        self._least = self._width(points.position) + caution
        self._tolerance = adaptation.width_m * body.length_scale / np.sqrt(FRAMES)

    def residual(self, frames: Explanation) -> float:
        return min(self._width(frames.motion.position) - self._least, 0.0) / self._tolerance

    def derivative(self, frames: Explanation) -> Array:
        """By each frame's coordinates, speeds and accelerations ``(n, 1, 93)``."""
        change = np.zeros((len(frames.q), 1, 3, DOFS))
        if self.residual(frames) < 0:
            change[:, 0, 0] = np.einsum("npi,np->ni", frames.motion.jacobian[..., 2], self._share) / self._tolerance
        return change.reshape(len(change), 1, -1)

    def _width(self, position: Array) -> float:
        """Of the standing right heel from the standing left (of the whole foot where a heel never stands)."""
        return float((position[:, :, 2] * self._share).sum())


def _heel(body: PhysicalBody, foot: Mask) -> Mask:
    """Points ``(P,)`` of a foot's rear end when its joints are straight."""
    still = np.zeros((1, DOFS))
    forward = rigid_body_motion(body.multibody.tree, body.points, still, still, still).position[0, :, 0]
    return foot & (forward < forward[foot].min() + _HEEL_M * body.length_scale)


class LooseSpectrum:
    """`ForceSpectrum` that holds low harmonics less."""

    def __init__(self, spectrum: ForceSpectrum, adaptation: AdaptationSettings) -> None:
        self._spectrum = spectrum
        number = np.tile(np.arange(1, FRAMES // 2), 2)
        self._share = np.where(number <= adaptation.low_harmonics, np.sqrt(adaptation.low_weight), 1.0)

    def residual(self, force: Array) -> Array:
        """``(3, harmonics)``, as in `ForceSpectrum`."""
        return self._spectrum.residual(force) * self._share

    def derivative(self, by_unknowns: Array) -> Array:
        """Of the residual, ``(3, harmonics, size)``."""
        return self._spectrum.derivative(by_unknowns) * self._share[:, None]
