"""What is measured of a motion and the forces that explain it. The unexplained forces at the pelvis are OpenSim's."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, COORDINATES, TRANSLATIONS
from engine.gait.records import Dynamics, PhysicsFigures
from engine.musculoskeletal.muscle_paths import LEG_INDICES
from engine.physics.body import PhysicalBody
from engine.physics.contact import HORIZONTAL
from engine.physics.events import LOADED
from engine.physics.kernels.rigid_body import Points, rigid_body_motion
from engine.physics.loads import LEGS, ROWS, TOES, Explanation

ROOT_MOMENTS = np.array([COORDINATE_INDEX[f"pelvis_{name}"] for name in ("tilt", "list", "rotation")])
ROOT_FORCES = np.array([COORDINATE_INDEX[name] for name in TRANSLATIONS])
_COMPARED = np.array([i for i in range(len(COORDINATES)) if i not in TOES])
_TOE_ROWS = np.flatnonzero(np.isin(LEG_INDICES, TOES))
_MOVED = np.array([i for i in LEG_INDICES if i not in TOES])

SMALL_FOOT_MUSCLES_NM_PER_KG = 0.15
"""Moment at the toe joint that muscles within the foot may give, which the model lacks: an assumption of the size of the whole moment there
in walking. That these muscles stiffen the toe joint in push-off: Farris et al. 2019, PNAS 116:1645."""


@dataclass(frozen=True)
class Residuals:
    """Peaks of what OpenSim finds unexplained at the pelvis, in percent of the largest ground force (Hicks et al. 2015), and the largest
    difference at a joint between its moments and ours, N·m over body weight times leg length, percent."""

    force_pct: float
    moment_pct: float
    disagreement_pct: float


def mass_centre_height(body: PhysicalBody, q: Array) -> float:
    """Mean height of the centre of mass, m."""
    tree = body.multibody.tree
    centres = Points(np.arange(len(tree.mass)), tree.mass_centre, np.zeros(len(tree.mass)))
    still = np.zeros_like(q)
    heights = rigid_body_motion(tree, centres, q, still, still).position[:, :, 1]
    return float((heights @ tree.mass).mean() / tree.mass.sum())


def residuals(body: PhysicalBody, dynamics: Dynamics, replayed: Array) -> Residuals:
    """From generalised forces ``replayed (n, 31)`` that OpenSim needs for the motion under the same ground forces.

    OpenSim applies ground forces to the heel bone, so that the toes' moments cannot be compared.
    """
    largest = np.linalg.norm(dynamics.force.sum(axis=1), axis=1).max()
    height = mass_centre_height(body, dynamics.q)
    force = np.linalg.norm(replayed[:, ROOT_FORCES], axis=1).max()
    moment = np.linalg.norm(replayed[:, ROOT_MOMENTS], axis=1).max()
    apart = np.abs(replayed - dynamics.moments)[:, _COMPARED].max()
    return Residuals(
        float(100 * force / largest),
        float(100 * moment / (largest * height)),
        float(100 * apart / (body.weight_n * body.leg_length_m)),
    )


def penetration_mm(frames: Explanation) -> float:
    """Deepest any point of the soles gets below the floor."""
    return float(1e3 * max(0.0, -frames.motion.position[:, :, 1].min()))


def skate_mm(body: PhysicalBody, frames: Explanation, step_s: float, *, periodic: bool) -> float:
    """Longest way that any point of the soles slides while it bears load without a break."""
    loaded = frames.point_force[:, :, 1] > LOADED * body.weight_n
    way = np.linalg.norm(frames.motion.velocity[:, :, HORIZONTAL], axis=2) * loaded * step_s
    if periodic:
        loaded, way = np.tile(loaded, (2, 1)), np.tile(way, (2, 1))
    longest, current = 0.0, np.zeros(way.shape[1])
    for bears, covered in zip(loaded, way, strict=True):
        current = np.where(bears, current + covered, 0.0)
        longest = max(longest, current.max())
    return float(1e3 * longest)


def reserve_peak_nm(body: PhysicalBody, frames: Explanation) -> float:
    """Largest moment at a leg joint that its muscles cannot give; at the toes, beyond `SMALL_FOOT_MUSCLES_NM_PER_KG`."""
    missing = np.abs(frames.unexplained[:, LEGS])
    allowed = SMALL_FOOT_MUSCLES_NM_PER_KG * body.multibody.mass_kg
    missing[:, _TOE_ROWS] = np.maximum(missing[:, _TOE_ROWS] - allowed, 0.0)
    return float(missing.max())


def motion_change_deg(q: Array, reference: Array) -> float:
    """RMS change of the leg's angles, toes aside."""
    return float(np.rad2deg(np.sqrt(np.mean((q - reference)[:, _MOVED] ** 2))))


def vertical_mean_error_pct(body: PhysicalBody, frames: Explanation, dynamics: Dynamics, *, periodic: bool) -> float:
    """Mean vertical ground force against what the mass centre needs: body weight, and in a walk that is not periodic its change
    of momentum. Percent of body weight."""
    needed = body.weight_n if periodic else frames.motion.force[:, ROOT_FORCES[1]].mean()
    return float(100 * abs(dynamics.force[:, :, 1].sum(axis=1).mean() - needed) / body.weight_n)


def vertical_peak_bw(body: PhysicalBody, force: Array) -> float:
    """Largest vertical force under one foot, body weights; ``force (n, 2, 3)``."""
    return float(force[:, :, 1].max() / body.weight_n)


def summarise(
    body: PhysicalBody,
    frames: Explanation,
    dynamics: Dynamics,
    opinion: Residuals,
    reference: Array,
    *,
    periodic: bool,
    cpu_s: float,
) -> PhysicsFigures:
    """All figures of a motion at even times, compared with ``reference (n, 31)``, the motion from which it was moved."""
    step = float(dynamics.time[1] - dynamics.time[0])
    return PhysicsFigures(
        residual_force_peak_pct=opinion.force_pct,
        residual_moment_peak_pct=opinion.moment_pct,
        penetration_mm=penetration_mm(frames),
        skate_mm=skate_mm(body, frames, step, periodic=periodic),
        reserve_peak_nm=reserve_peak_nm(body, frames),
        motion_change_deg=motion_change_deg(frames.q, reference),
        vertical_force_mean_error_pct=vertical_mean_error_pct(body, frames, dynamics, periodic=periodic),
        vertical_force_peak_bw=vertical_peak_bw(body, dynamics.force),
        cpu_s=cpu_s,
    )


def reserves(frames: Explanation) -> Array:
    """What muscles could not give at each coordinate ``(n, 31)``; zero at the pelvis, trunk and arms."""
    result = np.zeros_like(frames.q)
    result[:, ROWS[LEGS]] = frames.unexplained[:, LEGS]
    return result
