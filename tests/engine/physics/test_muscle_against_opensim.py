"""One muscle on a slider, ours against OpenSim's DeGrooteFregly2016Muscle: every curve, pennation, stiffness and activation at once."""

import itertools

import numpy as np
import pytest

from engine.musculoskeletal.muscle_paths import MuscleParameters
from engine.musculoskeletal.toolkit import opensim
from engine.physics.kernels.muscle_force import tendon_force

OPTIMAL, SLACK, STRENGTH, FASTEST = 0.08, 0.2, 1000.0, 10.0
LENGTHS = np.array([0.45, 0.6, 0.8, 0.95, 1.0, 1.1, 1.3, 1.5, 1.6])
SPEEDS = np.array([-0.9, -0.5, -0.1, 0.0, 0.1, 0.5, 0.9])
ACTIVATIONS = (0.01, 0.5, 1.0)


class Slider:
    """A muscle between the ground and a body that slides away from it."""

    def __init__(self, pennation, strain):
        model = opensim.Model()
        model.set_gravity(opensim.Vec3(0, 0, 0))
        body = opensim.Body("load", 1.0, opensim.Vec3(0), opensim.Inertia(1))
        model.addBody(body)
        joint = opensim.SliderJoint("slide", model.getGround(), body)
        joint.updCoordinate().setName("x")
        model.addJoint(joint)
        muscle = opensim.DeGrooteFregly2016Muscle()
        muscle.setName("muscle")
        muscle.addNewPathPoint("origin", model.getGround(), opensim.Vec3(0))
        muscle.addNewPathPoint("insertion", body, opensim.Vec3(0))
        muscle.set_max_isometric_force(STRENGTH)
        muscle.set_optimal_fiber_length(OPTIMAL)
        muscle.set_tendon_slack_length(SLACK)
        muscle.set_pennation_angle_at_optimal(pennation)
        muscle.set_max_contraction_velocity(FASTEST)
        muscle.set_passive_fiber_strain_at_one_norm_force(strain)
        muscle.set_ignore_tendon_compliance(True)
        muscle.set_ignore_activation_dynamics(False)
        model.addForce(muscle)
        self.model, self.state = model, model.initSystem()
        self.coordinate, self.muscle = model.getCoordinateSet().get("x"), model.getMuscles().get("muscle")

    def tension(self, length, rate, activation):
        self.coordinate.setValue(self.state, float(length))
        self.coordinate.setSpeedValue(self.state, float(rate))
        self.muscle.setActivation(self.state, float(activation))
        self.model.realizeDynamics(self.state)
        return self.muscle.getTendonForce(self.state), self.muscle.getPassiveFiberForceAlongTendon(self.state)


@pytest.mark.parametrize(("pennation", "strain"), list(itertools.product((0.0, 0.25, 0.5), (0.35, 0.6, 0.9))))
def test_tension_over_lengths_speeds_and_activations(pennation, strain):
    slider = Slider(pennation, strain)
    parameters = MuscleParameters(
        *(np.array([value]) for value in (STRENGTH, OPTIMAL, SLACK, pennation, FASTEST, strain, 0.0))
    )
    along = np.sqrt(np.maximum((LENGTHS * OPTIMAL) ** 2 - (OPTIMAL * np.sin(pennation)) ** 2, 0.0))
    compared = 0
    for (length, fibre), speed, activation in itertools.product(
        zip(SLACK + along, LENGTHS, strict=True), SPEEDS, ACTIVATIONS
    ):
        if fibre * OPTIMAL < 1.1 * OPTIMAL * np.sin(pennation) or fibre > 1 + 1.2 * strain:
            continue
        rate = speed * FASTEST * OPTIMAL
        capacity, passive = (float(v[0, 0]) for v in tendon_force(parameters, np.array([[length]]), np.array([[rate]])))
        whole, theirs = slider.tension(length, rate, activation)
        assert passive == pytest.approx(theirs, abs=1e-6 * STRENGTH, rel=1e-9)
        assert activation * capacity + passive == pytest.approx(whole, abs=1e-6 * STRENGTH, rel=1e-9)
        compared += 1
    assert compared > 100
