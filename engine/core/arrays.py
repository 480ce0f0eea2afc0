"""Named types of arrays: what an array holds is said by its type, how long it is by the docstring of whoever takes it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Numbers in double precision: whatever physics, geometry and statistics compute with."""

Single = NDArray[np.float32]
"""Numbers in single precision: what graphics and networks take and give."""

Mask = NDArray[np.bool_]
"""True where something holds."""

Index = NDArray[np.int64]
"""Places in another array, or counts."""

Labels = NDArray[np.uint8]
"""One of at most 256 classes, or one channel of a picture, per element."""
