"""The ``gaitforge`` command: gathers every package's commands and turns our errors into one clear line."""

import platform
import sys
from importlib.metadata import entry_points, version
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from engine.core.errors import GaitForgeError, as_machine_error
from engine.options import Purpose
from engine.run.workers import TERMINATED

GROUP = "gaitforge.commands"
NAME = "gaitforge"
RESUMABLE: tuple[str, ...] = ("cohort", "corpus", "simulate")
"""Commands that keep what they have finished and go on from there."""

INTERRUPTED = 130
ABOUT = """Synthetic human walking: a diffusion model proposes, OpenSim enforces, SMPL-X and pyrender film, estimators learn.

Begin with:

    gaitforge doctor
    gaitforge cohort configs/cohorts/tiny.yaml -o runs/tiny
    gaitforge report runs/tiny

`gaitforge COMMAND --help` shows more examples.
"""


class _Grouped(TyperGroup):
    """Lists commands in the order of `Purpose`; those of other packages that name none come first, under "Commands"."""

    def list_commands(self, ctx: typer.Context) -> list[str]:
        order = [None, *Purpose]

        def place(name: str) -> int:
            purpose = getattr(self.commands[name], "rich_help_panel", None)
            return order.index(purpose) if purpose in order else len(order)

        return sorted(super().list_commands(ctx), key=place)

    def invoke(self, ctx: typer.Context) -> Any:
        try:
            return super().invoke(ctx)
        except typer.BadParameter as wrong:
            raise GaitForgeError(_told(wrong)) from wrong


def _told(wrong: typer.BadParameter) -> str:
    """Which parameter is wrong or missing, what it means, and where all are listed."""
    found = wrong.format_message().replace("Value error, ", "").rstrip(".")
    meaning = (getattr(wrong.param, "help", None) or "").rstrip(".")
    command = wrong.ctx.command_path if wrong.ctx else NAME
    return f"{found}{f' ({meaning})' if meaning else ''}; see {command} --help"


def build() -> typer.Typer:
    """The command line with the commands of every installed package (entry points of the group ``gaitforge.commands``)."""
    app = typer.Typer(
        cls=_Grouped,
        help=ABOUT,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_show_locals=False,
        callback=_options,
    )
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        app.add_typer(entry.load())
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        libraries = ", ".join(f"{name} {version(name)}" for name in ("opensim", "torch", "numpy"))
        typer.echo(f"{NAME} {version(NAME)} ({libraries}, Python {platform.python_version()})")
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print versions and exit."),
    ] = False,
) -> None:
    """Options of ``gaitforge`` itself."""


def main() -> None:
    """Entry point of the ``gaitforge`` command."""
    try:
        app = build()
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    run(app, sys.argv[1:])


def run(app: typer.Typer, arguments: list[str]) -> None:
    """Runs a command and leaves. Errors meant for users leave by status 2, an interruption by `INTERRUPTED` or `TERMINATED`."""
    try:
        app(arguments, prog_name=NAME)
    except (GaitForgeError, OSError) as error:
        told = error if isinstance(error, GaitForgeError) else as_machine_error(error)
        if told is None:
            raise
        Console(stderr=True, soft_wrap=True).print(f"[bold red]Error:[/] {str(told).replace('[', chr(92) + '[')}")
        sys.exit(2)
    except SystemExit as end:
        # Typer turns an interruption into its exit status, without a word; so do workers with SIGTERM.
        if end.code in (INTERRUPTED, TERMINATED):
            kept = " Finished subjects are kept; the same command goes on from here."
            Console(stderr=True, soft_wrap=True).print(f"Stopped.{kept if {*arguments[:1]} & {*RESUMABLE} else ''}")
        raise


if __name__ == "__main__":
    main()
