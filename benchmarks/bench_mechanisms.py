"""Bodies with one changed mechanism and a healthy proposal: which are accepted, and how well (``docs/validation/physics.md``).

python -m benchmarks.bench_mechanisms [--only contracture] [--worst]

An adult's and a child's healthy proposal of the shipped generator on bodies with weakness and contracture of each muscle group, at three
sizes, on one side and on both, and with the other mechanisms at about the worst that a card may ask.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from engine.core.conventions import MUSCLE_GROUPS
from engine.gait.records import BodyShape, Gait, MusculoskeletalParameters, PhysicsFigures, Proposal, Rejection, Subject
from engine.musculoskeletal.anthropometry import anthropometric_body
from engine.musculoskeletal.mechanisms import change
from engine.people.conditions import healthy_card
from engine.people.growth import typical_size
from engine.roles.enforcer import OpenSimEnforcer
from engine.stages import load_stage

PEOPLE = {"adult": (35.0, "male"), "child": (7.0, "female")}
WEAKNESS = (0.5, 0.25, 0.1)
CONTRACTURE = {
    "hip_flexors": (0.9, 0.8, 0.7),
    "hip_adductors": (0.9, 0.8, 0.7),
    "quadriceps": (0.9, 0.8, 0.7),
    "hamstrings": (0.9, 0.8, 0.7),
    "plantarflexors": (0.9, 0.8, 0.7),
}
OTHERS: dict[str, dict[str, float]] = {
    "spasticity": {f"{group}_spasticity": 0.5 for group in ("hamstrings", "quadriceps", "plantarflexors")},
    "spasticity × 2": {f"{group}_spasticity": 1.0 for group in ("hamstrings", "quadriceps", "plantarflexors")},
    "co-contraction": {f"{group}_co_contraction": 0.1 for group in ("hamstrings", "quadriceps", "plantarflexors")},
    "stiff joints": {"joint_stiffness": 4.0},
    "stiff muscles": {f"{group}_passive_stiffness": 1.5 for group in MUSCLE_GROUPS},
    "knee to 40°": {"knee_angle_max_deg.right": 40.0},
    "knee to 20°": {"knee_angle_max_deg.right": 20.0},
    "no dorsiflexion": {"ankle_angle_max_deg.right": 0.0},
    "painful leg": {"leg_pain.right": 1.0},
    "painful knee": {"knee_pain.right": 1.0},
    "anteversion": {"femoral_anteversion_deg": 30.0},
    "tibial torsion": {"tibial_torsion_deg": 25.0},
    "short leg": {"shank_length.right": 0.93},
}
SHOWN = ("residual_force_peak_pct", "penetration_mm", "skate_mm", "reserve_peak_nm", "motion_change_deg", "cpu_s")


@dataclass(frozen=True)
class Case:
    """Changes of a body, by kind; ``severity`` counts from 1."""

    kind: str
    name: str
    severity: int
    changes: dict[str, float]


def cases() -> Iterator[Case]:
    for kind, quantity, sizes in (
        ("weakness", "strength", dict.fromkeys(MUSCLE_GROUPS, WEAKNESS)),
        ("contracture", "fibre_length", CONTRACTURE),
    ):
        for group, values in sizes.items():
            for severity, value in enumerate(values, start=1):
                for side, words in ((".right", "one side"), ("", "both")):
                    name = f"{group} × {value:g}, {words}"
                    yield Case(kind, name, severity, {f"{group}_{quantity}{side}": value})
    for name, changes in OTHERS.items():
        yield Case("other", name, 3, changes)


def healthy(person: str) -> tuple[Proposal, BodyShape]:
    age, sex = PEOPLE[person]
    size = typical_size(age, sex)
    subject = Subject(person, age, sex, size.height_m, size.mass_kg)
    body = anthropometric_body(age, sex, size.height_m)
    proposer = load_stage("proposer", "diffusion")
    return proposer.propose(subject, body, speed_mps=None, seed=1), body


def changed(proposal: Proposal, case: Case) -> Proposal:
    parameters: MusculoskeletalParameters = proposal.parameters
    for name, value in case.changes.items():
        parameters = change(parameters, name, value)
    subject = replace(proposal.subject, condition=healthy_card().changed_by_hand(), severity=case.severity / 3)
    return replace(proposal, subject=subject, parameters=parameters)


def row(title: str, figures: list[PhysicsFigures], share: str) -> str:
    cells = (
        f"{np.median([getattr(f, name) for f in figures]):.1f} / {max(getattr(f, name) for f in figures):.1f}"
        for name in SHOWN
    )
    return f"| {title} | {share} | " + " | ".join(cells) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("weakness", "contracture", "other"), help="only cases of this kind")
    parser.add_argument("--worst", action="store_true", help="only the largest size of each")
    asked = parser.parse_args()
    chosen = [c for c in cases() if asked.only in (None, c.kind) and (c.severity == 3 or not asked.worst)]
    assert set(SHOWN) <= {item.name for item in fields(PhysicsFigures)}
    enforcer, results = OpenSimEnforcer(), []
    for person in PEOPLE:
        proposal, body = healthy(person)
        enforcer.enforce(proposal, body)
        for case in chosen:
            result = enforcer.enforce(changed(proposal, case), body)
            results.append((case, result))
            print(f"{person}, {case.kind}: {case.name}: {_words(result)}", file=sys.stderr)
    print("| mechanism | accepted | " + " | ".join(SHOWN) + " |\n|---" * 1 + "|---" * (len(SHOWN) + 1) + "|")
    for kind in dict.fromkeys(case.kind for case in chosen):
        for severity in (1, 2, 3):
            own = [r for c, r in results if c.kind == kind and c.severity == severity]
            good = [r.figures for r in own if isinstance(r, Gait)]
            if good:
                print(row(f"{kind}, {severity} of 3", good, f"{len(good)} of {len(own)}"))


def _words(result: Gait | Rejection) -> str:
    figures = result.figures
    told = "" if figures is None else ", ".join(f"{name} {getattr(figures, name):.1f}" for name in SHOWN)
    return f"{'accepted' if isinstance(result, Gait) else f'REJECTED ({result.reason})'} {told}"


if __name__ == "__main__":
    main()
