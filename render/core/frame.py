"""One drawn picture and all that is known of each of its pixels."""

import numpy as np
from numpy.typing import NDArray

from engine.core.arrays import Labels, Mask, Single
from engine.core.frozen import frozen

Image = NDArray[np.uint8]


@frozen
class Frame:
    """``colour (height, width, 3)``; ``depth (height, width)`` metres along the view axis, 0 where nothing was drawn; ``parts (height,
    width)`` the part of the walker's body that is seen (`render.figure.body_parts.PARTS`, 0 where something else is); ``velocity (height,
    width, 2)`` pixels that what is seen moves from this frame to the next, in the picture."""

    colour: Image
    depth: Single
    parts: Labels
    velocity: Single

    @property
    def person(self) -> Mask:
        """Where the walker is seen."""
        return self.parts > 0
