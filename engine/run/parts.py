"""A cohort made in parts, for instance on several machines: which subjects are whose."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from engine.core.errors import SpecError

Item = TypeVar("Item")


@dataclass(frozen=True)
class Part:
    """Part ``number`` of ``of``, counted from 1: every ``of``-th subject, so that parts are alike in conditions."""

    number: int
    of: int

    @classmethod
    def parse(cls, text: str) -> "Part":
        """``"3/16"``.

        Raises:
            SpecError: it is no part of a whole.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or not 1 <= int(found[1]) <= int(found[2]):
            raise SpecError(f"--part: {text!r} is no part; write for instance 3/16 for the third of sixteen")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"

    def choose(self, items: Sequence[Item]) -> Sequence[Item]:
        """The part's share."""
        return items[self.number - 1 :: self.of]


WHOLE = Part(1, 1)

_NAMED = 10


def some_of(names: Sequence[str]) -> str:
    """The first ten of many names, as an error lists them."""
    rest = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{', '.join(names[:_NAMED])}{rest}"
