"""Applies `MusculoskeletalParameters` to the muscles and joints of a model.

Spasticity is a reflex, not a property of a muscle in OpenSim: the physics applies it. Everything else ends in the model.
"""

from dataclasses import replace

from engine.core.conventions import MUSCLE_GROUPS, SIDES
from engine.gait.records import MusculoskeletalParameters
from engine.musculoskeletal.description import ModelDescription, Muscle

MUSCLE_PLACE: dict[str, tuple[int, int]] = {
    f"{muscle}_{side[0]}": (i, j)
    for i, side in enumerate(SIDES)
    for j, group in enumerate(MUSCLE_GROUPS.values())
    for muscle in group
}
"""Index of each muscle's side and group in the arrays of `MusculoskeletalParameters`."""


def impair(description: ModelDescription, parameters: MusculoskeletalParameters) -> ModelDescription:
    """The model with strength, contracture, stiffness and least activation of each muscle group and side.

    A passive stiffness of ``k`` lets the passive force reach the same size at ``1 / k`` of the strain.
    """

    def changed(muscle: Muscle) -> Muscle:
        place = MUSCLE_PLACE[muscle.name]
        return replace(
            muscle,
            max_isometric_force=muscle.max_isometric_force * parameters.max_isometric_force[place],
            optimal_fibre_length=muscle.optimal_fibre_length * parameters.optimal_fibre_length[place],
            tendon_slack_length=muscle.tendon_slack_length * parameters.tendon_slack_length[place],
            passive_strain=muscle.passive_strain / parameters.passive_stiffness[place],
            min_control=float(parameters.control_min[place]),
        )

    return replace(
        description,
        muscles=tuple(changed(muscle) for muscle in description.muscles),
        coordinates=tuple(
            replace(coordinate, passive=coordinate.passive.times(parameters.joint_stiffness))
            for coordinate in description.coordinates
        ),
    )
