"""Colours on cloth: patterns, trims and seams. The mesh is scored along their lines, so that they are sharp however coarse it is."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.figure.anatomy import Anatomy
from render.figure.garments.garment import LIMB_DIVISION, Sheet, eased
from render.figure.mesh import Patch, border_edges, score, whole
from render.figure.part import Material, Part

Rgb = tuple[float, float, float]
PATTERNS = ("plain", "stripes", "check", "band", "yoke", "sleeves", "print", "side_stripe")

_BLUR = 0.0009
"""Width over which one colour goes over to another, share of stature."""
_FADING = 0.35


@dataclass(frozen=True)
class Fabric:
    """``colour`` and ``second`` linear RGB; ``pattern`` one of `PATTERNS`; ``pitch`` of its repeats and width of the ``trim`` (ribs and
    hems in a shade of the colour) as shares of stature."""

    colour: Rgb
    second: Rgb
    pattern: str
    pitch: float
    trim: float
    material: Material
    roughness: float


@frozen
class Chart:
    """Where a point of cloth is: ``place (n, 3)`` in the rest pose, share of the arms ``sleeve (n,)``, metres to an ``edge (n,)``."""

    place: Array
    sleeve: Array
    edge: Array


@dataclass(frozen=True)
class Mark:
    """``colour`` laid on with ``strength`` 0 to 1 where ``low`` < ``level`` < ``high`` (metres).

    ``crease`` is zero where ``level`` turns back on itself, if it does.
    """

    level: Callable[[Chart], Array]
    low: float
    high: float
    colour: Rgb
    strength: float = 1.0
    crease: Callable[[Chart], Array] | None = None


def dye(person: Anatomy, sheet: Sheet, fabric: Fabric, marks: list[Mark], name: str) -> Part:
    """``sheet`` in its ``fabric``, with further ``marks`` on top."""
    marks = [*_PATTERN_MARKS[fabric.pattern](person, fabric), *_trim(person, fabric), *marks]
    blur = _BLUR * person.stature
    patch = whole(len(sheet.vertices), sheet.faces)
    fields = _fields(person, sheet)
    for mark in marks:
        if mark.crease is not None:
            patch = score(patch, mark.crease(_chart(patch, fields)))
        for value in (mark.low - blur, mark.low, mark.high, mark.high + blur):
            if np.isfinite(value):
                patch = score(patch, mark.level(_chart(patch, fields)) - value)
    chart = _chart(patch, fields)
    colours = np.tile(fabric.colour, (len(patch), 1))
    for mark in marks:
        level = mark.level(chart)
        inside = np.clip(np.minimum(level - mark.low, mark.high - level) / blur + 1, 0, 1)[:, None]
        colours += mark.strength * inside * (np.array(mark.colour) - colours)
    if fabric.material == Material.DENIM:
        colours *= _fading(person, chart.place)[:, None]
    grain = np.stack([chart.place[:, 0] + chart.place[:, 2], chart.place[:, 1]], axis=1)
    weights = patch.mix @ sheet.weights
    return Part(name, chart.place, weights, patch.faces, colours, grain, fabric.material, fabric.roughness)


def shade(colour: Rgb, share: float) -> Rgb:
    """The colour with ``share`` of its brightness."""
    red, green, blue = colour
    return share * red, share * green, share * blue


def midline(person: Anatomy) -> Callable[[Chart], Array]:
    """Level of marks down the front: x there, far away behind."""
    depth = person.joint("pelvis")[2]
    return lambda chart: np.where(chart.place[:, 2] > depth, chart.place[:, 0], np.copysign(1e3, chart.place[:, 0]))


def _fields(person: Anatomy, sheet: Sheet) -> Array:
    """Columns of the chart ``(n, 5)`` at the vertices of the sheet."""
    arm = np.flatnonzero(person.weights[person.arms > 0.9].max(axis=0) > 0.5)
    border = border_edges(sheet.faces)
    points = np.concatenate([sheet.vertices[border].mean(axis=1), sheet.vertices[border[:, 0]]])
    edge, _ = cKDTree(points).query(sheet.vertices)
    return np.column_stack([sheet.vertices, sheet.weights[:, arm].sum(axis=1), edge])


def _chart(patch: Patch, fields: Array) -> Chart:
    values = patch.mix @ fields
    return Chart(values[:, :3], values[:, 3], values[:, 4])


def _trim(person: Anatomy, fabric: Fabric) -> list[Mark]:
    if fabric.trim == 0:
        return []
    return [Mark(lambda chart: chart.edge, -1.0, fabric.trim * person.stature, shade(fabric.colour, 0.72))]


def _fading(person: Anatomy, places: Array) -> Array:
    """Denim is worn pale over the thighs and knees: brightness ``(n,)`` relative to the dye."""
    hip, knee, ankle = (person.joint(f"left_{name}") for name in ("hip", "knee", "ankle"))
    down = (hip[1] - places[:, 1]) / (hip[1] - knee[1])
    axis = np.interp(places[:, 1], [ankle[1], knee[1], hip[1]], [ankle[2], knee[2], hip[2]])
    front = eased(places[:, 2] - axis, -0.02 * person.stature, 0.045 * person.stature)
    return 1 + _FADING * (0.2 + 0.8 * front) * np.exp(-(((down - 0.6) / 0.4) ** 2)) - 0.1 * _FADING


def _wave(along: Array, pitch: float, phase: float) -> Array:
    """Metres into (positive) or away from the nearest of bands half a ``pitch`` wide: a triangle wave, ahead by a ``phase`` of its period.

    A quarter of a period ahead it is zero at its own turning points.
    """
    along = along + phase * pitch
    return pitch * (np.abs(along / pitch - np.rint(along / pitch)) - 0.25)


def _on_arm(person: Anatomy, chart: Chart) -> Array:
    """0 on the trunk, 1 on the sleeves ``(n,)``, changing at the shoulder's seam."""
    seam = person.joint("left_shoulder")[0]
    return eased(np.abs(chart.place[:, 0]), seam, seam + 0.012 * person.stature) * eased(chart.sleeve, 0.05, 0.3)


def _rings(person: Anatomy, pitch: float, phase: float = 0.0) -> Callable[[Chart], Array]:
    """Level of rings around trunk, legs and sleeves."""

    def level(chart: Chart) -> Array:
        on_arm = _on_arm(person, chart)
        return (1 - on_arm) * _wave(chart.place[:, 1], pitch, phase) + on_arm * _wave(
            np.abs(chart.place[:, 0]), pitch, phase
        )

    return level


def _lengths(person: Anatomy, pitch: float, phase: float = 0.0) -> Callable[[Chart], Array]:
    """Level of lines along trunk and sleeves, a whole number of them around each."""
    trunk, arm = person.joint("spine3"), person.joint("left_elbow")
    around, thin = 0.09 * person.stature, 0.03 * person.stature

    def level(chart: Chart) -> Array:
        x, y, z = chart.place.T
        on_arm = _on_arm(person, chart)
        body = _wave(around * np.arctan2(x, z - trunk[2]), _dividing(2 * np.pi * around, pitch), phase)
        sleeve = _wave(thin * np.arctan2(z - arm[2], y - arm[1]), _dividing(2 * np.pi * thin, pitch), phase)
        return (1 - on_arm) * body + on_arm * sleeve

    return level


def _dividing(length: float, pitch: float) -> float:
    """The pitch nearest to ``pitch`` that divides ``length``."""
    return length / max(round(length / pitch), 1)


def _stripes(person: Anatomy, fabric: Fabric) -> list[Mark]:
    return [_repeated(_rings, person, fabric, 1.0)]


def _check(person: Anatomy, fabric: Fabric) -> list[Mark]:
    return [_repeated(lines, person, fabric, 0.5) for lines in (_rings, _lengths)]


def _repeated(lines: Callable[..., Callable[[Chart], Array]], person: Anatomy, fabric: Fabric, strength: float) -> Mark:
    pitch = fabric.pitch * person.stature
    return Mark(lines(person, pitch), 0.0, np.inf, fabric.second, strength, lines(person, pitch, 0.25))


def _band(person: Anatomy, fabric: Fabric) -> list[Mark]:
    middle = person.joint("spine3")[1] - 0.02 * person.stature
    half = fabric.pitch * person.stature
    return [
        Mark(
            lambda chart: chart.place[:, 1] + np.where(chart.sleeve > LIMB_DIVISION, 10.0, 0.0),
            middle - half,
            middle + half,
            fabric.second,
        )
    ]


def _yoke(person: Anatomy, fabric: Fabric) -> list[Mark]:
    return [
        Mark(lambda chart: chart.place[:, 1], person.joint("spine3")[1] + 0.02 * person.stature, np.inf, fabric.second)
    ]


def _sleeves(person: Anatomy, fabric: Fabric) -> list[Mark]:
    seam = person.joint("left_shoulder")[0] - 0.01 * person.stature
    return [
        Mark(
            lambda chart: np.abs(chart.place[:, 0]) - np.where(chart.sleeve < 0.02, 10.0, 0.0),
            seam,
            np.inf,
            fabric.second,
        )
    ]


def _print(person: Anatomy, fabric: Fabric) -> list[Mark]:
    middle, depth = person.joint("spine3")[1] + 0.005 * person.stature, person.joint("spine3")[2]

    def level(chart: Chart) -> Array:
        x, y, z = chart.place.T
        away = np.maximum(np.abs(x), 1.4 * np.abs(y - middle))
        return np.where(z > depth, away, 1.0)

    return [Mark(level, -1.0, fabric.pitch * person.stature, fabric.second)]


def _side_stripe(person: Anatomy, fabric: Fabric) -> list[Mark]:
    hip, knee, ankle = (person.joint(f"left_{name}") for name in ("hip", "knee", "ankle"))

    def level(chart: Chart) -> Array:
        x, y, z = chart.place.T
        axis = [np.interp(y, [ankle[1], knee[1], hip[1]], [ankle[k], knee[k], hip[k]]) for k in (0, 2)]
        return np.where(np.abs(x) > axis[0], z - axis[1], np.copysign(1e3, z - axis[1]))

    half = 0.5 * fabric.pitch * person.stature
    return [Mark(level, -half, half, fabric.second)]


_PATTERN_MARKS: dict[str, Callable[[Anatomy, Fabric], list[Mark]]] = {
    "plain": lambda person, fabric: [],  # noqa: ARG005
    "stripes": _stripes,
    "check": _check,
    "band": _band,
    "yoke": _yoke,
    "sleeves": _sleeves,
    "print": _print,
    "side_stripe": _side_stripe,
}
