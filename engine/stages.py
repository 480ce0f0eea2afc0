"""The contracts between stages, and the look-up of who fills them.

A role is filled by an entry point of the group ``gaitforge.stages`` called ``role.name``, for instance ``proposer.diffusion``. A user's own
package fills a role with one line of its own ``pyproject.toml``, and a cohort spec names it: ``stages: {proposer: mine}``, or
``stages: {proposer: {name: mine, settings: {…}}}``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from pydantic import TypeAdapter, ValidationError

from engine.core.errors import SpecError
from engine.core.tasks import Finished
from engine.core.yaml_files import describe
from engine.gait.recording import Recording
from engine.gait.records import BodyShape, Gait, MusculoskeletalParameters, Proposal, Rejection, Subject, Walk

Item = TypeVar("Item")
Result = TypeVar("Result")

GROUP = "gaitforge.stages"


@runtime_checkable
class BodyMaker(Protocol):
    """Gives a subject the body that will be filmed, and with it the segment lengths that physics uses. ``fingerprint`` identifies the files
    that bodies are made from: the same one, the same bodies."""

    def fingerprint(self) -> str: ...

    def make(self, subject: Subject) -> BodyShape: ...


@runtime_checkable
class Proposer(Protocol):
    """Proposes a musculoskeletal system and a gait; unchecked. ``fingerprint`` identifies the weights: the same one, the same proposals.

    ``adapted`` tells whether the proposed gaits show already what the proposed body does to them: an adapter would count it twice.
    """

    adapted: bool

    def fingerprint(self) -> str: ...

    def propose(self, subject: Subject, body: BodyShape, *, speed_mps: float | None, seed: int) -> Proposal: ...


@runtime_checkable
class Adapter(Protocol):
    """Lets a changed body change its gait (optional stage between proposer and enforcer).

    The proposed gait is that of a person with the parameters ``baseline``; left out, of the same person without impairments. What comes
    back is the gait of the body with the proposal's own parameters.
    """

    def adapt(
        self, proposal: Proposal, body: BodyShape, baseline: MusculoskeletalParameters | None = None
    ) -> Proposal: ...


@runtime_checkable
class Enforcer(Protocol):
    """Makes a proposal feasible or rejects it with the reason; makes a walk of several strides of a feasible gait."""

    def enforce(self, proposal: Proposal, body: BodyShape) -> Gait | Rejection: ...

    def walk(self, gait: Gait, strides: int, *, seed: int) -> Walk | Rejection: ...

    def export_model(self, gait: Gait, path: Path) -> None: ...


@runtime_checkable
class MotionReader(Protocol):
    """Reads a file of poses of the rendered body as coordinates on the bones of ``body``.

    Raises `DataError` for what it cannot read.
    """

    def read(self, path: Path, body: BodyShape) -> Recording: ...


@dataclass(frozen=True)
class Shot:
    """One camera's view of a walk: file names relative to the walk's folder (``video`` is None if only labels were made).

    ``aid`` is what the person is seen to walk with, ``orthoses`` are the sides of the legs seen with an ankle-foot orthosis (such as
    ``left right``); each is empty if there is none.
    """

    camera: str
    video: str | None
    annotations: str
    aid: str = ""
    orthoses: str = ""


@runtime_checkable
class Filmer(Protocol):
    """Writes, per camera, ``<camera>.npz`` and (if asked) ``<camera>.mp4`` into ``folder``; for ``motion`` also ``smplx.npz``, to film the
    walk again, and for ``points`` ``points.npz`` (`engine.cohort.points_file`), of the very points that the labels project. There may be
    no camera.

    ``fingerprint`` identifies all that pictures are drawn from: the same one, the same pictures. ``check`` raises `SpecError`, before any
    work starts, for a camera that it does not have or cannot film as the look wants, and for bodies that it cannot film.
    """

    def fingerprint(self) -> str: ...

    def check(self, cameras: Sequence[str], body: BodyMaker, *, video: bool) -> None: ...

    def film(
        self,
        walk: Walk,
        cameras: Sequence[str],
        folder: Path,
        *,
        video: bool,
        seed: int,
        points: bool = False,
        motion: bool = True,
    ) -> list[Shot]: ...


@runtime_checkable
class Executor(Protocol):
    """Runs many tasks, on this machine or on many.

    ``start`` is called once in each process and gives the function that does an item. It is a module-level function, or a
    `functools.partial` of one, so that processes find it by name; it, the items and the results are pickled, and small: what is large
    goes to files. An item may be done twice, which must do no harm. ``run`` yields each item under its name as it is finished; an exception
    of a task, or the death of its process, is a `Failure` of that item alone, but a `MachineError`, which `Failure.of` raises, and what
    ``start`` raises end the run. Who runs the tasks must not change their results.
    """

    def run(
        self, start: Callable[[], Callable[[Item], Result]], items: Mapping[str, Item], *, workers: int
    ) -> Iterator[Finished[Result]]: ...


ROLES: dict[str, type] = {
    "body": BodyMaker,
    "proposer": Proposer,
    "adapter": Adapter,
    "enforcer": Enforcer,
    "filmer": Filmer,
    "motion": MotionReader,
    "executor": Executor,
}


def available(role: str) -> list[str]:
    """Names that fill ``role`` in this environment, sorted."""
    prefix = f"{role}."
    return sorted(e.name.removeprefix(prefix) for e in entry_points(group=GROUP) if e.name.startswith(prefix))


def load_stage(
    role: str, name: str, settings: Mapping[str, Any] | None = None, folder: Path = Path(), **given: Any
) -> Any:
    """An instance of the stage called ``name`` in ``role``.

    ``settings`` are what a person wrote in a file in ``folder``: they are checked against the stage's own ``Settings`` (a pydantic model or
    a dataclass, an attribute of its class; paths in it are `engine.core.yaml_files.PathBeside`) and become keyword arguments, as does what
    the caller itself has ``given``.

    Raises:
        SpecError: nobody of that name fills the role, what does breaks the contract, or a setting is wrong.
    """
    kind = _kind(role, name)
    stage = kind(**_checked(role, name, kind, settings or {}, folder), **given)
    if not isinstance(stage, ROLES[role]):
        raise SpecError(f"stages.{role}: {kind.__module__}:{kind.__name__} lacks a member of {ROLES[role].__name__}")
    return stage


def pathless(role: str, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings without those that are paths: what lies there is told by the stage's fingerprint.

    Raises:
        SpecError: as `load_stage`.
    """
    checked = _checked(role, name, _kind(role, name), settings, Path()) if settings else {}
    return {field: value for field, value in settings.items() if not isinstance(checked[field], Path)}


def _kind(role: str, name: str) -> type:
    found = [e for e in entry_points(group=GROUP) if e.name == f"{role}.{name}"]
    if not found:
        raise SpecError(f"stages.{role}: no {role} is called {name!r}; installed: {', '.join(available(role))}")
    return found[0].load()


def _checked(role: str, name: str, kind: type, settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """The settings that are given, as the types that the stage declares."""
    if not settings:
        return {}
    model = getattr(kind, "Settings", None)
    if model is None:
        raise SpecError(f"stages.{role}.settings: {name} takes none; leave them out")
    try:
        made = TypeAdapter(model).validate_python(dict(settings), context={"folder": folder})
    except ValidationError as error:
        lines = [f"stages.{role}.settings.{line}" for line in describe(error)]
        raise SpecError("\n".join(lines)) from error
    return {field: getattr(made, field) for field in settings}
