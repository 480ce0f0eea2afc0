"""What ``gaitforge enforce`` shows a person: what was read, what was assumed, and how physics judged."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.core.files import require_own_folder
from engine.core.measures import PHYSICS
from engine.gait.records import PhysicsFigures
from engine.physics.verdict import LIMITS
from engine.tools.motion_files.enforce_recording import (
    FIGURES_FILE,
    PICTURE_FILE,
    Enforced,
    Request,
    enforce_motion,
    headline,
    write_enforced,
)


def run_enforce(request: Request, folder: Path) -> bool:
    """Enforces, writes and tells; returns whether physics accepted the motion.

    Raises:
        GaitForgeError: as `engine.tools.motion_files.enforce_recording.enforce_motion` and `write_enforced`.
    """
    require_own_folder(folder, FIGURES_FILE)
    console = Console()
    with console.status("") as status:
        enforced = enforce_motion(request, status.update)
        status.update("Writing")
        write_enforced(enforced, folder)
    _tell(console, enforced)
    written = "Labels" if enforced.walk else "Figures"
    console.print(f"{written}: {folder}    picture: {folder / PICTURE_FILE}", soft_wrap=True)
    return enforced.walk is not None


def _tell(console: Console, enforced: Enforced) -> None:
    stride, cycle = enforced.stride, enforced.walking.cycle
    for note in (*enforced.person.notes, *enforced.recording.notes):
        console.print(f"· {note}", style="dim", highlight=False)
    console.print(
        f"Stride from {stride.start_s:.2f} to {stride.end_s:.2f} s: {cycle.speed_mps:.2f} m/s, {cycle.duration_s:.2f} s; its ends "
        f"were {stride.gap_deg:.1f}° apart"
    )
    for doubt in enforced.doubts:
        console.print(f"! {doubt}", style="yellow", highlight=False, soft_wrap=True)
    accepted = "bold yellow" if enforced.doubts else "bold green"
    console.print(headline(enforced), style=accepted if enforced.rejection is None else "bold red")
    judged = enforced.walk.figures if enforced.walk else enforced.rejection.figures if enforced.rejection else None
    if judged is not None:
        console.print(_table(judged, enforced))


def _table(judged: PhysicsFigures, enforced: Enforced) -> Table:
    table = Table("", "found", "limit", box=None)
    moved = enforced.gait.figures.motion_change_deg if enforced.gait else judged.motion_change_deg
    for name, measure in PHYSICS.items():
        limit = LIMITS.of(name, impaired=False)
        if limit is not None:
            value = moved if name == "motion_change_deg" else getattr(judged, name)
            table.add_row(measure.heading, measure.text(value), f"{limit:g}", style="" if value < limit else "red")
    return table
