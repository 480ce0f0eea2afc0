"""What kinds of cameras record our pictures (``configs/render/sensors.yaml``), and one camera drawn from them."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from pydantic import Field, model_validator

from engine.core.yaml_files import StrictModel, configs_folder, read_model

Positive = Annotated[float, Field(gt=0)]
Small = Annotated[float, Field(ge=0, le=1)]
Quality = Annotated[int, Field(ge=0, le=51)]


@dataclass(frozen=True)
class SensorSettings:
    """One camera's picture chain.

    Light: ``exposure_ev`` in stops, ``temperature_k`` of the picture's white (6504: neutral, lower: warmer), ``tint`` of green,
    ``shutter_s``; ``contrast`` that the camera's picture style adds (1: the scene's own). Optics: ``sensor_width_mm`` along the
    picture's longer side and ``f_number`` give the depth blur; ``vignetting`` is the share of light lost in the corner,
    ``softness_px`` the standard deviation of the blur of lens and sensor, ``fringe`` by how much larger red is drawn than blue. Signal:
    ``iso``, ``full_well`` electrons of one pixel of the *recorded* picture that is white at ISO 100, ``read_noise`` electrons;
    ``sharpening`` is what the camera's own processing adds to an edge. ``crf``: constant rate factor of H.264 (0 lossless, 51 worst).
    """

    exposure_ev: float
    temperature_k: float
    tint: float
    shutter_s: float
    sensor_width_mm: float
    f_number: float
    vignetting: float
    softness_px: float
    fringe: float
    iso: float
    full_well: float
    read_noise: float
    sharpening: float
    crf: int
    contrast: float = 1.0


class SensorKind(StrictModel):
    """Ranges (least, most) of one kind of camera; see `SensorSettings`. Shutter time, ISO and full well are drawn evenly on a logarithmic
    scale, the others evenly. ``chance`` counts relative to the other kinds'."""

    chance: Positive
    exposure_ev: tuple[float, float]
    temperature_k: tuple[Annotated[float, Field(ge=4000, le=12000)], Annotated[float, Field(ge=4000, le=12000)]]
    tint: tuple[float, float]
    shutter_s: tuple[Positive, Positive]
    sensor_width_mm: tuple[Positive, Positive]
    f_number: tuple[Positive, Positive]
    vignetting: tuple[Small, Small]
    softness_px: tuple[Small, Small]
    fringe: tuple[float, float]
    iso: tuple[Positive, Positive]
    full_well: tuple[Positive, Positive]
    read_noise: tuple[float, float]
    sharpening: tuple[Small, Small]
    crf: tuple[Quality, Quality]
    contrast: tuple[Positive, Positive] = (1.0, 1.0)

    @model_validator(mode="after")
    def _ordered(self) -> "SensorKind":
        for name, value in self.model_dump(exclude={"chance"}).items():
            if value[0] > value[1]:
                raise ValueError(f"{name}: expected [least, most], found {list(value)}")
        return self

    def draw(self, rng: np.random.Generator) -> SensorSettings:
        """One camera of this kind."""
        drawn: dict[str, float] = {}
        for name, bounds in self.model_dump(exclude={"chance", "crf", "contrast"}).items():
            logarithmic = name in ("shutter_s", "iso", "full_well")
            drawn[name] = float(np.exp(rng.uniform(*np.log(bounds))) if logarithmic else rng.uniform(*bounds))
        crf = int(rng.integers(self.crf[0], self.crf[1] + 1))
        return SensorSettings(**drawn, crf=crf, contrast=float(rng.uniform(*self.contrast)))


class SensorSection(StrictModel):
    """Kinds of cameras by name."""

    kinds: dict[str, SensorKind] = Field(min_length=1)

    def draw(self, rng: np.random.Generator) -> SensorSettings:
        """One camera of a kind drawn by its chance."""
        chances = np.array([kind.chance for kind in self.kinds.values()])
        chosen = rng.choice(len(chances), p=chances / chances.sum())
        return list(self.kinds.values())[chosen].draw(rng)


def read_sensors() -> SensorSection:
    """The kinds of cameras that ship with GaitForge."""
    return read_model(configs_folder() / "render" / "sensors.yaml", SensorSection)
