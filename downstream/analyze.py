"""A video or keypoints in, a report out."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from downstream.estimator import GaitEstimator, load_estimator
from downstream.geometry.stride_rhythm import STRIDE_HZ_RANGE
from downstream.geometry.walk_geometry import UNKNOWN_HEIGHT_M, GeometricGait, measure
from downstream.recordings.cleaning import CleanWalk, clean
from downstream.recordings.reading import Reading, Said, checked, is_keypoints, read_recording
from downstream.recordings.videos.detectors import load_detector
from downstream.recordings.videos.video_frames import probe
from downstream.recordings.walking_bouts import walking_bouts
from downstream.targets import TARGETS
from engine.core.errors import DataError

SHIPPED_WEIGHTS = Path(__file__).parent / "weights"
_STANDS_STILL_MPS = 0.15
_NEEDS_FOCAL_SHARE = 0.7
_LEFT_OUT_S = 0.5
_EDGE = 1.15
_RHYTHMIC = 0.6
_WALK_RATIO = 0.0068
"""Step length over cadence, per stature: people keep to about 0.0037 m/(steps/min)/m at any speed they like (Sekiya & Nagasaki 1998); a
video at half its speed doubles it."""


def analyze(
    file: Path, said: Said | None = None, *, model_folder: Path | None = None, detector: str | None = None
) -> dict[str, Any]:
    """Speed, cadence and step length of the person in ``file``, with uncertainties, what they rest on and what to mind; for JSON.

    ``file`` is a video, or keypoints in a file or folder (see `read_recording`); ``said`` is what its user knows of it. Of several bouts
    of straight walking the longest is read.

    Raises:
        DataError: file or model cannot be used, or nobody walks.
        MissingDependencyError: a video, and no pose detector is installed.
    """
    if not is_keypoints(file):
        probe(file)
    model = _model(model_folder)
    reading, finder = _read(file, said or Said(), detector)
    with _naming(file):
        return {"file": str(file), **_report(reading, model, model_folder, finder)}


def _read(file: Path, said: Said, detector: str | None) -> tuple[Reading, str]:
    """The recording in a file, and who found its keypoints."""
    if is_keypoints(file):
        return read_recording(file, said), "none: keypoints were given"
    pose_detector = load_detector(detector)
    recording = pose_detector.detect(file)
    with _naming(file):
        return checked(recording, said), type(pose_detector).__name__


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    try:
        yield
    except DataError as error:
        raise DataError(f"{file}: {error}") from error


def _model(folder: Path | None) -> GaitEstimator:
    if folder is None and not SHIPPED_WEIGHTS.is_dir():
        raise DataError(
            f"{SHIPPED_WEIGHTS}: the shipped weights are missing; name an estimator with --model DIR "
            f"(`gaitforge train COHORT -o DIR` makes one)"
        )
    return load_estimator(folder or SHIPPED_WEIGHTS)


def _report(reading: Reading, model: GaitEstimator, model_folder: Path | None, finder: str) -> dict[str, Any]:
    whole = reading.recording
    bouts = walking_bouts(whole)
    bout = max(bouts, key=len)
    recording = whole.frames(bout.start, bout.stop)
    walk, estimate = clean(recording), model.predict(recording)
    geometry = measure(walk)
    return {
        **{name: asdict(getattr(estimate, name)) for name in TARGETS},
        "geometry_only": {name: getattr(geometry, name) for name in TARGETS},
        "model": {
            "folder": str(model_folder or SHIPPED_WEIGHTS),
            "shipped": model_folder is None,
            "trained_on": model.config["trained_on"],
        },
        "input": {
            "pose_detector": finder,
            "frames": len(whole),
            "fps": whole.fps,
            "seconds": whole.seconds,
            "height_m": whole.height_m,
            "image_size": whole.image_size,
            "focal_px": whole.focal_px,
            "chosen_and_put_right": list(reading.words),
            "walking_s": [[each.start / whole.fps, each.stop / whole.fps] for each in bouts],
            "read_s": [bout.start / whole.fps, bout.stop / whole.fps],
            "repairs": walk.repairs.to_dict(),
        },
        "mind": _mind(walk, geometry, model.config["trained_on"] or {}, left_out_s=whole.seconds - recording.seconds),
    }


def _mind(walk: CleanWalk, geometry: GeometricGait, trained_on: dict[str, Any], *, left_out_s: float) -> list[str]:
    """What makes this report less sure than it looks."""
    height, speed = walk.sequence.height_m, geometry.speed_mps
    away = abs(geometry.velocity_mps[2]) / max(speed, 1e-9)
    low, high = trained_on.get("height_m", (0.0, 10.0))
    slowest, fastest = (120 * bound for bound in STRIDE_HZ_RANGE)
    doubts = {
        f"{left_out_s:.1f} s of the recording are left out: standing, turns, or shorter bouts of walking": left_out_s
        > _LEFT_OUT_S,
        f"the rhythm of {geometry.cadence_spm:.0f} steps/min lies at the edge of what is searched ({slowest:.0f} to {fastest:.0f}); if the "
        "video plays in slow motion, give the rate of the camera with --capture-fps": not (
            slowest * _EDGE < geometry.cadence_spm < fastest / _EDGE
        ),
        f"only {100 * geometry.periodicity:.0f} % of the legs' motion is their rhythm: do not trust cadence and step length": (
            geometry.periodicity < _RHYTHMIC
        ),
        f"the motion can be read as {geometry.cadence_spm:.0f} steps/min or, nearly as well, as {geometry.other_cadence_spm:.0f}: "
        "do not trust cadence and step length": not geometry.certain,
        "steps are long for so slow a rhythm; if the video plays in slow motion, give the rate of the camera with --capture-fps": (
            geometry.step_length_m / geometry.cadence_spm > _WALK_RATIO * (height or UNKNOWN_HEIGHT_M)
        ),
        f"height is not known ({UNKNOWN_HEIGHT_M} m assumed): speed and step length are rough; give it with --height": height
        is None,
        "the walk leads mostly towards or away from the camera and its focal length is not known: speed and step length are rough": (
            away > _NEEDS_FOCAL_SHARE and walk.sequence.focal_px is None
        ),
        "the person hardly moves through the picture; a camera that follows, or a treadmill, hides the speed": speed
        < _STANDS_STILL_MPS,
        f"height lies outside what the model was trained on ({low:.2f} to {high:.2f} m)": (
            height is not None and not low <= height <= high
        ),
        "the model was trained on synthetic walks; its uncertainties are those of synthetic validation": True,
    }
    return [text for text, applies in doubts.items() if applies]
