"""Commands that README, docs, examples and help texts show can be given as they stand there."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
import yaml

from engine.cli import build

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "Makefile", *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(build()).commands


def shown(text: str) -> list[str]:
    """What is said to ``gaitforge`` in lines and `quotations`; remarks are cut off, and what is hinted at (…) is left out."""
    lines = re.findall(r"^\s*(?:Example: )?gaitforge (\S.*)$", text.replace("$(GAITFORGE)", "gaitforge"), re.M)
    whole = [re.split(r"\s+#|  +|;| &&", line)[0] for line in (*re.findall(r"`gaitforge ([^`]+)`", text), *lines)]
    return [line for line in whole if "…" not in line]


def documented() -> list[tuple[str, str]]:
    helps = [(f"gaitforge {name} --help", command.help) for name, command in COMMANDS.items()]
    pages = [(str(page.relative_to(ROOT)), page.read_text()) for page in PAGES]
    return sorted({(where, line) for where, text in (*pages, *helps) for line in shown(text)})


DOCUMENTED = documented()


@pytest.mark.parametrize(("where", "line"), DOCUMENTED, ids=[f"{where}: {line}" for where, line in DOCUMENTED])
def test_a_documented_command_is_understood(where, line):
    name, *words = shlex.split(line)
    if name in ("COMMAND", "--version"):
        return
    assert name in COMMANDS, where
    if words and words != ["--help"]:
        COMMANDS[name].make_context(name, words)


def test_documented_benchmarks_are_there():
    named = {name for page in PAGES for name in re.findall(r"python -m (benchmarks\.\w+)", page.read_text())}
    assert len(named) > 10
    assert not [name for name in named if find_spec(name) is None]


def test_the_version_to_cite_is_the_version():
    project = re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.M)
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == project[1]
    assert f"\n## {project[1]}\n" in (ROOT / "CHANGELOG.md").read_text()
