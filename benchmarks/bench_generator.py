"""Measures the generator that ships and prints the tables of docs/generator.md: ``python benchmarks/bench_generator.py``."""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from engine.conditions import ConditionCard, available_cards, load_card
from engine.conventions import COORDINATE_INDEX, GRAVITY_MPS2
from engine.cycle import basis, phase_grid
from engine.growth import typical_size
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.norms import band
from engine.records import BodyShape, Gait, Proposal, Rejection, Subject
from engine.stages import load_stage
from generative.corpus import Corpus, build_corpus, draw_people
from generative.evaluate import (
    MEASURES,
    cell_error,
    feet_figures,
    likeness,
    markdown_table,
    sample,
    speed_matched_effects,
)
from generative.feet import leg_geometry
from generative.gait_batch import People
from generative.pipeline import GaitPipeline
from generative.proposer import DiffusionProposer, stand_on
from generative.sources.atlas import healthy_atlas

_GRID = phase_grid(100)


def likeness_table(pipeline: GaitPipeline, corpus: Corpus, held_out: Corpus) -> str:
    found = likeness(pipeline, corpus, held_out, seed=1)
    rows = [
        ["Fréchet distance to held-out gaits", f"{found.frechet:.2f}", f"{found.frechet_held_out:.2f}"],
        ["distance to the nearest gait of the corpus, median", f"{found.nearest:.2f}", f"{found.nearest_held_out:.2f}"],
        ["diversity", f"{found.diversity:.3f}", "1"],
        ["samples per CPU second", f"{found.samples_per_s:.0f}", ""],
    ]
    return markdown_table(["", "generated", "a second draw of the source"], rows)


def cell_table(pipeline: GaitPipeline, cards: Sequence[ConditionCard]) -> str:
    rows = []
    for card in cards:
        for severity in (0.0,) if card.name == "healthy" else (0.3, 0.9):
            cell = cell_error(pipeline, card, severity)
            figures = (cell.mean_error_deg, cell.again_deg, cell.spread_ratio)
            rows.append([card.name, f"{severity:g}", *(f"{value:.2f}" for value in figures)])
    return markdown_table(["condition", "severity", "error, deg", "source again, deg", "spread ratio"], rows)


def feet_table(pipeline: GaitPipeline, cards: Sequence[ConditionCard]) -> str:
    rows = []
    for card in cards:
        feet = feet_figures(pipeline, card)
        figures = (feet.slip_median_mm, feet.slip_95_mm, feet.clearance_10_mm, feet.step_time_error_pct)
        rows.append([card.name, *(f"{value:.0f}" for value in figures[:3]), f"{figures[3]:.1f}"])
    return markdown_table(["condition", "slip, mm", "95 %", "clearance, 10 %, mm", "stride error, %"], rows)


def effects_table(pipeline: GaitPipeline, cards: Sequence[ConditionCard]) -> str:
    columns = {c.name: speed_matched_effects(pipeline, c, 0.7) for c in cards if c.name != "healthy"}
    rows = [
        [measure, *(f"{columns[name][measure][0]:.1f} ({columns[name][measure][1]:.1f})" for name in columns)]
        for measure in MEASURES
        if measure != "strength"
    ]
    return markdown_table(["severity 0.7 (healthy at the same speed)", *columns], rows)


def norms_table(pipeline: GaitPipeline, n: int = 100) -> str:
    rows = []
    for age in (4, 8, 14, 30, 60, 80):
        for pace in (0.7, 1.0, 1.25):
            rows.append([f"{age}", *_against_norms(pipeline, age, pace, n)])
    header = ["age", "speed, m/s", "cadence", "step, m", "hip z", "knee z", "ankle z", "knee peak, deg", "norm"]
    return markdown_table(header, rows)


def _against_norms(pipeline: GaitPipeline, age: float, pace: float, n: int) -> list[str]:
    size = typical_size(age, "female")
    subject = Subject("norm", age, "female", size.height_m, size.mass_kg)
    body = anthropometric_body(age, "female", size.height_m)
    hip_height = body.lengths_m["hip_height"]
    people, legs = People.of([subject] * n, [hip_height] * n), leg_geometry([body] * n)
    speed = pace * healthy_atlas().free_speed(people.age)
    gaits = stand_on(sample(pipeline, people, speed, 3), legs, speed)
    z, peak = [], (0.0, 0.0)
    for name in ("hip_flexion", "knee_angle", "ankle_angle"):
        norm = band(name, float(speed[0]), age, phase=_GRID)
        curves = gaits.coefficients[..., COORDINATE_INDEX[f"{name}_r"]] @ basis(_GRID).T
        z.append(float(np.sqrt(np.mean(norm.z(curves.mean(axis=0)) ** 2))))
        if name == "knee_angle":
            peak = float(np.rad2deg(curves.mean(axis=0).max())), float(np.rad2deg(norm.mean.max()))
    seconds = float(gaits.duration.mean() * np.sqrt(hip_height / GRAVITY_MPS2))
    metres_per_second = float(speed[0] * np.sqrt(GRAVITY_MPS2 * hip_height))
    step = metres_per_second * seconds / 2
    figures = (f"{metres_per_second:.2f}", f"{120 / seconds:.0f}", f"{step:.2f}", *(f"{value:.2f}" for value in z))
    return [*figures, f"{peak[0]:.0f}", f"{peak[1]:.0f}"]


def physics_table(proposer: DiffusionProposer, cards: Sequence[ConditionCard], n: int) -> str:
    """What the enforcer makes of ``n`` random people of each condition, each proposed once."""
    enforcer, rows = load_stage("enforcer", "opensim"), []
    for card in cards:
        people, _ = draw_people(card, n, np.random.default_rng(11))
        results = [enforcer.enforce(*_proposal(proposer, people, row, card)) for row in range(n)]
        gaits = [result for result in results if isinstance(result, Gait)]
        change = [gait.figures.motion_change_deg for gait in gaits]
        stance = [gait.contact.right_toe_off - gait.proposal.contact.right_toe_off for gait in gaits]
        reasons = ", ".join(r.reason.name.lower() for r in results if isinstance(r, Rejection)) or "–"
        figures = (f"{np.median(change):.1f}", f"{np.max(change):.1f}", f"{100 * np.median(stance):+.1f}")
        rows.append([card.name, f"{len(gaits)} of {n}", *figures, reasons])
    return markdown_table(["condition", "accepted", "change, deg", "most", "stance, points", "rejected for"], rows)


def _proposal(proposer: DiffusionProposer, people: People, row: int, card: ConditionCard) -> tuple[Proposal, BodyShape]:
    age, sex, height = float(people.age[row]), str(people.sex[row]), float(people.height[row])
    severity, side = float(people.severity[row]), str(people.side[row])
    subject = Subject(f"{row}", age, sex, height, float(people.mass[row]), card.name, severity, side)
    body = anthropometric_body(age, sex, height)
    return proposer.propose(subject, body, card, speed_mps=None, seed=row), body


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, help="folder of a trained generator; the one that ships if left out")
    parser.add_argument("--size", type=int, default=8000, help="gaits of the corpus (as in training)")
    parser.add_argument("--physics", type=int, default=12, help="people of each condition sent through the enforcer")
    options = parser.parse_args()
    torch.set_num_threads(1)
    proposer = DiffusionProposer(None if options.weights is None else str(options.weights))
    pipeline = proposer.pipeline
    cards = [load_card(name) for name in available_cards()]
    corpus, held_out = build_corpus(cards, options.size, 0), build_corpus(cards, options.size // 4, 1)
    print(likeness_table(pipeline, corpus, held_out), end="\n\n")
    print(cell_table(pipeline, cards), end="\n\n")
    print(norms_table(pipeline), end="\n\n")
    print(effects_table(pipeline, cards), end="\n\n")
    print(feet_table(pipeline, cards), end="\n\n")
    print(physics_table(proposer, cards, options.physics))


if __name__ == "__main__":
    main()
