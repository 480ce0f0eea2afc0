"""Command of data sets: augment."""

from pathlib import Path
from typing import Annotated

import typer

from engine.options import Purpose

app = typer.Typer()


@app.command(rich_help_panel=Purpose.BRING)
def augment(
    metadata: Annotated[
        Path, typer.Argument(help="Metadata of a data set: CSV with heads, or Parquet (a cohort's manifest will do).")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", help="Cohort spec to write (YAML).")],
    by: Annotated[
        str, typer.Option(help="Traits that tell people apart: age, sex, condition, bmi, skin_tone.")
    ] = "age,sex,condition",
    target: Annotated[
        str,
        typer.Option(
            help="equal (every cell as large as the largest), a number of people per cell, or an age pyramid (name or YAML file)."
        ),
    ] = "equal",
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many synthetic people; the emptiest first.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Picture of before and after (PNG).")] = None,
    condition: Annotated[
        str | None, typer.Option(help="Condition card (name or file) of a data set in which all have the same.")
    ] = None,
    age_bands: Annotated[str, typer.Option(help="Ages at which bands begin.")] = "0,18,40,65,80",
    bmi_bands: Annotated[str, typer.Option(help="Body mass indices at which bands begin.")] = "10,18.5,25,30",
    skin_tone_bands: Annotated[str, typer.Option(help="Tones of the Monk scale at which bands begin.")] = "1,4,8",
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WHAT=NAME", help="A column's name: age, sex, condition, bmi, height, mass, skin_tone, subject."
        ),
    ] = None,
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="VALUE=MEANING", help="What a value means; VALUE=- leaves these people out."),
    ] = None,
) -> None:
    """Find who is missing in a data set, and write the cohort spec that balances it.

    People are counted by cell (age band x sex x condition). The spec asks for synthetic people of the cells that lack some, so that real
    and synthetic people together are as the target says; nobody is asked for at an age or in a sex in which the condition does not occur.

    Examples:

    gaitforge augment participants.csv -o balance.yaml --map PD=parkinson --picture balance.png

    gaitforge augment meta.csv -o more.yaml --by age,sex --condition healthy --target japan_2020 --limit 200

    gaitforge augment meta.csv -o more.yaml --column age=AgeAtScan --map sex:1=male --map sex:2=female --target 20
    """
    from engine.tools.augment.augment_run import Wish, run_augment
    from engine.tools.augment.listed_options import numbers, pairs
    from engine.tools.augment.metadata import Reading
    from engine.tools.augment.values import Translations

    reading = Reading(
        columns=pairs("--column", tuple(column or ())),
        translations=Translations.parse(tuple(mapping or ())),
        age_edges=numbers("--age-bands", age_bands),
        bmi_edges=numbers("--bmi-bands", bmi_bands),
        skin_tone_edges=numbers("--skin-tone-bands", skin_tone_bands),
    )
    wish = Wish(tuple(part.strip() for part in by.split(",") if part.strip()), condition, target, limit)
    run_augment(metadata, output, reading, wish, picture)
