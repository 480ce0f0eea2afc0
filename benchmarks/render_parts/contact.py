"""How the soles of the rendered mesh touch the floor, and how those of the physics do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np

from benchmarks.render_parts.walks import DrawnWalk
from engine.core.arrays import Array
from engine.core.conventions import SIDES
from engine.musculoskeletal.foot_contact import sole_points
from engine.musculoskeletal.published import published_model
from engine.musculoskeletal.scale import scale_geometry, segment_scales
from engine.musculoskeletal.storage import read_coordinates
from engine.physics.kernels.rigid_body import Points, rigid_body_motion
from engine.walk.bone_motion import skeleton
from render.body.smplx_joints import JOINT

_NEAR_MM, _STILL_MM = 5.0, 10.0
_SOLE_SHARE = 0.06
"""Vertices of a foot that lie lower in the rest pose, in statures, are its sole."""
_HEADING = (
    "| walks | stances | lowest sole point, mm (1 to 99 %) | within 5 mm | the worst walk | slip per stance, median, mm | largest | "
    "below 10 mm | of the physics' spheres, median | largest |"
)


@dataclass(frozen=True)
class Contact:
    """Heights ``(n,)`` mm of the lowest point of standing soles, one after the other; per stance how far, mm, soles and the spheres of
    the physics slip ``(m,)``."""

    heights: Array
    slips: Array
    spheres: Array

    @property
    def near(self) -> float:
        """Share of ``heights`` within 5 mm."""
        return float((np.abs(self.heights) <= _NEAR_MM).mean())


def contact(walks: Iterator[DrawnWalk]) -> Iterator[str]:
    """Of each condition and of all: heights of standing feet's lowest point, how far soles slip while they stand, on the drawn mesh and in
    the physics."""
    yield _HEADING
    yield "|---" * (_HEADING.count("|") - 1) + "|"
    found: list[Contact] = []
    for condition, some in groupby(walks, lambda walk: walk.subject.condition.name):
        own = [measure_contact(walk) for walk in some]
        found += own
        yield _row(f"{condition}, {len(own)}", own)
    yield _row(f"all, {len(found)}", found)


def measure_contact(walk: DrawnWalk) -> Contact:
    """One walk's contacts."""
    soles = {side: _sole(walk, side) for side in SIDES}
    paths = [soles[side][first : last + 1] for side, first, last in walk.stances]
    heights = np.concatenate([path[..., 1].min(axis=1) for path in paths])
    return Contact(1e3 * heights, 1e3 * np.array([slip(path) for path in paths]), 1e3 * _slips_of_physics(walk))


def _row(name: str, parts: list[Contact]) -> str:
    heights, slips, spheres = (
        np.concatenate([getattr(part, field) for part in parts]) for field in ("heights", "slips", "spheres")
    )
    low, high = np.percentile(heights, [1, 99])
    near, worst = 100 * (np.abs(heights) <= _NEAR_MM).mean(), 100 * min(part.near for part in parts)
    return (
        f"| {name} | {len(slips)} | {low:.1f} … {high:.1f} | {near:.1f} % | {worst:.0f} % | {np.median(slips):.1f} | {slips.max():.1f} | "
        f"{100 * (slips < _STILL_MM).mean():.1f} % | {np.median(spheres):.1f} | {spheres.max():.1f} |"
    )


def slip(path: Array) -> float:
    """How far, m, the place where a sole touches the floor moves along it in one stance; ``path (F, n, 3)`` are points of the sole.

    From one frame to the next, the point that stays lowest is the one that stands.
    """
    lowest = np.argmin(path[1:, :, 1] + path[:-1, :, 1], axis=1)
    steps = np.diff(path, axis=0)[np.arange(len(lowest)), lowest]
    return float(np.linalg.norm(steps[:, [0, 2]].sum(axis=0)))


def _slips_of_physics(walk: DrawnWalk) -> Array:
    """The same ``(m,)`` m of the physics: how far the matter at the lowest point of the lowest sphere moves along the floor."""
    time, q = read_coordinates(walk.folder / "coordinates.mot")
    bones = skeleton(walk.body)
    bare = replace(published_model(), muscles=(), cylinders=(), actuators={})
    soles = sole_points(scale_geometry(bare, segment_scales(walk.body)), walk.body)
    points = Points(np.array([bones.body(name) for name in soles.bodies]), soles.centres, soles.radii)
    moving = rigid_body_motion(bones.tree, points, q, np.gradient(q, time, axis=0), np.zeros_like(q))
    slips = []
    for side, first, last in walk.stances:
        own = np.array([name.endswith(f"_{side[0]}") for name in soles.bodies])
        now = (time >= first / walk.fps) & (time <= last / walk.fps)
        lowest = moving.position[now][:, own, 1].argmin(axis=1)
        speed = moving.velocity[now][:, own][np.arange(len(lowest)), lowest]
        slips.append(np.linalg.norm(speed[:, [0, 2]].sum(axis=0) * (time[1] - time[0])))
    return np.array(slips)


def _sole(walk: DrawnWalk, side: str) -> Array:
    """Points ``(F, n, 3)`` of one foot's sole in every frame."""
    figure = walk.figure
    foot = figure.weights[:, [JOINT[f"{side}_ankle"], JOINT[f"{side}_foot"]]].sum(axis=1) > 0.5
    height = figure.vertices[:, 1]
    low = foot & (height < height.min() + _SOLE_SHARE * np.ptp(height))
    weights = figure.weights[low]
    moved = np.einsum("nj,fjab->fnab", weights, walk.transforms, optimize=True)
    return np.einsum("fnab,nb->fna", moved[..., :3], figure.vertices[low]) + moved[..., 3]
