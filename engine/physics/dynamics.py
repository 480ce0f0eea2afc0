"""The forces of a finished motion as a record, and OpenSim's opinion of it."""

import numpy as np

from engine.core.arrays import Array
from engine.gait.cycle import Motion
from engine.gait.records import Dynamics
from engine.musculoskeletal.replay import InverseDynamics
from engine.physics.body import PhysicalBody
from engine.physics.contact import ground_wrench
from engine.physics.figures import Residuals, reserves, residuals
from engine.physics.loads import Explanation


def as_dynamics(body: PhysicalBody, time: Array, frames: Explanation) -> Dynamics:
    """Net joint moments are those of inverse dynamics less the ground's; at the pelvis, what stays unexplained."""
    force, centre, free_moment = ground_wrench(body, frames.motion.position, frames.point_force)
    ground = np.einsum("npci,npi->nc", frames.motion.jacobian, frames.point_force)
    return Dynamics(
        time=time,
        q=frames.q,
        force=force,
        pressure_centre=centre,
        free_moment=free_moment,
        moments=frames.motion.force - ground,
        activations=np.clip(frames.activation, 0.0, 1.0),
        reserves=reserves(frames),
    )


def replay(judge: InverseDynamics, body: PhysicalBody, motion: Motion, dynamics: Dynamics) -> Residuals:
    """OpenSim's inverse dynamics of the same motion under the same ground forces."""
    found = judge.solve(motion, dynamics.force, dynamics.pressure_centre, dynamics.free_moment)
    return residuals(body, dynamics, found)
