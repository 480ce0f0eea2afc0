"""Healthy people through the physics against the norms of force, moment and power (``docs/validation/physics.md``).

python -m benchmarks.bench_push_off [--proposer diffusion] [--people 72] [--seed 1]

People of 2 to 90 years, three fifths to seven fifths as fast as people of their age like to walk, proposed by the atlas or by the shipped
generator. Each leg of each accepted gait is compared with the norm of its age and speed (`engine/gait/norms.py`); medians over people.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.generator_parts.bench import Asked, asked_table
from engine.core.arrays import Array
from engine.core.conventions import COORDINATE_INDEX, GRAVITY_MPS2, SIDES, suffix
from engine.gait.norms import band, dimensionless_speed
from engine.gait.records import BodyShape, Gait, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.people.growth import typical_size
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import load_stage
from generative.feet import leg_geometry
from generative.gait_batch import People
from generative.sources.atlas import healthy_atlas

AGES = ((2.0, 5.0), (5.0, 12.0), (12.0, 18.0), (18.0, 65.0), (65.0, 90.0))
SHARES = (0.12, 0.22, 0.16, 0.28, 0.22)
SPEEDS = ((0.0, 0.3), (0.3, 0.4), (0.4, 0.55), (0.55, 1.0))
PACE = (0.6, 1.4)

PHASE = np.linspace(0, 1, 101)
PUSH_OFF, EARLY, MIDDLE, LATE = slice(40, 70), slice(0, 36), slice(20, 46), slice(36, 66)
CURVES = ("ground_force_vy", "ground_force_vx", "hip_flexion_moment", "knee_angle_moment", "ankle_angle_moment")
POWERS = ("hip_power", "knee_power", "ankle_power")
SIZES = ("ankle power / norm", "positive ankle work / norm", "braking / norm", "propulsion / norm")
VERTICAL = ("first vertical peak - norm, BW", "valley - norm, BW", "second vertical peak - norm, BW")
LIKENESS = {"hip_power": 0.7, "knee_angle_moment": 0.8, "ankle_power": 0.9, "hip_flexion_moment": 0.85}
_USUAL_SPEED = 0.35
_HIP = ("hip_flexion", "hip_adduction", "hip_rotation")


@dataclass(frozen=True)
class Case:
    """A proposal, the body it is for, and its dimensionless speed."""

    proposal: Proposal
    body: BodyShape
    speed: float

    @property
    def age_years(self) -> float:
        return self.proposal.subject.age_years


def subjects(count: int, rng: np.random.Generator) -> list[Subject]:
    """Healthy people of all ages, both sexes in turn."""
    found: list[Subject] = []
    for (low, high), share in zip(AGES, SHARES, strict=True):
        for age in rng.uniform(low, high, round(share * count)):
            sex = ("female", "male")[len(found) % 2]
            size = typical_size(age, sex)
            found.append(Subject(f"p{len(found):03d}", float(age), sex, size.height_m, size.mass_kg))
    return found


def cases(proposer: str, count: int, seed: int) -> list[Case]:
    """Individuals of the atlas, or proposals of the shipped generator."""
    rng = np.random.default_rng(seed)
    people = subjects(count, rng)
    bodies = [anthropometric_body(person.age_years, person.sex, person.height_m) for person in people]
    leg = np.array([body.lengths_m["hip_height"] for body in bodies])
    ages = np.array([person.age_years for person in people])
    speed = healthy_atlas().free_speed(ages) * rng.uniform(*PACE, len(people))
    if proposer == "atlas":
        batch = healthy_atlas().sample(People.of(people, leg), leg_geometry(bodies), speed, rng)
        made = [batch.proposal(i, person, leg[i]) for i, person in enumerate(people)]
    else:
        stage, pace = load_stage("proposer", proposer), speed * np.sqrt(GRAVITY_MPS2 * leg)
        made = [
            stage.propose(person, body, speed_mps=float(v), seed=i)
            for i, (person, body, v) in enumerate(zip(people, bodies, pace, strict=True))
        ]
    return [Case(*case) for case in zip(made, bodies, speed.tolist(), strict=True)]


def leg_curves(gait: Gait, side: int) -> dict[str, Array]:
    """Forces (body weights), moments (N·m/kg) and powers (W/kg; hip in 3-D) of one leg from its strike, ``(101,)``."""
    dynamics, letter = gait.dynamics, suffix(SIDES[side])
    frames = len(dynamics.time)
    weight = dynamics.force[:, :, 1].sum(axis=1).mean()
    mass, speeds = weight / GRAVITY_MPS2, gait.cycle.motion(frames).u
    start = (0.0, gait.contact.left_heel_strike)[side]

    def from_strike(curve: Array) -> Array:
        return np.interp((PHASE + start) % 1.0, np.arange(frames + 1) / frames, np.append(curve, curve[0]))

    def moment(name: str) -> Array:
        return dynamics.moments[:, COORDINATE_INDEX[name + letter]] / mass

    def power(name: str) -> Array:
        return moment(name) * speeds[:, COORDINATE_INDEX[name + letter]]

    curves = {f"{name}_moment": moment(name) for name in ("hip_flexion", "knee_angle", "ankle_angle")}
    curves |= {"knee_power": power("knee_angle"), "ankle_power": power("ankle_angle")}
    curves |= {"hip_power": np.sum([power(name) for name in _HIP], axis=0)}
    curves |= {f"ground_force_v{axis}": dynamics.force[:, side, i] / weight for i, axis in enumerate("xy")}
    return {name: from_strike(curve) for name, curve in curves.items()}


def figures(case: Case, gait: Gait) -> dict[str, float]:
    """Mean over both legs: sizes over those of the norm, differences from it, and correlations of whole curves."""
    speed = dimensionless_speed(gait.cycle.speed_mps, gait.body.lengths_m["hip_height"])
    norm = {name: band(name, speed, case.age_years).mean for name in (*CURVES, *POWERS)}
    sides = [_leg_figures(leg_curves(gait, side), norm) for side in range(len(SIDES))]
    contact = gait.contact
    left_stance = (contact.left_toe_off - contact.left_heel_strike) % 1.0
    proposed = case.proposal.contact
    asked = proposed.right_toe_off + (proposed.left_toe_off - proposed.left_heel_strike) % 1.0
    return {name: float(np.mean([side[name] for side in sides])) for name in sides[0]} | {
        "stance - proposed, %": 50 * (contact.right_toe_off + left_stance - asked),
        "leg angles moved, °": gait.figures.motion_change_deg,
        "slip, mm": gait.figures.skate_mm,
        "CPU, s": gait.figures.cpu_s,
    }


def _leg_figures(ours: dict[str, Array], norm: dict[str, Array]) -> dict[str, float]:
    def ratio(name: str, size: Callable[[Array], float]) -> float:
        return size(ours[name]) / size(norm[name])

    def work(power: Array) -> float:
        return float(np.maximum(power[PUSH_OFF], 0.0).sum())

    def apart(part: slice, size: Callable[[Array], float]) -> float:
        return size(ours["ground_force_vy"][part]) - size(norm["ground_force_vy"][part])

    found = {
        "ankle power / norm": ratio("ankle_power", np.max),
        "its time - norm, %": float(ours["ankle_power"].argmax() - norm["ankle_power"].argmax()),
        "positive ankle work / norm": ratio("ankle_power", work),
        "ankle moment / norm": ratio("ankle_angle_moment", np.min),
        "braking / norm": ratio("ground_force_vx", np.min),
        "propulsion / norm": ratio("ground_force_vx", np.max),
        "first vertical peak - norm, BW": apart(EARLY, np.max),
        "valley - norm, BW": apart(MIDDLE, np.min),
        "second vertical peak - norm, BW": apart(LATE, np.max),
    }
    return found | {f"r {name}": float(np.corrcoef(ours[name], norm[name])[0, 1]) for name in (*POWERS, *CURVES)}


@dataclass(frozen=True)
class Group:
    """People of one age or speed."""

    title: str
    holds: Callable[[Case], bool]


def groups() -> list[Group]:
    """Everybody, then by age at speeds at which the norm is narrow, then by speed."""
    middle = SPEEDS[1][0], SPEEDS[2][1]
    by_age = [
        Group(
            f"{low:.0f}–{high:.0f} y",
            lambda c, a=low, b=high: a <= c.age_years < b and middle[0] <= c.speed < middle[1],
        )
        for low, high in AGES
    ]
    by_speed = [Group(f"v {low:g}–{high:g}", lambda c, a=low, b=high: a <= c.speed < b) for low, high in SPEEDS]
    return [Group("all", lambda _: True), *by_age, *by_speed]


Found = list[tuple[Case, dict[str, float]]]


def _within(found: Found, name: str, chosen: list[Group], least: float, most: float) -> Asked:
    """Whether the median of a figure is within limits in each of the groups."""
    values = {g.title: [row[name] for case, row in found if g.holds(case)] for g in chosen}
    medians = {title: float(np.median(own)) for title, own in values.items() if own}
    told = ", ".join(f"{title} {value:.2f}" for title, value in medians.items())
    return Asked(f"{name}: {least:g} to {most:g}", told, all(least <= value <= most for value in medians.values()))


def wanted(found: Found) -> list[Asked]:
    """What is asked of medians of groups, and what was found."""
    _, _, *grown, old, slow, _, _, _ = groups()
    usual = Group(f"v from {_USUAL_SPEED:g}", lambda c: c.speed >= _USUAL_SPEED)
    below = Group(f"v below {_USUAL_SPEED:g}", lambda c: c.speed < _USUAL_SPEED)
    return [
        *(_within(found, name, grown, 0.8, 1.2) for name in SIZES),
        _within(found, "its time - norm, %", grown, -2, 2),
        _within(found, "ankle power / norm", [old], 0.65, 0.95),
        *(_within(found, name, grown, -0.08, 0.08) for name in VERTICAL),
        *(_within(found, name, [slow], 0.65, 1.35) for name in SIZES),
        *(_within(found, f"r {name}", [usual], least, 1) for name, least in LIKENESS.items()),
        *(_within(found, f"r {name}", [below], 0.6, 1) for name in LIKENESS),
    ]


def report(made: list[Case], found: Found) -> str:
    """The table of medians, in Markdown."""
    shown = [(group, [row for case, row in found if group.holds(case)]) for group in groups()]
    shown = [(group, rows) for group, rows in shown if rows]
    accepted = [f"{len(rows)} of {sum(group.holds(case) for case in made)}" for group, rows in shown]
    lines = [["", *(group.title for group, _ in shown)], ["---"] * (len(shown) + 1), ["accepted", *accepted]]
    for name in found[0][1]:
        lines.append([name, *(f"{np.median([row[name] for row in rows]):.2f}" for _, rows in shown)])
    lines.append(
        ["slip 95 %, mm", *(f"{np.percentile([row['slip, mm'] for row in rows], 95):.2f}" for _, rows in shown)]
    )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--proposer", default="atlas", help="atlas (default), or the name of a proposer")
    parser.add_argument("--people", type=int, default=72)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    made, enforcer = cases(asked.proposer, asked.people, asked.seed), OpenSimEnforcer()
    results = [enforcer.enforce(case.proposal, case.body) for case in made]
    found = [(c, figures(c, r)) for c, r in zip(made, results, strict=True) if isinstance(r, Gait)]
    print(f"## asked\n\n{asked_table(wanted(found))}\n\n## medians\n\n{report(made, found)}\n\n## rejected\n")
    for result in results:
        if isinstance(result, Rejection):
            print(f"- {result.subject.id}, {result.subject.age_years:.0f} y: {result.reason} {result.detail}")


if __name__ == "__main__":
    main()
