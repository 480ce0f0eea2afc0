"""What is worn on the feet, as data: the cut of each kind of shoe."""

from dataclasses import dataclass

from render.figure.part import Material


@dataclass(frozen=True)
class ShoeCut:
    """Lengths are shares of foot length: ``room`` between foot and outer face, ``toe_room`` before the toes, where the shoe is
    ``toe_width`` wide and ``toe_box`` high, ``welt`` how far the sole sticks out, ``padding`` radius of the collar's rim.

    ``sole`` is how high the sole's edge is drawn under heel and toes, and ``waist`` how far it is hollowed between them, in sole
    thicknesses. ``collar`` is the topline's height behind, at the sides and in front, ``shaft`` that of a boot's shaft (0: none), in
    ankle heights. ``throat`` is the way from the toes' edge (0) to the collar (1) at which the lacing starts; ``laces`` rows of laces,
    ``straps`` bands across instead. ``open_toe``: nothing but a sole and bands.
    """

    room: float
    toe_room: float
    toe_width: float
    toe_box: float
    welt: float
    padding: float
    sole: tuple[float, float]
    waist: float
    collar: tuple[float, float, float]
    throat: float
    material: Material
    roughness: float
    shaft: float = 0.0
    laces: int = 0
    straps: int = 0
    sporty: bool = False
    open_toe: bool = False


_TRAINER = ShoeCut(
    room=0.013,
    toe_room=0.034,
    toe_width=0.13,
    toe_box=0.155,
    welt=0.014,
    padding=0.017,
    sole=(1.35, 1.0),
    waist=0.0,
    collar=(1.12, 0.80, 0.98),
    throat=0.42,
    material=Material.KNIT,
    roughness=0.8,
    laces=6,
    sporty=True,
)

SHOE_CUTS: dict[str, ShoeCut] = {
    "trainer": _TRAINER,
    "child_trainer": ShoeCut(
        room=0.02,
        toe_room=0.05,
        toe_width=0.2,
        toe_box=0.2,
        welt=0.014,
        padding=0.022,
        sole=(1.3, 1.15),
        waist=0.0,
        collar=(1.15, 0.85, 1.0),
        throat=0.45,
        material=Material.LEATHER,
        roughness=0.6,
        straps=2,
        sporty=True,
    ),
    "lace_up": ShoeCut(
        room=0.009,
        toe_room=0.055,
        toe_width=0.07,
        toe_box=0.125,
        welt=0.013,
        padding=0.006,
        sole=(1.15, 0.5),
        waist=0.55,
        collar=(0.95, 0.72, 0.92),
        throat=0.52,
        material=Material.LEATHER,
        roughness=0.35,
        laces=4,
    ),
    "ankle_boot": ShoeCut(
        room=0.013,
        toe_room=0.042,
        toe_width=0.11,
        toe_box=0.15,
        welt=0.014,
        padding=0.009,
        sole=(1.2, 0.65),
        waist=0.5,
        collar=(1.05, 1.02, 1.05),
        throat=0.6,
        material=Material.LEATHER,
        roughness=0.5,
        shaft=2.0,
        laces=5,
    ),
    "slip_on": ShoeCut(
        room=0.009,
        toe_room=0.035,
        toe_width=0.10,
        toe_box=0.12,
        welt=0.008,
        padding=0.006,
        sole=(0.9, 0.7),
        waist=0.0,
        collar=(0.88, 0.66, 0.86),
        throat=1.0,
        material=Material.LEATHER,
        roughness=0.55,
    ),
    "slipper": ShoeCut(
        room=0.016,
        toe_room=0.04,
        toe_width=0.16,
        toe_box=0.155,
        welt=0.004,
        padding=0.014,
        sole=(0.6, 0.6),
        waist=0.0,
        collar=(0.80, 0.66, 0.95),
        throat=1.0,
        material=Material.KNIT,
        roughness=0.95,
    ),
    "sandal": ShoeCut(
        room=0.012,
        toe_room=0.025,
        toe_width=0.14,
        toe_box=0.0,
        welt=0.0,
        padding=0.0,
        sole=(1.0, 1.0),
        waist=0.0,
        collar=(0.75, 0.75, 0.75),
        throat=1.0,
        material=Material.LEATHER,
        roughness=0.6,
        straps=2,
        open_toe=True,
    ),
}
