"""One adult's measured walk against what the physics makes of its motion alone: tables and figure of ``docs/validation/physics.md``.

GAITFORGE_REFERENCE=FOLDER python -m benchmarks.validate_measured_walk [--figure docs/validation/measured_walk.png]

``FOLDER/opensim_walk`` holds OpenSim Moco's three-dimensional walking example (Dembia et al. 2020, PLoS Comput Biol 16:e1008493): a model
fitted to one adult, his coordinates, ground forces and electromyography. His coordinates are projected on his own model; ground forces
and muscle activity are not told to the physics.

Measured moments are OpenSim's inverse dynamics of his coordinates under his measured forces, the patella following the knee. Activity is
compared with the envelope `EMG_DELAY_S` earlier, one value for all muscles, the middle of the published electromechanical delays and
not fitted to these data.
"""

import argparse
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from scipy.interpolate import CubicSpline

from benchmarks.generator_parts.bench import asked_table
from benchmarks.measured_walk_aims import aims
from benchmarks.reference_folder import reference_folder
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, MUSCLES, SIDES
from engine.core.measures import PHYSICS
from engine.gait.cycle import Motion
from engine.gait.records import Gait, Proposal, Rejection, Subject, Variability
from engine.musculoskeletal.replay import inverse_dynamics
from engine.musculoskeletal.storage import read_storage
from engine.musculoskeletal.user_model import read_user_model
from engine.physics.embodied import Embodied
from engine.physics.user_body import embody_model, shape_of
from engine.roles.enforcer import OpenSimEnforcer
from engine.tools.motion_files.coordinates_file import read_coordinates_file
from engine.tools.motion_files.typical_stride import Stride, typical_stride
from engine.tools.motion_files.walking import WalkingStride, as_walking

EMG_DELAY_S = 0.05
SUBJECT = Subject("measured-adult", 40.0, "male", 1.80, 85.3)
"""Stature and age are not told with the data; neither enters the projection on his own model."""

AXES = ("fore-aft", "vertical", "sideways")
JOINTS = {"ankle": "ankle_angle", "knee": "knee_angle", "hip flexion": "hip_flexion", "hip adduction": "hip_adduction"}
EMG = {
    "soleus": ("soleus",),
    "gastrocnemius": ("gasmed", "gaslat"),
    "tibialis_anterior": ("tibant",),
    "vastus_lateralis": ("vaslat",),
    "vastus_medius": ("vasmed",),
    "rectus_femoris": ("recfem",),
    "medial_hamstrings": ("semimem", "semiten"),
    "biceps_femoris": ("bflh",),
    "gluteus_maximus": ("glmax1", "glmax2", "glmax3"),
    "gluteus_medius": ("glmed1", "glmed2", "glmed3"),
}
LARGEST_LAG = 0.15


@dataclass(frozen=True)
class Measured:
    """At the same ``n`` instants of a stride from right heel strike: forces ``(n, 2, 3)`` and pressure centres as in `Dynamics` but with
    the pelvis as origin, ``moments``, ``q`` and ``u (n, 31)``, and envelopes by channel ``(n,)``."""

    force: Array
    pressure_centre: Array
    moments: Array
    q: Array
    u: Array
    envelopes: dict[str, Array]


def person(folder: Path) -> Embodied:
    """His model, with the contact spheres that come with it as soles."""
    user = read_user_model(folder / "subject_walk_scaled.osim")
    contact = folder / "subject_walk_scaled_ContactGeometrySet.xml"
    return embody_model(user, SUBJECT, shape_of(user.model, SUBJECT.height_m), contact)


def enforced(embodied: Embodied, walking: WalkingStride) -> Gait:
    """The nearest feasible gait; ends the program where there is none."""
    still = Variability(0.02, 0.02, 0.01)
    proposal = Proposal(embodied.subject, embodied.parameters, walking.cycle, walking.contact, still)
    result = OpenSimEnforcer(lambda _proposal, _shape: embodied).enforce(proposal, embodied.shape)
    if isinstance(result, Rejection):
        raise SystemExit(f"rejected: {result.reason} {result.figures}")
    return result


def instants(gait: Gait, stride: Stride, walking: WalkingStride) -> Array:
    """Time in the recording ``(n,)`` of every frame of a gait. The gait begins when force comes, a little off the recorded heel strike: by
    as much as brings the angles of the legs together."""
    phase = np.arange(len(gait.dynamics.time)) / len(gait.dynamics.time)
    legs = slice(6, 18)
    delays = np.linspace(-0.15, 0.15, 601)
    apart = [np.square(gait.dynamics.q[:, legs] - walking.cycle.at(phase + d)[:, legs]).sum() for d in delays]
    old = (phase + delays[int(np.argmin(apart))] + walking.shift) % 1.0
    return stride.start_s + old * (stride.end_s - stride.start_s)


def measured(folder: Path, embodied: Embodied, time: Array) -> Measured:
    forces, table = read_storage(folder / "grf_walk.mot"), read_coordinates_file(folder / "coordinates.sto")
    curves = CubicSpline(table.time, table.q)
    motion = Motion(time, curves(time), curves(time, 1), curves(time, 2))

    def at_feet(*labels: str) -> Array:
        columns = [np.interp(time, forces.time, forces.column(label)) for label in labels]
        return np.stack(columns, axis=1).reshape(len(time), len(SIDES), -1)

    force, point = (at_feet(*(f"ground_force_{s}_{kind}{axis}" for s in "rl" for axis in "xyz")) for kind in "vp")
    moment = at_feet("ground_torque_r_y", "ground_torque_l_y")[:, :, 0]
    moments = inverse_dynamics(embodied.model, motion, force, point, moment)
    emg = read_storage(folder / "electromyography.sto")
    envelopes = {name: np.interp(time - EMG_DELAY_S, emg.time, emg.column(name)) for name in EMG}
    return Measured(force, relative(point, motion.q), moments, motion.q, motion.u, envelopes)


def relative(point: Array, q: Array) -> Array:
    """Points ``(n, 2, 3)`` seen from below the pelvis."""
    pelvis = q[:, [COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_ty"], COORDINATE_INDEX["pelvis_tz"]]]
    return point - pelvis[:, None]


def correlation(a: Array, b: Array) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def rms(a: Array, b: Array) -> float:
    return float(np.sqrt(np.mean((a - b) ** 2)))


def quality_rows(gait: Gait) -> list[dict[str, object]]:
    """What physics says of the gait, but for times."""
    shown = (measure for name, measure in PHYSICS.items() if name != "cpu_s")
    return [{"figure": measure.heading, "found": getattr(gait.figures, measure.name)} for measure in shown]


def force_rows(gait: Gait, truth: Measured, weight: float) -> list[dict[str, object]]:
    """Per leg and axis: r, RMS and both peaks in % of body weight."""
    rows = []
    for k, side in enumerate(SIDES):
        for i, axis in enumerate(AXES):
            ours, theirs = (100 * force[:, k, i] / weight for force in (gait.dynamics.force, truth.force))
            row = {"leg": side, "force": axis, "r": correlation(ours, theirs), "RMS % BW": rms(ours, theirs)}
            row |= {
                "largest % BW": ours.max(),
                "measured": theirs.max(),
                "least % BW": ours.min(),
                "measured ": theirs.min(),
            }
            rows.append(row)
    return rows


def stance_rows(gait: Gait, truth: Measured, weight: float) -> list[dict[str, object]]:
    """Share of the stride above 3 % of body weight, and distance of pressure centres where both feet carry 10 %."""
    centre, rows = relative(gait.dynamics.pressure_centre, gait.dynamics.q), []
    for k, side in enumerate(SIDES):
        ours, theirs = gait.dynamics.force[:, k, 1], truth.force[:, k, 1]
        both = (ours > 0.1 * weight) & (theirs > 0.1 * weight)
        apart = (centre - truth.pressure_centre)[both, k]
        row = {
            "leg": side,
            "stance %": 100 * np.mean(ours > 0.03 * weight),
            "measured": 100 * np.mean(theirs > 0.03 * weight),
        }
        row |= {
            f"centre of pressure {name}, RMS mm": 1e3 * np.sqrt(np.mean(apart[:, i] ** 2))
            for name, i in (("forward", 0), ("sideways", 2))
        }
        rows.append(row)
    return rows


def moment_rows(gait: Gait, truth: Measured, mass: float) -> list[dict[str, object]]:
    rows = []
    for side in SIDES:
        for joint, name in JOINTS.items():
            column = COORDINATE_INDEX[f"{name}_{side[0]}"]
            ours, theirs = (moments[:, column] / mass for moments in (gait.dynamics.moments, truth.moments))
            row = {"leg": side, "moment": joint, "r": correlation(ours, theirs), "RMS N·m/kg": rms(ours, theirs)}
            rows.append(row | {"largest size": np.abs(ours).max(), "measured": np.abs(theirs).max()})
    return rows


def power_rows(gait: Gait, truth: Measured, mass: float) -> list[dict[str, object]]:
    """Peak power of each ankle."""
    rows, u = [], gait.cycle.motion(len(gait.dynamics.time)).u
    for side in SIDES:
        column = COORDINATE_INDEX[f"ankle_angle_{side[0]}"]
        ours = (gait.dynamics.moments * u)[:, column].max() / mass
        theirs = (truth.moments * truth.u)[:, column].max() / mass
        rows.append({"leg": side, "ankle power, peak, W/kg": ours, "measured": theirs, "ratio": ours / theirs})
    return rows


def activity(gait: Gait, embodied: Embodied, names: tuple[str, ...]) -> Array:
    """Mean activation ``(n,)`` of muscles of the right leg, by their strength."""
    columns = [MUSCLES.index(f"{name}_r") for name in names]
    strength = embodied.body.muscles.parameters.max_isometric_force[columns]
    return gait.dynamics.activations[:, columns] @ strength / strength.sum()


def muscle_rows(gait: Gait, embodied: Embodied, truth: Measured) -> list[dict[str, object]]:
    """Correlation with the envelope at the common delay, and the further shift (% of the stride, ours later if positive) that would suit
    best."""
    rows = []
    for channel, names in EMG.items():
        ours, theirs = activity(gait, embodied, names), truth.envelopes[channel]
        n = len(ours)
        lags = np.arange(-round(LARGEST_LAG * n), round(LARGEST_LAG * n) + 1)
        best = [correlation(np.roll(ours, -lag), theirs) for lag in lags]
        row = {
            "muscle": channel.replace("_", " "),
            "r": correlation(ours, theirs),
            "ours later by, % of stride": 100 * lags[int(np.argmax(best))] / n,
        }
        rows.append(row | {"r there": max(best), "peak activation": ours.max()})
    return rows


def table(rows: list[dict[str, object]]) -> str:
    """Rows as a Markdown table."""
    cell = lambda value: value if isinstance(value, str) else f"{value:.2f}"  # noqa: E731
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([cell(row[name]) for name in head] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def draw(path: Path, gait: Gait, embodied: Embodied, truth: Measured) -> None:
    """Ours over measured: forces of both legs, moments and muscles of the right leg."""
    import matplotlib.pyplot as plt
    from PIL import Image

    weight, mass = embodied.body.weight_n, embodied.body.multibody.mass_kg
    share = np.linspace(0, 100, len(gait.dynamics.time), endpoint=False)
    figure, axes = plt.subplots(4, 5, figsize=(13, 9), sharex=True)
    panels = axes.ravel()
    for i, axis in enumerate(AXES):
        for k, style in enumerate(("-", "--")):
            panels[i].plot(share, truth.force[:, k, i] / weight, "0.5", ls=style, lw=2)
            panels[i].plot(share, gait.dynamics.force[:, k, i] / weight, "C3", ls=style, lw=1.2)
        panels[i].set_title(f"{axis} force, body weights")
    for panel, (joint, name) in zip(panels[3:7], JOINTS.items(), strict=True):
        column = COORDINATE_INDEX[f"{name}_r"]
        panel.plot(share, truth.moments[:, column] / mass, "0.5", lw=2)
        panel.plot(share, gait.dynamics.moments[:, column] / mass, "C3", lw=1.2)
        panel.set_title(f"{joint} moment, N·m/kg")
    for panel, (channel, names) in zip(panels[7:17], EMG.items(), strict=True):
        panel.plot(share, truth.envelopes[channel] / truth.envelopes[channel].max(), "0.5", lw=2)
        ours = activity(gait, embodied, names)
        panel.plot(share, ours / ours.max(), "C3", lw=1.2)
        panel.set_title(channel.replace("_", " "))
    for panel in panels[17:]:
        panel.set_axis_off()
    key = "grey: measured\nred: from the motion alone\nfull line: right leg, broken: left\nmuscles over their peak, EMG 50 ms later"
    panels[17].text(0, 0.5, key, va="center").set_in_layout(False)
    for panel in panels[:17]:
        panel.tick_params(labelsize=7)
        panel.title.set_fontsize(9)
    figure.supxlabel("% of the stride from right heel strike", fontsize=9)
    figure.tight_layout()
    picture = BytesIO()
    figure.savefig(picture, dpi=80)
    Image.open(picture).convert("P", palette=Image.Palette.ADAPTIVE, colors=32).save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--figure", type=Path, help="picture to write (PNG)")
    figure = parser.parse_args().figure
    folder = reference_folder() / "opensim_walk"
    if not folder.is_dir():
        raise SystemExit(f"{folder}: missing; say with GAITFORGE_REFERENCE where the reference data are")
    embodied = person(folder)
    recording = read_coordinates_file(folder / "coordinates.sto")
    stride = typical_stride(recording)
    walking = as_walking(recording.source, stride.cycle, embodied.body)
    gait = enforced(embodied, walking)
    truth = measured(folder, embodied, instants(gait, stride, walking))
    weight, mass = embodied.body.weight_n, embodied.body.multibody.mass_kg
    parts = {
        "quality": quality_rows(gait),
        "forces": force_rows(gait, truth, weight),
        "stance": stance_rows(gait, truth, weight),
        "moments": moment_rows(gait, truth, mass),
        "powers": power_rows(gait, truth, mass),
        "muscles": muscle_rows(gait, embodied, truth),
    }
    print(f"## asked\n\n{asked_table(aims(parts))}")
    print(f"\n## gait\n\n{gait.cycle.speed_mps:.2f} m/s, stride {gait.cycle.duration_s:.3f} s, {mass:.1f} kg")
    for title, rows in parts.items():
        print(f"\n## {title}\n\n{table(rows)}")
    if figure:
        draw(figure, gait, embodied, truth)


if __name__ == "__main__":
    main()
