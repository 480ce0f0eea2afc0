"""Scaling: our own agrees with OpenSim's, and follows its laws."""

import numpy as np
import pytest
from posed_model import ADULT, ADULT_BODY, HEALTHY

from engine.core.conventions import MUSCLES
from engine.gait.records import BodyShape, Subject
from engine.musculoskeletal.build_model import build_model
from engine.musculoskeletal.lengths import generic_lengths
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.scale import path_lengths, scale_geometry, scale_muscles, segment_scales
from engine.musculoskeletal.subject_model import describe_subject
from engine.musculoskeletal.toolkit import opensim, vec3


def _scaled_by_opensim(scales):
    generic = published_model()
    model = build_model(generic)
    factors = opensim.ScaleSet()
    for body in generic.bodies:
        scale = opensim.Scale()
        scale.setSegmentName(body.name)
        scale.setScaleFactors(vec3(scales["thigh" if body.name.startswith("patella") else body.segment]))
        scale.setApply(True)
        factors.cloneAndAppend(scale)
    model.scale(model.initSystem(), factors, False, -1.0)
    return model


def test_same_paths_fibres_and_tendons_as_opensims_scaling():
    lengths = {name: length * (0.85 + 0.03 * k) for k, (name, length) in enumerate(generic_lengths().items())}
    scales = segment_scales(BodyShape(np.zeros(0), lengths))
    judge = _scaled_by_opensim(scales)
    state = judge.initSystem()
    generic = published_model()
    ours = scale_muscles(scale_geometry(generic, scales), path_lengths(generic), mass_ratio=1.0)
    theirs = [judge.getMuscles().get(name) for name in MUSCLES]
    compared = [k for k, name in enumerate(MUSCLES) if not name.startswith("gas")]
    lengths = np.array([m.getLength(state) for m in theirs])
    np.testing.assert_allclose(path_lengths(ours)[compared], lengths[compared], atol=5e-5)
    ours_fibres = [m.optimal_fibre_length for m in ours.muscles]
    np.testing.assert_allclose(ours_fibres, [m.getOptimalFiberLength() for m in theirs], rtol=5e-3)
    ours_tendons = [m.tendon_slack_length for m in ours.muscles]
    np.testing.assert_allclose(ours_tendons, [m.getTendonSlackLength() for m in theirs], rtol=5e-3)


def test_a_body_twice_as_large_has_everything_twice_as_long():
    twice = BodyShape(np.zeros(0), {name: 2 * length for name, length in ADULT_BODY.lengths_m.items()})
    once, double = (describe_subject(ADULT, body, HEALTHY) for body in (ADULT_BODY, twice))
    for a, b in zip(once.muscles, double.muscles, strict=True):
        assert b.optimal_fibre_length == pytest.approx(2 * a.optimal_fibre_length, rel=1e-3)
        assert b.max_isometric_force == pytest.approx(a.max_isometric_force)
    for a, b in zip(once.bodies, double.bodies, strict=True):
        if a.name != "torso":
            np.testing.assert_allclose(b.inertia, 4 * a.inertia, rtol=1e-9)


def test_force_grows_with_mass_to_the_two_thirds():
    heavy = Subject(id="heavy", age_years=30, sex="male", height_m=1.75, mass_kg=150)
    light, strong = (describe_subject(person, ADULT_BODY, HEALTHY) for person in (ADULT, heavy))
    for a, b in zip(light.muscles, strong.muscles, strict=True):
        assert b.max_isometric_force == pytest.approx(2 ** (2 / 3) * a.max_isometric_force)
