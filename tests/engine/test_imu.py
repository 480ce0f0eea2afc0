"""Virtual sensors: laws of inertial measurement."""

import numpy as np
import pytest
from made_walk import Recipe, body_of, made_walk
from scipy.spatial.transform import Rotation

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GRAVITY_MPS2, IMU_SITES
from engine.gait.cycle import mirror_coordinates
from engine.walk.imu import GRAVITY, MOUNTS, angular_velocity, imu_table, site_motion, specific_force

TIME = np.arange(0.0, 2.2, 0.01)


def tumbling() -> np.ndarray:
    """Rotations of a limb-like swing about all axes, ``(n, 3, 3)``."""
    angles = np.stack(
        [0.7 * np.sin(5 * TIME), 0.3 * np.cos(9 * TIME), 0.5 * np.sin(12 * TIME + 1)],
        axis=1,
    )
    return Rotation.from_euler("zxy", angles).as_matrix()


def test_standing_still_shows_one_g_upward():
    tilt = Rotation.from_euler("z", 30, degrees=True).as_matrix()
    rotation = np.broadcast_to(tilt, (len(TIME), 3, 3))
    force = specific_force(TIME, np.ones((len(TIME), 3)), rotation)
    np.testing.assert_allclose(force @ tilt.T, np.broadcast_to([0, GRAVITY_MPS2, 0], force.shape), atol=1e-9)
    np.testing.assert_allclose(angular_velocity(TIME, rotation), 0.0, atol=1e-9)


def test_free_fall_shows_nothing():
    position = 0.5 * GRAVITY * TIME[:, None] ** 2 + [1.3, 2.0, 0.1] * TIME[:, None]
    np.testing.assert_allclose(specific_force(TIME, position, tumbling()), 0.0, atol=1e-6)


def test_integrating_the_gyroscope_gives_the_orientation_back():
    rotation = tumbling()
    rate = angular_velocity(TIME, rotation)
    found = Rotation.from_matrix(rotation[0])
    for k in range(len(TIME) - 1):
        found = found * Rotation.from_rotvec(0.5 * (rate[k] + rate[k + 1]) * (TIME[k + 1] - TIME[k]))
    drift = (found.inv() * Rotation.from_matrix(rotation[-1])).magnitude()
    assert np.rad2deg(drift) < 0.2


def test_integrating_the_accelerometer_twice_gives_the_way_back():
    rotation = tumbling()
    position = np.stack([1.2 * TIME, 0.03 * np.sin(11 * TIME), 0.02 * np.cos(6 * TIME)], axis=1)
    force = specific_force(TIME, position, rotation)
    acceleration = np.einsum("nij,nj->ni", rotation, force) + GRAVITY
    step = TIME[1] - TIME[0]
    start = np.array([1.2, 0.33, 0.0])
    speed = start + np.concatenate(
        [np.zeros((1, 3)), np.cumsum(step * (acceleration[1:] + acceleration[:-1]) / 2, axis=0)]
    )
    way = position[0] + np.concatenate([np.zeros((1, 3)), np.cumsum(step * (speed[1:] + speed[:-1]) / 2, axis=0)])
    np.testing.assert_allclose(way, position, atol=2e-3)


def test_a_turntable_shows_centripetal_force():
    spin, radius = 4.0, 0.3
    angle = spin * TIME
    rotation = Rotation.from_euler("y", angle[:, None]).as_matrix().reshape(-1, 3, 3)
    position = rotation @ np.array([radius, 0.0, 0.0])
    force = specific_force(TIME, position, rotation)[5:-5]
    expected = np.broadcast_to([-(spin**2) * radius, GRAVITY_MPS2, 0.0], force.shape)
    np.testing.assert_allclose(force, expected, atol=1e-4)
    np.testing.assert_allclose(
        angular_velocity(TIME, rotation), np.broadcast_to([0, spin, 0], (len(TIME), 3)), atol=1e-6
    )


def test_left_and_right_sensors_sit_in_a_mirror():
    lengths = dict.fromkeys(("trunk", "pelvis", "thigh", "shank", "forearm"), 0.4)
    for mount in MOUNTS.values():
        right, left = mount.offset("right", lengths), mount.offset("left", lengths)
        np.testing.assert_array_equal(right * [1, 1, -1], left)


@pytest.mark.parametrize("shape", [(), (4,)])
def test_several_sensors_are_read_like_one(shape):
    rotation = np.broadcast_to(tumbling().reshape(-1, *[1] * len(shape), 3, 3), (len(TIME), *shape, 3, 3))
    assert angular_velocity(TIME, rotation).shape == (len(TIME), *shape, 3)
    np.testing.assert_allclose(
        angular_velocity(TIME, rotation).reshape(len(TIME), -1, 3)[:, 0], angular_velocity(TIME, tumbling())
    )


@pytest.fixture(scope="module")
def table():
    """A made walk of an adult; ten strides of one second."""
    return imu_table(made_walk(Recipe(stride_times=(1.0,) * 10)))


def test_sensors_of_a_standing_person_are_where_they_are_worn():
    body, q = body_of(1.7), np.zeros((1, len(COORDINATES)))
    q[0, COORDINATE_INDEX["pelvis_ty"]] = 0.93
    position, rotation = site_motion(body, q)
    place = dict(zip(IMU_SITES, position[0], strict=True))
    heights = [place[site][1] for site in ("chest", "waist", "right_wrist", "right_thigh", "right_ankle")]
    assert heights == sorted(heights, reverse=True)
    assert 0.05 < place["right_ankle"][1] < 0.25
    assert place["chest"][0] > 0 > place["waist"][0]
    np.testing.assert_allclose(place["left_thigh"] * [1, 1, -1], place["right_thigh"], atol=1e-9)
    np.testing.assert_allclose(np.linalg.det(rotation), 1.0)
    np.testing.assert_allclose(rotation[0, IMU_SITES.index("chest")], np.eye(3), atol=1e-6)


def test_a_mirrored_pose_puts_the_sensors_in_a_mirror():
    rng = np.random.default_rng(5)
    q = rng.uniform(-0.3, 0.3, (4, len(COORDINATES)))
    swap = [IMU_SITES.index(s.replace("left", "x").replace("right", "left").replace("x", "right")) for s in IMU_SITES]
    there, _ = site_motion(body_of(1.5), q)
    mirror, _ = site_motion(body_of(1.5), mirror_coordinates(q))
    np.testing.assert_allclose(mirror[:, swap] * [1, 1, -1], there, atol=1e-6)


def test_table_has_every_site_at_100_hz(table):
    assert list(table.columns[:4]) == ["time_s", "chest_acc_x", "chest_acc_y", "chest_acc_z"]
    assert table.shape == (1001, 1 + 6 * len(IMU_SITES))
    np.testing.assert_allclose(np.diff(table["time_s"]), 0.01)
    assert np.isfinite(table.to_numpy()).all()


@pytest.mark.parametrize("site", IMU_SITES)
def test_mean_specific_force_of_whole_strides_is_gravity(site):
    """Over whole strides the speed comes back, so the mean acceleration in the world is nothing but gravity's reaction."""
    walk = made_walk(Recipe(stride_times=(1.0,) * 10))
    _, rotation = site_motion(walk.gait.body, walk.dynamics.q)
    table = imu_table(walk)
    force = table[[f"{site}_acc_{axis}" for axis in "xyz"]].to_numpy()
    world = np.einsum("nij,nj->ni", rotation[:, IMU_SITES.index(site)], force)[100:900]
    np.testing.assert_allclose(world.mean(0), [0, GRAVITY_MPS2, 0], atol=0.02)


def test_the_gyroscope_on_the_thigh_turns_about_the_hip(table):
    """Sagittal rate of the thigh is that of hip flexion and pelvic tilt together."""
    walk = made_walk(Recipe(stride_times=(1.0,) * 10))
    angle = walk.dynamics.q[:, COORDINATE_INDEX["hip_flexion_r"]] + walk.dynamics.q[:, COORDINATE_INDEX["pelvis_tilt"]]
    rate = np.gradient(angle, 0.01)
    assert np.corrcoef(rate, table["right_thigh_gyr_z"])[0, 1] > 0.97
