"""Sole points: symmetric, under the feet, on the floor."""

import numpy as np
import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY

from engine.gait.records import BodyShape
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.foot_contact import SolePoints, sole_points
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.toolkit import vec3

SHOD = BodyShape(np.zeros(0), ADULT_BODY.lengths_m | {"ankle_height": 0.095, "foot": 0.29})


@pytest.mark.parametrize("body", [ADULT_BODY, SHOD], ids=["barefoot", "shod"])
def test_all_touch_the_floor_when_the_neutral_pose_stands(body):
    description = describe_subject(ADULT, body, HEALTHY)
    soles = sole_points(description, body)
    model = build_model(description)
    state = model.initSystem()
    ground = np.array(
        [
            model.getBodySet().get(name).findStationLocationInGround(state, vec3(centre)).to_numpy()
            for name, centre in zip(soles.bodies, soles.centres, strict=True)
        ]
    )
    np.testing.assert_allclose(ground[:, 1] - soles.radii, 0.0, atol=1e-3)
    assert np.ptp(ground[: len(ground) // 2, 0]) == pytest.approx(0.94 * body.lengths_m["foot"], abs=1e-3)
    ankle = model.getJointSet().get("ankle_r").getParentFrame().getPositionInGround(state).to_numpy()
    assert ground[0, 0] < ankle[0] < ground[:, 0].max()


def test_left_is_the_mirror_of_right(adult_description):
    soles = sole_points(adult_description, ADULT_BODY)
    half = len(soles.bodies) // 2
    right, left = soles.centres[:half], soles.centres[half:]
    np.testing.assert_allclose(left, right * [1, 1, -1])
    np.testing.assert_array_equal(soles.radii[:half], soles.radii[half:])
    assert [name[:-2] for name in soles.bodies[:half]] == [name[:-2] for name in soles.bodies[half:]]


def test_shapes_are_checked():
    with pytest.raises(ValueError, match="do not fit"):
        SolePoints(("calcn_r",), np.zeros((2, 3)), np.ones(2))
