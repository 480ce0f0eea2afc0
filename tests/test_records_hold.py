"""Every record of ours that holds arrays is frozen to the last number and compares by identity."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import numpy as np
import pytest

PACKAGES = ("engine", "generative", "render", "downstream")
WITHOUT_PACKAGE = {"bpy"}
"""Heavy libraries that a module may need and this machine lack."""

WRITABLE = {
    "engine.physics.loads.Explanation": "large arrays that go into kernels, compiled once, for writable ones",
}
"""Records whose arrays stay writable, and why."""

_HOLDERS = (tuple, list, dict, Mapping, Sequence, Union, UnionType)


def _modules(package: str) -> Iterator[Any]:
    root = importlib.import_module(package)
    for found in pkgutil.walk_packages(root.__path__, f"{package}."):
        try:
            yield importlib.import_module(found.name)
        except ModuleNotFoundError as error:
            if error.name not in WITHOUT_PACKAGE:
                raise


def _holds_arrays(hint: Any) -> bool:
    origin = get_origin(hint)
    if origin is np.ndarray or hint is np.ndarray:
        return True
    return origin in _HOLDERS and any(_holds_arrays(part) for part in get_args(hint))


def _records(package: str) -> dict[str, tuple[type, list[str]]]:
    """Dataclasses of a package that hold arrays, by full name, each with the fields that do."""
    found = {}
    for module in _modules(package):
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == module.__name__:
                hints = get_type_hints(kind)
                own = [item.name for item in fields(kind) if _holds_arrays(hints[item.name])]
                if own:
                    found[f"{module.__name__}.{kind.__qualname__}"] = (kind, own)
    return found


def _arrays_are_frozen(kind: type, names: list[str]) -> bool:
    """Whether a record that got its fields back, as after unpickling, refuses to be written."""
    record, given = object.__new__(kind), np.zeros(2)
    if "__setstate__" not in vars(kind):
        return False
    kind.__setstate__(record, {item.name: given if item.name in names else None for item in fields(kind)})
    return given.flags.writeable and not any(getattr(record, name).flags.writeable for name in names)


@pytest.mark.parametrize("package", PACKAGES)
def test_records_that_hold_arrays_cannot_be_written_and_equal_only_themselves(package):
    records = _records(package)
    assert records
    alike = {name for name, (kind, _) in records.items() if kind.__eq__ is not object.__eq__}
    assert not alike, "arrays have no truth value: leave == to identity (eq=False)"
    loose = {name for name, (kind, names) in records.items() if not _arrays_are_frozen(kind, names)}
    expected = {name for name in WRITABLE if name.startswith(f"{package}.")}
    assert loose == expected, "decorate with engine.core.frozen.frozen, or say in WRITABLE why not"
