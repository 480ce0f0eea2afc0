"""Many draws of a look, a frame each of one walk, in one picture: to tune a look file by eye."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw

from engine.core.errors import SpecError
from engine.core.files import replace_file
from engine.core.seeds import MAX_SEED, stage_rng, stage_seed
from render.core.frame import Image
from render.film.look_file import LookFile
from render.film.scene import CameraScene, draw_place, draw_scene
from render.film.shoot import make_figure, paint
from render.film.take import BodyWalk, Take, dressed
from render.people.appearance import draw_appearance
from render.sensor.sensor import Sensor

_FORMATS = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG"}
_GAP, _LABEL = 3, 13
_MIDDLE = (0.25, 0.75)
"""Between which shares of the walk the shown frame lies."""


def preview_tiles(walk: BodyWalk, look: LookFile, tiles: int, *, seed: int) -> Iterator[tuple[str, Image]]:
    """A caption and a picture ``(height, width, 3)`` for each of ``tiles`` draws: another appearance, place, camera and sensor each time.

    Raises:
        MissingDependencyError: the painter's libraries are missing.
        SpecError: the look holds no clothes for the subject.
    """
    for number in range(tiles):
        own = stage_seed(seed, f"tile{number}", "preview")
        yield _tile(another_person(walk, look, own), look, f"random{number}", own)


def another_person(walk: BodyWalk, look: LookFile, seed: int) -> Take:
    """The walk of somebody whose appearance ``seed`` draws, with the subject's own walking aid.

    Raises:
        SpecError: the look holds no clothes for the subject.
    """
    aid = draw_appearance(walk.subject, look.people).aid
    walk = replace(walk, subject=replace(walk.subject, appearance_seed=seed % MAX_SEED))
    return dressed(walk, replace(draw_appearance(walk.subject, look.people), aid=aid))


def _tile(take: Take, look: LookFile, camera: str, seed: int) -> tuple[str, Image]:
    place = draw_place(take, look, seed)
    scene = draw_scene(take, look, place, camera, seed)
    rng = stage_rng(seed, camera, "preview")
    index = int(rng.uniform(*_MIDDLE) * (len(scene.motion) - 1))
    frame = next(paint(make_figure(take), scene, look.backend, [index]))
    sensor = Sensor(scene.sensor, scene.path[index], scene.fps, stage_rng(seed, camera, "noise"))
    return f"{place.name}, {_described(scene)}", sensor.expose(frame)


def _described(scene: CameraScene) -> str:
    moving = "moving" if len({id(camera) for camera in scene.path}) > 1 else "static"
    width, height = scene.path[0].size
    return f"{moving}, {width} x {height}"


def write_preview(output: Path, tiles: Sequence[tuple[str, Image]], *, columns: int = 6, height: int = 256) -> None:
    """All tiles in rows of ``columns``, each scaled to ``height`` pixels, under its caption; PNG or JPEG by the name of ``output``.

    Raises:
        SpecError: ``output`` is called otherwise.
    """
    form = _FORMATS.get(output.suffix.lower())
    if form is None:
        raise SpecError(f"{output}: a preview is a picture; call it .jpg or .png")
    output.parent.mkdir(parents=True, exist_ok=True)
    with replace_file(output) as temporary:
        _tiled(tiles, min(columns, len(tiles)), height).save(temporary, format=form, quality=85)


def _tiled(tiles: Sequence[tuple[str, Image]], columns: int, height: int) -> Pillow.Image:
    pictures = [(text, _scaled(picture, height)) for text, picture in tiles]
    rows = [pictures[start : start + columns] for start in range(0, len(pictures), columns)]
    width = max(sum(picture.width + _GAP for _, picture in row) for row in rows)
    sheet = Pillow.new("RGB", (width, len(rows) * (height + _LABEL + _GAP)), "white")
    draw = ImageDraw.Draw(sheet)
    for number, row in enumerate(rows):
        left, top = 0, number * (height + _LABEL + _GAP)
        for text, picture in row:
            draw.text((left + 2, top), text, fill="black")
            sheet.paste(picture, (left, top + _LABEL))
            left += picture.width + _GAP
    return sheet


def _scaled(picture: Image, height: int) -> Pillow.Image:
    image = Pillow.fromarray(np.ascontiguousarray(picture))
    return image.resize((round(image.width * height / image.height), height), Pillow.Resampling.LANCZOS)
