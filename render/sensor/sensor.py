"""From the clean picture to what a camera records: shutter, exposure, lens, noise."""

import numpy as np
from PIL import Image as Pillow

from engine.core.arrays import Single
from engine.core.frozen import frozen
from render.camera.camera import Camera
from render.core.display import GAMMA
from render.core.frame import Frame, Image
from render.sensor import depth_blur, optics
from render.sensor.grain import Grain, noise_levels
from render.sensor.kinds import SensorSettings
from render.sensor.motion_blur import Box, blur_motion, moving_box, widened
from render.sensor.tone import tone_table, white_balance

_EMPTY_FOCUS_M = 4.0
_FOCUS_SECONDS = 0.4
"""An autofocus follows the person with about this delay (an assumption)."""
_FOCUS_STEP_PX = 0.1
"""The lens is moved when discs would change by this much; nobody sees less, and all that has not changed can stay as it is."""
_BORDER = optics.KERNEL_REACH + 1


@frozen
class _Memory:
    """What the last picture was and became, before noise."""

    colour: Image
    blurred: Box | None
    focus_m: float | None
    developed: Image


class Sensor:
    """One camera recording one video; frames are given in their order.

    Only what has changed since the last frame is developed again; noise lies anew on every picture. The same settings, camera,
    generator and frames give the same pictures.
    """

    def __init__(self, settings: SensorSettings, camera: Camera, fps: float, rng: np.random.Generator) -> None:
        size = camera.size
        self._rng = rng
        self._fps = fps
        self._share = min(settings.shutter_s * fps, 1.0)
        gains = white_balance(settings.temperature_k, settings.tint)
        self._table = tone_table(settings.exposure_ev, gains, settings.contrast)
        self._kernel = optics.edge_kernel(settings.softness_px, settings.sharpening)
        self._shade = optics.corner_shade(size, settings.vignetting, GAMMA)
        self._fringes = optics.fringe_offsets(size, settings.fringe)
        self._focal_px = float(camera.intrinsics[0, 0])
        focal_m = self._focal_px / max(size) * settings.sensor_width_mm / 1000
        self._aperture_m = focal_m / settings.f_number
        levels = noise_levels(settings.iso, settings.full_well, settings.read_noise, settings.contrast)
        self._grain = Grain(size, levels, rng)
        self._focus_m: float | None = None
        self._last: _Memory | None = None

    def expose(self, frame: Frame) -> Image:
        """The picture ``(height, width, 3)`` as it is recorded."""
        colour, blurred = self._open_shutter(frame)
        focus_m = self._focused_at(frame)
        border = _BORDER if focus_m is None else _BORDER + depth_blur.REACH_PX
        dirty = self._changed(frame, blurred, focus_m, border)
        developed = np.empty_like(colour) if self._last is None else self._last.developed
        if dirty is not None:
            around = widened(dirty, border, colour.shape)
            inner = tuple(slice(d.start - a.start, d.stop - a.start) for d, a in zip(dirty, around, strict=True))
            developed = developed.copy()
            developed[dirty] = self._develop(colour[around], frame.depth[around], around, focus_m)[inner]
        self._last = _Memory(frame.colour.copy(), blurred, focus_m, developed)
        return self._grain.add(developed, self._rng)

    def _open_shutter(self, frame: Frame) -> tuple[Image, Box | None]:
        box = moving_box(frame.velocity, self._share)
        if box is None:
            return frame.colour, None
        colour = frame.colour.copy()
        colour[box] = blur_motion(frame.colour[box], frame.depth[box], frame.velocity[box], self._share)
        return colour, box

    def _focused_at(self, frame: Frame) -> float | None:
        """How far away the lens is focused, m, following the person; ``None`` if depth blur cannot be seen at all."""
        if not depth_blur.matters(0.5, self._focal_px, self._aperture_m):
            return None
        person = frame.depth[frame.person]
        seen = float(person.mean()) if len(person) else self._focus_m or _EMPTY_FOCUS_M
        share = 1.0 if self._focus_m is None else min(1.0, 1 / (self._fps * _FOCUS_SECONDS))
        self._focus_m = (1 - share) * (self._focus_m or seen) + share * seen
        if not depth_blur.matters(self._focus_m, self._focal_px, self._aperture_m):
            return None
        held = None if self._last is None else self._last.focus_m
        if held and abs(1 / held - 1 / self._focus_m) * self._focal_px * self._aperture_m < _FOCUS_STEP_PX:
            return held
        return self._focus_m

    def _changed(self, frame: Frame, blurred: Box | None, focus_m: float | None, border: int) -> Box | None:
        """Rows and columns that must be developed again."""
        shape = frame.colour.shape
        if self._last is None or focus_m != self._last.focus_m:
            return slice(0, shape[0]), slice(0, shape[1])
        boxes = [box for box in (_difference(frame.colour, self._last.colour), blurred, self._last.blurred) if box]
        return widened(_union(boxes), border, shape) if boxes else None

    def _develop(self, colour: Image, depth: Single, where: Box, focus_m: float | None) -> Image:
        toned = np.asarray(Pillow.fromarray(colour).point(self._table)).astype(np.int16)
        if focus_m is not None:
            toned = depth_blur.blur_depth(toned, depth_blur.blur_disc(depth, focus_m, self._focal_px, self._aperture_m))
        across, down = self._fringes
        if across.any() or down.any():
            toned = optics.add_fringes(toned, across[where[1]], down[where[0]])
        return optics.shade(optics.filter_edges(toned, self._kernel), self._shade[where])


def _difference(first: Image, second: Image) -> Box | None:
    """Rows and columns in which two pictures differ."""
    height = len(first)
    differs = first.reshape(height, -1) != second.reshape(height, -1)
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return None
    band = slice(rows[0], rows[-1] + 1)
    columns = np.flatnonzero(differs[band].any(axis=0)) // 3
    return band, slice(columns[0], columns[-1] + 1)


def _union(boxes: list[Box]) -> Box:
    rows, columns = (slice(min(b[k].start for b in boxes), max(b[k].stop for b in boxes)) for k in (0, 1))
    return rows, columns
