"""Looks whether this machine can do the whole job, and says the one command that mends what is missing."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from engine.core.errors import GaitForgeError
from engine.people.conditions import available_cards, load_card
from engine.stages import ROLES, available, load_stage

PACKAGES = ("torch", "diffusers", "accelerate", "opensim", "smplx", "anny", "pyrender", "trimesh", "numpy", "av")
GRAPHICS_HINT = "apt-get install -y libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libgles2"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: what it is, whether it works, what was seen or how to mend it."""

    name: str
    works: bool
    detail: str


def _packages() -> Finding:
    missing, found = [], []
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    detail = f"pip install {' '.join(missing)}" if missing else ", ".join(found)
    return Finding("packages", not missing, detail)


def _python() -> Finding:
    works = (3, 11) <= sys.version_info < (3, 14)
    return Finding("Python", works, f"{sys.version.split()[0]} (3.11 to 3.13 work)")


def _opensim() -> Finding:
    from engine.musculoskeletal.toolkit import opensim_version

    return Finding("OpenSim", True, opensim_version())


def _graphics() -> Finding:
    from ctypes import CDLL
    from ctypes.util import find_library

    library = find_library("EGL")
    if library is None:
        return Finding("graphics (EGL)", False, GRAPHICS_HINT)
    CDLL(library)
    return Finding("graphics (EGL)", True, library)


def _cards() -> Finding:
    names = available_cards()
    for name in names:
        load_card(name)
    return Finding("condition cards", bool(names), ", ".join(names))


def _stages() -> Finding:
    filled = {role: available(role) for role in ROLES}
    for role, names in filled.items():
        for name in names:
            load_stage(role, name)
    text = "; ".join(f"{role}: {', '.join(names) or '–'}" for role, names in filled.items())
    return Finding("stages", all(filled[role] for role in filled if role != "adapter"), text)


CHECKS: tuple[Callable[[], Finding], ...] = (_python, _packages, _graphics, _opensim, _cards, _stages)


def _finding(check: Callable[[], Finding]) -> Finding:
    """A check that breaks is a finding too: whatever a broken installation throws is what the user must read."""
    try:
        return check()
    except (GaitForgeError, ImportError, OSError, RuntimeError) as error:
        return Finding(check.__name__.strip("_"), False, str(error))


def examine() -> int:
    """Prints the findings; returns 0 if everything works, else 1."""
    console = Console()
    with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
        progress.add_task("Looking at this machine")
        findings = [_finding(check) for check in CHECKS]
    table = Table(show_header=False, box=None, padding=(0, 1))
    for finding in findings:
        table.add_row("[green]✓[/]" if finding.works else "[red]✗[/]", finding.name, finding.detail)
    console.print(table)
    return 0 if all(finding.works for finding in findings) else 1
