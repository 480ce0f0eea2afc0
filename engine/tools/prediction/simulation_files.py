"""A simulated subject on disk: one cycle in OpenSim's formats, the planar model, and ``simulation.json``, written last."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.cohort.subject_file import subject_record
from engine.core.conventions import COORDINATES, MUSCLES
from engine.core.errors import SpecError
from engine.core.files import replace_folder
from engine.core.tasks import Failure
from engine.gait.records import Gait, Proposal, Rejection
from engine.musculoskeletal.storage import (
    write_coordinates,
    write_external_loads,
    write_ground_forces,
    write_model,
    write_moments,
    write_storage,
)
from engine.tools.prediction.jobs import Job
from engine.tools.prediction.planar_model import build_planar_model, planar_body
from engine.tools.prediction.planar_skeleton import PLANAR_COORDINATES

RESULT = "simulation.json"
FAILURE = "failure.txt"
MADE_FROM = "made_from"
"""Key of the job's fingerprint."""

NOTE = (
    "Solved in the sagittal plane. Coordinates that are not listed are the proposal's; muscles in no lump have activation zero; "
    "ground forces and moments have no part out of the plane."
)


def is_finished(folder: Path, job: Job) -> bool:
    """Whether a job was done in a folder, be it with success or not.

    Raises:
        SpecError: the folder holds the result of another job.
    """
    if not (folder / RESULT).is_file():
        return False
    if read_simulation(folder).get(MADE_FROM) != job.fingerprint():
        raise SpecError(
            f"{folder}: holds a simulation of another person, spec, seed or version; choose another folder (-o)"
        )
    return True


def write_simulation(folder: Path, job: Job, proposal: Proposal, result: Gait | Rejection) -> None:
    """The folder of one subject, whole or not at all."""
    with replace_folder(folder) as unfinished:
        if isinstance(result, Gait):
            _write_cycle(unfinished, result)
        data = {MADE_FROM: job.fingerprint(), **_summary(proposal, result)}
        (unfinished / RESULT).write_text(json.dumps(data, indent=1), encoding="utf-8")


def write_failure(folder: Path, failure: Failure) -> None:
    """Why a subject has no result: its folder holds nothing else."""
    with replace_folder(folder) as unfinished:
        (unfinished / FAILURE).write_text(f"{failure.reason}\n\n{failure.traceback}", encoding="utf-8")


def read_simulation(folder: Path) -> dict[str, Any]:
    """``simulation.json`` of a finished subject."""
    return json.loads((folder / RESULT).read_text(encoding="utf-8"))


def _write_cycle(folder: Path, gait: Gait) -> None:
    dynamics = gait.dynamics
    write_coordinates(folder / "coordinates.mot", dynamics.time, dynamics.q)
    write_ground_forces(
        folder / "grf.mot", dynamics.time, dynamics.force, dynamics.pressure_centre, dynamics.free_moment
    )
    write_external_loads(folder / "grf.xml", "grf.mot")
    write_storage(folder / "activations.sto", dynamics.time, MUSCLES, dynamics.activations)
    write_moments(folder / "moments.sto", dynamics.time, dynamics.moments)
    body = planar_body(gait.subject, gait.body, gait.proposal.parameters)
    write_model(build_planar_model(body), folder / "planar_model.osim")


def _summary(proposal: Proposal, result: Gait | Rejection) -> dict[str, Any]:
    who = {**subject_record(proposal.subject), "parameters": proposal.parameters.to_dict()}
    if isinstance(result, Rejection):
        return {**who, "converged": False, "reason": result.reason.name, "detail": result.detail}
    return {
        **who,
        "converged": True,
        "note": NOTE,
        "solved_coordinates": list(PLANAR_COORDINATES),
        "segment_lengths_m": result.body.lengths_m,
        "betas": result.body.betas.tolist(),
        "variability": asdict(proposal.variability),
        "cycle": {
            "speed_mps": result.cycle.speed_mps,
            "duration_s": result.cycle.duration_s,
            "coordinates": list(COORDINATES),
            "coefficients": result.cycle.coefficients.tolist(),
        },
        "contact": asdict(result.contact),
        "figures": asdict(result.figures),
    }
