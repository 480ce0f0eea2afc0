"""Tables of keypoints as text: MediaPipe's landmarks, DeepLabCut's three rows of headings, or a column for each coordinate.

Joints are told by name, or by number in the order of a known skeleton. Columns of time, of frames and of people are taken where they are.
"""

import re
from pathlib import Path

import numpy as np
import pandas as pd

from downstream.recordings.formats.detections import Detections
from downstream.recordings.formats.keypoint_skeletons import joint_named, skeleton_of
from engine.core.arrays import Array
from engine.core.errors import DataError

_AXES = {
    **dict.fromkeys(("x", "u", "px"), 0),
    **dict.fromkeys(("y", "v", "py"), 1),
    "z": 2,
    **dict.fromkeys(("score", "confidence", "conf", "c", "likelihood", "visibility", "vis", "prob", "p"), 3),
}
_ROLES = {
    "time": ("time", "t", "time_s", "seconds", "timestamp", "timestamp_s", "sec"),
    "milliseconds": ("time_ms", "timestamp_ms", "milliseconds", "ms"),
    "frame": (
        "frame",
        "frame_id",
        "frame_number",
        "frame_idx",
        "frame_index",
        "frames",
        "image_id",
        "unnamed: 0",
        "index",
    ),
    "person": ("person", "person_id", "track_id", "individual", "individuals", "id", "idx"),
    "joint": (
        "landmark",
        "landmark_name",
        "landmark_id",
        "landmark_index",
        "keypoint",
        "keypoint_name",
        "joint",
        "bodypart",
        "name",
    ),
}
_ROLE_OF = {name: role for role, names in _ROLES.items() for name in names}
_LEAST_PIXELS = 20.0
_EXPECTED = "expected columns like LEFT_HIP_x, LEFT_HIP_y, LEFT_HIP_visibility; or frame, landmark, x, y; or DeepLabCut's headings"


def read_csv(path: Path) -> Detections:
    """All people in a table; commas, semicolons or tabs between the columns.

    Raises:
        DataError: the file is no such table.
    """
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        separator = max(",;\t", key=text.partition("\n")[0].count)
        if text.lower().startswith("scorer"):
            return _of_long(_deeplabcut(path, separator))
        table = pd.read_csv(path, sep=separator, decimal="," if separator == ";" else ".", encoding="utf-8-sig")
        return _of_long(_long(table.rename(columns=lambda name: str(name).strip())))
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError, ValueError, KeyError, DataError) as error:
        raise DataError(f"{path}: cannot be read as a table of keypoints ({error}); {_EXPECTED}") from error


def _deeplabcut(path: Path, separator: str) -> pd.DataFrame:
    """Rows scorer, (individuals,) bodyparts, coords; the first column counts frames."""
    with path.open(encoding="utf-8-sig") as file:
        has_people = [file.readline(), file.readline()][1].lower().startswith("individuals")
    levels = ["person", "joint", "axis"] if has_people else ["joint", "axis"]
    table = pd.read_csv(path, sep=separator, header=list(range(len(levels) + 1)), index_col=0, encoding="utf-8-sig")
    table.columns = table.columns.droplevel(0).set_names(levels)
    table.index = pd.Index(np.arange(len(table)), name="frame")
    values = table.apply(pd.to_numeric, errors="coerce").stack(levels, future_stack=True).rename("value").reset_index()
    return _spread(values.assign(axis=values["axis"].str.lower().map(_AXES)))


def _long(table: pd.DataFrame) -> pd.DataFrame:
    """One row for each frame, person and joint with columns 0 to 3: x, y, z, score."""
    roles = _roles(table)
    named = table.rename(columns={name: role for role, name in roles.items()})
    if "joint" in named:
        axes = {name: _AXES[name.lower()] for name in named.columns if name.lower() in _AXES}
        return named.rename(columns=axes)[[*_known(named), *axes.values()]]
    facts = named[_known(named)]
    if "frame" not in facts:
        facts = facts.assign(frame=np.arange(len(facts)))
    columns = {name: found for name in table.columns if name not in roles.values() and (found := _joint_and_axis(name))}
    if not columns:
        raise DataError(f"no coordinates among the columns {', '.join(table.columns[:8])}")
    parts = [
        facts.assign(joint=joint, axis=axis, value=pd.to_numeric(table[name], errors="coerce"))
        for name, (joint, axis) in columns.items()
    ]
    return _spread(pd.concat(parts))


def _roles(table: pd.DataFrame) -> dict[str, str]:
    """Column of each role. One called ``id`` numbers the joints of a table with a row for each, or its rows, and then nobody."""
    roles = {_ROLE_OF[name.lower()]: name for name in reversed(list(table.columns)) if name.lower() in _ROLE_OF}
    if "joint" not in roles and "person" in roles and {"x", "y"} <= set(table.columns.str.lower()):
        roles["joint"] = roles.pop("person")
    if "person" in roles and table[roles["person"]].nunique() > len(table) / 2:
        del roles["person"]
    return roles


def _known(table: pd.DataFrame) -> list[str]:
    return [role for role in _ROLES if role in table]


def _joint_and_axis(column: str) -> tuple[str, int] | None:
    """Joint and axis of ``LEFT_HIP_x``, ``hip_l.y``, ``x12``, ``landmark_12_x`` or ``v12``."""
    words = [word for word in re.split(r"[\s_.\-:/]+", column) if word]
    for axis, rest in ((words[-1], words[:-1]), (words[0], words[1:])):
        if axis.lower() in _AXES and rest:
            joint = " ".join(rest)
            number = re.fullmatch(r"(?:landmark|keypoint|kpt?|point|joint)?\s*(\d+)", joint.lower())
            return (number[1] if number else joint), _AXES[axis.lower()]
    number = re.fullmatch(r"([xyzvc])(\d+)", column.lower())
    if number:
        return number[2], {"x": 0, "y": 1, "z": 2, "v": 3, "c": 3}[number[1]]
    return None


def _spread(values: pd.DataFrame) -> pd.DataFrame:
    keys = [name for name in values.columns if name not in ("axis", "value")]
    values = values.dropna(subset=["axis"])
    return values.set_index([*keys, "axis"])["value"].unstack("axis").reset_index()


def _seconds(table: pd.DataFrame) -> pd.DataFrame:
    """With a column of time in seconds where there is one of time at all; steps above a second are milliseconds."""
    if "time" not in table and "milliseconds" not in table:
        return table
    time = table["time"] if "time" in table else table["milliseconds"]
    step = time.drop_duplicates().sort_values().diff().median()
    is_seconds = "time" in table and not step > 1
    return table.assign(time=time if is_seconds else time / 1000)


def _of_long(table: pd.DataFrame) -> Detections:
    """Detections of a table with the columns frame, joint, 0, 1 (2, 3), and perhaps person and time."""
    if 0 not in table or 1 not in table:
        raise DataError("no columns of x and y")
    table = _seconds(table)
    if "frame" not in table:
        table = table.assign(frame=table["time"].rank(method="dense").astype(int) - 1)
    who = ["frame", *(["person"] if "person" in table else [])]
    names = list(dict.fromkeys(table["joint"].astype(str)))
    places = table.assign(joint=table["joint"].astype(str)).set_index([*who, "joint"])
    if places.index.has_duplicates:
        raise DataError("a joint stands twice in one frame: people need a column of their own, called person")
    rows = places.index.droplevel("joint").unique()
    values = [places[column].unstack("joint").reindex(rows)[names] for column in _columns(table)]
    points = np.stack([part.to_numpy(dtype=float) for part in values], axis=-1)
    frames = rows.get_level_values("frame").to_numpy(dtype=float)
    time = places["time"].groupby(level=who, sort=False).first() if "time" in table else None
    return Detections(
        points=_scored(points, 3 in table),
        frame=np.round(frames - frames.min()).astype(np.int64),
        skeleton=_skeleton(names),
        people=tuple(rows.get_level_values("person").astype(str)) if "person" in table else None,
        time_s=None if time is None else time.reindex(rows).to_numpy(dtype=float),
    )


def _columns(table: pd.DataFrame) -> list[int]:
    """x and y, z where the points are in space, score. MediaPipe's z beside x and y of the picture is a guess, and left out."""
    return [0, 1, *([2] if 2 in table and _in_space(table) else []), *([3] if 3 in table else [])]


def _in_space(table: pd.DataFrame) -> bool:
    across, depth = table[[0, 1]].abs().max().max(), table[2].abs().max()
    is_share_of_picture = across <= 1.6 and table[[0, 1]].quantile(0.1).min() >= 0
    is_pixels = across > _LEAST_PIXELS > depth
    return depth > 0 and not is_share_of_picture and not is_pixels


def _scored(points: Array, has_score: bool) -> Array:
    if has_score:
        return points
    return np.concatenate([points, np.isfinite(points).all(axis=-1, keepdims=True).astype(float)], axis=-1)


def _skeleton(names: list[str]) -> tuple[str, ...]:
    if not all(name.isdigit() for name in names):
        return tuple(joint_named(name) for name in names)
    first = min(int(name) for name in names)
    joints = skeleton_of(max(int(name) for name in names) - first + 1)
    return tuple(joints[int(name) - first] for name in names)
