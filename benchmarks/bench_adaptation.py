"""Adaptation against published effects: the tables under "Adaptation against published effects" in ``docs/validation/physics.md``.

python -m benchmarks.bench_adaptation [--cases] [--doses] [--drift] [--patients N]        (--cases if nothing is asked)

Each case of ``published_effects.yaml`` changes a healthy person; both gaits pass the physics, and their difference is held against what
was published. ``--doses`` shows dose and response, ``--patients`` draws random patients and counts those whose adapted gait is accepted.
"""

import argparse
import sys
import time
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import yaml

from benchmarks.gait_figures import gait_figures
from engine.core.conventions import SIDES
from engine.core.measures import PHYSICS
from engine.gait.cycle import GaitCycle
from engine.gait.records import BodyShape, Gait, MusculoskeletalParameters, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.mechanisms import change
from engine.people.conditions import healthy_card
from engine.people.growth import typical_size, typical_strength
from engine.physics.adaptation.adaptation import adapt
from engine.physics.embodied import embody
from engine.physics.figures import motion_change_deg
from engine.physics.projection import FRAMES
from engine.roles.adapter import EffortAdapter
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import load_stage

EFFECTS = Path(__file__).parent / "published_effects.yaml"
PEOPLE = {"adult": (30.0, "male"), "child": (8.0, "male"), "old": (80.0, "female"), "small": (4.0, "female")}
AVERAGED = 12
DOSES = {
    "plantarflexor_strength": (0.8, 0.6, 0.4, 0.2),
    "hip_abductor_strength.right": (0.8, 0.6, 0.4, 0.2),
    "quadriceps_strength": (0.8, 0.6, 0.4, 0.2),
    "dorsiflexor_strength.right": (0.6, 0.4, 0.2, 0.0),
    "hamstrings_fibre_length": (0.9, 0.8, 0.7),
    "leg_pain.right": (0.5, 1.0, 2.0),
}
DOSE_MEASURES = (
    "speed_mps", "step_length_m", "step_width_m", "lateral_margin_mm", "ankle_power_peak_w_per_kg", "knee_flexion_mid_stance_deg",
    "hip_flexion_swing_peak_deg", "trunk_lean_mid_stance_deg", "pelvic_tilt_anterior_mean_deg", "vertical_force_peak_affected_bw",
)  # fmt: skip
PATIENT_GROUPS = ("plantarflexors", "hip_abductors", "quadriceps", "dorsiflexors", "hip_flexors", "hamstrings")
SHORT_GROUPS = ("hamstrings", "plantarflexors", "hip_flexors")


@dataclass(frozen=True)
class Person:
    """A healthy person, their accepted gait and its figures."""

    proposal: Proposal
    shape: BodyShape
    figures: dict[str, float]


@cache
def person(name: str) -> Person:
    """The mean of several proposals for one healthy person."""
    age, sex = PEOPLE[name]
    size = typical_size(age, sex)
    subject = Subject(name, age, sex, size.height_m, size.mass_kg)
    shape, proposer = anthropometric_body(age, sex, size.height_m), load_stage("proposer", "diffusion")
    drawn = [proposer.propose(subject, shape, speed_mps=None, seed=seed) for seed in range(AVERAGED)]
    cycles = [proposal.cycle for proposal in drawn]
    mean = GaitCycle(
        np.mean([cycle.coefficients for cycle in cycles], axis=0),
        float(np.mean([cycle.speed_mps for cycle in cycles])),
        float(np.mean([cycle.duration_s for cycle in cycles])),
    )
    proposal = replace(drawn[0], parameters=with_strength_of(age), cycle=mean)
    return Person(proposal, shape, figures(OpenSimEnforcer().enforce(proposal, shape)))


def with_strength_of(age_years: float) -> MusculoskeletalParameters:
    """A healthy body as strong as is usual at an age."""
    return MusculoskeletalParameters(max_isometric_force=np.tile(typical_strength(age_years), (len(SIDES), 1)))


def figures(gait: Gait | Rejection) -> dict[str, float]:
    """Figures of an accepted gait.

    Raises:
        RuntimeError: it was rejected.
    """
    if isinstance(gait, Rejection):
        raise RuntimeError(f"{gait.subject.id}: {gait.reason}, {gait.figures}")
    return gait_figures(gait, embody(gait.proposal, gait.body).body)


def changed(parameters: MusculoskeletalParameters, case: dict) -> MusculoskeletalParameters:
    """The parameters of a case."""
    for name, value in case.get("set", {}).items():
        parameters = change(parameters, name, value)
    if "ages" in case:
        parameters = with_strength_of(case["ages"])
    return parameters


def adapted(who: Person, parameters: MusculoskeletalParameters) -> Gait | Rejection:
    """What the person's gait becomes with another body."""
    subject = replace(who.proposal.subject, condition=healthy_card().changed_by_hand(), severity=1.0)
    proposal = replace(who.proposal, subject=subject, parameters=parameters)
    return OpenSimEnforcer().enforce(EffortAdapter().adapt(proposal, who.shape, who.proposal.parameters), who.shape)


def difference(measure: str, before: dict[str, float], after: dict[str, float]) -> float:
    """Of a measure; those in per cent of another measure end in ``_pct`` without being one."""
    if measure == "speed_pct":
        return 100 * (after["speed_mps"] / before["speed_mps"] - 1)
    return after[measure] - before[measure]


def judge(effect: dict, value: float) -> tuple[bool, bool | None]:
    """Whether sign and size are as published (None without an interval). A sign of 0 means no change."""
    interval = effect.get("interval")
    inside = None if interval is None else interval[0] <= value <= interval[1]
    return (bool(inside) if effect["sign"] == 0 else value * effect["sign"] > 0), inside


def published(effect: dict) -> str:
    """In words; * marks an interval that was made by a rule (``reading``) and not taken from its source."""
    if "interval" not in effect:
        return "more" if effect["sign"] > 0 else "less"
    least, most = effect["interval"]
    return f"{least:g} to {most:g}{' *' if 'reading' in effect else ''}".replace("-", "−")


def effect_row(name: str, effect: dict, value: float) -> str:
    """A row of the table."""
    sign, size = judge(effect, value)
    verdict = "**no**" if not sign else "sign only" if size is False else "yes"
    found = f"{value:+.3g}".replace("-", "−")
    return f"| {name} | {effect['measure']} | {published(effect)} | {effect['source']} | {found} | {verdict} |"


def report_cases() -> None:
    """The table of published effects."""
    cases = yaml.safe_load(EFFECTS.read_text())["cases"]
    signs, sizes, seconds = [], [], []
    print("\n## cases\n\n| change | measure | published | source | found | |\n|---|---|---|---|---|---|")
    for case in cases:
        who = person(case["person"])
        started = time.process_time()
        result = adapted(who, changed(who.proposal.parameters, case))
        seconds.append(time.process_time() - started)
        if isinstance(result, Rejection):
            print(f"| {case['name']} | rejected: {result.reason} | | | | **no** |")
            continue
        after = figures(result)
        for number, effect in enumerate(case["effects"]):
            value = difference(effect["measure"], who.figures, after)
            sign, size = judge(effect, value)
            signs.append(sign)
            sizes += [] if size is None else [size]
            print(effect_row("" if number else case["name"], effect, value), flush=True)
    print(f"\n## counts\n\nSigns {sum(signs)} of {len(signs)}, sizes {sum(sizes)} of {len(sizes)}.")
    print(f"CPU s, adaptation and enforcement: median {np.median(seconds):.1f}, worst {max(seconds):.1f}")


def report_doses() -> None:
    """Figures by dose of single changes."""
    who = person("adult")
    print("\n## doses")
    for name, values in DOSES.items():
        print(f"\n| {name} | " + " | ".join(DOSE_MEASURES) + " |\n" + "|---" * (1 + len(DOSE_MEASURES)) + "|")
        print("| before | " + " | ".join(f"{who.figures[measure]:.3g}" for measure in DOSE_MEASURES) + " |")
        for value in values:
            result = adapted(who, change(who.proposal.parameters, name, value))
            if isinstance(result, Rejection):
                print(f"| {value:g} | rejected: {result.reason} |")
                continue
            after = figures(result)
            print(
                f"| {value:g} | " + " | ".join(f"{after[measure]:.3g}" for measure in DOSE_MEASURES) + " |", flush=True
            )


def report_drift() -> None:
    """How far the optimum of a healthy body lies from its habit, and how far two solutions for the same body lie apart."""
    print(
        "\n## drift\n\n| person | drift, ° | solved again, ° | m/s | adaptation alone, CPU s |\n|---|---|---|---|---|"
    )
    for name in PEOPLE:
        who = person(name)
        body = embody(who.proposal, who.shape).body
        started = time.process_time()
        found = adapt(who.proposal.cycle, body, replace(body))
        seconds = time.process_time() - started
        habit, before, after = (cycle.motion(FRAMES).q for cycle in (found.habit, found.before, found.after))
        drift, noise = motion_change_deg(before, habit), motion_change_deg(after, before)
        change_mps = found.after.speed_mps - found.before.speed_mps
        print(f"| {name} | {drift:.2f} | {noise:.2f} | {change_mps:+.4f} | {seconds:.1f} |", flush=True)


def random_patient(healthy: MusculoskeletalParameters, rng: np.random.Generator) -> MusculoskeletalParameters:
    """Two weak groups of 10 to 70 %, one group short by 5 to 25 %, each on one side or both."""
    ends = ("", ".right", ".left")
    for group in rng.choice(PATIENT_GROUPS, 2, replace=False):
        healthy = change(healthy, f"{group}_strength{rng.choice(ends)}", float(rng.uniform(0.1, 0.7)))
    return change(healthy, f"{rng.choice(SHORT_GROUPS)}_fibre_length{rng.choice(ends)}", float(rng.uniform(0.75, 0.95)))


def report_patients(count: int) -> None:
    """Random patients: how many adapted gaits are accepted, and what they take."""
    rng, seconds, accepted = np.random.default_rng(1), [], []
    for number in range(count):
        who = person(list(PEOPLE)[number % len(PEOPLE)])
        started = time.process_time()
        result = adapted(who, random_patient(who.proposal.parameters, rng))
        seconds.append(time.process_time() - started)
        if isinstance(result, Gait):
            accepted.append(result.figures)
        else:
            print(f"patient {number}, {who.proposal.subject.id}: {result.reason} {result.figures}", file=sys.stderr)
    print(f"\n## patients\n\n{len(accepted)} of {count} accepted\n\n| figure | median | worst |\n|---|---|---|")
    for name in (name for name in PHYSICS if name != "cpu_s"):
        values = [getattr(figures, name) for figures in accepted]
        print(f"| {PHYSICS[name].heading} | {np.median(values):.2f} | {max(values):.2f} |")
    print(f"| CPU time with the adaptation, s | {np.median(seconds):.2f} | {max(seconds):.2f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", action="store_true", help="the table of published effects (the default)")
    parser.add_argument("--doses", action="store_true", help="figures by dose")
    parser.add_argument("--drift", action="store_true", help="of healthy bodies from their habit")
    parser.add_argument("--patients", type=int, default=0, help="random patients to draw")
    asked = parser.parse_args()
    if asked.cases or not (asked.doses or asked.drift or asked.patients):
        report_cases()
    if asked.doses:
        report_doses()
    if asked.drift:
        report_drift()
    if asked.patients:
        report_patients(asked.patients)


if __name__ == "__main__":
    main()
