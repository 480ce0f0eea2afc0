"""Distributes a person's mass over the bodies of the model.

The adult man's shares are those of the published model. Age and sex change them by ratios (table ``segment_mass_trends``), then all
are normalised to the person's mass. Inertia follows mass times length squared, axis by axis. The head, which the model keeps
in the torso, is a third of a child's upper body: it is taken out, resized by its own mass, and put back.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import SEGMENTS, Sex
from engine.musculoskeletal.description import RigidBody
from engine.musculoskeletal.published import read_table

GROWTH_YEARS = (4.0, 15.0)
"""Ages between which Jensen's shares change; beyond them they are held."""

SEX_YEARS = (10.0, 16.0)
"""Sex differences of the shares grow in linearly between these ages (assumption: puberty)."""

HEAD_SHARE = 0.0694
HEAD_CENTRE_M = np.array([0.0, 0.546, 0.0])
HEAD_GYRATION_M = np.array([0.0736, 0.0634, 0.0764])
"""Head and neck of the adult man (de Leva 1996): share of body mass, centre of mass in the generic torso's frame (0.122 m below a
vertex at 1.70 m stature), radii of gyration about its axes."""

SHOULDER_M = np.array([0.0, 0.3715, 0.0])
"""Height of the generic shoulder centres in the torso's frame: the head sits on it."""


def share_ratios(age_years: float, sex: Sex) -> dict[str, float]:
    """Each segment's share of body mass relative to the adult man's, before normalising."""
    age = float(np.clip(age_years, *GROWTH_YEARS))
    female = float(np.interp(age_years, SEX_YEARS, (0.0, 1.0))) if sex == "female" else 0.0
    ratios = {}
    for row in read_table("segment_mass_trends"):
        at_birth, per_year = float(row["at_birth"]), float(row["per_year"])
        growth = (at_birth + per_year * age) / (at_birth + per_year * GROWTH_YEARS[1])
        ratios[row["segment"]] = growth * (1 + female * (float(row["female_ratio"]) - 1))
    return ratios


def distribute_mass(
    generic: tuple[RigidBody, ...],
    scales: Mapping[str, Array],
    mass_kg: float,
    ratios: Mapping[str, float],
    factors: Array,
) -> tuple[RigidBody, ...]:
    """Bodies of a person of ``mass_kg``.

    ``scales`` are the segments' scale factors ``(3,)``, ``ratios`` those of `share_ratios`, ``factors (8,)`` further factors in the
    order of `SEGMENTS` (the head follows age and sex alone).
    """
    total = sum(body.mass for body in generic)
    share = {name: ratios[name] * factor for name, factor in zip(SEGMENTS, factors, strict=True)}
    head = HEAD_SHARE * total * ratios["head"]
    masses = {body.name: share[body.segment] * _headless_mass(body, total) for body in generic}
    normal = mass_kg / (sum(masses.values()) + head)
    return tuple(
        _with_head(body, scales["trunk"], normal * masses[body.name], normal * head, total)
        if body.name == "torso"
        else _resize(body, scales[body.segment], normal * masses[body.name])
        for body in generic
    )


def _headless_mass(body: RigidBody, total: float) -> float:
    return body.mass - HEAD_SHARE * total if body.name == "torso" else body.mass


def _resize(body: RigidBody, scale: Array, mass: float) -> RigidBody:
    """The body stretched along its axes by ``scale``, with another mass."""
    second = body.inertia.sum() / 2 - body.inertia
    second = second * scale**2 * mass / body.mass
    return replace(body, mass=mass, mass_centre=body.mass_centre * scale, inertia=second.sum() - second)


def _moved(inertia: Array, mass: float, offset: Array) -> Array:
    """Moments about a point ``offset`` from the centre of mass (parallel axes)."""
    return inertia + mass * (offset @ offset - offset**2)


def _with_head(torso: RigidBody, scale: Array, mass: float, head_mass: float, total: float) -> RigidBody:
    """The torso of ``mass`` without its head, stretched by ``scale``, under a head of ``head_mass`` that keeps its density."""
    adult_head = HEAD_SHARE * total
    trunk = torso.mass - adult_head
    centre = (torso.mass * torso.mass_centre - adult_head * HEAD_CENTRE_M) / trunk
    inertia = (
        torso.inertia
        - _moved(adult_head * HEAD_GYRATION_M**2, adult_head, HEAD_CENTRE_M - torso.mass_centre)
        - _moved(np.zeros(3), trunk, centre - torso.mass_centre)
    )
    headless = _resize(RigidBody("torso", "trunk", trunk, centre, inertia), scale, mass)

    size = (head_mass / adult_head) ** (1 / 3)
    head_centre = SHOULDER_M * scale + (HEAD_CENTRE_M - SHOULDER_M) * size
    whole = mass + head_mass
    new_centre = (mass * headless.mass_centre + head_mass * head_centre) / whole
    new_inertia = _moved(headless.inertia, mass, headless.mass_centre - new_centre) + _moved(
        head_mass * (size * HEAD_GYRATION_M) ** 2, head_mass, head_centre - new_centre
    )
    return replace(torso, mass=whole, mass_centre=new_centre, inertia=new_inertia)
