"""Writes ``docs/conditions.md`` from the condition cards: ``python -m benchmarks.condition_docs``."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np

from engine.core.conventions import ANTISYMMETRIC_COORDINATES, COORDINATE_INDEX, HEALTHY, MUSCLE_GROUPS
from engine.core.measures import GAIT
from engine.core.yaml_files import configs_folder
from engine.musculoskeletal.mechanisms import FIELD_OF_MUSCLE_KIND
from engine.people.card_effects import Mechanism, MotionEffect
from engine.people.card_parts import AidUse, ExpectedEffect, RhythmEffects, RhythmQuantity, SizeEffects, Spread
from engine.people.conditions import ConditionCard, available_cards, load_card
from engine.people.ramps import ASSUMPTION, at_severity
from generative.sources.atlas import healthy_atlas

_SPATIOTEMPORAL: dict[str, tuple[str, str]] = {
    "speed": ("speed, against healthy", "factor"),
    "cadence": ("cadence", "factor"),
    "stance_pct_affected": ("stance, affected leg", "points"),
    "stance_pct_unaffected": ("stance, other leg", "points"),
    "left_right_shift": ("strike of the other foot later than half a stride", "stride"),
    "step_width": ("step width", "factor"),
    "stride_time_cv": ("variability of stride time", "factor"),
    "stride_length_cv": ("variability of stride length", "factor"),
    "step_width_sd": ("variability of step width", "factor"),
}

_RHYTHM: dict[RhythmQuantity, str] = {
    "dfa_alpha": "exponent of detrended fluctuation analysis of strides",
    "cv_spread": "spread between people (SD of log variability) beyond healthy people's",
    "excess_kurtosis": "excess kurtosis of single strides",
}

_INTRODUCTION = f"""# Health conditions

Written by `python -m benchmarks.condition_docs` from `configs/conditions/*.yaml`: change a card, not this page.

A card says what a condition does to the body (mechanisms), to the figures of walking (spatiotemporal effects) and to the motion itself,
each by severity from 0 (healthy) to 1 (the worst that still walks). Between the columns shown here values run linearly; at severity 0 all
are neutral. `×` multiplies the healthy value, `°` is added to the healthy curve *at the same speed*. Walking speed itself compares with
healthy people of the same age, sex and size; other figures of walking compare with healthy people *at the same speed*, because low
speed alone already flattens the knee curve and lengthens stance.

**Mechanisms.** Of muscle groups: strength, fibre length and tendon slack (below 1: contracture), passive stiffness, spasticity,
co-contraction. Of joints: stiffness of all, least and greatest angle of one. Of a leg: pain of bearing weight on it or of compressing its
knee, femoral anteversion and outward tibial torsion beyond the usual, length of thigh and shank. [`physics.md`](physics.md) says how each
acts. A card may use any of them; those of joints, bones and pain come from the card alone, the others are sampled around it.

**Targets.** Effects say how far a gait has come from the healthy one at the same speed, whoever moved it there. Where a card names
mechanisms, least effort with the changed body moves it first ([`adaptation.md`](adaptation.md)); only what is then missing is added, and
what effort overdoes stays.

**Rhythm.** Variability (the coefficient of variation over hundreds of strides) is a factor of healthy people's at that age. Where it is
published, a card tells how strides are related, how differently people of one severity vary, and how often single strides stand out
([`generator.md`](generator.md#rhythm)).

**Spread.** Where a source tells how much people of one severity differ, the card says so: coefficient of variation of their speed,
spread of cadence, how strongly they show the motion as a whole and how differently their two legs do. Other cards share what is assumed of
all: speed as between healthy people, motion ± 20 %, legs alike. `shares` of a severity scale say how common severities are; cohorts that
ask for no severity draw them so, and evenly from 0.1 to 1 where nothing is published.

**Aids.** Shares of people who walk with an aid in the hand or wear ankle-foot orthoses in the pictures. They change what is seen
([`render.md`](render.md)), not the gait: the figures above are those of walking without. In a card, one number as `share` is the share at
severity 1 and rises from 0 as every ramp does; a table tells it by severity, and `share: {{0: 1, 1: 1}}` is everybody.

**Sources.** Each row names its source. `{ASSUMPTION}` alone marks a setting of ours that no source gives; a source together with
`{ASSUMPTION}` means that the source gives direction or range and the number is ours. Expected effects change nothing: generated gaits
are judged by them.

**Signs** are OpenSim's: hip and knee flexion, dorsiflexion, toe extension, adduction, internal rotation, forward arm and pronation are
positive; a posterior pelvic tilt and an upright (extended) trunk are positive. Midline amounts that change sign in a mirror
({", ".join(f"`{name}`" for name in ANTISYMMETRIC_COORDINATES if name != "pelvis_tz")}) are written for a person whose *right* side
is affected: `pelvis_list` positive lowers the affected side (a hike is negative), `pelvis_rotation` positive brings it forward,
`lumbar_bending` positive leans the trunk to it, `lumbar_rotation` positive brings its shoulder forward.
"""


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def _number(value: float, *, signed: bool = False) -> str:
    text = f"{value:+.3g}" if signed and value else f"{value:.3g}"
    return text.replace("-", "−")


def _sources(text: str) -> str:
    return ", ".join(f"`{key.strip()}`" for key in text.split(","))


def _where(effect: Mechanism | MotionEffect) -> str:
    return {"affected": "affected side", "unaffected": "other side", "both": "both sides"}[effect.where]


def _groups(mechanism: Mechanism) -> str:
    if mechanism.kind == "joint_stiffness":
        return "all joints"
    if mechanism.coordinate is not None:
        return f"`{mechanism.coordinate}`"
    if mechanism.kind not in FIELD_OF_MUSCLE_KIND:
        return "leg"
    if set(mechanism.groups) == set(MUSCLE_GROUPS):
        return "all muscles"
    return ", ".join(group.replace("_", " ") for group in mechanism.groups)


def _mechanism_row(mechanism: Mechanism, severities: Sequence[float]) -> list[str]:
    before = "× " if mechanism.neutral == 1 else ""
    after = "°" if mechanism.kind.endswith("_deg") else ""
    values = [before + _number(at_severity(mechanism.amount, s, mechanism.neutral)) + after for s in severities]
    words = {"joint_max_deg": "greatest angle", "joint_min_deg": "least angle"}
    kind = words.get(mechanism.kind, mechanism.kind.removesuffix("_deg").replace("co_", "co-").replace("_", " "))
    return [kind, _groups(mechanism), _where(mechanism), *values, _sources(mechanism.source)]


def _motion_kind(effect: MotionEffect) -> str:
    names = {"offset": "offset", "scale": "excursion", "minimum": "least value", "bump": "bump", "flatten": "flattened"}
    if effect.phase is None:
        return names[effect.kind]
    return f"{names[effect.kind]} around {100 * effect.phase:.0f} % of the cycle (SD {100 * (effect.width or 0):.0f} %)"


def _motion_row(effect: MotionEffect, severities: Sequence[float]) -> list[str]:
    amounts = [at_severity(effect.amount, s, effect.neutral) for s in severities]
    if effect.kind == "scale":
        values = [f"× {_number(a)}" for a in amounts]
    elif effect.kind == "flatten":
        values = [f"{100 * a:.0f} %" for a in amounts]
    else:
        values = [f"{_number(a, signed=effect.kind != 'minimum')}°" for a in amounts]
    where = _where(effect) if f"{effect.coordinate}_r" in COORDINATE_INDEX else "midline"
    return [f"`{effect.coordinate}`", _motion_kind(effect), where, *values, _sources(effect.source)]


def _spatiotemporal_rows(card: ConditionCard, severities: Sequence[float]) -> list[list[str]]:
    rows, one_sided = [], card.demographics.side == "one"
    for name, (title, unit) in _SPATIOTEMPORAL.items():
        ramp: Mapping[float, float] | None = getattr(card.spatiotemporal, name)
        if ramp is None:
            continue
        if unit == "factor":
            values = [f"× {_number(card.spatiotemporal.factor(name, s))}" for s in severities]
        else:
            amounts = [card.spatiotemporal.amount(name, s) * (100 if unit == "stride" else 1) for s in severities]
            values = [f"{_number(a, signed=True)} % of stride" for a in amounts]
        rows.append([title if one_sided else title.replace(", affected leg", ", each leg"), *values])
    return rows


def _size_rows(size: SizeEffects, severities: Sequence[float]) -> list[list[str]]:
    ramps = {"stature": size.height, "mass": size.mass}
    given = {name: ramp for name, ramp in ramps.items() if ramp is not None}
    return [[name, *(f"× {_number(at_severity(ramp, s, 1.0))}" for s in severities)] for name, ramp in given.items()]


def _rhythm_rows(effects: RhythmEffects, severities: Sequence[float]) -> list[list[str]]:
    return [
        [title, *(_number(effects.amount(name, s), signed=True) for s in severities)] for name, title in _RHYTHM.items()
    ]


def _spread_rows(spread: Spread, age_years: float, severities: Sequence[float]) -> list[list[str]]:
    healthy = float(healthy_atlas().free_speed_spread(np.array([age_years]))[0])
    ramps = {
        "speed (coefficient of variation)": (spread.speed, healthy),
        "cadence at equal speed, further": (spread.cadence, 0.0),
    }
    rows = [
        [name, *(_percent(at_severity(ramp, s, neutral)) for s in severities)]
        for name, (ramp, neutral) in ramps.items()
        if ramp is not None
    ]
    constant = {"how strongly motion is shown": spread.effects, "the same, of a leg about its person": spread.sides}
    return rows + [[name, *[_percent(v)] * len(severities)] for name, v in constant.items() if v is not None]


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _expected_row(effect: ExpectedEffect) -> list[str]:
    interval = "" if effect.interval is None else " to ".join(_number(end, signed=True) for end in effect.interval)
    against = {"healthy": "healthy", "speed_matched": "healthy at the same speed"}[effect.compared_with]
    meaning = f"`{effect.measure}`: {GAIT[effect.measure].meaning}"
    return [meaning, effect.direction, against, interval, _sources(effect.source)]


def _aid_row(use: AidUse, severities: Sequence[float]) -> list[str]:
    names = {"crutch": "one forearm crutch", "crutches": "two forearm crutches", "afo": "ankle-foot orthosis"}
    sides = {"affected": ", affected side", "unaffected": ", other side", "both": ", both sides", None: ""}
    values = [f"{100 * use.at(s):.0f} %" for s in severities]
    return [names.get(use.kind, use.kind) + sides[use.where], *values, _sources(use.source)]


def _who(card: ConditionCard) -> str:
    mean, deviation, least, most = card.demographics.age_years
    side = {"none": "no side", "one": "one side affected", "both": "both sides affected"}[card.demographics.side]
    return (
        f"Age {mean:g} ± {deviation:g} years ({least:g} to {most:g}), {100 * card.demographics.male_share:.0f} % male, {side} "
        f"({_sources(card.demographics.source)})."
    )


def _shares(shares: Mapping[float, float]) -> str:
    ends = pairwise((0.0, *shares))
    return ", ".join(
        f"{_percent(share)} {low:g} to {high:g}" for (low, high), share in zip(ends, shares.values(), strict=True)
    )


def _rest(card: ConditionCard) -> str:
    effects = (*card.mechanisms, *card.motion)
    own = sum(effect.source.strip() == ASSUMPTION for effect in effects)
    part = sum(ASSUMPTION in effect.source for effect in effects) - own
    return (
        f"Of {len(effects)} mechanisms and motion effects, {len(effects) - own - part} have a published source, "
        f"{part} a source for direction or range and a number of ours, {own} are assumptions.\n"
    )


def condition_section(card: ConditionCard) -> str:
    """One condition as Markdown: who, severity, tables of effects, sources."""
    severities = sorted(card.severity.grades)
    columns = [f"severity {s:g}" for s in severities]
    grades = ([f"{s:g}", grade] for s, grade in sorted(card.severity.grades.items()))
    joins = " Joins any condition (a modifier)." if card.role == "modifier" else ""
    parts = [f"## {card.title}", f"`{card.name}`. {card.summary}{joins}\n\n{_who(card)}\n"]
    if card.severity.scale != "none":
        parts.append(_table(["severity", f"{card.severity.scale} ({_sources(card.severity.source)})"], grades))
    if card.severity.shares is not None:
        parts.append(f"Of walking patients {_shares(card.severity.shares)}.\n")
    if card.size is not None:
        parts += ["### Size", _table(["of people their age and sex", *columns], _size_rows(card.size, severities))]
        parts.append(f"Sources: {_sources(card.size.source)}.\n")
    if card.mechanisms:
        rows = [_mechanism_row(m, severities) for m in card.mechanisms]
        parts += ["### Body", _table(["mechanism", "what", "where", *columns, "source"], rows)]
    if rows := _spatiotemporal_rows(card, severities):
        parts += ["### Figures of walking", _table(["figure", *columns], rows)]
        parts.append(f"Sources: {_sources(card.spatiotemporal.source)}.\n")
    if card.rhythm is not None:
        parts += ["### Rhythm", _table(["of strides", *columns], _rhythm_rows(card.rhythm, severities))]
        parts.append(f"Sources: {_sources(card.rhythm.source)}.\n")
    if card.motion:
        rows = [_motion_row(effect, severities) for effect in card.motion]
        parts += ["### Motion", _table(["coordinate", "change", "where", *columns, "source"], rows), _rest(card)]
    if card.spread is not None:
        rows = _spread_rows(card.spread, card.demographics.age_years[0], severities)
        parts += ["### Between people of one severity", _table(["standard deviation of", *columns], rows)]
        parts.append(f"Sources: {_sources(card.spread.source)}.\n")
    if card.aids:
        rows = [_aid_row(use, severities) for use in card.aids]
        parts += ["### Walking aids and orthoses", _table(["aid", *columns, "source"], rows)]
    if card.expected:
        header = ["measure", "direction", "against", "published difference", "source"]
        parts += ["### Expected of generated gaits", _table(header, [_expected_row(e) for e in card.expected])]
    if card.sources:
        listed = "\n".join(f"- `{key}`: {text}" for key, text in sorted(card.sources.items()))
        parts += ["### Sources", listed + "\n"]
    return "\n".join(parts)


def conditions_page(cards: Sequence[ConditionCard]) -> str:
    """The whole page as Markdown."""
    contents = "\n".join(f"- [{card.title}](#{_anchor(card.title)}) (`{card.name}`)" for card in cards)
    return "\n".join([_INTRODUCTION, contents + "\n", *(condition_section(card) for card in cards)])


def _anchor(title: str) -> str:
    return "".join(c for c in title.lower().replace(" ", "-") if c.isalnum() or c == "-")


def page_path() -> Path:
    """``docs/conditions.md`` of this checkout."""
    return configs_folder().parent / "docs" / "conditions.md"


def shipped_page() -> str:
    """The page about the cards that ship, healthy first."""
    names = sorted(available_cards(), key=lambda name: (name != HEALTHY, name))
    return conditions_page([load_card(name) for name in names])


if __name__ == "__main__":
    page_path().write_text(shipped_page(), encoding="utf-8")
