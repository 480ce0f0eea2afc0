"""Two independent tiers under the same mechanisms: adaptation in 3-D and Moco in the sagittal plane. The table in
``docs/validation/physics.md``, "Adaptation against Moco".

OMP_NUM_THREADS=1 python -m benchmarks.compare_prediction -o runs/tiers [--only NAME …] [--tier adaptation|moco]

Both start from the same accepted gait of one healthy adult. What a mechanism changes is the difference between two results of the same
tier: the changed body's and the unchanged body's. Results are kept in the folder, one JSON file per case and tier, and not made twice.
"""

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.core.conventions import COORDINATE_INDEX
from engine.gait.records import BodyShape, Gait, MusculoskeletalParameters, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.mechanisms import change
from engine.roles.adapter import EffortAdapter
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import load_stage
from engine.tools.prediction.predictor import predict

TIERS = ("adaptation", "moco")
ADULT = Subject("adult", 30.0, "male", 1.75, 75.0)
SPEED_MPS = 1.25
CASES: dict[str, dict[str, float]] = {
    "unchanged": {},
    "weak plantarflexors": {"plantarflexor_strength": 0.2},
    "short plantarflexors": {"plantarflexor_fibre_length": 0.7},
    "short hamstrings": {"hamstring_fibre_length": 0.65},
    "short hip flexors": {"hip_flexor_fibre_length": 0.8},
    "weak quadriceps": {"quadriceps_strength": 0.1},
    "weak hip extensors": {"hip_extensor_strength": 0.1},
    "weak hip flexors": {"hip_flexor_strength": 0.2},
    "weak dorsiflexors": {"dorsiflexor_strength": 0.05},
    "co-contracting quadriceps and hamstrings": {"quadriceps_co_contraction": 0.1, "hamstrings_co_contraction": 0.1},
}
SENSE = {
    "speed, m/s": 0.03,
    "step length, m": 0.015,
    "ankle power peak, W/kg": 0.2,
    "stance knee flexion, °": 2.0,
    "swing knee flexion peak, °": 2.0,
    "hip extension peak, °": 2.0,
    "hip flexion peak, °": 2.0,
    "pelvis tilt mean, °": 1.5,
    "stance dorsiflexion peak, °": 2.0,
    "plantarflexion peak, °": 2.0,
    "knee extension moment peak, N·m/kg": 0.08,
}
"""Figures that are compared, each with the least change that counts: a few times what repeated solves differ by."""


def start() -> tuple[Proposal, BodyShape]:
    """The generator's healthy gait of the adult, made feasible."""
    body = anthropometric_body(ADULT.age_years, ADULT.sex, ADULT.height_m)
    proposer = load_stage("proposer", "diffusion")
    proposal = proposer.propose(ADULT, body, speed_mps=SPEED_MPS, seed=1)
    normal = MusculoskeletalParameters()
    gait = OpenSimEnforcer().enforce(replace(proposal, parameters=normal), body)
    if isinstance(gait, Rejection):
        raise SystemExit(f"the healthy gait was rejected: {gait.reason}")
    return replace(proposal, parameters=normal, cycle=gait.cycle, contact=gait.contact), body


def figures(gait: Gait) -> dict[str, float]:
    """Of the right leg, whose heel strike is phase 0; degrees, flexion and anterior tilt positive."""
    q, moments = gait.dynamics.q, gait.dynamics.moments / gait.subject.mass_kg
    u = gait.cycle.motion(len(q)).u
    off = round(gait.contact.right_toe_off * len(q))

    def angle(name: str) -> np.ndarray:
        return np.rad2deg(q[:, COORDINATE_INDEX[name]])

    ankle, knee, hip = (COORDINATE_INDEX[name] for name in ("ankle_angle_r", "knee_angle_r", "hip_flexion_r"))
    values = (
        gait.cycle.speed_mps,
        gait.cycle.speed_mps * gait.cycle.duration_s / 2,
        (moments[:, ankle] * u[:, ankle]).max(),
        angle("knee_angle_r")[: round(0.8 * off)].mean(),
        angle("knee_angle_r").max(),
        -np.rad2deg(q[:, hip]).min(),
        np.rad2deg(q[:, hip]).max(),
        -angle("pelvis_tilt").mean(),
        angle("ankle_angle_r")[:off].max(),
        -angle("ankle_angle_r").min(),
        -moments[: round(0.5 * off), knee].min(),
    )
    return dict(zip(SENSE, map(float, values), strict=True))


def adapted(proposal: Proposal, body: BodyShape, healthy: Proposal) -> Gait | Rejection:
    """The changed body's gait by adaptation, made feasible."""
    changed = EffortAdapter().adapt(proposal, body, healthy.parameters)
    return OpenSimEnforcer().enforce(changed, body)


def run(folder: Path, names: list[str], wanted: list[str]) -> None:
    healthy, body = start()
    for name in names:
        parameters = healthy.parameters
        for quantity, value in CASES[name].items():
            parameters = change(parameters, quantity, value)
        proposal = replace(healthy, parameters=parameters)
        tiers = {
            "adaptation": lambda p=proposal: adapted(p, body, healthy),
            "moco": lambda p=proposal: predict(p, body),
        }
        for tier in wanted:
            file = folder / f"{tier}-{name.replace(' ', '_')}.json"
            if file.is_file():
                continue
            result = tiers[tier]()
            rejected = isinstance(result, Rejection)
            data = {"rejected": f"{result.reason.name}: {result.detail}"} if rejected else figures(result)
            file.write_text(json.dumps(data, indent=1))
            print(name, tier, data if rejected else f"{result.figures.cpu_s:.0f} CPU s", file=sys.stderr)


def read(folder: Path, tier: str, name: str) -> dict[str, float] | None:
    file = folder / f"{tier}-{name.replace(' ', '_')}.json"
    data = json.loads(file.read_text()) if file.is_file() else {"rejected": "not run"}
    return None if "rejected" in data else data


def report(folder: Path) -> None:
    """Changes in both tiers, and how often their signs agree."""
    base = {tier: read(folder, tier, "unchanged") for tier in TIERS}
    both = agree = one = 0
    print("| change | " + " | ".join(SENSE) + " |\n|---" * 1 + "|---" * len(SENSE) + "|")
    for name in CASES:
        results = {tier: read(folder, tier, name) for tier in base}
        if name == "unchanged" or any(each is None for each in (*results.values(), *base.values())):
            continue
        cells = []
        for figure, least in SENSE.items():
            three_d, planar = (results[tier][figure] - base[tier][figure] for tier in TIERS)
            counts = [abs(three_d) >= least, abs(planar) >= least]
            mark = ""
            if all(counts):
                both += 1
                agree += three_d * planar > 0
                mark = " ✓" if three_d * planar > 0 else " ✗"
            elif any(counts):
                one += 1
                mark = " ·"
            cells.append(f"{three_d:+.2f} / {planar:+.2f}{mark}")
        print(f"| {name} | " + " | ".join(cells) + " |")
    if both:
        print(
            f"\nboth tiers change: {both}, signs agree in {agree} ({100 * agree / both:.0f} %); only one changes: {one}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/tiers"))
    parser.add_argument("--only", nargs="*", choices=CASES, help="cases to run; all if left out, none to report only")
    parser.add_argument("--tier", choices=TIERS, help="only this tier")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    names = list(CASES) if arguments.only is None else arguments.only
    run(arguments.output, names, [arguments.tier] if arguments.tier else list(TIERS))
    report(arguments.output)


if __name__ == "__main__":
    main()
