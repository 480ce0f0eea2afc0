"""Proposals made of published norms, for tests that need a gait to work on."""

from dataclasses import replace

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, SIDES, suffix
from engine.gait.cycle import GaitCycle, fit_coefficients, phase_grid
from engine.gait.norms import band, dimensionless_speed
from engine.gait.records import ContactPhases, MusculoskeletalParameters, Proposal, Subject, Variability
from engine.musculoskeletal.anthropometry import anthropometric_body

ADULT = Subject("adult", 30.0, "male", 1.75, 75.0)
CHILD = Subject("child", 6.0, "female", 1.15, 20.0)
NORMAL = MusculoskeletalParameters()
LEG = ("hip_flexion", "hip_adduction", "hip_rotation", "knee_angle", "ankle_angle")
SWING = {"arm_flex": 0.25, "elbow_flex": 0.15}
REST = {"arm_flex": -0.05, "arm_add": -0.15, "elbow_flex": 0.4, "pro_sup": 0.9}
VARIABILITY = Variability(0.02, 0.025, 0.02, dfa_alpha=0.75, excess_kurtosis=0.5)


def norm_cycle(subject, body, speed_mps):
    """The mean gait of the subject's age, its legs half a stride apart; pelvis where the legs are about straight."""
    hip_height = body.lengths_m["hip_height"]
    speed = dimensionless_speed(speed_mps, hip_height)
    phase, q = phase_grid(100), np.zeros((100, len(COORDINATES)))
    for side, letter in enumerate(SIDES):
        own = (phase - 0.5 * side) % 1.0
        for name in LEG:
            index = COORDINATE_INDEX[name + suffix(letter)]
            q[:, index] = band(name, speed, subject.age_years, phase=own).mean
        for name, value in REST.items():
            swing = SWING.get(name, 0.0) * np.cos(2 * np.pi * own)
            q[:, COORDINATE_INDEX[name + suffix(letter)]] = value - swing
    for name in ("pelvis_tilt", "pelvis_list", "pelvis_rotation"):
        q[:, COORDINATE_INDEX[name]] = band(name, speed, subject.age_years, phase=phase).mean
    q[:, COORDINATE_INDEX["pelvis_ty"]] = 1.03 * hip_height + 0.02 * hip_height * np.cos(4 * np.pi * (phase - 0.3))
    q[:, COORDINATE_INDEX["pelvis_tz"]] = 0.02 * np.sin(2 * np.pi * phase)
    stride = 1.5 * hip_height * (speed / 0.42) ** 0.45
    return GaitCycle(fit_coefficients(q), speed_mps, stride / speed_mps)


def norm_proposal(subject=ADULT, speed_mps=1.25, parameters=NORMAL):
    """A proposal and the body that it is for."""
    body = anthropometric_body(subject.age_years, subject.sex, subject.height_m)
    cycle = norm_cycle(subject, body, speed_mps)
    return Proposal(subject, parameters, cycle, ContactPhases(0.62, 0.5, 0.12), VARIABILITY), body


def impaired(parameters, **changes):
    """Parameters with other values."""
    return replace(parameters, **changes)
