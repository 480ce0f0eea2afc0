"""What no camera can have seen: put right with a word, or refused with what would be right.

Each check takes points ``(N, J, 3 or 4)`` of all people of a file, the last number a score, and gives them back, with a word where it
changed any.
"""

import numpy as np

from downstream.recordings.body_size import CHAIN_TO_STATURE, chain_length, middle, root
from engine.core.arrays import Array
from engine.core.errors import DataError

_PERCENT_FROM = 10.0
_SHARE_LIMIT = 1.5
_LEAST_PICTURE_PX = 20.0


def scores_from_0_to_1(points: Array) -> tuple[Array, str | None]:
    """Scores clipped to 0 to 1, divided by 100 before where they are per cents. A place that is no number has none."""
    points = points.copy()
    lost = ~np.isfinite(points[..., :-1]).all(axis=-1) | np.isnan(points[..., -1])
    points[lost, -1] = 0.0
    score = points[..., -1]
    highest = float(score.max())
    if np.quantile(score, 0.9) > _PERCENT_FROM:
        points[..., -1] = np.clip(score / 100, 0, 1)
        return points, f"scores up to {highest:g} were read as per cents"
    points[..., -1] = np.clip(score, 0, 1)
    return points, f"scores up to {highest:.3g} were cut to 1" if highest > 1 else None


def zeros_are_missing(points: Array) -> tuple[Array, str | None]:
    """A joint at the origin exactly is one that was not found, whatever its score."""
    points = points.copy()
    at_origin = (points[..., :-1] == 0).all(axis=-1) & (points[..., -1] > 0)
    points[at_origin, -1] = 0.0
    return points, f"{at_origin.sum()} points at 0, 0 with a score count as not found" if at_origin.any() else None


def in_pixels(points: Array, image_size: tuple[float, float] | None) -> tuple[Array, str | None]:
    """Places in a picture given as shares of its sides, in pixels.

    Raises:
        DataError: the picture's size is needed and not known.
    """
    found = points[points[..., -1] > 0][:, :2]
    if not len(found) or np.abs(found).max() >= _LEAST_PICTURE_PX or np.quantile(np.abs(found), 0.99) > _SHARE_LIMIT:
        return points, None
    low, high = found.min(), found.max()
    if low < 1 - _SHARE_LIMIT:
        raise DataError(
            f"coordinates from {low:.2g} to {high:.2g} are neither pixels nor shares of the picture; "
            f"give pixels, or shares from 0 to 1 with --image-size"
        )
    if image_size is None:
        raise DataError(
            f"coordinates from {low:.2g} to {high:.2g} are shares of the picture, so its size is needed: "
            f"give --image-size WIDTHxHEIGHT in pixels"
        )
    size = "x".join(f"{side:g}" for side in image_size)
    return points * np.array(
        [*image_size, 1.0]
    ), f"coordinates from 0 to 1 were multiplied by the picture's {size} pixels"


def upright_in_picture(points: Array) -> tuple[Array, str | None]:
    """Heads above feet, with v down.

    Raises:
        DataError: people lie on their side, or the joints are in another order.
    """
    leg = _median_leg(points)
    if np.abs(leg[1]) < np.abs(leg[0]):
        raise DataError(
            "feet lie beside the shoulders rather than below: the picture is turned by 90 degrees, or the joints are in another order"
        )
    if leg[1] > 0:
        return points, None
    turned = points.copy()
    turned[..., 1] = points[points[..., -1] > 0][:, 1].max() - points[..., 1]
    return turned, "heads were below feet: the picture was taken as upside down"


def upright_in_metres(points: Array) -> tuple[Array, str | None]:
    """Points in space with Y up and in metres, whatever axis points up and whatever unit of length they are in; turned, never mirrored."""
    seen = _seen(points)
    leg = _median_leg(points)
    axis = int(np.abs(leg).argmax())
    turn = np.eye(3)[[(axis + 2) % 3, axis, (axis + 1) % 3]]
    turn[:2] *= -np.sign(leg[axis])
    unit = _unit_m(float(np.nanmedian(chain_length(seen))))
    turned = points.copy()
    turned[..., :3] = points[..., :3] @ turn.T * unit
    words = [f"points in {1 / unit:g}ths of a metre"] if unit != 1 else []
    down = leg[axis] > 0
    words += [f"the {'XYZ'[axis]} axis was taken to point {'down' if down else 'up'}"] if axis != 1 or down else []
    return turned, "; ".join(words) or None


def _unit_m(chain: float) -> float:
    """Metres per unit: someone of 0.6 to 2.4 m is behind the chain.

    Raises:
        DataError: nobody is.
    """
    stature = chain / CHAIN_TO_STATURE
    for unit in (1.0, 0.01, 0.001):
        if 0.6 <= stature * unit <= 2.4:
            return unit
    raise DataError(f"a body {stature:.3g} units tall: points in space are needed in metres, cm or mm")


def _seen(points: Array) -> Array:
    return np.where(points[..., -1:] > 0, points[..., :-1], np.nan)


def _median_leg(points: Array) -> Array:
    """From the middle of the trunk to the middle of the ankles ``(D,)``, the median of all frames."""
    seen = _seen(points)
    way = middle(seen, "ankle") - root(seen)
    known = np.isfinite(way).all(axis=-1)
    if not known.any():
        raise DataError(
            "no frame shows shoulders or hips together with an ankle; is there a whole person in the picture?"
        )
    return np.median(way[known], axis=0)
