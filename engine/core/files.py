"""Files and folders that appear whole or not at all, and files known by their content."""

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from engine.core.errors import DataError

TEMPORARY_PREFIX = ".unfinished-"


def file_fingerprint(path: Path) -> str:
    """Of what is in the file, wherever it lies.

    Raises:
        DataError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error})") from error


def _beside(target: Path) -> Path:
    return target.with_name(f"{TEMPORARY_PREFIX}{uuid4().hex[:8]}-{target.name}")


@contextmanager
def replace_file(target: Path) -> Iterator[Path]:
    """A path to write to; what was written takes the place of ``target`` when the block ends without error."""
    temporary = _beside(target)
    try:
        yield temporary
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replace_folder(target: Path) -> Iterator[Path]:
    """An empty folder to fill; it takes the place of ``target`` when the block ends without error."""
    temporary = _beside(target)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if target.exists():
            shutil.rmtree(target)
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def require_own_folder(folder: Path, mark: str) -> None:
    """Before a folder is replaced: it must be absent, empty, or an earlier result, which holds the file ``mark``.

    Raises:
        DataError: the folder holds something else.
    """
    own = not folder.exists() or (folder.is_dir() and (not any(folder.iterdir()) or (folder / mark).is_file()))
    if not own:
        raise DataError(f"{folder}: holds something else; choose a new folder")


def remove_unfinished(folder: Path) -> None:
    """Removes what a killed run left behind in ``folder``."""
    for path in folder.glob(f"{TEMPORARY_PREFIX}*"):
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
