"""Measures a trained generator: the tables of docs/validation/generator.md.

python -m benchmarks.bench_generator [--only norms,cards] [--full] [--weights DIR] [--corpus FILE]

Norms and real people need the reference folder (``GAITFORGE_REFERENCE``) and are skipped without it; likeness to held-out gaits needs the
corpus that the generator was trained on. Tables go to the output, progress to the error stream.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.generator_parts.bench import Bench, Part, Sizes, write
from benchmarks.generator_parts.conditions import cards, clamping, learnt, power, sweeps
from benchmarks.generator_parts.healthy import curves, norms, people
from benchmarks.generator_parts.quality import corpus, feasibility, speed
from benchmarks.reference_people import people_folder
from engine.people.conditions import ConditionCard, available_cards, load_card
from generative.proposer import WEIGHTS_FOLDER, DiffusionProposer

PARTS: dict[str, Callable[[Bench], Part]] = {
    "norms": norms,
    "curves": curves,
    "learnt": learnt,
    "cards": cards,
    "power": power,
    "sweeps": sweeps,
    "clamping": clamping,
    "feasibility": feasibility,
    "people": people,
    "corpus": corpus,
    "speed": speed,
}
MODEST = Sizes(per_bin=200, curves=60, patients=50, noises=6, power_pairs=3, cases=2, replicates=10, memorisation=1000)
FULL = Sizes(
    per_bin=200, curves=200, patients=200, noises=40, power_pairs=12, cases=8, replicates=40, memorisation=4000
)


def learnt_cards(weights: str | None) -> tuple[tuple[ConditionCard, ...], list[str]]:
    """Cards that the network was trained on as they are, and the names of the others."""
    proposer, known, others = DiffusionProposer(weights), [], []
    for name in available_cards():
        card = load_card(name)
        if proposer.learnt(card):
            known.append(card)
        else:
            others.append(name)
    return tuple(known), others


def _corpus_beside(weights: str | None) -> Path | None:
    """The corpus that was saved with the weights, if it was."""
    file = (WEIGHTS_FOLDER if weights is None else Path(weights)) / "corpus.npz"
    return file if file.is_file() else None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", help=f"parts, separated by commas: {', '.join(PARTS)}")
    parser.add_argument("--full", action="store_true", help="larger samples: about an hour instead of minutes")
    parser.add_argument("--weights", help="folder of a trained generator; the one that ships if left out")
    parser.add_argument(
        "--corpus", type=Path, help="corpus that the generator was trained on; that beside the weights if left out"
    )
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    unknown = set(filter(None, (options.only or "").split(","))) - set(PARTS)
    if unknown:
        parser.error(f"--only: no part is called {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    return options


def main() -> None:
    options = _options()
    torch.set_num_threads(1)
    known, others = learnt_cards(options.weights)
    bench = Bench(
        options.weights,
        known,
        FULL if options.full else MODEST,
        options.seed,
        people_folder(),
        options.corpus or _corpus_beside(options.weights),
    )
    print(f"## weights\n\nWeights `{DiffusionProposer(options.weights).fingerprint()}`, {len(known)} cards learnt.")
    if others:
        print(f"Not learnt, left out: {', '.join(others)}.")
    write({name: PARTS[name](bench) for name in (options.only.split(",") if options.only else PARTS)})


if __name__ == "__main__":
    main()
