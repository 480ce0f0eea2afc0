"""Feet that stand still: where a foot bears load its sole lies on the floor and does not slide.

Physics lets soles give way and creep by some millimetres while they are loaded and unloaded, and what is drawn is no copy of its spheres.
Both are taken out here. The path of a sole tells how far its foot is off where it should be. Least squares divide the height between
the pelvis and the knees, so that neither jolts; what lies along the floor is left to the legs. Feet keep their orientation, and all joints
but hips and knees theirs.
"""

import numpy as np
from scipy.sparse import block_array, diags_array
from scipy.sparse.linalg import spsolve

from engine.core.arrays import Array, Index, Mask
from engine.core.conventions import SIDES
from engine.core.frozen import frozen
from engine.gait.records import Events
from render.body.leg import leg_line, move_ankle
from render.body.posing import Pose
from render.body.tread import Sole

FADE_S = 0.15
"""How long before and after a stance its displacement along the floor fades in and out."""
FLOOR_M, KNEE, KNEE_PER_S2, PELVIS_PER_S2 = 0.001, np.radians(2.0), np.radians(1000.0), 1.0
"""What counts alike in the least squares: sole off the floor, m; knee bent otherwise than in the physics, rad, and that change's second
derivative; second derivative of the pelvis' height, m/s²."""
_SHARED_M = 0.0005
"""A point of the sole this much higher than the lowest one counts for e⁻¹ as much in where the sole stands."""
_ROUNDS = 3
"""A swinging foot that would sink into the floor is laid on it in the next round."""
_FEWEST = 3
_UP = np.array([0.0, 1.0, 0.0])


@frozen
class Standing:
    """Which feet bear load: ``feet (n, 2)`` in the order of `SIDES`, in the frames of a motion at ``fps``."""

    feet: Mask
    fps: float

    @classmethod
    def during(cls, events: Events, times: Array, fps: float) -> "Standing":
        """From heel strike to toe off, at ``times (n,)`` s. Before a foot's first event it did what that event ends; one without
        events stands nowhere."""
        feet = zip(events.heel_strikes, events.toe_offs, strict=True)
        return cls(np.stack([_stands(*own, times) for own in feet], axis=1), fps)


def plant(pose: Pose, rest: Array, soles: tuple[Sole, Sole], standing: Standing) -> Pose:
    """The walk of ``pose`` whose feet lie on the floor y = 0 where they are ``standing``; ``rest (55, 3)`` are the body's rest joints.
    Fewer than three poses are no motion and stay as they are."""
    if len(pose) < _FEWEST:
        return pose
    transforms, joints = pose.transforms(rest), pose.joints(rest)
    paths = [sole.path(transforms) for sole in soles]
    level = np.stack([_hold(path, standing.feet[:, k], FADE_S * standing.fps) for k, path in enumerate(paths)])
    height = np.stack([path[..., 1].min(axis=1) for path in paths])
    pelvis, raised = _share_out(joints, level, height, standing)
    rotations = pose.rotations.copy()
    for k, side in enumerate(SIDES):
        move_ankle(rotations, joints, side, level[k] + raised[k, :, None] * _UP)
    return Pose(rotations, pose.pelvis + pelvis[:, None] * _UP)


def stances(standing: Mask) -> list[tuple[int, int]]:
    """First and last frame of each stance in ``standing (n,)``."""
    change = np.flatnonzero(np.diff(np.concatenate([[False], standing, [False]]).astype(int)))
    return [(int(first), int(after) - 1) for first, after in change.reshape(-1, 2)]


def _stands(strikes: Array, offs: Array, times: Array) -> Mask:
    instants = np.concatenate([strikes, offs])
    if not len(instants):
        return np.zeros(len(times), bool)
    order = np.argsort(instants)
    strikes_there = (np.arange(len(instants)) < len(strikes))[order]
    states = np.concatenate([~strikes_there[:1], strikes_there])
    return states[np.searchsorted(instants[order], times, side="right")]


def _hold(path: Array, standing: Mask, fade: float) -> Array:
    """Displacements ``(n, 3)`` along the floor that keep what touches it still, of a sole whose points go along ``path (n, P, 3)``. Each
    stance is held in its mean place; around it the displacement fades within ``fade`` frames."""
    held, creep = np.zeros((len(path), 3)), _creep(path)
    for first, last in stances(standing):
        gone = np.concatenate([np.zeros((1, 2)), np.cumsum(creep[first:last], axis=0)])
        held[first : last + 1, ::2] = gone.mean(axis=0) - gone
    nearest, apart = _nearest(standing)
    near = 1 - np.clip(apart / fade, 0, 1)
    return held[nearest] * (near**2 * (3 - 2 * near))[:, None]


def _creep(path: Array) -> Array:
    """How far ``(n - 1, 2)`` what touches the floor moves along it from each frame to the next."""
    height = 0.5 * (path[1:, :, 1] + path[:-1, :, 1])
    touch = np.exp(-(height - height.min(axis=1, keepdims=True)) / _SHARED_M)
    touch /= touch.sum(axis=1, keepdims=True)
    return np.einsum("np,npa->na", touch, np.diff(path[..., ::2], axis=0))


def _nearest(standing: Mask) -> tuple[Index, Array]:
    """The frame ``(n,)`` nearest to each in which a foot stands, and how many frames it is away."""
    frames, stood = np.arange(len(standing)), np.flatnonzero(standing)
    if not len(stood):
        return frames, np.full(len(frames), np.inf)
    after = np.searchsorted(stood, frames)
    left, right = stood[(after - 1).clip(min=0)], stood[after.clip(max=len(stood) - 1)]
    nearest = np.where(np.abs(frames - left) < np.abs(right - frames), left, right)
    return nearest, np.abs(frames - nearest)


def _share_out(joints: Array, level: Array, height: Array, standing: Standing) -> tuple[Array, Array]:
    """How far the pelvis ``(n,)`` is raised, and each foot ``(2, n)`` more than it, m. ``level (2, n, 3)`` are the feet's displacements
    along the floor, ``height (2, n)`` where their soles are."""
    lines, gains = map(np.stack, zip(*(leg_line(joints, side) for side in SIDES), strict=True))
    along = (lines * level).sum(axis=-1)
    firm = standing.feet.T / FLOOR_M
    for _ in range(_ROUNDS):
        pelvis, *raised = _least_squares(lines[..., 1], gains, along, height, firm, standing.fps)
        sunk = (firm == 0) & (height + pelvis + raised < -FLOOR_M)
        if not sunk.any():
            break
        firm[sunk] = 1 / FLOOR_M
    return pelvis, np.stack(raised)


def _least_squares(upright: Array, gains: Array, along: Array, height: Array, firm: Array, fps: float) -> Array:
    """Displacements ``(3, n)`` of the pelvis and of both feet relative to it.

    Minimised are the squares of: soles off the floor, times ``firm (2, n)``; change of the knees, ``(upright · raised + along) /
    gains``, and its second derivative; second derivative of the pelvis' height; each in the unit that is said above.
    """
    n = height.shape[1]
    bend = diags_array([np.full(n - 2, w * fps**2) for w in (1.0, -2.0, 1.0)], offsets=(0, 1, 2), shape=(n - 2, n))
    rows, wanted = [[bend / PELVIS_PER_S2, None, None]], [np.zeros(n - 2)]
    for k in range(len(SIDES)):
        own: list = [None] * len(SIDES)
        floor, knee = diags_array(firm[k]), diags_array(upright[k] / gains[k])
        for matrix, right in (
            (knee / KNEE, -along[k] / gains[k] / KNEE),
            (bend @ knee / KNEE_PER_S2, -(bend @ (along[k] / gains[k])) / KNEE_PER_S2),
        ):
            rows.append([None, *own[:k], matrix, *own[k + 1 :]])
            wanted.append(right)
        rows.append([floor, *own[:k], floor, *own[k + 1 :]])
        wanted.append(-height[k] * firm[k])
    matrix = block_array(rows, format="csc")
    return spsolve(matrix.T @ matrix, matrix.T @ np.concatenate(wanted)).reshape(3, n)
