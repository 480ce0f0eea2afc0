"""Who finds keypoints in a video: a plug-in that the user has installed.

A package offers a detector by one line of its own ``pyproject.toml``::

    [project.entry-points."gaitforge.pose_detectors"]
    mine = "my_package:MyDetector"

``MyDetector()`` takes no arguments and fulfils `PoseDetector`. MediaPipe, where installed, needs no such line.
"""

from collections.abc import Callable
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, runtime_checkable

from downstream.recordings.keypoint_recording import Recording
from downstream.recordings.videos.mediapipe_detector import INSTALL, MediaPipeDetector
from engine.core.errors import DataError, MissingDependencyError

GROUP = "gaitforge.pose_detectors"


@runtime_checkable
class PoseDetector(Protocol):
    """Follows one person through a video."""

    def detect(self, video: Path) -> Recording: ...


def available_detectors() -> dict[str, Callable[[], type]]:
    """Names of the installed detectors and what loads each one's class; the users' own come first."""
    found: dict[str, Callable[[], type]] = {
        e.name: e.load for e in sorted(entry_points(group=GROUP), key=lambda e: e.name)
    }
    if find_spec("mediapipe") is not None:
        found.setdefault("mediapipe", lambda: MediaPipeDetector)
    return found


def load_detector(name: str | None = None) -> PoseDetector:
    """The detector called ``name``, or the first there is.

    Raises:
        MissingDependencyError: none is installed, or none of that name; says what to install.
        DataError: the plug-in breaks the contract.
    """
    found = available_detectors()
    if not found:
        raise MissingDependencyError(
            f"no pose detector is installed, so keypoints cannot be found in a video. Install one:\n  {INSTALL}\n"
            f"or a package with an entry point {GROUP!r}; or give keypoints in an .npz file (keypoints2d, fps)"
        )
    if name is not None and name not in found:
        raise MissingDependencyError(f"no pose detector is called {name!r}; installed: {', '.join(found)}")
    chosen = name or next(iter(found))
    detector = found[chosen]()()
    if not isinstance(detector, PoseDetector):
        raise DataError(f"pose detector {chosen!r}: {type(detector).__name__} has no method detect(video)")
    return detector
