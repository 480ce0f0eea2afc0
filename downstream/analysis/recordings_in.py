"""The recordings that a folder holds: files of keypoints, videos, and folders with a file for each frame, at any depth."""

from collections.abc import Collection, Iterator
from pathlib import Path

from downstream.recordings.formats.json_files import are_frames
from downstream.recordings.reading import READERS
from downstream.recordings.videos.video_frames import SUFFIXES
from downstream.reports.write_reading import JSON_FILE
from engine.core.errors import DataError


def is_one_recording(path: Path) -> bool:
    """Whether a path is a file, or a folder of the frames of one recording."""
    if not path.is_dir():
        return True
    files = sorted(path.iterdir())
    try:
        return all(file.suffix.lower() == ".json" for file in files) and are_frames(files)
    except DataError:
        return False


def recordings_in(folder: Path, besides: Collection[Path] = ()) -> dict[str, Path]:
    """Recordings of a folder by name, in order: their path in it, without its ending where that leaves them apart. What lies in ``besides``
    and earlier results are left out.

    Raises:
        DataError: it holds none.
    """
    left_out = {path.resolve() for path in besides}
    found = list(_below(folder, left_out))
    if not found:
        endings = ", ".join(sorted({*READERS, *SUFFIXES}))
        raise DataError(f"{folder}: holds no recording, neither a file of keypoints nor a video ({endings})")
    bare = [path.relative_to(folder).with_suffix("").as_posix() for path in found]
    return {
        name if bare.count(name) == 1 else path.relative_to(folder).as_posix(): path
        for name, path in zip(bare, found, strict=True)
    }


def _below(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    if (folder / JSON_FILE).is_file():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.resolve() in left_out:
            continue
        if path.is_dir() and not is_one_recording(path):
            yield from _below(path, left_out)
        elif path.is_dir() or path.suffix.lower() in {*READERS, *SUFFIXES}:
            yield path
