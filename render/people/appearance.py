"""A person's appearance, drawn once by age, sex, condition and the subject's appearance seed."""

import numpy as np

from engine.core.arrays import Array
from engine.core.frozen import frozen
from engine.core.seeds import stage_rng, stage_seed
from engine.gait.records import Subject
from render.core.colour import linear_rgb
from render.core.odds import draw_by_age
from render.figure.beard import BEARDS, Beard
from render.figure.garments.outfit import Outfit
from render.figure.hair_cuts import HairCut
from render.figure.headwear import Headwear
from render.figure.orthoses import LEGS_WITH, Orthosis, draw_orthosis
from render.figure.shoes import Footwear
from render.figure.spectacles import Spectacles
from render.people.aid import Aid, choose_aid
from render.people.people_section import PeopleSection

GREYING_YEARS, GREYING_SPREAD_YEARS, GREYING_ONSET_SD_YEARS = 52.0, 4.0, 6.0
"""Age at which half the hair has turned grey, how fast it goes, and how much people differ. Grey hair is found in 74 % of people
aged 45 to 65, on average in 27 % of theirs (Panhard et al. 2012, Br J Dermatol 167:865)."""
BEARD_YEARS, ROSY_YEARS = 18.0, 16.0
"""Under these ages people grow no beards, and have redder cheeks the younger they are."""
AGE_SIGNS_SD = 0.08

_STREAM = "look"
"""Of the random numbers; it stays, whatever is called a look, since another name draws other people."""
_LIFT = np.array([0.044, 0.033, 0.024])


@frozen
class Appearance:
    """Colours ``(3,)`` are linear RGB. ``skin_tone`` counts the Monk scale from 0; ``haircut`` is ``None`` for the bald; ``age_signs`` 0
    (none) to 1 (very old); ``rosy`` how red the cheeks are, 0 to 1; ``details`` is the seed of spots and locks."""

    skin_tone: int
    skin: Array
    eyes: Array
    hair: Array
    brows: Array
    beard: Beard
    haircut: HairCut | None
    spectacles: Spectacles | None
    headwear: Headwear | None
    age_signs: float
    rosy: float
    details: int
    outfit: Outfit
    footwear: Footwear
    orthosis: Orthosis
    aid: Aid | None

    @property
    def shod(self) -> bool:
        """Whether shoes are on: not bare feet, not socks alone."""
        return self.footwear.cut is not None

    @property
    def aid_kind(self) -> str:
        """What the person walks with, empty if nothing."""
        return "" if self.aid is None else self.aid.kind

    @property
    def braced_legs(self) -> str:
        """Sides of the legs with an ankle-foot orthosis, such as ``left right``, empty if there is none."""
        return " ".join(LEGS_WITH[self.orthosis])


def draw_appearance(subject: Subject, people: PeopleSection) -> Appearance:
    """The subject's appearance out of ``people``; the same subject always looks the same. Each part has a generator of its own, so that a
    change of one leaves the others; a skin tone asked for changes only what goes with it.

    Raises:
        SpecError: no clothes suit the subject.
    """

    def rng_of(part: str) -> np.random.Generator:
        return stage_rng(subject.appearance_seed, _STREAM, part)

    rng = np.random.default_rng(subject.appearance_seed)
    any_tone = int(rng.integers(len(people.skin)))
    tone = any_tone if subject.skin_tone is None else subject.skin_tone - 1
    dark = tone >= len(people.skin) // 2
    hair, brows = _hair_colours(people, subject, dark, rng)
    orthosis = draw_orthosis(subject, rng_of("orthosis"))
    return Appearance(
        skin_tone=tone,
        skin=_skin_albedo(people.skin[tone]) * rng.uniform(0.92, 1.0),
        eyes=linear_rgb(str(rng.choice(people.eyes[:2] if dark else people.eyes))),
        hair=hair,
        brows=brows,
        beard=_beard(people, subject, rng_of("beard")),
        haircut=people.haircuts.draw(subject, dark=dark, rng=rng_of("hair")),
        spectacles=people.spectacles.draw(subject, rng_of("spectacles")),
        headwear=people.headwear.draw(subject, rng_of("headwear")),
        age_signs=_age_signs(people, subject, rng_of("age")),
        rosy=float(np.clip(1 - subject.age_years / ROSY_YEARS, 0.0, 1.0)),
        details=stage_seed(subject.appearance_seed, _STREAM, "details"),
        outfit=people.clothes.draw(subject, rng_of("clothes")),
        footwear=people.footwear.draw(subject, rng_of("footwear"), braced=orthosis != "none"),
        orthosis=orthosis,
        aid=choose_aid(subject, stage_rng(subject.appearance_seed, subject.id, "aid")),
    )


def _skin_albedo(swatch: str) -> Array:
    """The scale shows skin as photographed. Taken as albedo its light tones would be chalk, so they are dimmed and warmed; its two darkest,
    of lightness L* 15 and 21, are lifted to 26 and 29, below which hardly anybody's skin lies (assumed)."""
    lit = linear_rgb(swatch)
    lit = lit + _LIFT * (1 - lit.mean()) ** 6
    return lit * (1 - 0.22 * lit.mean()) * (1 - lit.mean() * np.array([0.0, 0.14, 0.23])) * [1.0, 0.96, 0.93]


def _hair_colours(people: PeopleSection, subject: Subject, dark: bool, rng: np.random.Generator) -> tuple[Array, Array]:
    odds = np.array([hair.dark_skin if dark else hair.light_skin for hair in people.hair_colours])
    natural = linear_rgb(people.hair_colours[rng.choice(len(odds), p=odds / odds.sum())].colour)
    grey = linear_rgb(str(rng.choice(people.grey_hair)))
    age = subject.age_years + rng.normal(0, GREYING_ONSET_SD_YEARS)
    share = 1 / (1 + np.exp(-(age - GREYING_YEARS) / GREYING_SPREAD_YEARS)) ** 2
    return natural + share * (grey - natural), natural + 0.5 * share * (grey - natural)


def _beard(people: PeopleSection, subject: Subject, rng: np.random.Generator) -> Beard:
    grows = subject.sex == "male" and subject.age_years >= BEARD_YEARS
    return BEARDS[draw_by_age(people.beards, subject.age_years, rng) if grows else "none"]


def _age_signs(people: PeopleSection, subject: Subject, rng: np.random.Generator) -> float:
    first, full = people.age_signs
    signs = (subject.age_years - first) / (full - first)
    return float(np.clip(signs + rng.normal(0, AGE_SIGNS_SD), 0.0, 1.0)) if signs > 0 else 0.0
