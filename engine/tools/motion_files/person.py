"""Who made a recorded motion, and the body on which physics is to judge it: ours, or a model of the user's."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine.core.conventions import Sex
from engine.core.errors import SpecError
from engine.gait.records import HEIGHT_RANGE_M, MASS_RANGE_KG, MusculoskeletalParameters, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.toolkit import opensim
from engine.musculoskeletal.user_model import UserModel, read_user_model
from engine.physics.embodied import Embodied, embody_person
from engine.physics.user_body import embody_model, estimated_height, shape_of


@dataclass(frozen=True)
class Description:
    """What a user tells: ``model`` and ``contact`` are files; what is None comes from the model."""

    name: str
    age_years: float
    sex: Sex
    height_m: float | None = None
    mass_kg: float | None = None
    model: Path | None = None
    contact: Path | None = None


@dataclass(frozen=True)
class Person:
    """A body that is ready to walk; ``notes`` tell what was assumed or changed. ``own_model`` if it is the user's."""

    embodied: Embodied
    notes: tuple[str, ...]
    own_model: bool

    @property
    def subject(self) -> Subject:
        return self.embodied.subject

    @property
    def model(self) -> opensim.Model:
        return self.embodied.model


def make_person(told: Description) -> Person:
    """The body of whoever walked.

    Raises:
        SpecError: stature or mass is missing and there is no model to tell them, or they are outside human ranges.
        DataError: the model does not fit; the message lists everything.
    """
    return _with_own_model(told, told.model) if told.model else _with_our_model(told)


def _subject(told: Description, height_m: float, mass_kg: float) -> Subject:
    try:
        return Subject(told.name, told.age_years, told.sex, height_m, mass_kg)
    except ValueError as error:
        raise SpecError(f"--{str(error).replace('_years', '').replace('_m:', ':').replace('_kg', '')}") from error


def _with_our_model(told: Description) -> Person:
    if told.height_m is None or told.mass_kg is None:
        raise SpecError("--height and --mass are needed to build a body; or give a model of your own with --model")
    if told.contact:
        raise SpecError("--contact goes with --model; our own model has its own soles")
    subject = _subject(told, told.height_m, told.mass_kg)
    shape = anthropometric_body(subject.age_years, subject.sex, subject.height_m)
    return Person(embody_person(subject, shape, MusculoskeletalParameters()), (), own_model=False)


def _with_own_model(told: Description, path: Path) -> Person:
    _check_option("height", told.height_m, HEIGHT_RANGE_M)
    _check_option("mass", told.mass_kg, MASS_RANGE_KG)
    user = read_user_model(path, told.mass_kg)
    height = estimated_height(user.model) if told.height_m is None else told.height_m
    notes = list(user.notes)
    if told.height_m is None:
        notes.append(f"stature {height:.2f} m, from the length of the model's legs")
    subject = _subject(told, height, _mass_of(user))
    embodied = embody_model(user, subject, shape_of(user.model, height), told.contact)
    return Person(embodied, tuple(notes), own_model=True)


def _check_option(name: str, value: float | None, bounds: tuple[float, float]) -> None:
    """Before the model is scaled by it: OpenSim fails on a body without mass."""
    if value is not None and not bounds[0] <= value <= bounds[1]:
        raise SpecError(f"--{name}: {value} is outside {bounds[0]} to {bounds[1]}")


def _mass_of(user: UserModel) -> float:
    return float(user.model.getTotalMass(user.model.initSystem()))


def embodiment(person: Person) -> Callable[..., Embodied]:
    """For `OpenSimEnforcer`: whatever is proposed happens to this body."""
    return lambda _proposal, _shape: person.embodied
