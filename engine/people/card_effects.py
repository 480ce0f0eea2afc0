"""What a condition does to a body (mechanisms) and to the curves of its gait (motion effects)."""

from typing import Literal

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from engine.core.conventions import ARM_COORDINATES, COORDINATES, LEG_COORDINATES, MUSCLE_GROUPS
from engine.core.yaml_files import StrictModel
from engine.people.ramps import Ramp, Where

NEUTRAL: dict[str, float] = {
    "spasticity": 0.0,
    "co_contraction": 0.0,
    "joint_max_deg": 180.0,
    "joint_min_deg": -180.0,
    "leg_pain": 0.0,
    "knee_pain": 0.0,
    "femoral_anteversion_deg": 0.0,
    "tibial_torsion_deg": 0.0,
}
"""Amount of a mechanism that changes nothing, where that is not one."""


class Mechanism(StrictModel):
    """A change of the body.

    Of the muscles of ``groups``: ``strength``, ``fibre_length``, ``tendon_slack``, ``passive_stiffness`` are factors (neutral 1),
    ``spasticity`` and ``co_contraction`` amounts (neutral 0). Of joints: ``joint_stiffness`` is a factor; ``joint_max_deg`` and
    ``joint_min_deg`` bound a leg ``coordinate`` (named without its side). Of legs: ``leg_pain`` and ``knee_pain`` are amounts of
    weight-bearing pain (1: severe), ``femoral_anteversion_deg`` and ``tibial_torsion_deg`` (outward) are torsions beyond the usual,
    ``thigh_length`` and ``shank_length`` factors of a leg's lengths.
    """

    kind: Literal[
        "strength",
        "fibre_length",
        "tendon_slack",
        "passive_stiffness",
        "joint_stiffness",
        "spasticity",
        "co_contraction",
        "joint_max_deg",
        "joint_min_deg",
        "leg_pain",
        "knee_pain",
        "femoral_anteversion_deg",
        "tibial_torsion_deg",
        "thigh_length",
        "shank_length",
    ]
    groups: tuple[str, ...] = tuple(MUSCLE_GROUPS)
    coordinate: str | None = None
    where: Where = "both"
    amount: Ramp
    source: str

    @model_validator(mode="after")
    def _groups_exist(self) -> "Mechanism":
        unknown = set(self.groups) - set(MUSCLE_GROUPS)
        if unknown:
            raise ValueError(f"groups: unknown {sorted(unknown)}; the groups are {', '.join(MUSCLE_GROUPS)}")
        return self

    @model_validator(mode="after")
    def _coordinate_fits(self) -> "Mechanism":
        limit = self.kind in ("joint_max_deg", "joint_min_deg")
        if limit and self.coordinate not in LEG_COORDINATES:
            raise ValueError(f"coordinate: kind {self.kind} needs one of {', '.join(LEG_COORDINATES)}")
        if not limit and self.coordinate is not None:
            raise ValueError(f"coordinate: kind {self.kind} takes none")
        return self

    @model_serializer(mode="wrap")
    def _without_what_does_not_apply(self, handler: SerializerFunctionWrapHandler) -> dict[str, object]:
        data = handler(self)
        if self.coordinate is None:
            del data["coordinate"]
        return data

    @property
    def neutral(self) -> float:
        return NEUTRAL.get(self.kind, 1.0)


_SIDED = (*LEG_COORDINATES, *ARM_COORDINATES)
_MIDLINE = tuple(name for name in COORDINATES if not name.endswith(("_r", "_l")))


class MotionEffect(StrictModel):
    """A change of one coordinate's curve that is put into the proposal.

    ``coordinate`` is a leg or arm coordinate without its side (``knee_angle``) or a midline one (``pelvis_list``). Kinds:

    - ``offset``: ``amount`` degrees added all the time;
    - ``scale``: excursion about the mean times ``amount``;
    - ``bump``: ``amount`` degrees added around ``phase`` of that side's own cycle, Gaussian of standard deviation ``width``;
    - ``flatten``: near ``phase`` the curve drawn towards its minimum by the share ``amount``;
    - ``minimum``: the curve compressed so that its least value is ``amount`` degrees, its peak kept where there is room.

    A midline coordinate that changes sign in a mirror counts its amounts towards the affected side: positive amounts are
    what the same number means for a person whose right side is affected. Phases of midline effects are those of the affected leg.
    """

    coordinate: str
    kind: Literal["offset", "scale", "bump", "flatten", "minimum"]
    amount: Ramp
    where: Where = "both"
    phase: float | None = Field(default=None, ge=0, lt=1)
    width: float | None = Field(default=None, gt=0, lt=0.5)
    source: str

    @model_validator(mode="after")
    def _complete(self) -> "MotionEffect":
        if self.coordinate not in (*_SIDED, *_MIDLINE):
            raise ValueError(f"coordinate: unknown {self.coordinate!r}; known: {', '.join((*_SIDED, *_MIDLINE))}")
        local = self.kind in ("bump", "flatten")
        if local and (self.phase is None or self.width is None):
            raise ValueError(f"kind {self.kind} needs phase and width")
        if not local and (self.phase is not None or self.width is not None):
            raise ValueError(f"kind {self.kind} takes neither phase nor width")
        return self

    @property
    def neutral(self) -> float:
        return 1.0 if self.kind == "scale" else 0.0
