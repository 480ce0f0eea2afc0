"""Which body file is used: the user's licensed SMPL-X, or the default body."""

import os
from dataclasses import dataclass
from pathlib import Path

from pydantic import ConfigDict

from engine.core.conventions import Sex
from engine.core.errors import DataError
from render.body.default_body import ensure_default_body

VARIABLE = "GAITFORGE_SMPLX_FOLDER"


@dataclass(frozen=True)
class BodyFolder:
    """Settings of the stages that need the body: the body maker and the filmer must be given the same."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    smplx_folder: str | None = None


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
    names = (f"SMPLX_{sex.upper()}.npz", "SMPLX_NEUTRAL.npz")
    for name in names:
        for place in (Path(folder), Path(folder) / "smplx"):
            if (place / name).is_file():
                return place / name
    raise DataError(
        f"{folder}: holds neither {names[0]} nor {names[1]}; "
        f"name the folder with the SMPL-X v1.1 files in {VARIABLE}, or unset it to use the default body"
    )
