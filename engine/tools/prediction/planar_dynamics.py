"""Forces of the planar body: torques of its muscles from their states, and what OpenSim's inverse dynamics asks for a motion."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import SIDES, suffix
from engine.musculoskeletal.build_model import MAX_CONTRACTION_VELOCITY, build_model
from engine.musculoskeletal.muscle_paths import MuscleParameters
from engine.musculoskeletal.toolkit import opensim, vec3, vector
from engine.physics.kernels.muscle_force import tendon_force
from engine.tools.prediction.planar_model import LEAST_CONTROL, PlanarBody
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES

_INDEX = {name: k for k, name in enumerate(PLANAR_COORDINATES)}


def muscle_parameters(body: PlanarBody) -> MuscleParameters:
    """Parameters of the lumps ``(18,)`` each, as they are with weakness."""
    columns = ("strength", "optimal_fibre_length", "tendon_slack_length", "pennation")
    strength, fibre, tendon, pennation = (np.array([getattr(lump, name) for lump in body.lumps]) for name in columns)
    speed = np.full(len(body.lumps), MAX_CONTRACTION_VELOCITY)
    strain = np.array([lump.passive_strain for lump in body.lumps])
    least = np.array([max(lump.min_control, LEAST_CONTROL) for lump in body.lumps])
    return MuscleParameters(strength, fibre, tendon, pennation, speed, strain, least)


def muscle_geometry(body: PlanarBody, q: Array) -> tuple[Array, Array]:
    """Lengths ``(n, 18)`` and their slopes by the planar coordinates ``(n, 10, 18)``, which are minus the lever arms."""
    length, slope = np.empty((len(q), len(body.lumps))), np.zeros((len(q), len(PLANAR_COORDINATES), len(body.lumps)))
    for m, lump in enumerate(body.lumps):
        places = [_INDEX[name] for name in lump.length.coordinates]
        x = q[:, places]
        length[:, m] = lump.length.value(x)
        for variable, place in enumerate(places):
            slope[:, place, m] = lump.length.slope(x, variable)
    return length, slope


def joint_moments(body: PlanarBody, q: Array, u: Array, activation: Array, lumbar: Array) -> Array:
    """Net generalised forces ``(n, 10)`` of muscles, passive tissue and the trunk's torque (control ``lumbar (n,)``), N·m; none at the
    pelvis."""
    length, slope = muscle_geometry(body, q)
    rate = np.einsum("njm,nj->nm", slope, u)
    active, passive = tendon_force(muscle_parameters(body), length, rate)
    moments = -np.einsum("njm,nm->nj", slope, activation * active + passive)
    for coordinate in body.skeleton.coordinates:
        k = _INDEX[coordinate.name]
        moments[:, k] += coordinate.passive.torque(q[:, k], u[:, k])
    moments[:, _INDEX["lumbar_extension"]] += lumbar * body.skeleton.actuators["lumbar_extension"]
    return moments


def planar_inverse_dynamics(
    body: PlanarBody, q: Array, u: Array, a: Array, force: Array, pressure_centre: Array
) -> Array:
    """Generalised forces ``(n, 10)`` that OpenSim needs for a planar motion beside the ground forces ``(n, 2, 3)`` at their pressure
    centres: at the pelvis what stays unexplained, at joints the net moments."""
    model = build_model(body.skeleton)
    model.updForceSet().clearAndDestroy()
    state = model.initSystem()
    solver = opensim.InverseDynamicsSolver(model)
    coordinates = model.getCoordinateSet()
    feet = [model.getBodySet().get(f"calcn{suffix(side)}") for side in SIDES]
    order = _mobilities(model, state)
    found = np.empty_like(q)
    for n in range(len(q)):
        for name, value, speed in zip(PLANAR_COORDINATES, q[n], u[n], strict=True):
            coordinates.get(name).setValue(state, float(value), False)
            coordinates.get(name).setSpeedValue(state, float(speed))
        model.realizeVelocity(state)
        loads = opensim.VectorOfSpatialVec(model.getGravityBodyForces(state))
        for foot, push, centre in zip(feet, force[n], pressure_centre[n], strict=True):
            place = int(foot.getMobilizedBodyIndex())
            weight = loads.get(place)
            torque = np.cross(centre - foot.getPositionInGround(state).to_numpy(), push)
            total = [torque + weight.get(0).to_numpy(), push + weight.get(1).to_numpy()]
            loads.set(place, opensim.SpatialVec(*map(vec3, total)))
        full = np.zeros(len(q[n]))
        full[order] = a[n]
        forces = solver.solve(state, vector(full), vector(np.zeros(len(full))), loads).to_numpy()
        found[n] = forces[order]
    return found


def _mobilities(model: opensim.Model, state: opensim.State) -> list[int]:
    """Place of each planar coordinate among the state's speeds."""
    coordinates, order = model.getCoordinateSet(), []
    for name in PLANAR_COORDINATES:
        coordinates.get(name).setSpeedValue(state, 1.0)
        order.append(int(np.argmax(np.abs(state.getU().to_numpy()))))
        coordinates.get(name).setSpeedValue(state, 0.0)
    return order
