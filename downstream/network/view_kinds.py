"""From where a walk is seen, as far as its keypoints tell."""

from downstream.network.frame_signals import FrameSignals

VIEW_KINDS = ("side", "oblique", "along")
"""From the side; obliquely; from the front or from behind."""

_SIDE, _ALONG = 0.07, 0.15
"""Of `facing`, which is 0.2 times the sine of the view: 20° and 49° from the side."""


def view_kind(signals: FrameSignals) -> int:
    """Index into `VIEW_KINDS`; the same in a mirror."""
    facing = abs(signals.scalar("facing"))
    return int(facing > _SIDE) + int(facing > _ALONG)
