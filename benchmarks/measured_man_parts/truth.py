"""What was measured of the man, beside what is read of him at the same instants."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.validate_measured_walk import EMG, Measured, measured
from downstream.readings.gait_reading import GaitReading
from downstream.walks.labelled_walk import FORCE_AXES, LEG_ANGLES, LEG_MOMENTS
from downstream.walks.muscle_groups import ACTIVITY_GROUPS
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, SIDES, suffix
from engine.core.frozen import frozen
from engine.gait.records import Events
from engine.gait.strides import curves_at
from engine.musculoskeletal.storage import read_storage
from engine.physics.embodied import Embodied
from engine.physics.events import walk_events
from engine.tools.motion_files.coordinates_file import read_coordinates_file

STEP_S = 0.01
ANGLES = ("hip_flexion", "hip_adduction", "knee_angle", "ankle_angle")


@frozen
class Truth:
    """``time (n,)`` s, where coordinates and forces of both feet were measured; ``curves (n, 2)`` by (quantity, part) of
    `downstream.readings.quantities` in their units, right leg first, and envelopes ``(n, 1)`` of muscles of the right leg by ("activity",
    channel), whose size means nothing; ``events`` of the force plates; ``numbers`` by name."""

    time: Array
    curves: dict[tuple[str, str], Array]
    events: Events
    numbers: dict[str, float]


@dataclass(frozen=True)
class Pair:
    """One curve, measured and read, and the standard deviation that is told ``(n, legs)``."""

    true: Array
    told: Array
    sd: Array


def read_truth(folder: Path, embodied: Embodied, hips: Array, hip_time: Array) -> Truth:
    """From the folder of the measured walk and the middle of his hips ``(m, 3)`` at ``hip_time (m,)`` s."""
    recorded = read_coordinates_file(folder / "coordinates.sto").time
    time = np.arange(recorded[0], recorded[-1], STEP_S)
    forces = read_storage(folder / "grf_walk.mot")
    vertical = np.column_stack([forces.column(f"ground_force{suffix(side)}_vy") for side in SIDES])
    events = walk_events(forces.time, vertical, embodied.body.weight_n)
    curves = measured_curves(measured(folder, embodied, time), embodied)
    return Truth(time, curves, events, plate_numbers(events, hips, hip_time))


def measured_curves(walk: Measured, embodied: Embodied) -> dict[tuple[str, str], Array]:
    """As `Truth` holds them."""
    weight, mass = embodied.body.weight_n, embodied.body.multibody.mass_kg
    legs = {name: [COORDINATE_INDEX[name + suffix(side)] for side in SIDES] for name in (*ANGLES, *LEG_MOMENTS)}
    curves = {("leg_angles", name): np.rad2deg(walk.q[:, legs[name]]) for name in ANGLES}
    curves |= {("ground_force", axis): walk.force[:, :, k] / weight for k, axis in enumerate(FORCE_AXES)}
    curves |= {("moments", name): walk.moments[:, legs[name]] / mass for name in LEG_MOMENTS}
    curves["ankle_power", ""] = (walk.moments * walk.u)[:, legs["ankle_angle"]] / mass
    return curves | {("activity", channel): walk.envelopes[channel][:, None] for channel in EMG}


def plate_numbers(events: Events, hips: Array, hip_time: Array) -> dict[str, float]:
    """Of the one stride between two strikes of the right foot: time, and by it cadence, stance (mean of all whole stances), double support
    (both overlaps of stances) and the way of the hips."""
    (start, end), strike = events.heel_strikes[0][:2], events.heel_strikes[1][0]
    right_off, left_off = events.toe_offs[0], events.toe_offs[1][0]
    stances = [right_off[0] - start, right_off[1] - end, left_off - strike]
    way = curves_at(hip_time, hips, np.array([start, end]))[:, [0, 2]]
    stride, length = float(end - start), float(np.linalg.norm(way[1] - way[0]))
    return {
        "speed_mps": length / stride,
        "cadence_spm": 120 / stride,
        "stride_time_s": stride,
        "step_length_m": length / 2,
        "stance_pct": 100 * float(np.mean(stances)) / stride,
        "double_support_pct": 100 * float(right_off[0] - strike + left_off - end) / stride,
    }


def beside(truth: Truth, reading: GaitReading) -> dict[tuple[str, str], Pair]:
    """Every measured curve beside the one that is read, where both are."""
    there = (truth.time >= reading.time[0]) & (truth.time <= reading.time[-1])
    at = truth.time[there]
    pairs = {}
    for (quantity, part), true in truth.curves.items():
        curve, place = reading.curves[quantity], _place(quantity, part)
        legs = slice(0, true.shape[1])
        told, sd = (curves_at(reading.time, own[(slice(None), legs, *place)], at) for own in (curve.values, curve.sd))
        pairs[quantity, part] = Pair(true[there], told, sd)
    return pairs


def muscle_group(channel: str) -> str:
    """The group of `ACTIVITY_GROUPS` whose muscles an electrode lies over."""
    return next(name for name, muscles in ACTIVITY_GROUPS.items() if EMG[channel][0] in muscles)


def _place(quantity: str, part: str) -> tuple[int, ...]:
    """On the last axis of a curve, which ankle power lacks."""
    places = {"leg_angles": LEG_ANGLES, "ground_force": FORCE_AXES, "moments": LEG_MOMENTS}
    if quantity == "activity":
        return (list(ACTIVITY_GROUPS).index(muscle_group(part)),)
    return (places[quantity].index(part),) if quantity in places else ()
