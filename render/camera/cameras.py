"""The cameras of ``configs/render/cameras.yaml``: named views, and ranges that numbered views are drawn from."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field, model_validator

from engine.core.errors import SpecError
from engine.core.seeds import stage_rng
from engine.core.yaml_files import StrictModel, configs_folder, read_model
from render.camera.camera import View
from render.camera.demands import Demand, camera_demands

_NUMBERED = re.compile(r"([a-z][a-z_]*?)\d+")
Degrees = Annotated[float, Field(ge=-180, le=360)]
Elevation = Annotated[float, Field(ge=-20, le=60)]
Roll = Annotated[float, Field(ge=-20, le=20)]
Angle = Annotated[float, Field(gt=5, lt=120)]
Share = Annotated[float, Field(ge=0, lt=0.9)]
Distance = Annotated[float, Field(gt=0.3)]
Agility = Annotated[float, Field(ge=0.2, le=5)]
Damping = Annotated[float, Field(ge=0.3, le=2)]
Strength = Annotated[float, Field(ge=0, le=4)]
Bend = Annotated[float, Field(ge=-15, le=10)]
Milliseconds = Annotated[float, Field(ge=0, le=60)]
Rate = Annotated[float, Field(ge=15, le=120)]
Pixels = Annotated[int, Field(ge=64, le=4096, multiple_of=2)]
Size = tuple[Pixels, Pixels]
Motion = Literal["static", "pan", "follow"]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]


class ViewSpec(StrictModel):
    """One camera; see `render.camera.camera.View` for what the numbers mean. Without ``size`` and ``fps`` it has those of the section."""

    bearing_deg: Degrees
    elevation_deg: Elevation
    field_of_view_deg: Angle
    margin: Share
    least_distance_m: Distance
    roll_deg: Roll = 0.0
    motion: Motion = "static"
    agility_hz: Agility = 1.0
    damping: Damping = 0.8
    shake: Strength = 0.0
    size: Size | None = None
    fps: Rate | None = None
    corner_bend_percent: Bend = 0.0
    readout_ms: Milliseconds = 0.0

    def view(self, size: Size, fps: float) -> View:
        """The view in radians, metres and seconds; ``size`` and ``fps`` where it names none."""
        angles = np.radians([self.bearing_deg, self.elevation_deg, self.field_of_view_deg]).tolist()
        return View(
            *angles,
            margin=self.margin,
            least_distance=self.least_distance_m,
            roll=float(np.radians(self.roll_deg)),
            motion=self.motion,
            agility_hz=self.agility_hz,
            damping=self.damping,
            shake=self.shake,
            size=self.size or size,
            fps=self.fps or fps,
            corner_bend=self.corner_bend_percent / 100,
            readout_s=self.readout_ms / 1000,
        )

    @property
    def demands(self) -> frozenset[Demand]:
        """What the camera asks of a painter."""
        return camera_demands(bends=self.corner_bend_percent != 0, rolls=self.readout_ms > 0)


class RandomViews(StrictModel):
    """Ranges (least, most) from which views are drawn evenly; chances of each ``motion``, and that the camera is ``held`` and shakes
    (else it does not); ``sizes`` and ``fps`` to choose from (none: those of the section)."""

    bearing_deg: tuple[Degrees, Degrees]
    elevation_deg: tuple[Elevation, Elevation]
    field_of_view_deg: tuple[Angle, Angle]
    margin: tuple[Share, Share]
    least_distance_m: tuple[Distance, Distance]
    roll_deg: tuple[Roll, Roll] = (0.0, 0.0)
    motion: dict[Motion, Annotated[float, Field(gt=0)]] = Field(default={"static": 1.0}, min_length=1)
    agility_hz: tuple[Agility, Agility] = (0.7, 2.0)
    damping: tuple[Damping, Damping] = (0.6, 1.1)
    held: float = Field(default=0.0, ge=0, le=1)
    shake: tuple[Strength, Strength] = (0.2, 1.5)
    sizes: tuple[Size, ...] = ()
    fps: tuple[Rate, ...] = ()
    corner_bend_percent: tuple[Bend, Bend] = (0.0, 0.0)
    decentring: float = Field(default=0.0, ge=0, le=0.005)
    readout_ms: tuple[Milliseconds, Milliseconds] = (0.0, 0.0)

    @model_validator(mode="after")
    def _ordered(self) -> "RandomViews":
        for name, value in self.model_dump().items():
            if _is_range(name) and value[0] > value[1]:
                raise ValueError(f"{name}: expected [least, most], found {list(value)}")
        return self

    def draw(self, size: Size, fps: float, rng: np.random.Generator) -> View:
        """A view from the ranges; ``size`` and ``fps`` if there are none to choose from."""
        bounds = {name: value for name, value in self.model_dump().items() if _is_range(name)}
        drawn: dict[str, Any] = {name: float(rng.uniform(*limits)) for name, limits in bounds.items()}
        weights = np.array(list(self.motion.values()))
        drawn["motion"] = list(self.motion)[rng.choice(len(weights), p=weights / weights.sum())]
        if rng.random() >= self.held:
            drawn["shake"] = 0.0
        size = self.sizes[rng.integers(len(self.sizes))] if self.sizes else size
        fps = float(rng.choice(self.fps)) if self.fps else fps
        decentring = rng.uniform(-self.decentring, self.decentring, 2)
        return replace(ViewSpec(**drawn).view(size, fps), decentring=tuple(decentring.tolist()))

    @property
    def demands(self) -> frozenset[Demand]:
        """What a camera drawn from the ranges may ask of a painter."""
        return camera_demands(bends=any(self.corner_bend_percent) or self.decentring > 0, rolls=any(self.readout_ms))


def _is_range(field: str) -> bool:
    return field not in ("motion", "held", "sizes", "fps", "decentring")


class CamerasSection(StrictModel):
    """``size`` is (width, height) of all pictures in pixels, even numbers as H.264 wants; ``seconds`` is how long a walk is filmed at most,
    from its first instant on; ``named`` holds views by name. ``random`` and each entry of ``drawn`` are ranges for the cameras
    called like them with a number behind."""

    size: Size
    fps: float = Field(gt=0, le=240)
    seconds: float = Field(ge=1, le=600)
    named: dict[Name, ViewSpec]
    random: RandomViews
    drawn: dict[Annotated[str, Field(pattern=r"^[a-z][a-z_]*$")], RandomViews] = Field({})

    def ranges(self, camera: str) -> RandomViews | None:
        """What a camera of that name is drawn from; ``None`` if it is not called like a drawn one."""
        match = _NUMBERED.fullmatch(camera)
        return {"random": self.random, **self.drawn}.get(match[1]) if match else None

    def demands(self, camera: str) -> frozenset[Demand]:
        """What the camera of that name asks, or may ask, of a painter."""
        asking = self.named.get(camera) or self.ranges(camera)
        return asking.demands if asking else frozenset()


CamerasFile = CamerasSection


def read_cameras() -> CamerasSection:
    """The cameras that ship with GaitForge."""
    return read_model(configs_folder() / "render" / "cameras.yaml", CamerasSection)


def choose_views(cameras: CamerasSection, names: Sequence[str], seed: int) -> dict[str, View]:
    """The view of each camera in ``names``: a named one, or ``random0``, ``random1``, … drawn from ``seed`` and the name.

    Raises:
        SpecError: there is no camera of that name.
    """
    views = {}
    for name in names:
        ranges = cameras.ranges(name)
        if name in cameras.named:
            views[name] = cameras.named[name].view(cameras.size, cameras.fps)
        elif ranges is not None:
            views[name] = ranges.draw(cameras.size, cameras.fps, stage_rng(seed, name, "view"))
        else:
            numbered = (f"{kind}0, {kind}1, …" for kind in ("random", *cameras.drawn))
            known = ", ".join([*cameras.named, *numbered])
            raise SpecError(f"cameras: no camera is called {name!r}; there are {known}")
    return views
