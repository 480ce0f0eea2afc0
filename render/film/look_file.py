"""The scene description: all that pictures are drawn from, in one YAML file with ranges and odds (``configs/render/looks/``)."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel, configs_folder, describe, names_file, read_yaml
from render.camera.cameras import CamerasSection
from render.labels.section import LabelsSection
from render.people.people_section import PeopleSection
from render.places.catalogue import PlaceSection
from render.sensor.kinds import SensorSection

DEFAULT = "default"
_LONG_SECTIONS = ("people", "cameras", "sensors")
"""Sections whose shipped values are files of their own in ``configs/render/``; of the others the defaults of their fields ship."""
_SECTIONS = (*_LONG_SECTIONS, "place", "labels")


class LookFile(StrictModel):
    """How people, places, cameras and pictures look. A look file names what differs from the values that ship, however deep inside
    (`laid_over`)."""

    backend: str = Field(
        default="pyrender",
        description="who draws: pyrender, cycles (slow, for stills and hero clips) or another painter that is installed",
    )
    people: PeopleSection
    place: PlaceSection
    cameras: CamerasSection
    sensors: SensorSection
    labels: LabelsSection


def shipped_looks() -> list[str]:
    """Names of the look files that ship with GaitForge."""
    return sorted(path.stem for path in _looks().glob("*.yaml"))


def read_look(name: str = DEFAULT) -> LookFile:
    """The look of that name, or in the file of that path.

    Raises:
        SpecError: there is no such look, or a field is wrong: file, field, what would be right.
    """
    path = _find(name)
    given = read_yaml(path)
    for section, own in given.items():
        if section in _SECTIONS and not isinstance(own, dict):
            raise SpecError(f"{path}: {section}: expected fields, found {type(own).__name__}")
    try:
        return LookFile.model_validate(laid_over(given, _shipped_sections()), context={"folder": path.parent})
    except ValidationError as error:
        raise SpecError("\n".join(f"{path}: {line}" for line in describe(error))) from error


def look_fingerprint(look: LookFile) -> str:
    """Of all that the look says and of the pictures that it names: one read from another file has the same."""
    content = json.dumps(look.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def laid_over(given: Mapping[Any, Any], shipped: Mapping[Any, Any]) -> dict[Any, Any]:
    """What ships with what is given laid over it: mappings key by key, everything else whole; ``None`` takes out what ships."""
    merged = dict(shipped)
    for key, own in given.items():
        there = shipped.get(key)
        if own is None and key in shipped:
            del merged[key]
        elif isinstance(own, Mapping) and isinstance(there, Mapping):
            merged[key] = laid_over(own, there)
        else:
            merged[key] = own
    return merged


def _shipped_sections() -> dict[str, Any]:
    folder = configs_folder() / "render"
    return {name: read_yaml(folder / f"{name}.yaml") if name in _LONG_SECTIONS else {} for name in _SECTIONS}


def _find(name: str) -> Path:
    if names_file(name):
        return Path(name)
    shipped = _looks() / f"{name}.yaml"
    if not shipped.is_file():
        raise SpecError(
            f"look: no look is called {name!r}; there are {', '.join(shipped_looks())}, or name a .yaml file"
        )
    return shipped


def _looks() -> Path:
    return configs_folder() / "render" / "looks"
