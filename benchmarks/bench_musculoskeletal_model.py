"""Build time, strength and passive torques of an average young man's model: the figures in ``docs/model.md``.

python -m benchmarks.bench_musculoskeletal_model
"""

import time

import numpy as np

from engine.core.conventions import MUSCLES
from engine.gait.records import MusculoskeletalParameters, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.subject_model import build_subject_model
from engine.musculoskeletal.toolkit import opensim

MAN = Subject(id="man", age_years=30, sex="male", height_m=1.75, mass_kg=75)
Pose = dict[str, float]

STRONGEST: dict[str, tuple[str, int, Pose]] = {
    "plantarflexion, neutral": ("ankle_angle_r", -1, {}),
    "plantarflexion, 12° dorsiflexed": ("ankle_angle_r", -1, {"ankle_angle_r": 12}),
    "dorsiflexion, neutral": ("ankle_angle_r", 1, {}),
    "knee extension, 60° (seated)": ("knee_angle_r", -1, {"knee_angle_r": 60, "hip_flexion_r": 70}),
    "knee flexion, 60° (seated)": ("knee_angle_r", 1, {"knee_angle_r": 60, "hip_flexion_r": 70}),
    "hip extension, 20° flexed": ("hip_flexion_r", -1, {"hip_flexion_r": 20, "knee_angle_r": 20}),
    "hip flexion, neutral": ("hip_flexion_r", 1, {}),
    "hip abduction, neutral": ("hip_adduction_r", -1, {}),
    "hip adduction, neutral": ("hip_adduction_r", 1, {}),
}
PASSIVE: dict[str, tuple[str, Pose]] = {
    "ankle, neutral": ("ankle_angle_r", {}),
    "ankle, 12° dorsiflexed": ("ankle_angle_r", {"ankle_angle_r": 12}),
    "ankle, 25° dorsiflexed": ("ankle_angle_r", {"ankle_angle_r": 25}),
    "hip, 12° extended": ("hip_flexion_r", {"hip_flexion_r": -12}),
    "hip, 30° flexed, knee 5°": ("hip_flexion_r", {"hip_flexion_r": 30, "knee_angle_r": 5}),
    "knee, 65° flexed": ("knee_angle_r", {"knee_angle_r": 65}),
}


class Poser:
    """Muscle forces and moment arms of a model in a pose (degrees)."""

    def __init__(self, model: opensim.Model) -> None:
        self.model = model
        self.state = model.initSystem()
        self.muscles = [model.getMuscles().get(name) for name in MUSCLES if name.endswith("_r")]

    def _set(self, pose: Pose) -> None:
        coordinates = self.model.getCoordinateSet()
        for name in ("hip_flexion_r", "hip_adduction_r", "knee_angle_r", "knee_angle_r_beta", "ankle_angle_r"):
            angle = np.radians(pose.get(name.removesuffix("_beta"), 0.0))
            coordinates.get(name).setValue(self.state, float(angle), False)

    def lengths(self, pose: Pose) -> np.ndarray:
        self._set(pose)
        self.model.realizePosition(self.state)
        return np.array([muscle.getLength(self.state) for muscle in self.muscles])

    def arms(self, coordinate: str, pose: Pose) -> np.ndarray:
        ends = [self.lengths(pose | {coordinate: pose.get(coordinate, 0.0) + step}) for step in (-0.1, 0.1)]
        return (ends[0] - ends[1]) / np.radians(0.2)

    def forces(self, activation: float, pose: Pose) -> np.ndarray:
        self._set(pose)
        for muscle in self.muscles:
            muscle.setActivation(self.state, activation)
        self.model.realizeDynamics(self.state)
        return np.array([muscle.getActuation(self.state) for muscle in self.muscles])


def main() -> None:
    body = anthropometric_body(MAN.age_years, MAN.sex, MAN.height_m)
    times = []
    for _ in range(4):
        start = time.process_time()
        model = build_subject_model(MAN, body, MusculoskeletalParameters())
        times.append(time.process_time() - start)
    print(f"build: first {times[0]:.2f} s, then {np.median(times[1:]):.2f} s of CPU time")
    poser = Poser(model)
    for action, (coordinate, sign, pose) in STRONGEST.items():
        pull = sign * (poser.forces(1.0, pose) - poser.forces(0.0, pose)) * poser.arms(coordinate, pose)
        print(f"{action}: {pull[pull > 0].sum():.0f} N·m")
    for place, (coordinate, pose) in PASSIVE.items():
        print(f"passive, {place}: {poser.forces(0.0, pose) @ poser.arms(coordinate, pose):.1f} N·m")


if __name__ == "__main__":
    main()
