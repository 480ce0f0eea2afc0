"""A measured walk with its own model (skipped where it is not at hand): files as they come from a laboratory."""

import numpy as np
import pytest

from benchmarks.reference_folder import reference_folder
from engine.gait.records import Gait, Proposal, Variability
from engine.roles.enforcer import OpenSimEnforcer
from engine.tools.motion_files.coordinates_file import read_coordinates_file
from engine.tools.motion_files.marker_motion import track_markers
from engine.tools.motion_files.person import Description, embodiment, make_person
from engine.tools.motion_files.trc import read_trc
from engine.tools.motion_files.typical_stride import typical_stride
from engine.tools.motion_files.walking import as_walking

SPEED_MPS, STRIDE_S = 1.25, 1.1445
"""Stride time from his right heel strikes on the force plates (0.270 and 1.4145 s)."""


@pytest.fixture(scope="module")
def folder():
    place = reference_folder() / "opensim_walk"
    if not place.is_dir():
        pytest.skip("reference data are not here (GAITFORGE_REFERENCE)")
    return place


@pytest.fixture(scope="module")
def person(folder):
    contact = folder / "subject_walk_scaled_ContactGeometrySet.xml"
    return make_person(Description("measured", 40.0, "male", None, None, folder / "subject_walk_scaled.osim", contact))


def test_his_coordinates_hold_one_stride_without_two_heel_strikes(folder):
    stride = typical_stride(read_coordinates_file(folder / "coordinates.sto"))
    assert stride.cycle.duration_s == pytest.approx(STRIDE_S, abs=0.011)
    assert stride.cycle.speed_mps == pytest.approx(SPEED_MPS, abs=0.02)
    assert stride.gap_deg < 2


@pytest.mark.slow
def test_his_walk_is_accepted_on_his_model(folder, person):
    stride = typical_stride(read_coordinates_file(folder / "coordinates.sto"))
    walking = as_walking("measured", stride.cycle, person.embodied.body)
    proposal = Proposal(
        person.subject, person.embodied.parameters, walking.cycle, walking.contact, Variability(0.02, 0.02, 0.01)
    )
    gait = OpenSimEnforcer(embodiment(person)).enforce(proposal, person.embodied.shape)
    assert isinstance(gait, Gait), gait
    assert gait.figures.motion_change_deg < 3


@pytest.mark.slow
def test_his_markers_tell_the_same_walk(folder, person):
    found = track_markers(read_trc(folder / "markers_walk.trc"), person)
    stride = typical_stride(found)
    assert stride.cycle.duration_s == pytest.approx(STRIDE_S, abs=0.015)
    assert stride.cycle.speed_mps == pytest.approx(SPEED_MPS, abs=0.03)
    given = read_coordinates_file(folder / "coordinates.sto")
    ours = np.stack([np.interp(given.time, found.time, column) for column in found.q.T], axis=1)
    flexion = [6, 9, 10, 12, 15, 16]
    assert np.degrees(np.sqrt(np.mean((ours - given.q)[:, flexion] ** 2))) < 5
