"""What the estimators estimate, and the record of an estimate."""

from dataclasses import dataclass

from engine.core.measures import GAIT, Measure

TARGETS: dict[str, Measure] = {name: GAIT[name] for name in ("speed_mps", "cadence_spm", "step_length_m")}
"""Targets by name, in the order of every target axis; they are columns of a cohort's manifest."""


@dataclass(frozen=True)
class Estimate:
    """A value and its standard deviation, in the unit of the target."""

    value: float
    sd: float


@dataclass(frozen=True)
class GaitEstimate:
    """Gait parameters read from one recording. ``step_length_m`` is ``speed_mps`` × 60 / ``cadence_spm``."""

    speed_mps: Estimate
    cadence_spm: Estimate
    step_length_m: Estimate

    def values(self) -> tuple[float, ...]:
        """Values in the order of `TARGETS`."""
        return tuple(getattr(self, name).value for name in TARGETS)

    def sds(self) -> tuple[float, ...]:
        """Standard deviations in the order of `TARGETS`."""
        return tuple(getattr(self, name).sd for name in TARGETS)
