"""``points.npz``: what is written is read again, and nonsense is refused with the file's name."""

import numpy as np
import pytest

from engine.cohort.points_file import WalkPoints, read_points, write_points
from engine.core.errors import DataError


def points(n=30, names=("nose", "left_heel"), rate=60.0):
    places = np.random.default_rng(2).uniform(-9, 9, (n, len(names), 3)).astype(np.float32)
    return WalkPoints(np.arange(n) / rate, names, places)


def test_a_file_holds_its_points_to_a_tenth_of_a_millimetre(tmp_path):
    own = points()
    write_points(tmp_path / "points.npz", own)
    again = read_points(tmp_path / "points.npz")
    assert again.names == own.names
    np.testing.assert_array_equal(again.time, own.time)
    np.testing.assert_allclose(again.places, own.places, atol=1e-4)
    np.testing.assert_array_equal(again.of(["left_heel"])[:, 0], again.places[:, 1])
    assert again.rate_hz == pytest.approx(60)
    write_points(tmp_path / "again.npz", again)
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "points.npz").read_bytes()


def test_a_point_that_is_not_there_is_named():
    with pytest.raises(KeyError, match="right_heel"):
        points().of(["nose", "right_heel"])


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"time": np.array([0.0, 0.1, 0.3, 0.4])}, "evenly"),
        ({"time": np.arange(4)[::-1] / 60}, "evenly"),
        ({"places": np.zeros((4, 3, 3))}, r"shape \(4, 3, 3\)"),
        ({"names": np.array(["nose", "nose"])}, "twice"),
        ({"places": np.full((4, 2, 3), np.nan)}, "finite"),
    ],
)
def test_nonsense_is_refused(tmp_path, changed, said):
    sound = {"time": np.arange(4) / 60, "names": np.array(["nose", "chin"]), "places": np.zeros((4, 2, 3))}
    np.savez(tmp_path / "points.npz", **sound | changed)
    with pytest.raises(DataError, match=rf"points\.npz: .*{said}"):
        read_points(tmp_path / "points.npz")


def test_what_is_no_such_file_is_refused(tmp_path):
    (tmp_path / "points.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"points\.npz: .*points: true"):
        read_points(tmp_path / "points.npz")
    np.savez(tmp_path / "other.npz", time=np.arange(3.0))
    with pytest.raises(DataError, match=r"other\.npz: .*names"):
        read_points(tmp_path / "other.npz")
