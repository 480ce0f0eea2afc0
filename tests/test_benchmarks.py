"""Benchmarks can be run as modules: each loads, and none leans on the tests."""

import ast
import importlib
from pathlib import Path

import pytest
from test_rooms import ROOT, imported, module_name

ELSEWHERE = {"benchmarks.render_parts.detector"}
"""Run by a Python of its own, where MediaPipe is."""
FILES = sorted((ROOT / "benchmarks").rglob("*.py"))


@pytest.mark.parametrize("path", FILES, ids=module_name)
def test_benchmarks_load_and_do_not_import_tests(path: Path):
    names = imported(ast.parse(path.read_text()))
    assert "tests" not in {name.split(".")[0] for name in names}
    if module_name(path) not in ELSEWHERE:
        importlib.import_module(module_name(path))
