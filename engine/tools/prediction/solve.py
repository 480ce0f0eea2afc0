"""Solves a prediction with Moco (CasADi, IPOPT) on one thread and reads the solution as plain arrays over one whole cycle.

Derivatives are forward differences; the trapezoidal rule halves the number of points that a Hermite-Simpson mesh of the same width has.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.core.frozen import frozen
from engine.musculoskeletal.toolkit import opensim, silenced, vector
from engine.tools.prediction.moco_settings import PredictionSettings
from engine.tools.prediction.planar_model import (
    LEAST_CONTROL,
    LUMBAR_ACTUATOR,
    PlanarBody,
    build_planar_model,
    contact_names,
    coordinate_paths,
)
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES
from engine.tools.prediction.problem import FORCES, activation_path, make_study, speed_path, value_path
from engine.tools.prediction.reference import Reference

_FIRST_ACTIVATION, _ABOVE_FLOOR = 0.05, 1.2
_ONE_THREAD = 0
"""Moco takes 1 to mean all cores."""


@frozen
class PlanarSolution:
    """One cycle at ``n`` instants, both ends included: ``q``, ``u (n, 10)``; ``activation (n, 18)`` of the lumps; ``lumbar (n,)`` control
    of the trunk; ground ``force (n, 2, 3)`` N and ``pressure_centre (n, 2, 3)`` m by side. ``iterations`` and CPU seconds it took."""

    time: Array
    q: Array
    u: Array
    activation: Array
    lumbar: Array
    force: Array
    pressure_centre: Array
    converged: bool
    status: str
    iterations: int
    cpu_s: float


def solve(
    body: PlanarBody, target: Reference, settings: PredictionSettings, start: PlanarSolution | None = None
) -> PlanarSolution:
    """The predicted cycle, or the point at which the solver gave up (``converged`` is false then).

    The first guess is the reference with quiet muscles, or ``start``, the solution of a similar body for the same reference.
    """
    started = time.process_time()
    model = build_planar_model(body)
    study = make_study(model, body, target, settings)
    _set_up(study, settings, body, target, start)
    with _scratch_folder(), silenced():
        solution = study.solve()
    converged = bool(solution.success())
    if not converged:
        solution.unseal()
    found = _read(solution, model, body, symmetric=target.symmetric)
    return replace(found, converged=converged, cpu_s=time.process_time() - started)


@contextmanager
def _scratch_folder() -> Iterator[None]:
    """Moco leaves a file in the current folder that a person may delete to stop it."""
    before = os.getcwd()
    with TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            yield
        finally:
            os.chdir(before)


def _set_up(
    study: opensim.MocoStudy,
    settings: PredictionSettings,
    body: PlanarBody,
    target: Reference,
    start: PlanarSolution | None,
) -> None:
    solver = opensim.MocoCasADiSolver.safeDownCast(study.updSolver())
    solver.set_num_mesh_intervals(settings.mesh if target.symmetric else 2 * settings.mesh)
    solver.set_transcription_scheme("trapezoidal")
    solver.set_multibody_dynamics_mode("explicit")
    solver.set_optim_finite_difference_scheme("forward")
    solver.set_optim_sparsity_detection("random")
    solver.set_optim_convergence_tolerance(settings.convergence_tolerance)
    solver.set_optim_constraint_tolerance(settings.constraint_tolerance)
    solver.set_optim_max_iterations(settings.iterations)
    solver.set_parallel(_ONE_THREAD)
    solver.set_verbosity(1)
    solver.set_optim_ipopt_print_level(0)
    solver.resetProblem(study.getProblem())
    guess = solver.getGuess()
    if start is None:
        _quiet_muscles(guess, body)
    else:
        _take(guess, start, body)
    solver.setGuess(guess)


def _quiet_muscles(guess: opensim.MocoTrajectory, body: PlanarBody) -> None:
    rows = guess.getNumTimes()
    for lump in body.lumps:
        first = vector(np.full(rows, max(_FIRST_ACTIVATION, _ABOVE_FLOOR * lump.min_control)))
        guess.setState(activation_path(lump.name), first)
        guess.setControl(FORCES + lump.name, first)
    guess.setControl(FORCES + LUMBAR_ACTUATOR, vector(np.zeros(rows)))


def _take(guess: opensim.MocoTrajectory, start: PlanarSolution, body: PlanarBody) -> None:
    """Fills a guess with another solution; excitations are its activations."""
    time = np.array(guess.getTimeMat())

    def column(values: Array) -> opensim.Vector:
        return vector(np.interp(time, start.time, values))

    names = {name.split("/")[-2]: name for name in guess.getStateNames() if name.endswith("/value")}
    for k, name in enumerate(PLANAR_COORDINATES):
        guess.setState(names[name], column(start.q[:, k]))
        guess.setState(names[name].removesuffix("value") + "speed", column(start.u[:, k]))
    for m, lump in enumerate(body.lumps):
        least = max(_ABOVE_FLOOR * lump.min_control, _ABOVE_FLOOR * LEAST_CONTROL)
        activation = column(np.maximum(start.activation[:, m], least))
        guess.setState(activation_path(lump.name), activation)
        guess.setControl(FORCES + lump.name, activation)
    guess.setControl(FORCES + LUMBAR_ACTUATOR, column(start.lumbar))


def _read(solution: opensim.MocoSolution, model: opensim.Model, body: PlanarBody, *, symmetric: bool) -> PlanarSolution:
    cycle = opensim.createPeriodicTrajectory(solution) if symmetric else solution
    paths = coordinate_paths(model)
    force, centre = _ground(cycle, model, body)
    return PlanarSolution(
        time=np.array(cycle.getTimeMat()),
        q=np.column_stack([cycle.getStateMat(value_path(paths, name)) for name in PLANAR_COORDINATES]),
        u=np.column_stack([cycle.getStateMat(speed_path(paths, name)) for name in PLANAR_COORDINATES]),
        activation=np.column_stack([cycle.getStateMat(activation_path(lump.name)) for lump in body.lumps]),
        lumbar=np.array(cycle.getControlMat(FORCES + LUMBAR_ACTUATOR)),
        force=force,
        pressure_centre=centre,
        converged=True,
        status=str(solution.getStatus()),
        iterations=int(solution.getNumIterations()),
        cpu_s=0.0,
    )


def _ground(cycle: opensim.MocoTrajectory, model: opensim.Model, body: PlanarBody) -> tuple[Array, Array]:
    """Force and pressure centre of each foot ``(n, 2, 3)``."""
    right, left = (opensim.StdVectorString([FORCES + name for name in contact_names(body, side)]) for side in SIDES)
    table = opensim.createExternalLoadsTableForGait(model, cycle, right, left)

    def columns(kind: str) -> Array:
        names = [[f"ground_force_{side[0]}_{kind}{axis}" for axis in "xyz"] for side in SIDES]
        return np.stack(
            [np.column_stack([table.getDependentColumn(name).to_numpy() for name in each]) for each in names], axis=1
        )

    return columns("v"), columns("p")
