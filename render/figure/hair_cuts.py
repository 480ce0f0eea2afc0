"""How hair is worn, as data."""

from dataclasses import dataclass

import numpy as np

from engine.core.arrays import Array

FRONT_TO_BACK_DEG = np.array([0.0, 35.0, 55.0, 72.0, 80.0, 92.0, 112.0, 130.0, 180.0])
HAIRLINES: dict[str, Array] = {
    "full": np.array([0.62, 0.60, 0.42, 0.06, -0.12, 0.30, 0.05, -0.38, -0.52]),
    "fringe": np.array([0.30, 0.30, 0.30, 0.06, -0.12, 0.30, 0.05, -0.38, -0.52]),
    "chin": np.array([0.62, 0.58, 0.36, -0.55, -1.15, -1.20, -1.22, -1.25, -1.28]),
    "jaw": np.array([0.62, 0.58, 0.40, -0.30, -0.72, -0.78, -0.82, -0.90, -1.00]),
    "bangs": np.array([0.26, 0.26, 0.20, -0.45, -1.00, -1.12, -1.20, -1.25, -1.28]),
    "receding": np.array([0.98, 1.05, 0.85, 0.30, 0.00, 0.30, 0.05, -0.38, -0.52]),
    "wreath": np.array([2.00, 1.60, 0.80, 0.40, 0.10, 0.30, 0.05, -0.38, -0.10]),
}
"""Height of the hairline above the eyes (unit: ears to nose) by direction from the front of the head, 180° behind."""
BALD_LINES = {"receding", "wreath"}


@dataclass(frozen=True)
class HairCut:
    """``line`` one of `HAIRLINES`; ``volume`` thickness on top and ``sides`` the share of it beside and behind; ``falls`` for hair that
    hangs over the ears; ``curl`` 0 (straight) to 1; ``parting`` where the hair is parted, to the left of the middle (``None``: nowhere);
    ``length`` how far loose hair hangs below the eyes behind; ``tail`` a ponytail, ``bun`` a knot, ``braids`` how many. Unit of
    lengths: ears to nose."""

    line: str
    volume: float
    sides: float = 1.0
    falls: bool = False
    curl: float = 0.0
    parting: float | None = None
    length: float = 0.0
    tail: bool = False
    bun: bool = False
    braids: int = 0


HAIR_CUTS: dict[str, HairCut | None] = {
    "bald": None,
    "buzz": HairCut("full", 0.022, 0.8),
    "crop": HairCut("full", 0.08, 0.55),
    "side_part": HairCut("full", 0.20, 0.42, parting=0.26),
    "quiff": HairCut("full", 0.27, 0.30),
    "fringe": HairCut("fringe", 0.15, 0.8),
    "curly": HairCut("full", 0.30, 0.7, curl=0.6),
    "afro": HairCut("full", 0.62, 0.85, curl=1.0),
    "tight_crop": HairCut("full", 0.07, 0.6, curl=0.8),
    "receding": HairCut("receding", 0.09, 0.9),
    "wreath": HairCut("wreath", 0.08),
    "bob": HairCut("chin", 0.15, falls=True),
    "bob_bangs": HairCut("bangs", 0.15, falls=True),
    "short": HairCut("jaw", 0.17, falls=True),
    "curly_bob": HairCut("chin", 0.32, falls=True, curl=0.8),
    "long": HairCut("chin", 0.12, falls=True, parting=0.0, length=2.7),
    "long_side": HairCut("chin", 0.14, falls=True, parting=0.22, length=2.2),
    "wavy": HairCut("chin", 0.20, falls=True, curl=0.3, parting=0.1, length=2.3),
    "ponytail": HairCut("full", 0.10, tail=True),
    "bun": HairCut("full", 0.10, bun=True),
    "braid": HairCut("full", 0.09, braids=1),
    "braids": HairCut("full", 0.09, parting=0.0, braids=2),
}
"""``None``: no hair."""
