"""What a walker weighs when a changed body looks for its gait: data, fitted to published effects (`docs/adaptation.md`)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _single() -> Mapping[str, float]:
    return MappingProxyType(
        {"hip_rotation": 0.25, "hip_adduction": 0.5, "pelvis_rotation": 0.5, "pelvis_list": 0.3, "mtp_angle": 1.2}
    )


@dataclass(frozen=True)
class AdaptationSettings:
    """Weights of the adaptation, for the reference adult; they scale with body weight and leg length.

    - ``legs``, ``pelvis``, ``trunk``, ``arms``: how much further than in the projection (`MotionSettings`) each part may move from its
      habit at the same price; ``single`` are multiples of these for coordinates, named without their side, that effort alone would
      misuse: the model's hip rotators are cheap, and a weak hip would hike the pelvis (375 patients keep it level and lean with the
      trunk: Krautwurst et al. 2013, Res Dev Disabil 34:1198);
    - ``effort``, ``aim_height``: weight of squared activations, and where the forces of the legs aim, in pelvis heights (`ForceSettings`);
    - ``stretch``: what the passive force of a stretched muscle costs, relative to the same force from activation;
    - ``speed_mps``, ``log_duration``: deviation of mean speed and log stride time; ``held_speed_mps`` while speed is priced;
    - ``trunk_torque_nm``, ``arm_torque_nm``: torques of trunk and arms, which have no muscles: what effort is to the legs;
    - ``clear_height_m``, ``clear_speed_mps``: a point of the sole that moves this fast at the floor costs one half; higher than this,
      nothing;
    - ``width_m``: feet that stand this much closer together than they want to cost one half; they want ``caution_width_m`` more than is
      their habit when all strength at hip abductors and calves is lost (broad steps in neuropathy, dystrophy and after amputation
      of both feet: Don et al. 2007, Clin Biomech 22:905; D'Angelo et al. 2009, Gait Posture 29:36; PMC3778081);
    - ``low_harmonics``, ``low_weight``: up to that harmonic the spectrum of the ground force is held by this share, so that load may
      shift from leg to leg;
    - ``soft_floor``, ``firm_floor``: firmness of the floor, the same everywhere, while contact is sought and after;
    - ``strange``: a body under which the habitual gait costs this many times the usual is reached in two steps.
    """

    legs: float = 5.0
    pelvis: float = 5.0
    trunk: float = 4.0
    arms: float = 4.0
    single: Mapping[str, float] = field(default_factory=_single)
    effort: float = 250.0
    aim_height: float = 2.0
    stretch: float = 4.0
    speed_mps: float = 1.0
    held_speed_mps: float = 0.02
    log_duration: float = 0.2
    trunk_torque_nm: float = 25.0
    arm_torque_nm: float = 8.0
    clear_height_m: float = 0.02
    clear_speed_mps: float = 1.0
    width_m: float = 0.01
    caution_width_m: float = 0.06
    low_harmonics: int = 4
    low_weight: float = 0.1
    soft_floor: float = 0.6
    firm_floor: float = 2.0
    strange: float = 4.0
