"""A training on its way, in one file: what was stopped goes on where it was, to the same weights."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol

import torch

from engine.core.errors import DataError
from engine.core.files import replace_file

CHECKPOINT_FILE = "unfinished.pt"


class Part(Protocol):
    """What learns: a network, an optimiser, a schedule."""

    def state_dict(self) -> dict[str, Any]: ...

    def load_state_dict(self, state_dict: dict[str, Any]) -> Any: ...


@dataclass(frozen=True)
class Checkpoint:
    """The state of ``parts`` of one ``training``, which a mapping of plain values tells apart from others, in the file ``path``."""

    path: Path
    training: Mapping[str, Any]
    parts: Mapping[str, Part]

    def save(self, done: int) -> None:
        """Writes how much is done, the parts and the state of randomness, whole or not at all."""
        states = {name: part.state_dict() for name, part in self.parts.items()}
        random = [torch.get_rng_state(), *torch.cuda.get_rng_state_all()]
        with replace_file(self.path) as temporary:
            torch.save({"training": _plain(self.training), "done": done, "states": states, "random": random}, temporary)

    def load(self) -> int:
        """Puts the parts and randomness where they were; returns how much was done, 0 where there is no file.

        Raises:
            DataError: the file is of another training, or cannot be read.
        """
        if not self.path.is_file():
            return 0
        try:
            saved = torch.load(self.path, map_location="cpu", weights_only=True)
            self._check(saved["training"])
            for name, part in self.parts.items():
                part.load_state_dict(saved["states"][name])
            torch.set_rng_state(saved["random"][0])
            torch.cuda.set_rng_state_all(saved["random"][1:])
        except (OSError, ValueError, RuntimeError, KeyError, EOFError, UnpicklingError) as error:
            raise DataError(f"{self.path}: no training can go on from it ({error}); remove it to begin anew") from error
        return int(saved["done"])

    def _check(self, saved: str) -> None:
        theirs, ours = json.loads(saved), json.loads(_plain(self.training))
        other = sorted(name for name in theirs.keys() | ours.keys() if theirs.get(name) != ours.get(name))
        if other:
            raise DataError(
                f"{self.path}: a training that was stopped, of other {', '.join(other)}; give the same command to go on with it, "
                "choose another folder, or remove it to begin anew"
            )

    def remove(self) -> None:
        """Once what was learnt is saved."""
        self.path.unlink(missing_ok=True)


def _plain(training: Mapping[str, Any]) -> str:
    return json.dumps(training, sort_keys=True)
