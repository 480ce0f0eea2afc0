"""A dressed person as one skinned mesh."""

import numpy as np
import scipy.sparse as sp

from engine.core.arrays import Array, Mask, Single
from engine.core.frozen import frozen
from render.body.posing import Pose, skin
from render.core.colour import LUMINANCE
from render.figure.anatomy import Anatomy
from render.figure.garments.outfit import put_on
from render.figure.mesh import Faces, lined, smooth, smoother, vertex_normals
from render.figure.occlusion import ambient_occlusion
from render.figure.orthoses import make_orthoses
from render.figure.part import Material, Part
from render.figure.shoes import dress_feet
from render.people.appearance import Appearance
from render.people.head import dress_head
from render.people.skin import skin_colours

_OPENNESS_PASSES = 4
_SHADES = 4
"""Steps from black to white, evenly by square root, that are told apart in simplifying."""
_LINING = 0.06
"""How far into sleeves, legs and skirts one sees their inside, share of stature."""


@frozen
class Figure:
    """All parts of a person joined: rest ``vertices``, ``normals (n, 3)``, ``weights (n, 55)``, ``faces (m, 3)``, ``colours (n, 4)``
    linear RGB and openness to ambient light, ``grain (n, 2)``, ``surface (n, 2)`` material number and roughness. ``joints (55, 3)`` of
    the rest pose."""

    joints: Array
    vertices: Single
    normals: Single
    weights: Single
    faces: Faces
    colours: Single
    grain: Single
    surface: Single

    def posed(self, transforms: Array) -> tuple[Single, Single]:
        """Vertices and normals ``(n, 3)`` moved by one frame's ``transforms (55, 3, 4)``."""
        blended = (self.weights @ transforms.reshape(len(transforms), 12).astype(np.float32)).reshape(-1, 3, 4)
        vertices = np.einsum("nab,nb->na", blended[..., :3], self.vertices) + blended[..., 3]
        return vertices, np.einsum("nab,nb->na", blended[..., :3], self.normals)

    def simplified(self, cell: float) -> "Figure":
        """The figure with vertices that share a cube of side ``cell`` (m), a material, a shade and a facing merged into their mean.

        Vertex clustering: Rossignac & Borrel 1993, in Modeling in Computer Graphics, 455. Shades stay apart so that patterns are sharp.
        """
        shade = np.floor(_SHADES * np.sqrt(np.clip(self.colours[:, :3] @ LUMINANCE, 0.0, 1.0)))[:, None]
        kind = self.surface[:, :1] + (self.normals > 0) @ [[32.0], [64.0], [128.0]] + 256.0 * shade
        key = np.column_stack([np.floor(self.vertices / cell), kind]).astype(np.int64)
        key -= key.min(axis=0)
        number = np.ravel_multi_index(tuple(key.T), key.max(axis=0) + 1)
        _, kept, merged, count = np.unique(number, return_index=True, return_inverse=True, return_counts=True)
        faces = merged[self.faces]
        faces = faces[(faces != np.roll(faces, 1, axis=1)).all(axis=1)]
        turned = np.take_along_axis(faces, (faces.argmin(axis=1)[:, None] + np.arange(3)) % 3, axis=1)
        _, first = np.unique(turned @ [len(kept) ** 2, len(kept), 1], return_index=True)
        to_mean = sp.csr_matrix(
            ((1 / count[merged]).astype(np.float32), (merged, np.arange(len(merged)))), shape=(len(kept), len(merged))
        )
        means = {name: to_mean @ getattr(self, name) for name in ("vertices", "normals", "weights", "colours")}
        return Figure(self.joints, faces=faces[first], grain=self.grain[kept], surface=self.surface[kept], **means)


def dress(person: Anatomy, appearance: Appearance, standing: Pose) -> Figure:
    """The person as ``appearance`` says. ``standing`` is one pose in which shading by the surroundings is measured."""
    parts = _parts(person, appearance)
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    vertices = np.concatenate([part.vertices for part in parts])
    normals = np.concatenate([vertex_normals(part.vertices, part.faces) for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)])
    depth = _LINING * person.stature
    linings = [lined(part.faces, part.vertices, depth) + start for part, start in zip(parts, starts, strict=True)]
    transforms = standing.transforms(person.joints)
    posed = skin(vertices, weights, transforms)[0]
    posed_normals = np.einsum(
        "nab,nb->na", (weights @ transforms[0, :, :, :3].reshape(-1, 9)).reshape(-1, 3, 3), normals
    )
    openness = ambient_occlusion(posed, posed_normals, faces, person.stature)
    openness = smooth(smoother(faces, len(vertices)), openness, _OPENNESS_PASSES)
    surface = [np.tile([float(part.material), part.roughness], (len(part.vertices), 1)) for part in parts]
    colours = np.concatenate([part.colours for part in parts])
    return Figure(
        joints=person.joints,
        vertices=vertices.astype(np.float32),
        normals=normals.astype(np.float32),
        weights=weights.astype(np.float32),
        faces=np.concatenate(linings),
        colours=np.column_stack([colours, openness]).astype(np.float32),
        grain=np.concatenate([part.grain for part in parts]).astype(np.float32),
        surface=np.concatenate(surface).astype(np.float32),
    )


def _parts(person: Anatomy, appearance: Appearance) -> list[Part]:
    rng = np.random.default_rng(appearance.details)
    worn = put_on(person, appearance.outfit, rng)
    worn_on_head, in_headwear = dress_head(person, appearance, rng)
    worn_on_feet, in_footwear = dress_feet(person, appearance.footwear, worn.covers)
    hidden = worn.covers | in_footwear | in_headwear
    parts = [_skin(person, appearance, hidden, rng), *worn.parts]
    return [*parts, *worn_on_feet, *make_orthoses(person, appearance.orthosis, worn.covers), *worn_on_head]


def _skin(person: Anatomy, appearance: Appearance, hidden: Mask, rng: np.random.Generator) -> Part:
    faces = person.faces[~hidden[person.faces].all(axis=1)]
    used, faces = np.unique(faces, return_inverse=True)
    colours = skin_colours(person, appearance, rng)[used]
    rest = person.vertices[used]
    grain = np.stack([rest[:, 0] + rest[:, 2], rest[:, 1]], axis=1)
    return Part("skin", rest, person.weights[used], faces.reshape(-1, 3), colours, grain, Material.SKIN, 0.5)
