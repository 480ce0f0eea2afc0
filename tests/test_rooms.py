"""The import plan: three wings on one ground, no circle, one door to each heavy library."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
WINGS = ("generative", "render", "downstream")
PACKAGES = ("engine", *WINGS)
OUTSIDE = ("benchmarks", "tests")
"""What stands on the packages and is not shipped with them."""
DOORS = {
    "opensim": ("engine/musculoskeletal/",),
    "pyrender": ("render/raster/",),
    "smplx": ("render/body/",),
    "anny": ("render/body/",),
}
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree: ast.AST) -> set[str]:
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_type_checking(node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def loading_imports(path: Path) -> set[str]:
    """Imports that run when the module loads: those at its top level, type checking aside."""
    body = ast.parse(path.read_text()).body
    tops = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom | ast.Try)]
    return set().union(*(imported(node) for node in tops if not is_type_checking(node)))


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_run_one_way(path):
    own = path.relative_to(ROOT).parts[0]
    allowed = {own, "engine"}
    others = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))} & {*PACKAGES, *OUTSIDE}
    assert others <= allowed, f"{path} may import {allowed}, imports {others}"


@pytest.mark.parametrize("library", DOORS)
def test_one_door_to_each_heavy_library(library):
    for path in FILES:
        place = str(path.relative_to(ROOT))
        if not place.startswith(DOORS[library]):
            tops = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))}
            assert library not in tops, f"{place} imports {library}; its door is {DOORS[library]}"


def test_no_circle():
    modules = {module_name(path): path for path in FILES}
    graph = {name: loading_imports(path) & set(modules) - {name} for name, path in modules.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, f"circle: {' -> '.join((*trail, name))}"
        if name not in done:
            for other in sorted(graph[name]):
                visit(other, (*trail, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_nobody_knows_what_is_in_utils():
    vague = {"utils", "helpers", "common", "misc"}
    assert not [path for path in FILES if path.stem in vague]
