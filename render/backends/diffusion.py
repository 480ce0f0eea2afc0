"""The diffusion models that redraw what was drawn: each picture for itself, or a clip as a whole. The weights are the user's choice.

Pictures: image to image (Meng et al. 2022, ICLR, SDEdit) with a ControlNet (Zhang, Rao & Agrawala 2023, ICCV, 3836), of the families of
which `diffusers` has such a pipeline (Stable Diffusion 1.5, 2 and XL). Clips: the same with Stable Diffusion 1.5 and a motion adapter, by
which the frames see each other (Guo et al. 2024, ICLR, AnimateDiff); what is longer than its window is seen through overlapping windows,
whose results are averaged (Qiu et al. 2024, ICLR, FreeNoise).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
import torch
from PIL import Image as Pillow
from pydantic import Field, model_validator

from engine.core.errors import DataError, MissingDependencyError
from engine.core.yaml_files import StrictModel
from render.backends.control import Control
from render.core.frame import Image

_MOTION_SCHEDULE = {"beta_schedule": "linear", "timestep_spacing": "linspace", "clip_sample": False, "steps_offset": 1}
"""The noise that AnimateDiff's adapters were trained with, as their model cards say."""
_WINDOW_STEPS = 4
"""Windows of a long clip begin a quarter of their length apart (FreeNoise: 4 of 16 frames)."""


class RefineSection(StrictModel):
    """``weights``, ``control_weights`` and ``motion_weights``: a folder or a name on the Hugging Face hub (fetched there when first used).
    With ``motion_weights`` a film is redrawn as a clip, in which ``window`` frames see each other (as many as the adapter was trained on);
    without, each frame for itself. ``strength`` 0 to 1: how much of the picture is made anew. ``control_scale``: how strictly the geometry
    is kept. ``prompt``: instead of the one made of subject and place."""

    weights: str
    control_weights: str
    motion_weights: str | None = None
    window: int = Field(default=16, ge=_WINDOW_STEPS)
    control: Control = "depth"
    strength: float = Field(default=0.4, gt=0, le=1)
    steps: int = Field(default=25, ge=1)
    guidance: float = Field(default=6.0, ge=0)
    control_scale: float = Field(default=1.0, ge=0)
    prompt: str | None = None
    avoid: str = "computer graphics, render, illustration, doll, extra limbs, text"

    @model_validator(mode="after")
    def _something_is_redrawn(self) -> Self:
        if int(self.steps * self.strength) < 1:
            raise ValueError(f"steps: of {self.steps} the share strength = {self.strength:g} is less than one step")
        return self


class Redrawer(Protocol):
    """A loaded model."""

    def redraw(self, pictures: Sequence[Image], controls: Sequence[Image], *, prompt: str, seed: int) -> list[Image]:
        """What the model makes of the frames of a film, given depth or normals of each; all ``(height, width, 3)``."""
        ...


@dataclass(frozen=True)
class PictureModel:
    """Redraws frame by frame, with the same noise in each, which makes for less flicker."""

    section: RefineSection
    pipeline: Any

    def redraw(self, pictures: Sequence[Image], controls: Sequence[Image], *, prompt: str, seed: int) -> list[Image]:
        """See `Redrawer`."""
        return [self._redraw_one(*pair, prompt, seed) for pair in zip(pictures, controls, strict=True)]

    def _redraw_one(self, picture: Image, control: Image, prompt: str, seed: int) -> Image:
        shown, held = (_padded(image, self.pipeline) for image in (picture, control))
        asked = _asked(self.section, shown, prompt, seed)
        return _cut(self.pipeline(image=shown, control_image=held, **asked).images[0], picture)


@dataclass(frozen=True)
class ClipModel:
    """Redraws a clip as a whole: every frame heeds those around it."""

    section: RefineSection
    pipeline: Any

    def redraw(self, pictures: Sequence[Image], controls: Sequence[Image], *, prompt: str, seed: int) -> list[Image]:
        """See `Redrawer`."""
        shown, held = ([_padded(image, self.pipeline) for image in images] for images in (pictures, controls))
        self._see_through_windows(len(shown))
        asked = _asked(self.section, shown[0], prompt, seed)
        clip = self.pipeline(video=shown, conditioning_frames=held, decode_chunk_size=self.section.window, **asked)
        return [_cut(frame, picture) for frame, picture in zip(clip.frames[0], pictures, strict=True)]

    def _see_through_windows(self, frames: int) -> None:
        window = self.section.window
        if frames > window:
            self.pipeline.enable_free_noise(context_length=window, context_stride=window // _WINDOW_STEPS)
        elif self.pipeline.free_noise_enabled:
            self.pipeline.disable_free_noise()


def _asked(section: RefineSection, shown: Pillow.Image, prompt: str, seed: int) -> dict[str, Any]:
    """What both kinds of pipeline are asked for."""
    return {
        "prompt": section.prompt or prompt,
        "negative_prompt": section.avoid,
        "height": shown.height,
        "width": shown.width,
        "strength": section.strength,
        "num_inference_steps": section.steps,
        "guidance_scale": section.guidance,
        "controlnet_conditioning_scale": section.control_scale,
        "generator": torch.Generator("cpu").manual_seed(seed),
    }


def _padded(image: Image, pipeline: Any) -> Pillow.Image:
    """The picture with its last line and column repeated up to a size that the pipeline takes."""
    multiple = 8 * pipeline.vae_scale_factor
    rows, columns = (-side % multiple for side in image.shape[:2])
    return Pillow.fromarray(np.pad(image, ((0, rows), (0, columns), (0, 0)), mode="edge"))


def _cut(picture: Pillow.Image, drawn: Image) -> Image:
    height, width = drawn.shape[:2]
    return np.asarray(picture.convert("RGB"))[:height, :width]


def load_model(section: RefineSection, device: str) -> Redrawer:
    """The model whose weights the section names, on a device of torch.

    Raises:
        MissingDependencyError: the text encoders' library is not installed.
        DataError: the weights cannot be loaded.
    """
    try:
        import transformers  # noqa: F401 - diffusers replaces pipelines by dummies where it is missing
        from diffusers import ControlNetModel
    except ImportError as error:
        raise MissingDependencyError(
            f"the refiner needs text encoders ({error}); install them: pip install 'gaitforge[refine]'"
        ) from error
    kind = torch.float16 if device == "cuda" else torch.float32
    try:
        control = ControlNetModel.from_pretrained(section.control_weights, torch_dtype=kind)
        pipeline = (_load_pictures if section.motion_weights is None else _load_clips)(section, control, kind)
    except (OSError, ValueError) as error:
        motion = "" if section.motion_weights is None else f" and motion {section.motion_weights!r}"
        raise DataError(
            f"refine: weights {section.weights!r} with control {section.control_weights!r}{motion} cannot be loaded ({error})"
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    return (PictureModel if section.motion_weights is None else ClipModel)(section, pipeline.to(device))


def _load_pictures(section: RefineSection, control: Any, kind: torch.dtype) -> Any:
    from diffusers import AutoPipelineForImage2Image

    return AutoPipelineForImage2Image.from_pretrained(section.weights, controlnet=control, torch_dtype=kind)


def _load_clips(section: RefineSection, control: Any, kind: torch.dtype) -> Any:
    from diffusers import AnimateDiffVideoToVideoControlNetPipeline, DDIMScheduler, MotionAdapter

    motion = MotionAdapter.from_pretrained(section.motion_weights, torch_dtype=kind)
    most = motion.config["motion_max_seq_length"]
    if section.window > most:
        raise ValueError(f"window: this motion adapter sees at most {most} frames, not {section.window}")
    pipeline = AnimateDiffVideoToVideoControlNetPipeline.from_pretrained(
        section.weights, motion_adapter=motion, controlnet=control, torch_dtype=kind
    )
    pipeline.scheduler = DDIMScheduler.from_config(pipeline.scheduler.config, **_MOTION_SCHEDULE)
    return pipeline
