"""How good an estimator is on subjects of a cohort, beside the training mean and beside geometry alone.

The figures are synthetic validation: they say that the chain works, not how good the estimator is on people.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from rich.progress import Progress
from rich.table import Table

from downstream.baselines import geometry_only, training_mean
from downstream.data import CohortDataset, Sample
from downstream.estimator import GaitEstimator, load_estimator, views
from downstream.recordings.keypoint_recording import Recording
from downstream.targets import TARGETS
from downstream.train_estimator import cohort_hash
from downstream.views.detector_noise import DetectorNoise, corrupt, forget, without_focal
from engine.core.conventions import SplitChoice
from engine.core.errors import DataError
from engine.core.files import replace_file
from engine.core.seeds import stage_rng

NOISE_SEED = 1
NOTE = "synthetic validation"
SEEN = f"{NOTE}; includes people the model was trained on"
_NOISE = replace(DetectorNoise(), forget_height=0.0, forget_focal=0.0, forget_image=0.0)
_KINDS = ("true", "estimate", "sd", "geometry")


@dataclass(frozen=True)
class Evaluation:
    """``rows``: one per walk and camera, columns ``<target>:<true, estimate, sd or geometry>`` and who and how it was filmed, height and
    focal length known; ``by_knowledge``: the same with less known."""

    model: str
    split: str
    note: str
    baseline: tuple[float, ...]
    rows: pd.DataFrame
    by_knowledge: Mapping[str, pd.DataFrame]
    left_out: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """What ``evaluation.json`` holds. ``r`` is null where it is not defined."""
        return {
            "model": self.model,
            "targets": self._figures(self.rows),
            "split": self.split,
            "note": self.note,
            "input": "exact keypoints with simulated detector noise; height and focal length known",
            "walks_left_out": list(self.left_out),
            "within_two_sd": {name: within_two_sd(self.rows, name) for name in TARGETS},
            "subject_means": self._figures(self.rows.groupby("subject").mean(numeric_only=True)),
            "by_camera": {str(key): self._figures(group) for key, group in self.rows.groupby("camera")},
            "by_condition": {str(key): self._figures(group) for key, group in self.rows.groupby("condition")},
            "by_knowledge": {key: self._figures(rows) for key, rows in self.by_knowledge.items()},
        }

    def _figures(self, rows: pd.DataFrame) -> dict[str, dict[str, float | int | None]]:
        return {name: figures(rows, name, self.baseline[index]) for index, name in enumerate(TARGETS)}


def figures(rows: pd.DataFrame, target: str, baseline: float) -> dict[str, float | int | None]:
    """Pearson's r and mean absolute errors of one target; ``baseline`` is the training mean."""
    true = rows[f"{target}:true"]
    return {
        "r": pearson(true.to_numpy(), rows[f"{target}:estimate"].to_numpy()),
        "mae": float((rows[f"{target}:estimate"] - true).abs().mean()),
        "baseline_mae": float((baseline - true).abs().mean()),
        "geometry_mae": float((rows[f"{target}:geometry"] - true).abs().mean()),
        "geometry_r": pearson(true.to_numpy(), rows[f"{target}:geometry"].to_numpy()),
        "n": len(rows),
    }


def pearson(a: np.ndarray, b: np.ndarray) -> float | None:
    """Correlation, or None with fewer than three pairs or without spread."""
    if len(a) < 3 or np.ptp(a) == 0 or np.ptp(b) == 0:
        return None
    return float(np.corrcoef(a, b)[0, 1])


def within_two_sd(rows: pd.DataFrame, target: str) -> float:
    """Share of true values within two standard deviations of the estimate (0.95 if the uncertainties are right)."""
    error = (rows[f"{target}:estimate"] - rows[f"{target}:true"]).abs()
    return float((error <= 2 * rows[f"{target}:sd"]).mean())


def evaluate(
    model_folder: Path, cohort: Path, split: SplitChoice = "test", *, progress: Progress | None = None
) -> Evaluation:
    """Evaluates the estimator in ``model_folder`` on the subjects of ``split`` (or ``all``).

    Raises:
        DataError: estimator or cohort cannot be used, or no walk of the split is long enough.
    """
    model, dataset = load_estimator(model_folder), CohortDataset(cohort, split)
    progress = progress or Progress(disable=True)
    task = progress.add_task("Evaluating", total=len(dataset))
    rows: dict[str, list[dict[str, Any]]] = {}
    left_out = []
    for sample in dataset:
        try:
            for name, row in _rows(model, sample).items():
                rows.setdefault(name, []).append(row)
        except DataError:
            left_out.append(sample.name)
        progress.advance(task)
    if not rows:
        raise DataError(
            f"{cohort}: in none of the {len(dataset)} walks of split {split!r} a person is seen long enough"
        )
    tables = {name: pd.DataFrame(part) for name, part in rows.items()}
    return Evaluation(
        model=model_folder.resolve().name,
        split=split,
        note=SEEN if _seen(model, dataset, split) else NOTE,
        baseline=training_mean(model),
        rows=tables.pop("all known"),
        by_knowledge=tables,
        left_out=tuple(left_out),
    )


def _seen(model: GaitEstimator, dataset: CohortDataset, split: str) -> bool:
    trained_on = model.config["trained_on"] or {}
    return split in ("train", "all") and trained_on.get("cohort_hash") == cohort_hash(dataset)


def _rows(model: GaitEstimator, sample: Sample) -> dict[str, dict[str, Any]]:
    """One row for each state of knowledge, all on the same noisy keypoints. The noise depends on the walk's name alone."""
    rng = stage_rng(NOISE_SEED, sample.name, "evaluation")
    known = forget(corrupt(sample.sequence, sample.visible, rng, _NOISE), rng, _NOISE)
    states = {
        "all known": known,
        "height unknown": replace(known, height_m=None),
        "focal length unknown": (uncalibrated := without_focal(known, rng)),
        "height and focal length unknown": replace(uncalibrated, height_m=None),
    }
    return {name: _row(model, sample, sequence) for name, sequence in states.items()}


def _row(model: GaitEstimator, sample: Sample, sequence: Recording) -> dict[str, Any]:
    both = views(sequence)
    estimate = model.predict_features(both)
    columns = (sample.targets, estimate.values(), estimate.sds(), geometry_only(both[0]))
    row: dict[str, Any] = {"subject": sample.subject_id, "camera": sample.camera, "condition": sample.condition}
    for kind, values in zip(_KINDS, columns, strict=True):
        row |= {f"{name}:{kind}": float(value) for name, value in zip(TARGETS, values, strict=True)}
    return row


def write_evaluation(evaluation: Evaluation, path: Path) -> None:
    """Writes ``evaluation.json``, whole or not at all.

    Raises:
        DataError: the file cannot be written.
    """
    try:
        with replace_file(path) as temporary:
            temporary.write_text(json.dumps(evaluation.to_dict(), indent=1), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error}); choose another file with -o") from error


def as_table(evaluation: Evaluation) -> Table:
    """The main figures for the terminal."""
    table = Table(title=f"{evaluation.model}, split {evaluation.split}: {evaluation.note}")
    for heading in ("target", "r", "MAE", "MAE training mean", "MAE geometry only", "n"):
        table.add_column(heading, justify="left" if heading == "target" else "right")
    for name, line in evaluation.to_dict()["targets"].items():
        target = TARGETS[name]
        errors = (target.factor * line[key] for key in ("mae", "baseline_mae", "geometry_mae"))
        r = "–" if line["r"] is None else f"{line['r']:.3f}"
        table.add_row(target.heading, r, *(f"{error:.3f}" for error in errors), str(line["n"]))
    return table
