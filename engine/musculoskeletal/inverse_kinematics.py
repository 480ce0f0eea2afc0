"""Coordinates from markers by OpenSim's own inverse kinematics."""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES
from engine.core.errors import DataError
from engine.core.frozen import frozen
from engine.musculoskeletal.toolkit import opensim, silenced

CONSTRAINT_WEIGHT = np.inf
"""Patellae follow their knees exactly."""

_ACCURACY = 1e-5


@frozen
class MarkerFit:
    """Coordinates ``q (n, 31)`` and the distances ``error_m (n, M)`` that markers keep from the model's (NaN where none was seen)."""

    q: Array
    error_m: Array


def model_markers(model: opensim.Model) -> dict[str, tuple[str, Array]]:
    """Markers of a model: the body that carries each, and its place ``(3,)`` in the world in the default pose."""
    state, markers = model.initSystem(), model.getMarkerSet()
    found = {}
    for i in range(markers.getSize()):
        marker = markers.get(i)
        body = marker.getParentFrame().findBaseFrame().getName()
        found[marker.getName()] = body, marker.getLocationInGround(state).to_numpy()
    return found


def fit_markers(model: opensim.Model, time: Array, names: Sequence[str], places: Array) -> MarkerFit:
    """Poses in which the model's markers are nearest to ``places (n, M, 3)`` (least squares, all markers alike).

    The first frame must be near the default pose but for place; NaN marks what was not seen.

    Raises:
        DataError: OpenSim cannot pose the model.
    """
    reference = opensim.MarkersReference(_table(time, names, places), opensim.SetMarkerWeights())
    for name in names:
        reference.updMarkerWeightSet().cloneAndAppend(opensim.MarkerWeight(name, 1.0))
    state = model.initSystem()
    coordinates = [model.getCoordinateSet().get(name) for name in COORDINATES]
    angles = opensim.SimTKArrayCoordinateReference()
    solver = opensim.InverseKinematicsSolver(model, reference, angles, CONSTRAINT_WEIGHT)
    solver.setAccuracy(_ACCURACY)
    carried = [model.getMarkerSet().get(name) for name in names]
    q, reached = np.empty((len(time), len(COORDINATES))), np.empty(places.shape)
    try:
        with silenced():
            for k, instant in enumerate(time):
                state.setTime(float(instant))
                solver.assemble(state) if k == 0 else solver.track(state)
                q[k] = [coordinate.getValue(state) for coordinate in coordinates]
                model.realizePosition(state)
                reached[k] = [marker.getLocationInGround(state).to_numpy() for marker in carried]
    except RuntimeError as error:
        raise DataError(
            f"markers: OpenSim cannot pose the model at {time[k]:.3f} s ({str(error).splitlines()[0]})"
        ) from error
    return MarkerFit(q, np.linalg.norm(reached - places, axis=2))


def _table(time: Array, names: Sequence[str], places: Array) -> opensim.TimeSeriesTableVec3:
    table = opensim.TimeSeriesTableVec3()
    table.setColumnLabels(list(names))
    table.addTableMetaDataString("Units", "m")
    table.addTableMetaDataString("DataRate", f"{1 / np.median(np.diff(time)):g}")
    for instant, frame in zip(time, places, strict=True):
        table.appendRow(float(instant), opensim.RowVectorVec3([opensim.Vec3(*map(float, place)) for place in frame]))
    return table
