"""Physics in the loop: where to correct a generated gait, if anywhere, before the enforcer sees it.

python -m benchmarks.bench_physics_loop [-n 40] [--weights DIR] [--seed 1]

The same people with the same noise, sampled plainly and with corrections at the end of or inside the denoising steps; each proposal is then
judged as it is and enforced. The table goes to the output, progress to the error stream.
"""

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from benchmarks.generator_parts.bench import share, table
from benchmarks.generator_parts.still_soles import StillSoles
from engine.core.arrays import Array
from engine.gait.cycle import basis, phase_grid
from engine.gait.records import Gait, PhysicsFigures, Proposal
from engine.musculoskeletal.mechanisms import with_body_mechanisms
from engine.people.conditions import available_cards, load_card
from engine.physics.figures import motion_change_deg
from engine.roles.enforcer import OpenSimEnforcer
from generative.conditioning import Conditions, encode_conditions
from generative.evaluation.distances import vectors
from generative.evaluation.feasibility import Case, stratified_cases
from generative.evaluation.groups import Group
from generative.gait_batch import GaitBatch
from generative.pipeline import STEPS, Correction, GaitPipeline
from generative.projected import ShortProjection
from generative.proposer import DiffusionProposer

NOISES = 32
"""Pairs of a patient and the same body healthy that say what the condition changes."""

FEW_STEPS = 3
"""Denoising steps in which the short projection works: each costs as much as the one at the end."""


@dataclass(frozen=True)
class Variant:
    """A way to correct: with kinematics (`StillSoles`) or a short projection, in a share of the denoising steps, at the end, or both."""

    name: str
    kinematic: bool = False
    inside: float = 0.0
    at_end: bool = False


VARIANTS = (
    Variant("plain"),
    Variant("still soles, at the end", kinematic=True, at_end=True),
    Variant("still soles, in the second half", kinematic=True, inside=0.5),
    Variant("short projection, at the end", at_end=True),
    Variant(f"short projection, in the last {FEW_STEPS} steps and at the end", inside=FEW_STEPS / STEPS, at_end=True),
)


@dataclass(frozen=True)
class Outcome:
    """What a variant made of one person: leg angles moved from the plain sample, figures as proposed (None: no walk), whether feasible as
    proposed, leg angles moved by repair (None: rejected), CPU seconds; and how much of the condition's effect there is: ``effect`` (as
    proposed, after repair) over ``whole``, all zero in healthy people."""

    corrected_deg: float
    before: PhysicsFigures | None
    feasible: bool
    repaired_deg: float | None
    proposing_s: float
    judging_s: float
    enforcing_s: float
    effect: tuple[float, float]
    whole: float


class Workshop:
    """The generator and physics."""

    def __init__(self, weights: str | None) -> None:
        self._pipeline: GaitPipeline = DiffusionProposer(weights).pipeline
        self._enforcer = OpenSimEnforcer()

    def try_variants(self, case: Case) -> list[Outcome]:
        """Every one of `VARIANTS` for one person."""
        group = Group((case.subject,), (case.body,))
        plain = self._sampled(group, VARIANTS[0], case)
        effect = self._effect(group, plain.speed, case.seed)
        return [self._tried(group, variant, case, plain, effect) for variant in VARIANTS]

    def _tried(self, group: Group, variant: Variant, case: Case, plain: GaitBatch, effect: Array) -> Outcome:
        begin = time.process_time()
        made = self._sampled(group, variant, case)
        proposing = time.process_time() - begin
        proposal = self._proposal(made, case)
        begin = time.process_time()
        result = self._enforcer.enforce(proposal, case.body)
        enforcing = time.process_time() - begin
        begin = time.process_time()
        judged = self._enforcer.judge(proposal, case.body).result
        judging = time.process_time() - begin
        gait = result if isinstance(result, Gait) else None
        after = made if gait is None else _settled(gait)
        shown = [float((self._vectors(gaits) - self._vectors(plain)) @ effect) for gaits in (made, after)]
        whole = float(effect @ effect)
        return Outcome(
            corrected_deg=motion_change_deg(_angles(made), _angles(plain)),
            before=judged.figures,
            feasible=isinstance(judged, Gait),
            repaired_deg=None if gait is None else gait.figures.motion_change_deg,
            proposing_s=proposing,
            judging_s=judging,
            enforcing_s=enforcing,
            effect=(whole + shown[0], whole + shown[1]) if whole else (0.0, 0.0),
            whole=whole,
        )

    def _sampled(self, group: Group, variant: Variant, case: Case) -> GaitBatch:
        correct = _correction(variant, group)
        told = encode_conditions(group.people, None, self._pipeline.denoiser.config.conditions)
        noise = torch.Generator().manual_seed(case.seed)
        inside = correct if variant.inside else None
        made = self._pipeline(told, noise, correct=inside, corrected=variant.inside)
        return correct(made) if variant.at_end else made

    def _effect(self, group: Group, speed: Array, seed: int) -> Array:
        """What the condition changes in this body at this speed ``(50,)``."""
        shift = [
            self._vectors(self._pipeline(self._told(people, speed), torch.Generator().manual_seed(seed)))
            for people in (group, group.healthy())
        ]
        return shift[0] - shift[1]

    def _told(self, group: Group, speed: Array) -> Conditions:
        people = group.people.take(np.zeros(NOISES, int))
        return encode_conditions(people, np.repeat(speed, NOISES), self._pipeline.denoiser.config.conditions)

    def _vectors(self, gaits: GaitBatch) -> Array:
        return vectors(self._pipeline, gaits).mean(axis=0)

    def _proposal(self, made: GaitBatch, case: Case) -> Proposal:
        found = made.proposal(0, case.subject, case.body.lengths_m["hip_height"])
        parameters = with_body_mechanisms(found.parameters, case.subject.burdens, case.subject.side)
        return replace(found, parameters=parameters)


def _correction(variant: Variant, group: Group) -> Correction:
    if variant.kinematic:
        return StillSoles(group.legs)
    return ShortProjection(group.subjects, group.bodies)


def _angles(gaits: GaitBatch) -> Array:
    return basis(phase_grid(50)) @ gaits.coefficients[0]


def _settled(gait: Gait) -> GaitBatch:
    """What physics made of a proposal."""
    proposal = replace(gait.proposal, cycle=gait.cycle, contact=gait.contact)
    return GaitBatch.of([proposal], [gait.body.lengths_m["hip_height"]])


def all_cards(weights: str | None, n: int, seed: int) -> list[Case]:
    """``n`` people spread over the cards that the generator knows by name, each card's over its ages and severities."""
    known = set(DiffusionProposer(weights).pipeline.denoiser.config.conditions)
    names = np.random.default_rng(seed).permutation([name for name in available_cards() if name in known])
    counts = {name: n // len(names) + int(number < n % len(names)) for number, name in enumerate(names)}
    return [
        case
        for number, (name, count) in enumerate(counts.items())
        for case in stratified_cases(load_card(name), count, 1000 * seed + n * number)
    ]


def compared(outcomes: Sequence[Sequence[Outcome]]) -> str:
    """The table, from each person's outcomes of every variant."""
    header = [
        "variant",
        "feasible as proposed",
        "after repair",
        "residual force, %",
        "slip, mm",
        "moved by correction, deg",
    ]
    header += [
        "moved by repair, deg",
        "CPU s to propose",
        "to judge",
        "to enforce",
        "effect kept, %",
        "after repair, %",
    ]
    rows = [
        [variant.name, *_cells(tried)] for variant, tried in zip(VARIANTS, zip(*outcomes, strict=True), strict=True)
    ]
    return table(header, rows)


def _cells(tried: Sequence[Outcome]) -> Iterator[str]:
    figures = [one.before for one in tried if one.before is not None]
    repaired = [one.repaired_deg for one in tried if one.repaired_deg is not None]
    yield share([one.feasible for one in tried])
    yield share([one.repaired_deg is not None for one in tried])
    yield f"{np.median([f.residual_force_peak_pct for f in figures]):.1f}"
    yield f"{np.median([f.skate_mm for f in figures]):.0f}"
    yield f"{np.median([one.corrected_deg for one in tried]):.2f}"
    yield f"{np.median(repaired):.2f}"
    yield f"{np.median([one.proposing_s for one in tried]):.2f}"
    yield f"{np.median([one.judging_s for one in tried]):.2f}"
    yield f"{np.median([one.enforcing_s for one in tried]):.2f}"
    whole = sum(one.whole for one in tried)
    for moment in range(2):
        yield f"{100 * sum(one.effect[moment] for one in tried) / whole:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=40, help="people; about ten CPU seconds each")
    parser.add_argument("--weights", help="folder of a trained generator; the one that ships if left out")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cases, workshop = all_cards(options.weights, options.n, options.seed), Workshop(options.weights)
    shown = track(cases, "people", console=Console(stderr=True), transient=True)
    outcomes = [workshop.try_variants(case) for case in shown]
    weights = DiffusionProposer(options.weights).fingerprint()
    ages = [case.subject.age_years for case in cases]
    print(f"Weights `{weights}`; {len(cases)} people of {min(ages):.0f} to {max(ages):.0f} years, ", end="")
    print(f"{len({case.card.name for case in cases})} cards. Medians.\n\n{compared(outcomes)}")


if __name__ == "__main__":
    main()
