"""The ``.npz`` file of sampled gaits: curves, figures and parameters as plain arrays."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import COORDINATES, LEG_COORDINATES, MUSCLE_GROUPS, SEGMENTS, SIDES
from engine.core.errors import DataError
from engine.gait.cycle import GaitCycle, basis
from engine.gait.records import Gait, MusculoskeletalParameters, Proposal, Rejection

POINTS = 101
_BASIS = basis(np.linspace(0.0, 1.0, POINTS))


def write_samples(file: Path, proposals: Sequence[Proposal], results: Sequence[Gait | Rejection] = ()) -> None:
    """Writes ``N`` proposals, and what physics made of them if ``results`` are given.

    ``coordinates (N, 101, Q)`` over one cycle from right heel strike to the next, radians and metres, forward motion of the pelvis
    relative to mean speed; ``names (Q,)``; ``duration_s``, ``speed_mps``, ``step_length_m``, each ``(N,)``; ``contact (N, 3)`` phases of
    right toe off, left heel strike, left toe off; ``parameters.NAME`` as in `MusculoskeletalParameters`, behind the first axis. With
    results: ``accepted (N,)``, ``reason (N,)`` and ``enforced.`` before the same names of curves, NaN where physics rejected.

    Raises:
        DataError: the file cannot be written.
    """
    arrays = {
        "names": np.array(COORDINATES),
        "sides": np.array(SIDES),
        "muscle_groups": np.array(list(MUSCLE_GROUPS)),
        "segments": np.array(SEGMENTS),
        "leg_coordinates": np.array(LEG_COORDINATES),
        **_curves([(proposal.cycle, proposal.contact) for proposal in proposals]),
        **_parameters([proposal.parameters for proposal in proposals]),
    }
    if results:
        arrays["accepted"] = np.array([isinstance(result, Gait) for result in results])
        arrays["reason"] = np.array(["" if isinstance(r, Gait) else r.reason.value for r in results])
        kept = [(r.cycle, r.contact) if isinstance(r, Gait) else None for r in results]
        arrays |= {f"enforced.{name}": values for name, values in _curves(kept).items()}
    try:
        np.savez_compressed(file, **arrays)
    except OSError as error:
        raise DataError(f"{file}: cannot be written ({error})") from error


def _curves(gaits: Sequence[tuple[GaitCycle, object] | None]) -> dict[str, Array]:
    count = len(gaits)
    found = {
        "coordinates": np.full((count, POINTS, len(COORDINATES)), np.nan),
        "duration_s": np.full(count, np.nan),
        "speed_mps": np.full(count, np.nan),
        "step_length_m": np.full(count, np.nan),
        "contact": np.full((count, 3), np.nan),
    }
    for row, gait in enumerate(gaits):
        if gait is None:
            continue
        cycle, contact = gait
        found["coordinates"][row] = _BASIS @ cycle.coefficients
        found["duration_s"][row], found["speed_mps"][row] = cycle.duration_s, cycle.speed_mps
        found["step_length_m"][row] = cycle.speed_mps * cycle.duration_s / 2
        found["contact"][row] = list(vars(contact).values())
    return found


def _parameters(parameters: Sequence[MusculoskeletalParameters]) -> dict[str, Array]:
    names = [item.name for item in fields(MusculoskeletalParameters)]
    return {f"parameters.{name}": np.array([getattr(p, name) for p in parameters]) for name in names}
