"""The upper of a shoe: a surface from the sole's edge up to the collar, and what lies on it."""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import LinearNDInterpolator, NearestNDInterpolator

from engine.core.arrays import Array
from engine.core.frozen import frozen
from render.figure.last import Last
from render.figure.loft import along_loop, grid_faces, tube
from render.figure.mesh import Faces
from render.figure.shoe_cuts import ShoeCut

AROUND, _ROWS, _SHAFT_ROWS = 56, 13, 6
_FORWARD_LEAN = 1.7
"""How strongly points of the sole's edge lean towards the throat, the opening's front."""
_CORNER = 2.4
"""Exponent of the rounding between wall and top: 2 a circle, more is boxier."""
_ROUNDING = 0.12
"""Width of that rounding, share of foot length."""
_BULGE = 0.018
_COLLAR_BAND = (0.80, 1.15)
"""Heights, of the collar's sides and back, between which the foot must fit through the opening."""
_OPENING_ROOM = 0.016


@frozen
class Surface:
    """A grid on the foot: ``points (rows, columns, 3)`` in the last's axes, the first row on the sole; ``faces`` face outward; the columns
    run round the foot from the heel and are ``closed``."""

    points: Array
    faces: Faces


def foot_shares() -> Array:
    """How far each column of an upper is on the way from heel (0) to toes (1): ``(AROUND,)``."""
    return 1 - np.abs(2 * np.arange(AROUND) / AROUND - 1)


def edge_height(last: Last, cut: ShoeCut, forward: Array) -> Array:
    """Height of the sole's upper edge at places ``forward`` along the foot, metres above the bare sole."""
    heel, toes = cut.sole
    share = np.clip((forward - last.heel) / last.length, 0, 1)
    visible = heel + (toes - heel) * np.clip((share - 0.2) / 0.4, 0, 1)
    return last.thickness * (visible - 1)


def lower_part(last: Last, cut: ShoeCut) -> Surface:
    """From the sole's edge to the collar of a low shoe, closed round the foot."""
    room = cut.room * last.length
    tread = last.tread(room, cut.toe_room * last.length, cut.toe_width * last.length)
    start = along_loop(tread, np.arange(AROUND) / AROUND)
    foot = edge_height(last, cut, start[:, 1])
    end = collar_line(last, cut)
    reach = np.linalg.norm(end[:, [0, 2]] - start, axis=1)
    box = (cut.toe_box * last.length - foot) / (end[:, 1] - foot)
    turn = 1 + (np.clip(box, 0, 1) - 1) * np.clip((reach / last.length - 0.06) / 0.2, 0, 1)
    rounding = np.clip(_ROUNDING * last.length / reach, 0.1, 1)
    profiles = [_profile(c, r) for c, r in zip(turn, rounding, strict=True)]
    inward, upward = np.stack(profiles, axis=1)[..., 0], np.stack(profiles, axis=1)[..., 1]
    outward = start - start.mean(axis=0)
    outward /= np.linalg.norm(outward, axis=1, keepdims=True)
    flat = start + inward[..., None] * (end[:, [0, 2]] - start)
    flat += _BULGE * last.length * np.sin(np.pi * np.clip(upward, 0, 1))[..., None] * outward
    height = foot + upward * (end[:, 1] - foot)
    points = np.stack([flat[..., 0], height, flat[..., 1]], axis=-1)
    return Surface(_evened(points), grid_faces(_ROWS, AROUND, closed=True))


def _profile(turn: float, rounding: float) -> Array:
    """Shares of the way in and of the way up ``(_ROWS, 2)``, evenly spaced: a wall that turns at share ``turn`` of the height."""
    inward = np.linspace(0, 1, 200) ** 2
    wall = (1 - np.clip(1 - inward / rounding, 0, 1) ** _CORNER) ** (1 / _CORNER)
    upward = turn * wall + (1 - turn) * inward**1.15
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(inward), np.diff(upward)))])
    even = np.linspace(0, way[-1], _ROWS)
    return np.stack([np.interp(even, way, inward), np.interp(even, way, upward)], axis=1)


def _evened(points: Array) -> Array:
    """Neighbouring columns evened out, sole's edge and collar kept."""
    inner = points[1:-1]
    for _ in range(2):
        inner = 0.5 * inner + 0.25 * (np.roll(inner, 1, axis=1) + np.roll(inner, -1, axis=1))
    return np.concatenate([points[:1], inner, points[-1:]])


def collar_line(last: Last, cut: ShoeCut) -> Array:
    """The topline ``(AROUND, 3)``: its columns answer to those of the sole's edge."""
    back, side, front = (height * last.ankle_height for height in cut.collar)
    room = _OPENING_ROOM * last.length
    low, high = _COLLAR_BAND[0] * side, _COLLAR_BAND[1] * max(back, front)
    half = 1 - (1 - foot_shares()) ** _FORWARD_LEAN
    behind = np.exp(-((half / 0.3) ** 2))
    around = along_loop(last.girth(0.5 * (low + high), 0.5 * (high - low), room), _both_sides(half))
    tendon = along_loop(last.girth(back, 0.12 * last.ankle_height, room), _both_sides(half))
    flat = around + behind[:, None] * (tendon - around)
    height = side + (back - side) * behind + (front - side) * np.exp(-(((1 - half) / 0.3) ** 2))
    return np.stack([flat[:, 0], height, flat[:, 1]], axis=1)


def _both_sides(half: Array) -> Array:
    """Shares of a whole loop for shares ``half (AROUND,)`` of the way from heel to toes on either side."""
    return np.where(np.arange(AROUND) <= AROUND // 2, 0.5 * half, 1 - 0.5 * half)


def shaft(last: Last, cut: ShoeCut, below: Array) -> Surface:
    """A boot's shaft from the ring ``below (AROUND, 3)`` up the leg."""
    top = cut.shaft * last.ankle_height
    rings = [below]
    for share in np.linspace(0, 1, _SHAFT_ROWS)[1:]:
        height = below[:, 1].mean() + share * (top - below[:, 1].mean())
        girth = last.girth(height, 0.25 * last.ankle_height, (cut.room + _OPENING_ROOM) * last.length)
        flat = along_loop(girth, _both_sides(1 - (1 - foot_shares()) ** _FORWARD_LEAN))
        flat = flat + (1 - share) ** 2 * (below[:, [0, 2]] - flat)
        rings.append(
            np.stack([flat[:, 0], height + (1 - share) * (below[:, 1] - below[:, 1].mean()), flat[:, 1]], axis=1)
        )
    return Surface(np.stack(rings), grid_faces(_SHAFT_ROWS, AROUND, closed=True))


def rim(line: Array, radius: float) -> tuple[Array, Faces]:
    """The padded rim along a topline ``(AROUND, 3)``."""
    return tube(line, np.full(len(line), radius), 6, closed=True)


@dataclass(frozen=True)
class Relief:
    """Heights of a surface seen from above; lies ``on`` it."""

    linear: LinearNDInterpolator
    nearest: NearestNDInterpolator

    @classmethod
    def of(cls, points: Array) -> "Relief":
        """Of points ``(n, 3)``."""
        flat = points[:, [0, 2]]
        return cls(LinearNDInterpolator(flat, points[:, 1]), NearestNDInterpolator(flat, points[:, 1]))

    def on(self, flat: Array, lift: float) -> Array:
        """Points ``(n, 3)`` ``lift`` above the surface at ``flat (n, 2)``."""
        height = self.linear(flat)
        height = np.where(np.isnan(height), self.nearest(flat), height)
        return np.stack([flat[:, 0], height + lift, flat[:, 1]], axis=1)


def laces(surface: Surface, cut: ShoeCut, last: Last) -> list[tuple[Array, Faces]]:
    """Rows of laces across the throat, and a knot at its end."""
    toe_column = surface.points[:, AROUND // 2]
    relief = Relief.of(surface.points[:, AROUND // 4 : 3 * AROUND // 4 + 1].reshape(-1, 3))
    half, thick = 0.085 * last.length, 0.0085 * last.length
    rows = []
    for k, share in enumerate(np.linspace(cut.throat + 0.04, 0.97, cut.laces)):
        middle = _along(toe_column, share)
        slant = 0.015 * last.length * (-1) ** k
        across = np.linspace(-1, 1, 7)
        flat = middle[[0, 2]] + np.stack([across * half * (0.8 + 0.2 * share), across * slant], axis=1)
        rows.append(tube(relief.on(flat, 0.3 * thick), np.full(7, thick), 5))
    return [*rows, *_bow(relief, toe_column, thick, last.length)]


def _bow(relief: Relief, toe_column: Array, thick: float, length: float) -> list[tuple[Array, Faces]]:
    middle = _along(toe_column, 0.93)[[0, 2]]
    turn = np.linspace(0.15, 2 * np.pi - 0.15, 10)
    loops = []
    for sign in (-1.0, 1.0):
        flat = middle + length * np.stack(
            [sign * 0.06 * (1 - np.cos(turn)) * 0.5, 0.022 * np.sin(turn) + 0.02 * (1 - np.cos(turn))], axis=1
        )
        loops.append(tube(relief.on(flat, 0.8 * thick), np.full(len(turn), 0.8 * thick), 5))
    return loops


def stripes(surface: Surface, last: Last) -> list[tuple[Array, Faces]]:
    """Two slanting bands on either side of a sports shoe."""
    rows = np.linspace(1.5, 0.75 * (_ROWS - 1), 8)
    slant, lift = 2.2 * (1 - rows / rows[-1]), 0.004 * last.length
    bands = []
    for first in (0.255, 0.32):
        for sign in (1, -1):
            columns = sign * (first * AROUND + slant)[:, None] + np.linspace(-0.8, 0.8, 4)
            points, normals = _on_grid(surface.points, np.broadcast_to(rows[:, None], columns.shape), columns)
            bands.append(((points + lift * normals).reshape(-1, 3), grid_faces(8, 4)))
    return bands


def _on_grid(points: Array, rows: Array, columns: Array) -> tuple[Array, Array]:
    """Points and outward normals of a grid ``points (r, c, 3)``, closed round, at fractional ``rows`` and ``columns (…)``."""
    row, column = np.floor(rows).astype(int), np.floor(columns).astype(int)
    down, right = (rows - row)[..., None], (columns - column)[..., None]
    a, b = points[row, column % AROUND], points[row, (column + 1) % AROUND]
    c, d = points[row + 1, column % AROUND], points[row + 1, (column + 1) % AROUND]
    normals = np.cross(c - a, b - a)
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-12)
    return (1 - down) * ((1 - right) * a + right * b) + down * ((1 - right) * c + right * d), normals


def straps(surface: Surface, cut: ShoeCut, last: Last) -> list[tuple[Array, Faces]]:
    """Broad bands across the instep."""
    toe_column = surface.points[:, AROUND // 2]
    relief = Relief.of(surface.points.reshape(-1, 3))
    width = 0.085 * last.length
    bands = []
    for share in np.linspace(cut.throat + 0.14, 0.92, cut.straps):
        middle = _along(toe_column, share)[[0, 2]]
        across = np.linspace(-0.17, 0.17, 9) * last.length
        rows = [middle + np.stack([across, np.full(9, z)], axis=1) for z in np.linspace(-0.5, 0.5, 4) * width]
        lifts = np.array([-0.004, 0.010, 0.010, -0.004]) * last.length
        points = np.concatenate([relief.on(flat, lift) for flat, lift in zip(rows, lifts, strict=True)])
        bands.append((points, grid_faces(4, 9)))
    return bands


def tongue(surface: Surface, cut: ShoeCut, last: Last) -> tuple[Array, Faces]:
    """A padded strip that starts under the laces and stands a little higher than the collar."""
    toe_column = surface.points[:, AROUND // 2]
    half = 0.075 * last.length
    middles = [_along(toe_column, share) for share in np.linspace(max(cut.throat, 0.5), 1.0, 5)]
    rise = np.array([0.0, 0.055, -0.012]) * last.length
    middles += [middles[-1] + 0.5 * rise, middles[-1] + rise]
    across = np.linspace(1, -1, 7)
    arch = (1 - across**2) * 0.02 * last.length
    rows = [m + np.stack([across * half, arch - 0.012 * last.length, -0.5 * arch], axis=1) for m in middles]
    return np.concatenate(rows), grid_faces(len(rows), 7)


def _along(column: Array, share: float) -> Array:
    """Point ``(3,)`` at ``share`` of the way along ``column (rows, 3)``."""
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(column, axis=0), axis=1))])
    return np.array([np.interp(share * way[-1], way, values) for values in column.T])
