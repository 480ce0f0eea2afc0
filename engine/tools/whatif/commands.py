"""Command of changed bodies: whatif."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.conventions import Side
from engine.options import Purpose

app = typer.Typer()


@app.command(rich_help_panel=Purpose.MAKE)
def whatif(
    subject: Annotated[Path, typer.Argument(help="Folder of a subject: COHORT/subjects/ID, or COHORT/ID.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder for the two gaits, figures and picture.")],
    settings: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A change; may be given many times. Sides: .right, .left."),
    ] = None,
    card: Annotated[
        str | None, typer.Option(help="Mechanisms of a condition card (name or file), or a YAML file with mechanisms.")
    ] = None,
    severity: Annotated[float, typer.Option(help="Severity of the card's mechanisms, 0 to 1.")] = 1.0,
    side: Annotated[Side, typer.Option(help="Affected side of the card's mechanisms.")] = "both",
    strides: Annotated[int, typer.Option(min=2, help="Strides of each walk.")] = 4,
) -> None:
    """Change a person's body and see how they walk then: same person, new gait, and a picture of what changed.

    Names: GROUP_strength, GROUP_fibre_length, GROUP_tendon_slack, GROUP_passive_stiffness, GROUP_spasticity, GROUP_co_contraction (groups:
    hip_flexors, hip_extensors, hip_abductors, hip_adductors, quadriceps, hamstrings, plantarflexors, dorsiflexors),
    COORDINATE_max_deg and _min_deg (knee_angle, …), joint_stiffness, leg_pain, knee_pain, femoral_anteversion_deg, tibial_torsion_deg,
    thigh_length, shank_length. Factors count from a healthy young adult of the same size; those of a
    card multiply what the person has.

    Writes before/ and after/ (each a subject with one walk, in a cohort's form), whatif.json and whatif.png. The status is 1 if the
    changed body finds no feasible gait.

    Examples:

    gaitforge whatif runs/tiny/s00000 --set plantarflexor_strength.right=0.3 -o runs/weak-calf

    gaitforge whatif runs/tiny/s00000 --set knee_angle_max_deg.left=20 -o runs/stiff-knee

    gaitforge whatif runs/tiny/s00000 --card cp_crouch --severity 0.6 -o runs/crouch
    """
    from engine.tools.whatif.whatif_run import run_whatif

    if not run_whatif(subject, tuple(settings or ()), card, severity, side, strides, output):
        raise typer.Exit(1)
