"""The scene description: all that pictures are drawn from, in one YAML file with ranges and odds (``configs/render/scenes/``)."""

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from engine.errors import SpecError
from engine.yaml_files import configs_folder, describe, read_yaml
from render.cameras import CamerasSection
from render.labels.section import LabelsSection
from render.looks import Wardrobe
from render.places.catalogue import PlaceSection
from render.sensor.settings import SensorSection

DEFAULT = "default"
_SECTIONS = {"people": "looks.yaml", "cameras": "cameras.yaml", "sensors": "sensors.yaml"}
"""Files of the sections whose shipped values are long; the others' are the defaults of their fields."""


class LookFile(BaseModel):
    """How people, places, cameras and pictures look. A look file names what differs from the values that ship: each field that it gives
    replaces the shipped one whole."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    backend: str = Field(
        default="pyrender", description="who draws: pyrender, or cycles (slow, for stills and hero clips)"
    )
    people: Wardrobe
    place: PlaceSection
    cameras: CamerasSection
    sensors: SensorSection
    labels: LabelsSection


def shipped_looks() -> list[str]:
    """Names of the look files that ship with GaitForge."""
    return sorted(path.stem for path in _scenes().glob("*.yaml"))


def read_look(name: str = DEFAULT) -> LookFile:
    """The look of that name, or in the file of that path.

    Raises:
        SpecError: there is no such look, or a field is wrong: file, field, what would be right.
    """
    path = _find(name)
    given = read_yaml(path)
    merged: dict[str, Any] = {"place": {}, "labels": {}, **given}
    for section, file in _SECTIONS.items():
        own = given.get(section, {})
        if not isinstance(own, dict):
            raise SpecError(f"{path}: {section}: expected fields, found {type(own).__name__}")
        merged[section] = {**read_yaml(configs_folder() / "render" / file), **own}
    try:
        return LookFile.model_validate(merged, context={"folder": path.parent})
    except ValidationError as error:
        raise SpecError("\n".join(f"{path}: {line}" for line in describe(error))) from error


def _find(name: str) -> Path:
    path = Path(name)
    if path.suffix in (".yaml", ".yml"):
        return path
    shipped = _scenes() / f"{name}.yaml"
    if not shipped.is_file():
        raise SpecError(
            f"look: no look is called {name!r}; there are {', '.join(shipped_looks())}, or name a .yaml file"
        )
    return shipped


def _scenes() -> Path:
    return configs_folder() / "render" / "scenes"
