"""OpenSim as the judge: the generalised forces that a motion and its ground forces leave to explain.

`inverse_dynamics` asks OpenSim's solver with exact speeds and accelerations. `replay_exported` runs OpenSim's own inverse-dynamics
tool on exported files, as any user would: the tool fits quintic splines to the sampled coordinates and differentiates them (no
low-pass filter is asked for), so near the ends of a walk and at coarse sampling it differs a little from the exact derivatives.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, SIDES
from engine.core.errors import DataError
from engine.core.vector3 import cross
from engine.gait.cycle import Motion
from engine.musculoskeletal.storage import PATELLAE, moment_label, read_model_file, read_storage
from engine.musculoskeletal.toolkit import opensim, silenced, vector

UP = 1
FEET = tuple(f"calcn_{side[0]}" for side in SIDES)


class InverseDynamics:
    """A force-free copy of a model that explains motions.

    The patella, where the model has one, follows the knee: its coordinate takes the knee's values, and its generalised force adds to the
    knee's. Coordinates that are not ours keep their default.
    """

    def __init__(self, model: opensim.Model) -> None:
        self._model = model.clone()
        self._model.updForceSet().clearAndDestroy()
        self._state = self._model.initSystem()
        self._solver = opensim.InverseDynamicsSolver(self._model)
        index = _mobility_index(self._model, self._state)
        self._size = self._state.getNU()
        self._rows = np.array([index[name] for name in COORDINATES])
        followers = {patella: knee for patella, knee in PATELLAE.items() if patella in index}
        self._patella = np.array([index[name] for name in followers], dtype=int)
        self._knee = np.array([COORDINATES.index(knee) for knee in followers.values()], dtype=int)
        self._rest = self._state.getQ().to_numpy().copy()
        self._feet = [self._model.getBodySet().get(name) for name in FEET]

    def solve(self, motion: Motion, force: Array, pressure_centre: Array, free_moment: Array) -> Array:
        """Generalised forces ``(n, 31)`` of ``motion`` under ground forces ``(n, 2, 3)``, ``(n, 2, 3)``, ``(n, 2)`` as in `Dynamics`."""
        still = np.zeros(self._size)
        parts = (motion.q, self._rest), (motion.u, still), (motion.a, still)
        full = [self._all_mobilities(values, others) for values, others in parts]
        return np.array([self._frame(*frame) for frame in zip(*full, force, pressure_centre, free_moment, strict=True)])

    def _all_mobilities(self, values: Array, others: Array) -> Array:
        """``values (n, 31)`` among all coordinates of the model, those that we do not move at ``others``."""
        full = np.tile(others, (len(values), 1))
        full[:, self._rows] = values
        full[:, self._patella] = values[:, self._knee]
        return full

    def _frame(self, q: Array, u: Array, a: Array, force: Array, centre: Array, moment: Array) -> Array:
        state = self._state
        state.setQ(vector(q))
        state.setU(vector(u))
        self._model.realizeVelocity(state)
        loads = self._body_forces(force, centre, moment)
        forces = self._solver.solve(state, vector(a), vector(np.zeros(self._size)), loads).to_numpy()
        explained = forces[self._rows]
        explained[self._knee] += forces[self._patella]
        return explained

    def _body_forces(self, force: Array, centre: Array, moment: Array) -> opensim.VectorOfSpatialVec:
        loads = opensim.VectorOfSpatialVec(self._model.getGravityBodyForces(self._state))
        for k, foot in enumerate(self._feet):
            origin = foot.getPositionInGround(self._state)
            torque = cross(tuple(centre[k, i] - origin.get(i) for i in range(3)), tuple(force[k]))
            place = int(foot.getMobilizedBodyIndex())
            weight = loads.get(place)
            turning, pulling = weight.get(0), weight.get(1)
            total = (
                opensim.Vec3(*(turning.get(i) + torque[i] + (moment[k] if i == UP else 0.0) for i in range(3))),
                opensim.Vec3(*(pulling.get(i) + float(force[k, i]) for i in range(3))),
            )
            loads.set(place, opensim.SpatialVec(*total))
        return loads


def _mobility_index(model: opensim.Model, state: opensim.State) -> dict[str, int]:
    """Place of each coordinate in the state's vectors, found by moving it."""
    coordinates, index = model.getCoordinateSet(), {}
    for k in range(coordinates.getSize()):
        coordinate = coordinates.get(k)
        before = coordinate.getSpeedValue(state)
        still = state.getU().to_numpy().copy()
        coordinate.setSpeedValue(state, before + 1.0)
        index[coordinate.getName()] = int(np.argmax(np.abs(state.getU().to_numpy() - still)))
        coordinate.setSpeedValue(state, before)
    return index


def inverse_dynamics(
    model: opensim.Model,
    motion: Motion,
    force: Array,
    pressure_centre: Array,
    free_moment: Array,
) -> Array:
    """Generalised forces ``(n, 31)``, the pelvis' six residuals among them (see `InverseDynamics`)."""
    return InverseDynamics(model).solve(motion, force, pressure_centre, free_moment)


def replay_exported(model_file: Path, walk_folder: Path) -> tuple[Array, Array]:
    """Time ``(n,)`` and generalised forces ``(n, 31)`` by OpenSim's inverse-dynamics tool on an exported model and walk.

    Raises:
        DataError: a file is missing, or the tool fails.
    """
    coordinates, forces, loads = (walk_folder / name for name in ("coordinates.mot", "grf.mot", "grf.xml"))
    for file in (model_file, coordinates, forces, loads):
        if not file.is_file():
            raise DataError(f"{file}: missing; a replay needs the exported model, coordinates and ground forces")
    model, time = read_model_file(model_file), read_storage(coordinates).time
    model.updForceSet().clearAndDestroy()
    with TemporaryDirectory() as folder, silenced():
        if not _tool(model, coordinates, loads, time, folder).run():
            raise DataError(f"{walk_folder}: OpenSim's inverse-dynamics tool failed on these files")
        table = read_storage(Path(folder) / "forces.sto")
    explained = np.column_stack([table.column(moment_label(name)) for name in COORDINATES])
    for patella, knee in PATELLAE.items():
        if f"{patella}_force" not in table.labels:
            continue
        explained[:, COORDINATES.index(knee)] += table.column(f"{patella}_force")
    return table.time, explained


def _tool(
    model: opensim.Model, coordinates: Path, loads: Path, time: Array, folder: str
) -> opensim.InverseDynamicsTool:
    tool = opensim.InverseDynamicsTool()
    tool.setModel(model)
    tool.setCoordinatesFileName(str(coordinates))
    tool.setExternalLoadsFileName(str(loads))
    tool.setLowpassCutoffFrequency(-1.0)
    tool.setStartTime(float(time[0]))
    tool.setEndTime(float(time[-1]))
    tool.setResultsDir(folder)
    tool.setOutputGenForceFileName("forces.sto")
    return tool
