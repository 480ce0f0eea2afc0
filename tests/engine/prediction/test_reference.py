"""What is tracked: feet where the whole body has them, symmetric where the body is."""

import numpy as np
import pytest
from norm_gait import NORMAL, impaired

from engine.core.conventions import COORDINATES, MUSCLE_GROUPS
from engine.gait.cycle import GaitCycle, fit_coefficients, mirror, phase_grid
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, PLANAR_INDICES
from engine.tools.prediction.plane import feet_in_place, sphere_heights
from engine.tools.prediction.reference import is_symmetric, reference, symmetrised


def test_a_motion_in_the_plane_stays_as_it_is(planar):
    """Up to the knee's own sliding, which a hinge does not have, and the height at which it stands."""
    phase = phase_grid(20)
    q = np.zeros((20, len(COORDINATES)))
    for name, mean, swing in (("hip_flexion", 0.2, 0.4), ("knee_angle", 0.5, 0.4), ("ankle_angle", 0.0, 0.2)):
        for side, late in (("r", 0.0), ("l", 0.5)):
            q[:, COORDINATES.index(f"{name}_{side}")] = mean + swing * np.cos(2 * np.pi * (phase - late))
    q[:, COORDINATES.index("pelvis_ty")] = 0.9
    found = feet_in_place(planar, q, 0.0)
    angles = [k for k, name in enumerate(PLANAR_COORDINATES) if not name.startswith("pelvis_t")]
    assert np.abs(found - q[:, PLANAR_INDICES])[:, angles].max() < np.deg2rad(2.0)


def test_feet_are_where_the_whole_body_has_them(walker, planar):
    q = walker[0].cycle.at(phase_grid(40))
    still = np.zeros_like(q)
    there = rigid_body_motion(planar.whole.multibody.tree, planar.whole.points, q, still, still).position[:, :, 1]
    floor = np.percentile(there.min(axis=1), 40)
    here = sphere_heights(planar, feet_in_place(planar, q, 0.0))
    assert np.abs(here - (there - floor)).mean() < 0.006


def test_the_symmetric_mean_is_its_own_mirror_image(walker, rng):
    cycle = walker[0].cycle
    uneven = GaitCycle(
        cycle.coefficients + 0.02 * rng.standard_normal(cycle.coefficients.shape), cycle.speed_mps, cycle.duration_s
    )
    even = symmetrised(uneven)
    assert mirror(even).shifted(0.5).coefficients == pytest.approx(even.coefficients, abs=1e-12)
    assert symmetrised(even).coefficients == pytest.approx(even.coefficients, abs=1e-12)


def test_half_a_cycle_later_the_legs_have_changed_places(target):
    first, later = target.at(np.array([0.1, 0.1 + target.duration_s]))
    order = [
        PLANAR_COORDINATES.index(n[:-2] + {"_r": "_l", "_l": "_r"}.get(n[-2:], n[-2:])) for n in PLANAR_COORDINATES
    ]
    step = target.speed_mps * target.duration_s
    expected = first[order]
    expected[PLANAR_COORDINATES.index("pelvis_tx")] += step
    assert later == pytest.approx(expected, abs=1e-6)


def test_one_sided_bodies_are_not_symmetric():
    strength = np.ones((2, len(MUSCLE_GROUPS)))
    assert is_symmetric(NORMAL)
    assert is_symmetric(impaired(NORMAL, max_isometric_force=0.4 * strength))
    strength[1, 3] = 0.8
    assert not is_symmetric(impaired(NORMAL, max_isometric_force=strength))


def test_the_reference_starts_at_the_origin_and_stands(walker, planar):
    target = reference(walker[0].cycle, planar, symmetric=False)
    q = target.at(np.linspace(0.0, target.cycle_s, 60))
    assert q[0, PLANAR_COORDINATES.index("pelvis_tx")] == pytest.approx(0.0, abs=0.01)
    assert -0.03 < np.percentile(sphere_heights(planar, q).min(axis=1), 50) < 0.0
    assert fit_coefficients(q[:-1]).shape == target.coefficients.shape
