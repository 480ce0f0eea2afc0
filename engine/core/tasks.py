"""What became of a task that an executor ran: its result, or why there is none. Imports nothing that is slow."""

import traceback
from dataclasses import dataclass
from typing import Generic, TypeVar

from engine.core.errors import GaitForgeError, as_machine_error

Result = TypeVar("Result")


@dataclass(frozen=True)
class Failure:
    """Why a task gave no result: one line for a person, and the traceback, which is empty where the task's process died."""

    reason: str
    traceback: str = ""

    @classmethod
    def of(cls, error: Exception) -> "Failure":
        """What an exception of a task tells.

        Raises:
            MachineError: every other task would meet it too.
        """
        lacking = as_machine_error(error)
        if lacking is not None:
            raise lacking from error
        kind = "" if isinstance(error, GaitForgeError) else f"{type(error).__name__}: "
        return cls(" ".join(f"{kind}{error}".split()), "".join(traceback.format_exception(error)))

    @property
    def died(self) -> bool:
        """Whether the process ended before the task did."""
        return not self.traceback


@dataclass(frozen=True)
class Finished(Generic[Result]):
    """A task that is over: the name of its item, and its result or why there is none."""

    key: str
    result: Result | Failure

    def value(self) -> Result:
        """The result.

        Raises:
            RuntimeError: there is none; names the item and the reason.
        """
        if isinstance(self.result, Failure):
            raise RuntimeError(f"{self.key}: {self.result.reason}\n{self.result.traceback}")
        return self.result
