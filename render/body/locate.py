"""Which body file is used: the user's licensed SMPL-X, or the default body."""

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import get_args

from engine.core.conventions import Sex
from engine.core.errors import DataError
from engine.core.files import file_fingerprint
from engine.core.yaml_files import STRICT, PathBeside
from render.body.default_body import default_body_file, ensure_default_body

VARIABLE = "GAITFORGE_SMPLX_FOLDER"
_NEUTRAL = "SMPLX_NEUTRAL.npz"


@dataclass(frozen=True)
class BodyFolder:
    """Settings of the stages that need the body: the body maker and the filmer must be given the same, which the latter checks."""

    __pydantic_config__ = STRICT

    smplx_folder: PathBeside | None = None


def body_file(sex: Sex, smplx_folder: str | Path | None = None) -> Path:
    """File of the body for ``sex``.

    ``smplx_folder`` (or, without it, ``$GAITFORGE_SMPLX_FOLDER``) is a folder with licensed SMPL-X files, as unpacked
    (``SMPLX_FEMALE.npz``, … directly or in ``smplx/``); the sex's own file is taken, else the neutral one. Without a folder the
    default body is used, and built if need be.

    Raises:
        DataError: the folder holds no SMPL-X file.
    """
    folder = smplx_folder or os.environ.get(VARIABLE)
    if not folder:
        return ensure_default_body()
    found = _licensed(sex, Path(folder))
    if found is not None:
        return found
    raise DataError(
        f"{folder}: holds neither {_name(sex)} nor {_NEUTRAL}; "
        f"name the folder with the SMPL-X v1.1 files in {VARIABLE}, or unset it to use the default body"
    )


def _name(sex: Sex) -> str:
    return f"SMPLX_{sex.upper()}.npz"


def _licensed(sex: Sex, folder: Path) -> Path | None:
    places = [place / name for name in (_name(sex), _NEUTRAL) for place in (folder, folder / "smplx")]
    return next(filter(Path.is_file, places), None)


def bodies_fingerprint(smplx_folder: str | Path | None = None) -> str:
    """Identifies the bodies of both sexes, or of one where there is no file for the other; ``smplx_folder`` as in `body_file`.

    Raises:
        DataError: there is no file for either.
    """
    marks, missing = [], []
    for sex in get_args(Sex):
        try:
            marks.append(body_fingerprint(body_file(sex, smplx_folder)))
        except DataError as error:
            missing.append(error)
    if not marks:
        raise missing[0]
    return " ".join(dict.fromkeys(marks))


@cache
def body_fingerprint(path: Path) -> str:
    """Identifies the body in a file: a licensed one by its content; the default one by its recipe, since each machine builds its own and
    they may differ in the last digits.

    Raises:
        DataError: the file cannot be read.
    """
    return path.parent.name if path == default_body_file() else file_fingerprint(path)
