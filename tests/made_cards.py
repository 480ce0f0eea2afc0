"""Condition cards of a user, made from shipped ones."""

from pathlib import Path

import yaml

from engine.people.conditions import ConditionCard, load_card


def user_card(like: str = "stroke", **changes) -> ConditionCard:
    """The shipped card ``like`` with changed fields, and the sources that are then used; everybody wears an ankle-foot orthosis and walks
    with a rollator unless told otherwise."""
    always = {"share": {0.0: 1.0, 1.0: 1.0}, "source": "assumption"}
    aids = [{"kind": "afo", "where": "affected", **always}, {"kind": "rollator", **always}]
    fields = {**load_card(like).model_dump(), "aids": aids, **changes}
    listed = fields.pop("sources")
    return ConditionCard.model_validate(
        {**fields, "sources": {key: listed[key] for key in listed if key in str(fields)}}
    )


def write_card(path: Path, card: ConditionCard) -> Path:
    """The card as a file."""
    path.write_text(yaml.safe_dump(card.model_dump(mode="json")), encoding="utf-8")
    return path
