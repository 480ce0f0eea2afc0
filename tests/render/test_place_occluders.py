"""What stands before the walker now and then."""

import numpy as np
import pytest

from render.camera.camera import Camera, look_rotation, make_intrinsics
from render.places.bystander import bystander
from render.places.furniture import bin_with_lid, chair, trolley
from render.places.occluders import occluders
from render.places.place import WALKWAY_HALF_M, Piece
from render.places.studio import studio

_WALKWAY = (0.0, 5.0)
_MAKERS = (bin_with_lid, trolley, chair)


def _camera(eye: tuple[float, float, float]) -> Camera:
    rotation = look_rotation(np.array([0.0, 0.9, 2.5]) - eye)
    return Camera("c", make_intrinsics(1.0, (64, 64)), rotation, -rotation @ np.array(eye), (64, 64))


def _drawn(rate: float, seed: int, eye: tuple[float, float, float] = (6.0, 1.4, 3.0)) -> list[Piece]:
    return occluders(_camera(eye), _WALKWAY, rate, np.random.default_rng(seed), makers=_MAKERS)


def test_rate_is_the_share_of_cameras():
    assert not any(_drawn(0.0, seed) for seed in range(20))
    assert all(_drawn(1.0, seed) for seed in range(20))
    share = np.mean([bool(_drawn(0.3, seed)) for seed in range(100)])
    assert 0.15 < share < 0.45


def test_occluders_stand_on_the_floor_beside_the_walkway_and_apart():
    for eye in ((6.0, 1.4, 3.0), (0.2, 1.2, 9.0), (-4.0, 2.5, -3.0)):
        for seed in range(8):
            pieces = _drawn(1.0, seed, eye)
            for piece in pieces:
                low, high = piece.extent
                assert abs(low[1]) < 0.02
                beside = low[0] > WALKWAY_HALF_M or high[0] < -WALKWAY_HALF_M
                assert beside or low[2] > _WALKWAY[1] + WALKWAY_HALF_M or high[2] < _WALKWAY[0] - WALKWAY_HALF_M
                assert piece.stays
                middle = piece.extent.mean(axis=0)[[0, 2]]
                assert np.linalg.norm(middle - np.array(eye)[[0, 2]]) > 1.2, "it would fill the picture"


def test_they_stay_and_darken_the_floor_around_them():
    place = studio(*_WALKWAY, np.random.default_rng(1))
    camera = _camera((6.0, 1.4, 3.0))
    pieces = occluders(camera, _WALKWAY, 1.0, np.random.default_rng(5), makers=(trolley,))
    fuller = place.with_pieces(pieces)
    added = fuller.part(len(place.pieces))
    assert len(added.vertices) >= len(pieces[0].solids)
    seen = fuller.seen_from(camera.position[None])
    assert len(seen.faces) > len(place.seen_from(camera.position[None]).faces) + len(added.faces) - 1
    low, high = pieces[0].extent
    ground = fuller.part(-1)
    under = ((ground.vertices > low - 0.02) & (ground.vertices < high + 0.02))[:, [0, 2]].all(axis=1)
    under &= ground.vertices[:, 1] < 0.01
    assert ground.colours[under, 3].min() < 0.9 * np.median(ground.colours[:, 3])


@pytest.mark.usefixtures("_default_body")
def test_a_bystander_stands_on_the_floor():
    one, two = (bystander(np.random.default_rng(4)) for _ in range(2))
    low, high = one.extent
    assert low[1] == 0
    assert 1.4 < high[1] < 2.1
    assert np.abs([low[0], high[0]]).max() < 0.8
    np.testing.assert_array_equal(one.solids[0].vertices, two.solids[0].vertices)
