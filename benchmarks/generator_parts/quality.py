"""Proposals as such: feasibility, likeness to gaits held out of training, and speed."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from benchmarks.generator_parts.bench import JUDGED_AT, Asked, Bench, Part, enough, share, table
from engine.gait.records import PhysicsFigures
from engine.physics.verdict import LIMITS
from generative.corpus import Corpus, load_corpus
from generative.evaluation.distances import cell, cell_likeness, likeness
from generative.evaluation.feasibility import Tried, stratified_cases, try_all
from generative.evaluation.groups import draw_patients, sample, walk
from generative.memorisation import memorisation
from generative.train_denoiser import TrainingSettings
from generative.training_data import prepare

CELL_SEVERITIES = ((0.0, 0.5), (0.5, 1.0))
_SPEED_PEOPLE = 2000
_FEASIBLE_WANTED, _REPAIRED_WANTED, _CELL_RATIO = 0.6, 0.97, 1.2

_PASSES: dict[str, Callable[[PhysicsFigures], bool]] = {
    "residual force": lambda f: f.residual_force_peak_pct < LIMITS.residual_force_peak_pct,
    "residual moment": lambda f: f.residual_moment_peak_pct < LIMITS.residual_moment_peak_pct,
    "penetration": lambda f: f.penetration_mm < LIMITS.penetration_mm,
    "slip": lambda f: f.skate_mm < LIMITS.skate_mm,
    "reserve": lambda f: f.reserve_peak_nm < LIMITS.reserve_peak_impaired_nm,
    "vertical peak": lambda f: f.vertical_force_peak_bw < LIMITS.vertical_force_peak_bw,
}


def feasibility(bench: Bench) -> Part:
    """Proposals through physics as they are, and after repair."""
    cases = [case for card in bench.cards for case in stratified_cases(card, bench.sizes.cases, bench.seed)]
    tried = list(bench.progress(try_all(cases, bench.weights), "feasibility", len(cases)))
    rows = []
    for card in bench.cards:
        rows.append([card.name, *_feasibility_cells([one for one in tried if one.case.card.name == card.name])])
    rows.append(["**all**", *_feasibility_cells(tried)])
    header = ["card", "as proposed", "after repair", "moved, deg, median", "most", "CPU s, median", "rejected for"]
    yield enough([one.reason_before is None for one in tried], _FEASIBLE_WANTED, "feasible as proposed")
    yield enough([one.reason_after is None for one in tried], _REPAIRED_WANTED, "feasible after repair")
    accepted = [one.after for one in tried if one.reason_after is None and one.after is not None]
    moved = float(np.median([figures.motion_change_deg for figures in accepted] or [np.nan]))
    yield Asked("leg angles moved by at most 2° (median)", f"{moved:.1f}°", moved <= 2)
    before = [one.before for one in tried if one.before is not None]
    limits = [[name, share([passes(figures) for figures in before])] for name, passes in _PASSES.items()]
    first = Counter(one.reason_before.name.lower().replace("_", " ") for one in tried if one.reason_before is not None)
    told = ", ".join(f"{name} {count}" for name, count in first.most_common()) or "–"
    yield f"As proposed, the first limit broken: {told}. Each limit alone:\n\n" + table(["limit", "kept"], limits)
    yield "### feasibility by card"
    yield table(header, rows)


def _feasibility_cells(tried: Sequence[Tried]) -> list[str]:
    accepted = [one.after for one in tried if one.reason_after is None and one.after is not None]
    reasons = Counter(one.reason_after.name.lower().replace("_", " ") for one in tried if one.reason_after is not None)
    moved = [figures.motion_change_deg for figures in accepted] or [np.nan]
    seconds = [figures.cpu_s for figures in accepted] or [np.nan]
    return [
        share([one.reason_before is None for one in tried]),
        share([one.reason_after is None for one in tried]),
        f"{np.median(moved):.1f}",
        f"{max(moved):.1f}",
        f"{np.median(seconds):.1f}",
        ", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "–",
    ]


def corpus(bench: Bench) -> Part:
    """Generated gaits against the corpus: gaits held out of training, condition by condition, and whether any were learnt by heart."""
    if bench.corpus is None:
        yield "Skipped: needs `--corpus`, the file that the generator was trained on."
        return
    usual = TrainingSettings()
    data = prepare(load_corpus(bench.corpus), usual.steps * usual.batch)
    learnt, held_out = (_as_asked(part) for part in (data.training, data.held_out))
    found = likeness(bench.pipeline, learnt, held_out, bench.seed)
    memory = memorisation(bench.pipeline, learnt, held_out, bench.sizes.memorisation, bench.seed)
    told = [
        ["Fréchet distance to held-out gaits", f"{found.frechet:.2f}", f"{found.frechet_corpus:.2f}"],
        ["diversity, held-out gaits = 1", f"{found.diversity:.3f}", "–"],
        ["copies, %", f"{100 * memory.close_share:.2f}", f"{100 * memory.held_out_share:.2f} (held out)"],
        ["membership guessed (0.5: not at all)", f"{memory.attack_auc:.2f}", "–"],
    ]
    ratio = found.frechet / found.frechet_corpus
    yield Asked("Fréchet distance to held-out gaits at most 1.1 of the corpus' own", f"{ratio:.2f}", ratio <= 1.1)
    yield Asked("copies at most 1 %", f"{100 * memory.close_share:.1f} %", memory.close_share <= 0.01)
    yield Asked("membership guessed no better than by chance (0.5)", f"{memory.attack_auc:.2f}")
    yield f"{len(learnt)} gaits learnt, {len(held_out)} held out.\n\n" + table(["", "generated", "corpus"], told)
    rows, holds = [], []
    for name in bench.progress(sorted(learnt.cards), "condition cells", len(learnt.cards)):
        for low, high in CELL_SEVERITIES if name != "healthy" else ((0.0, 0.0),):
            near = cell_likeness(bench.pipeline, cell(learnt, name, (low, high)), bench.seed)
            if near is not None:
                holds.append(near.ratio <= _CELL_RATIO)
                sampling = f"{near.frechet_corpus:.2f} ± {near.frechet_corpus_sd:.2f}"
                rows.append(
                    [name, f"{low:g}–{high:g}", f"{near.people}", f"{near.frechet:.2f}", sampling, f"{near.ratio:.2f}"]
                )
    yield enough(holds, 1, f"cells of the corpus within {_CELL_RATIO:g} times the sampling error")
    yield "### cells"
    header = ["condition", "severity", "people", "generated", "corpus ± SD of halvings", "ratio"]
    yield "Fréchet distance between random halves of a cell, first 10 components:\n\n" + table(header, rows)


def _as_asked(part: Corpus) -> Corpus:
    """What the network is asked for: gaits that physics has accepted, where the corpus has any."""
    return part.take(np.flatnonzero(part.solved)) if part.solved.any() else part


def speed(bench: Bench) -> Part:
    """Proposals per second."""
    group = draw_patients(bench.cards[0], JUDGED_AT, _SPEED_PEOPLE, np.random.default_rng(bench.seed))
    sample(bench.pipeline, group.people.take(np.arange(8)), None, bench.seed)
    rows = []
    for name, run in (
        ("network alone", lambda: sample(bench.pipeline, group.people, None, bench.seed)),
        ("standing on their legs", lambda: walk(bench.pipeline, group, None, bench.seed)),
    ):
        wall, spent = time.perf_counter(), time.process_time()
        run()
        wall, spent = time.perf_counter() - wall, time.process_time() - spent
        yield Asked(f"500 proposals per CPU second, {name}", f"{len(group) / spent:.0f}", len(group) / spent >= 500)
        rows.append([name, f"{len(group) / spent:.0f}", f"{len(group) / wall:.0f}"])
    yield f"{len(group)} proposals in one call.\n\n" + table(
        ["proposals", "per CPU second", "per second of the clock"], rows
    )
