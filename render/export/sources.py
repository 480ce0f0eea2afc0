"""What there is to export: the filmed walks of a cohort, or one walk."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from engine.cohort.layout import CohortFiles, WalkFiles
from engine.cohort.manifest import read_manifest
from engine.core.arrays import Index
from engine.core.errors import DataError
from render.body.posing import Pose
from render.film.refilm import MOTION_FILE, read_body_walk
from render.film.take import BodyWalk, resampled
from render.labels.camera_labels import CameraLabels, SeenPoints, label_camera
from render.labels.keypoint_sets import SETS, SetName
from render.labels.label_files import read_labels
from render.labels.pictures import MaskTrack, read_masks
from render.labels.track import track_body

WHOLE = "all"
"""Name of the split of a walk that belongs to no cohort."""
_WALK = ("subject_id", "walk_id", "split")
_PIXEL_FILES = (".masks", ".depth", ".parts")


@dataclass(frozen=True)
class View:
    """One camera of a walk; ``video`` is None where only labels were made."""

    camera: str
    labels: Path
    video: Path | None

    def masks(self) -> MaskTrack | None:
        """The person's masks, if they were kept."""
        path = self.labels.with_suffix(".masks.npz")
        return read_masks(path) if path.is_file() else None


@dataclass(frozen=True)
class FilmedWalk:
    """A walk's folder and its cameras."""

    subject_id: str
    walk_id: str
    split: str
    folder: Path
    views: tuple[View, ...]

    @property
    def name(self) -> str:
        return f"{self.subject_id}/{self.walk_id}"

    @property
    def motion(self) -> Path:
        """``smplx.npz``."""
        return self.folder / MOTION_FILE


def find_walks(source: Path, cameras: Sequence[str] = ()) -> list[FilmedWalk]:
    """The filmed walks of the cohort or in the walk's folder ``source``, with those of their ``cameras`` (none: all).

    Raises:
        DataError: ``source`` is neither, or holds no walk that was filmed by one of the cameras.
    """
    found = [_walk(source)] if (source / MOTION_FILE).is_file() else _walks_of_cohort(source)
    chosen = [_with_cameras(walk, cameras) for walk in found] if cameras else found
    walks = [walk for walk in chosen if walk.views]
    if not walks:
        there = sorted({view.camera for walk in found for view in walk.views})
        cure = f"its cameras are {', '.join(there)}" if there else "film it with `gaitforge render`"
        raise DataError(f"{source}: no filmed walk; {cure}")
    return walks


def labels_with(walk: FilmedWalk, view: View, name: SetName) -> CameraLabels:
    """A view's labels with the set ``name``. Where the file lacks it, it is made again from ``smplx.npz``; then what COCO's keypoints of
    the same name tell is visible or not, everything else inside the picture counts as visible.

    Raises:
        DataError: a file is missing or broken, or the motion has another number of frames.
    """
    labels = read_labels(view.labels)
    if name in labels.seen:
        return labels
    recorded = read_body_walk(walk.folder)
    track = track_body(recorded.model, recorded.body.betas, pose_seen(recorded, walk, labels))
    again = label_camera(track, labels.cameras, labels.fps).seen[name]
    visible, coco = again.visible.copy(), SETS["coco17"].points
    for k, point in enumerate(SETS[name].points):
        if point in coco:
            visible[:, k] &= labels.seen["coco17"].visible[:, coco.index(point)]
    return replace(
        labels,
        seen=labels.seen | {name: SeenPoints(again.pixels, visible)},
        world=labels.world | {name: track.sets[name]},
    )


def pose_seen(recorded: BodyWalk, walk: FilmedWalk, labels: CameraLabels) -> Pose:
    """The body as the camera saw it: the walk's motion at the camera's frame rate, in the place of the camera's labels (on a treadmill the
    walk stays where it is).

    Raises:
        DataError: labels and motion do not belong together.
    """
    pose, seen = resampled(recorded.pose, recorded.fps, labels.fps), labels.world["smplx"]
    if len(pose) < len(seen):
        raise DataError(
            f"{walk.motion}: {len(pose)} frames at {labels.fps:g} a second, the labels of {labels.cameras[0].name} have {len(seen)}; "
            "film the walk again"
        )
    return Pose(pose.rotations[: len(seen)], seen[:, 0])


def _walk(folder: Path) -> FilmedWalk:
    place = folder.resolve()
    files = WalkFiles(folder)
    no_labels = (MOTION_FILE, files.points.name, files.dynamics.name)
    arrays = sorted(path for path in folder.glob("*.npz") if path.name not in no_labels)
    labels = [path for path in arrays if Path(path.stem).suffix not in _PIXEL_FILES]
    views = tuple(_view(path.stem, path, path.with_suffix(".mp4")) for path in labels)
    return FilmedWalk(place.parent.name, place.name, WHOLE, folder, views)


def _view(camera: str, labels: Path, video: Path | None) -> View:
    return View(camera, labels, video if video is not None and video.is_file() else None)


def _walks_of_cohort(folder: Path) -> list[FilmedWalk]:
    files = CohortFiles(folder).require()
    manifest = read_manifest(files.manifest)
    _refuse_paths(files.manifest, manifest)
    walks = []
    for (subject, walk, split), rows in manifest.groupby(list(_WALK), sort=True):
        filmed = rows[rows["annotations"] != ""]
        views = tuple(
            _view(row.camera, _inside(folder, row.annotations), _inside(folder, row.video) if row.video else None)
            for row in filmed.itertuples()
        )
        walks.append(FilmedWalk(subject, walk, split, files.subject(subject).walk(walk).folder, views))
    return walks


def _refuse_paths(path: Path, manifest: pd.DataFrame) -> None:
    """Names become folders and files: none may lead elsewhere."""
    for column in (*_WALK, "camera"):
        for name in manifest[column].unique():
            if name and Path(name).name != name:
                raise DataError(f"{path}: {column} {name!r} must be a plain name")


def _inside(folder: Path, relative: str) -> Path:
    path = folder / relative
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(f"{folder / 'manifest.parquet'}: {relative!r} lies outside the cohort's folder")
    return path


def _with_cameras(walk: FilmedWalk, cameras: Sequence[str]) -> FilmedWalk:
    return replace(walk, views=tuple(view for view in walk.views if view.camera in cameras))


def every_nth(frames: int, every: int) -> Index:
    """Indices of every ``every``-th frame, from the first on."""
    return np.arange(0, frames, every)
