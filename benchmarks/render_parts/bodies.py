"""Whether bodies meet stature and mass, and how fast they are made."""

import time
from collections.abc import Iterator

import numpy as np

from engine.gait.records import Subject
from render.body.default_body import build_body
from render.body.model import load_body_model
from render.body.shape import SmplxBodyMaker
from render.body.solid import mass, stature

_STATURES_M = {3: 0.95, 6: 1.16, 10: 1.39, 14: 1.62, 30: 1.70, 60: 1.68, 85: 1.60}
_ADULT_BMI, _CHILD_BMI, _CHILD_YEARS = (15, 18, 22, 30, 40), (14, 16, 20, 25), 9


def bodies(*, build: bool) -> Iterator[str]:
    """Errors of stature and mass over people of all ages; with ``build``, the time to build the default body anew."""
    if build:
        began = time.process_time()
        build_body(lambda _: None)
        yield f"default body built in {time.process_time() - began:.0f} s"
    maker, errors, seconds = SmplxBodyMaker(), [], []
    for person in _people():
        began = time.process_time()
        shape = maker.make(person)
        seconds.append(time.process_time() - began)
        model = load_body_model(maker.model_file(person))
        vertices, _ = model.shaped(shape.betas)
        errors.append((stature(vertices) - person.height_m, mass(vertices, model.faces) / person.mass_kg - 1))
    worst = np.abs(errors).max(axis=0)
    yield (
        f"{len(errors)} bodies of 3 to 85 years, BMI 14 to 40: stature within {1e3 * worst[0]:.2f} mm, "
        f"mass within {100 * worst[1]:.3f} %, {np.median(seconds[1:]):.2f} s each, {max(seconds[1:]):.2f} at worst"
    )


def _people() -> Iterator[Subject]:
    for age, height in _STATURES_M.items():
        for sex in ("female", "male"):
            for bmi in _ADULT_BMI if age > _CHILD_YEARS else _CHILD_BMI:
                yield Subject("x", age, sex, height, bmi * height**2)
