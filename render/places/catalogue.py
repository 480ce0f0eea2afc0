"""All places by name, and the section of a look file that says how often each is drawn and how its light varies."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, ValidationInfo, field_serializer, field_validator, model_validator

from engine.core.arrays import Array
from engine.core.files import file_fingerprint
from engine.core.yaml_files import StrictModel, folder_of
from render.camera.demands import Demand
from render.core.light import Light
from render.figure.part import Material
from render.places.backgrounds import Backdrop, read_photograph
from render.places.clinic import corridor
from render.places.laboratory import laboratory
from render.places.lighting import Variation, varied
from render.places.living_room import living_room
from render.places.panorama import read_panorama
from render.places.place import Place, furnish
from render.places.shell import Covering, floor
from render.places.street import street
from render.places.studio import studio
from render.places.therapy import therapy_room
from render.places.treadmill import treadmill_room

Builder = Callable[[float, float, np.random.Generator], Place]

PLACES: dict[str, Builder] = {
    "corridor": corridor,
    "laboratory": laboratory,
    "therapy": therapy_room,
    "living_room": living_room,
    "street": street,
    "treadmill": treadmill_room,
    "studio": studio,
}
"""Each makes a place for a walk along z from the first to the second number, m."""
PHOTOGRAPH, PANORAMA = "photograph", "panorama"
_OUTDOORS = ("street",)

_BACKDROP_HALF_M, _BACKDROP_HEIGHT_M = 30.0, 10.0
Odds = Annotated[float, Field(ge=0)]
Factor = Annotated[float, Field(ge=0.2, le=5)]
Mired = Annotated[float, Field(ge=-150, le=150)]


class _OwnPicture(StrictModel):
    file: Path

    @field_validator("file")
    @classmethod
    def _there(cls, file: Path, info: ValidationInfo) -> Path:
        found = folder_of(info) / file
        if not found.is_file():
            raise ValueError(f"there is no file {found}; paths are relative to the look file")
        return found

    @field_serializer("file", when_used="json")
    def _content(self, file: Path) -> str:
        """What is in the picture counts, not where it lies."""
        return file_fingerprint(file)


class PhotographSpec(_OwnPicture):
    """A user's photograph, JPEG or PNG. ``field_of_view_deg`` of its width (65° is a phone's main camera, 27 mm on full frame);
    ``horizon``: height of the horizon from the top as a share of the photograph's, also where it is hidden. Both assumed if not given."""

    field_of_view_deg: float = Field(65.0, gt=10, lt=120)
    horizon: float = Field(0.5, ge=-1, le=2)

    def backdrop(self) -> tuple[Backdrop, Light]:
        """The photograph and a light of its colours."""
        photograph = read_photograph(self.file, np.radians(self.field_of_view_deg), self.horizon)
        return photograph, photograph.light()


class PanoramaSpec(_OwnPicture):
    """A user's panorama, Radiance .hdr, equirectangular; its middle is turned by ``turn_deg`` from z to x."""

    turn_deg: float = Field(0.0, ge=-360, le=360)

    def backdrop(self) -> tuple[Backdrop, Light]:
        """The panorama and its light."""
        panorama = read_panorama(self.file, np.radians(self.turn_deg))
        return panorama, panorama.light


class PlaceSection(StrictModel):
    """Where people walk. ``odds`` of each place by name, and of ``photograph`` and ``panorama`` where such files are given; ``intensity``
    and ``contrast`` (key over the rest) are factors, ``mired`` a shift of colour temperature, all drawn evenly from least to most;
    ``occluder_rate``: share of cameras from which something stands before the walker now and then."""

    odds: dict[str, Odds] = Field(default_factory=lambda: dict.fromkeys(PLACES, 1.0) | {"treadmill": 0.0})
    intensity: tuple[Factor, Factor] = (0.8, 1.2)
    contrast: tuple[Factor, Factor] = (0.8, 1.25)
    mired: tuple[Mired, Mired] = (-25.0, 25.0)
    occluder_rate: float = Field(0.15, ge=0, le=1)
    photographs: tuple[PhotographSpec, ...] = ()
    panoramas: tuple[PanoramaSpec, ...] = ()

    @field_validator("intensity", "contrast", "mired")
    @classmethod
    def _ordered(cls, bounds: tuple[float, float]) -> tuple[float, float]:
        if bounds[0] > bounds[1]:
            raise ValueError(f"expected [least, most], found {list(bounds)}")
        return bounds

    @model_validator(mode="after")
    def _possible(self) -> "PlaceSection":
        names = [*PLACES, PHOTOGRAPH, PANORAMA]
        unknown = [name for name in self.odds if name not in names]
        if unknown:
            raise ValueError(f"odds: no place is called {unknown[0]!r}; there are {', '.join(names)}")
        if sum(self.odds.values()) <= 0:
            raise ValueError("odds: at least one place needs odds above 0")
        for name, files in ((PHOTOGRAPH, self.photographs), (PANORAMA, self.panoramas)):
            if self.odds.get(name, 0) > 0 and not files:
                raise ValueError(f"odds: {name} is given, but no file under {name}s")
        return self

    @property
    def demands(self) -> frozenset[Demand]:
        """What the places may ask of a painter."""
        behind = any(self.odds.get(name, 0) > 0 for name in (PHOTOGRAPH, PANORAMA))
        return frozenset({Demand.BACKDROP} if behind else ())

    def draw(self, rng: np.random.Generator, start: float, end: float, *, shod: bool = True) -> Place:
        """A place for a walk along z from ``start`` to ``end`` (m). Who is not ``shod`` stays indoors, if the odds hold any place there.

        Raises:
            DataError: a photograph or panorama cannot be read.
        """
        odds = np.array([odds if shod or name not in _OUTDOORS else 0.0 for name, odds in self.odds.items()])
        if odds.sum() == 0:
            odds = np.array(list(self.odds.values()))
        name = str(rng.choice(list(self.odds), p=odds / odds.sum()))
        if name in PLACES:
            place = PLACES[name](start, end, rng)
        else:
            files = self.photographs if name == PHOTOGRAPH else self.panoramas
            place = before_backdrop(name, *files[int(rng.integers(len(files)))].backdrop(), start, end)
        drawn = {name: float(rng.uniform(*getattr(self, name))) for name in ("intensity", "contrast", "mired")}
        return replace(place, light=varied(place.light, Variation(**drawn)))


def before_backdrop(name: str, backdrop: Backdrop, light: Light, start: float, end: float) -> Place:
    """Nothing but an unseen floor that takes the shadow, before a backdrop."""
    half = _BACKDROP_HALF_M
    unseen = floor((-half, half), (start - half, end + half), Covering(np.full(3, 0.3), Material.SHADOW, 1.0))
    eye_room: Array = np.array([[-half, 0.15, start - half], [half, _BACKDROP_HEIGHT_M, end + half]])
    return replace(furnish(name, (start, end), unseen, (), light, eye_room), backdrop=backdrop)
