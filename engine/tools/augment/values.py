"""What the values of somebody's table mean: numbers, sexes, conditions, and what is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from engine.core.conventions import HEALTHY
from engine.core.errors import DataError, SpecError
from engine.core.yaml_files import names_file
from engine.people.conditions import available_cards, load_card, load_condition
from engine.tools.augment.columns import plain

MISSING = frozenset(
    ("", "na", "n/a", "nan", "none", "null", "?", "-", "unknown", "missing", "not available", "not reported")
)
"""What tables write where nothing is known (in lower case)."""
LEFT_OUT = "-"
"""``--map VALUE=-``: whoever has this value is left out."""
SEXES = ("female", "male")

_SEX_WORDS = {
    **dict.fromkeys(("female", "f", "w", "woman", "women", "girl", "girls"), "female"),
    **dict.fromkeys(("male", "m", "man", "men", "boy", "boys"), "male"),
}
_HEALTHY_WORDS = (
    "control",
    "controls",
    "healthy_control",
    "healthy_controls",
    "hc",
    "ctrl",
    "typically_developing",
    "td",
    "able_bodied",
)


@dataclass(frozen=True)
class Translations:
    """What the user says that values mean, by trait (empty: any) and value in lower case."""

    words: Mapping[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def parse(cls, texts: tuple[str, ...]) -> "Translations":
        """Of ``VALUE=MEANING`` or ``sex:VALUE=MEANING``, ``condition:VALUE=MEANING``.

        Raises:
            SpecError: a text is of neither form, means neither a sex nor a card, or names a file that is no card of a condition.
        """
        words = {}
        for text in texts:
            value, _, meaning = text.rpartition("=")
            if not value.strip() or not meaning.strip():
                raise SpecError(f"--map {text!r}: write VALUE=MEANING, for instance PD=parkinson or sex:1=male")
            if names_file(meaning.strip()):
                load_condition(meaning.strip())
            elif meaning.strip() not in (*SEXES, *available_cards(), LEFT_OUT):
                known = ", ".join((*SEXES, *available_cards()))
                raise SpecError(
                    f"--map {text!r}: {meaning.strip()!r} is no meaning; there are {known}, a card's file, "
                    f"and {LEFT_OUT} to leave people out"
                )
            trait, colon, bare = value.partition(":")
            named = bool(colon) and trait in ("sex", "condition")
            words[(trait, bare) if named else ("", value)] = meaning.strip()
        return cls({(trait, value.strip().lower()): meaning for (trait, value), meaning in words.items()})

    @property
    def card_files(self) -> tuple[str, ...]:
        """Files of cards among the meanings."""
        return tuple(dict.fromkeys(filter(names_file, self.words.values())))

    def of(self, trait: str, value: str, allowed: tuple[str, ...]) -> str | None:
        """The meaning of a value, None if the user told none.

        Raises:
            SpecError: the user told one that the trait does not have.
        """
        own, shared = self.words.get((trait, value.lower())), self.words.get(("", value.lower()))
        if own is not None and own not in (*allowed, LEFT_OUT):
            raise SpecError(
                f"--map {trait}:{value}={own}: {trait} can be {', '.join(allowed)}, or {LEFT_OUT} to leave these people out"
            )
        return own if own is not None else shared if shared in (*allowed, LEFT_OUT) else None


def read_sexes(values: pd.Series, translations: Translations) -> pd.Series:
    """``female``, ``male``, `LEFT_OUT`, or None where it is missing.

    Raises:
        DataError: values that could mean either, with the options that settle it.
    """
    hint = "say which is which, for instance --map sex:{0}=female (or --map sex:{0}=- to leave these people out)"
    return _translated("sex", values, translations, SEXES, lambda value: _SEX_WORDS.get(value.lower()), hint)


def read_conditions(values: pd.Series, translations: Translations) -> pd.Series:
    """Names or files of condition cards, `LEFT_OUT`, or None where it is missing.

    Raises:
        DataError: values that are no card's name or title, with the cards and the options that settle it.
    """
    cards = {name: load_card(name) for name in available_cards()}
    titles = {name: card.title for name, card in cards.items() if card.role == "condition"}
    names = dict.fromkeys(_HEALTHY_WORDS, HEALTHY)
    names |= {plain(text): name for name, title in titles.items() for text in (name, title)}
    hint = "say which card each is, for instance --map '{0}=parkinson' (or --map '{0}=-' to leave these people out); the cards are "
    return _translated(
        "condition",
        values,
        translations,
        (*titles, *translations.card_files),
        lambda value: names.get(plain(value)),
        hint + ", ".join(titles),
    )


def _translated(
    trait: str,
    values: pd.Series,
    translations: Translations,
    allowed: tuple[str, ...],
    usual: Callable[[str], str | None],
    hint: str,
) -> pd.Series:
    words, unknown = {}, []
    for value in dict.fromkeys(values):
        meaning = translations.of(trait, value, allowed) or (None if value.lower() in MISSING else usual(value))
        words[value] = meaning
        if meaning is None and value.lower() not in MISSING:
            unknown.append(value)
    if unknown:
        counts = values.value_counts()
        listed = ", ".join(f"{value!r} ({counts[value]})" for value in unknown)
        raise DataError(f"{trait}: column {values.name} holds {listed}; {hint.format(unknown[0])}")
    return values.map(words).astype(object).where(lambda meanings: meanings.notna(), None)


def read_numbers(values: pd.Series, decimal: str) -> pd.Series:
    """Numbers, NaN where they are missing.

    Raises:
        DataError: something else stands there; names the row (the first below the heads is 1).
    """
    numbers = np.full(len(values), np.nan)
    for place, value in enumerate(values):
        if value.lower() in MISSING:
            continue
        try:
            numbers[place] = float(value.replace(decimal, "."))
        except ValueError as error:
            raise DataError(
                f"column {values.name}, row {place + 1}: {value!r} is not a number; mend it or leave it empty"
            ) from error
    return pd.Series(numbers, index=values.index, name=values.name)
