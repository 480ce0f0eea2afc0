"""What `gaitforge train` does: how often a cohort's walks are looked at, and what is told of the reader that comes of it."""

from pathlib import Path
from typing import Any

from downstream.training.reader_settings import ReaderSettings
from downstream.training.train_reader import train_reader
from downstream.walks.cohort_walks import cohort_walks

USUAL_EXAMPLES = 150_000
MOST_OF_A_WALK = 400
"""Of fewer walks fewer examples are drawn: a walk seen from more sides than these teaches little that is new."""

_MOST_DRAWING = 3
"""To draw an example takes about as long as to learn from it: more processes would wait for the one that learns."""

_CONDITIONS_TOLD = 6


def run_training(
    cohort: Path, output: Path, examples: int | None, *, clips: int, seed: int, processes: int
) -> dict[str, Any]:
    """Trains a reader into ``output``; returns what it has learnt from. ``examples`` None: the usual number.

    Raises:
        DataError: as `train_reader`.
    """
    walks = len(cohort_walks(cohort, "train"))
    wanted = examples or min(USUAL_EXAMPLES, MOST_OF_A_WALK * walks)
    epochs = max(round(wanted / (walks * clips)), 1)
    settings = ReaderSettings(
        epochs=epochs,
        clips=clips,
        calibration=min(ReaderSettings.calibration, wanted),
        seed=seed,
        workers=min(processes - 1, _MOST_DRAWING),
    )
    return dict(train_reader(cohort, output, settings).config["trained_on"])


def what_was_learnt(trained_on: dict[str, Any], cohort: Path, output: Path) -> str:
    """A few lines for the person who trained it: what, on whom, and how to go on."""
    set_by = trained_on["uncertainty_set_by_examples"]
    lines = [
        f"Reader: {output}",
        f"learnt from {trained_on['examples']:,} views of {trained_on['walks']:,} walks of {trained_on['subjects']:,} people"
        f"{_ranges(trained_on['ranges'])}",
        *_conditions(trained_on["conditions"]),
        f"uncertainties set by {set_by:,} views of people of split `validation`"
        if set_by
        else "uncertainties as learnt: too few people of split `validation` to set them by, do not rely on them",
        f"How good is it?  gaitforge evaluate {output} {cohort}",
        f"Read a walk:     gaitforge analyze FILE --model {output}",
    ]
    return "\n".join(lines)


def _ranges(ranges: dict[str, list[float] | None]) -> str:
    told = [
        f"{found[0]:.3g} to {found[1]:.3g} {unit}"
        for name, unit in (("age_years", "years"), ("height_m", "m tall"), ("speed_mps", "m/s"))
        if (found := ranges[name])
    ]
    return f" of {', '.join(told)}" if told else ""


def _conditions(people: dict[str, int]) -> list[str]:
    """The commonest by name, the rest as a number."""
    common = sorted(people.items(), key=lambda item: -item[1])
    told = [f"{name} {count:,}" for name, count in common[:_CONDITIONS_TOLD]]
    rest = sum(count for _, count in common[_CONDITIONS_TOLD:])
    return [f"people: {', '.join([*told, *([f'others {rest:,}'] if rest else [])])}"] if told else []
