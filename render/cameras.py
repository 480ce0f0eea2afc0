"""The cameras of ``configs/render/cameras.yaml``: named static views, and ranges that random views are drawn from."""

import re
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from engine.errors import SpecError
from engine.seeds import stage_rng
from engine.yaml_files import configs_folder, read_model
from render.camera import View

_RANDOM = re.compile(r"random\d+")
Degrees = Annotated[float, Field(ge=-180, le=360)]
Angle = Annotated[float, Field(gt=5, lt=120)]
Share = Annotated[float, Field(ge=0, lt=0.9)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ViewSpec(_Strict):
    """One static camera; see `render.camera.View` for what the numbers mean."""

    bearing_deg: Degrees
    elevation_deg: float = Field(ge=0, le=60)
    field_of_view_deg: Angle
    margin: Share
    least_distance_m: float = Field(gt=0.3)

    def view(self) -> View:
        """The view in radians and metres."""
        angles = np.radians([self.bearing_deg, self.elevation_deg, self.field_of_view_deg])
        return View(*angles.tolist(), margin=self.margin, least_distance=self.least_distance_m)


class RandomViews(_Strict):
    """Ranges (least, most) from which random views are drawn evenly."""

    bearing_deg: tuple[Degrees, Degrees]
    elevation_deg: tuple[float, float]
    field_of_view_deg: tuple[Angle, Angle]
    margin: tuple[Share, Share]
    least_distance_m: tuple[float, float]

    def draw(self, rng: np.random.Generator) -> View:
        """A view from the ranges."""
        drawn = {name: float(rng.uniform(*bounds)) for name, bounds in self.model_dump().items()}
        return ViewSpec(**drawn).view()


class CamerasFile(_Strict):
    """``size`` is (width, height) of all pictures in pixels, even numbers as H.264 wants; ``seconds`` is how long a walk is
    filmed at most, from its first instant on; ``named`` holds views by name."""

    size: tuple[
        Annotated[int, Field(ge=64, le=4096, multiple_of=2)], Annotated[int, Field(ge=64, le=4096, multiple_of=2)]
    ]
    fps: float = Field(gt=0, le=240)
    seconds: float = Field(ge=1, le=600)
    named: dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")], ViewSpec]
    random: RandomViews


def read_cameras() -> CamerasFile:
    """The cameras that ship with GaitForge."""
    return read_model(configs_folder() / "render" / "cameras.yaml", CamerasFile)


def choose_views(cameras: CamerasFile, names: Sequence[str], seed: int) -> dict[str, View]:
    """The view of each camera in ``names``: a named one, or ``random0``, ``random1``, … drawn from ``seed`` and the name.

    Raises:
        SpecError: there is no camera of that name.
    """
    views = {}
    for name in names:
        if name in cameras.named:
            views[name] = cameras.named[name].view()
        elif _RANDOM.fullmatch(name):
            views[name] = cameras.random.draw(stage_rng(seed, name, "view"))
        else:
            raise SpecError(
                f"cameras: no camera is called {name!r}; there are {', '.join(cameras.named)}, random0, random1, …"
            )
    return views
