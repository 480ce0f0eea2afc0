"""One kind of person described on the command line, gaits sampled for them, checked if asked: what the command `sample` does."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from engine.core.conventions import Sex, Side
from engine.core.errors import DataError, SpecError
from engine.core.measures import GAIT, PHYSICS
from engine.gait.records import BodyShape, Gait, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.burdens import Burden, size_factors
from engine.people.conditions import ConditionCard, load_condition, load_modifier
from engine.people.growth import typical_size
from engine.stages import load_stage
from generative.batch_measures import measure
from generative.feet import leg_geometry
from generative.gait_batch import GaitBatch, People
from generative.proposer import DiffusionProposer
from generative.sample_file import write_samples
from generative.sample_picture import draw_proposals, health_words

_SHOWN: tuple[str, ...] = (
    "speed_mps",
    "cadence_spm",
    "step_length_m",
    "step_width_m",
    "stance_pct_affected",
    "double_support_pct",
    "hip_flexion_peak_deg",
    "hip_extension_peak_deg",
    "knee_flexion_stance_min_deg",
    "knee_flexion_swing_peak_deg",
    "ankle_dorsiflexion_stance_peak_deg",
    "ankle_plantarflexion_peak_deg",
    "pelvic_tilt_anterior_mean_deg",
    "trunk_flexion_deg",
    "trunk_lateral_range_deg",
    "arm_swing_range_deg",
    "stride_time_cv",
)
"""What is printed."""
_MIDDLE_SEVERITY = 0.5
"""Of whoever has a condition, if none is asked for."""


@dataclass(frozen=True)
class SampleRequest:
    """A kind of person as the command line describes it; what is None is filled in. ``modifiers`` are texts such as ``obesity=0.5``."""

    age_years: float
    sex: Sex
    height_m: float | None
    mass_kg: float | None
    condition: str
    severity: float | None
    side: Side | None
    modifiers: tuple[str, ...]
    speed_mps: float | None
    number: int
    guidance: float
    seed: int
    weights: Path | None


def run_sample(request: SampleRequest, output: Path | None, console: Console, *, enforce: bool, plot: bool) -> None:
    """Samples, prints, and writes what was asked for.

    Raises:
        SpecError: the person cannot be, or cannot walk so fast.
        DataError: a file cannot be written.
    """
    if output is not None and output.suffix != ".npz":
        raise SpecError(f"--output: {output}: expected a name that ends in .npz")
    with console.status("Sampling"):
        proposals, body = sample(request)
    console.print(describe(proposals, body))
    results: list[Gait | Rejection] = []
    if enforce:
        enforcer = load_stage("enforcer", "opensim")
        shown = track(proposals, "enforcing physics", console=console)
        results = [enforcer.enforce(proposal, body) for proposal in shown]
        console.print(_verdicts(results))
    if output is not None:
        _make_folder(output)
        write_samples(output, proposals, results)
        console.print(f"Written: {output}")
    if plot:
        picture = Path("sample.png") if output is None else output.with_suffix(".png")
        draw_proposals(proposals, results, body, picture)
        console.print(f"Drawn: {picture}")


def sample(request: SampleRequest) -> tuple[list[Proposal], BodyShape]:
    """As many proposals as asked on an average body of the person's size."""
    subject = _subject(request)
    body = anthropometric_body(subject.age_years, subject.sex, subject.height_m)
    proposer = DiffusionProposer(None if request.weights is None else str(request.weights))
    seeds = [int(s) for s in np.random.SeedSequence(request.seed).generate_state(request.number)]
    many = [subject] * request.number
    found = proposer.propose_many(
        many, [body] * len(many), speed_mps=request.speed_mps, seeds=seeds, guidance=request.guidance
    )
    return found, body


def _subject(request: SampleRequest) -> Subject:
    card = load_condition(request.condition)
    try:
        modifiers = tuple(_modifier(text) for text in request.modifiers)
        usual = typical_size(request.age_years, request.sex)
        severity = _severity(request, card)
        tall, heavy = size_factors((Burden(card, severity), *modifiers))
        height = usual.height_m * tall if request.height_m is None else request.height_m
        usual_mass = usual.mass_kg * (height / usual.height_m) ** 2 * heavy
        mass = usual_mass if request.mass_kg is None else request.mass_kg
        own_side: Side = "right" if card.demographics.side == "one" else card.demographics.side
        return Subject(
            "you",
            request.age_years,
            request.sex,
            height,
            mass,
            card,
            severity,
            request.side or own_side,
            modifiers=modifiers,
        )
    except ValueError as error:
        raise SpecError(f"sample: {error}") from error


def _severity(request: SampleRequest, card: ConditionCard) -> float:
    if request.severity is not None:
        return request.severity
    return 0.0 if card.is_healthy else _MIDDLE_SEVERITY


def _modifier(text: str) -> Burden:
    name, _, severity = text.partition("=")
    try:
        amount = float(severity)
    except ValueError as error:
        raise SpecError(f"--modifier {text}: expected NAME=SEVERITY, such as obesity=0.5") from error
    try:
        return Burden(load_modifier(name), amount)
    except SpecError as error:
        raise SpecError(f"--modifier {text}: {error}") from error


def describe(proposals: Sequence[Proposal], body: BodyShape) -> Table:
    """Mean and standard deviation of the figures of all proposals; those of one leg or arm are of the affected side."""
    size, subjects = body.lengths_m["hip_height"], [proposal.subject for proposal in proposals]
    sizes = [size] * len(proposals)
    values = measure(GaitBatch.of(proposals, sizes), leg_geometry([body] * len(proposals)), People.of(subjects, sizes))
    who = subjects[0]
    size_words = f"{who.height_m:.2f} m, {who.mass_kg:.0f} kg"
    title = f"{health_words(who)}, {who.sex}, {who.age_years:g} years, {size_words}"
    table = Table("before physics", "mean", "SD", title=title)
    for name in _SHOWN:
        shown, own = GAIT[name], values[name]
        table.add_row(shown.heading, shown.text(own.mean()), shown.text(own.std()) if len(own) > 1 else "")
    return table


def _verdicts(results: Sequence[Gait | Rejection]) -> Table:
    shown = [PHYSICS[name] for name in ("motion_change_deg", "skate_mm", "residual_force_peak_pct")]
    table = Table("", "physics says", *(one.heading for one in shown))
    for number, result in enumerate(results):
        figures = result.figures
        words = "accepted" if isinstance(result, Gait) else f"rejected: {result.reason.value}"
        told = [] if figures is None else [one.text(getattr(figures, one.name)) for one in shown]
        table.add_row(str(number), words, *told)
    return table


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{file}: cannot be written ({error})") from error
