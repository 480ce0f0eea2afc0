"""From published muscles to the ones that walk here: two adjustments, the same for all muscles.

Strength. The published forces take 60 N per cm² of muscle, which lets the joints give about twice what young adults can. Torques
measured in young men (of 75 kg: knee extension 239 N·m and flexion 104 at mid-range, plantarflexion 132–180, dorsiflexion 45, hip
extension 180–250 and flexion 120–170, abduction 100–130; see ``docs/model.md``) call for 20 to 40 N/cm²; plantarflexors are known
to do more in gait than in a test.

Tendon. A rigid tendon as long as a slack one keeps the calf's fibres too long: torque falls with dorsiflexion where it should
rise. So the rigid tendon has the length that the elastic one takes under a fifth of its muscle's maximal force.
"""

from dataclasses import replace

from engine.musculoskeletal.description import ModelDescription

PUBLISHED_TENSION_N_PER_CM2 = 60.0
"""Rajagopal et al. 2016."""

TENSION_N_PER_CM2 = 35.0

TENDON_STRAIN = 0.019
"""Strain at 0.2 of maximal isometric force on the tendon curve of De Groote et al. 2016 (0.049 at maximal force)."""


def calibrate(published: ModelDescription) -> ModelDescription:
    """The model with muscles for rigid tendons and the strength of healthy young adults."""
    muscles = tuple(
        replace(
            muscle,
            max_isometric_force=muscle.max_isometric_force * TENSION_N_PER_CM2 / PUBLISHED_TENSION_N_PER_CM2,
            tendon_slack_length=muscle.tendon_slack_length * (1 + TENDON_STRAIN),
        )
        for muscle in published.muscles
    )
    return replace(published, muscles=muscles)
