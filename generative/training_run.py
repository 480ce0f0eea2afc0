"""What `gaitforge train-generator` does: gather gaits, train or go on training, check what was learnt by heart, write weights and card."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console

from engine.people.conditions import ConditionCard
from generative.corpus import Corpus, build_corpus, card_fingerprint, load_corpus
from generative.denoiser import count_weights
from generative.learn_run import all_cards, writable
from generative.memorisation import FEWEST, Memorisation, memorisation
from generative.model_card import TrainingFacts, write_model_card
from generative.own_data import learnt_cards, read_folder, require_learnt
from generative.pipeline import GaitPipeline, load_pipeline
from generative.proposer import WEIGHTS_FOLDER, DiffusionProposer
from generative.sources.user_files import Refused
from generative.train_denoiser import TrainingSettings, train
from generative.training_data import TrainingData, measured, prepare

DEFAULT = "default"
SHIPPED_CORPUS = WEIGHTS_FOLDER / "corpus.npz"
"""Gaits that the weights that ship have learnt from, where they are at hand."""

NEW = TrainingSettings()
REFINING = TrainingSettings(steps=1500, learning_rate=1e-4)
"""Going on from a trained generator: fewer and smaller steps. Larger ones learn recordings by heart before they learn more of them."""

_SAMPLES = 2000


@dataclass(frozen=True)
class TrainingRequest:
    """What a user asks: ``init`` is `DEFAULT` or a folder of weights, ``data`` a folder of recordings, ``steps`` None for the usual."""

    output: Path
    corpus_files: Sequence[Path] = ()
    card_files: Sequence[str] = ()
    data: Path | None = None
    init: str | None = None
    steps: int | None = None
    size: int = 12000
    seed: int = 0


def run_training(request: TrainingRequest, console: Console) -> TrainingFacts:
    """Trains a generator and saves it with its card.

    Raises:
        GaitForgeError: something asked for is wrong or missing; told before any long work.
    """
    cards = all_cards(request.card_files)
    start = None if request.init is None else load_pipeline(_folder(request.init))
    started_from = None if request.init is None else DiffusionProposer(str(_folder(request.init))).fingerprint()
    own, refused = _recordings(request, cards, start, console)
    with console.status("Gathering gaits"):
        corpus = Corpus.joined([*_corpora(request, cards, start, console), *own])
        if start is not None:
            require_learnt(corpus.cards, start)
        usual = _usual_settings(request)
        data = prepare(corpus, usual.steps * usual.batch)
    writable(request.output)
    settings = _with_share_of_solved(usual, data)
    result = train(data.shown, settings, init=start)
    with console.status("Looking for gaits learnt by heart"):
        checks = check_memory(result.pipeline, data, request.seed)
    result.pipeline.save_pretrained(str(request.output))
    facts = TrainingFacts(
        training=data.training,
        held_out=len(data.held_out),
        settings=settings,
        loss=result.loss,
        weights=count_weights(result.pipeline.denoiser),
        checks=checks,
        started_from=started_from,
        refused=[one.reason for one in refused],
    )
    write_model_card(facts, request.output)
    return facts


def _folder(init: str) -> Path:
    return WEIGHTS_FOLDER if init == DEFAULT else Path(init)


def _recordings(
    request: TrainingRequest, cards: Sequence[ConditionCard], start: GaitPipeline | None, console: Console
) -> tuple[list[Corpus], tuple[Refused, ...]]:
    """The user's own gaits, if there are any."""
    if request.data is None:
        return [], ()
    found = read_folder(request.data, {card.name: card for card in cards}, start, console)
    return ([] if found.corpus is None else [found.corpus]), found.refused


def _corpora(
    request: TrainingRequest, cards: Sequence[ConditionCard], start: GaitPipeline | None, console: Console
) -> list[Corpus]:
    """Gaits that physics has accepted, of the files that are named or those that ship, and gaits as atlas and cards draw them.

    Rows of cards that have changed since, or that the network to go on from does not know, are left out and counted.
    """
    learnt = cards if start is None else learnt_cards(cards, start)
    marks = {card.name: card_fingerprint(card) for card in learnt}
    shipped = [SHIPPED_CORPUS] if SHIPPED_CORPUS.is_file() else []
    parts = []
    for file in request.corpus_files or shipped:
        whole = load_corpus(file)
        parts.append(whole.of_cards(marks))
        if len(parts[-1]) < len(whole):
            console.print(f"{file}: {len(whole) - len(parts[-1])} of {len(whole)} gaits are of other cards; left out")
    return [*parts, build_corpus(learnt, request.size, request.seed)] if request.size else parts


def _usual_settings(request: TrainingRequest) -> TrainingSettings:
    usual = NEW if request.init is None else REFINING
    return replace(usual, steps=request.steps or usual.steps, seed=request.seed)


def _with_share_of_solved(usual: TrainingSettings, data: TrainingData) -> TrainingSettings:
    """Recordings are gaits that physics has accepted; where they are the only such, a fixed share of them would be far too many of them."""
    if not measured(data.training).any():
        return usual
    return replace(usual, solved_share=min(usual.solved_share, float(data.shown.solved.mean())))


def check_memory(pipeline: GaitPipeline, data: TrainingData, seed: int) -> dict[str, Memorisation]:
    """The check over the gaits that samples resemble, those that physics has accepted (where there are none, all), and, where there are
    also others, over the recorded ones alone."""
    solved = min(data.training.solved.sum(), data.held_out.solved.sum()) >= FEWEST
    learnt, kept = (p.take(p.solved) if solved else p for p in (data.training, data.held_out))
    checks = {"solved gaits" if solved else "all gaits": memorisation(pipeline, learnt, kept, _SAMPLES, seed)}
    recorded = measured(data.training)
    if FEWEST <= recorded.sum() < len(recorded):
        training, held_out = (part.take(np.flatnonzero(measured(part))) for part in (data.training, data.held_out))
        checks["recorded gaits"] = memorisation(pipeline, training, held_out, _SAMPLES, seed)
    return checks
