"""Commands of the generator: corpus, train-generator, propose."""

import os
from pathlib import Path
from typing import Annotated

import typer

from engine.seeds import MAX_SEED

app = typer.Typer()

Card = Annotated[list[str] | None, typer.Option("--card", help="Further condition card, a YAML file. May be repeated.")]
Seed = Annotated[int, typer.Option(min=0, max=MAX_SEED, help="The same seed gives the same result.")]


@app.command()
def corpus(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the corpus; an unfinished one goes on.")],
    families: Annotated[
        int, typer.Option(min=1, help="People of each condition; each walks with four bodies, and healthy.")
    ] = 70,
    workers: Annotated[int, typer.Option(min=1, help="Processes.")] = os.cpu_count() or 1,
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Build the corpus of feasible gaits that the generator learns from. Takes about 1.5 seconds of CPU time for each gait.

    Healthy people of the atlas pass physics first. Their bodies then get the mechanisms of conditions and modifiers; least effort says how
    each walks, published effects add what is missing, and physics has the last word. A run that was stopped goes on where it was; people
    whose cards have changed are made again. Writes corpus.npz, and attempts.csv with what physics said to each body.

    Example: gaitforge corpus -o runs/corpus --families 10 --card my_condition.yaml
    """
    from rich.console import Console

    from generative.build import acceptance_table, solve_corpus

    console = Console()
    found = solve_corpus(output, families, seed, workers, card or [], console)
    console.print(acceptance_table(found.attempts))
    console.print(f"{len(found.corpus)} gaits in {output / 'corpus.npz'}")


@app.command()
def train_generator(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the trained pipeline to.")],
    corpus: Annotated[
        list[Path] | None, typer.Option(help="Corpus to learn, may be repeated; without it one is drawn first.")
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of own recordings with people.csv (docs/own_data.md), learnt as well.")
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="Go on from trained weights: default (those that ship) or a folder.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Training steps of 128 gaits; 6000, or 1500 with --init, if left out.")
    ] = None,
    size: Annotated[int, typer.Option(min=200, help="Gaits of the corpus that is drawn.")] = 8000,
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Train the diffusion model that proposes gaits; about six minutes on one CPU core, or refine it with recordings of your own.

    Some gaits are held out, and the generator is asked afterwards whether it has learnt others by heart; the answer, and all it has learnt
    from, stand in MODEL_CARD.md beside the weights.

    Examples: gaitforge train-generator -o runs/my_generator --card my_condition.yaml

    gaitforge train-generator --data recordings --init default -o runs/mine
    """
    from rich.console import Console
    from rich.markdown import Markdown

    from generative.model_card import CARD_FILE, summary
    from generative.training_run import TrainingRequest, run_training

    console = Console()
    request = TrainingRequest(output, corpus or (), card or (), data, init, steps, size, seed)
    facts = run_training(request, console)
    console.print(Markdown(summary(facts)))
    console.print(f"Saved {output}; mean loss of the last steps {facts.loss:.3f}; {output / CARD_FILE} tells the rest")


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
