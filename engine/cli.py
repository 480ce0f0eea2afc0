"""The ``gaitforge`` command: gathers every package's commands and turns our errors into one clear line."""

import sys
from importlib.metadata import entry_points

import typer
from rich.console import Console

from engine.errors import GaitForgeError

GROUP = "gaitforge.commands"
RESUMABLE: tuple[str, ...] = ("cohort", "corpus", "simulate")
"""Commands that keep what they have finished and go on from there."""

INTERRUPTED = 130
ABOUT = """Synthetic human walking: a diffusion model proposes, OpenSim enforces, SMPL-X and pyrender film, estimators learn.

Begin with:

    gaitforge doctor

    gaitforge cohort configs/cohorts/tiny.yaml -o runs/tiny

    gaitforge report runs/tiny
"""


def build() -> typer.Typer:
    """The command line with the commands of every installed package (entry points of the group ``gaitforge.commands``)."""
    app = typer.Typer(
        help=ABOUT, no_args_is_help=True, rich_markup_mode="markdown", pretty_exceptions_show_locals=False
    )
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        app.add_typer(entry.load())
    return app


def main() -> None:
    """Entry point of the ``gaitforge`` command."""
    try:
        app = build()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run(app, sys.argv[1:])


def run(app: typer.Typer, arguments: list[str]) -> None:
    """Runs a command and leaves. Errors meant for users leave by status 2, an interruption by `INTERRUPTED`."""
    try:
        app(arguments)
    except GaitForgeError as error:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {str(error).replace('[', chr(92) + '[')}")
        sys.exit(2)
    except SystemExit as end:
        # Typer turns an interruption into its exit status, without a word.
        if end.code == INTERRUPTED:
            kept = " Finished subjects are kept; the same command goes on from here."
            Console(stderr=True, soft_wrap=True).print(f"Stopped.{kept if {*arguments[:1]} & {*RESUMABLE} else ''}")
        raise


if __name__ == "__main__":
    main()
