"""Cutting, subdividing and smoothing of meshes, and cloth that hangs, on shapes whose answers are known."""

import numpy as np
import pytest
import trimesh

from render.figure.drape import hang
from render.figure.mesh import (
    border_edges,
    border_loops,
    cut,
    lined,
    score,
    smooth,
    smoother,
    subdivide,
    vertex_normals,
    whole,
)
from render.figure.occlusion import ambient_occlusion
from render.people.figure import Figure

SPHERE = trimesh.creation.icosphere(subdivisions=4)
POINTS, FACES = np.asarray(SPHERE.vertices), np.asarray(SPHERE.faces, np.int64)


def _area(points: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return float(0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1).sum())


def test_cut_leaves_a_cap_with_a_clean_border():
    cap = cut(whole(len(POINTS), FACES), POINTS[:, 1] - 0.3)
    points = cap.mix @ POINTS
    assert _area(points, cap.faces) == pytest.approx(2 * np.pi * (1 - 0.3), rel=0.01)  # Archimedes: 2 pi r h
    np.testing.assert_allclose(points[np.unique(border_edges(cap.faces)), 1], 0.3, atol=1e-9)
    assert points[:, 1].min() > 0.3 - 1e-9


def test_both_halves_of_a_cut_make_the_whole():
    level = POINTS @ [0.3, 0.8, -0.5] - 0.1
    halves = [cut(whole(len(POINTS), FACES), sign * level) for sign in (1, -1)]
    total = sum(_area(half.mix @ POINTS, half.faces) for half in halves)
    assert total == pytest.approx(_area(POINTS, FACES))
    for half in halves:
        points = half.mix @ POINTS
        outward = vertex_normals(points, half.faces)
        assert ((outward * points).sum(axis=1) > 0.9).all()


def test_scoring_keeps_the_surface_and_divides_it_along_the_line():
    level = POINTS @ [0.3, 0.8, -0.5] - 0.1
    scored = score(whole(len(POINTS), FACES), level)
    points = scored.mix @ POINTS
    assert _area(points, scored.faces) == pytest.approx(_area(POINTS, FACES))
    assert not border_edges(scored.faces).size
    at = (scored.mix @ level)[scored.faces]
    assert not ((at.max(axis=1) > 1e-6) & (at.min(axis=1) < -1e-6)).any()


def test_the_border_of_a_band_is_two_closed_loops():
    upper = cut(whole(len(POINTS), FACES), POINTS[:, 1] + 0.2)
    band = cut(upper, 0.4 - (upper.mix @ POINTS)[:, 1])
    points, loops = band.mix @ POINTS, border_loops(band.faces)
    heights = sorted(points[loop, 1].mean() for loop in loops)
    np.testing.assert_allclose(heights, [-0.2, 0.4], atol=1e-9)
    directed = {(int(a), int(b)) for face in band.faces for a, b in zip(face, np.roll(face, -1), strict=True)}
    assert all((int(a), int(b)) in directed for loop in loops for a, b in zip(loop, np.roll(loop, -1), strict=True))


def test_subdividing_keeps_the_surface():
    finer = subdivide(whole(len(POINTS), FACES))
    assert len(finer.faces) == 4 * len(FACES)
    assert _area(finer.mix @ POINTS, finer.faces) == pytest.approx(_area(POINTS, FACES))
    np.testing.assert_allclose(np.asarray(finer.mix.sum(axis=1)), 1.0)


def test_smoothing_keeps_constants_and_flattens_noise():
    matrix = smoother(FACES, len(POINTS))
    np.testing.assert_allclose(matrix @ np.ones(len(POINTS)), 1.0)
    noise = np.random.default_rng(0).standard_normal(len(POINTS))
    assert smooth(matrix, noise, 5).std() < 0.25 * noise.std()


def test_lining_only_doubles_the_border():
    cap = cut(whole(len(POINTS), FACES), POINTS[:, 1] - 0.3)
    points, depth = cap.mix @ POINTS, 0.1
    extra = lined(cap.faces, points, depth)[len(cap.faces) :]
    assert 0 < len(extra) < 0.3 * len(cap.faces)
    assert (points[np.unique(extra), 1] < 0.3 + depth).all()
    assert not border_edges(FACES).size


def test_merging_keeps_linings_and_drops_doubles():
    cap = cut(whole(len(POINTS), FACES), POINTS[:, 1] - 0.3)
    points = cap.mix @ POINTS
    faces = lined(cap.faces, points, 0.1)
    n = len(points)
    plain = {
        "weights": np.zeros((n, 55)),
        "colours": np.ones((n, 4)),
        "grain": np.zeros((n, 2)),
        "surface": np.ones((n, 2)),
    }
    figure = Figure(
        np.zeros((55, 3)), points, points.copy(), faces=np.concatenate([faces, np.roll(faces, 1, axis=1)]), **plain
    )
    assert len(figure.simplified(1e-4).faces) == len(faces)
    assert len(figure.simplified(0.1).vertices) < 0.6 * n


def test_merging_keeps_colours_apart():
    """A ball half black, half white: no vertex is grey afterwards."""
    n = len(POINTS)
    colours = np.column_stack([np.repeat((POINTS[:, :1] > 0.013).astype(float), 3, axis=1), np.ones(n)])
    plain = {"weights": np.zeros((n, 55)), "grain": np.zeros((n, 2)), "surface": np.ones((n, 2))}
    coarse = Figure(np.zeros((55, 3)), POINTS, POINTS.copy(), faces=FACES, colours=colours, **plain).simplified(0.3)
    assert len(coarse.vertices) < 0.5 * n
    assert set(np.unique(coarse.colours[:, :3].round(5))) == {0.0, 1.0}


def test_cloth_bridges_a_waist_and_hangs_from_a_bust():
    """An hourglass of revolution: radius 0.2 at the top, 0.1 in the middle. Cloth that hardly draws in falls nearly straight."""
    height, angle = (
        grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 120), np.linspace(-np.pi, np.pi, 90, endpoint=False))
    )
    radius = 0.1 + 0.1 * np.abs(2 * height - 1)
    points = np.stack([radius * np.sin(angle), height, radius * np.cos(angle)], axis=1)
    hung = hang(points, np.zeros(2), pull_in=0.02)
    new = np.hypot(hung[:, 0], hung[:, 2])
    np.testing.assert_allclose(hung[:, 1], height)
    waist = np.abs(height - 0.5) < 0.02
    np.testing.assert_allclose(new[waist], 0.2 - 0.02 * 0.5, atol=0.006)
    assert (new > radius - 0.006).all()


def test_the_inside_of_a_corner_is_darker_than_open_ground():
    """Two walls that meet at a right angle: near the corner half the sky is gone, far away hardly any."""
    u, v = (grid.ravel() for grid in np.meshgrid(np.linspace(0, 1, 60), np.linspace(-0.5, 0.5, 60)))
    index = np.arange(3600).reshape(60, 60)
    a, b, c, d = (part.ravel() for part in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    faces = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
    ground, wall = np.stack([u, 0 * u, v], 1), np.stack([0 * u, u, v], 1)
    normals = np.concatenate([np.tile([0.0, 1, 0], (3600, 1)), np.tile([1.0, 0, 0], (3600, 1))])
    open_share = ambient_occlusion(np.concatenate([ground, wall]), normals, np.concatenate([faces, faces + 3600]), 1.0)
    middle = np.abs(v) < 0.1
    near = open_share[:3600][(u > 0.03) & (u < 0.08) & middle].mean()
    far = open_share[:3600][(u > 0.9) & middle].mean()
    assert near < 0.8 * far
