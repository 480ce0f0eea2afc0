"""Ankle-foot orthoses: a plastic shell behind the calf and under the foot, with straps."""

from typing import Literal, get_args

import numpy as np
from scipy.ndimage import gaussian_filter1d
from scipy.spatial import cKDTree

from engine.core.arrays import Array, Mask
from engine.gait.records import Subject
from render.figure.anatomy import Anatomy
from render.figure.last import Last
from render.figure.loft import along_loop, both_sides, grid_faces, tube
from render.figure.mesh import Faces
from render.figure.part import Material, Part, flat_colour

Orthosis = Literal["none", "afo_left", "afo_right", "afo_both"]
LEGS_WITH: dict[Orthosis, tuple[str, ...]] = {
    "none": (),
    "afo_left": ("left",),
    "afo_right": ("right",),
    "afo_both": ("left", "right"),
}
"""Legs that wear it."""
_OTHER = {"left": "right", "right": "left"}
_TOP, _LOW = 0.76, -0.12
"""From where to where the shell is seen: shares of the way from ankle to knee; it ends below the head of the fibula and in the shoe."""
_REACH = ((-0.12, 0.10, 0.30, 0.76), (0.30, 0.27, 0.30, 0.35))
"""How far forward the trim lines come, share of the girth on either side of the heel, by height as above: a solid orthosis."""
_ROOM = (0.0022, 0.0042)
"""Between skin and plastic at the ankle and at the top, share of stature."""
_ROWS, _COLUMNS = 22, 25
_STRAPS = (0.10, 0.66)
_STRAP_WIDTH = 0.018
_PLASTIC, _EDGE_M = 0.45, 0.0016
_WHITE, _STRAP_COLOUR = np.array([0.74, 0.73, 0.70]), np.array([0.55, 0.56, 0.58])


def draw_orthosis(subject: Subject, rng: np.random.Generator) -> Orthosis:
    """Which legs wear an ankle-foot orthosis, by the shares on the subject's cards."""
    wears = dict.fromkeys(_OTHER, False)
    for use, severity in ((use, burden.severity) for burden in subject.burdens for use in burden.card.aids):
        worn = rng.uniform() < use.at(severity)
        if use.kind == "afo" and worn:
            wears |= dict.fromkeys(_where(subject.side, use.where), True)
    return next(
        name for name in get_args(Orthosis) if set(LEGS_WITH[name]) == {leg for leg, worn in wears.items() if worn}
    )


def _where(side: str, where: str | None) -> tuple[str, ...]:
    if where == "both" or side not in _OTHER:
        return tuple(_OTHER)
    return (side,) if where == "affected" else (_OTHER[side],)


def make_orthoses(person: Anatomy, orthosis: Orthosis, covers: Mask) -> list[Part]:
    """The orthosis's parts, without what lies under clothes (``covers (V,)`` of the body's vertices)."""
    parts = []
    for side in LEGS_WITH[orthosis]:
        last = Last.of(person, side)
        knee = person.joint(f"{side}_knee")[1] - person.floor
        pieces = [(*_shell(person, last, knee), _WHITE, Material.PLAIN)]
        pieces += [(*_edge(person, last, knee), _WHITE, Material.PLAIN)]
        pieces += [(*_strap(person, last, knee, height), _STRAP_COLOUR, Material.CLOTH) for height in _STRAPS]
        bare = [_uncovered(last, points, faces, covers) for points, faces, *_ in pieces]
        parts += [
            _part(person, last, points, faces, colour, material)
            for (points, _, colour, material), faces in zip(pieces, bare, strict=True)
            if len(faces)
        ]
    return parts


def _height(last: Last, knee: float, share: float) -> float:
    return last.ankle_height + share * (knee - last.ankle_height)


def _girth(person: Anatomy, last: Last, knee: float, share: float, extra: float = 0.0) -> Array:
    room = np.interp(share, [0.1, _TOP], _ROOM) * person.stature + extra
    return last.girth(_height(last, knee, share), 0.012 * person.stature, room)


def _shell_grid(person: Anatomy, last: Last, knee: float) -> Array:
    """Points ``(_ROWS, _COLUMNS, 3)`` from the top down, round the back of the leg."""
    rows = []
    for share in np.linspace(_TOP, _LOW, _ROWS):
        reach = np.interp(share, *_REACH)
        flat = along_loop(_girth(person, last, knee, share), np.linspace(-reach, reach, _COLUMNS) % 1.0)
        rows.append(np.stack([flat[:, 0], np.full(_COLUMNS, _height(last, knee, share)), flat[:, 1]], axis=1))
    return gaussian_filter1d(np.stack(rows), 1.5, axis=0, mode="nearest")


def _shell(person: Anatomy, last: Last, knee: float) -> tuple[Array, Faces]:
    """The shell, seen from inside and outside."""
    return both_sides(_shell_grid(person, last, knee).reshape(-1, 3), grid_faces(_ROWS, _COLUMNS))


def _edge(person: Anatomy, last: Last, knee: float) -> tuple[Array, Faces]:
    """Its rounded edge, which shows how thick the plastic is."""
    grid = _shell_grid(person, last, knee)
    path = np.concatenate([grid[::-1, 0], grid[0, 1:-1], grid[:, -1]])
    return tube(path, np.full(len(path), _EDGE_M), 5)


def _strap(person: Anatomy, last: Last, knee: float, share: float) -> tuple[Array, Faces]:
    """A band right round the leg."""
    ring = np.arange(36) / 36
    rows = []
    for offset in (-0.5, 0.5):
        height = share + offset * _STRAP_WIDTH * person.stature / (knee - last.ankle_height)
        flat = along_loop(_girth(person, last, knee, height, 0.0016 * person.stature), ring)
        rows.append(np.stack([flat[:, 0], np.full(36, _height(last, knee, height)), flat[:, 1]], axis=1))
    return np.concatenate(rows), grid_faces(2, 36, closed=True)


def _uncovered(last: Last, points: Array, faces: Faces, covers: Mask) -> Faces:
    """Faces that lie where the leg is bare."""
    _, nearest = cKDTree(last.leg).query(points)
    return faces[~covers[last.near[nearest]][faces].all(axis=1)]


def _part(person: Anatomy, last: Last, points: Array, faces: Faces, colour: Array, material: Material) -> Part:
    used, faces = np.unique(faces, return_inverse=True)
    points = points[used]
    weights = last.weights(points, person.weights.shape[1])
    colours = flat_colour(colour, len(points))
    return Part(
        "orthosis", last.in_body(points), weights, faces.reshape(-1, 3), colours, points[:, :2], material, _PLASTIC
    )
