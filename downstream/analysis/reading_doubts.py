"""What makes a reading less sure than it looks, in words for whoever reads it: only what applies."""

from collections.abc import Iterable, Mapping
from typing import Any

from downstream.geometry.stride_rhythm import STRIDE_HZ_RANGE
from downstream.geometry.walk_geometry import UNKNOWN_HEIGHT_M
from downstream.readings.read_walk import WalkRead
from downstream.readings.stride_cuts import whole_strides
from downstream.recordings.keypoint_recording import BODY

LEFT_OUT_S = 0.5
FEW_STRIDES = 4
FEW_FRAMES_HZ = 20.0
MISSING = 0.2
EXCHANGED = 0.2
RHYTHMIC = 0.6
EDGE = 1.15
STANDS_STILL_MPS = 0.15
NEEDS_FOCAL_SHARE = 0.7
SURE_OVERGROUND = 0.8
WALK_RATIO = 0.0068
"""Step length over cadence, per stature: people keep to about 0.0037 m/(steps/min)/m at any speed they like (Sekiya & Nagasaki 1998); a
video at half its speed doubles it."""

_SLOW_MOTION = "if the video plays in slow motion, give the rate of the camera with --capture-fps"
_EXPECTED = "hardly seen, and rest on what the model expects"
_VIEWS = {
    "side": f"seen from the side: step width, hip adduction, hip rotation and pelvic obliquity are {_EXPECTED}",
    "along": f"seen from the front or from behind: hip, knee and ankle flexion are {_EXPECTED}",
}
_Doubts = Iterable[tuple[bool, str]]


def doubts(read: WalkRead, left_out_s: float, trained_on: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Of a reading of a recording of which ``left_out_s`` seconds were not read, by a network ``trained_on`` what its config says."""
    ranges = (trained_on or {}).get("ranges", {})
    every = (
        *_of_recording(read, left_out_s),
        *_of_rhythm(read),
        *_of_way(read),
        *_of_view(read),
        *_of_person(read, ranges),
    )
    return tuple(text for applies, text in every if applies)


def _of_recording(read: WalkRead, left_out_s: float) -> _Doubts:
    sequence = read.walk.sequence
    missing = float((sequence.keypoints2d[:, :BODY, 2] == 0).mean())
    exchanged = read.walk.repairs.legs_exchanged_frames / len(sequence)
    strides = sum(map(len, whole_strides(read.reading)))
    yield (
        left_out_s > LEFT_OUT_S,
        f"{left_out_s:.1f} s of the recording are left out: standing, turns, or shorter bouts of walking",
    )
    yield strides == 0, "no complete stride is seen: what rests on foot events is not read"
    yield 0 < strides < FEW_STRIDES, f"{strides} complete strides are seen: the numbers are those of few steps"
    yield sequence.fps < FEW_FRAMES_HZ, f"{sequence.fps:g} frames a second are few for the instants of foot events"
    yield missing > MISSING, f"{100 * missing:.0f} % of the body's keypoints are missing"
    yield (
        exchanged > EXCHANGED,
        f"left and right leg were exchanged in {100 * exchanged:.0f} % of the frames: mind which side is which",
    )
    yield (
        sequence.keypoints2d.shape[1] == BODY,
        "heels and toes are not among the keypoints: foot events and ankles are less sure",
    )


def _of_rhythm(read: WalkRead) -> _Doubts:
    gait, (slowest, fastest) = read.geometry, (120 * bound for bound in STRIDE_HZ_RANGE)
    yield (
        not slowest * EDGE < gait.cadence_spm < fastest / EDGE,
        f"the rhythm of {gait.cadence_spm:.0f} steps/min lies at the edge of what is searched ({slowest:.0f} to {fastest:.0f}); "
        f"{_SLOW_MOTION}",
    )
    yield (
        gait.periodicity < RHYTHMIC,
        f"only {100 * gait.periodicity:.0f} % of the legs' motion is their rhythm: do not trust cadence and step length; {_SLOW_MOTION}",
    )
    yield (
        not gait.certain,
        f"the motion can be read as {gait.cadence_spm:.0f} steps/min or, nearly as well, as {gait.other_cadence_spm:.0f}: "
        "do not trust cadence and step length",
    )
    yield (
        gait.step_length_m / gait.cadence_spm > WALK_RATIO * (read.walker.height_m or UNKNOWN_HEIGHT_M),
        f"steps are long for so slow a rhythm; {_SLOW_MOTION}",
    )
    yield read.agreement.disagrees, read.agreement.words


def _of_way(read: WalkRead) -> _Doubts:
    """Nothing where speed is not told."""
    if read.reading.numbers["speed_mps"].value is None:
        return
    gait, sequence = read.geometry, read.walk.sequence
    away = abs(gait.velocity_mps[2]) / max(gait.speed_mps, 1e-9)
    yield (
        sequence.height_m is None,
        "height is not known: speed and step length are rough; give it with --height",
    )
    yield (
        away > NEEDS_FOCAL_SHARE and sequence.focal_px is None,
        "the walk leads mostly towards or away from the camera and its focal length is not known: speed and step length are rough",
    )
    yield (
        gait.speed_mps < STANDS_STILL_MPS,
        "the person hardly moves through the picture; a camera that follows, or a treadmill, hides the speed",
    )
    yield (
        read.overground < SURE_OVERGROUND,
        "it is not sure that the camera stands and the walk leads over ground: if not, do not trust speed and step length",
    )


def _of_view(read: WalkRead) -> _Doubts:
    yield read.view in _VIEWS, _VIEWS.get(read.view, "")


def _of_person(read: WalkRead, ranges: Mapping[str, tuple[float, float]]) -> _Doubts:
    told = {
        "age_years": (read.walker.age_years, "age", "years"),
        "height_m": (read.walker.height_m, "height", "m"),
        "speed_mps": (read.reading.numbers["speed_mps"].value, "speed", "m/s"),
    }
    for name, (low, high) in ranges.items():
        value, title, unit = told[name]
        yield (
            value is not None and not low <= value <= high,
            f"{title} lies outside what the model has learnt from ({low:.3g} to {high:.3g} {unit})",
        )
