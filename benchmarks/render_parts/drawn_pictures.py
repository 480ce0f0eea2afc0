"""One recorded picture each of many draws of a look, with what is known of it, and the same moment as a grey mannequin.

Another person, place, camera and sensor each time; the picture goes through the camera's own video codec. Each draw depends on its number
and the seed alone and lies in a file of its own, so that a run that was stopped goes on.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from benchmarks.render_parts.mannequin import draw_mannequin
from engine.core.arrays import Array, Labels
from engine.core.conventions import COCO_KEYPOINTS
from engine.core.files import replace_file
from engine.core.seeds import stage_rng, stage_seed
from render.core.frame import Frame, Image
from render.core.video import read_frames, write_video
from render.film.look_file import LookFile
from render.film.preview import another_person
from render.film.refilm import read_body_walk
from render.film.scene import CameraScene, draw_place, draw_scene
from render.film.shoot import make_figure, paint
from render.film.take import BodyWalk
from render.labels import Labeller
from render.sensor.sensor import Sensor

_STAGE = "look pictures"
_JOINTS = [k for k, name in enumerate(COCO_KEYPOINTS) if not name.endswith(("nose", "eye", "ear"))]


@dataclass(frozen=True)
class DrawnPicture:
    """``picture`` as recorded, ``mannequin`` as drawn ``(height, width, 3)``; ``keypoints (17, 3)`` COCO's in pixels and 1 where visible;
    ``box (4,)`` left, top, right, bottom of the body, cut at the picture's edge; ``bearing`` rad of the camera from straight ahead of
    the walker to their left; ``covered`` share of the 12 joints inside the picture that something in the place hides."""

    picture: Image
    mannequin: Image
    keypoints: Array
    box: Array
    bearing: float
    covered: float
    place: str
    camera: str
    condition: str
    age_years: float

    @property
    def height(self) -> float:
        """Of the person in the picture, pixels."""
        return float(self.box[3] - self.box[1])


def draw_file_name(number: int) -> str:
    """File of a draw in its folder."""
    return f"{number:04d}.npz"


def write_draws(
    folder: Path, walks: Sequence[Path], look: LookFile, cameras: Sequence[str], count: int, seed: int
) -> list[Path]:
    """Makes draws 0 to ``count`` − 1 into ``folder``, except those that are there. Walks and cameras take turns; a camera's name that ends
    in ``#`` gets the draw's number."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / draw_file_name(number) for number in range(count)]
    for number, path in enumerate(paths):
        if not path.is_file():
            camera = cameras[number % len(cameras)].replace("#", str(number))
            walk = walks[stage_rng(seed, f"look{number}", "walk").integers(len(walks))]
            made = draw_picture(read_body_walk(walk), look, camera, stage_seed(seed, f"look{number}", _STAGE))
            with replace_file(path) as temporary, temporary.open("wb") as file:
                np.savez_compressed(file, **asdict(made))
    return paths


def read_drawn_picture(path: Path) -> DrawnPicture:
    """What `write_draws` wrote."""
    with np.load(path, allow_pickle=False) as data:
        values = {field.name: data[field.name] for field in fields(DrawnPicture)}
    return DrawnPicture(**{name: value if value.ndim else value.item() for name, value in values.items()})


def draw_picture(walk: BodyWalk, look: LookFile, camera: str, seed: int) -> DrawnPicture:
    """One moment of the walk, in an appearance, place and sensor drawn from ``seed``."""
    take = another_person(walk, look, seed)
    place = draw_place(take, look, seed)
    scene = draw_scene(take, look, place, camera, seed)
    index = int(stage_rng(seed, camera, "moment").integers(len(scene.motion)))
    frame = next(paint(make_figure(take), scene, look.backend, [index]))
    labeller = Labeller(scene.track, scene.path, scene.fps, take.subject.height_m, look.labels)
    labeller.take(index, frame)
    labels = labeller.labels()
    return DrawnPicture(
        picture=_recorded(scene, index, frame, seed),
        mannequin=draw_mannequin(take, scene, index),
        keypoints=labels.keypoints2d[index],
        box=labels.bbox[index],
        bearing=_bearing(scene, index),
        covered=covered_share(labels.keypoints2d[index], frame),
        place=place.name,
        camera=camera.rstrip("0123456789"),
        condition=take.subject.condition.name,
        age_years=take.subject.age_years,
    )


def covered_share(keypoints: Array, frame: Frame) -> float:
    """Share of the joints inside the picture that are hidden by what is not the person (0 if none is inside)."""
    height, width = frame.depth.shape
    pixels = np.rint(keypoints[_JOINTS, :2]).astype(int)
    inside = ((pixels >= 0) & (pixels < [width, height])).all(axis=1)
    column, row = pixels[inside].T
    hidden = (keypoints[_JOINTS, 2][inside] == 0) & ~frame.person[row, column]
    return float(hidden.mean()) if len(hidden) else 0.0


def _recorded(scene: CameraScene, index: int, frame: Frame, seed: int) -> Labels:
    """Through sensor and codec."""
    sensor = Sensor(scene.sensor, scene.path[index], scene.fps, stage_rng(seed, scene.name, "noise"))
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "one.mp4"
        write_video(video, [sensor.expose(frame)], scene.path[0].size, scene.fps, crf=scene.sensor.crf)
        return read_frames(video)[0]


def _bearing(scene: CameraScene, index: int) -> float:
    x, _, z = scene.path[index].position - scene.track.joints[index, 0]
    return float(np.arctan2(x, z))
