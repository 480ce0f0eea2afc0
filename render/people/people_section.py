"""Who is seen: the section ``people`` of a look file, odds and colours of all that makes a person's appearance."""

from functools import cache

from pydantic import Field, field_validator

from engine.core.yaml_files import StrictModel, configs_folder, read_model
from render.core.colour import Colour, Palette
from render.core.odds import Bands, Odds, check_bands
from render.figure.beard import BEARDS
from render.people.clothes import ClothesSection
from render.people.head_and_feet import FootwearSection, HaircutsSection, HeadwearSection, SpectaclesSection


class HairColour(StrictModel):
    """A natural colour, and how often it occurs among people of light and of dark skin."""

    colour: Colour
    light_skin: Odds
    dark_skin: Odds


class PeopleSection(StrictModel):
    """Odds and colours as in ``configs/render/people.yaml``. ``skin`` holds the ten tones of the Monk scale, lightest first; ``age_signs``:
    age at which the skin begins to show it, and at which it shows all of it."""

    skin: Palette = Field(min_length=10, max_length=10)
    hair_colours: tuple[HairColour, ...] = Field(min_length=1)
    grey_hair: Palette
    eyes: Palette
    clothes: ClothesSection
    footwear: FootwearSection
    haircuts: HaircutsSection
    beards: Bands
    spectacles: SpectaclesSection
    headwear: HeadwearSection
    age_signs: tuple[float, float]

    @field_validator("beards")
    @classmethod
    def _known_beards(cls, bands: Bands) -> Bands:
        return check_bands(bands, BEARDS)


@cache
def read_people() -> PeopleSection:
    """The section that ships with GaitForge."""
    return read_model(configs_folder() / "render" / "people.yaml", PeopleSection)
