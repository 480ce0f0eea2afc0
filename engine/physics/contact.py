"""The contact model: points on the floor, found and not given. A force costs the more, the higher its point is and the faster it slides."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, SIDES
from engine.core.frozen import frozen
from engine.physics.body import PhysicalBody
from engine.physics.kernels.rigid_body import RigidBodyMotion
from engine.physics.settings import ForceSettings

UNIT_FORCE_N = 100.0
"""Point forces are counted in this unit, for an adult of the reference weight."""

NEGLIGIBLE_LOAD = 0.001
"""Body weights."""

EDGES = 4
HORIZONTAL = (0, 2)
_TX, _TY, _TZ = (COORDINATE_INDEX[name] for name in ("pelvis_tx", "pelvis_ty", "pelvis_tz"))


def friction_pyramid(friction: float) -> Array:
    """Edges ``(4, 3)`` of the cone of possible forces, each with a vertical part of one."""
    return np.array([[friction, 1, 0], [-friction, 1, 0], [0, 1, friction], [0, 1, -friction]], dtype=float)


@frozen
class Unrest:
    """How far points are from resting on the floor: ``height (n, P)`` above it, ``ball (n, P)`` for points on the toes the height of the
    ball of their foot, ``slide (n, P, 2)`` velocity, all over their tolerances. The price of a squared point force is their sum of squares.

    Toes so bear load only while the ball does: a foot rises over its ball instead of pivoting on the tips of stiff toes.
    """

    height: Array
    ball: Array
    slide: Array

    @property
    def price(self) -> Array:
        return self.height**2 + self.ball**2 + (self.slide**2).sum(axis=2)


def unrest(motion: RigidBodyMotion, body: PhysicalBody, settings: ForceSettings) -> Unrest:
    """Unrest of all points; a point below the floor is not high."""
    height = np.maximum(motion.position[:, :, 1], 0.0) / (settings.rest_height_m * body.length_scale)
    ball = height[:, body.ball] * body.on_toes
    return Unrest(height, ball, motion.velocity[:, :, HORIZONTAL] / settings.rest_speed_mps)


def standing_firmness(body: PhysicalBody, time: Array, point_force: Array, settings: ForceSettings) -> Array:
    """Firmness of the floor under every point ``(n, P)`` at ``time (n,)`` s: soft under a leg that touches, firm under one that bears a
    third of the body's weight. A foot lands on a floor that is a little firmer, and leaves one that is a little softer, than its load says.

    Soles and soft tissue give way by a centimetre while a foot is loaded and unloaded, which a floor as firm as under a standing foot would
    forbid: load would come and go too fast, and stance end too early.
    """
    legs = leg_forces(body, point_force)[:, :, 1]
    soon = np.stack([np.interp(time + settings.firm_ahead_s, time, leg) for leg in legs.T], axis=1)
    load = np.clip(soon / (settings.standing_load_bw * body.weight_n), 0.0, 1.0)
    standing = load**2 * (3 - 2 * load)
    return (settings.touching + (settings.standing - settings.touching) * standing)[:, body.point_side]


def _way_to_target(motion: RigidBodyMotion, q: Array, settings: ForceSettings) -> Array:
    """From every point to the target, which stands ``aim_height`` pelvis heights over the floor, above the pelvis: ``(n, P, 3)``."""
    target = np.stack([q[:, _TX], settings.aim_height * q[:, _TY], q[:, _TZ]], axis=1)
    return target[:, None] - motion.position


def aim(motion: RigidBodyMotion, q: Array, settings: ForceSettings) -> Array:
    """Direction ``(n, P, 2)``, horizontal per vertical, in which a force at each point aims."""
    way = _way_to_target(motion, q, settings)
    return way[:, :, HORIZONTAL] / way[:, :, 1:2]


def aim_derivative(motion: RigidBodyMotion, q: Array, place: Array, settings: ForceSettings) -> Array:
    """Of `aim` by coordinates ``(n, P, 2, 31)``, from that of the points' positions ``place (n, P, 3, 31)``."""
    way = _way_to_target(motion, q, settings)
    change = -place
    change[:, :, 0, _TX] += 1.0
    change[:, :, 1, _TY] += settings.aim_height
    change[:, :, 2, _TZ] += 1.0
    slope = way[:, :, HORIZONTAL] / way[:, :, 1:2]
    return (change[:, :, HORIZONTAL] - slope[..., None] * change[:, :, 1:2]) / way[:, :, 1, None, None]


def leg_forces(body: PhysicalBody, point_force: Array) -> Array:
    """Ground force of each leg ``(n, 2, 3)`` from point forces ``(n, P, 3)``."""
    return np.stack([point_force[:, body.point_side == side].sum(axis=1) for side in range(len(SIDES))], axis=1)


def ground_wrench(body: PhysicalBody, position: Array, point_force: Array) -> tuple[Array, Array, Array]:
    """Force ``(n, 2, 3)``, pressure centre on the floor ``(n, 2, 3)`` and free moment about the vertical ``(n, 2)`` of each foot.

    Together they equal the point forces exactly. A foot that carries less than `NEGLIGIBLE_LOAD` carries nothing: its pressure centre is
    the point below the foot's middle.
    """
    force, centre, free = [], [], []
    for side in range(len(SIDES)):
        own = body.point_side == side
        total = point_force[:, own].sum(axis=1)
        moment = np.cross(position[:, own], point_force[:, own]).sum(axis=1)
        loaded = total[:, 1] > NEGLIGIBLE_LOAD * body.weight_n
        vertical = np.where(loaded, total[:, 1], 1.0)
        middle = position[:, own].mean(axis=1)
        x = np.where(loaded, moment[:, 2] / vertical, middle[:, 0])
        z = np.where(loaded, -moment[:, 0] / vertical, middle[:, 2])
        total = np.where(loaded[:, None], total, 0.0)
        force.append(total)
        centre.append(np.stack([x, np.zeros_like(x), z], axis=1))
        free.append(np.where(loaded, moment[:, 1] - (z * total[:, 0] - x * total[:, 2]), 0.0))
    return np.stack(force, axis=1), np.stack(centre, axis=1), np.stack(free, axis=1)
