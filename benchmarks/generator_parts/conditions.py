"""Generated patients: the effects that the cards expect, and the path from no severity to the greatest."""

from collections.abc import Sequence

import numpy as np

from benchmarks.generator_parts.bench import JUDGED_AT, Asked, Bench, Part, enough, share, table, yes
from generative.corpus import load_corpus
from generative.evaluation.clamping import kept_effects
from generative.evaluation.corpus_effects import corpus_effects
from generative.evaluation.effects import EffectFigure, card_effects
from generative.evaluation.feasibility import try_all
from generative.evaluation.power import power_figure, power_pairs
from generative.evaluation.sweeps import card_ends, card_sweeps

SEVERITIES = (0.3, JUDGED_AT, 0.9)
_SIGNS_WANTED, _SIZES_WANTED = 0.94, 0.85
CLAMPS: dict[str, tuple[str, ...]] = {"segment_mass": (), "body": (), "upper_body": ("trunk", "arm", "elbow")}
"""What is clamped, and how the names of measures begin that it fixes."""


def _effect_rows(figures: dict[float, list[EffectFigure]]) -> list[list[str]]:
    rows = []
    for index, judged in enumerate(figures[JUDGED_AT]):
        effect = judged.effect
        interval = "–" if effect.interval is None else f"{effect.interval[0]:g} to {effect.interval[1]:g}"
        found = [figures[severity][index] for severity in figures]
        met = [f"{figure.severity:g}" for figure in found if figure.size_holds]
        size = yes(judged.size_holds) if judged.size_holds is not False or not met else f"at {', '.join(met)}"
        rows.append(
            [
                effect.measure,
                effect.direction,
                effect.compared_with.replace("_", " "),
                interval,
                *(f"{figure.difference:+.3g}" for figure in found),
                yes(judged.sign_holds),
                size,
            ]
        )
    return rows


def learnt(bench: Bench) -> Part:
    """Expected effects at matched speed in the gaits that were learnt from."""
    if bench.corpus is None:
        yield "Left out: no corpus (`--corpus FILE`)."
        return
    found = corpus_effects(load_corpus(bench.corpus), bench.cards)
    rows = [[name, _signs(own), _sizes(own), *_wrong(own)] for name, own in found.items()]
    everything = [figure for own in found.values() for figure in own]
    yield enough([figure.sign_holds for figure in everything], 1, "effects learnt with the card's sign")
    yield table(
        ["card", "signs", "sizes", "without the sign"],
        [*rows, ["**all**", _signs(everything), _sizes(everything), ""]],
    )


def _wrong(figures: Sequence[EffectFigure]) -> list[str]:
    lost = [f"{f.effect.measure} ({f.difference:+.3g} ± {f.error:.2g})" for f in figures if not f.sign_holds]
    return [", ".join(lost) or "–"]


def cards(bench: Bench) -> Part:
    """Every expected effect of every card that needs no forces."""
    header = ["measure", "expected", "against", "interval", *(f"at {s:g}" for s in SEVERITIES), "sign", "size"]
    judged: list[EffectFigure] = []
    summary, each = [], []
    for card in bench.progress(bench.cards, "cards", len(bench.cards)):
        found = {
            s: card_effects(bench.pipeline, card, s, bench.sizes.patients, bench.seed + k)
            for k, s in enumerate(SEVERITIES)
        }
        if not found[JUDGED_AT]:
            continue
        own = found[JUDGED_AT]
        judged += own
        summary.append([card.name, _signs(own), _sizes(own)])
        told = f"**{card.title}** (`{card.name}`): signs {_signs(own)}, sizes {_sizes(own)}"
        each.append(f"{told}\n\n{table(header, _effect_rows(found))}")
    yield enough([figure.sign_holds for figure in judged], _SIGNS_WANTED, "expected effects with the card's sign")
    yield enough(_judged_sizes(judged), _SIZES_WANTED, "sizes within the published interval")
    yield table(["card", "signs", "sizes"], [*summary, ["**all**", _signs(judged), _sizes(judged)]])
    yield "### every card"
    yield from each


def _signs(figures: Sequence[EffectFigure]) -> str:
    return share([figure.sign_holds for figure in figures])


def _sizes(figures: Sequence[EffectFigure]) -> str:
    return share(_judged_sizes(figures))


def _judged_sizes(figures: Sequence[EffectFigure]) -> list[bool]:
    return [figure.size_holds for figure in figures if figure.size_holds is not None]


def power(bench: Bench) -> Part:
    """Expected effects on ankle power, from gaits that physics has accepted."""
    pairs = [
        (card, pair)
        for card in bench.cards
        for pair in power_pairs(card, JUDGED_AT, bench.sizes.power_pairs, bench.seed)
    ]
    cases = [case for _, pair in pairs for case in (pair.patient, pair.control)]
    results = list(bench.progress(try_all(cases, bench.weights, judge_first=False), "ankle power", len(cases)))
    tried = list(zip(results[::2], results[1::2], strict=True))
    rows = []
    for card in dict.fromkeys(card.name for card, _ in pairs):
        own = [(pair.effect, both) for (of, pair), both in zip(pairs, tried, strict=True) if of.name == card]
        for effect in dict.fromkeys(effect for effect, _ in own):
            figure = power_figure(effect, JUDGED_AT, [both for of, both in own if of == effect])
            told = ["too few accepted", "–", "–"] if figure is None else _power_cells(figure)
            rows.append([card, effect.direction, effect.compared_with.replace("_", " "), *told])
    yield (
        f"Peak ankle power, W/kg, {bench.sizes.power_pairs} pairs at severity {JUDGED_AT:g}, after repair.\n\n"
        + table(["card", "expected", "against", "difference ± standard error", "sign", "size"], rows)
    )


def _power_cells(figure: EffectFigure) -> list[str]:
    return [f"{figure.difference:+.2f} ± {figure.error:.2f}", yes(figure.sign_holds), yes(figure.size_holds)]


def sweeps(bench: Bench) -> Part:
    """One person from severity 0 to 1 with the same noise."""
    rows, ends, holds = [], [], []
    for card in bench.progress(bench.cards, "sweeps", len(bench.cards)):
        for figure in card_sweeps(bench.pipeline, card, bench.sizes.noises, bench.seed):
            holds.append(figure.holds)
            if figure.holds:
                continue
            effect = figure.effect
            way = f"{figure.start:.3g} → {figure.end:.3g}"
            back = [f"{100 * value:.0f}" for value in (figure.retreat, figure.own_retreat)]
            rows.append([card.name, effect.measure, effect.direction, way, *back])
        for end in card_ends(bench.pipeline, card, bench.sizes.noises, bench.seed):
            ends.append([card.name, end.measure, f"{end.wanted:.1f}", f"{end.reached:.1f}"])
    header = ["card", "measure", "expected", "severity 0 → 1", "largest way back, %", "of single paths"]
    yield enough(holds, 1, "paths monotone in severity")
    yield f"Monotone (no more than 5 % of the change lost on the way): {share(holds)}. The others:\n\n" + table(
        header, rows
    )
    if ends:
        yield "### ends"
        yield "Least angles at severity 1:\n\n" + table(["card", "measure", "on the card", "generated"], ends)


def clamping(bench: Bench) -> Part:
    """What patients keep of the expected effects when variables are clamped to those of the healthy person."""
    rows, medians = [], {name: [] for name in CLAMPS}
    for card in bench.progress(bench.cards, "clamping", len(bench.cards)):
        clamps = [(name,) for name in CLAMPS]
        kept = kept_effects(bench.pipeline, card, JUDGED_AT, clamps, bench.sizes.patients, bench.seed)
        for name, fixed in CLAMPS.items():
            shares = [f.share for f in kept if f.names == (name,) and not f.measure.startswith(fixed)]
            if shares:
                medians[name].append(np.median(shares))
                told = [f"{100 * value:.0f}" for value in (np.median(shares), min(shares))]
                rows.append([card.name, name, f"{len(shares)}", *told])
    header = ["card", "clamped", "effects shown", "kept, %, median", "least"]
    for name, own in medians.items():
        found = f"{100 * np.median(own):.0f} % in the median card" if own else "–"
        yield Asked(f"the condition's effect is kept where {name} is clamped", found)
    yield f"Severity {JUDGED_AT:g}, {bench.sizes.patients} people, same speeds.\n\n" + table(header, rows)
