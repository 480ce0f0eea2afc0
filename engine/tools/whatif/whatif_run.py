"""What ``gaitforge whatif`` shows a person."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.cohort.subject_file import subject_folder
from engine.core.conventions import Side
from engine.core.errors import SpecError
from engine.core.files import require_own_folder
from engine.core.measures import MEASURES
from engine.gait.gait_parameters import gait_parameters
from engine.gait.records import Rejection
from engine.stages import load_stage
from engine.tools.whatif.changes import Changes
from engine.tools.whatif.whatif import FIGURES_FILE, PICTURE_FILE, WhatIf, what_if, write_whatif


def run_whatif(
    subject: Path, settings: tuple[str, ...], card: str | None, severity: float, side: Side, strides: int, output: Path
) -> bool:
    """Changes, writes and tells; returns whether a feasible gait was found.

    Raises:
        GaitForgeError: as `engine.tools.whatif.whatif.what_if` and `write_whatif`.
    """
    if card is None and (severity != 1.0 or side != "both"):
        raise SpecError("--severity and --side belong to --card; a side of a setting is written --set NAME.right=VALUE")
    require_own_folder(output, FIGURES_FILE)
    changes = Changes(settings, card, severity, side)
    console = Console()
    with console.status("Reading the subject") as status:
        enforcer = load_stage("enforcer", "opensim")
        found = what_if(
            subject_folder(subject), changes, load_stage("adapter", "effort"), enforcer, strides, status.update
        )
        status.update("Writing")
        write_whatif(found, enforcer, output)
    _tell(console, found)
    console.print(f"Both gaits: {output}    picture: {output / PICTURE_FILE}", soft_wrap=True)
    return not isinstance(found.after, Rejection)


def _tell(console: Console, found: WhatIf) -> None:
    if isinstance(found.after, Rejection):
        console.print(f"[bold red]No feasible gait: {found.after.reason.value}[/] {found.after.detail}")
        return
    before, after = gait_parameters(found.before).to_dict(), gait_parameters(found.after).to_dict()
    table = Table("", "before", "after", title=f"What if {found.changes}?", box=None)
    for name, value in before.items():
        measure = MEASURES[name]
        table.add_row(measure.heading, measure.text(value), measure.text(after[name]))
    console.print(table)
