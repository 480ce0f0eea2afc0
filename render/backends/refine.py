"""Films made photoreal by a diffusion model that is held to their geometry; frames that drift from their labels are refused."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from engine.core.arrays import Array, Mask
from engine.core.frozen import frozen
from engine.gait.records import Subject
from render.backends.control import control_picture
from render.backends.diffusion import RefineSection, load_model
from render.backends.drift import Drift, DriftBounds, measure_drift
from render.camera.camera import Camera
from render.core.frame import Frame, Image

_CHILD_YEARS, _TEEN_YEARS, _OLD_YEARS = 13, 18, 65


@frozen
class Refined:
    """``colour (height, width, 3)``: the refined picture, or the drawn one if ``refused`` tells why not."""

    colour: Image
    drift: Drift
    refused: str | None


@dataclass(frozen=True)
class RefineReport:
    """How many of ``frames`` were ``kept`` as refined; for the others their number and why."""

    frames: int
    kept: int
    refused: dict[int, str]


def count_refined(film: Sequence[Refined]) -> RefineReport:
    """What became of a film's frames."""
    refused = {k: frame.refused for k, frame in enumerate(film) if frame.refused is not None}
    return RefineReport(len(film), len(film) - len(refused), refused)


def describe(subject: Subject, place: str) -> str:
    """A prompt for a subject in a place given in words, for instance ``"a clinic corridor"``."""
    years, female = subject.age_years, subject.sex == "female"
    person = "girl" if female else "boy"
    if years >= _TEEN_YEARS:
        person = "woman" if female else "man"
    elif years >= _CHILD_YEARS:
        person = f"teenage {person}"
    age = "elderly " if years >= _OLD_YEARS else ""
    return f"photograph, smartphone video frame of a {round(years)} year old {age}{person} walking in {place}, natural light"


class Refiner:
    """Loads the model that the section names once, and refines films with it: frame by frame, or as clips where it names a motion adapter.

    Raises:
        MissingDependencyError: the text encoders' library is not installed.
        DataError: the weights cannot be loaded.
    """

    def __init__(self, section: RefineSection, bounds: DriftBounds | None = None, device: str | None = None) -> None:
        self._section = section
        self._bounds = bounds or DriftBounds()
        self._model = load_model(section, device or ("cuda" if torch.cuda.is_available() else "cpu"))

    def refine(
        self,
        frames: Sequence[Frame],
        cameras: Sequence[Camera],
        keypoints: Array,
        visible: Mask,
        *,
        prompt: str,
        seed: int,
    ) -> list[Refined]:
        """The frames of a film redrawn, each compared with what was drawn. ``cameras``: one for each frame; ``keypoints (F, n, 2)`` pixels
        of the frames' labels, ``visible (F, n)``."""
        pictures = self.redraw(frames, cameras, prompt=prompt, seed=seed)
        film = zip(frames, pictures, keypoints, visible, strict=True)
        return [judge(*each, self._bounds) for each in film]

    def redraw(self, frames: Sequence[Frame], cameras: Sequence[Camera], *, prompt: str, seed: int) -> list[Image]:
        """What the model makes of the frames, unchecked. ``prompt`` is used unless the section has one."""
        kind = self._section.control
        controls = [control_picture(frame, camera, kind) for frame, camera in zip(frames, cameras, strict=True)]
        return self._model.redraw([frame.colour for frame in frames], controls, prompt=prompt, seed=seed)


def judge(frame: Frame, picture: Image, keypoints: Array, visible: Mask, bounds: DriftBounds | None = None) -> Refined:
    """Keeps ``picture`` if the frame's labels still hold for it, otherwise the frame's own."""
    drift = measure_drift(frame.colour, picture, frame.person, keypoints, visible)
    refused = drift.reason(bounds or DriftBounds())
    return Refined(frame.colour if refused else picture, drift, refused)
