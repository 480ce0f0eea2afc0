"""The contract of a painter, and the look-up by name.

A painter is an entry point of the group ``gaitforge.painters``. A user's own package adds one with one line of its own ``pyproject.toml``,
and a look file names it: ``backend: mine``.
"""

from collections.abc import Callable, Collection, Mapping
from importlib.metadata import entry_points
from typing import Any, Protocol, Self, runtime_checkable

from engine.core.arrays import Array
from engine.core.errors import MissingDependencyError, SpecError
from render.camera.camera import Camera
from render.camera.demands import Demand
from render.core.frame import Frame
from render.core.light import Light
from render.people.figure import Figure
from render.places.backgrounds import Backdrop
from render.places.surfaces import Room

GROUP = "gaitforge.painters"


@runtime_checkable
class Painter(Protocol):
    """Draws one figure in one lit room. A context manager: what it holds is freed at the end."""

    @staticmethod
    def draws() -> frozenset[Demand]:
        """Which of all demands it fulfils."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def aim(self, camera: Camera, following: Camera | None = None) -> None:
        """Looks through ``camera`` from now on, through ``following`` in the next frame (``None``: the same)."""
        ...

    def draw(self, transforms: Array, following: Array | None = None, rates: Array | None = None) -> Frame:
        """The figure posed by one frame's ``transforms (55, 3, 4)``. ``following`` are those of the next frame, to which the frame's
        velocity leads; ``rates`` their changes per second, which a rolling shutter shows."""
        ...


def available_painters() -> list[str]:
    """Names of the painters in this environment, sorted; what one needs is imported when it is asked for."""
    return sorted(entry_points(group=GROUP).names)


def find_painter(name: str) -> Callable[[Room, Figure, Light, Backdrop | None], Painter]:
    """The painter called ``name``: give it a room, a figure, the light and what lies behind everything.

    Raises:
        SpecError: nobody is called so, or who is breaks the contract.
        MissingDependencyError: what it draws with is not installed (some tell only when they are made).
    """
    check_backend(name)
    painter = entry_points(group=GROUP)[name].load()
    if not (isinstance(painter, type) and issubclass(painter, Painter)):
        raise SpecError(f"backend: {painter} is no class with the methods of {Painter.__name__}")
    return painter


def check_backend(name: str) -> None:
    """Refuses a name that no painter has.

    Raises:
        SpecError: names those there are.
    """
    if name not in available_painters():
        raise SpecError(f"backend: no painter is called {name!r}; installed: {', '.join(available_painters())}")


def check_demands(name: str, asked: Mapping[str, Collection[Demand]]) -> None:
    """Refuses what the painter of that name does not draw; ``asked`` are demands by who has them. A painter whose library is not on this
    machine is not judged, since another machine may draw.

    Raises:
        SpecError: nobody is called so, or who is does not draw all that is asked: names who asks.
    """
    try:
        painter: Any = find_painter(name)
    except MissingDependencyError:
        return
    refused = [
        f"{who}: {demand}" for who, demands in asked.items() for demand in demands if demand not in painter.draws()
    ]
    if refused:
        raise SpecError(
            f"backend: {name} does not draw {'; '.join(sorted(refused))}; leave that out or draw with pyrender"
        )
