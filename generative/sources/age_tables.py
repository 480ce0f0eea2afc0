"""Reads ``age_tables.yaml``: what changes with age, each table with its source."""

from functools import cache
from pathlib import Path

import numpy as np
from pydantic import model_validator

from engine.core.arrays import Array
from engine.core.yaml_files import StrictModel, read_model
from engine.people.card_effects import MotionEffect
from engine.people.ramps import ASSUMPTION

_FILE = Path(__file__).parent / "age_tables.yaml"
_AGEING_YEARS = (50.0, 100.0)
_INFANCY_YEARS = (4.5, 1.5)


class AgeTable(StrictModel):
    """Values at some ages."""

    ages: tuple[float, ...]
    values: tuple[float, ...]
    source: str

    @model_validator(mode="after")
    def _ordered(self) -> "AgeTable":
        if len(self.ages) != len(self.values) or list(self.ages) != sorted(self.ages):
            raise ValueError("ages must rise and be as many as values")
        return self

    def at(self, age: Array) -> Array:
        """Values interpolated linearly, the end values beyond the ends."""
        return np.interp(age, self.ages, self.values)


class AgeTables(StrictModel):
    """All tables of the file."""

    sources: dict[str, str]
    free_speed: AgeTable
    free_speed_spread: AgeTable
    step_length_off_mats: AgeTable
    step_width: AgeTable
    step_width_spread: AgeTable
    step_length_spread: AgeTable
    stance_spread: AgeTable
    stride_time_cv: AgeTable
    step_width_sd: AgeTable
    dfa_alpha: AgeTable
    arm_swing: AgeTable
    trunk_lean_deg: AgeTable
    passive_stiffness: AgeTable
    ageing: tuple[MotionEffect, ...]
    infancy: tuple[MotionEffect, ...]

    @model_validator(mode="after")
    def _sources_are_listed(self) -> "AgeTables":
        tables = (
            getattr(self, name) for name in type(self).model_fields if name not in ("sources", "ageing", "infancy")
        )
        named = {part.source for part in (*tables, *self.ageing, *self.infancy)}
        unknown = {key.strip() for text in named for key in text.split(",")} - {*self.sources, ASSUMPTION}
        if unknown:
            raise ValueError(f"sources: {sorted(unknown)} used but not listed (or write {ASSUMPTION!r})")
        return self


@cache
def age_tables() -> AgeTables:
    """The tables that ship with GaitForge."""
    return read_model(_FILE, AgeTables)


def ageing(age: Array) -> Array:
    """How far along old age: 0 until 50 years, 1 at 100."""
    return np.interp(age, _AGEING_YEARS, (0.0, 1.0))


def infancy(age: Array) -> Array:
    """How far from a settled gait: 1 at 1.5 years, 0 from 4.5."""
    return np.interp(-age, (-_INFANCY_YEARS[0], -_INFANCY_YEARS[1]), (0.0, 1.0))
