"""Commands of the generator: corpus, train-generator, sample."""

from pathlib import Path
from typing import Annotated

import typer

from engine.core.conventions import HEALTHY, Sex, Side
from engine.core.seeds import MAX_SEED
from engine.options import Executor, Purpose, Workers

app = typer.Typer()

Card = Annotated[list[str] | None, typer.Option("--card", help="Further condition card, a YAML file. May be repeated.")]
Seed = Annotated[int, typer.Option(min=0, max=MAX_SEED, help="The same seed gives the same result.")]


@app.command(rich_help_panel=Purpose.LEARN)
def corpus(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the corpus; an unfinished one goes on.")],
    families: Annotated[
        int, typer.Option(min=1, help="People of each condition; each walks with four bodies, and healthy.")
    ] = 70,
    workers: Workers = 0,
    executor: Executor = "local",
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Build the corpus of feasible gaits that the generator learns from. Takes about a second of CPU time for each gait.

    Healthy people of the atlas pass physics first. Their bodies then get the mechanisms of conditions and modifiers; least effort says how
    each walks, published effects add what is missing, and physics has the last word. A run that was stopped goes on where it was; people
    whose cards have changed are made again. Writes corpus.npz, and attempts.csv with what physics said to each body. Families that met an
    error are named, and the status is 1 then.

    Example: gaitforge corpus -o runs/corpus --families 10 --card my_condition.yaml
    """
    from rich.console import Console

    from engine.stages import load_stage
    from generative.learn_run import acceptance_table, solve_corpus

    console = Console()
    runner = load_stage("executor", executor)
    found, failures = solve_corpus(output, families, seed, card or [], console, executor=runner, workers=workers)
    console.print(acceptance_table(found.attempts))
    console.print(f"{len(found.corpus)} gaits in {output / 'corpus.npz'}")
    if failures:
        console.print(f"{len(failures)} families failed; the same command tries them again: {', '.join(failures)}")
        console.print(f"Each error in full: {output / 'families'}/NAME.failure.txt", soft_wrap=True)
        raise typer.Exit(1)


@app.command(rich_help_panel=Purpose.LEARN)
def train_generator(
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder to write the trained pipeline to.")],
    corpus: Annotated[
        list[Path] | None,
        typer.Option(help="File of solved gaits (gaitforge corpus); may be repeated. The one that ships if left out."),
    ] = None,
    data: Annotated[
        Path | None, typer.Option(help="Folder of own recordings with people.csv (docs/own_data.md), learnt as well.")
    ] = None,
    init: Annotated[
        str | None, typer.Option(help="Go on from trained weights: default (those that ship) or a folder.")
    ] = None,
    steps: Annotated[
        int | None, typer.Option(min=1, help="Training steps of 128 gaits; 16000, or 1500 with --init, if left out.")
    ] = None,
    size: Annotated[
        int, typer.Option(min=0, help="Gaits drawn from atlas and cards that are learnt beside the solved ones.")
    ] = 12000,
    seed: Seed = 0,
    card: Card = None,
) -> None:
    """Train the diffusion model that proposes gaits; about twenty minutes of CPU time, or refine it with recordings of your own.

    Some gaits are held out, and the generator is asked afterwards whether it has learnt others by heart; the answer, and all it has learnt
    from, stand in MODEL_CARD.md beside the weights.

    Examples:

    gaitforge train-generator -o runs/my_generator --card my_condition.yaml

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


@app.command(rich_help_panel=Purpose.MAKE)
def sample(
    age: Annotated[float, typer.Option(help="Years.")] = 30.0,
    sex: Annotated[Sex, typer.Option(help="Of all of them.")] = "female",
    height: Annotated[float | None, typer.Option(help="Metres; usual for age, sex and condition if left out.")] = None,
    mass: Annotated[float | None, typer.Option(help="Kilograms; usual for age, sex and condition if left out.")] = None,
    condition: Annotated[str, typer.Option(help="Name of a condition card, or a card file.")] = HEALTHY,
    severity: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="0 healthy to 1 worst; 0.5 of a condition if left out.")
    ] = None,
    side: Annotated[Side | None, typer.Option(help="Affected side; the card's if left out.")] = None,
    modifier: Annotated[
        list[str] | None, typer.Option(metavar="NAME=SEVERITY", help="Such as obesity=0.5. May be repeated.")
    ] = None,
    speed: Annotated[
        float | None, typer.Option(help="Metres per second; each person's own choice if left out.")
    ] = None,
    number: Annotated[int, typer.Option("-n", min=1, help="How many.")] = 1,
    guidance: Annotated[
        float, typer.Option(min=0.0, help="Above 1 exaggerates the condition; 1 is what was learnt.")
    ] = 1.0,
    enforce: Annotated[bool, typer.Option("--enforce", help="Let physics repair or reject each gait.")] = False,
    plot: Annotated[
        bool, typer.Option("--plot", help="Draw the gaits over the norms (PNG beside the output).")
    ] = False,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File of all curves and parameters (.npz).")
    ] = None,
    seed: Seed = 0,
    weights: Annotated[
        Path | None, typer.Option(help="Folder of a trained generator; the one that ships if left out.")
    ] = None,
) -> None:
    """Sample gaits of one kind of person and print their figures; with --enforce, what physics makes of them too.

    The file holds coordinates (N, 101, Q) in radians and metres, names, duration_s, speed_mps, step_length_m and the musculoskeletal
    parameters; with --enforce also enforced_coordinates and what was accepted.

    Examples:

    gaitforge sample --condition duchenne --age 9 --sex male --severity 0.6 -n 4 --plot

    gaitforge sample --condition parkinson --severity 0.7 --age 68 --modifier frailty=0.5 -n 100 -o runs/sample.npz
    """
    from rich.console import Console

    from generative.sample_run import SampleRequest, run_sample

    request = SampleRequest(
        age_years=age,
        sex=sex,
        height_m=height,
        mass_kg=mass,
        condition=condition,
        severity=severity,
        side=side,
        modifiers=tuple(modifier or ()),
        speed_mps=speed,
        number=number,
        guidance=guidance,
        seed=seed,
        weights=weights,
    )
    run_sample(request, output, Console(), enforce=enforce, plot=plot)
