"""A folder of recordings, told to the user while it is read: what `gaitforge train-generator --data` begins with."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from engine.core.errors import DataError, SpecError
from engine.people.conditions import ConditionCard
from generative.corpus import card_fingerprint
from generative.pipeline import GaitPipeline
from generative.sources.people_table import MotionOfPerson, read_people
from generative.sources.user_files import Refused, UserData, read_training_data


def read_folder(
    folder: Path, cards: Mapping[str, ConditionCard], pipeline: GaitPipeline | None, console: Console
) -> UserData:
    """The recordings of a folder as training rows; ``pipeline`` is the generator that shall go on learning, if any.

    Raises:
        SpecError: the table of people is wrong, or names a condition that the generator cannot learn.
        DataError: there is no table, or no recording could be used.
        MissingDependencyError: a package for one of the files is not installed.
    """
    motions = read_people(folder, cards)
    if pipeline is not None:
        require_learnt(
            {b.card.name: card_fingerprint(b.card) for motion in motions for b in motion.subject.burdens}, pipeline
        )
    data = _read_and_tell(motions, console)
    if data.refused:
        console.print(_table_of(data.refused))
    if data.corpus is None:
        raise DataError(f"{folder}: none of {len(motions)} recordings could be used; the reasons are above")
    console.print(f"{len(data.corpus)} of {len(motions)} recordings can be learnt from")
    return data


def require_learnt(cards: Mapping[str, str], pipeline: GaitPipeline) -> None:
    """Checks that a generator knows all these cards (fingerprints by name): its list of conditions cannot grow.

    Raises:
        SpecError: it does not know one, or knew it in another form.
    """
    learnt = _learnt(pipeline)
    unknown = [name for name in sorted(cards) if learnt.get(name) != cards[name]]
    if unknown:
        told = [f"{name} (has changed since)" if name in learnt else name for name in unknown]
        raise SpecError(
            f"--init: this generator has not learnt the cards {', '.join(told)}; it knows {', '.join(sorted(learnt))}. "
            "Train anew without --init"
        )


def learnt_cards(cards: Sequence[ConditionCard], pipeline: GaitPipeline) -> list[ConditionCard]:
    """Those cards that a generator has learnt as they are."""
    learnt = _learnt(pipeline)
    return [card for card in cards if learnt.get(card.name) == card_fingerprint(card)]


def _learnt(pipeline: GaitPipeline) -> dict[str, str]:
    config = pipeline.denoiser.config
    return dict(zip(config.conditions, config.cards, strict=True))


def _read_and_tell(motions: list[MotionOfPerson], console: Console) -> UserData:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Recordings", total=len(motions))

        def say(done: int, name: str) -> None:
            progress.update(task, completed=done, description=f"Physics judges {name}")

        data = read_training_data(motions, say=say)
        progress.update(task, completed=len(motions), description="Recordings")
    return data


def _table_of(refused: tuple[Refused, ...]) -> Table:
    table = Table("line", "recording", "not learnt from, because", box=None)
    for one in refused:
        table.add_row(str(one.line), one.name, one.reason)
    return table
