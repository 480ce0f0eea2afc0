"""An adult for the tests, and ways to ask OpenSim about a pose of a model."""

import numpy as np

from engine.core.conventions import COORDINATES, MUSCLES, TRANSLATIONS
from engine.gait.records import MusculoskeletalParameters, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body

HEALTHY = MusculoskeletalParameters()
ADULT = Subject(id="adult", age_years=30, sex="male", height_m=1.75, mass_kg=75)
ADULT_BODY = anthropometric_body(30, "male", 1.75)
RIGHT = slice(0, len(MUSCLES) // 2)
LEFT = slice(len(MUSCLES) // 2, len(MUSCLES))


class Posed:
    """A model with a state, asked by coordinate values."""

    def __init__(self, model):
        self.model = model
        self.state = model.initSystem()
        self.muscles = [model.getMuscles().get(name) for name in MUSCLES]

    def pose(self, **values):
        """Sets the named coordinates, all others to zero, patellae to their knees."""
        coordinates = self.model.getCoordinateSet()
        for name in COORDINATES:
            if name not in TRANSLATIONS:
                coordinates.get(name).setValue(self.state, values.get(name, 0.0), False)
        for side in "rl":
            coordinates.get(f"knee_angle_{side}_beta").setValue(
                self.state, values.get(f"knee_angle_{side}", 0.0), False
            )
        self.model.realizePosition(self.state)
        return self.state

    def lengths(self, **values):
        self.pose(**values)
        return np.array([muscle.getLength(self.state) for muscle in self.muscles])

    def moment_arms(self, coordinate, step=1e-3, **values):
        centre = values.get(coordinate, 0.0)
        longer, shorter = (self.lengths(**values | {coordinate: centre + d}) for d in (step, -step))
        return (shorter - longer) / (2 * step)

    def forces(self, activation, **values):
        """Force of every muscle at rest, N."""
        self.pose(**values)
        for muscle in self.muscles:
            muscle.setActivation(self.state, activation)
        self.model.realizeDynamics(self.state)
        return np.array([muscle.getActuation(self.state) for muscle in self.muscles])
