"""What the command line says when somebody stops it, or when it stops by itself."""

import signal

import pytest
import typer

from engine.cli import RESUMABLE, build, run


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


def test_what_is_resumable_is_a_command():
    there = typer.main.get_command(build()).commands
    assert set(RESUMABLE) <= set(there)


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
