"""The import plan: three wings on one ground, floors inside a wing, no circle, one door to each heavy library."""

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
FLOORS = {
    "engine": (
        ("commands", "cli"),
        ("report", "tools/prediction"),
        ("report/figures", "run", "tools/motion_files", "tools/whatif"),
        ("cohort", "roles", "tools/augment"),
        ("walk", "physics/adaptation"),
        ("physics",),
        ("physics/kernels",),
        ("musculoskeletal", "population", "stages"),
        ("gait",),
        ("people",),
        ("core", "options"),
    ),
    "render": (
        ("commands",),
        ("export",),
        ("film",),
        ("backends",),
        ("backends/cycles", "raster"),
        ("aids", "places"),
        ("people",),
        ("figure/garments", "labels"),
        ("figure",),
        ("body", "sensor"),
        ("camera", "core"),
    ),
    "downstream": (
        ("commands",),
        ("analysis", "evaluation"),
        ("reports", "training"),
        ("readings",),
        ("network",),
        ("geometry", "views"),
        ("recordings/videos",),
        ("walks",),
        ("recordings",),
        ("recordings/formats",),
    ),
}
"""Rooms of a wing, folders and single files, from the roof down: each imports from floors below its own only."""
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def place(path: Path) -> str:
    return str(path.relative_to(ROOT))


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


@pytest.mark.parametrize("path", FILES, ids=place)
def test_imports_run_one_way(path):
    own = path.relative_to(ROOT).parts[0]
    allowed = {own, "engine"}
    others = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))} & {*PACKAGES, *OUTSIDE}
    assert others <= allowed, f"{path} may import {allowed}, imports {others}"


@pytest.mark.parametrize("library", DOORS)
def test_one_door_to_each_heavy_library(library):
    for path in FILES:
        if not place(path).startswith(DOORS[library]):
            tops = {name.split(".")[0] for name in imported(ast.parse(path.read_text()))}
            assert library not in tops, f"{place(path)} imports {library}; its door is {DOORS[library]}"


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


def room(path: Path) -> tuple[str, str]:
    """Wing and room of a file: ``engine/physics/kernels/rigid_body.py`` lies in ``physics/kernels`` of ``engine``."""
    wing, *folders, _ = path.relative_to(ROOT).parts
    return wing, "/".join(folders) or path.stem


FILE_OF = {module_name(path): path for path in FILES if path.stat().st_size}
ROOMS = {module: room(path) for module, path in FILE_OF.items()}


@pytest.mark.parametrize("wing", FLOORS)
def test_every_room_has_its_floor(wing):
    planned = [name for floor in FLOORS[wing] for name in floor]
    assert sorted(planned) == sorted({name for its_wing, name in ROOMS.values() if its_wing == wing})


@pytest.mark.parametrize("wing", FLOORS)
def test_few_rooms_are_seen_at_first(wing):
    assert len({name.split("/")[0] for floor in FLOORS[wing] for name in floor}) <= 16


@pytest.mark.parametrize("module", [module for module, (wing, _) in ROOMS.items() if wing in FLOORS])
def test_imports_run_down_the_floors(module):
    wing, own = ROOMS[module]
    floor_of = {name: number for number, floor in enumerate(FLOORS[wing]) for name in floor}
    for other in imported(ast.parse(FILE_OF[module].read_text())) & set(ROOMS):
        other_wing, below = ROOMS[other]
        if other_wing == wing and below != own:
            assert floor_of[below] > floor_of[own], f"{module} imports {other}, which is not on a floor below"


@pytest.mark.parametrize("path", FILES, ids=place)
def test_private_names_stay_in_their_file(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in PACKAGES:
            private = [alias.name for alias in node.names if alias.name.startswith("_")]
            assert not private, f"{place(path)} imports {private} of {node.module}"


def test_files_have_names_of_their_own():
    """But `commands.py`, which every room of commands has."""
    names = [path.stem for path in FILES if path.stem not in ("__init__", "commands")]
    assert not {name for name in names if names.count(name) > 1}
