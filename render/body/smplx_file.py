"""The SMPL-X file format (``SMPLX_<GENDER>.npz``): which arrays a file must hold, checked before anything is computed from it.

Pavlakos et al. 2019, "Expressive body capture", CVPR; array names as read by the `smplx` package.
"""

import zipfile
from pathlib import Path

import numpy as np

from engine.core.errors import DataError

JOINTS = 55
FEWEST_VERTICES = 9930
"""`smplx` has vertex ids up to 9929 built in."""
SHAPE_DIRECTIONS = 400
"""300 of shape, 100 of expression."""
POSE_FEATURES = 9 * (JOINTS - 1)

REQUIRED: dict[str, tuple[int | str, ...]] = {
    "v_template": ("V", 3),
    "f": ("F", 3),
    "shapedirs": ("V", 3, "K"),
    "posedirs": ("V", 3, POSE_FEATURES),
    "J_regressor": (JOINTS, "V"),
    "kintree_table": (2, JOINTS),
    "weights": ("V", JOINTS),
    "lmk_faces_idx": ("L",),
    "lmk_bary_coords": ("L", 3),
    "hands_componentsl": ("H", 45),
    "hands_componentsr": ("H", 45),
    "hands_meanl": (45,),
    "hands_meanr": (45,),
}
"""Arrays and their shapes; equal letters must be equal numbers."""


def check_smplx_file(path: Path) -> None:
    """Reads the headers of the arrays in ``path`` (fast; nothing is unpickled).

    Raises:
        DataError: no such file, no ``.npz``, an array that is missing or has a wrong shape.
    """
    shapes = _array_shapes(path)
    missing = [name for name in REQUIRED if name not in shapes]
    if missing:
        raise DataError(f"{path}: not an SMPL-X file, it lacks {', '.join(missing)}; use the .npz files of SMPL-X v1.1")
    sizes: dict[str, int] = {}
    for name, expected in REQUIRED.items():
        if not _fits(shapes[name], expected, sizes):
            raise DataError(f"{path}: {name} has shape {shapes[name]}, SMPL-X has {expected} with {sizes}")
    if sizes["V"] < FEWEST_VERTICES:
        raise DataError(f"{path}: {sizes['V']} vertices, SMPL-X has at least {FEWEST_VERTICES}")


def _array_shapes(path: Path) -> dict[str, tuple[int, ...]]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                name.removesuffix(".npy"): _shape_in(archive, name)
                for name in archive.namelist()
                if name.removesuffix(".npy") in REQUIRED
            }
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path}: cannot be read as an SMPL-X .npz file ({error})") from error


def _shape_in(archive: zipfile.ZipFile, name: str) -> tuple[int, ...]:
    with archive.open(name) as file:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        return read(file)[0]


def _fits(shape: tuple[int, ...], expected: tuple[int | str, ...], sizes: dict[str, int]) -> bool:
    """Whether ``shape`` is as expected; letters met for the first time are written into ``sizes``."""
    if len(shape) != len(expected):
        return False
    wanted = [
        sizes.setdefault(size, length) if isinstance(size, str) else size
        for size, length in zip(expected, shape, strict=True)
    ]
    return tuple(wanted) == shape
