"""From condition cards to a corpus and to trained weights: what the commands `corpus` and `train-generator` do."""

from collections.abc import Sequence
from pathlib import Path

from engine.conditions import ConditionCard, available_cards, load_card
from engine.errors import DataError, SpecError
from generative.corpus import Corpus, build_corpus, load_corpus, save_corpus
from generative.train import TrainingSettings, train


def _cards(files: Sequence[str]) -> list[ConditionCard]:
    cards = [load_card(name) for name in (*available_cards(), *files)]
    names = [card.name for card in cards]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise SpecError(f"--card: there is already a card called {', '.join(twice)}; change the field name")
    return cards


def _writable(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{path}: cannot be written ({error})") from error
    return path


def write_corpus(output: Path, size: int, seed: int, card_files: Sequence[str]) -> int:
    """Builds and saves a corpus; returns its number of gaits."""
    cards = _cards(card_files)
    _writable(output.parent)
    built = build_corpus(cards, size, seed)
    save_corpus(built, output)
    return len(built)


def train_and_save(
    output: Path, corpus_files: Sequence[Path], *, steps: int, size: int, seed: int, card_files: Sequence[str]
) -> float:
    """Trains a generator and saves it; returns its last mean loss."""
    if corpus_files and card_files:
        raise SpecError("--card: the cards of a corpus file are in it already; leave --corpus or --card out")
    files = [load_corpus(file) for file in corpus_files]
    corpus = Corpus.joined(files) if files else build_corpus(_cards(card_files), size, seed)
    _writable(output)
    result = train(corpus, TrainingSettings(steps=steps, seed=seed))
    result.pipeline.save_pretrained(str(output))
    return result.loss
