"""What a camera, or the place before it, may ask of who draws, and not every painter can."""

from enum import StrEnum


class Demand(StrEnum):
    """In words that an error can hold."""

    LENS = "lens distortion"
    SHUTTER = "a rolling shutter"
    BACKDROP = "a photograph or panorama behind the scene"


def camera_demands(*, bends: bool, rolls: bool) -> frozenset[Demand]:
    """Those of a camera whose lens ``bends`` lines, whose shutter ``rolls``."""
    asked = {Demand.LENS: bends, Demand.SHUTTER: rolls}
    return frozenset(demand for demand, holds in asked.items() if holds)
