"""What is known of the numbers of a reading in healthy people."""

from collections.abc import Mapping

import numpy as np

from downstream.readings.gait_reading import Number
from downstream.readings.healthy_gait import healthy_gait
from downstream.readings.walker import Peers, Walker, peers
from engine.core.conventions import Sex
from engine.gait.norms import Normal, band, plate_stance, spatiotemporal

_SEXES: tuple[Sex, ...] = ("female", "male")
_CV = "stride_time_cv"


def number_norms(walker: Walker, numbers: Mapping[str, Number]) -> dict[str, Normal]:
    """Norms by the names of `downstream.readings.quantities.NUMBERS`: speed is compared with what people of that age, sex and stature
    choose, all else with people at the same speed. Where sex is not told both count alike. Without age there are none; without
    speed, only those of people at their own."""
    if walker.age_years is None:
        return {}
    others = peers(walker, numbers.get("speed_mps"))
    norms = _spatiotemporal(walker, walker.age_years, numbers.get("speed_mps"))
    return norms if isinstance(others, str) else norms | _of_curves(others)


def _spatiotemporal(walker: Walker, age_years: float, speed: Number | None) -> dict[str, Normal]:
    sexes = _SEXES if walker.sex is None else (walker.sex,)
    speed_mps = None if speed is None else speed.value
    each = [spatiotemporal(age_years, sex, speed_mps=speed_mps, height_m=walker.height_m) for sex in sexes]
    norms = {name: _mean([own[name] for own in each]) for name in each[0]}
    return {name: norm for name, norm in norms.items() if name != _CV} | {f"{_CV}_pct": _scaled(norms[_CV], 100.0)}


def _of_curves(others: Peers) -> dict[str, Normal]:
    knee = band("knee_angle", others.speed, others.age_years)
    stands = knee.phase <= plate_stance(others.age_years, others.speed)
    least = int(np.argmin(np.where(stands, knee.mean, np.inf)))
    return {
        "knee_at_extension_deg": _scaled(
            Normal(float(knee.mean[least]), float(knee.sd[least])), float(np.rad2deg(1.0))
        ),
        "gait_deviation_index": Normal(100.0, 10.0),
        "gait_profile_score_deg": healthy_gait().profile_score(others.age_years, others.speed),
    }


def _mean(norms: list[Normal]) -> Normal:
    return Normal(float(np.mean([norm.mean for norm in norms])), float(np.mean([norm.sd for norm in norms])))


def _scaled(norm: Normal, factor: float) -> Normal:
    return Normal(factor * norm.mean, factor * norm.sd)
