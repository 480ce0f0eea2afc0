"""Condition cards: what a health condition does to body and gait, by severity. A new condition is a new card, not new code.

A card is a YAML file (`configs/conditions/`). Every effect names its source by a key of ``sources`` or says ``assumption``; every
key is the source of something. Numbers that depend on severity are *ramps*: one number (its value at severity 1; neutral at 0) or a
table ``{severity: value}`` interpolated linearly.
"""

import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from engine.core.conventions import HEALTHY
from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel, configs_folder, names_file, read_model
from engine.people.card_effects import Mechanism, MotionEffect
from engine.people.card_parts import (
    AidUse,
    Demographics,
    ExpectedEffect,
    RhythmEffects,
    SeverityScale,
    SizeEffects,
    SpatiotemporalEffects,
    Spread,
)
from engine.people.ramps import ASSUMPTION

CHANGED = "what_if"
"""Name of the condition of a body that was changed by hand: no card tells what the change does."""


class ConditionCard(StrictModel):
    """One health condition, or a ``modifier`` (frailty, obesity) that joins any of them."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    summary: str
    role: Literal["condition", "modifier"] = "condition"
    demographics: Demographics
    severity: SeverityScale
    size: SizeEffects | None = None
    mechanisms: tuple[Mechanism, ...]
    spatiotemporal: SpatiotemporalEffects
    rhythm: RhythmEffects | None = None
    motion: tuple[MotionEffect, ...]
    spread: Spread | None = None
    expected: tuple[ExpectedEffect, ...]
    aids: tuple[AidUse, ...] = ()
    sources: dict[str, str]

    def __repr_args__(self) -> Iterator[tuple[str, str]]:
        yield "name", self.name

    @property
    def is_healthy(self) -> bool:
        return self.name == HEALTHY

    @property
    def fingerprint(self) -> str:
        """Of all that the card says: a card read from another file, or with other comments, has the same one."""
        content = json.dumps(self.model_dump(mode="json"), sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def changed_by_hand(self) -> "ConditionCard":
        """Of a person with this condition whose body is no longer as the card says (`CHANGED`)."""
        if self.name == CHANGED:
            return self
        return self.model_copy(update={"name": CHANGED, "title": f"{self.title}, body changed by hand"})

    @model_validator(mode="after")
    def _sources_are_listed_and_used(self) -> "ConditionCard":
        effects = (*self.mechanisms, *self.motion, *self.expected, *self.aids)
        named = {part.source for part in (self.demographics, self.severity, self.spatiotemporal, *effects)}
        named |= {part.source for part in (self.size, self.rhythm, self.spread) if part is not None}
        used = {key.strip() for text in named for key in text.split(",")}
        if unknown := used - {*self.sources, ASSUMPTION}:
            raise ValueError(f"sources: {sorted(unknown)} used but not listed (or write {ASSUMPTION!r})")
        if idle := set(self.sources) - used:
            raise ValueError(
                f"sources: {sorted(idle)} listed but no effect's source; name them at an effect, or take them out"
            )
        return self

    @model_validator(mode="after")
    def _one_aid_at_a_time(self) -> "ConditionCard":
        kinds = [use.kind for use in self.aids]
        if len(set(kinds)) < len(kinds):
            raise ValueError("aids: each kind may be named once")
        held = [use for use in self.aids if use.kind != "afo"]
        for severity in {knot for use in held for knot in use.share}:
            if sum(use.at(severity) for use in held) > 1:
                raise ValueError(f"aids: at severity {severity:g} the shares of aids in the hand sum to more than 1")
        return self


def card_path(name: str) -> Path:
    """File of the card called ``name`` that ships with GaitForge."""
    return configs_folder() / "conditions" / f"{name}.yaml"


def available_cards() -> list[str]:
    """Names of the cards that ship with GaitForge."""
    return sorted(path.stem for path in (configs_folder() / "conditions").glob("*.yaml"))


@cache
def _shipped_card(name: str) -> ConditionCard:
    if name not in available_cards():
        raise SpecError(f"no card is called {name!r}; there are {', '.join(available_cards())}")
    return read_model(card_path(name), ConditionCard)


def load_card(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """The shipped card of that name, or the one in that ``.yaml`` file (relative to ``folder``).

    Raises:
        SpecError: no such card, or the file breaks the schema; names the file, the field and what would be right.
    """
    if names_file(name_or_file):
        return read_model(folder / name_or_file, ConditionCard)
    return _shipped_card(name_or_file)


def healthy_card() -> ConditionCard:
    """The shipped card of people without a condition."""
    return _shipped_card(HEALTHY)


def load_condition(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """As `load_card`, of a condition.

    Raises:
        SpecError: as `load_card`, or it is a modifier.
    """
    card = load_card(name_or_file, folder)
    if card.role != "condition":
        raise SpecError(
            f"{card.name} is a modifier; write condition: {HEALTHY} and modifiers: {{{name_or_file}: severity}}"
        )
    return card


def load_modifier(name_or_file: str, folder: Path = Path()) -> ConditionCard:
    """As `load_card`, of a modifier.

    Raises:
        SpecError: no modifier is called so, or the file breaks the schema or is the card of a condition.
    """
    there = names_file(name_or_file) or name_or_file in available_cards()
    card = load_card(name_or_file, folder) if there else None
    if card is None or card.role != "modifier":
        known = ", ".join(name for name in available_cards() if load_card(name).role == "modifier")
        raise SpecError(f"{name_or_file!r} is no modifier; there are {known}, or a card file with role: modifier")
    return card
