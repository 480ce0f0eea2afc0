"""The passes that make a picture: maps that shadows are looked up in, what is left of the floor's light, surfaces with their colours."""

import numpy as np
from OpenGL import GL

from engine.core.arrays import Array, Mask, Single
from render.camera.camera import Camera
from render.core.frame import Image
from render.core.light import Light
from render.raster import shade
from render.raster.buffers import DepthMap, Target
from render.raster.composite import display_definitions, finer_to_one, smoothed
from render.raster.limbs import LIMBS
from render.raster.meshes import Mesh
from render.raster.programs import Uniforms, find_program
from render.raster.samples import EDGE_M, FINER, shown
from render.raster.view import Box, bends, eye_and_clip, metres, rolls, view_uniforms, whole

_FIRST, _SECOND = ((slice(k, None, FINER), slice(k, None, FINER)) for k in range(FINER))
_SHADE_PIXELS, _CLEARANCE_PIXELS = 640, 96
_UNITS = {"shade": 0, "shade_depth": 1, "clearance": 2}
_MOST_FILLS = 2


class Canvas:
    """Draws meshes in the light of a place, as one camera sees them at a time."""

    def __init__(self, light: Light) -> None:
        self._light = light
        self._shade, self._clearance = DepthMap(_SHADE_PIXELS), DepthMap(_CLEARANCE_PIXELS)
        self._still = Target((GL.GL_RGBA8, GL.GL_R8))
        self._moving = Target((GL.GL_RGBA8, GL.GL_R8, GL.GL_RG32F))
        self._share = Target((GL.GL_R8,))
        self._lighting = _light_uniforms(light)
        self._shadows: Uniforms = {}

    def delete(self) -> None:
        """Gives its memory back."""
        for held in (self._shade, self._clearance, self._still, self._moving, self._share):
            held.delete()

    def cast(self, figure: Mesh, points: Array | Single, soles: Array | Single, stature: float) -> None:
        """Draws the shadow of ``figure``, some of whose ``points (n, 3)`` and ``soles (m, 3)`` are given, for later passes."""
        clip, extent = shade.along_light(
            self._light.key.to_light, 0.5 * (points.min(axis=0) + points.max(axis=0)), stature
        )
        below = shade.from_below(soles.min(axis=0), soles.max(axis=0))
        _solid_state()
        self._shade.begin()
        _use_depth({"view": clip, "projection": np.eye(4)})
        figure.draw()
        GL.glDisable(GL.GL_CULL_FACE)
        self._clearance.begin()
        _use_depth({"view": below, "projection": np.eye(4)})
        figure.draw("soles")
        self._shadows = {
            "to_shade": shade.texture_of(clip),
            "shade_extent": extent,
            "to_clearance": shade.texture_of(below),
            "clearance_range": np.array([shade.CLEARANCE_FROM_M, shade.CLEARANCE_SPAN_M]),
        }

    def share(self, sheet: Mesh, camera: Camera, box: Box) -> Image:
        """Share ``(h, w)`` of its light, of 255, that the floor under ``sheet`` still receives."""
        self._share.begin(box.width, box.height, clear=1.0)
        _solid_state()
        self._bind_maps()
        program = find_program("floor.vert", "floor.frag", **self._definitions(camera))
        program.use({**view_uniforms(camera, box), **self._lighting, **self._shadows, **_UNITS})
        sheet.draw()
        return smoothed(self._share.picture(0)[..., 0])

    def room(self, mesh: Mesh, camera: Camera, *, cover: bool) -> tuple[Image, Single, Image | None]:
        """Colours and share of floor ``(h, w, 4)``, depths ``(h, w)`` m, and with ``cover`` the share ``(h, w)`` of 255 of each pixel that
        is covered, of what the whole picture shows of ``mesh``."""
        box = whole(camera)
        self._still.begin(FINER * box.width, FINER * box.height)
        self._draw(mesh, camera, box, {}, mesh.chunks.seen(camera, box), figure=False, moving=False)
        colour = finer_to_one(self._still.picture(0), FINER)
        covered = finer_to_one(self._still.picture(1)[..., 0], FINER) if cover else None
        return colour, _depth(self._still.depth()), covered

    def figure(
        self,
        mesh: Mesh,
        cameras: tuple[Camera, Camera],
        box: Box,
        *,
        moving: bool,
        before: Mesh | None,
        furthest: float,
        limbs: Uniforms,
    ) -> tuple[Image, Image, Single, Single | None]:
        """Colours times coverage, and coverage ``(h, w, 4)``, labels ``(h, w)``, depths ``(h, w)`` m and, if ``moving``, velocities
        ``(h, w, 2)`` in pixels a frame of what ``mesh`` shows to this frame's and the next one's of ``cameras``. What stands ``before`` it,
        nearer than its ``furthest`` point (m), may hide it. Its ``limbs`` (`Limbs.posed`) shade each other."""
        target, camera = self._moving if moving else self._still, cameras[0]
        target.begin(FINER * box.width, FINER * box.height)
        if before is not None:
            _hide_behind(before, camera, box, furthest)
        later = (
            {f"{name}_next": eye_and_clip(cameras[1], box)[name] for name in ("view", "projection")} if moving else {}
        )
        self._draw(mesh, camera, box, {**later, **limbs}, None, figure=True, moving=moving)
        velocity = target.floats(2) if moving else None
        pixels = shown(target.picture(1)[..., 0], target.depth(), velocity)
        return finer_to_one(target.picture(0), FINER), *pixels

    def _draw(
        self,
        mesh: Mesh,
        camera: Camera,
        box: Box,
        own: Uniforms,
        seen: Mask | None,
        *,
        figure: bool,
        moving: bool,
    ) -> None:
        _solid_state()
        self._bind_maps()
        uniforms = {
            **view_uniforms(camera, box),
            **own,
            "extent": FINER * np.array([box.width, box.height], float),
            "finer": float(FINER),
            **self._lighting,
            **self._shadows,
            **_UNITS,
        }
        kind = {"FIGURE": int(figure), "MOVING": int(moving), "ROLLING": int(rolls(camera) and not figure)}
        for material in mesh.materials:
            program = find_program(
                "material.vert", "material.frag", MATERIAL=material, **kind, **self._definitions(camera)
            )
            program.use(uniforms)
            mesh.draw(material, seen)

    def _bind_maps(self) -> None:
        self._shade.bind(_UNITS["shade"], compared=True)
        self._shade.bind(_UNITS["shade_depth"], compared=False)
        self._clearance.bind(_UNITS["clearance"], compared=False)

    def _definitions(self, camera: Camera) -> dict[str, float | str]:
        return {
            "DISTORTED": int(bends(camera)),
            "FILLS": len(self._light.fills),
            "LIMBS": LIMBS,
            **display_definitions(),
        }


def _depth(raw: Single) -> Single:
    """Depths ``(h, w)`` m at the middle of each pixel, which lies between two that were drawn; at an edge, the second's."""
    first, second = metres(raw[_FIRST]), metres(raw[_SECOND])
    return np.where(np.abs(first - second) < EDGE_M, 0.5 * (first + second), second)


def _hide_behind(mesh: Mesh, camera: Camera, box: Box, furthest: float) -> None:
    """Draws depths alone of what stands in a room no further than ``furthest`` m."""
    _solid_state()
    GL.glColorMask(*[GL.GL_FALSE] * 4)
    _use_depth(view_uniforms(camera, box), DISTORTED=int(bends(camera)), ROLLING=int(rolls(camera)))
    mesh.draw("standing", mesh.chunks.seen(camera, box, furthest))
    GL.glColorMask(*[GL.GL_TRUE] * 4)


def _use_depth(uniforms: Uniforms, **definitions: int) -> None:
    find_program("depth.vert", "depth.frag", **{"DISTORTED": 0, "ROLLING": 0, **definitions}).use(uniforms)


def _solid_state() -> None:
    GL.glEnable(GL.GL_DEPTH_TEST)
    GL.glDepthFunc(GL.GL_LESS)
    GL.glEnable(GL.GL_CULL_FACE)
    GL.glCullFace(GL.GL_BACK)
    for unwanted in (GL.GL_BLEND, GL.GL_DITHER, GL.GL_MULTISAMPLE):
        GL.glDisable(unwanted)


def _light_uniforms(light: Light) -> Uniforms:
    if len(light.fills) > _MOST_FILLS:
        raise ValueError(f"a light has at most {_MOST_FILLS} fills, not {len(light.fills)}")
    fills = np.zeros((2, _MOST_FILLS, 3))
    for k, fill in enumerate(light.fills):
        fills[:, k] = fill.to_light, fill.colour
    return {
        "to_key": light.key.to_light,
        "key_colour": light.key.colour,
        "softness": float(light.softness),
        "to_fill": fills[0],
        "fill_colour": fills[1],
        "dome": light.dome,
    }
