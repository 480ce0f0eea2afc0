"""What a person has: cards of conditions and modifiers, each at the severity at which the person has it."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from engine.people.conditions import ConditionCard


@dataclass(frozen=True)
class Burden:
    """A condition or modifier at a severity from 0 (none of it) to 1 (the worst that still walks)."""

    card: ConditionCard
    severity: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.severity <= 1.0:
            raise ValueError(f"severity of {self.card.name}: {self.severity:g} is outside 0 to 1")


def size_factors(burdens: Iterable[Burden]) -> tuple[float, float]:
    """What burdens together make of the stature and of the body mass index that are usual at an age and sex."""
    sizes = [(burden.card.size, burden.severity) for burden in burdens if burden.card.size is not None]
    height = np.prod([size.factor("height", severity) for size, severity in sizes])
    return float(height), float(np.prod([size.factor("mass", severity) for size, severity in sizes]))
