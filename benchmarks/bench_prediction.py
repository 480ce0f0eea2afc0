"""How often Moco converges and how long it takes: the table in ``docs/prediction.md``.

OMP_NUM_THREADS=1 python -m benchmarks.bench_prediction [--solves 12] [--seed 0] [-o runs/bench_prediction]

Ages 4 to 85 in turn, the generator's healthy proposals made feasible, and mechanisms drawn for each: strength and fibre length of random
muscle groups, both sides alike but for every sixth, where one side has them (a whole cycle is solved then). Solves are kept in the
folder and not made twice.
CPU time is also given as a multiple of what OpenSim takes for a thousand evaluations of the planar body's accelerations in the same run.
"""

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.core.conventions import MUSCLE_GROUPS, SIDES
from engine.gait.records import BodyShape, MusculoskeletalParameters, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import typical_size
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import load_stage
from engine.tools.prediction.planar_model import PlanarBody, build_planar_model, planar_body
from engine.tools.prediction.predictor import feasible_first, predict

AGES = (30, 8, 70, 5, 50, 13, 85, 20, 60, 10, 40, 4)
ONE_SIDED_EVERY = 6
SAGITTAL = ("hip_flexors", "hip_extensors", "quadriceps", "hamstrings", "plantarflexors", "dorsiflexors")


def mechanisms(
    rng: np.random.Generator, parameters: MusculoskeletalParameters, sides: slice
) -> MusculoskeletalParameters:
    """One or two of the sagittal muscle groups weakened to 0.1-0.9 or with fibres of 0.65-0.95 of their length."""
    strength, fibre = parameters.max_isometric_force.copy(), parameters.optimal_fibre_length.copy()
    for group in rng.choice(SAGITTAL, size=rng.integers(1, 3), replace=False):
        column = list(MUSCLE_GROUPS).index(group)
        if rng.random() < 0.5:
            strength[sides, column] *= rng.uniform(0.1, 0.9)
        else:
            fibre[sides, column] *= rng.uniform(0.65, 0.95)
    return replace(parameters, max_isometric_force=strength, optimal_fibre_length=fibre)


def case(number: int, seed: int) -> tuple[Proposal, BodyShape]:
    """The person of that number with sampled mechanisms."""
    rng = np.random.default_rng([seed, number])
    age, sex = AGES[number % len(AGES)], ("female", "male")[number % 2]
    size = typical_size(age, sex)
    subject = Subject(f"case-{number}", age, sex, size.height_m, size.mass_kg)
    body = anthropometric_body(age, sex, size.height_m)
    proposal = load_stage("proposer", "diffusion").propose(subject, body, speed_mps=None, seed=number)
    sides = slice(0, 1) if number % ONE_SIDED_EVERY == ONE_SIDED_EVERY - 1 else slice(0, len(SIDES))
    mean_parameters = replace(
        proposal.parameters,
        max_isometric_force=np.broadcast_to(
            proposal.parameters.max_isometric_force.mean(axis=0), (2, len(MUSCLE_GROUPS))
        ),
    )
    tracked = feasible_first(replace(proposal, parameters=mean_parameters), body, OpenSimEnforcer())
    return replace(tracked, parameters=mechanisms(rng, mean_parameters, sides)), body


def thousand_evaluations(body: PlanarBody) -> float:
    """CPU seconds of the machine's yardstick."""
    model = build_planar_model(body)
    state = model.initSystem()
    knee = model.getCoordinateSet().get("knee_angle_r")
    started = time.process_time()
    for k in range(1000):
        knee.setValue(state, 0.3 + 1e-4 * k, False)
        model.realizeAcceleration(state)
    return time.process_time() - started


def solve(number: int, seed: int) -> dict[str, object]:
    proposal, body = case(number, seed)
    unit = thousand_evaluations(planar_body(proposal.subject, body, proposal.parameters))
    started = time.process_time()
    result = predict(proposal, body)
    rejected = isinstance(result, Rejection)
    return {
        "age": proposal.subject.age_years,
        "one_sided": number % ONE_SIDED_EVERY == ONE_SIDED_EVERY - 1,
        "converged": not rejected,
        "detail": result.detail if rejected else "",
        "cpu_s": time.process_time() - started,
        "unit_s": unit,
        "speed_mps": None if rejected else result.cycle.speed_mps,
        "proposed_mps": proposal.cycle.speed_mps,
        "figures": None if rejected else vars(result.figures),
    }


def report(found: list[dict[str, object]]) -> None:
    for sided, title in ((False, "half cycles"), (True, "whole cycles of one-sided bodies")):
        own = [each for each in found if each["one_sided"] == sided]
        if not own:
            continue
        seconds = [each["cpu_s"] for each in own]
        ratio = np.median([each["cpu_s"] / each["unit_s"] for each in own])
        done = sum(each["converged"] for each in own)
        print(
            f"{title}: {done} of {len(own)} converged; CPU s median {np.median(seconds):.0f}, worst {max(seconds):.0f}; "
            f"{1000 * ratio:.0f} evaluations' worth"
        )
    good = [each["figures"] for each in found if each["figures"]]
    for name in good[0] if good else ():
        values = [figures[name] for figures in good]
        print(f"| {name} | {np.median(values):.2f} | {max(values):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--solves", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/bench_prediction"))
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    found = []
    for number in range(arguments.solves):
        file = arguments.output / f"{arguments.seed}-{number}.json"
        if not file.is_file():
            file.write_text(json.dumps(solve(number, arguments.seed), indent=1))
        found.append(json.loads(file.read_text()))
        print(number, {key: value for key, value in found[-1].items() if key != "figures"}, flush=True)
    report(found)


if __name__ == "__main__":
    main()
