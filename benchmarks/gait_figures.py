"""Measures (`engine.core.measures`) of one feasible gait cycle, by which two bodies are compared. The right side is the affected one."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2
from engine.gait.gait_parameters import EARLY_STANCE, ankle_power_peak
from engine.gait.records import Gait
from engine.physics.body import PhysicalBody
from engine.physics.contact import HORIZONTAL
from engine.physics.kernels.rigid_body import Points, rigid_body_motion
from generative.batch_measures import PUSH_OFF

_RIGHT, _LEFT = 0, 1


class _Phases:
    """Frames of the right leg's stance, push-off and swing, in the order of time."""

    def __init__(self, gait: Gait) -> None:
        n = len(gait.dynamics.time)
        off = round(gait.contact.right_toe_off * n)
        self.stance, self.swing = np.arange(off), np.arange(off, n)
        self.push_off = np.flatnonzero(np.abs(np.arange(n) / n - gait.contact.right_toe_off) <= PUSH_OFF)
        self.loading = self.stance[: len(self.stance) // 2]
        self.middle = self.stance[len(self.stance) // 4 : 3 * len(self.stance) // 4]
        self.mid_swing = self.swing[len(self.swing) // 4 : 3 * len(self.swing) // 4]


def gait_figures(gait: Gait, body: PhysicalBody) -> dict[str, float]:
    """Measures by name, those of kind ``compared`` among them. Step width is that of the centres of pressure in early stance."""
    phases, dynamics, cycle = _Phases(gait), gait.dynamics, gait.cycle
    motion = cycle.motion(len(dynamics.time))
    mass = body.multibody.mass_kg

    def angle(name: str) -> Array:
        return np.rad2deg(dynamics.q[:, COORDINATE_INDEX[name]])

    def moment(name: str) -> Array:
        return dynamics.moments[:, COORDINATE_INDEX[name]] / mass

    points = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a).position
    knee, hip, ankle = angle("knee_angle_r"), angle("hip_flexion_r"), angle("ankle_angle_r")
    strike_left, stride = gait.contact.left_heel_strike, cycle.speed_mps * cycle.duration_s
    right, left = _footfall(gait, _RIGHT, 0.0, phases.stance), _footfall(gait, _LEFT, strike_left, phases.stance)
    stance = 100 * gait.contact.right_toe_off, 100 * ((gait.contact.left_toe_off - strike_left) % 1.0)
    return {
        "speed_mps": cycle.speed_mps,
        "cadence_spm": 120 / cycle.duration_s,
        "step_length_m": stride / 2,
        "step_width_m": float(right[1] - left[1]),
        "lateral_margin_mm": 1e3 * _lateral_margin(gait, body, phases.middle),
        "double_support_pct": sum(stance) - 100,
        "stance_pct_affected": stance[_RIGHT],
        "ankle_power_peak_w_per_kg": ankle_power_peak(gait)[_RIGHT],
        "ankle_dorsiflexion_stance_peak_deg": ankle[phases.stance].max(),
        "ankle_plantarflexion_peak_deg": -ankle[phases.push_off].min(),
        "ankle_dorsiflexion_mid_swing_deg": ankle[phases.mid_swing].mean(),
        "hip_flexion_swing_peak_deg": hip[phases.swing].max(),
        "knee_flexion_swing_peak_deg": knee[phases.swing].max(),
        "hip_abduction_mid_swing_deg": -angle("hip_adduction_r")[phases.mid_swing].mean(),
        "hip_extension_peak_deg": -hip.min(),
        "knee_flexion_mid_stance_deg": knee[phases.middle].mean(),
        "knee_flexion_loading_excursion_deg": knee[phases.loading].max() - knee[0],
        "knee_extension_moment_peak_nm_per_kg": -moment("knee_angle_r")[phases.stance].min(),
        "hip_abduction_moment_nm_per_kg": -moment("hip_adduction_r")[phases.middle].mean(),
        "pelvic_tilt_anterior_mean_deg": -angle("pelvis_tilt").mean(),
        "pelvic_drop_mid_stance_deg": -angle("pelvis_list")[phases.middle].mean(),
        "pelvic_hike_mid_swing_deg": -angle("pelvis_list")[phases.mid_swing].mean(),
        "circumduction_mm": 1e3 * (points[phases.mid_swing, 0, 2].max() - points[phases.middle, 0, 2].mean()),
        "trunk_lean_mid_stance_deg": (angle("pelvis_list") + angle("lumbar_bending"))[phases.middle].mean(),
        "foot_clearance_mm": 1e3 * points[phases.mid_swing][:, body.point_side == _RIGHT, 1].min(),
        "vertical_force_peak_affected_bw": dynamics.force[:, _RIGHT, 1].max() / body.weight_n,
    }


def _lateral_margin(gait: Gait, body: PhysicalBody, frames: Array) -> float:
    """Least distance in mid-stance of the right foot's centre of pressure from the extrapolated centre of mass (Hof et al. 2005, J
    Biomech 38:1), m; positive where the foot stands outside."""
    tree, motion = body.multibody.tree, gait.cycle.motion(len(gait.dynamics.time))
    centres = Points(np.arange(len(tree.mass)), tree.mass_centre, np.zeros(len(tree.mass)))
    found, share = rigid_body_motion(tree, centres, motion.q, motion.u, motion.a), tree.mass / tree.mass.sum()
    place, speed = np.einsum("nbi,b->ni", found.position, share), np.einsum("nbi,b->ni", found.velocity, share)
    extrapolated = place[:, 2] + speed[:, 2] / np.sqrt(GRAVITY_MPS2 / place[:, 1].mean())
    return float((gait.dynamics.pressure_centre[:, _RIGHT, 2] - extrapolated)[frames].min())


def _footfall(gait: Gait, side: int, strike: float, stance: Array) -> Array:
    """Force-weighted mean centre of pressure in early stance, forward and to the right, m."""
    n = len(gait.dynamics.time)
    frames = (round(strike * n) + np.arange(max(2, round(EARLY_STANCE * len(stance))))) % n
    load = gait.dynamics.force[frames, side, 1]
    return load @ gait.dynamics.pressure_centre[frames, side][:, HORIZONTAL] / load.sum()
