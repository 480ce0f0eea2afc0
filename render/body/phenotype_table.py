"""Where people of a given age, sex, height and adiposity lie in the shape space of the default body."""

from dataclasses import field, fields
from pathlib import Path

import numpy as np
from scipy.interpolate import RegularGridInterpolator

from engine.core.arrays import Array, Single
from engine.core.frozen import frozen

PREFIX = "phenotype_"
"""Of the names under which the table is stored in the body's file, beside SMPL-X's own arrays."""


@frozen
class PhenotypeTable:
    """Shape coefficients ``betas (ages, sexes, heights, adiposities, K)`` at the knots of each axis."""

    ages_years: Array
    female: Array
    heights: Array
    adiposities: Array
    betas: Single
    _interpolate: RegularGridInterpolator = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        axes = (self.ages_years, self.female, self.heights, self.adiposities)
        interpolator = RegularGridInterpolator(axes, self.betas.astype(float), bounds_error=False, fill_value=None)
        object.__setattr__(self, "_interpolate", interpolator)

    def coefficients(self, age_years: float, female: float, height: float, adiposity: float) -> Array:
        """Shape coefficients ``(K,)``, linear between knots and beyond the last ones."""
        return self._interpolate((age_years, female, height, adiposity))

    def to_arrays(self) -> dict[str, Array | Single]:
        """Named arrays for the body's file."""
        return {PREFIX + item.name: getattr(self, item.name) for item in fields(self) if item.init}

    @classmethod
    def read(cls, path: Path) -> "PhenotypeTable | None":
        """The table in a body file; ``None`` where there is none (licensed SMPL-X files)."""
        names = [item.name for item in fields(cls) if item.init]
        with np.load(path, allow_pickle=False) as data:
            if any(PREFIX + name not in data.files for name in names):
                return None
            return cls(**{name: data[PREFIX + name] for name in names})
