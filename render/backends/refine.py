"""Frames made photoreal by a diffusion model that is held to their geometry, and refused where they drift from their labels.

The weights are the user's choice, of the families of which `diffusers` has an image-to-image pipeline with ControlNet (Stable Diffusion
1.5, 2 and XL). ControlNet: Zhang, Rao & Agrawala 2023, ICCV, 3836. Image to image: Meng et al. 2022, ICLR (SDEdit).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image as Pillow
from pydantic import BaseModel, ConfigDict, Field

from engine.cycle import Array
from engine.errors import DataError, MissingDependencyError
from engine.records import Subject
from render.backends.control import Control, control_picture
from render.backends.drift import Drift, DriftBounds, measure_drift
from render.camera import Camera
from render.frame import Frame, Image

_CHILD_YEARS, _TEEN_YEARS, _OLD_YEARS = 13, 18, 65


class RefineSection(BaseModel):
    """``weights`` and ``control_weights``: a folder or a name on the Hugging Face hub (fetched there when first used). ``strength`` 0 to
    1: how much of the picture is made anew. ``control_scale``: how strictly the geometry is kept. ``prompt``: instead of the one made of
    subject and place."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weights: str
    control_weights: str
    control: Control = "depth"
    strength: float = Field(default=0.4, gt=0, le=1)
    steps: int = Field(default=25, ge=1)
    guidance: float = Field(default=6.0, ge=0)
    control_scale: float = Field(default=1.0, ge=0)
    prompt: str | None = None
    avoid: str = "computer graphics, render, illustration, doll, extra limbs, text"


@dataclass(frozen=True)
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
    """Loads the pipeline once and refines frames one by one. All frames of a film should be given the same ``seed``: the same noise makes
    for less flicker.

    Raises:
        MissingDependencyError: the text encoders' library is not installed.
        DataError: the weights cannot be loaded.
    """

    def __init__(self, section: RefineSection, bounds: DriftBounds | None = None, device: str | None = None) -> None:
        self._section = section
        self._bounds = bounds or DriftBounds()
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._pipeline = _load(section, self._device)

    def refine(
        self, frame: Frame, camera: Camera, keypoints: Array, visible: NDArray[np.bool_], *, prompt: str, seed: int
    ) -> Refined:
        """The frame redrawn, and compared with what was drawn. ``keypoints (n, 2)`` pixels of the frame's labels, ``visible (n,)``."""
        picture = self.redraw(frame, camera, prompt=prompt, seed=seed)
        return judge(frame, picture, keypoints, visible, self._bounds)

    def redraw(self, frame: Frame, camera: Camera, *, prompt: str, seed: int) -> Image:
        """What the model makes of the frame ``(height, width, 3)``, unchecked. ``prompt`` is used unless the section has one."""
        section = self._section
        colour = self._padded(frame.colour)
        picture = self._pipeline(
            prompt=section.prompt or prompt,
            negative_prompt=section.avoid,
            image=colour,
            control_image=self._padded(control_picture(frame, camera, section.control)),
            height=colour.height,
            width=colour.width,
            strength=section.strength,
            num_inference_steps=section.steps,
            guidance_scale=section.guidance,
            controlnet_conditioning_scale=section.control_scale,
            generator=torch.Generator("cpu").manual_seed(seed),
        ).images[0]
        height, width = frame.depth.shape
        return np.asarray(picture.convert("RGB"))[:height, :width]

    def _padded(self, image: Image) -> Pillow.Image:
        """The picture with its last line and column repeated up to a size that the pipeline takes."""
        multiple = 8 * self._pipeline.vae_scale_factor
        rows, columns = (-side % multiple for side in image.shape[:2])
        return Pillow.fromarray(np.pad(image, ((0, rows), (0, columns), (0, 0)), mode="edge"))


def judge(
    frame: Frame, picture: Image, keypoints: Array, visible: NDArray[np.bool_], bounds: DriftBounds | None = None
) -> Refined:
    """Keeps ``picture`` if the frame's labels still hold for it, otherwise the frame's own."""
    drift = measure_drift(frame.colour, picture, frame.person, keypoints, visible)
    refused = drift.reason(bounds or DriftBounds())
    return Refined(frame.colour if refused else picture, drift, refused)


def _load(section: RefineSection, device: str) -> Any:
    try:
        import transformers  # noqa: F401 - diffusers replaces pipelines by dummies where it is missing
        from diffusers import AutoPipelineForImage2Image, ControlNetModel
    except ImportError as error:
        raise MissingDependencyError(
            f"the refiner needs text encoders ({error}); install them: pip install 'gaitforge[refine]'"
        ) from error
    kind = torch.float16 if device == "cuda" else torch.float32
    try:
        control = ControlNetModel.from_pretrained(section.control_weights, torch_dtype=kind)
        pipeline = AutoPipelineForImage2Image.from_pretrained(section.weights, controlnet=control, torch_dtype=kind)
    except (OSError, ValueError) as error:
        raise DataError(
            f"refine: weights {section.weights!r} with control {section.control_weights!r} cannot be loaded ({error})"
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    return pipeline.to(device)
