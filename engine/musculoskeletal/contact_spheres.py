"""The soles that a user's model brings along: its own contact spheres, in the model or in a file beside it."""

from pathlib import Path

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import SIDES, suffix
from engine.core.errors import DataError
from engine.musculoskeletal.foot_contact import SolePoints, both_soles
from engine.musculoskeletal.toolkit import opensim

FEWEST = 3
"""Spheres that a foot needs at least to stand."""

_CARRIERS = ("calcn", "toes")

Sphere = tuple[str, Array, float]
"""Body that carries it, centre ``(3,)`` m in the body, radius m."""


def model_spheres(model: opensim.Model) -> SolePoints | None:
    """The contact spheres on heel bones and toes of a model; None if it has none on a foot."""
    found = _spheres(model.getContactGeometrySet())
    return _feet("model", found) if found else None


def spheres_in_file(path: Path) -> SolePoints:
    """The contact spheres on heel bones and toes in an OpenSim ContactGeometrySet file (``.xml``).

    Raises:
        DataError: the file cannot be read, or a foot has fewer than `FEWEST` spheres.
    """
    if not path.is_file():
        raise DataError(f"{path}: no such file; expected an OpenSim ContactGeometrySet")
    try:
        found = _spheres(opensim.ContactGeometrySet(str(path)))
    except RuntimeError as error:
        raise DataError(f"{path}: OpenSim cannot read contact geometry here ({str(error).splitlines()[0]})") from error
    return _feet(str(path), found)


def _spheres(geometry: opensim.ContactGeometrySet) -> list[Sphere]:
    found = []
    for i in range(geometry.getSize()):
        sphere = opensim.ContactSphere.safeDownCast(geometry.get(i))
        if sphere is None:
            continue
        carrier = sphere.getSocket("frame").getConnecteePath().rsplit("/", 1)[-1]
        if carrier.rsplit("_", 1)[0] in _CARRIERS:
            found.append((carrier, sphere.get_location().to_numpy(), sphere.getRadius()))
    return found


def _feet(source: str, found: list[Sphere]) -> SolePoints:
    sides = [sorted((s for s in found if s[0].endswith(suffix(side))), key=_heel_to_toe) for side in SIDES]
    for side, own in zip(SIDES, sides, strict=True):
        if len(own) < FEWEST:
            raise DataError(
                f"{source}: {len(own)} contact spheres on the {side} calcn and toes; a foot needs {FEWEST} or more"
            )
    right, left = (
        SolePoints(tuple(s[0] for s in own), np.array([s[1] for s in own]), np.array([s[2] for s in own]))
        for own in sides
    )
    return both_soles(right, left)


def _heel_to_toe(sphere: Sphere) -> tuple[bool, float]:
    carrier, place, _ = sphere
    return carrier.startswith("toes"), float(place[0])
