"""The projection, a trajectory optimisation: a proposed cycle is moved, as little as possible, until forces explain it.

Unknown are the Fourier coefficients of all coordinates, mean speed and cycle time. The cost is the distance to the proposal, what each
frame costs (`frame_costs`) and how unusual the spectrum of the ground force is (`force_prior`). No contact phase is prescribed: on a
floor that is soft everywhere feet find when to stand; then it becomes firm where they do.
"""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, LEG_COORDINATES, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle, Motion
from engine.physics.bases import CycleBasis, NormalEquations, Tolerance
from engine.physics.body import PhysicalBody
from engine.physics.force_prior import ForceSpectrum
from engine.physics.frame_costs import FORCES, FrameCosts, peak_cap
from engine.physics.kernels.levenberg_marquardt import Schedule, minimise
from engine.physics.kernels.rigid_body import rigid_body_motion
from engine.physics.loads import Explanation, Loads
from engine.physics.settings import ForceSettings, MotionSettings, Settings
from engine.physics.toes import lay_toes

FRAMES = 50
SOFT, FIRM = Schedule(steps=4, tolerance=0.02), Schedule(steps=14, tolerance=0.01)
"""More steps lower the cost by another two percent; over 27 people the figures of the gait stay as good (`docs/validation/physics.md`)."""

_FLOOR_PERCENTILE = 40
_HEIGHT = COORDINATES.index("pelvis_ty")


def tolerance(body: PhysicalBody, settings: MotionSettings) -> Tolerance:
    """Trust in a proposal."""
    size = body.length_scale
    toes = {LEG_COORDINATES[-1] + suffix(side) for side in SIDES}
    lengths = {
        "pelvis_ty": settings.height_m * size,
        "pelvis_tx": settings.horizontal_m * size,
        "pelvis_tz": settings.horizontal_m * size,
    }
    coordinate = [
        lengths.get(name, settings.toe_angle_rad if name in toes else settings.angle_rad) for name in COORDINATES
    ]
    return Tolerance(np.array(coordinate) * settings.looseness, settings.speed_mps, settings.log_duration)


def put_on_floor(cycle: GaitCycle, body: PhysicalBody) -> GaitCycle:
    """Raises or lowers a cycle so that the lower foot is on the floor for most of the time."""
    motion = cycle.motion(FRAMES)
    points = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a).position
    coefficients = cycle.coefficients.copy()
    coefficients[0, _HEIGHT] -= np.percentile(points[:, :, 1].min(axis=1), _FLOOR_PERCENTILE)
    return GaitCycle(coefficients, cycle.speed_mps, cycle.duration_s)


class CycleProblem:
    """The cost of a cycle near a proposal, for `minimise`."""

    def __init__(self, body: PhysicalBody, settings: Settings, proposal: GaitCycle, loads: Loads) -> None:
        self.loads = loads
        self.frames = FrameCosts(body, settings, self.loads, peak_cap(proposal.speed_mps, body.leg_length_m))
        self.basis = CycleBasis(FRAMES, tolerance(body, settings.motion))
        self._reference = CycleBasis.pack(proposal)
        motion = proposal.motion(FRAMES)
        needed = rigid_body_motion(body.multibody.tree, body.points, motion.q, motion.u, motion.a).force[:, FORCES]
        self._spectrum = ForceSpectrum(needed / body.weight_n, proposal.speed_mps, body.length_scale)

    def evaluate(self, x: Array, near: Explanation | None) -> tuple[float, Explanation]:
        motion = self.basis.motion(x)
        start = None if near is None else near.solution.residual
        state = self.loads.explain(motion.q, motion.u, motion.a, start)
        unusual = self._spectrum.residual(self.frames.total_force(state))
        distance = self.basis.distance(x, self._reference)
        return distance + self.frames.cost(state) + 0.5 * float((unusual**2).sum()), state

    def linearise(self, x: Array, state: Explanation) -> NormalEquations:
        motion, model = self.basis.motion(x), self.frames.quadratic(state)
        normal = self.basis.normal_equations(x, self._reference, motion, model)
        slopes = self._spectrum.derivative(self.basis.derivative(motion, model.total_force)).reshape(-1, len(x))
        unusual = self._spectrum.residual(self.frames.total_force(state)).ravel()
        return NormalEquations(normal.matrix + slopes.T @ slopes, normal.gradient + slopes.T @ unusual)

    def step(self, normal: NormalEquations, damping: float) -> Array:
        return self.basis.step(normal, damping)


@frozen
class Projection:
    """The feasible cycle, and the proposal (on the floor) from which it was moved; ``residual (FRAMES, e)`` of the inner problem."""

    cycle: GaitCycle
    reference: GaitCycle
    costs: tuple[float, ...]
    residual: Array


def project(
    proposal: GaitCycle,
    body: PhysicalBody,
    settings: Settings,
    start: GaitCycle | None = None,
    *,
    soft: Schedule = SOFT,
    firm: Schedule = FIRM,
) -> Projection:
    """Moves a proposal, its toes laid on the floor, until forces explain it; whether they do is for `verdict` to say.

    ``start`` is a better guess, if there is one; ``soft`` and ``firm`` say how long to move it on the soft and on the firm floor."""
    reference = lay_toes(put_on_floor(proposal, body), body)
    yielding = Loads(body, settings.force, settings.force.touching)
    touched = minimise(CycleProblem(body, settings, reference, yielding), CycleBasis.pack(start or reference), soft)
    standing = yielding.firm_under(touched.state, CycleBasis.unpack(touched.x).motion(FRAMES).time)
    stood = minimise(CycleProblem(body, settings, reference, standing), touched.x, firm, touched.state)
    return Projection(CycleBasis.unpack(stood.x), reference, touched.costs + stood.costs, stood.state.solution.residual)


def explain_standing(
    body: PhysicalBody, settings: ForceSettings, motion: Motion, start: Array | None = None
) -> tuple[Explanation, Loads]:
    """A motion explained on a floor that is firm where its legs bear load, and that inner problem; ``start (n, e)`` are residuals of a
    motion nearby, which make it faster."""
    soft = Loads(body, settings, settings.touching)
    touched = soft.explain(motion.q, motion.u, motion.a, start)
    firm = soft.firm_under(touched, motion.time)
    return firm.explain_again(touched), firm
