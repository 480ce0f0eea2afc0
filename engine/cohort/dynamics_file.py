"""``dynamics.npz``: motion, forces and muscles of a walk in one small file, for who learns from many walks."""

from pathlib import Path
from typing import Any

import numpy as np

from engine.cohort.stepped import curves, stepped
from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, MUSCLES, SIDES
from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.gait.records import Dynamics

STEPS = {
    "q": 2.0**-16,
    "force": 2.0**-4,
    "pressure_centre": 2.0**-13,
    "moments": 2.0**-8,
    "activations": 2.0**-11,
}
"""What is kept, and to how much: rad and m, N, m, N·m, shares. Half a step is 0.0004° of a joint, 0.03 % of the weight of a child of ten
kilograms, and 0.0003 of an activation."""

_SHAPES = {
    "q": (len(COORDINATES),),
    "force": (len(SIDES), 3),
    "pressure_centre": (len(SIDES), 3),
    "moments": (len(COORDINATES),),
    "activations": (len(MUSCLES),),
}


def write_dynamics(path: Path, dynamics: Dynamics) -> None:
    """``time (n,)`` s, and of each quantity of `STEPS`, shaped as in `Dynamics`, what `engine.cohort.stepped.stepped` gives."""
    arrays: dict[str, Any] = {"time": dynamics.time}
    for name, step in STEPS.items():
        arrays |= stepped(name, getattr(dynamics, name), step)
    with replace_file(path) as temporary, temporary.open("wb") as file:
        np.savez_compressed(file, **arrays)


def read_dynamics(path: Path) -> dict[str, Array]:
    """``time (n,)`` and the quantities of `STEPS` at all of its instants, by name.

    Raises:
        DataError: the file cannot be read, or is none of this kind.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            found = {"time": data["time"]} | {name: curves(data, name) for name in STEPS}
    except (OSError, ValueError, EOFError, KeyError) as error:
        raise DataError(f"{path}: not the dynamics of a walk ({error}); make the cohort again") from error
    for name, shape in _SHAPES.items():
        if found[name].shape != (len(found["time"]), *shape):
            raise DataError(
                f"{path}: {name} has the shape {found[name].shape}, expected {(len(found['time']), *shape)}"
            )
    return found
