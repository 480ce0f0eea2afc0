"""What a prediction weighs and how long it may take."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Trust:
    """How far a predicted motion may leave the proposal before it costs as much as usual effort: angles of legs and pelvis, of the trunk,
    height and forward place of the pelvis. Speeds count ``speed_share`` of what the same error of position would cost at the
    stride's own frequency."""

    angle_rad: float = 0.15
    trunk_rad: float = 0.15
    height_m: float = 0.05
    forward_m: float = 0.1
    speed_share: float = 0.2


@dataclass(frozen=True)
class PredictionSettings:
    """``effort`` weighs squared excitations (weighted by strength without weakness) against trust; ``mesh`` intervals per half
    cycle, twice as many per cycle; ``speed_mps`` fixes the mean speed, which is free where it is None."""

    trust: Trust = field(default_factory=Trust)
    effort: float = 10.0
    trunk_effort: float = 0.1
    mesh: int = 25
    convergence_tolerance: float = 5e-2
    constraint_tolerance: float = 5e-3
    iterations: int = 200
    speed_mps: float | None = None
