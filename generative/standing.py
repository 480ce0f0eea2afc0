"""Moves the body so that standing feet stay where they are: root translation, stride length and step width.

A foot that carries the body neither slides nor leaves the floor. From joint angles and contact phases alone that gives the path of
the pelvis (`ground`); and it says how far the legs as posed carry the body, to which
`fit_stride`, `fit_step_width` and `fit_sway` fit them.
"""

from dataclasses import replace

import numpy as np

from engine.core.arrays import Array, Mask
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.cycle import HARMONICS, basis, fit_coefficients, phase_grid
from generative.feet import HEEL, LegGeometry, foot_points
from generative.gait_batch import GaitBatch

FRAMES = 50
_EDGE = 0.12  # share of a stance over which a foot takes or gives up the lead
_SOLE_SOFTNESS = 0.012  # hip heights: points this much above the lowest of the sole count 1/e
_NEVER_ZERO = 1e-3
_LARGEST_LENGTHENING, _TRIAL_LENGTHENING, _LEAST_GAIN = 0.6, 0.02, 0.3
"""Hip heights by which a stride is stretched; hip heights gained per hip height asked."""
_STRIDE_STEPS, _SWAY_STEPS = 4, 2
_ROOT_HARMONICS = {"pelvis_tx": 4, "pelvis_ty": 4, "pelvis_tz": 3}
FLAT_FOOT = (0.15, 0.5)
"""Shares of a stance between which the sole lies on the floor."""
_SOFT_EDGE = 0.1  # share of a stance
GRID = phase_grid(FRAMES)
"""Phases at which feet are looked at."""


@frozen
class Standing:
    """What the feet do, lengths in hip heights: pelvis velocity per cycle that keeps standing feet still ``(n, t, 3)``; ``points
    (n, t, 2, 3, 3)`` of both soles relative to the pelvis; ``standing (n, t, 2)``."""

    pelvis_velocity: Array
    points: Array
    standing: Mask

    @property
    def stride(self) -> Array:
        """How far the legs carry the body in one cycle, ``(n,)``."""
        return self.pelvis_velocity[..., 0].mean(axis=1)


def _periodic_velocity(points: Array) -> Array:
    return (np.roll(points, -1, axis=1) - np.roll(points, 1, axis=1)) * len(GRID) / 2


def stance_progress(batch: GaitBatch, phase: Array = GRID) -> Array:
    """How much of its stance each foot has behind it ``(n, t, 2)``: 0 at heel strike, 1 at toe off, above 1 in swing."""
    since_strike = (phase[None, :, None] - batch.strike[:, None]) % 1.0
    return since_strike / batch.stance[:, None]


def _lead(progress: Array) -> Array:
    """How much each foot carries, 0 to 1, by its `stance_progress`."""
    return np.clip(np.minimum(progress, 1 - progress) / _EDGE, 0, 1) + _NEVER_ZERO


def mean_within(values: Array, share: Array, limits: tuple[float, float]) -> Array:
    """Mean over time (axis 1) of ``values (n, t, 2)`` while ``share (n, t, 2)`` is within ``limits``; frames near these count in part, so
    that the mean does not hang on where frames fall."""
    weight = np.clip(np.minimum(share - limits[0], limits[1] - share) / _SOFT_EDGE, 0, 1)
    return (values * weight).sum(axis=1) / weight.sum(axis=1)


def sole_weights(points: Array, progress: Array) -> Array:
    """How much each sole point of ``points (n, t, 2, 3, 3)`` stands ``(n, t, 2, 3)``: the lowest ones, of feet amid their stance."""
    height = points[..., 1]
    sole = np.exp(-(height - height.min(axis=-1, keepdims=True)) / _SOLE_SOFTNESS)
    return _lead(progress)[..., None] * sole / sole.sum(axis=-1, keepdims=True)


def observe(batch: GaitBatch, geometry: LegGeometry) -> Standing:
    """The feet of a batch, its root translation left out of account."""
    q = basis(GRID) @ batch.coefficients
    q[..., [COORDINATE_INDEX[name] for name in _ROOT_HARMONICS]] = 0.0
    points = np.stack([foot_points(q, geometry, side) for side in SIDES], axis=2)
    progress = stance_progress(batch)
    standing = progress < 1
    weight = sole_weights(points, progress)
    mean_velocity = np.einsum("ntsk,ntskx->ntx", weight, _periodic_velocity(points))
    return Standing(-mean_velocity / weight.sum(axis=(2, 3))[..., None], points, standing)


def _low_pass(samples: Array, harmonics: int) -> Array:
    coefficients = fit_coefficients(samples.T).T
    coefficients[:, 1 + harmonics : 1 + HARMONICS] = 0.0
    coefficients[:, 1 + HARMONICS + harmonics :] = 0.0
    return coefficients


def ground(batch: GaitBatch, geometry: LegGeometry) -> GaitBatch:
    """The batch with the root translation, stride time and nothing else changed: standing feet stay where they are.

    Speed is kept; the stride time is what the stride of the legs then takes.
    """
    feet = observe(batch, geometry)
    lowest = np.where(feet.standing, feet.points[..., 1].min(axis=-1), np.inf).min(axis=-1)
    lowest = np.where(np.isfinite(lowest), lowest, np.nan)
    height = np.where(np.isnan(lowest), -np.nanmean(lowest, axis=1, keepdims=True), -lowest)
    unsteady = feet.pelvis_velocity - feet.pelvis_velocity.mean(axis=1, keepdims=True)
    path = np.cumsum(unsteady, axis=1) / FRAMES - unsteady / (2 * FRAMES)
    path -= path.mean(axis=1, keepdims=True)
    coefficients = batch.coefficients.copy()
    for name, samples in (("pelvis_tx", path[..., 0]), ("pelvis_ty", height), ("pelvis_tz", path[..., 2])):
        coefficients[..., COORDINATE_INDEX[name]] = _low_pass(samples, _ROOT_HARMONICS[name])
    return replace(batch, coefficients=coefficients, duration=feet.stride / batch.speed)


_LIST_SHARE = 0.35
"""Of a lean, taken by the pelvis: lists differ less between people than adductions do (SD 1.4 against 2.5 degrees in 21 adults)."""
_LEAN = {
    COORDINATE_INDEX["hip_adduction_r"]: 1 - _LIST_SHARE,
    COORDINATE_INDEX["hip_adduction_l"]: _LIST_SHARE - 1,
    COORDINATE_INDEX["pelvis_list"]: _LIST_SHARE,
    COORDINATE_INDEX["lumbar_bending"]: -_LIST_SHARE,
}


def _legs(name: str) -> list[int]:
    return [COORDINATE_INDEX[name + suffix(side)] for side in SIDES]


def fit_stride(batch: GaitBatch, geometry: LegGeometry, longer: Array) -> GaitBatch:
    """As much of ``longer (n, 17, 31)`` added as makes the legs carry the body ``speed * duration`` per stride.

    ``longer`` is how coordinates change with the stride, per hip height.
    """
    amount, wanted = np.zeros(len(batch)), batch.speed * batch.duration
    for _ in range(_STRIDE_STEPS):
        here, beyond = (_stride(batch, geometry, longer, a) for a in (amount, amount + _TRIAL_LENGTHENING))
        slope = np.maximum((beyond - here) / _TRIAL_LENGTHENING, _LEAST_GAIN)
        amount = np.clip(amount + (wanted - here) / slope, -_LARGEST_LENGTHENING, _LARGEST_LENGTHENING)
    return replace(batch, coefficients=batch.coefficients + amount[:, None, None] * longer)


def _stride(batch: GaitBatch, geometry: LegGeometry, longer: Array, amount: Array) -> Array:
    return observe(replace(batch, coefficients=batch.coefficients + amount[:, None, None] * longer), geometry).stride


def step_width(batch: GaitBatch, geometry: LegGeometry, point: int = HEEL) -> Array:
    """Sideways distance of the heels (or another sole ``point``) of feet that stand flat, as footprints show it, hip heights ``(n,)``."""
    sideways = basis(GRID) @ batch.coefficients[..., COORDINATE_INDEX["pelvis_tz"]].T
    place = observe(batch, geometry).points[..., point, 2] + sideways.T[..., None]
    mean = mean_within(place, stance_progress(batch), FLAT_FOOT)
    return mean[:, 0] - mean[:, 1]


def fit_step_width(batch: GaitBatch, geometry: LegGeometry, wanted: Array) -> GaitBatch:
    """Both hips ad- or abducted alike until the steps are ``wanted (n,)`` hip heights wide; the batch must be grounded."""
    coefficients = batch.coefficients.copy()
    for _ in range(2):
        width = step_width(replace(batch, coefficients=coefficients), geometry)
        for index in _legs("hip_adduction"):
            coefficients[:, 0, index] += (width - wanted) / 2
    return replace(batch, coefficients=coefficients)


def fit_sway(batch: GaitBatch, geometry: LegGeometry) -> GaitBatch:
    """Both legs leaned alike, by hips and pelvic list, until the pelvis sways as an inverted pendulum does on the feet that stand; the
    trunk stays as it is. The batch must be grounded.

    ``z'' = (z - p) g / h`` of the pressure's place ``p`` has one periodic solution (Hof et al. 2005, J Biomech 38:1): harmonic ``k`` of the
    pressure divided by ``1 + h / g (2 pi k / T)^2``. A degree moves the pelvis by 16 mm: laboratories do not know these
    angles well enough to tell the sway, and knees, which bend sideways a little, take part in it.
    """
    coefficients, harmonics = batch.coefficients.copy(), np.arange(1, HARMONICS + 1)
    divisor = 1 + (2 * np.pi * harmonics / batch.duration[:, None]) ** 2
    for _ in range(_SWAY_STEPS):
        current = ground(replace(batch, coefficients=coefficients), geometry)
        sway = current.coefficients[..., COORDINATE_INDEX["pelvis_tz"]]
        feet = observe(current, geometry)
        place = feet.points[..., HEEL, 2] + (sway @ basis(GRID).T)[..., None]
        load = _lead(stance_progress(current))
        pressure = _low_pass((load * place).sum(axis=-1) / load.sum(axis=-1), _ROOT_HARMONICS["pelvis_tz"])
        pressure[:, 1:] /= np.tile(divisor, 2)
        lean = pressure - sway
        lean[:, 0] = 0.0
        for index, share in _LEAN.items():
            coefficients[..., index] += share * lean
    return replace(batch, coefficients=coefficients)


def world_points(batch: GaitBatch, geometry: LegGeometry) -> Array:
    """Sole points of both feet on the floor's frame ``(n, t, 2, 3, 3)``, hip heights."""
    root = np.stack([basis(GRID) @ batch.coefficients[..., COORDINATE_INDEX[n]].T for n in _ROOT_HARMONICS], axis=-1)
    root = root.transpose(1, 0, 2)
    root[..., 0] += GRID * (batch.speed * batch.duration)[:, None]
    return observe(batch, geometry).points + root[:, :, None, None]


def slip_per_stance(batch: GaitBatch, geometry: LegGeometry) -> Array:
    """Path of each foot's lowest point over the floor during a stance, ``(n, 2)`` hip heights."""
    points = world_points(batch, geometry)
    moved = np.diff(points[..., [0, 2]], axis=1)
    lowest = points[:, :-1, :, :, 1].argmin(axis=-1)
    path = np.take_along_axis(np.linalg.norm(moved, axis=-1), lowest[..., None], axis=-1)[..., 0]
    standing = stance_progress(batch) < 1
    return (path * (standing[:, :-1] & standing[:, 1:])).sum(axis=1)
