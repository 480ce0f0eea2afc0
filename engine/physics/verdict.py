"""Which gaits pass: the thresholds, each with where it comes from."""

from dataclasses import dataclass

from engine.records import PhysicsFigures, RejectionReason, Subject


@dataclass(frozen=True)
class Limits:
    """Largest figures of an accepted gait.

    Residual force and moment: Hicks et al. 2015 (J Biomech Eng 137:020905). Reserve: 5 N·m healthy, and twice that where weakness or
    contracture is part of the person; at the toes, beyond what small muscles of the foot may give (`engine.physics.figures`). The others
    are this project's: what the eye sees of a foot on the floor, what walking is, and that a gait moved too far is another than was
    proposed.
    """

    residual_force_pct: float = 5.0
    residual_moment_pct: float = 1.0
    penetration_mm: float = 8.0
    skate_mm: float = 10.0
    reserve_nm: float = 5.0
    reserve_impaired_nm: float = 10.0
    vertical_mean_error_pct: float = 1.0
    vertical_peak_bw: float = 1.5
    motion_change_deg: float = 10.0
    disagreement_pct: float = 0.5


LIMITS = Limits()


def verdict(figures: PhysicsFigures, disagreement_pct: float, subject: Subject) -> RejectionReason | None:
    """The first limit that a gait breaks, or None."""
    reserve = LIMITS.reserve_nm if subject.is_healthy else LIMITS.reserve_impaired_nm
    checks = (
        (disagreement_pct, LIMITS.disagreement_pct, RejectionReason.REPLAY),
        (figures.residual_force_peak_pct, LIMITS.residual_force_pct, RejectionReason.RESIDUAL_FORCE),
        (figures.residual_moment_peak_pct, LIMITS.residual_moment_pct, RejectionReason.RESIDUAL_MOMENT),
        (figures.penetration_mm, LIMITS.penetration_mm, RejectionReason.PENETRATION),
        (figures.skate_mm, LIMITS.skate_mm, RejectionReason.SKATE),
        (figures.reserve_peak_nm, reserve, RejectionReason.RESERVE),
        (figures.vertical_force_mean_error_pct, LIMITS.vertical_mean_error_pct, RejectionReason.VERTICAL_MEAN),
        (figures.vertical_force_peak_bw, LIMITS.vertical_peak_bw, RejectionReason.VERTICAL_PEAK),
        (figures.motion_change_deg, LIMITS.motion_change_deg, RejectionReason.MOTION_CHANGE),
    )
    return next((reason for value, limit, reason in checks if not value < limit), None)
