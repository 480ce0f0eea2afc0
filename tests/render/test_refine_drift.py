"""The check that keeps labels true: moved pictures are told by how far, recoloured ones are kept."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter, shift

from render.backends.drift import DriftBounds, measure_drift

_SIZE = 192
_JOINTS = {
    "head": (40, 96),
    "neck": (62, 96),
    "hip": (105, 96),
    "left_knee": (135, 84),
    "left_ankle": (166, 76),
    "right_knee": (136, 108),
    "right_ankle": (166, 114),
    "left_hand": (105, 66),
    "right_hand": (105, 128),
}
_BONES = (
    ("head", "head", 12, (0.8, 0.6, 0.5)),
    ("neck", "hip", 15, (0.2, 0.3, 0.7)),
    ("neck", "left_hand", 6, (0.75, 0.55, 0.45)),
    ("neck", "right_hand", 6, (0.75, 0.55, 0.45)),
    ("hip", "left_knee", 9, (0.15, 0.15, 0.2)),
    ("left_knee", "left_ankle", 7, (0.15, 0.15, 0.2)),
    ("hip", "right_knee", 9, (0.25, 0.25, 0.3)),
    ("right_knee", "right_ankle", 7, (0.25, 0.25, 0.3)),
)


def _place(seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).normal(size=(_SIZE, _SIZE, 3))
    return 0.72 + 0.9 * gaussian_filter(noise, (6, 6, 0))


def _draw(joints: dict, place: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A person of capsules before a place: picture, and where the person is."""
    row, column = np.indices((_SIZE, _SIZE))
    picture, person = place.copy(), np.zeros((_SIZE, _SIZE), bool)
    for start, end, radius, colour in _BONES:
        a, b = np.array(joints[start], float), np.array(joints[end], float)
        along = np.clip(((row - a[0]) * (b - a)[0] + (column - a[1]) * (b - a)[1]) / max(((b - a) ** 2).sum(), 1), 0, 1)
        distance = np.hypot(row - a[0] - along * (b - a)[0], column - a[1] - along * (b - a)[1])
        inside = distance < radius
        shade = 1.0 - 0.35 * (distance / radius) ** 2
        picture = np.where(inside[..., None], np.array(colour) * shade[..., None], picture)
        person |= inside
    return np.clip(255 * picture, 0, 255).astype(np.uint8), person


@pytest.fixture(scope="module")
def drawn():
    picture, person = _draw(_JOINTS, _place(0))
    keypoints = np.array([(column, row) for row, column in _JOINTS.values()], float)
    return picture, person, keypoints, np.ones(len(keypoints), bool)


def _drift(drawn, changed):
    picture, person, keypoints, visible = drawn
    return measure_drift(picture, changed, person, keypoints, visible)


def test_the_same_picture_has_not_moved(drawn):
    drift = _drift(drawn, drawn[0])
    assert (drift.outline_found, drift.outline, drift.keypoints_found, drift.keypoint) == (1.0, 0.0, 1.0, 0.0)
    assert drift.reason(DriftBounds()) is None


def _recoloured(drawn) -> np.ndarray:
    """Other gamma, other hues, another place behind, blur and noise: all that a refiner may change."""
    picture, person, _, _ = drawn
    look = (picture / 255.0) ** 0.6 @ np.array([[0.5, 0.3, 0.2], [0.2, 0.7, 0.1], [0.1, 0.2, 0.7]])
    look = np.where(person[..., None], look, np.clip(_place(5) * [1.0, 1.1, 0.95], 0, 1))
    look = gaussian_filter(look, (0.7, 0.7, 0)) + np.random.default_rng(1).normal(0, 0.01, look.shape)
    return np.clip(255 * look, 0, 255).astype(np.uint8)


def test_new_colours_and_a_new_place_are_kept(drawn):
    drift = _drift(drawn, _recoloured(drawn))
    assert drift.reason(DriftBounds()) is None, drift
    assert drift.outline < 0.012


@pytest.mark.parametrize(("down", "right"), [(3, 0), (0, 4), (-3, -2)])
def test_a_known_shift_is_measured(drawn, down, right):
    picture, person, _, _ = drawn
    height = np.ptp(np.nonzero(person)[0]) + 1
    moved = shift(picture, (down, right, 0), order=0, mode="nearest")
    drift = _drift(drawn, moved)
    true = np.hypot(down, right)
    assert drift.keypoint * height == pytest.approx(true, abs=1.5)
    assert drift.outline * height == pytest.approx(true, abs=1.0)
    assert drift.reason(DriftBounds()) is not None


def test_a_moved_limb_is_refused_though_the_rest_stands_still(drawn):
    joints = _JOINTS | {"left_hand": (98, 60), "left_ankle": (164, 70)}
    changed, _ = _draw(joints, _place(0))
    drift = _drift(drawn, changed)
    assert drift.reason(DriftBounds()) is not None, drift


@pytest.mark.parametrize("kind", ["noise", "empty", "grey"])
def test_a_picture_without_the_person_is_refused(drawn, kind):
    noise = np.random.default_rng(2).integers(0, 256, drawn[0].shape).astype(np.uint8)
    changed = {"noise": noise, "empty": np.clip(255 * _place(0), 0, 255).astype(np.uint8), "grey": 0 * noise + 128}
    assert "found again" in _drift(drawn, changed[kind]).reason(DriftBounds())


def test_mirrored_is_refused(drawn):
    assert _drift(drawn, drawn[0][:, ::-1]).reason(DriftBounds()) is not None


def test_hidden_keypoints_do_not_count(drawn):
    picture, person, keypoints, visible = drawn
    joints = _JOINTS | {"left_hand": (80, 60)}
    changed, _ = _draw(joints, _place(0))
    one = np.arange(len(visible)) == list(_JOINTS).index("left_hand")
    seen = measure_drift(picture, changed, person, keypoints, one)
    unseen = measure_drift(picture, changed, person, keypoints, ~one & (np.arange(len(visible)) == 0))
    assert seen.keypoint > 0.02 or seen.keypoints_found < 1
    assert (unseen.keypoint, unseen.keypoints_found) == (0.0, 1.0)


def test_without_a_person_nothing_drifts(drawn):
    picture, person, keypoints, visible = drawn
    assert (
        measure_drift(picture, picture[::-1], person & False, keypoints, visible & False).reason(DriftBounds()) is None
    )
