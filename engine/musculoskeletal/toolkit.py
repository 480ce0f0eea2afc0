"""The only door to the OpenSim toolkit: imports it quietly and undoes what the import does to the process.

Everything under ``engine/musculoskeletal`` writes ``from engine.musculoskeletal.toolkit import opensim``.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from engine.core.arrays import Array
from engine.core.errors import MissingDependencyError


@contextmanager
def _library_path_kept() -> Iterator[None]:
    """Importing opensim overwrites ``LD_LIBRARY_PATH``, which would break programs that this process starts later."""
    before = os.environ.get("LD_LIBRARY_PATH")
    try:
        yield
    finally:
        if before is None:
            os.environ.pop("LD_LIBRARY_PATH", None)
        else:
            os.environ["LD_LIBRARY_PATH"] = before


try:
    with _library_path_kept():
        import opensim
except ImportError as error:
    raise MissingDependencyError(
        f"OpenSim cannot be imported ({error}); install it with `pip install opensim`"
    ) from error

opensim.Logger.setLevelString("Error")
opensim.Logger.removeFileSink()


def opensim_version() -> str:
    """Version of the toolkit."""
    return opensim.GetVersion()


@contextmanager
def silenced() -> Iterator[None]:
    """Nothing reaches standard output: some of OpenSim's tools print whatever the log level is. For one thread at a time."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def vec3(values: Array | tuple[float, float, float]) -> opensim.Vec3:
    """Three numbers as OpenSim's own vector."""
    return opensim.Vec3(*(float(value) for value in values))


def vector(values: Array) -> opensim.Vector:
    """A one-dimensional array as OpenSim's own vector."""
    return opensim.Vector.createFromMat(np.ascontiguousarray(values, dtype=float))
