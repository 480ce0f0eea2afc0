"""Commands of the generator: corpus, train-generator, propose."""

from pathlib import Path
from typing import Annotated

import typer

from engine.seeds import MAX_SEED

app = typer.Typer()

Card = Annotated[list[str] | None, typer.Option("--card", help="Further condition card, a YAML file. May be repeated.")]
Seed = Annotated[int, typer.Option(min=0, max=MAX_SEED, help="The same seed gives the same result.")]


@app.command()
def corpus(
    output: Annotated[Path, typer.Option("--output", "-o", help="File to write (.npz).")],
    size: Annotated[int, typer.Option(min=10, help="Number of gaits.")] = 8000,
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Build the corpus that the generator learns from: the healthy atlas, and the atlas under every condition card.

    Example: gaitforge corpus -o runs/corpus.npz --size 8000 --card my_condition.yaml
    """
    from rich.console import Console

    from generative.build import write_corpus

    console = Console()
    with console.status(f"Drawing {size} gaits"):
        rows = write_corpus(output, size, seed, card or [])
    console.print(f"{rows} gaits in {output}")


@app.command()
def train_generator(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the trained pipeline to.")],
    corpus: Annotated[
        list[Path] | None, typer.Option(help="Corpus to learn, may be repeated; without it one is built first.")
    ] = None,
    steps: Annotated[int, typer.Option(min=1, help="Training steps of 128 gaits.")] = 6000,
    size: Annotated[int, typer.Option(min=200, help="Gaits of the corpus that is built.")] = 8000,
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Train the diffusion model that proposes gaits; about six minutes on one CPU core.

    The weights that ship were made by: gaitforge train-generator -o generative/weights

    Example: gaitforge train-generator -o runs/my_generator --card my_condition.yaml
    """
    from rich.console import Console

    from generative.build import train_and_save

    loss = train_and_save(output, corpus or [], steps=steps, size=size, seed=seed, card_files=card or [])
    Console().print(f"Saved {output}; mean loss of the last steps {loss:.3f}")


@app.command()
def propose(
    age: Annotated[float, typer.Option(help="Years.")] = 30.0,
    sex: Annotated[str, typer.Option(help="female or male.")] = "female",
    height: Annotated[float | None, typer.Option(help="Metres; the median of age and sex if left out.")] = None,
    mass: Annotated[float | None, typer.Option(help="Kilograms; the median of age and sex if left out.")] = None,
    condition: Annotated[str, typer.Option(help="Name of a condition card, or a card file.")] = "healthy",
    severity: Annotated[float, typer.Option(min=0.0, max=1.0, help="0 healthy to 1 worst.")] = 0.0,
    side: Annotated[
        str | None, typer.Option(help="Affected side: none, left, right or both; the card's if left out.")
    ] = None,
    speed: Annotated[float | None, typer.Option(help="Metres per second; the model chooses if left out.")] = None,
    seed: Seed = 0,
    weights: Annotated[
        Path | None, typer.Option(help="Folder of a trained generator; the one that ships if left out.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Also draw the joint angles over the norms into this PNG.")] = None,
) -> None:
    """Propose one gait for a person and print its figures. Nothing has been checked against physics yet.

    Example: gaitforge propose --age 68 --sex male --condition parkinson --severity 0.7 --side right --plot gait.png
    """
    from rich.console import Console

    from generative.one_proposal import Person, describe, propose_for

    person = Person(age, sex, height, mass, condition, severity, side)
    proposal, body = propose_for(person, speed, seed, weights)
    Console().print(describe(proposal, body))
    if plot is not None:
        from generative.picture import draw_proposal

        draw_proposal(proposal, body, plot)
        Console().print(f"Drawn: {plot}")
