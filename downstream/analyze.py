"""A video or a keypoint file in, a report out."""

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from downstream.recordings.cleaning import CleanWalk, clean
from downstream.recordings.videos.detectors import load_detector
from downstream.estimator import GaitEstimator, load_estimator
from downstream.geometry import UNKNOWN_HEIGHT_M, GeometricGait, measure
from downstream.recordings.keypoint_recording import Recording, read_keypoints
from downstream.targets import TARGETS
from downstream.recordings.videos.video_frames import probe
from engine.core.errors import DataError

SHIPPED_WEIGHTS = Path(__file__).parent / "weights"
_STANDS_STILL_MPS = 0.15
_NEEDS_FOCAL_SHARE = 0.7


def analyze(
    file: Path, *, height_m: float | None = None, model_folder: Path | None = None, detector: str | None = None
) -> dict[str, Any]:
    """Speed, cadence and step length of the person in ``file``, with uncertainties, what they rest on and what to mind; for JSON.

    ``file`` is an ``.npz`` (see `read_keypoints`) or a video. ``height_m`` wins over the file's own.

    Raises:
        DataError: file or model cannot be used.
        MissingDependencyError: a video, and no pose detector is installed.
    """
    is_keypoints = file.suffix.lower() == ".npz"
    sequence = read_keypoints(file) if is_keypoints else None
    if not is_keypoints:
        probe(file)
    model = _model(model_folder)
    finder = "none: keypoints were given"
    if sequence is None:
        pose_detector = load_detector(detector)
        sequence, finder = pose_detector.detect(file), type(pose_detector).__name__
    return _report(file, _with_height(sequence, height_m), model, model_folder, finder)


def _model(folder: Path | None) -> GaitEstimator:
    if folder is None and not SHIPPED_WEIGHTS.is_dir():
        raise DataError(
            f"{SHIPPED_WEIGHTS}: the shipped weights are missing; name an estimator with --model DIR "
            f"(`gaitforge train COHORT -o DIR` makes one)"
        )
    return load_estimator(folder or SHIPPED_WEIGHTS)


def _with_height(sequence: Recording, height_m: float | None) -> Recording:
    try:
        return sequence if height_m is None else replace(sequence, height_m=height_m)
    except ValueError as error:
        raise DataError(f"--height: {error}") from error


def _report(
    file: Path, sequence: Recording, model: GaitEstimator, model_folder: Path | None, finder: str
) -> dict[str, Any]:
    try:
        walk = clean(sequence)
        estimate = model.predict(sequence)
    except DataError as error:
        raise DataError(f"{file}: {error}") from error
    geometry = measure(walk)
    return {
        "file": str(file),
        **{name: asdict(getattr(estimate, name)) for name in TARGETS},
        "geometry_only": {name: getattr(geometry, name) for name in TARGETS},
        "model": {
            "folder": str(model_folder or SHIPPED_WEIGHTS),
            "shipped": model_folder is None,
            "trained_on": model.config["trained_on"],
        },
        "input": {
            "pose_detector": finder,
            "frames": len(sequence),
            "fps": sequence.fps,
            "seconds": sequence.seconds,
            "height_m": sequence.height_m,
            "image_size": sequence.image_size,
            "focal_px": sequence.focal_px,
            "repairs": walk.repairs.to_dict(),
        },
        "mind": _mind(walk, geometry, model.config["trained_on"] or {}),
    }


def _mind(walk: CleanWalk, geometry: GeometricGait, trained_on: dict[str, Any]) -> list[str]:
    """What makes this report less sure than it looks."""
    height, speed = walk.sequence.height_m, geometry.speed_mps
    away = abs(geometry.velocity_mps[2]) / max(speed, 1e-9)
    low, high = trained_on.get("height_m", (0.0, 10.0))
    doubts = {
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
