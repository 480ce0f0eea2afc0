"""A planar solution as a `Gait`: the sagittal plane is the solution's, everything out of the plane is the proposal's.

What the planar body does not have cannot be in the record: muscles that belong to no lump have no activation (zero), ground forces and
moments have no part out of the plane, and toes, arms, and the turns of pelvis, hips and trunk out of the plane keep the proposal's motion.
"""

import numpy as np
from scipy.interpolate import CubicSpline

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, MUSCLES, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.cycle import GaitCycle, fit_coefficients, phase_grid
from engine.gait.records import BodyShape, Dynamics, Gait, PhysicsFigures, Proposal, Rejection, RejectionReason
from engine.physics.contact import NEGLIGIBLE_LOAD
from engine.physics.events import LOADED, cycle_phases
from engine.physics.figures import mass_centre_height
from engine.tools.prediction.lumps import PLANAR_LEG
from engine.tools.prediction.planar_dynamics import joint_moments, planar_inverse_dynamics
from engine.tools.prediction.planar_model import PlanarBody, sphere_loads
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES, PLANAR_INDICES
from engine.tools.prediction.plane import sphere_heights, sphere_places
from engine.tools.prediction.solve import PlanarSolution

FRAMES = 100
_TX = PLANAR_COORDINATES.index("pelvis_tx")
_ROOT = [PLANAR_COORDINATES.index(name) for name in ("pelvis_tx", "pelvis_ty", "pelvis_tilt")]
_LEGS = np.array([PLANAR_COORDINATES.index(name + suffix(side)) for side in SIDES for name in PLANAR_LEG])


@frozen
class _Frames:
    """A solution at even times of one cycle that starts at any instant: ``q (n, 10)`` with ``pelvis_tx`` going on, and the rest of it."""

    time: Array
    q: Array
    u: Array
    activation: Array
    lumbar: Array
    force: Array
    pressure_centre: Array


def as_gait(proposal: Proposal, shape: BodyShape, body: PlanarBody, solution: PlanarSolution) -> Gait | Rejection:
    """The record of a converged solution; a rejection where the feet do not take turns to stand, so that there is no stride."""
    found = cycle_phases(sampled(solution, 0.0).force[:, :, 1], body.weight_n)
    forward = solution.q[-1, _TX] > solution.q[0, _TX]
    if found is None or not forward:
        detail = "a foot does not stand exactly once per stride" if forward else "the body does not get forward"
        return Rejection(proposal.subject, RejectionReason.DIVERGED, None, detail)
    strike, contact = found
    frames = sampled(solution, strike)
    cycle = _cycle(proposal, frames, strike, solution)
    dynamics = _dynamics(body, frames, cycle)
    before = proposal.cycle.at(strike + phase_grid(FRAMES))[:, PLANAR_INDICES]
    figures = _figures(before, body, frames, cycle, dynamics, solution.cpu_s)
    return Gait(proposal, shape, cycle, contact, dynamics, figures)


def sampled(solution: PlanarSolution, start: float) -> _Frames:
    """The solution at `FRAMES` times from the phase ``start`` on."""
    duration, stride = solution.time[-1], solution.q[-1, _TX] - solution.q[0, _TX]
    laps, time = np.divmod((start + phase_grid(FRAMES)) * duration, duration)
    steady = solution.q.copy()
    steady[:, _TX] -= stride * solution.time / duration
    steady[-1], u = steady[0], solution.u.copy()
    u[-1] = u[0]
    q = CubicSpline(solution.time, steady, bc_type="periodic")(time)
    way = stride * (laps + time / duration)
    q[:, _TX] += way

    def linear(values: Array) -> Array:
        flat = values.reshape(len(values), -1)
        columns = [np.interp(time, solution.time, column) for column in flat.T]
        return np.stack(columns, axis=1).reshape(len(time), *values.shape[1:])

    centre = solution.pressure_centre.copy()
    centre[:, :, 0] -= solution.q[:, _TX, None]
    moved = linear(centre)
    moved[:, :, 0] += q[:, _TX, None]
    speeds = CubicSpline(solution.time, u, bc_type="periodic")(time)
    activation, lumbar, force = (linear(each) for each in (solution.activation, solution.lumbar, solution.force))
    return _Frames(phase_grid(FRAMES) * duration, q, speeds, activation, lumbar, force, moved)


def _cycle(proposal: Proposal, frames: _Frames, strike: float, solution: PlanarSolution) -> GaitCycle:
    phase = phase_grid(FRAMES)
    whole = proposal.cycle.at(strike + phase)
    whole[:, PLANAR_INDICES] = frames.q
    duration_s = float(solution.time[-1])
    speed = float(solution.q[-1, _TX] - solution.q[0, _TX]) / duration_s
    tx = COORDINATES.index("pelvis_tx")
    whole[:, tx] -= speed * frames.time
    return GaitCycle(fit_coefficients(whole), speed, duration_s)


def _dynamics(body: PlanarBody, frames: _Frames, cycle: GaitCycle) -> Dynamics:
    """Forces are the solution's own; coordinates are those of the record's cycle, 8 harmonics of the solution's."""
    moments = np.zeros((FRAMES, len(COORDINATES)))
    moments[:, PLANAR_INDICES] = joint_moments(body, frames.q, frames.u, frames.activation, frames.lumbar)
    activations = np.zeros((FRAMES, len(MUSCLES)))
    for m, lump in enumerate(body.lumps):
        for muscle in lump.members:
            activations[:, MUSCLES.index(muscle)] = np.clip(frames.activation[:, m], 0.0, 1.0)
    return Dynamics(
        time=frames.time,
        q=cycle.at(phase_grid(FRAMES)),
        force=frames.force,
        pressure_centre=_pressure_centre(body, frames),
        free_moment=np.zeros((FRAMES, len(SIDES))),
        moments=moments,
        activations=activations,
        reserves=np.zeros((FRAMES, len(COORDINATES))),
    )


def _pressure_centre(body: PlanarBody, frames: _Frames) -> Array:
    """On the floor; of an unloaded foot, the point below its middle."""
    centre, places = frames.pressure_centre.copy(), sphere_places(body, frames.q)
    for side, name in enumerate(SIDES):
        own = [k for k, foot in enumerate(body.soles.bodies) if foot.endswith(suffix(name))]
        idle = frames.force[:, side, 1] < NEGLIGIBLE_LOAD * body.weight_n
        centre[idle, side, 0] = places[idle][:, own, 0].mean(axis=1)
    centre[:, :, 1] = 0.0
    return centre


def _figures(
    before: Array, body: PlanarBody, frames: _Frames, cycle: GaitCycle, dynamics: Dynamics, cpu_s: float
) -> PhysicsFigures:
    """Of the record's own cycle in the sagittal plane, by OpenSim's inverse dynamics; ``before (n, 10)`` was proposed."""
    motion = cycle.motion(FRAMES)
    q, u, a = (part[:, PLANAR_INDICES] for part in (motion.q, motion.u, motion.a))
    asked = planar_inverse_dynamics(body, q, u, a, dynamics.force, dynamics.pressure_centre)[:, _ROOT]
    largest = np.linalg.norm(dynamics.force.sum(axis=1), axis=1).max()
    height = mass_centre_height(body.whole, motion.q)
    vertical = dynamics.force[:, :, 1]
    return PhysicsFigures(
        residual_force_peak_pct=float(100 * np.hypot(asked[:, 0], asked[:, 1]).max() / largest),
        residual_moment_peak_pct=float(100 * np.abs(asked[:, 2]).max() / (largest * height)),
        penetration_mm=float(1e3 * max(0.0, -sphere_heights(body, frames.q).min())),
        skate_mm=skate_mm(body, frames.q, frames.time[1]),
        reserve_peak_nm=0.0,
        motion_change_deg=float(np.rad2deg(np.sqrt(np.mean((q - before)[:, _LEGS] ** 2)))),
        vertical_force_mean_error_pct=float(100 * abs(vertical.sum(axis=1).mean() / body.weight_n - 1)),
        vertical_force_peak_bw=float(vertical.max() / body.weight_n),
        cpu_s=cpu_s,
    )


def skate_mm(body: PlanarBody, q: Array, step_s: float) -> float:
    """Longest way that any sphere slides while it bears load without a break, in a periodic cycle."""
    load = sphere_loads(body, -sphere_heights(body, q))
    way = np.abs(np.gradient(sphere_places(body, q)[:, :, 0], step_s, axis=0)) * step_s
    longest, current = 0.0, np.zeros(load.shape[1])
    bears = np.tile(load > LOADED * body.weight_n, (2, 1))
    for loaded, covered in zip(bears, np.tile(way, (2, 1)), strict=True):
        current = np.where(loaded, current + covered, 0.0)
        longest = max(longest, float(current.max()))
    return 1e3 * longest
