"""Pictures of a figure in a room, drawn by OpenGL in a context that pyrender opens, on a graphics card or on the processor (Mesa llvmpipe).

The empty room is drawn once per view (the plate). Per frame only the neighbourhood of the figure is drawn: the shadow as seen by the light,
the share of light that is left on the floor, and the figure itself.
"""

from typing import TYPE_CHECKING

import numpy as np

from engine.core.arrays import Array, Labels, Mask, Single
from engine.core.errors import MissingDependencyError
from engine.core.frozen import frozen
from render.camera.camera import Camera
from render.camera.demands import Demand
from render.core.frame import Frame, Image
from render.core.light import Light, ceiling_light
from render.figure.body_parts import PARTS, part_of_vertex
from render.people.figure import Figure
from render.places.surfaces import Room

INSTALL_MESA = "sudo apt-get install -y libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libgles2"

try:
    from render.raster.canvas import Canvas
    from render.raster.composite import dim, lay_over, over_backdrop
    from render.raster.context import make_current
    from render.raster.cutting import finely_cut
    from render.raster.limbs import Limbs
    from render.raster.meshes import Mesh
    from render.raster.passing import room_velocity
    from render.raster.programs import Uniforms
    from render.raster.shade import cast_on_floor, penumbra_border, sheet
    from render.raster.view import Box, as_exposed, bends, box_around, rolls, same_view
except (ImportError, OSError, AttributeError) as error:
    raise MissingDependencyError(
        f"EGL is missing, pictures cannot be drawn ({error}); install it: {INSTALL_MESA}"
    ) from error

if TYPE_CHECKING:
    from render.places.backgrounds import Backdrop

_SPARSE = 11
"""Every so many vertices are enough to find where the figure and its shadow are."""
_SOLE_SHARE = 0.12
"""What lies lower in the rest pose, in statures, may touch the floor."""
_FLOOR_TOP_M = 0.03
"""What faces up and lies lower takes the shadow; what reaches higher may hide the figure."""
_ROOM_LABEL = 255
_AID = PARTS.index("walking_aid")


@frozen
class _Plate:
    """The empty room: ``colour (h, w, 3)``; ``floor (h, w)`` share of 255 that is floor; ``depth (h, w)`` m; ``standing (h, w)`` the same,
    infinite on the floor and where nothing was drawn; ``velocity (h, w, 2)`` pixels a frame."""

    colour: Image
    floor: Image
    depth: Single
    standing: Single
    velocity: Single


class Rasteriser:
    """Draws one figure in one room. Use as a context manager: graphics memory is freed at the end.

    ``backdrop`` lies behind everything; surfaces of the room made of `Material.SHADOW` let it through and take the figure's shadow.

    Raises:
        MissingDependencyError: no graphics context can be made.
        ValueError: the light has more than two fills.
    """

    def __init__(
        self, room: Room, figure: Figure, light: Light | None = None, backdrop: "Backdrop | None" = None
    ) -> None:
        _open_context()
        self._room, self._figure, self._backdrop = room, figure, backdrop
        self._light = ceiling_light() if light is None else light
        parts = part_of_vertex(figure.weights)
        self._stature = float(np.ptp(figure.vertices[parts != _AID, 1]))
        self._soles = _soles(figure, parts, self._stature)
        self._canvas = Canvas(self._light)
        self._figure_mesh = _figure_mesh(figure, parts, self._soles)
        self._limbs = Limbs(figure, parts, self._stature)
        self._sheet, self._sheet_mesh = _sheet_mesh()
        self._room_mesh: Mesh | None = None
        self._room_bends = False
        self._cameras: tuple[Camera, Camera] | None = None
        self._plate: _Plate | None = None
        self._ahead: tuple[Array, tuple[Single, Single]] | None = None

    @staticmethod
    def draws() -> frozenset[Demand]:
        """All demands."""
        return frozenset(Demand)

    def __enter__(self) -> "Rasteriser":
        return self

    def __exit__(self, *_: object) -> None:
        make_current()
        for held in (self._canvas, self._figure_mesh, self._sheet_mesh, self._room_mesh):
            if held is not None:
                held.delete()

    def aim(self, camera: Camera, following: Camera | None = None) -> None:
        """Looks through ``camera`` from now on, through ``following`` in the next frame (``None``: the same).

        The empty room is drawn again only if it is seen otherwise than before.
        """
        cameras = camera, camera if following is None else following
        held = self._cameras is not None and all(map(same_view, cameras, self._cameras))
        self._cameras = cameras
        if not held:
            make_current()
            self._plate = self._draw_plate(*cameras)

    def draw(self, transforms: Array, following: Array | None = None, rates: Array | None = None) -> Frame:
        """The figure posed by one frame's ``transforms (55, 3, 4)``.

        ``following`` are those of the next frame; without them, velocities are those of the room alone. ``rates`` are the changes of
        ``transforms`` per second, which a rolling shutter shows.

        Raises:
            ValueError: no camera has been aimed.
        """
        cameras, plate = self._cameras, self._plate
        if cameras is None or plate is None:
            raise ValueError("aim a camera first")
        make_current()
        camera = cameras[0]
        vertices, normals = self._posed(transforms)
        seen = as_exposed(camera, vertices, None if rates is None else self._figure.posed(rates)[0])
        upcoming = None
        if following is not None:
            self._ahead = following, self._figure.posed(following)
            upcoming = self._ahead[1][0] + (seen - vertices)
        self._figure_mesh.move(seen, normals, upcoming)
        some = seen[::_SPARSE]
        box = box_around(camera, np.concatenate([some, self._place_sheet(some)], dtype=float))
        if box is not None:
            self._canvas.cast(self._figure_mesh, some, seen[self._soles], self._stature)
        limbs = self._limbs.posed(transforms)
        return self._composed(plate, cameras, box, some, limbs, moving=following is not None)

    def _posed(self, transforms: Array) -> tuple[Single, Single]:
        if self._ahead is not None and np.array_equal(self._ahead[0], transforms):
            return self._ahead[1]
        return self._figure.posed(transforms)

    def _place_sheet(self, some: Array | Single) -> Array:
        """Lays the sheet that takes the shadow of points ``some (n, 3)`` under it; gives points ``(m, 3)`` around the shadow."""
        shadow = cast_on_floor(some, self._light.key.to_light)
        border = penumbra_border(self._light.softness, self._stature)
        low, high = shadow.min(axis=0) - border, shadow.max(axis=0) + border
        placed = low * [1.0, 0.0, 1.0] + self._sheet * (high - low)
        self._sheet_mesh.move(placed, np.tile([0.0, 1.0, 0.0], (len(placed), 1)))
        around = border * np.array([[1.0, 0, 0], [-1.0, 0, 0], [0, 0, 1.0], [0, 0, -1.0]])
        return (shadow[::2] + around[:, None]).reshape(-1, 3)

    def _composed(
        self,
        plate: _Plate,
        cameras: tuple[Camera, Camera],
        box: Box | None,
        some: Array | Single,
        limbs: Uniforms,
        *,
        moving: bool,
    ) -> Frame:
        colour, depth, velocity = plate.colour.copy(), plate.depth.copy(), plate.velocity
        parts = np.zeros(depth.shape, np.uint8)
        if box is None:
            return Frame(colour, depth, parts, velocity)
        here = box.slices
        dim(colour[here], self._canvas.share(self._sheet_mesh, cameras[0], box), plate.floor[here])
        furthest = float(cameras[0].in_camera(some)[:, 2].max())
        before = self._room_mesh if (plate.standing[here] < furthest).any() else None
        drawn, labels, near, motion = self._canvas.figure(
            self._figure_mesh, cameras, box, moving=moving, before=before, furthest=furthest, limbs=limbs
        )
        lay_over(colour[here], drawn)
        parts[here] = labels
        depth[here] = np.where(labels > 0, near, depth[here])
        if motion is not None:
            velocity = velocity.copy()
            velocity[here] = np.where(labels[..., None] > 0, motion, velocity[here])
        return Frame(colour, depth, parts, velocity)

    def _draw_plate(self, camera: Camera, following: Camera) -> _Plate:
        mesh, backdrop = self._prepared_room(camera), self._backdrop
        drawn, depth, covered = self._canvas.room(mesh, camera, cover=backdrop is not None)
        colour, floor = np.ascontiguousarray(drawn[..., :3]), drawn[..., 3]
        if backdrop is not None and covered is not None:
            colour = over_backdrop(colour, covered, backdrop.picture(camera))
        standing = np.where((floor > _ROOM_LABEL // 2) | (depth == 0), np.float32(np.inf), depth)
        if same_view(camera, following):
            velocity = np.broadcast_to(np.float32(0.0), (*depth.shape, 2))
        else:
            velocity = room_velocity(camera, following, depth)
        return _Plate(colour, floor, depth, standing, velocity)

    def _prepared_room(self, camera: Camera) -> Mesh:
        """The room in graphics memory, cut finely enough if the camera bends lines."""
        bending = bends(camera) or rolls(camera)
        if self._room_mesh is not None and bending and not self._room_bends:
            self._room_mesh.delete()
            self._room_mesh = None
        if self._room_mesh is None:
            room = finely_cut(self._room, camera.position) if bending else self._room
            self._room_mesh, self._room_bends = _room_mesh(room), bending
        return self._room_mesh


def _open_context() -> None:
    try:
        make_current()
    except Exception as error:
        raise MissingDependencyError(
            f"no graphics context can be made ({error!r}); install one: {INSTALL_MESA}"
        ) from error


def _soles(figure: Figure, parts: Labels, stature: float) -> Mask:
    """Which vertices ``(n,)`` may touch the floor: the lowest of the body, and walking aids."""
    aid, height = parts == _AID, figure.vertices[:, 1]
    return aid | (height < height[~aid].min() + _SOLE_SHARE * stature)


def _figure_mesh(figure: Figure, parts: Labels, soles: Mask) -> Mesh:
    return Mesh(figure, parts, {"soles": figure.faces[soles[figure.faces].all(axis=1)]}, still=False)


def _room_mesh(room: Room) -> Mesh:
    upright = (room.vertices[:, 1] > _FLOOR_TOP_M)[room.faces].any(axis=1)
    labels = np.full(len(room.vertices), _ROOM_LABEL, np.uint8)
    return Mesh(room, labels, {"standing": room.faces[upright]}, still=True)


def _sheet_mesh() -> tuple[Array, Mesh]:
    """A unit square of the floor: its vertices ``(n, 3)``, and it as a mesh."""
    vertices, faces = sheet()
    n, placed = len(vertices), vertices.astype(np.float32)
    up = np.tile(np.array([0.0, 1.0, 0.0], np.float32), (n, 1))
    flat = Room(placed, up, faces, np.ones((n, 4), np.float32), placed[:, [0, 2]], np.zeros((n, 2), np.float32))
    return vertices, Mesh(flat, np.zeros(n, np.uint8), {}, still=False)
