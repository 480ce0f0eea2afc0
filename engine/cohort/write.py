"""Writes a cohort: its spec first, each walk whole, each subject's outcome last."""

import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml

from engine.cohort.dynamics_file import write_dynamics
from engine.cohort.layout import CohortFiles, SubjectFiles, WalkFiles
from engine.cohort.manifest import Row, write_failures, write_manifest, write_rejections
from engine.cohort.subject_file import subject_record
from engine.core.conventions import COORDINATES, MUSCLES, Keep
from engine.core.errors import SpecError
from engine.core.files import TEMPORARY_PREFIX, replace_file
from engine.core.yaml_files import read_yaml
from engine.gait.records import Gait, Walk
from engine.musculoskeletal.multibody import Multibody
from engine.musculoskeletal.storage import (
    write_coordinates,
    write_external_loads,
    write_ground_forces,
    write_moments,
    write_storage,
)
from engine.people.conditions import ConditionCard
from engine.walk.imu import imu_table

PACKAGES = ("gaitforge", "opensim", "torch", "diffusers", "numpy", "anny", "smplx", "pyrender")


@dataclass(frozen=True)
class Outcome:
    """What became of one subject: manifest rows of the walks that were made, and the proposals that were rejected on the way; or how it
    failed."""

    rows: tuple[Row, ...]
    rejections: tuple[Row, ...]
    failure: Row | None = None


def card_marks(cards: Iterable[ConditionCard]) -> dict[str, dict[str, str]]:
    """Title and fingerprint of cards by name, as ``cohort.yaml`` holds them."""
    return {card.name: {"title": card.title, "fingerprint": card.fingerprint} for card in cards}


IDENTITY = {
    "spec": "another spec or seed",
    "cards": "other cards",
    "body": "another body file",
    "proposer": "another proposer",
    "filmer": "another look or filmer",
}
"""What makes two cohorts the same, by keys of ``cohort.yaml``; and how a message tells that it differs."""


def differing(one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """What of `IDENTITY` is not the same, in words; empty if all is."""
    return " and ".join(words for key, words in IDENTITY.items() if one.get(key) != other.get(key))


def _holds_something_else(files: CohortFiles) -> bool:
    """Another part of the same cohort may be writing its spec: unfinished files do not count, and the spec is looked for last."""
    folder = files.folder
    if not folder.exists():
        return False
    foreign = not folder.is_dir() or any(not path.name.startswith(TEMPORARY_PREFIX) for path in folder.iterdir())
    return foreign and not files.spec.is_file()


def open_cohort(identity: Mapping[str, Any], folder: Path) -> CohortFiles:
    """The cohort's folder, made if need be, its ``cohort.yaml`` written or found to be of the same ``identity`` (by `IDENTITY`).

    Raises:
        SpecError: the folder cannot be written, or holds something else.
    """
    files = CohortFiles(folder)
    if _holds_something_else(files):
        raise SpecError(f"{folder}: is not empty and not a cohort; choose a new folder")
    if files.spec.is_file():
        if other := differing(read_yaml(files.spec), identity):
            raise SpecError(f"{files.spec}: made from {other}; choose another folder or remove this one")
        return files
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError("no permission to write")
        packages = {name: version(name) for name in PACKAGES}
        with replace_file(files.spec) as temporary:
            temporary.write_text(yaml.safe_dump({**identity, "packages": packages}, sort_keys=False), encoding="utf-8")
        # After the spec: another part that starts meanwhile knows the folder by it.
        (folder / "subjects").mkdir(exist_ok=True)
    except OSError as error:
        raise SpecError(f"{folder}: cannot be written ({error}); choose a folder that can") from error
    return files


def _write_json(path: Path, data: dict[str, Any]) -> None:
    with replace_file(path) as temporary:
        temporary.write_text(json.dumps(data, indent=1), encoding="utf-8")


def write_subject(path: Path, gait: Gait) -> None:
    """``subject.json``: who with which cards, the body's lengths, shape and file, the parameters of the musculoskeletal system,
    variability, the cycle and its figures."""
    proposal = gait.proposal
    _write_json(
        path,
        {
            **subject_record(proposal.subject),
            "segment_lengths_m": gait.body.lengths_m,
            "betas": gait.body.betas.tolist(),
            "body": gait.body.fingerprint,
            "parameters": proposal.parameters.to_dict(),
            "variability": asdict(proposal.variability),
            "cycle": {
                "speed_mps": gait.cycle.speed_mps,
                "duration_s": gait.cycle.duration_s,
                "coordinates": list(COORDINATES),
                "coefficients": gait.cycle.coefficients.tolist(),
            },
            "cycle_figures": asdict(gait.figures),
        },
    )


def write_walk(folder: Path, walk: Walk, bones: Multibody | None = None, *, keep: Keep = "everything") -> None:
    """Motion, forces, muscle activity and events of a walk: to learn from, in one small file; else as OpenSim reads them, with virtual
    sensors (on ``bones``, if they are not ours)."""
    files, dynamics = WalkFiles(folder), walk.dynamics
    files.events.write_text(json.dumps(walk.events.to_dict(), indent=1), encoding="utf-8")
    if keep == "learning":
        write_dynamics(files.dynamics, dynamics)
        return
    write_coordinates(files.coordinates, dynamics.time, dynamics.q)
    write_ground_forces(
        files.ground_forces, dynamics.time, dynamics.force, dynamics.pressure_centre, dynamics.free_moment
    )
    write_external_loads(files.external_loads, files.ground_forces.name)
    write_storage(files.activations, dynamics.time, MUSCLES, dynamics.activations)
    write_moments(files.moments, dynamics.time, dynamics.moments)
    imu_table(walk, bones).to_parquet(files.imu, index=False)


def write_outcome(path: Path, outcome: Outcome) -> Outcome:
    """Marks a subject as finished; returns the outcome."""
    _write_json(path, asdict(outcome))
    return outcome


def clear_subject(files: SubjectFiles) -> None:
    """Takes away what there is of a subject. Its outcome goes first and for certain; other files may resist, as open ones on network disks
    do."""
    files.outcome.unlink(missing_ok=True)
    shutil.rmtree(files.folder, ignore_errors=True)


def write_failure(files: SubjectFiles, row: Row, traceback: str) -> Outcome:
    """Marks a subject as failed: nothing of it is kept but the error."""
    clear_subject(files)
    files.folder.mkdir(parents=True, exist_ok=True)
    files.failure.write_text(f"{row['subject_id']}: {row['reason']}\n\n{traceback}".rstrip() + "\n", encoding="utf-8")
    return write_outcome(files.outcome, Outcome(rows=(), rejections=(), failure=row))


def read_outcome(path: Path) -> Outcome | None:
    """The outcome of a finished subject, None if it is not finished."""
    if not path.is_file():
        return None
    data = json.loads(path.read_text(encoding="utf-8"))
    return Outcome(tuple(data["rows"]), tuple(data["rejections"]), data.get("failure"))


def write_tables(files: CohortFiles, outcomes: Sequence[Outcome]) -> None:
    """What became of all subjects, in their order, as tables; the manifest last: where it is, the cohort is finished."""
    write_rejections(files.rejections, [row for outcome in outcomes for row in outcome.rejections])
    write_failures(files.failures, [outcome.failure for outcome in outcomes if outcome.failure is not None])
    write_manifest(files.manifest, [row for outcome in outcomes for row in outcome.rows])


def remove_tables(files: CohortFiles) -> None:
    """Before work goes on: the manifest first, so that the cohort is not taken for finished."""
    for table in (files.manifest, files.failures, files.rejections):
        table.unlink(missing_ok=True)
