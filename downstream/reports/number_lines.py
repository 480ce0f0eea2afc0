"""Numbers as people read them: rounded to what is sure, beside their norms, and in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, log10
from typing import Literal

from downstream.readings.gait_reading import Number
from downstream.readings.quantities import NUMBERS, NumberQuantity
from engine.gait.norms import Normal

HEADLINE = ("speed_mps", "cadence_spm", "step_length_m", "stance_pct", "gait_deviation_index")
"""Numbers that stand large at the top of a page, and for a recording among many."""
Place = Literal["usual", "low", "high", "perhaps low", "perhaps high", "unknown"]
USUAL_SD = 2.0
"""So many standard deviations around the healthy mean count as usual; about 95 healthy people in 100 are within."""
_SCALE_SD = 5.0
_LONGER = {"step_time_asymmetry_pct": "the step time", "stance_asymmetry_pct": "the stance"}


@dataclass(frozen=True)
class NumberLine:
    """A number for a person: texts are empty where it, or its norm, is not known, ``why`` says why it is not. ``at``, ``low`` and ``high``
    are where value and 95 % interval lie on a scale from 0 to 100, whose middle is the norm's mean and whose ends are 5 SD away.
    ``apart``: the interval does not hold zero."""

    name: str
    title: str
    unit: str
    value: str
    sd: str
    interval: str
    norm: str
    why: str
    place: Place = "unknown"
    apart: bool = False
    at: float | None = None
    low: float | None = None
    high: float | None = None


def number_lines(numbers: Mapping[str, Number], norms: Mapping[str, Normal]) -> list[NumberLine]:
    """A line for each number that is there, in the order of `NUMBERS`."""
    return [_line(name, numbers[name], norms.get(name)) for name in NUMBERS if name in numbers]


def headline(lines: Sequence[NumberLine]) -> list[NumberLine]:
    """Those of `HEADLINE` among ``lines``."""
    return [line for name in HEADLINE for line in lines if line.name == name]


def number_text(quantity: NumberQuantity, value: float) -> str:
    """A value with as many digits as its least standard deviation leaves."""
    text = f"{value:.{max(0, ceil(-log10(2 * quantity.least)))}f}"
    return text.removeprefix("-") if float(text) == 0 else text.replace("-", "−")


def _line(name: str, number: Number, norm: Normal | None) -> NumberLine:
    quantity = NUMBERS[name]

    def text(value: float) -> str:
        return number_text(quantity, value)

    known = f"{text(norm.mean)} ± {text(norm.sd)}" if norm else ""
    interval = quantity.interval(number)
    if number.value is None or number.sd is None or interval is None:
        return NumberLine(name, quantity.title, quantity.unit, "", "", "", known, number.why)
    low, high = interval
    words = (
        quantity.title,
        quantity.unit,
        text(number.value),
        text(number.sd),
        f"{text(low)} to {text(high)}",
        known,
        "",
    )
    apart = low > 0 or high < 0
    if norm is None:
        return NumberLine(name, *words, apart=apart)
    at, start, end = (_on_scale(norm.z(value)) for value in (number.value, low, high))
    place = _place(norm.z(number.value), norm.z(low), norm.z(high))
    return NumberLine(name, *words, place, apart, at, start, end)


def _on_scale(z: float) -> float:
    return 50 + 50 * max(-1.0, min(1.0, z / _SCALE_SD))


def _place(z: float, low: float, high: float) -> Place:
    """Unknown where the number is far from the healthy mean, but so unsure that it may lie there."""
    if abs(z) <= USUAL_SD:
        return "usual"
    if low < 0 < high:
        return "unknown"
    if z < 0:
        return "low" if high < -USUAL_SD else "perhaps low"
    return "high" if low > USUAL_SD else "perhaps high"


def in_words(lines: Sequence[NumberLine]) -> list[str]:
    """What the numbers say of the walk, in sentences."""
    sentences = [_sentence(line) for line in lines if line.place not in ("usual", "unknown")]
    sentences += [_of_sides(line) for line in lines if line.name in _LONGER and line.value]
    usual = [line.title for line in lines if line.place == "usual"]
    if usual:
        sentences.append(f"As in most healthy people: {', '.join(usual)}.")
    return sentences


def _of_sides(line: NumberLine) -> str:
    if not line.apart:
        return f"{_LONGER[line.name].capitalize()} does not differ for sure between right and left: {line.interval} %."
    side = "left" if line.value.startswith("−") else "right"
    return f"{_LONGER[line.name].capitalize()} of the {side} foot is the longer one, by {line.value.strip('−')} %."


def _sentence(line: NumberLine) -> str:
    clear = not line.place.startswith("perhaps")
    side = "below" if line.place.endswith("low") else "above"
    told = f"{line.value} {line.unit} ({line.interval}); healthy people have {line.norm}"
    if clear:
        return f"{line.title.capitalize()} is {side} what is usual: {told}."
    return f"{line.title.capitalize()} may be {side} what is usual, but is not read surely enough to tell: {told}."
