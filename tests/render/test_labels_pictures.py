"""Labels of pixels come back as they were."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import DataError
from render.figure.body_parts import PARTS
from render.labels import run_lengths
from render.labels.pictures import (
    CropTrack,
    MaskTrack,
    read_crops,
    read_masks,
    to_millimetres,
    write_crops,
    write_masks,
)

MASKS = st.builds(
    lambda width, height, share, seed: np.random.default_rng(seed).random((height, width)) < share,
    st.integers(1, 40),
    st.integers(1, 40),
    st.sampled_from([0.0, 0.03, 0.5, 0.97, 1.0]),
    st.integers(0, 2**16),
)


@settings(max_examples=60, deadline=None)
@given(MASKS)
def test_run_lengths_round_trip(mask):
    size = mask.shape[::-1]
    counts = run_lengths.encode(mask)
    np.testing.assert_array_equal(run_lengths.decode(counts, size), mask)
    np.testing.assert_array_equal(run_lengths.from_text(run_lengths.to_text(counts)), counts)
    assert run_lengths.area(counts) == mask.sum()
    assert (counts[1:] > 0).all()
    box = run_lengths.box(counts, size)
    if box is None:
        assert not mask.any()
    else:
        left, top, right, bottom = box
        assert mask[top:bottom, left:right].sum() == mask.sum()
        assert mask[top].any()
        assert mask[:, right - 1].any()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 2**31), min_size=1, max_size=12))
def test_texts_hold_any_lengths(lengths):
    counts = np.array(lengths, np.uint32)
    np.testing.assert_array_equal(run_lengths.from_text(run_lengths.to_text(counts)), counts)


def test_runs_go_down_the_columns_and_begin_outside():
    mask = np.array([[1, 0, 0], [1, 1, 0]], bool)
    assert run_lengths.encode(mask).tolist() == [0, 2, 1, 1, 2]


def test_text_is_cocos():
    """As pycocotools 2.0 packs the same lengths of a picture of 9 × 10 pixels."""
    lengths = np.array([6, 1, 40, 4, 5, 4, 5, 4, 21], np.uint32)
    assert run_lengths.to_text(lengths) == "61X13mN000`0"


def test_wrong_runs_are_refused():
    with pytest.raises(ValueError, match="3 × 3"):
        run_lengths.decode(np.array([4, 4], np.uint32), (3, 3))
    with pytest.raises(ValueError, match="inside a number"):
        run_lengths.from_text("a")


def test_masks_come_back(tmp_path):
    rng = np.random.default_rng(0)
    masks = [rng.random((20, 30)) < share for share in (0.3, 0.0, 1.0)]
    write_masks(tmp_path / "a.masks.npz", MaskTrack(tuple(map(run_lengths.encode, masks)), (30, 20)))
    back = read_masks(tmp_path / "a.masks.npz")
    assert (len(back), back.size) == (3, (30, 20))
    for k, mask in enumerate(masks):
        np.testing.assert_array_equal(back.mask(k), mask)
    assert np.isnan(back.boxes()[1]).all()
    np.testing.assert_array_equal(back.boxes()[2], [-0.5, -0.5, 29.5, 19.5])


def test_crops_come_back_in_their_place(tmp_path):
    boxes = np.array([[2, 3, 6, 5], [0, 0, 0, 0], [0, 0, 10, 8]], np.int32)
    crops = tuple(np.arange((b - t) * (r - x), dtype=np.uint8).reshape(b - t, r - x) for x, t, r, b in boxes)
    write_crops(tmp_path / "a.parts.npz", CropTrack(boxes, crops, (10, 8)), PARTS)
    back = read_crops(tmp_path / "a.parts.npz")
    assert len(back) == 3
    np.testing.assert_array_equal(back.picture(0)[3:5, 2:6], crops[0])
    assert back.picture(0).sum() == crops[0].sum()
    assert not back.picture(1).any()
    np.testing.assert_array_equal(back.picture(2), crops[2])
    with np.load(tmp_path / "a.parts.npz") as data:
        assert tuple(data["names"]) == PARTS


def test_depths_are_millimetres():
    assert to_millimetres(np.array([0.0, 1.2344, 80.0])).tolist() == [0, 1234, 65535]


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "a.masks.npz").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"a\.masks\.npz"):
        read_masks(tmp_path / "a.masks.npz")
