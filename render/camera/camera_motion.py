"""How hands move a camera: they trail what they follow, and they shake."""

import numpy as np
from scipy.signal import StateSpace, lsim

from engine.core.arrays import Array
from engine.core.frozen import frozen

_WAVES = 24
_SHAKE_BAND_HZ = (0.15, 12.0)
"""From the sway of the body up to physiological tremor of the hands, 8 to 12 Hz (Elble 1986, Neurology, "Physiologic and essential
tremor")."""
_SHAKE_RMS = np.array([np.radians(0.35), np.radians(0.35), np.radians(0.2), 0.006, 0.006, 0.004])
"""Pitch, yaw, roll in rad; right, down, forward in m: assumptions, the shifts in the range of the sway of quiet standing, some millimetres
root mean square."""
_STEP_HZ, _BOB = (1.7, 2.1), np.array([np.radians(0.25), 0.0, 0.0, 0.0, 0.012, 0.0])
"""Who follows on foot bobs with their own steps: step rates of free walking, amplitudes an assumption (arms take up part of the 2 cm by
which a walker's centre of mass rises and falls)."""


def trail(targets: Array, fps: float, agility_hz: float, damping: float) -> Array:
    """Where a hand points that follows ``targets (F, n)``: a second-order system, which lags behind what moves steadily by
    ``damping / (π agility_hz)`` s and overshoots what stops. It starts on the target, moving with it."""
    if len(targets) < 2:
        return targets.copy()
    rate = 2 * np.pi * agility_hz
    system = StateSpace([[0, 1], [-(rate**2), -2 * damping * rate]], [[0], [rate**2]], [[1, 0]], [[0]])
    time = np.arange(len(targets)) / fps
    start = (targets[1] - targets[0]) * fps
    tracks = [lsim(system, u, time, X0=[u[0], v])[1] for u, v in zip(targets.T, start, strict=True)]
    return np.stack(tracks, axis=1)


@frozen
class Shake:
    """Waves whose sum moves a camera about its own axes: ``frequency (n,)`` Hz, ``amplitude`` and ``phase (n, 6)`` of pitch, yaw and
    roll (rad) and right, down and forward (m)."""

    frequency: Array
    amplitude: Array
    phase: Array

    def at(self, time: Array) -> Array:
        """Angles and shifts ``(…, 6)`` at ``time (…)`` s."""
        angle = 2 * np.pi * time[..., None, None] * self.frequency[:, None] + self.phase
        return (self.amplitude * np.sin(angle)).sum(axis=-2)


def draw_shake(strength: float, rng: np.random.Generator, *, on_foot: bool) -> Shake:
    """Hands that shake ``strength`` times as much as freely held ones, of somebody who stands or walks along.

    Waves evenly spread over the logarithm of frequency whose amplitudes fall with its root: power falls with its square, as sway and
    tremor do in the large.
    """
    low, high = np.log(_SHAKE_BAND_HZ)
    edges = np.linspace(low, high, _WAVES + 1)
    frequency = np.exp(edges[:-1] + rng.uniform(0, 1, _WAVES) * np.diff(edges))
    shape = frequency**-0.5
    amplitude = _SHAKE_RMS * (shape * np.sqrt(2 / (shape**2).sum()))[:, None]
    if on_foot:
        frequency = np.append(frequency, rng.uniform(*_STEP_HZ))
        amplitude = np.vstack([amplitude, _BOB])
    phase = rng.uniform(0, 2 * np.pi, amplitude.shape)
    return Shake(frequency, strength * amplitude, phase)
