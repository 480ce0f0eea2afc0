"""Mechanisms by name: the words in which a person says how a body differs, and what each does to `MusculoskeletalParameters`.

Two users: condition cards (`mechanism_parameters`) and changes asked for one by one (`change`), such as
``plantarflexor_strength.right=0.5``. A strength, length or amount that is set replaces the one that was there.
"""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from engine.core.conventions import LEG_COORDINATES, MUSCLE_GROUPS, SIDES, Side
from engine.core.errors import SpecError
from engine.gait.records import MusculoskeletalParameters
from engine.people.burdens import Burden
from engine.people.card_effects import Mechanism
from engine.people.conditions import ConditionCard
from engine.people.ramps import Where, at_severity

_MUSCLE_FIELDS: dict[str, tuple[str, tuple[float, float]]] = {
    "strength": ("max_isometric_force", (0.0, 5.0)),
    "fibre_length": ("optimal_fibre_length", (0.3, 2.0)),
    "tendon_slack": ("tendon_slack_length", (0.5, 1.5)),
    "passive_stiffness": ("passive_stiffness", (0.1, 10.0)),
    "spasticity": ("spasticity", (0.0, 20.0)),
    "co_contraction": ("control_min", (0.0, 0.9)),
}
"""Field of the parameters and sensible values, by the kind of a mechanism."""

FIELD_OF_MUSCLE_KIND: dict[str, str] = {kind: field for kind, (field, _) in _MUSCLE_FIELDS.items()}
"""Kinds that act on muscle groups, and the field of the parameters on which each acts."""

_LEG_FIELDS: dict[str, tuple[str, tuple[float, float]]] = {
    "leg_pain": ("leg_pain", (0.0, 10.0)),
    "knee_pain": ("knee_pain", (0.0, 10.0)),
    "femoral_anteversion_deg": ("femoral_anteversion", (-60.0, 60.0)),
    "tibial_torsion_deg": ("tibial_torsion", (-60.0, 60.0)),
    "thigh_length": ("thigh_length", (0.5, 1.5)),
    "shank_length": ("shank_length", (0.5, 1.5)),
}

_ENDS = {"joint_min_deg": 0, "joint_max_deg": 1}
_ANGLE_RANGE_DEG = (-180.0, 180.0)
_STIFFNESS_RANGE = (0.0, 20.0)

BODY_FIELDS: tuple[str, ...] = ("joint_range", *(field for field, _ in _LEG_FIELDS.values()))
"""Fields of the parameters that say how joints, bones and pain differ: a card alone sets them, no generator draws them."""


@dataclass(frozen=True)
class Quantity:
    """One number per side (or, for ``joint_stiffness``, per body): ``index`` finds it in ``field`` behind the side; ``unit`` is what one
    of its units is in those of the field."""

    field: str
    index: tuple[int, ...]
    bounds: tuple[float, float]
    unit: float = 1.0
    sided: bool = True


def _quantities() -> Iterator[tuple[str, Quantity]]:
    for j, group in enumerate(MUSCLE_GROUPS):
        for kind, (field, bounds) in _MUSCLE_FIELDS.items():
            quantity = Quantity(field, (j,), bounds)
            yield f"{group.removesuffix('s')}_{kind}", quantity
            yield f"{group}_{kind}", quantity
    for j, coordinate in enumerate(LEG_COORDINATES):
        for end, which in (("min", 0), ("max", 1)):
            yield f"{coordinate}_{end}_deg", Quantity("joint_range", (j, which), _ANGLE_RANGE_DEG, np.deg2rad(1.0))
    for name, (field, bounds) in _LEG_FIELDS.items():
        yield name, Quantity(field, (), bounds, np.deg2rad(1.0) if name.endswith("_deg") else 1.0)
    yield "joint_stiffness", Quantity("joint_stiffness", (), _STIFFNESS_RANGE, sided=False)


@cache
def quantities() -> dict[str, Quantity]:
    """All quantities by name; a muscle group goes by its plural and its singular."""
    return dict(_quantities())


def names() -> tuple[str, ...]:
    """Names for a person to choose from, each once (groups in the plural)."""
    singular = {f"{group.removesuffix('s')}_{kind}" for group in MUSCLE_GROUPS for kind in _MUSCLE_FIELDS}
    return tuple(name for name in quantities() if name not in singular)


def find(name: str) -> tuple[Quantity, tuple[int, ...]]:
    """A quantity and the sides (indices into `SIDES`) that a name such as ``leg_pain`` or ``leg_pain.left`` means.

    Raises:
        SpecError: no quantity has this name, or not a side; the message lists what there is.
    """
    base, dot, side = name.partition(".")
    quantity = quantities().get(base)
    if quantity is None:
        near = difflib.get_close_matches(base, quantities(), n=3)
        hint = f"did you mean {', '.join(near)}? " if near else ""
        raise SpecError(f"{name}: no mechanism is called {base!r}; {hint}There are {', '.join(names())}")
    if not dot:
        return quantity, (0, 1)
    if side not in SIDES or not quantity.sided:
        expected = "write .right, .left or neither" if quantity.sided else "it has no side"
        raise SpecError(f"{name}: {side!r} is not a side of {base}; {expected}")
    return quantity, (SIDES.index(side),)


def change(parameters: MusculoskeletalParameters, name: str, value: float) -> MusculoskeletalParameters:
    """The parameters with the quantity called ``name`` set to ``value`` on the named side, or on both.

    Factors count from the healthy young adult of the same size, not from the person's present value; angles are degrees.

    Raises:
        SpecError: an unknown name or side (see `find`), or a value that cannot be.
    """
    quantity, sides = find(name)
    low, high = quantity.bounds
    if not low <= value <= high:
        raise SpecError(f"{name}: {value:g} cannot be; choose between {low:g} and {high:g}")
    if not quantity.sided:
        return replace(parameters, **{quantity.field: float(value)})
    array = getattr(parameters, quantity.field).copy()
    for side in sides:
        array[(side, *quantity.index)] = value * quantity.unit
    try:
        return replace(parameters, **{quantity.field: array})
    except ValueError as error:
        raise SpecError(f"{name}: {error}") from error


def mechanism_parameters(card: ConditionCard, severity: float, side: Side) -> MusculoskeletalParameters:
    """The body of an average person with a condition: every mechanism of the card at ``severity``, ``side`` being the affected one."""
    return apply_mechanisms(MusculoskeletalParameters(), card.mechanisms, severity, side)


def apply_mechanisms(
    parameters: MusculoskeletalParameters, mechanisms: Iterable[Mechanism], severity: float, side: Side
) -> MusculoskeletalParameters:
    """A body with further mechanisms at ``severity``, ``side`` being the affected one."""
    for mechanism in mechanisms:
        value = at_severity(mechanism.amount, severity, mechanism.neutral)
        parameters = _apply(parameters, mechanism, value, reached_sides(mechanism.where, side))
    return parameters


def with_body_mechanisms(
    parameters: MusculoskeletalParameters, burdens: Iterable[Burden], side: Side
) -> MusculoskeletalParameters:
    """Sampled muscles with the joints, bones and pain of a person's burdens, which no generator draws (`BODY_FIELDS`)."""
    average = MusculoskeletalParameters()
    for burden in burdens:
        average = apply_mechanisms(average, burden.card.mechanisms, burden.severity, side)
    return replace(parameters, **{field: getattr(average, field) for field in BODY_FIELDS})


def reached_sides(where: Where, side: Side) -> tuple[int, ...]:
    """Indices into `SIDES` of the legs that a mechanism reaches in a person whose affected side is ``side``."""
    if where == "both":
        return (0, 1)
    if side in ("both", "none"):
        return (0, 1) if where == "affected" else ()
    affected = SIDES.index(side)
    return (affected,) if where == "affected" else (1 - affected,)


def _apply(
    parameters: MusculoskeletalParameters, mechanism: Mechanism, value: float, sides: tuple[int, ...]
) -> MusculoskeletalParameters:
    """Factors multiply, amounts and torsions add, of joint limits the narrower counts."""
    if mechanism.kind == "joint_stiffness":
        return replace(parameters, joint_stiffness=parameters.joint_stiffness * value)
    if mechanism.kind in _ENDS:
        end, narrower = _ENDS[mechanism.kind], (np.fmax, np.fmin)[_ENDS[mechanism.kind]]
        limits, j = parameters.joint_range.copy(), LEG_COORDINATES.index(mechanism.coordinate or "")
        limits[sides, j, end] = narrower(limits[sides, j, end], np.deg2rad(value))
        return replace(parameters, joint_range=limits)
    muscular = mechanism.kind in FIELD_OF_MUSCLE_KIND
    field = FIELD_OF_MUSCLE_KIND[mechanism.kind] if muscular else _LEG_FIELDS[mechanism.kind][0]
    array = getattr(parameters, field).copy()
    groups = [list(MUSCLE_GROUPS).index(name) for name in mechanism.groups]
    cells = np.ix_(sides, groups) if muscular else (list(sides),)
    unit = np.deg2rad(value) if mechanism.kind.endswith("_deg") else value
    array[cells] = array[cells] * value if mechanism.neutral == 1.0 else array[cells] + unit
    return replace(parameters, **{field: array})
