"""Footwear: shoes on a last, flat-soled, as thick below as `render.body.footwear` says; socks; bare feet."""

import numpy as np
from scipy.spatial import cKDTree

from engine.core.arrays import Array, Index, Mask
from engine.core.frozen import frozen
from render.figure.anatomy import Anatomy
from render.figure.last import Last
from render.figure.loft import grid_faces
from render.figure.mesh import Faces, cut, smooth, smoother, vertex_normals, whole
from render.figure.part import Material, Part, flat_colour
from render.figure.shoe_cuts import SHOE_CUTS, ShoeCut
from render.figure.sole import BAND, TREAD, make_sole
from render.figure.upper import (
    AROUND,
    Surface,
    collar_line,
    foot_shares,
    laces,
    lower_part,
    rim,
    shaft,
    straps,
    stripes,
    tongue,
)

_SOCK_ROOM = 0.0012
"""Thickness of a sock, share of stature."""
_SHOWN = 0.25
"""How far skin and sock reach down into a shoe, in ankle heights."""


@frozen
class Footwear:
    """``cut`` one of `SHOE_CUTS`, or ``None`` without shoes; ``sock`` height of a sock's top between the ankle centre (0) and the knee
    (1), or ``None``. Colours ``(3,)`` linear RGB: ``accent`` of stripes and bands, ``lace`` of laces and straps."""

    cut: str | None
    colour: Array
    accent: Array
    sole: Array
    lace: Array
    sock: float | None
    sock_colour: Array


def dress_feet(person: Anatomy, wear: Footwear, covers: Mask) -> tuple[list[Part], Mask]:
    """Shoes and socks of both feet, without what lies under clothes (``covers (V,)`` of the body's vertices), and which of its vertices
    ``(V,)`` they hide."""
    cut_of = SHOE_CUTS[wear.cut] if wear.cut else None
    parts, hidden = [], np.zeros(len(person.vertices), bool)
    for side in ("left", "right"):
        last = Last.of(person, side)
        in_shoe = np.zeros_like(hidden) if cut_of is None else _inside(person, last, cut_of)
        hidden |= in_shoe
        if wear.sock is not None:
            sock, covered = _sock(person, last, wear, in_shoe | covers)
            parts.append(sock)
            hidden |= covered
        if cut_of is not None:
            parts += make_shoe(person, last, cut_of, wear)
    return parts, hidden


def make_shoe(person: Anatomy, last: Last, cut_of: ShoeCut, wear: Footwear) -> list[Part]:
    """The parts of one shoe of that cut, in the colours of ``wear``."""
    joints = person.weights.shape[1]

    def part(points: Array, faces: Faces, colours: Array, material: Material, roughness: float) -> Part:
        colours = flat_colour(colours, len(points)) if colours.ndim == 1 else colours
        grain = points[:, [0, 2]] + points[:, 1:2] * [0.0, 1.0]
        rest = last.in_body(points)
        return Part("shoe", rest, last.weights(points, joints), faces, colours, grain, material, roughness)

    points, faces, kinds = make_sole(last, cut_of)
    parts = [part(points, faces, _sole_colours(kinds, cut_of, wear), Material.RUBBER, 0.7)]
    if cut_of.open_toe:
        return parts + [part(*band, wear.colour, cut_of.material, cut_of.roughness) for band in _sandal_straps(last)]
    surface = lower_part(last, cut_of)
    colours = _upper_colours(surface, last, cut_of, wear)
    parts.append(part(surface.points.reshape(-1, 3), surface.faces, colours, cut_of.material, cut_of.roughness))
    line = surface.points[-1]
    if cut_of.shaft:
        leg = shaft(last, cut_of, line)
        parts.append(part(leg.points.reshape(-1, 3), leg.faces, wear.colour, cut_of.material, cut_of.roughness))
        line = leg.points[-1]
    parts.append(part(*rim(line, cut_of.padding * last.length), wear.accent, Material.KNIT, 0.9))
    if cut_of.sporty:
        parts += [part(*band, wear.accent, Material.LEATHER, 0.6) for band in stripes(surface, last)]
    if cut_of.laces:
        parts.append(part(*tongue(surface, cut_of, last), 0.8 * wear.colour, cut_of.material, 0.9))
        parts += [part(*lace, wear.lace, Material.CLOTH, 0.9) for lace in laces(surface, cut_of, last)]
    parts += [
        part(*band, wear.lace, cut_of.material, 0.7)
        for band in (straps(surface, cut_of, last) if cut_of.straps else ())
    ]
    return parts


def _sole_colours(kinds: Index, cut_of: ShoeCut, wear: Footwear) -> Array:
    colours = flat_colour(wear.sole, len(kinds))
    colours[kinds == TREAD] = 0.35 * wear.sole if cut_of.sporty else wear.sole
    if cut_of.sporty:
        colours[kinds == BAND] = wear.accent
    return colours


def _upper_colours(surface: Surface, last: Last, cut_of: ShoeCut, wear: Footwear) -> Array:
    """Seams and trimmings: toe cap, heel counter, stripes of sports shoes, the tongue's slot."""
    rows = np.linspace(0, 1, len(surface.points))[:, None]
    shares = np.broadcast_to(foot_shares(), (len(rows), AROUND))
    x = surface.points[..., 0]
    middle = x[:, AROUND // 2].mean()
    colours = np.broadcast_to(wear.colour, (*shares.shape, 3)).copy()
    counter = (shares < 0.17) & (rows < 0.8)
    slot = (np.abs(x - middle) < 0.045 * last.length) & (rows > cut_of.throat) & (shares > 0.7)
    if cut_of.sporty:
        cap = (np.clip((0.34 - rows) / 0.1, 0, 1) * np.clip((shares - 0.72) / 0.06, 0, 1))[..., None]
        colours += cap * (0.55 * wear.colour + 0.1 * wear.accent - colours)
        colours[counter] = wear.accent
    else:
        colours[counter] *= 0.82
    if cut_of.laces:
        colours[slot] *= 0.45
    return colours.reshape(-1, 3)


def _sandal_straps(last: Last) -> list[tuple[Array, Faces]]:
    """Two bands over the foot and one round the heel."""
    bands = []
    for forward, width in ((last.ball, 0.11), (0.45 * last.ball, 0.09)):
        rows = [_arch(last, forward + offset * width * last.length) for offset in (-0.5, -0.17, 0.17, 0.5)]
        bands.append((np.concatenate(rows), grid_faces(4, len(rows[0]))))
    heights = 0.62 * last.ankle_height + np.array([-0.035, 0.0, 0.035]) * last.length
    girths = [last.girth(height, 0.2 * last.ankle_height, 0.012 * last.length) for height in heights]
    loop = [np.stack([g[:, 0], np.full(len(g), h), g[:, 1]], axis=1) for g, h in zip(girths, heights, strict=True)]
    behind = [ring[np.r_[-40:41]] for ring in loop]
    bands.append((np.concatenate(behind), grid_faces(3, len(behind[0]))))
    return bands


def _arch(last: Last, forward: float) -> Array:
    """Points ``(17, 3)`` over the foot from its right edge to its left, ``forward`` of the ankle."""
    near = last.foot[np.abs(last.foot[:, 2] - forward) < 0.03 * last.length]
    middle, floor = 0.5 * (near[:, 0].min() + near[:, 0].max()), 0.0
    turn = np.linspace(np.pi, 0.0, 17)
    directions = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    reach = ((near[:, :2] - [middle, floor]) @ directions.T).max(axis=0) + 0.012 * last.length
    flat = [middle, floor] + reach[:, None] * directions
    return np.stack([flat[:, 0], flat[:, 1], np.full(17, forward)], axis=1)


def _inside(person: Anatomy, last: Last, cut_of: ShoeCut) -> Mask:
    """Which vertices ``(V,)`` of the body lie so deep in the shoe that nobody sees them."""
    hidden = np.zeros(len(person.vertices), bool)
    if cut_of.open_toe:
        return hidden
    line = collar_line(last, cut_of)
    tree = cKDTree(line[:, [0, 2]])
    _, nearest = tree.query(last.leg[:, [0, 2]])
    deep = last.leg[:, 1] < line[nearest, 1] - _SHOWN * last.ankle_height
    under_vamp = (last.leg[:, 2] > line[:, 2].max() - 0.02 * last.length) & (last.leg[:, 1] < line[:, 1].max())
    hidden[last.near[deep | under_vamp]] = True
    return hidden


def _sock(person: Anatomy, last: Last, wear: Footwear, unseen: Mask) -> tuple[Part, Mask]:
    """A sock from the foot up to its top, without what of it is ``unseen (V,)``, and which vertices ``(V,)`` it covers."""
    knee, ankle = person.joint(f"{last.side}_knee")[1], person.joint(f"{last.side}_ankle")[1]
    top = ankle + wear.sock * (knee - ankle)
    leg = np.full(len(person.vertices), -1.0)
    leg[last.near] = 1.0
    level = np.where(leg > 0, top - person.vertices[:, 1], -1.0)
    patch = cut(whole(len(level), person.faces), level)
    seen = ~((patch.mix @ unseen.astype(float)) > 0.999)
    faces = patch.faces[seen[patch.faces].any(axis=1)]
    mean = smoother(faces, len(patch))
    bare = patch.mix @ person.vertices
    soft = smooth(mean, bare, 6)
    normals = vertex_normals(soft, faces)
    sunk = ((bare - soft) * normals).sum(axis=1)
    rest = soft + normals * (np.maximum(sunk, 0) + _SOCK_ROOM * person.stature)[:, None]
    rest[:, 1] = np.maximum(rest[:, 1], person.floor)
    used, faces = np.unique(faces, return_inverse=True)
    rest, weights = rest[used], (patch.mix @ person.weights)[used]
    rib = rest[:, 1] > top - 0.018 * person.stature
    colours = flat_colour(wear.sock_colour, len(rest)) * np.where(rib, 0.85, 1.0)[:, None]
    grain = np.stack([rest[:, 0] + rest[:, 2], rest[:, 1]], axis=1)
    part = Part("sock", rest, weights, faces.reshape(-1, 3), colours, grain, Material.KNIT, 0.95)
    return part, level > 0.004 * person.stature
