"""Collects one camera's labels while its frames are drawn, and writes them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import render.labels.run_lengths as run_lengths
from engine.core.arrays import Array, Labels, Mask
from render.camera.camera import Camera
from render.core.frame import Frame
from render.figure.body_parts import PARTS
from render.labels.camera_labels import (
    CameraLabels,
    CameraPath,
    SeenPoints,
    as_path,
    project_path,
    surface_boxes,
)
from render.labels.keypoint_sets import SETS, SetName, margins
from render.labels.label_files import write_labels
from render.labels.pictures import (
    CropTrack,
    MaskTrack,
    crop_box,
    person_mask,
    to_millimetres,
    write_crops,
    write_masks,
)
from render.labels.section import LabelsSection
from render.labels.track import BodyTrack
from render.labels.visibility import visible_points


class Labeller:
    """Labels of ``track`` through ``camera`` (one, or one for each frame). Frames are shown to `take` in any order; where none is, every
    point inside the picture counts as visible, and no pixels are labelled. ``aid`` and ``orthoses`` as in `CameraLabels`."""

    def __init__(
        self,
        track: BodyTrack,
        camera: Camera | CameraPath,
        fps: float,
        stature: float,
        section: LabelsSection,
        *,
        aid: str = "",
        orthoses: str = "",
    ) -> None:
        self._track, self._fps, self._section = track, fps, section
        self._aid, self._orthoses = aid, orthoses
        self._path = as_path(camera, len(track))
        self._margins: dict[SetName, Array] = {name: margins(name, stature) for name in SETS}
        self._projected: dict[SetName, tuple[Array, Array]] = {
            name: project_path(self._path, points, fps) for name, points in track.sets.items()
        }
        self._visible: dict[SetName, Mask] = {
            name: self._path[0].in_frame(*view) for name, view in self._projected.items()
        }
        self._masks: dict[int, run_lengths.Counts] = {}
        self._boxes = np.zeros((len(track), 4), np.int32)
        self._depth: dict[int, NDArray[np.uint16]] = {}
        self._parts: dict[int, Labels] = {}

    def take(self, index: int, frame: Frame) -> None:
        """What the drawn frame ``index`` shows."""
        person = person_mask(frame)
        for name, (pixels, depth) in self._projected.items():
            self._visible[name][index] &= visible_points(
                pixels[index], depth[index], self._margins[name], frame, person
            )
        left, top, right, bottom = self._boxes[index] = crop_box(frame.person)
        if self._section.masks:
            self._masks[index] = run_lengths.encode(person)
        if self._section.depth:
            self._depth[index] = to_millimetres(frame.depth[top:bottom, left:right])
        if self._section.parts:
            self._parts[index] = frame.parts[top:bottom, left:right].copy()

    def labels(self) -> CameraLabels:
        """What has been collected."""
        masks = self.masks()
        seen: dict[SetName, SeenPoints] = {
            name: SeenPoints(pixels, self._visible[name]) for name, (pixels, _) in self._projected.items()
        }
        return CameraLabels(
            seen=seen,
            world=self._track.sets,
            bbox=surface_boxes(self._track, self._path, self._fps),
            cameras=self._path,
            fps=self._fps,
            bbox_visible=None if masks is None else masks.boxes(),
            aid=self._aid,
            orthoses=self._orthoses,
        )

    def masks(self) -> MaskTrack | None:
        """The person's masks, if they were asked for and all frames were shown."""
        if len(self._masks) < len(self._track):
            return None
        return MaskTrack(tuple(self._masks[k] for k in range(len(self._track))), self._path[0].size)

    def write(self, folder: Path) -> Path:
        """Writes ``<camera>.npz``, and ``<camera>.masks.npz``, ``.depth.npz``, ``.parts.npz`` where they were asked for and drawn; returns
        the first."""
        name = self._path[0].name
        path = folder / f"{name}.npz"
        if masks := self.masks():
            write_masks(folder / f"{name}.masks.npz", masks)
        for kind, crops, names in (("depth", self._depth, ()), ("parts", self._parts, PARTS)):
            if len(crops) == len(self._track):
                ordered = tuple(crops[k] for k in range(len(self._track)))
                write_crops(folder / f"{name}.{kind}.npz", CropTrack(self._boxes, ordered, self._path[0].size), names)
        write_labels(path, self.labels(), self._section)
        return path
