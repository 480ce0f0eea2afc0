"""Coordinates of a model that follow another one, as the patella follows the knee."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.musculoskeletal.toolkit import opensim

Function = Callable[[float], float]


@dataclass(frozen=True)
class Coupling:
    """The coupled coordinate equals ``function`` of the coordinate called ``driver``."""

    driver: str
    function: Function


def as_callable(function: opensim.Function) -> Function:
    """OpenSim's function of one variable as a Python function. Its model must stay alive."""
    return lambda x: float(function.calcValue(opensim.Vector(1, float(x))))


def read_couplings(model: opensim.Model) -> dict[str, Coupling]:
    """Couplings by the name of the coordinate that follows."""
    constraints = model.getConstraintSet()
    couplers = (
        opensim.CoordinateCouplerConstraint.safeDownCast(constraints.get(i)) for i in range(constraints.getSize())
    )
    return {
        coupler.getDependentCoordinateName(): Coupling(
            coupler.getIndependentCoordinateNames().get(0), as_callable(coupler.getFunction())
        )
        for coupler in couplers
        if coupler is not None
    }
