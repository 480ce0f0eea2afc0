"""What ``gaitforge enforce`` shows a person: what was read, what was assumed, and how physics judged."""

from pathlib import Path

from rich.console import Console
from rich.table import Table

from engine.files import require_own_folder
from engine.motion_files.enforce import (
    FIGURES_FILE,
    PICTURE_FILE,
    Enforced,
    Request,
    enforce_motion,
    headline,
    write_enforced,
)
from engine.physics.figures import SMALL_FOOT_MUSCLES_NM_PER_KG
from engine.physics.verdict import LIMITS
from engine.records import PhysicsFigures

_ROWS: tuple[tuple[str, str, float], ...] = (
    ("residual_force_peak_pct", "residual force at the pelvis, % of largest ground force", LIMITS.residual_force_pct),
    ("residual_moment_peak_pct", "residual moment at the pelvis, %", LIMITS.residual_moment_pct),
    ("penetration_mm", "a foot sinks, mm", LIMITS.penetration_mm),
    ("skate_mm", "a standing foot slides, mm", LIMITS.skate_mm),
    (
        "reserve_peak_nm",
        f"torque that no muscle gives, N·m (at the toes: beyond {SMALL_FOOT_MUSCLES_NM_PER_KG:g} N·m/kg)",
        LIMITS.reserve_nm,
    ),
    ("vertical_force_mean_error_pct", "mean vertical force off body weight, %", LIMITS.vertical_mean_error_pct),
    ("vertical_force_peak_bw", "peak vertical force of a foot, body weights", LIMITS.vertical_peak_bw),
    ("motion_change_deg", "leg angles moved, RMS °", LIMITS.motion_change_deg),
)


def run_enforce(request: Request, folder: Path) -> bool:
    """Enforces, writes and tells; returns whether physics accepted the motion.

    Raises:
        GaitForgeError: as `engine.motion_files.enforce.enforce_motion` and `write_enforced`.
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
    console.print(headline(enforced), style="bold green" if enforced.rejection is None else "bold red")
    judged = enforced.walk.figures if enforced.walk else enforced.rejection.figures if enforced.rejection else None
    if judged is not None:
        console.print(_table(judged, enforced))


def _table(judged: PhysicsFigures, enforced: Enforced) -> Table:
    table = Table("", "found", "limit", box=None)
    moved = enforced.gait.figures.motion_change_deg if enforced.gait else judged.motion_change_deg
    for name, words, limit in _ROWS:
        value = moved if name == "motion_change_deg" else getattr(judged, name)
        table.add_row(words, f"{value:.2f}", f"{limit:g}", style="" if value < limit else "red")
    return table
