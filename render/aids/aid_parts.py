"""The aids as parts of a figure: rigid, each of their bodies moved by a joint of its own after the 55 of the person."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engine.core.arrays import Array, Single
from engine.core.conventions import SMPLX_JOINTS
from render.aids.cane import Piece, cane, forearm_crutch
from render.aids.fit import fit_aid
from render.aids.rollator import rollator
from render.figure.anatomy import Anatomy
from render.figure.mesh import vertex_normals
from render.figure.occlusion import ambient_occlusion
from render.figure.part import Part, flat_colour
from render.people.aid import Aid
from render.people.figure import Figure

_REST_AHEAD = 2.0
"""Where aids lie in the rest pose: this many statures ahead of the person, so that no detail of theirs is merged with the body's."""


def aid_bodies(aid: Aid, person: Anatomy) -> list[tuple[Piece, ...]]:
    """What each joint of the aid moves, in the body's own axes: one per hand for canes and crutches; frame and four wheels."""
    fits = [fit_aid(person, side) for side in aid.hands]
    if aid.kind == "rollator":
        return rollator(fits[0], aid.finish)
    make = cane if aid.kind == "cane" else forearm_crutch
    return [make(fit, aid.finish) for fit in fits]


def rest_place(person: Anatomy) -> Array:
    """Where the origin of every body of an aid lies in the rest pose ``(3,)``."""
    return np.array([0.0, person.floor, _REST_AHEAD * person.stature])


def aid_parts(aid: Aid, person: Anatomy) -> list[Part]:
    """The aid in the rest pose; weights ``(n, 55 + A)``, ``A`` the number of its bodies."""
    bodies = aid_bodies(aid, person)
    parts = []
    for k, pieces in enumerate(bodies):
        for piece in pieces:
            weights = np.zeros((len(piece.solid.vertices), len(SMPLX_JOINTS) + len(bodies)))
            weights[:, len(SMPLX_JOINTS) + k] = 1.0
            vertices = piece.solid.vertices + rest_place(person)
            colours = flat_colour(piece.colour, len(vertices))
            parts.append(
                Part(
                    f"{aid.kind}_{piece.name}",
                    vertices,
                    weights,
                    piece.solid.faces,
                    colours,
                    piece.solid.grain,
                    piece.material,
                    piece.roughness,
                )
            )
    return parts


def carry(figure: Figure, parts: Sequence[Part], stature: float) -> Figure:
    """The figure with rigid parts added; `Figure.posed` then takes ``(55 + A, 3, 4)`` transforms."""
    vertices = np.concatenate([part.vertices for part in parts])
    starts = np.cumsum([0, *(len(part.vertices) for part in parts[:-1])])
    faces = np.concatenate([part.faces + start for part, start in zip(parts, starts, strict=True)])
    normals = np.concatenate([vertex_normals(part.vertices, part.faces) for part in parts])
    openness = ambient_occlusion(vertices, normals, faces, stature)
    weights = np.concatenate([part.weights for part in parts])
    own = np.zeros((len(figure.vertices), weights.shape[1]), np.float32)
    own[:, : figure.weights.shape[1]] = figure.weights
    surface = [np.tile([float(part.material), part.roughness], (len(part.vertices), 1)) for part in parts]
    colours = np.column_stack([np.concatenate([part.colours for part in parts]), openness])

    def after(first: Single, second: Array) -> Single:
        return np.concatenate([first, second]).astype(np.float32)

    return replace(
        figure,
        vertices=after(figure.vertices, vertices),
        normals=after(figure.normals, normals),
        weights=after(own, weights),
        faces=np.concatenate([figure.faces, faces + len(figure.vertices)]),
        colours=after(figure.colours, colours),
        grain=after(figure.grain, np.concatenate([part.grain for part in parts])),
        surface=after(figure.surface, np.concatenate(surface)),
    )
