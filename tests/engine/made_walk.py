"""A made walk whose gait parameters are known exactly, for tests of what reads a `Walk`."""

from dataclasses import dataclass

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, GRAVITY_MPS2, MUSCLES
from engine.gait.cycle import GaitCycle, fit_coefficients, mirror_coordinates, phase_grid
from engine.gait.norms import band, dimensionless_speed, quantities
from engine.gait.records import (
    BodyShape,
    ContactPhases,
    Dynamics,
    Events,
    Gait,
    MusculoskeletalParameters,
    PhysicsFigures,
    Proposal,
    Subject,
    Variability,
    Walk,
)

FIGURES = PhysicsFigures(1.2, 0.3, 2.4, 4.1, 0.4, 0.2, 1.18, 1.9, 1.1)


def body_of(height_m: float) -> BodyShape:
    """Segment lengths in proportion to stature (Winter 2009, ch. 4, rounded)."""
    share = {
        "pelvis": 0.1,
        "thigh": 0.245,
        "shank": 0.246,
        "foot": 0.152,
        "trunk": 0.288,
        "upper_arm": 0.186,
        "forearm": 0.146,
        "hand": 0.108,
        "ankle_height": 0.039,
        "hip_height": 0.53,
    }
    return BodyShape(np.zeros(10), {name: value * height_m for name, value in share.items()})


SOMEBODY = Subject("made", 30.0, "female", 1.68, 64.0)


@dataclass(frozen=True)
class Recipe:
    """How the made walk goes; ``left_step`` is the share of the stride that the left step covers, in space and in time."""

    subject: Subject = SOMEBODY
    speed_mps: float = 1.2
    stride_times: tuple[float, ...] = (1.1,) * 6
    stance: float = 0.62
    left_step: float = 0.5
    width_m: float = 0.1


def leg_curves(recipe: Recipe, phase: np.ndarray) -> dict[str, np.ndarray]:
    """Norm curves of one leg at ``phase``."""
    speed = dimensionless_speed(recipe.speed_mps, 0.53 * recipe.subject.height_m)
    return {name: band(name, speed, recipe.subject.age_years, phase=phase).mean for name in quantities()}


def made_cycle(recipe: Recipe) -> GaitCycle:
    """The norm's gait cycle, left leg ``left_step`` later than the right."""
    q = np.zeros((100, len(COORDINATES)))
    right = leg_curves(recipe, phase_grid(100))
    left = leg_curves(recipe, phase_grid(100) - recipe.left_step)
    for name, index in COORDINATE_INDEX.items():
        curve = (left if name.endswith("_l") else right).get(name.removesuffix("_r").removesuffix("_l"))
        if curve is not None:
            q[:, index] = curve
    q[:, COORDINATE_INDEX["pelvis_ty"]] = 0.53 * recipe.subject.height_m
    coefficients = fit_coefficients(q)
    return GaitCycle(coefficients, recipe.speed_mps, float(np.mean(recipe.stride_times)))


def _phase(recipe: Recipe, time: np.ndarray) -> np.ndarray:
    knots = np.concatenate([[0.0], np.cumsum(recipe.stride_times)])
    return np.interp(time, knots, np.arange(len(knots)))


def _events(recipe: Recipe) -> Events:
    strides = len(recipe.stride_times)
    knots = np.concatenate([[0.0], np.cumsum(recipe.stride_times)])

    def at(phases: np.ndarray) -> np.ndarray:
        return np.interp(phases[(phases >= 0) & (phases <= strides)], np.arange(strides + 1), knots)

    whole = np.arange(-1, strides + 1).astype(float)
    strikes = (at(whole), at(whole + recipe.left_step))
    offs = (at(whole + recipe.stance), at(whole + recipe.left_step + recipe.stance))
    return Events(strikes, offs)


def _leg(recipe: Recipe, phase: np.ndarray, side: int) -> tuple[np.ndarray, np.ndarray, dict[str, np.ndarray]]:
    own = phase - side * recipe.left_step
    curves, share = leg_curves(recipe, own), own % 1.0
    stance = share < recipe.stance
    weight = recipe.subject.mass_kg * GRAVITY_MPS2
    force = np.zeros((len(phase), 3))
    force[stance, 0] = weight * curves["ground_force_vx"][stance]
    force[stance, 1] = weight * np.maximum(curves["ground_force_vy"][stance], 0.02)
    length = recipe.speed_mps * np.mean(recipe.stride_times)
    footfall = (np.floor(own) + side * recipe.left_step + 0.2) * length
    centre = np.zeros((len(phase), 3))
    centre[:, 0] = footfall + 0.2 * np.clip(share / recipe.stance, 0, 1)
    centre[:, 2] = recipe.width_m * (0.5 - side)
    return force, centre, curves


def made_walk(recipe: Recipe | None = None) -> Walk:
    """The walk of ``recipe``, sampled at 100 Hz."""
    recipe = recipe or Recipe()
    total = float(np.sum(recipe.stride_times))
    time = np.arange(0.0, total + 1e-9, 0.01)
    phase, cycle = _phase(recipe, time), made_cycle(recipe)
    q = cycle.at(phase)
    force, centre, moments = np.zeros((len(time), 2, 3)), np.zeros((len(time), 2, 3)), np.zeros_like(q)
    activations = np.full((len(time), len(MUSCLES)), 0.02)
    for side, end in enumerate("rl"):
        force[:, side], centre[:, side], curves = _leg(recipe, phase, side)
        for name in ("hip_flexion", "hip_adduction", "knee_angle", "ankle_angle"):
            moments[:, COORDINATE_INDEX[f"{name}_{end}"]] = curves[f"{name}_moment"] * recipe.subject.mass_kg
        own = (phase - side * recipe.left_step) % 1.0
        activations[:, MUSCLES.index(f"soleus_{end}")] = 0.02 + 0.6 * np.exp(-(((own - 0.45) / 0.09) ** 2))
        activations[:, MUSCLES.index(f"vaslat_{end}")] = 0.02 + 0.4 * np.exp(-(((own - 0.1) / 0.06) ** 2))
    n = len(time)
    dynamics = Dynamics(time, q, force, centre, np.zeros((n, 2)), moments, activations, np.zeros_like(q))
    subject, events = recipe.subject, _events(recipe)
    contact = ContactPhases(recipe.stance, recipe.left_step, (recipe.left_step + recipe.stance) % 1)
    proposal = Proposal(subject, MusculoskeletalParameters(), cycle, contact, Variability(0.02, 0.02, 0.01))
    gait = Gait(proposal, body_of(subject.height_m), cycle, contact, dynamics, FIGURES)
    return Walk(gait, dynamics, events, FIGURES)


def mirrored(walk: Walk) -> Walk:
    """The same walk seen in a mirror."""
    old, flip = walk.dynamics, [1, 0]
    across = np.array([1.0, 1.0, -1.0])
    names = [f"{m[:-2]}{'_l' if m.endswith('_r') else '_r'}" for m in MUSCLES]
    dynamics = Dynamics(
        old.time,
        mirror_coordinates(old.q),
        old.force[:, flip] * across,
        old.pressure_centre[:, flip] * across,
        -old.free_moment[:, flip],
        mirror_coordinates(old.moments),
        old.activations[:, [MUSCLES.index(name) for name in names]],
        mirror_coordinates(old.reserves),
    )
    events = Events(walk.events.heel_strikes[::-1], walk.events.toe_offs[::-1])
    return Walk(walk.gait, dynamics, events, walk.figures)
