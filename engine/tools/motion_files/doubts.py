"""What a user should doubt of an input that physics accepts: the value that explains the recording better is named."""

from engine.gait.records import HEIGHT_RANGE_M
from engine.tools.motion_files.standing_feet import StandingFeet

SLIDE_MPS, SLIDE_SHARE, ALL_ALONG = 0.12, 0.1, 0.95
"""Feet that slide faster than this, and than this share of the walking speed, the same way at this share of instants. Recordings whose
speed is right slide by up to 0.12 m/s in the median, to and fro (a measured walk and made ones, on their own bodies and on ours)."""
HOVER_SHARE = 0.08
"""Of the leg: feet that stand higher or lower than this. Bodies of the right stature stand within 0.05."""


def doubts(
    feet: StandingFeet, speed_mps: float, leg_m: float, *, belt_mps: float, height_m: float | None
) -> tuple[str, ...]:
    """Sentences about a stride at ``speed_mps`` on legs of ``leg_m``; none if its feet stand still on the floor.

    ``belt_mps`` is the speed of the belt that the user told (0: none), ``height_m`` the stature that legs were made for (None: they are a
    model's own).
    """
    found, longer = [], 1.0
    if abs(feet.height_m) > HOVER_SHARE * leg_m:
        longer = feet.pelvis_m / (feet.pelvis_m - feet.height_m)
        found.append(_hovering(feet, longer, height_m))
    slide = speed_mps - longer * (speed_mps - feet.slide_mps)
    fast = abs(slide) > max(SLIDE_MPS, SLIDE_SHARE * speed_mps)
    if fast and feet.same_way >= ALL_ALONG:
        found.append(_sliding(slide, speed_mps, belt_mps))
    return tuple(found)


def _hovering(feet: StandingFeet, longer: float, height_m: float | None) -> str:
    where = "above" if feet.height_m > 0 else "below"
    seen = f"standing feet are {100 * abs(feet.height_m):.0f} cm {where} height 0"
    floor = f"the floor of the recording lies at {feet.height_m:.2f} m"
    if height_m is None:
        return f"{seen}: {floor}, or the model's legs should be {abs(longer - 1):.0%} {'longer' if longer > 1 else 'shorter'}"
    better = longer * height_m
    if not HEIGHT_RANGE_M[0] <= better <= HEIGHT_RANGE_M[1]:
        return f"{seen}: {floor}"
    return f"{seen}: a stature of about {better:.2f} m explains it (--height, {height_m:.2f} was told), or {floor}"


def _sliding(slide: float, speed_mps: float, belt_mps: float) -> str:
    way = "forwards" if slide > 0 else "backwards"
    seen = f"standing feet slide {way} at {abs(slide):.2f} m/s all along"
    better = speed_mps - slide
    if belt_mps > 0:
        return f"{seen}: the belt ran at about {belt_mps - slide:.2f} m/s (--belt-speed, {belt_mps:.2f} was told)"
    unit = f"the legs walk at {better:.2f} m/s, the body moves at {speed_mps:.2f}: its positions are in another unit or scale"
    return f"{seen}: {unit}" + (f", or it walked on a belt (--belt-speed {-slide:.2f})" if slide < 0 else "")
