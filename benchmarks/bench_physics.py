"""Proposals of the shipped generator through the physics: the table in ``docs/physics.md``.

python -m benchmarks.bench_physics [--walks]

Every condition at three severities and healthy people of 3 to 85 years. CPU time is also given as a multiple of what OpenSim's own inverse
dynamics takes for the same 100 frames in the same run, which does not depend on the machine.
"""

import argparse
import time
from dataclasses import dataclass

import numpy as np

from engine.core.measures import PHYSICS
from engine.gait.records import BodyShape, Gait, PhysicsFigures, Proposal, Rejection, Subject, Walk
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.replay import inverse_dynamics
from engine.people.conditions import available_cards, load_card
from engine.people.growth import typical_size
from engine.physics.embodied import embody
from engine.physics.figures import penetration_mm, reserve_peak_nm, skate_mm
from engine.physics.loads import ROOT_FORCES, ROOT_MOMENTS
from engine.physics.projection import explain_standing, project, put_on_floor
from engine.physics.settings import Settings
from engine.roles.enforcer import ATTEMPTS, FRAMES, OpenSimEnforcer
from engine.stages import load_stage

HEALTHY_AGES = (3, 5, 8, 12, 17, 25, 35, 45, 55, 65, 75, 85)
SEVERITIES = (0.2, 0.6, 1.0)
STRIDES = 6


@dataclass(frozen=True)
class Case:
    """One proposal and the body it is for."""

    proposal: Proposal
    body: BodyShape


def people() -> list[Subject]:
    """Who walks: both sexes in turn."""
    found = []
    for card in (card for card in map(load_card, available_cards()) if card.role == "condition"):
        mean_age = card.demographics.age_years[0]
        cases = [(age, 0.0) for age in HEALTHY_AGES] if card.is_healthy else [(mean_age, s) for s in SEVERITIES]
        side = "right" if card.demographics.side == "one" else card.demographics.side
        for age, severity in cases:
            sex = ("female", "male")[len(found) % 2]
            size = typical_size(age, sex)
            name = f"{card.name}-{age:g}-{severity:g}"
            found.append(Subject(name, age, sex, size.height_m, size.mass_kg, card, severity, side))
    return found


def cases() -> list[Case]:
    """A proposal for each."""
    proposer, made = load_stage("proposer", "diffusion"), []
    for seed, person in enumerate(people()):
        body = anthropometric_body(person.age_years, person.sex, person.height_m)
        made.append(Case(proposer.propose(person, body, speed_mps=None, seed=seed), body))
    return made


def before_repair(case: Case) -> dict[str, float]:
    """Figures of a proposal that is only put on the floor."""
    body = embody(case.proposal, case.body).body
    motion = put_on_floor(case.proposal.cycle, body).motion(FRAMES)
    frames, _ = explain_standing(body, Settings().force, motion)
    largest = np.linalg.norm(frames.point_force.sum(axis=1), axis=1).max()
    force = np.linalg.norm(frames.unexplained[:, ROOT_FORCES], axis=1).max()
    moment = np.linalg.norm(frames.unexplained[:, ROOT_MOMENTS], axis=1).max()
    return {
        "residual_force_peak_pct": 100 * force / largest,
        "residual_moment_peak_pct": 100 * moment / largest / (0.55 * case.proposal.subject.height_m),
        "penetration_mm": penetration_mm(frames),
        "skate_mm": skate_mm(body, frames, motion.time[1], periodic=True),
        "reserve_peak_nm": reserve_peak_nm(body, frames),
    }


def opensim_seconds(gait: Gait) -> float:
    """CPU time of OpenSim's inverse dynamics of a gait's 100 frames."""
    model = embody(gait.proposal, gait.body).model
    dynamics, motion = gait.dynamics, gait.cycle.motion(FRAMES)
    start = time.process_time()
    inverse_dynamics(model, motion, dynamics.force, dynamics.pressure_centre, dynamics.free_moment)
    return time.process_time() - start


def shares(case: Case, enforcer: OpenSimEnforcer) -> dict[str, float]:
    """CPU seconds of a gait's parts: each alone, and what is left of the whole."""
    start = time.process_time()
    body = embody(case.proposal, case.body).body
    built = time.process_time()
    project(case.proposal.cycle, body, Settings().varied(ATTEMPTS.first))
    projected = time.process_time()
    enforcer.enforce(case.proposal, case.body)
    whole = time.process_time() - projected
    parts = {"body": built - start, "first projection": projected - built}
    return {**parts, "judgement and further attempts": whole - (projected - start), "whole": whole}


def report_shares(made: list[Case], unit: float, whole: float) -> None:
    """Where the time of a gait goes, of healthy and of impaired people; ``unit`` is OpenSim's time for the same frames, ``whole`` the
    median of all gaits."""
    enforcer = OpenSimEnforcer()
    print(
        f"\n## time\n\nOpenSim's inverse dynamics of 100 frames: {unit:.3f} s of CPU time; a gait costs {whole / unit:.0f} times that."
    )
    print("\nCPU seconds per gait (multiples of OpenSim's inverse dynamics of its 100 frames), median:\n")
    for title, healthy in (("healthy", True), ("impaired", False)):
        found = [shares(case, enforcer) for case in made if case.proposal.subject.is_healthy == healthy]
        medians = {part: float(np.median([times[part] for times in found])) for part in found[0]}
        print(f"- {title}: " + ", ".join(f"{part} {value:.2f} ({value / unit:.1f})" for part, value in medians.items()))


def row(name: str, values: list[float]) -> str:
    return (
        f"| {PHYSICS[name].heading} | {np.median(values):.2f} | {np.percentile(values, 90):.2f} | {max(values):.2f} |"
    )


def report(title: str, results: list[Gait | Walk | Rejection]) -> list[PhysicsFigures]:
    """Prints one table; returns the figures of what was accepted."""
    accepted = [result.figures for result in results if not isinstance(result, Rejection)]
    print(f"\n## {title}\n\n{len(accepted)} of {len(results)} accepted")
    for result in results:
        if isinstance(result, Rejection):
            print(f"- rejected: {result.subject.id}: {result.reason} {result.detail}")
    print("\n| | median | 90 % | worst |\n|---|---|---|---|")
    for name in PHYSICS:
        print(row(name, [getattr(figures, name) for figures in accepted]))
    return accepted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--walks", action="store_true", help="also unroll each gait to a walk of six strides")
    walks = parser.parse_args().walks
    made, enforcer = cases(), OpenSimEnforcer()
    enforcer.enforce(made[0].proposal, made[0].body)
    before = [before_repair(case) for case in made]
    print("## before repair\n\n| | median | 90 % | worst |\n|---|---|---|---|")
    for field in before[0]:
        print(row(field, [figures[field] for figures in before]))
    results = [enforcer.enforce(case.proposal, case.body) for case in made]
    accepted = report("gaits", results)
    gaits = [result for result in results if isinstance(result, Gait)]
    unit = float(np.median([opensim_seconds(gait) for gait in gaits[:8]]))
    report_shares(made, unit, float(np.median([figures.cpu_s for figures in accepted])))
    if walks:
        found = report("walks", [enforcer.walk(gait, STRIDES, seed=seed) for seed, gait in enumerate(gaits)])
        per_stride = np.median([figures.cpu_s for figures in found]) / STRIDES
        print(f"\nPer stride {per_stride:.2f} s of CPU time, {per_stride / unit:.0f} times OpenSim's 100 frames")


if __name__ == "__main__":
    main()
