"""Which walking aid a subject is seen with, drawn from the shares on the cards of their conditions."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from engine.gait.records import Subject
from engine.people.burdens import Burden
from render.body.smplx_joints import BODY_SIDES

Kind = Literal["cane", "crutch", "crutches", "rollator"]
BodySide = Literal["left", "right"]
Finish = Literal["silver", "dark", "wood"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""From the least support to the most."""
RIGHT_HANDED_SHARE = 0.9
"""Of people neither of whose legs is worse, who hold the aid in the right hand: the share of those who are not left-handed (10.6 % are:
Papadatou-Pastou et al. 2020, Psychol Bull 146:481)."""
LEFT_RIGHT: tuple[BodySide, BodySide] = ("left", "right")


@dataclass(frozen=True)
class Aid:
    """A walking aid, the hands that hold it, and what it is made of (wood: canes only, others are then silver)."""

    kind: Kind
    hands: tuple[BodySide, ...]
    finish: Finish = "silver"

    def __post_init__(self) -> None:
        wanted = 1 if self.kind in ("cane", "crutch") else len(BODY_SIDES)
        if len(self.hands) != wanted:
            raise ValueError(f"hands: {self.kind} is held by {wanted}, got {self.hands}")


def choose_aid(subject: Subject, rng: np.random.Generator) -> Aid | None:
    """The aid that the subject walks with, or none: condition and modifiers each draw for themselves, the most supporting aid is taken.

    A cane or a single crutch goes into the hand opposite the worse leg (Bradley & Hernandez 2011, Am Fam Physician 84:405). The number of
    random draws depends only on the number of burdens.
    """
    drawn: list[Kind | None] = [_draw_kind(burden, rng.random()) for burden in subject.burdens]
    right_handed = bool(rng.random() < RIGHT_HANDED_SHARE)
    finish: Finish = get_args(Finish)[rng.integers(len(get_args(Finish)))]
    kinds: list[Kind] = [kind for kind in drawn if kind is not None]
    if not kinds:
        return None
    kind = max(kinds, key=KINDS.index)
    if kind in ("crutches", "rollator"):
        return Aid(kind, LEFT_RIGHT, finish)
    return Aid(kind, (_one_hand(subject, right_handed),), finish)


def _draw_kind(burden: Burden, draw: float) -> Kind | None:
    for use in burden.card.aids:
        if use.kind == "afo":
            continue
        share = use.at(burden.severity)
        if draw < share:
            return use.kind
        draw -= share
    return None


def _one_hand(subject: Subject, right_handed: bool) -> BodySide:
    if subject.side in LEFT_RIGHT:
        return "right" if subject.side == "left" else "left"
    return "right" if right_handed else "left"
