"""Marker tables of Sports2D and Pose2Sim (``.trc``): joints in pixels, in metres of the picture's plane, or in space.

Both programs call the unit metres whatever it is; pixels are known by their size. Sports2D leaves the third axis at zero.
"""

from pathlib import Path

import numpy as np

from downstream.recordings.formats.detections import Detections
from downstream.recordings.formats.keypoint_skeletons import joint_named
from engine.tools.motion_files.trc import read_trc

_LEAST_PIXELS = 20.0
"""Nobody walks this far from the origin in metres."""


def read_trc_file(path: Path) -> Detections:
    """The person of a ``.trc`` file. Empty fields are gaps.

    Raises:
        DataError: the file cannot be read.
    """
    markers = read_trc(path)
    places = markers.places
    if np.nanmedian(np.abs(places[..., :2])) > _LEAST_PIXELS and not np.nan_to_num(places[..., 2]).any():
        places = places[..., :2]
    score = np.isfinite(places).all(axis=-1, keepdims=True).astype(float)
    return Detections(
        points=np.concatenate([places, score], axis=-1),
        frame=np.arange(len(places)),
        skeleton=tuple(joint_named(name) for name in markers.names),
        time_s=markers.time,
    )
