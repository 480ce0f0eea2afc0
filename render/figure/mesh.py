"""Triangle meshes whose vertices are fixed mixtures of a body's vertices: cut, subdivide, smooth."""

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from engine.core.arrays import Array, Index, Mask
from engine.core.frozen import frozen

Faces = Index


@frozen
class Patch:
    """Part of a body's surface: ``mix (n, V)`` sparse, rows sum to one, so ``mix @ values`` carries any vertex values of the body over;
    ``faces (m, 3)``."""

    mix: sp.csr_matrix
    faces: Faces

    def __len__(self) -> int:
        return self.mix.shape[0]


def whole(vertices: int, faces: Faces) -> Patch:
    """The body itself as a patch."""
    return Patch(sp.identity(vertices, format="csr"), faces)


def cut(patch: Patch, level: Array) -> Patch:
    """What lies where ``level (n,)`` is positive, with a clean edge where it is zero (linear in each triangle)."""
    mix, inside, _ = _divided(patch, level)
    return _compact(mix, inside)


def score(patch: Patch, level: Array) -> Patch:
    """The whole patch, its triangles divided along the line where ``level (n,)`` is zero: there colours can change sharply."""
    mix, inside, outside = _divided(patch, level)
    return Patch(mix, np.concatenate([inside, outside]))


def _divided(patch: Patch, level: Array) -> tuple[sp.csr_matrix, Faces, Faces]:
    """Old and new vertices, and the triangles on the positive and on the negative side."""
    level = np.where(np.abs(level) < 1e-7, 1e-7, level)
    inside = level > 0
    count = inside[patch.faces].sum(axis=1)
    mixed = patch.faces[(count == 1) | (count == 2)]
    edges = np.sort(np.concatenate([mixed[:, [0, 1]], mixed[:, [1, 2]], mixed[:, [2, 0]]]), axis=1)
    edges, _ = _each_once(edges[inside[edges[:, 0]] != inside[edges[:, 1]]])
    mix = sp.vstack([patch.mix, _crossings(patch, level, edges)], format="csr")
    whole_inside, whole_outside = (
        np.concatenate([patch.faces[count == whole_side], *_pieces(mixed, side, edges, len(patch))])
        for whole_side, side in ((3, inside), (0, ~inside))
    )
    return mix, whole_inside, whole_outside


def _crossings(patch: Patch, level: Array, edges: Faces) -> sp.csr_matrix:
    a, b = edges.T
    share = (level[a] / (level[a] - level[b]))[:, None]
    return patch.mix[a].multiply(1 - share) + patch.mix[b].multiply(share)


def _pieces(mixed: Faces, inside: Mask, edges: Faces, born_from: int) -> list[Faces]:
    """Triangles that are left of those that the border crosses: one where one corner is inside, two where two are."""
    lone_is_inside = inside[mixed].sum(axis=1) == 1
    lone = np.argmax(inside[mixed] == lone_is_inside[:, None], axis=1)
    rows = np.arange(len(mixed))
    tip, left, right = (mixed[rows, (lone + k) % 3] for k in range(3))
    key = edges[:, 0] * (2**32) + edges[:, 1]

    def born(a: Index, b: Index) -> Index:
        return born_from + np.searchsorted(key, np.minimum(a, b) * (2**32) + np.maximum(a, b))

    to_left, to_right = born(tip, left), born(tip, right)
    two = ~lone_is_inside
    return [
        np.stack([tip, to_left, to_right], axis=1)[lone_is_inside],
        np.stack([to_left, left, right], axis=1)[two],
        np.stack([to_left, right, to_right], axis=1)[two],
    ]


def _compact(mix: sp.csr_matrix, faces: Faces) -> Patch:
    used, faces = np.unique(faces, return_inverse=True)
    return Patch(mix[used], faces.reshape(-1, 3))


def subdivide(patch: Patch) -> Patch:
    """Every triangle as four, new vertices in the middle of edges."""
    edges, _ = _each_once(_edges(patch.faces))
    key = edges[:, 0] * (2**32) + edges[:, 1]
    a, b, c = patch.faces.T

    def middle(p: Index, q: Index) -> Index:
        return len(patch) + np.searchsorted(key, np.minimum(p, q) * (2**32) + np.maximum(p, q))

    ab, bc, ca = middle(a, b), middle(b, c), middle(c, a)
    corners = [(a, ab, ca), (b, bc, ab), (c, ca, bc), (ab, bc, ca)]
    mix = sp.vstack([patch.mix, 0.5 * (patch.mix[edges[:, 0]] + patch.mix[edges[:, 1]])], format="csr")
    return Patch(mix, np.concatenate([np.stack(corner, axis=1) for corner in corners]))


def _edges(faces: Faces) -> Faces:
    return np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1)


def _each_once(edges: Faces) -> tuple[Faces, Index]:
    """Pairs ``(k, 2)`` that occur among ``edges (n, 2)``, in order, and how often ``(k,)``."""
    keys, count = np.unique(edges[:, 0] * (2**32) + edges[:, 1], return_counts=True)
    return np.stack([keys // 2**32, keys % 2**32], axis=1), count


def border_edges(faces: Faces) -> Faces:
    """Edges ``(k, 2)`` that belong to one triangle only."""
    edges, count = _each_once(_edges(faces))
    return edges[count == 1]


def border_loops(faces: Faces) -> list[Index]:
    """The closed lines of vertices along open borders, in the direction in which their triangles run, longest first."""
    directed = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    key = directed[:, 0] * (2**32) + directed[:, 1]
    open_edges = directed[~np.isin(key, directed[:, 1] * (2**32) + directed[:, 0])]
    following = dict(open_edges.tolist())
    loops = []
    while following:
        loop = [next(iter(following))]
        while (after := following.pop(loop[-1], None)) is not None:
            loop.append(after)
        loops.append(np.array(loop[:-1] if loop[0] == loop[-1] else loop))
    return sorted(loops, key=len, reverse=True)


def lined(faces: Faces, vertices: Array, depth: float) -> Faces:
    """The faces, and those within ``depth`` (m) of an open border once more from behind, so that one does not look through a sleeve."""
    border = border_edges(faces)
    if not len(border):
        return faces
    away, _ = cKDTree(vertices[border].mean(axis=1)).query(vertices, distance_upper_bound=depth)
    at_border = faces[np.isfinite(away)[faces].all(axis=1)]
    return np.concatenate([faces, at_border[:, ::-1]])


def smoother(faces: Faces, vertices: int) -> sp.csr_matrix:
    """Matrix that moves each vertex half-way to the mean of its neighbours; border vertices heed only their neighbours on the border."""
    border = border_edges(faces)
    on_border = np.zeros(vertices, bool)
    on_border[border.ravel()] = True
    inner = sp.diags((~on_border).astype(float)) @ _neighbour_mean(_edges(faces), vertices)
    outer = sp.diags(on_border.astype(float)) @ _neighbour_mean(border, vertices)
    return (0.5 * sp.identity(vertices) + 0.5 * (inner + outer)).tocsr()


def _neighbour_mean(edges: Faces, vertices: int) -> sp.csr_matrix:
    both = np.concatenate([edges, edges[:, ::-1]])
    links = sp.coo_matrix((np.ones(len(both)), both.T), shape=(vertices, vertices)).tocsr()
    links.data[:] = 1.0
    return sp.diags(1.0 / np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)) @ links


def smooth(matrix: sp.csr_matrix, values: Array, times: int) -> Array:
    """``values`` after ``times`` passes of a `smoother`."""
    for _ in range(times):
        values = matrix @ values
    return values


def vertex_normals(vertices: Array, faces: Faces) -> Array:
    """Unit normals ``(n, 3)``, area weighted."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    across = np.cross(b - a, c - a)
    corner_sum = sp.coo_matrix((np.ones(faces.size), (faces.ravel(), np.repeat(np.arange(len(faces)), 3))))
    normals = corner_sum.tocsr() @ across
    normals = np.concatenate([normals, np.zeros((len(vertices) - len(normals), 3))])
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
