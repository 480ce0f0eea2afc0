"""Options of the command line that hold several things."""

from engine.core.errors import SpecError
from engine.tools.augment.columns import USUAL_NAMES


def numbers(option: str, text: str) -> tuple[float, ...]:
    """Numbers between commas.

    Raises:
        SpecError: something else stands there.
    """
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise SpecError(f"{option} {text!r}: write numbers between commas, for instance 0,18,40,65,80") from error


def pairs(option: str, texts: tuple[str, ...]) -> dict[str, str]:
    """``WHAT=NAME`` pairs of columns.

    Raises:
        SpecError: a pair is not whole, or names what is not read.
    """
    chosen = {}
    for text in texts:
        what, _, name = text.partition("=")
        if what not in USUAL_NAMES or not name:
            raise SpecError(f"{option} {text!r}: write WHAT=NAME with one of {', '.join(USUAL_NAMES)}")
        chosen[what] = name
    return chosen
