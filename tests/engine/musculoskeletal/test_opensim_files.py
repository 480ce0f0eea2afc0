"""OpenSim's files: round trips, and OpenSim itself as a reader."""

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, MUSCLES
from engine.core.errors import DataError
from engine.musculoskeletal.storage import (
    read_coordinates,
    read_model_file,
    read_storage,
    write_coordinates,
    write_ground_forces,
    write_model,
    write_moments,
    write_storage,
)
from engine.musculoskeletal.toolkit import opensim

TIME = np.linspace(0, 1.3, 40)
Q = np.random.default_rng(3).normal(size=(len(TIME), len(COORDINATES)))


def test_table_round_trip(tmp_path):
    write_storage(tmp_path / "a.sto", TIME, COORDINATES, Q)
    table = read_storage(tmp_path / "a.sto")
    assert table.labels == COORDINATES
    np.testing.assert_allclose(table.values, Q, rtol=1e-11)
    np.testing.assert_allclose(table.time, TIME, rtol=1e-11)


def test_opensim_reads_our_tables(tmp_path):
    write_storage(tmp_path / "a.sto", TIME, COORDINATES, Q)
    theirs = opensim.TimeSeriesTable(str(tmp_path / "a.sto"))
    assert tuple(theirs.getColumnLabels()) == COORDINATES
    np.testing.assert_allclose(theirs.getMatrix().to_numpy(), Q, rtol=1e-11)


def test_we_read_opensims_tables(tmp_path):
    write_storage(tmp_path / "a.sto", TIME, COORDINATES, Q)
    table = opensim.TimeSeriesTable(str(tmp_path / "a.sto"))
    opensim.STOFileAdapter.write(table, str(tmp_path / "b.sto"))
    np.testing.assert_allclose(read_storage(tmp_path / "b.sto").values, Q, rtol=1e-9)


def test_coordinates_round_trip_with_patellae(tmp_path):
    write_coordinates(tmp_path / "c.mot", TIME, Q)
    time, q = read_coordinates(tmp_path / "c.mot")
    np.testing.assert_allclose(q, Q, rtol=1e-11)
    np.testing.assert_allclose(time, TIME, rtol=1e-11)
    patella = read_storage(tmp_path / "c.mot").column("knee_angle_l_beta")
    np.testing.assert_allclose(patella, Q[:, COORDINATE_INDEX["knee_angle_l"]], rtol=1e-11)


def test_degrees_become_radians_but_metres_stay(tmp_path):
    labels = [f"/jointset/some_joint/{name}/value" for name in COORDINATES]
    write_storage(tmp_path / "d.mot", TIME, labels, Q)
    text = (tmp_path / "d.mot").read_text().replace("inDegrees=no", "inDegrees=yes")
    (tmp_path / "d.mot").write_text(text)
    _, q = read_coordinates(tmp_path / "d.mot")
    hip, height = COORDINATE_INDEX["hip_flexion_r"], COORDINATE_INDEX["pelvis_ty"]
    np.testing.assert_allclose(q[:, hip], np.radians(Q[:, hip]))
    np.testing.assert_allclose(q[:, height], Q[:, height])


def test_faults_name_the_file_and_what_is_missing(tmp_path):
    write_storage(tmp_path / "short.mot", TIME, COORDINATES[:-1], Q[:, :-1])
    with pytest.raises(DataError, match=r"short\.mot.*pro_sup_l"):
        read_coordinates(tmp_path / "short.mot")
    (tmp_path / "no.sto").write_text("a poem\nof two lines\n")
    for name in ("no.sto", "nowhere.sto"):
        with pytest.raises(DataError, match=name):
            read_storage(tmp_path / name)
    with pytest.raises(DataError, match=r"nowhere\.osim"):
        read_model_file(tmp_path / "nowhere.osim")
    with pytest.raises(ValueError, match="labels"):
        write_storage(tmp_path / "a.sto", TIME, COORDINATES[:3], Q)


def test_moments_have_opensims_labels(tmp_path):
    write_moments(tmp_path / "m.sto", TIME, Q)
    labels = read_storage(tmp_path / "m.sto").labels
    assert labels[:6:3] == ("pelvis_tilt_moment", "pelvis_tx_force")


def test_ground_force_columns(tmp_path):
    force = np.random.default_rng(1).normal(size=(len(TIME), 2, 3))
    write_ground_forces(tmp_path / "grf.mot", TIME, force, 2 * force, force[:, :, 0])
    table = read_storage(tmp_path / "grf.mot")
    np.testing.assert_allclose(table.column("ground_force_l_vy"), force[:, 1, 1], rtol=1e-11)
    np.testing.assert_allclose(table.column("ground_force_r_pz"), 2 * force[:, 0, 2], rtol=1e-11)
    np.testing.assert_allclose(table.column("ground_torque_l_y"), force[:, 1, 0], rtol=1e-11)
    np.testing.assert_array_equal(table.column("ground_torque_l_x"), 0)


def test_the_model_opens_from_disk_as_it_was(tmp_path, adult, adult_model):
    write_model(adult_model, tmp_path / "folder" / "model.osim")
    again = read_model_file(tmp_path / "folder" / "model.osim")
    state = again.initSystem()
    assert again.getTotalMass(state) == pytest.approx(75)
    again.realizePosition(state)
    lengths = [again.getMuscles().get(name).getLength(state) for name in MUSCLES]
    np.testing.assert_allclose(lengths, adult.lengths(), atol=1e-9)
