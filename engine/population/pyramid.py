"""Age pyramids: how many people of each age, and of each sex among them."""

from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    Tag,
    ValidationInfo,
    model_serializer,
    model_validator,
)

from engine.core.errors import SpecError
from engine.core.yaml_files import StrictModel, configs_folder, folder_of, names_file, read_model
from engine.population.distributions import Form, InTurn, Mix, Normal, Range, normalised
from engine.population.fields import SexShares, by_keys


class Band(StrictModel):
    """People from one age up to another, in years: a ``share`` of all, or how many of them are ``female`` and ``male``.

    Shares and numbers count relative to the other bands; any unit will do.
    """

    model_config = ConfigDict(populate_by_name=True)

    start: float = Field(alias="from", ge=0)
    to: float
    share: float | None = Field(default=None, ge=0)
    female: float | None = Field(default=None, ge=0)
    male: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _complete(self) -> "Band":
        if self.start >= self.to:
            raise ValueError(f"from {self.start:g} must lie below to {self.to:g}")
        sexed = self.female is not None and self.male is not None
        if sexed == (self.share is not None) or (self.female is None) != (self.male is None):
            raise ValueError(f"ages {self.start:g} to {self.to:g}: give either share, or both female and male")
        return self

    @model_serializer(mode="wrap")
    def _as_written(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data = handler(self)
        ages = {"from": self.start, "to": self.to}
        return {**ages, **{k: v for k, v in data.items() if k in ("share", "female", "male") and v is not None}}

    @property
    def weight(self) -> float:
        return sum(share for share in (self.share, self.female, self.male) if share is not None)

    def within(self, low: float, high: float) -> "Band | None":
        """What of the band lies between two ages (people evenly spread within it), None if nothing does."""
        start, to = max(self.start, low), min(self.to, high)
        if start >= to:
            return None
        part = (to - start) / (self.to - self.start)
        counts = {name: getattr(self, name) for name in ("share", "female", "male")}
        scaled = {name: count if count is None else count * part for name, count in counts.items()}
        return self.model_copy(update={"start": start, "to": to, **scaled})


class PyramidFile(StrictModel):
    """A pyramid as a file of its own."""

    title: str
    source: str
    bands: tuple[Band, ...] = Field(min_length=1)


def pyramids_folder() -> Path:
    """Where the pyramids lie that ship with GaitForge."""
    return configs_folder() / "pyramids"


def read_pyramid(name_or_file: str, folder: Path) -> tuple[Band, ...]:
    """Bands of the shipped pyramid of that name, or of the ``.yaml`` file (relative to ``folder``).

    Raises:
        SpecError: no such pyramid, or the file is not one.
    """
    if names_file(name_or_file):
        return read_model(folder / name_or_file, PyramidFile).bands
    known = sorted(path.stem for path in pyramids_folder().glob("*.yaml"))
    if name_or_file not in known:
        raise SpecError(
            f"no pyramid is called {name_or_file!r}; there are {', '.join(known)}; or give a .yaml file or a list of bands"
        )
    return read_model(pyramids_folder() / f"{name_or_file}.yaml", PyramidFile).bands


def _read_if_named(value: object, info: ValidationInfo) -> object:
    if not isinstance(value, str):
        return value
    try:
        return [band.model_dump() for band in read_pyramid(value, folder_of(info))]
    except SpecError as error:
        raise ValueError(str(error)) from error


class AgePyramid(Form):
    """Ages by bands: a list, the name of a shipped pyramid or a file; ``min`` and ``max`` cut it (people even within a band).

    Where the bands tell the sexes apart, sex follows them unless the group says otherwise.
    """

    pyramid: Annotated[tuple[Band, ...], BeforeValidator(_read_if_named)] = Field(min_length=1)
    min: float | None = None
    max: float | None = None

    @model_validator(mode="after")
    def _consistent(self) -> "AgePyramid":
        for one, following in pairwise(self.pyramid):
            if following.start < one.to:
                raise ValueError(f"the band from {following.start:g} begins before the one before it ends ({one.to:g})")
        if len({band.share is None for band in self.pyramid}) > 1:
            raise ValueError("either every band tells female and male, or none")
        if not self.bands or sum(band.weight for band in self.bands) == 0:
            raise ValueError("nobody is left between min and max")
        return self

    @cached_property
    def bands(self) -> tuple[Band, ...]:
        """The bands between ``min`` and ``max``."""
        low, high = self.min if self.min is not None else 0.0, self.max if self.max is not None else np.inf
        cut = (band.within(low, high) for band in self.pyramid)
        return tuple(band for band in cut if band is not None)

    @cached_property
    def shares(self) -> tuple[float, ...]:
        return normalised(tuple(band.weight for band in self.bands))

    def draw(self, part: int, position: int, rng: np.random.Generator) -> float:  # noqa: ARG002
        band = self.bands[part]
        return float(rng.uniform(band.start, band.to))

    def extent(self) -> tuple[float, float]:
        return self.bands[0].start, self.bands[-1].to

    def sexes(self, part: int) -> SexShares | None:
        """Shares of the sexes in a band, None if the pyramid does not tell (or nobody is in it)."""
        band = self.bands[part]
        if band.female is None or band.male is None or band.weight == 0:
            return None
        return SexShares(female=band.female / band.weight, male=band.male / band.weight)


Ages = Annotated[
    Annotated[Range, Tag("range")]
    | Annotated[InTurn, Tag("list")]
    | Annotated[Normal, Tag("normal")]
    | Annotated[Mix, Tag("mix")]
    | Annotated[AgePyramid, Tag("pyramid")],
    by_keys(
        "a number, a list (taken in turn), {min, max}, {mean, sd}, {mix: shares} or {pyramid: name, file or bands}"
    ),
]
