"""Other people who stand about: a dressed body, posed once, as part of a place."""

import numpy as np

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.gait.records import Subject
from render.body.locate import body_file
from render.body.model import load_body_model
from render.body.placement import pose_walk
from render.body.shape import SmplxBodyMaker
from render.figure.anatomy import Anatomy
from render.people.appearance import draw_appearance
from render.people.figure import dress
from render.people.people_section import read_people
from render.places.place import Piece
from render.places.surfaces import Room

_CELL_M = 0.006
_YEARS = (20.0, 80.0)
_HEIGHT_M = {"female": (1.63, 0.07), "male": (1.77, 0.07)}
"""Mean and standard deviation: NCD-RisC 2016 (eLife 5:e13410), adults of high-income countries, rounded."""
_BMI = (25.5, 3.5)


def bystander(rng: np.random.Generator, smplx_folder: str | None = None) -> Piece:
    """An adult who stands at the origin and looks along z; ``smplx_folder`` as in `render.body.locate.body_file`."""
    sex = "female" if rng.uniform() < 0.5 else "male"
    height = float(np.clip(rng.normal(*_HEIGHT_M[sex]), 1.45, 2.0))
    mass = float(np.clip(rng.normal(*_BMI), 18.5, 34.0)) * height**2
    seed = int(rng.integers(2**31))
    person = Subject("bystander", float(rng.uniform(*_YEARS)), sex, height, mass, appearance_seed=seed)
    body = SmplxBodyMaker(smplx_folder).make(person)
    model = load_body_model(body_file(sex, smplx_folder))
    pose = pose_walk(model, body, _standing(rng))
    appearance = draw_appearance(person, read_people())
    figure = dress(Anatomy.of(model, body), appearance, pose).simplified(_CELL_M)
    vertices, normals = figure.posed(pose.transforms(figure.joints)[0])
    lowest = vertices[:, 1].min()
    room = Room(
        vertices=(vertices - [0.0, lowest, vertices[:, 2].mean()]).astype(np.float32),
        normals=normals.astype(np.float32),
        faces=figure.faces,
        colours=figure.colours,
        grain=figure.grain,
        surface=figure.surface,
    )
    return Piece("person", (room,))


def _standing(rng: np.random.Generator) -> np.ndarray:
    """Coordinates ``(1, 31)`` of somebody who stands at ease, weight a little to one side."""
    q = np.zeros((1, len(COORDINATES)))
    lean = rng.normal(0, 3.0)
    for side, sign in (("r", 1.0), ("l", -1.0)):
        angles = {
            "hip_adduction": -4.0 + sign * lean,
            "hip_flexion": rng.uniform(0, 6),
            "knee_angle": rng.uniform(2, 10),
            "arm_add": -rng.uniform(8, 14),
            "arm_flex": rng.uniform(-5, 15),
            "elbow_flex": rng.uniform(8, 70),
            "pro_sup": rng.uniform(40, 80),
        }
        for name, degrees in angles.items():
            q[0, COORDINATE_INDEX[f"{name}_{side}"]] = np.radians(degrees)
    q[0, COORDINATE_INDEX["lumbar_rotation"]] = np.radians(rng.normal(0, 6))
    return q
