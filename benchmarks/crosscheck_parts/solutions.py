"""Both tiers for the bodies of a household, and one small file of measures for each body.

Adaptation as in the corpus, published effects left out: the healthy gait is enforced by physics, least effort changes it under the
mechanisms at the same speed, and the result is enforced. Moco: the planar body walks at that same speed near the same healthy gait.
"""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.crosscheck_parts.measures import measures
from benchmarks.crosscheck_parts.people import Household, Walker
from engine.core.files import replace_file
from engine.gait.records import Gait, MusculoskeletalParameters, Proposal, Rejection
from engine.physics.embodied import RecentBodies
from engine.roles.adapter import EffortAdapter
from engine.roles.enforcer import OpenSimEnforcer
from engine.tools.prediction.moco_settings import PredictionSettings
from engine.tools.prediction.predictor import judged, plane
from engine.tools.prediction.reference import symmetrised
from engine.tools.prediction.solve import PlanarSolution

SETTINGS = PredictionSettings(mesh=12, convergence_tolerance=0.15, iterations=100)

_MECHANISMS = {
    "weakness": ("max_isometric_force", 0.1),
    "contracture": ("optimal_fibre_length", 0.05),
    "stiff muscles": ("passive_stiffness", 0.2),
    "stiff joints": ("joint_stiffness", 0.2),
    "co-contraction": ("control_min", 0.03),
}
"""Fields of the parameters, and from which change in any muscle group on a body counts as having the mechanism."""


@dataclass(frozen=True)
class Tiers:
    """The stages of the fast physics."""

    enforcer: OpenSimEnforcer
    adapter: EffortAdapter

    @classmethod
    def make(cls) -> "Tiers":
        bodies = RecentBodies()
        adapter = EffortAdapter(keep_speed=True, feasible_habit=True, embodiment=bodies)
        return cls(OpenSimEnforcer(bodies), adapter)


def solution_file(folder: Path, house: Household, walker: Walker) -> Path:
    return folder / f"{house.name}-{walker.number}.json"


def made_from(house: Household, walker: Walker) -> dict[str, Any]:
    """What a solution depends on."""
    return {"bodies": house.fingerprint(walker), "settings": asdict(SETTINGS)}


def start_file(folder: Path, house: Household) -> Path:
    """Moco's solution of the healthy body, from which it starts with the others."""
    return folder / f"{house.name}-start.npz"


def finished(folder: Path, house: Household, walker: Walker) -> dict[str, Any] | None:
    """The solution of an earlier run; None if it is missing or was made from something else."""
    file = solution_file(folder, house, walker)
    if not file.is_file():
        return None
    found = json.loads(file.read_text(encoding="utf-8"))
    return found if found["made_from"] == made_from(house, walker) else None


def solve_household(house: Household, folder: Path, tiers: Tiers) -> None:
    """Writes what is missing; each body's file appears whole or not at all."""
    todo = [walker for walker in house.walkers if finished(folder, house, walker) is None]
    found = tiers.enforcer.enforce(house.drawn, house.family.body)
    for walker in todo:
        result = _solve(house, walker, found, tiers, start_file(folder, house))
        with replace_file(solution_file(folder, house, walker)) as part:
            part.write_text(json.dumps(result, indent=1), encoding="utf-8")


def _solve(house: Household, walker: Walker, found: Gait | Rejection, tiers: Tiers, start: Path) -> dict[str, Any]:
    person, healthy = walker.subject, house.walkers[0].parameters
    told = {
        "made_from": made_from(house, walker),
        "household": house.name,
        "number": walker.number,
        "age_years": person.age_years,
        "speed_mps": house.drawn.cycle.speed_mps,
        "condition": person.condition.name,
        "severity": person.severity,
        "modifiers": {modifier.card.name: modifier.severity for modifier in person.modifiers},
        "mechanisms": mechanisms(walker.parameters, healthy),
    }
    if isinstance(found, Rejection):
        return {**told, "adaptation": _outcome(found), "moco": None}
    habit = replace(house.drawn, cycle=symmetrised(found.cycle), contact=found.contact)
    own = replace(habit, subject=person, parameters=walker.parameters)
    adapted = found if walker.number == 0 else _adapted(own, house, healthy, tiers)
    told["adaptation"] = _outcome(adapted)
    told["moco"] = None if isinstance(adapted, Rejection) else _predicted(own, house, walker, start)
    return told


def _adapted(own: Proposal, house: Household, healthy: MusculoskeletalParameters, tiers: Tiers) -> Gait | Rejection:
    changed = tiers.adapter.adapt(own, house.family.body, healthy)
    return tiers.enforcer.enforce(changed, house.family.body)


def _predicted(own: Proposal, house: Household, walker: Walker, start: Path) -> dict[str, Any]:
    """Moco's gait; the healthy body's solution is kept in ``start``, which the other bodies begin with where it converged."""
    started, settings = time.process_time(), replace(SETTINGS, speed_mps=own.cycle.speed_mps)
    if walker.number == 0:
        start.unlink(missing_ok=True)
    known = _load(start) if start.is_file() else None
    found = plane(own, house.family.body, settings, start=known, symmetric=True)
    outcome = _outcome(judged(own, house.family.body, found))
    if walker.number == 0 and found.solution.converged:
        _save(found.solution, start)
    cpu_s = time.process_time() - started
    return {**outcome, "iterations": found.solution.iterations, "warm": known is not None, "cpu_s": cpu_s}


def _save(solution: PlanarSolution, file: Path) -> None:
    with replace_file(file) as part, part.open("wb") as stream:
        np.savez_compressed(stream, **asdict(solution))


def _load(file: Path) -> PlanarSolution:
    with np.load(file) as data:
        return PlanarSolution(**{name: data[name] if data[name].ndim else data[name].item() for name in data.files})


def _outcome(result: Gait | Rejection) -> dict[str, Any]:
    if isinstance(result, Rejection):
        return {"rejected": f"{result.reason.name}: {result.detail}"}
    return {"measures": measures(result)}


def mechanisms(parameters: MusculoskeletalParameters, healthy: MusculoskeletalParameters) -> Sequence[str]:
    """Kinds of mechanisms that tell a body from the healthy one."""
    return [
        name
        for name, (field, least) in _MECHANISMS.items()
        if (np.abs(getattr(parameters, field) - getattr(healthy, field)) >= least).any()
    ]
