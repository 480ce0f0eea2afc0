"""What the command line offers, and what it says when it is stopped or asked for what cannot be."""

import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import typer

from engine.cli import RESUMABLE, build, run
from engine.options import Purpose, Workers
from engine.run.workers import TERMINATED

COMMANDS = typer.main.get_command(build()).commands


@pytest.fixture
def app():
    """Commands that are interrupted while they work."""
    made = typer.Typer()
    for name in (*RESUMABLE, "enforce"):
        made.command(name)(lambda: signal.raise_signal(signal.SIGINT))
    return made


@pytest.mark.parametrize(("command", "goes_on"), [("cohort", True), ("simulate", True), ("enforce", False)])
def test_only_commands_that_go_on_promise_it(app, capsys, command, goes_on):
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    try:
        with pytest.raises(SystemExit) as end:
            run(app, [command])
    finally:
        signal.signal(signal.SIGINT, before)
    told = capsys.readouterr().err
    assert end.value.code == 130
    assert told.startswith("Stopped.")
    assert ("goes on from here" in told) == goes_on


def test_a_command_that_is_terminated_says_so(capsys):
    made = typer.Typer()
    made.command("corpus")(lambda: sys.exit(TERMINATED))
    made.command("enforce")(lambda: None)
    with pytest.raises(SystemExit) as end:
        run(made, ["corpus"])
    assert end.value.code == TERMINATED
    assert "goes on from here" in capsys.readouterr().err


def test_a_full_disk_is_told_in_one_line(capsys):
    """Wherever a command writes; here to Linux's device that is always full."""
    made = typer.Typer()
    made.command("render")(lambda: Path("/dev/full").write_text("a picture"))
    made.command("enforce")(lambda: Path("/nowhere/at/all").read_text())
    with pytest.raises(SystemExit) as end:
        run(made, ["render"])
    assert end.value.code == 2
    assert capsys.readouterr().err == (
        "Error: [Errno 28] No space left on device; make room, then run the same command again\n"
    )
    with pytest.raises(FileNotFoundError):
        run(made, ["enforce"])


def test_what_is_resumable_is_a_command():
    assert set(RESUMABLE) <= set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_purpose_and_an_example(name):
    """The first paragraph is what `gaitforge --help` shows of it."""
    command = COMMANDS[name]
    assert command.rich_help_panel in [*Purpose]
    first, *rest = command.help.split("\n\n")
    assert first.endswith(".")
    assert "\n" not in first
    assert f"gaitforge {name} " in f"{' '.join(rest)} "


def told(capsys, *arguments):
    """Exit status, and what is printed to whom."""
    with pytest.raises(SystemExit) as end:
        run(build(), [*arguments])
    return end.value.code or 0, *capsys.readouterr()


def test_help_lists_purposes_in_order(capsys):
    status, said, _ = told(capsys, "--help")
    places = [said.index(f" {purpose} ") for purpose in Purpose]
    assert status == 0
    assert places == sorted(places)


def test_version_names_what_numbers_depend_on(capsys):
    status, said, _ = told(capsys, "--version")
    assert status == 0
    assert all(f"{name} {version(name)}" in said for name in ("gaitforge", "opensim", "torch", "numpy"))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("sample", "--sex", "woman"), ("--sex", "woman", "female", "male")),
        (("sample", "--side", "up"), ("--side", "up", "none", "left", "right", "both")),
        (("enforce", "a.mot", "-o", "b", "--sex", "f"), ("--sex", "female", "male")),
        (("whatif", "a", "-o", "b", "--side", "x"), ("--side", "left", "right", "both")),
        (("evaluate", "a", "b", "--split", "tests"), ("--split", "train", "validation", "test", "all")),
        (("evaluate", "runs/model"), ("cohort", "Folder of a finished cohort", "gaitforge evaluate --help")),
        (("cohort", "a.yaml"), ("--output", "gaitforge cohort --help")),
    ],
)
def test_what_cannot_be_is_refused_by_name_with_what_can(capsys, arguments, words):
    status, _, said = told(capsys, *arguments)
    assert status == 2
    assert said.count("\n") == 1
    assert all(word in said for word in words), said


@pytest.mark.parametrize(
    ("words", "processes"), [((), os.cpu_count()), (("--workers", "0"), os.cpu_count()), (("--workers", "3"), 3)]
)
def test_no_number_of_workers_means_every_core(capsys, words, processes):
    app = typer.Typer()

    @app.command()
    def work(workers: Workers = 0):
        typer.echo(f"{workers} workers")

    with pytest.raises(SystemExit):
        run(app, [*words])
    assert capsys.readouterr().out == f"{processes} workers\n"


def test_every_pool_is_sized_alike():
    options = {name: {p.name: p for p in command.params} for name, command in COMMANDS.items()}
    pools = [own["workers"] for own in options.values() if "workers" in own]
    assert len(pools) >= 3
    assert {(option.default, option.help) for option in pools} == {(0, pools[0].help)}


@pytest.mark.parametrize(
    "arguments", [["enforce", "absent.mot", "--height", "1.75", "--mass", "75"], ["whatif", "absent"]]
)
def test_an_occupied_folder_is_refused_before_any_work(tmp_path, capsys, arguments):
    """Even before what is to be read is looked for."""
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit) as end:
        run(build(), [*arguments, "-o", str(tmp_path)])
    assert end.value.code == 2
    assert "holds something else" in capsys.readouterr().err
