"""What a ``.c3d`` file holds, read by ezc3d in a process of its own: ``python -m engine.tools.motion_files.c3d_content FILE.c3d OUT.npz``.

ezc3d and OpenSim are both wrapped by SWIG, whose table of C++ types is common to all modules of a process: loaded together, the one that
comes second can no longer pass lists of strings.
"""

import sys
from pathlib import Path

import numpy as np


def write_content(source: Path, target: Path) -> None:
    """Saves labels, rate, units, vertical axis, first frame, ``points (4, M, n)`` and ``residuals (M, n)``; raises what ezc3d raises."""
    import ezc3d

    content = ezc3d.c3d(str(source))
    told = content["parameters"]["POINT"]

    def first(name: str, otherwise: str) -> str:
        values = told.get(name, {}).get("value") or [otherwise]
        return str(values[0])

    np.savez(
        target,
        names=np.array([str(name) for name in told["LABELS"]["value"]], dtype=str),
        rate=float(told["RATE"]["value"][0]),
        unit=first("UNITS", "mm"),
        vertical=first("Y_SCREEN", ""),
        first_frame=int(content["header"]["points"]["first_frame"]),
        points=np.asarray(content["data"]["points"], float),
        residuals=np.asarray(content["data"]["meta_points"]["residuals"], float)[0],
    )


if __name__ == "__main__":
    try:
        write_content(Path(sys.argv[1]), Path(sys.argv[2]))
    except (OSError, RuntimeError, ValueError) as error:
        sys.exit(str(error))
