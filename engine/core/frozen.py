"""Records that hold arrays: frozen to the last number, and compared by identity, since arrays have no single truth value."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

import numpy as np

T = TypeVar("T")


def _read_only(value: Any) -> Any:
    """Read-only views of an array, or of the arrays in a plain tuple, list or dictionary; anything else as it is."""
    if isinstance(value, np.ndarray):
        view = value.view()
        view.flags.writeable = False
        return view
    if type(value) is dict:
        return {key: _read_only(item) for key, item in value.items()}
    if type(value) in (tuple, list):
        return type(value)(_read_only(item) for item in value)
    return value


def _freeze(record: Any) -> None:
    for item in fields(record):
        object.__setattr__(record, item.name, _read_only(getattr(record, item.name)))


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """A frozen dataclass whose arrays are read-only and which equals only itself.

    Fields become views after ``__post_init__``: nothing is copied, and the caller's own arrays stay writable. Holds after `replace`,
    `copy` and pickling as well; `asdict` gives copies that may be written.
    """
    own: Callable[[Any], None] | None = getattr(cls, "__post_init__", None)

    def post_init(self: Any) -> None:
        if own is not None:
            own(self)
        _freeze(self)

    def set_state(self: Any, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        _freeze(self)

    cls.__post_init__, cls.__setstate__ = post_init, set_state  # pyright: ignore[reportAttributeAccessIssue] given to any class
    return dataclass(frozen=True, eq=False)(cls)
