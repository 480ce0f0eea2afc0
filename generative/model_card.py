"""``MODEL_CARD.md``: what a generator has learnt, how, and whether it has learnt people by heart. Every figure comes from the training.

The headings follow Mitchell et al. 2019 (Model Cards for Model Reporting, FAT*, arXiv:1810.03993).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from engine.core.errors import DataError
from engine.core.files import replace_file
from generative.corpus import MEASURED, Corpus
from generative.memorisation import CLOSE_LIMIT, MEMBERSHIP_LIMIT, Memorisation
from generative.train_denoiser import TrainingSettings

CARD_FILE = "MODEL_CARD.md"
_HEADINGS = ("provenance", "condition", "gaits", "people", "ages, years", "speeds, dimensionless")


@dataclass(frozen=True)
class TrainingFacts:
    """What there is to tell of a training.

    ``training`` are the gaits that were learnt from, each once; ``held_out`` how many were kept aside. ``started_from`` identifies the
    weights that were refined, None if training began anew. ``refused`` are the reasons why recordings were not used. ``checks`` are the
    results of `generative.memorisation.memorisation` by what was compared.
    """

    training: Corpus
    held_out: int
    settings: TrainingSettings
    loss: float
    weights: int
    checks: Mapping[str, Memorisation]
    started_from: str | None = None
    refused: Sequence[str] = ()


def write_model_card(facts: TrainingFacts, folder: Path) -> Path:
    """Writes the card beside the weights in ``folder``.

    Raises:
        DataError: it cannot be written.
    """
    path = folder / CARD_FILE
    try:
        with replace_file(path) as temporary:
            temporary.write_text(model_card(facts), encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error})") from error
    return path


def model_card(facts: TrainingFacts) -> str:
    """The card as Markdown."""
    parts = (_what(facts), _learnt_from(facts), _settings(facts), _checks(facts), _limits(facts), _licence(facts))
    return "# A gait generator\n\n" + "\n\n".join(parts) + "\n"


def summary(facts: TrainingFacts) -> str:
    """One line for each check, as Markdown."""
    return "\n".join(f"- {_title(name)}: {_verdict(found)}" for name, found in facts.checks.items())


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


def _measured(corpus: Corpus) -> int:
    return int(np.char.startswith(corpus.provenance, MEASURED).sum())


def _what(facts: TrainingFacts) -> str:
    origin = "trained anew" if facts.started_from is None else f"refined from the generator `{facts.started_from}`"
    return (
        f"A diffusion model of gait cycles and musculoskeletal systems ({facts.weights:,} weights), {origin} by "
        "`gaitforge train-generator`, which wrote this card. It proposes; physics (`gaitforge cohort`, `gaitforge enforce`) then "
        "repairs or rejects."
    )


def _learnt_from(facts: TrainingFacts) -> str:
    corpus = facts.training
    groups = sorted(set(zip(corpus.provenance.tolist(), corpus.people.condition.tolist(), strict=True)))
    rows = [_group_row(corpus, *group) for group in groups]
    lines = [
        "## Learnt from",
        f"{len(corpus):,} gaits of {len(set(corpus.family.tolist())):,} people, {_measured(corpus):,} of them recorded; "
        f"{facts.held_out:,} more were held out and only used to check.",
        _table(_HEADINGS, rows),
        f"Of these gaits, {int(corpus.solved.sum()):,} had passed physics before they were learnt from.",
    ]
    if facts.refused:
        reasons = sorted(set(facts.refused))
        lines.append(f"{len(facts.refused)} recordings were not used:")
        lines.append("\n".join(f"- {facts.refused.count(reason)} ×: {reason}" for reason in reasons))
    return "\n\n".join(lines)


def _group_row(corpus: Corpus, provenance: str, condition: str) -> tuple[str, ...]:
    part = corpus.take(np.flatnonzero((corpus.provenance == provenance) & (corpus.people.condition == condition)))
    return (
        provenance,
        condition,
        f"{len(part):,}",
        f"{len(set(part.family.tolist())):,}",
        _range(part.people.age, 0),
        _range(part.gaits.speed, 2),
    )


def _range(values: np.ndarray, digits: int) -> str:
    low, high = f"{values.min():.{digits}f}", f"{values.max():.{digits}f}"
    return low if low == high else f"{low} to {high}"


def _settings(facts: TrainingFacts) -> str:
    rows = [
        (name, f"{value:g}" if isinstance(value, float) else str(value))
        for name, value in asdict(facts.settings).items()
    ]
    return (
        f"## Training\n\n{_table(('setting', 'value'), rows)}\n\nMean loss of the last steps: {facts.loss:.4f} (mean squared error of the "
        "predicted velocity in whitened units)."
    )


def _checks(facts: TrainingFacts) -> str:
    head = (
        "## Has it learnt people by heart?\n\n"
        "Distances are RMS per dimension of the generator's whitened space. *Copies*: samples nearer to a training gait than the 1st "
        "percentile of nearest distances within the training set; about 1 % of honest samples are. *Membership*: how often a gait that "
        "was learnt from has a nearer sample than one that was held out (0.5 is guessing), with a 95 % bootstrap interval."
    )
    parts = [_check(name, found) for name, found in facts.checks.items()]
    return "\n\n".join([head, *parts])


def _check(name: str, found: Memorisation) -> str:
    rows = [
        ("samples, training gaits, held-out gaits", f"{found.samples:,}, {found.training:,}, {found.held_out:,}"),
        ("1st percentile of nearest distances", f"{found.limit:.3f}"),
        (f"copies among samples (limit {100 * CLOSE_LIMIT:g} %)", f"{100 * found.close_share:.2f} %"),
        ("the same among held-out gaits", _or_none(f"{100 * found.held_out_share:.2f} %", found.held_out_share)),
        ("mean distance of a training gait to its nearest sample", f"{found.training_distance:.3f}"),
        (
            "mean distance of a held-out gait to its nearest sample",
            _or_none(f"{found.held_out_distance:.3f}", found.held_out_distance),
        ),
        (f"membership (limit {MEMBERSHIP_LIMIT:g})", _membership(found)),
    ]
    return f"**{_title(name)}: {_verdict(found)}**\n\n{_table(('', 'found'), rows)}"


def _or_none(text: str, value: float) -> str:
    return text if np.isfinite(value) else "none held out"


def _membership(found: Memorisation) -> str:
    if not found.asked_membership:
        return "not asked: too few gaits were held out"
    return f"{found.attack_auc:.3f} ({found.attack_interval[0]:.3f} to {found.attack_interval[1]:.3f})"


def _verdict(found: Memorisation) -> str:
    if found.passed:
        return "no sign of it" if found.asked_membership else "no copies"
    words = [
        text
        for is_so, text in (
            (found.copies, "copies its training gaits"),
            (found.reveals_members, "reveals who was learnt from"),
        )
        if is_so
    ]
    return f"{' and '.join(words)}; do not share these weights"


def _limits(facts: TrainingFacts) -> str:
    ages = facts.training.people.age
    lines = [
        f"Nothing was learnt beyond {ages.min():.0f} to {ages.max():.0f} years, nor of conditions that the table does not name.",
        "Proposals have not been checked against physics. They are no diagnosis and no evidence about patients.",
        "A check that finds nothing does not prove that nothing was learnt by heart: it looks at nearest distances only.",
    ]
    if _measured(facts.training):
        lines.append(
            "Of recorded people the motion was measured; muscles and stride-to-stride variability are those usual for age and condition."
        )
    return "## Limits\n\n" + "\n".join(f"- {line}" for line in lines)


def _licence(facts: TrainingFacts) -> str:
    text = "Weights made of GaitForge's own corpus alone: Apache-2.0, as the program."
    if _measured(facts.training):
        text = (
            "These weights hold what was learnt from recordings of people. Who may have them is for the recordings' licence and those "
            "people's consent to say; GaitForge's own part is Apache-2.0."
        )
    return f"## Licence\n\n{text}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
