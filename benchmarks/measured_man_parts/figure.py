"""What was read of the measured man over what was measured: one recording."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measured_man_parts.truth import Truth, muscle_group
from downstream.evaluation.error_rows import SURE
from downstream.readings.gait_reading import Curve, GaitReading
from downstream.walks.labelled_walk import FORCE_AXES, LEG_ANGLES
from downstream.walks.muscle_groups import ACTIVITY_GROUPS
from engine.core.arrays import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PANELS: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
    ("leg_angles", "hip_flexion"): ("hip flexion, °", LEG_ANGLES),
    ("leg_angles", "knee_angle"): ("knee flexion, °", LEG_ANGLES),
    ("leg_angles", "ankle_angle"): ("ankle dorsiflexion, °", LEG_ANGLES),
    ("ground_force", "up"): ("vertical force, body weights", FORCE_AXES),
    ("ground_force", "forward"): ("fore-aft force, body weights", FORCE_AXES),
    ("activity", "soleus"): ("soleus, share of its peak", tuple(ACTIVITY_GROUPS)),
    ("activity", "vastus_lateralis"): ("vasti, share of their peak", tuple(ACTIVITY_GROUPS)),
}


def draw(path: Path, reading: GaitReading, truth: Truth) -> None:
    """The right leg: read, with 95 % bands, over measured."""
    import matplotlib.pyplot as plt
    from PIL import Image

    figure, axes = plt.subplots(2, 4, figsize=(13, 5.6), sharex=True)
    panels = axes.ravel()
    for panel, ((quantity, part), (title, names)) in zip(panels, _PANELS.items(), strict=False):
        muscle = quantity == "activity"
        place = names.index(muscle_group(part) if muscle else part)
        _panel(
            panel, reading.time, _right(reading.curves[quantity], place), truth, truth.curves[quantity, part], muscle
        )
        panel.set_title(title, fontsize=9)
        panel.tick_params(labelsize=7)
    panels[-1].set_axis_off()
    key = "grey: measured\nred: read, with 95 % interval\nright leg, seen from the right,\na detector's noise simulated\nEMG 50 ms later"
    panels[-1].text(0, 0.5, key, va="center").set_in_layout(False)
    figure.supxlabel("s", fontsize=9)
    figure.tight_layout()
    picture = BytesIO()
    figure.savefig(picture, dpi=80)
    Image.open(picture).convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(path, optimize=True)


def _right(curve: Curve, place: int) -> Curve:
    return Curve(curve.values[:, 0, place], curve.sd[:, 0, place])


def _panel(panel: "Axes", time: Array, read: Curve, truth: Truth, true: Array, scaled: bool) -> None:
    """Both ``scaled`` by their peaks where the size of what was measured means nothing."""
    during = (time >= truth.time[0]) & (time <= truth.time[-1])
    ours, theirs = (np.abs(read.values[during]).max(), np.abs(true[:, 0]).max()) if scaled else (1.0, 1.0)
    low, high = read.values - SURE * read.sd, read.values + SURE * read.sd
    panel.fill_between(time, low / ours, high / ours, color="C3", alpha=0.2, lw=0)
    panel.plot(truth.time, true[:, 0] / theirs, "0.45", lw=2.2)
    panel.plot(time, read.values / ours, "C3", lw=1.2)
    panel.margins(x=0)
