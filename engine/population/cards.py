"""How a cohort spec names condition cards: by the name of one that ships, or by a file beside the spec. Read, a card is itself."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import (
    BeforeValidator,
    PlainSerializer,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
)

from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel, folder_of
from engine.people.conditions import ConditionCard, load_condition, load_modifier
from engine.population.fields import Numbers


class ModifierWish(StrictModel):
    """A modifier card and the severities at which a group's people have it."""

    card: ConditionCard
    severity: Numbers

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> object:
        return handler(self)["severity"]


def _read_condition(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    try:
        return load_condition(value, folder_of(info))
    except SpecError as error:
        raise ValueError(str(error)) from error


def _read_modifiers(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, Mapping):
        return value
    try:
        cards = {key: load_modifier(str(key), folder_of(info)) for key in value}
    except SpecError as error:
        raise ValueError(str(error)) from error
    wishes = {card.name: {"card": card, "severity": value[key]} for key, card in cards.items()}
    if len(wishes) < len(cards):
        raise ValueError(f"{', '.join(str(key) for key in cards)}: each modifier may be named once")
    return wishes


def _name(card: ConditionCard) -> str:
    return card.name


Condition = Annotated[ConditionCard, BeforeValidator(_read_condition), PlainSerializer(_name)]
"""Written as a name or a file; dumped as the card's name."""

Modifiers = Annotated[dict[str, ModifierWish], BeforeValidator(_read_modifiers)]
"""By the card's name; written, and dumped, as severities by name or file."""
