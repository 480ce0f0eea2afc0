"""``MODEL_CARD.md``: what a reader has learnt from, what it reads how well, and what must not be claimed. Every figure is measured.

The headings follow Mitchell et al. 2019 (Model Cards for Model Reporting, FAT*, arXiv:1810.03993).
"""

from pathlib import Path
from typing import Any

from downstream.evaluation.evaluate_reader import Evaluation
from downstream.evaluation.judged_groups import GROUPS
from downstream.evaluation.markdown_tables import (
    coverage_table,
    geometry_table,
    group_table,
    main_table,
    markdown,
    rivals_table,
)
from engine.core.errors import DataError
from engine.core.files import replace_file

CARD_FILE = "MODEL_CARD.md"
_BY = ("view", "known", "age", "sex", "condition", "height", "bmi")
_RIVALS = ("geometry", "regression", "mean")


def write_model_card(evaluation: Evaluation, folder: Path) -> Path:
    """Writes the card beside the weights in ``folder``.

    Raises:
        DataError: it cannot be written.
    """
    path = folder / CARD_FILE
    try:
        with replace_file(path) as temporary:
            temporary.write_text(model_card(evaluation), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error})") from error
    return path


def model_card(evaluation: Evaluation) -> str:
    """The card as Markdown."""
    parts = (_what, _learnt_from, _judged, _groups, _calibration)
    return "\n\n".join(["# A reader of gait", *(part(evaluation) for part in parts), _LIMITS]) + "\n"


def _what(evaluation: Evaluation) -> str:
    return (
        "Reads foot events, joint angles, ground forces, joint moments and muscle activity over time, and numbers of the whole walk, from "
        "the keypoints of one person who walks before one camera; each with an uncertainty (docs/estimators.md). For research.\n\n"
        f"GaitForge wrote this card from figures measured on {evaluation.recordings:,} recordings: **{evaluation.note}**. Nothing here "
        "says how good the reader is on real people."
    )


def _learnt_from(evaluation: Evaluation) -> str:
    told = evaluation.trained_on
    people = sorted(told.get("conditions", {}).items())
    ranges = "; ".join(
        f"{name} {low:.3g} to {high:.3g}" for name, (low, high) in _known(told.get("ranges", {})).items()
    )
    settings = ", ".join(
        f"{name} {value:g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in told.get("settings", {}).items()
    )
    return "\n\n".join(
        [
            "## Learnt from",
            f"{told.get('walks', 0):,} walks of {told.get('subjects', 0):,} people of the cohort `{told.get('cohort')}` "
            f"(`{told.get('cohort_hash')}`), its split `{told.get('split')}`: {told.get('kind')}, {told.get('examples', 0):,} examples. "
            f"{told.get('uncertainty_set_by_examples', 0):,} examples of other people set the uncertainty. {ranges}. Settings: {settings}.",
            markdown(["condition", "people"], [[name, f"{count:,}"] for name, count in people]),
        ]
    )


def _known(ranges: dict[str, Any]) -> dict[str, list[float]]:
    return {name: limits for name, limits in ranges.items() if limits}


def _judged(evaluation: Evaluation) -> str:
    return "\n\n".join(
        [
            "## Figures",
            f"{evaluation.recordings:,} recordings of {evaluation.people:,} people, split `{evaluation.split}`; drawn cameras of all kinds "
            "and views, a detector's noise simulated, height and focal length known for half. Errors are mean absolute ones; r of numbers "
            "is over recordings, of curves over time, then the mean.",
            main_table(evaluation),
            "Beside baselines on the same recordings:",
            rivals_table(evaluation, _RIVALS),
            "Beside geometry, view by view:",
            geometry_table(evaluation),
        ]
    )


def _groups(evaluation: Evaluation) -> str:
    parts = [f"### By {GROUPS[group]}\n\n{group_table(evaluation, group)}" for group in _BY]
    return "## By group\n\nMean absolute errors; of events the median.\n\n" + "\n\n".join(parts)


def _calibration(evaluation: Evaluation) -> str:
    words = "95 % intervals should hold 95 times in 100, and greater uncertainty should mean greater errors."
    return f"## Calibration\n\n{words}\n\n{coverage_table(evaluation)}"


_LIMITS = """## Limits, and what must not be claimed

- Synthetic figures are not real ones: people, cameras and the detector's noise are simulated. Real detectors err in other ways, and
  uncertainties are too narrow there.
- Muscle activity, moments and ground forces are those of a musculoskeletal model at least effort, not measured ones.
- What was not learnt from is not read well: other ages, conditions, running, stairs, turns, walking aids that hide the legs.
- No diagnosis and no decision about a person rests on it. It is not a medical device."""
