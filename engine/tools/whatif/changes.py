"""What a person asks to be different about a body: named quantities, or the mechanisms of a condition card or of a part of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import Field

from engine.core.conventions import Side
from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel, names_file, read_model, read_yaml
from engine.gait.records import MusculoskeletalParameters
from engine.musculoskeletal.mechanisms import apply_mechanisms, change
from engine.people.card_effects import Mechanism
from engine.people.conditions import load_card


class CardFragment(StrictModel):
    """A YAML file with nothing but ``mechanisms``, written as in a condition card."""

    mechanisms: tuple[Mechanism, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Changes:
    """``settings`` are texts such as ``plantarflexor_strength.right=0.5``. The mechanisms of ``card`` (a card's name or file, or a
    fragment's file) act before them, at ``severity`` on ``side``."""

    settings: tuple[str, ...] = ()
    card: str | None = None
    severity: float = 1.0
    side: Side = "both"

    def __str__(self) -> str:
        card = (
            [] if self._from_card is None else [f"{self._from_card.title} at severity {self.severity:g}, {self.side}"]
        )
        return ", ".join((*card, *self.settings))

    @cached_property
    def _from_card(self) -> "_FromCard | None":
        return None if self.card is None else _read(self.card)

    def apply(self, parameters: MusculoskeletalParameters) -> MusculoskeletalParameters:
        """The parameters changed.

        Raises:
            SpecError: nothing is asked for, or something that is unknown or cannot be.
        """
        if not self.settings and self._from_card is None:
            raise SpecError("nothing is changed; say what is, for instance --set plantarflexor_strength.right=0.5")
        if self._from_card is not None:
            if not 0 <= self.severity <= 1:
                raise SpecError(f"--severity: {self.severity:g} is outside 0 to 1")
            parameters = apply_mechanisms(parameters, self._from_card.mechanisms, self.severity, self.side)
        for setting in self.settings:
            name, value = _parsed(setting)
            parameters = change(parameters, name, value)
        return parameters


@dataclass(frozen=True)
class _FromCard:
    title: str
    mechanisms: Sequence[Mechanism]


def _read(card: str) -> _FromCard:
    """A card by name, a card's file, or a fragment, which goes by its file's name."""
    if names_file(card) and set(read_yaml(Path(card))) == {"mechanisms"}:
        return _FromCard(Path(card).stem, read_model(Path(card), CardFragment).mechanisms)
    whole = load_card(card)
    return _FromCard(whole.title, whole.mechanisms)


def _parsed(setting: str) -> tuple[str, float]:
    name, equals, text = setting.partition("=")
    try:
        if not equals:
            raise ValueError("no '='")
        return name.strip(), float(text)
    except ValueError as error:
        raise SpecError(f"--set {setting}: expected NAME=NUMBER, for instance knee_angle_max_deg.right=20") from error
