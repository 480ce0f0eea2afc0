"""How thick the soles are on which people stand, in physics and in pictures alike."""

SOLE_SHARE_OF_STATURE = 0.0125
"""About 21 mm for an adult, 14 mm for a six-year-old: flat everyday shoes."""


def sole_thickness_m(stature_m: float) -> float:
    """Thickness of the shoe sole under the bare foot of a person of that stature."""
    return SOLE_SHARE_OF_STATURE * stature_m
