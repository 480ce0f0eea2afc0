"""Which gaits pass: the thresholds, each with where it comes from."""

from dataclasses import dataclass

from engine.gait.records import PhysicsFigures, RejectionReason, Subject


@dataclass(frozen=True)
class Limits:
    """Largest figures of an accepted gait, by the names of `PhysicsFigures`.

    Residual force and moment: Hicks et al. 2015 (J Biomech Eng 137:020905). Reserve: 5 N·m healthy, and twice that where weakness or
    contracture is part of the person; at the toes, beyond what small muscles of the foot may give (`engine.physics.figures`). The others
    are this project's: what the eye sees of a foot on the floor, what walking is, and that a gait moved too far is another than was
    proposed.
    """

    residual_force_peak_pct: float = 5.0
    residual_moment_peak_pct: float = 1.0
    penetration_mm: float = 8.0
    skate_mm: float = 10.0
    reserve_peak_nm: float = 5.0
    reserve_peak_impaired_nm: float = 10.0
    vertical_force_mean_error_pct: float = 1.0
    vertical_force_peak_bw: float = 1.5
    motion_change_deg: float = 10.0
    disagreement_pct: float = 0.5

    def of(self, figure: str, *, impaired: bool) -> float | None:
        """The limit of a figure; None if it is told, not judged."""
        return (
            self.reserve_peak_impaired_nm if impaired and figure == "reserve_peak_nm" else getattr(self, figure, None)
        )


LIMITS = Limits()

_REASONS: dict[str, RejectionReason] = {
    "residual_force_peak_pct": RejectionReason.RESIDUAL_FORCE,
    "residual_moment_peak_pct": RejectionReason.RESIDUAL_MOMENT,
    "penetration_mm": RejectionReason.PENETRATION,
    "skate_mm": RejectionReason.SKATE,
    "reserve_peak_nm": RejectionReason.RESERVE,
    "vertical_force_mean_error_pct": RejectionReason.VERTICAL_MEAN,
    "vertical_force_peak_bw": RejectionReason.VERTICAL_PEAK,
    "motion_change_deg": RejectionReason.MOTION_CHANGE,
}


def verdict(figures: PhysicsFigures, disagreement_pct: float, subject: Subject) -> RejectionReason | None:
    """The first limit that a gait breaks, or None."""
    if not disagreement_pct < LIMITS.disagreement_pct:
        return RejectionReason.REPLAY
    return next(
        (reason for name, reason in _REASONS.items() if not _keeps(figures, name, impaired=not subject.is_healthy)),
        None,
    )


def _keeps(figures: PhysicsFigures, name: str, *, impaired: bool) -> bool:
    limit = LIMITS.of(name, impaired=impaired)
    return limit is None or getattr(figures, name) < limit
