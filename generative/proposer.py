"""The proposer that ships: a diffusion model for the conditions it has learnt, healthy gait changed by the card for all others."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import torch
from pydantic import ConfigDict

from engine.arrays import Array
from engine.conditions import ConditionCard, load_modifier
from engine.conventions import GRAVITY_MPS2
from engine.errors import SpecError
from engine.mechanisms import with_body_mechanisms
from engine.physics.adapter import EffortAdapter
from engine.records import BodyShape, Proposal, Subject
from generative.conditioning import encode_conditions
from generative.corpus import SPEED_RANGE, card_fingerprint
from generative.gait_batch import GaitBatch, People, at_speed
from generative.patients import as_patient
from generative.pipeline import GaitPipeline, load_pipeline, require_pipeline
from generative.sources.condition_effects import speed_factor

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
_HEALTHY = "healthy"
_log = logging.getLogger(__name__)


@cache
def _shared_pipeline(folder: Path) -> GaitPipeline:
    return load_pipeline(folder)


@dataclass(frozen=True)
class DiffusionSettings:
    """``weights``: folder of a trained model; left out, the one that ships."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    weights: str | None = None


class DiffusionProposer:
    """Proposes gaits with the diffusion model saved in ``weights`` (by default the one that ships; loaded once per process, offline).

    A card that the network was trained on is sampled from the network. Any other card, a changed one included, is applied to a healthy
    gait of the network (`learnt` tells which). The result depends on the arguments alone.
    """

    Settings = DiffusionSettings
    adapted = True

    def __init__(self, weights: str | None = None) -> None:
        self._folder = WEIGHTS_FOLDER if weights is None else Path(weights)

    @property
    def pipeline(self) -> GaitPipeline:
        """The trained pipeline.

        Raises:
            DataError: the folder of weights is missing or damaged.
        """
        return _shared_pipeline(self._folder)

    def fingerprint(self) -> str:
        """Identifies weights and configuration.

        Raises:
            DataError: there are no weights.
        """
        require_pipeline(self._folder)
        digest = hashlib.sha256()
        for file in sorted(self._folder.rglob("*")):
            if file.suffix in (".json", ".safetensors"):
                digest.update(file.relative_to(self._folder).as_posix().encode())
                digest.update(file.read_bytes())
        return digest.hexdigest()[:16]

    def learnt(self, card: ConditionCard) -> bool:
        """Whether the network was trained on this card as it is."""
        config = self.pipeline.denoiser.config
        return (card.name, card_fingerprint(card)) in zip(config.conditions, config.cards, strict=True)

    def propose(
        self, subject: Subject, body: BodyShape, card: ConditionCard, *, speed_mps: float | None, seed: int
    ) -> Proposal:
        """A gait and a musculoskeletal system for ``subject``; without ``speed_mps`` the person's own speed is drawn too.

        Raises:
            SpecError: the subject has another condition than the card, or nobody of this size walks at this speed.
        """
        return self.propose_many([subject], [body], card, speed_mps=speed_mps, seeds=[seed])[0]

    def propose_many(
        self,
        subjects: Sequence[Subject],
        bodies: Sequence[BodyShape],
        card: ConditionCard,
        *,
        speed_mps: float | None,
        seeds: Sequence[int],
        guidance: float = 1.0,
    ) -> list[Proposal]:
        """As `propose`, for many people with the same condition and affected side at once; everybody has a seed of their own."""
        for subject in subjects:
            if subject.condition != card.name:
                raise SpecError(f"subject {subject.id}: condition {subject.condition!r}, but the card is {card.name!r}")
        burdens = [burdens_of(subject, card) for subject in subjects]
        sizes = [body.lengths_m["hip_height"] for body in bodies]
        speed = None
        if speed_mps is not None:
            told = [_dimensionless(speed_mps, size, who.id) for who, size in zip(subjects, sizes, strict=True)]
            speed = np.array(told)
        if not self._learnt_all(subjects, burdens, card):
            _log.info(
                "%s is not learnt as it is (card, side or modifier): its effects change a healthy gait", card.name
            )
            people = zip(subjects, bodies, burdens, seeds, strict=True)
            return [
                self._changed_healthy(*person, None if speed is None else speed[[row]])
                for row, person in enumerate(people)
            ]
        gaits = self._sample(People.of(subjects, sizes), speed, seeds, guidance)
        found = [gaits.proposal(row, subject, sizes[row]) for row, subject in enumerate(subjects)]
        return [
            replace(one, parameters=with_body_mechanisms(one.parameters, own, one.subject.side))
            for one, own in zip(found, burdens, strict=True)
        ]

    def _learnt_all(
        self,
        subjects: Sequence[Subject],
        burdens: Sequence[Sequence[tuple[ConditionCard, float]]],
        card: ConditionCard,
    ) -> bool:
        sides = all(self._sided_as_learnt(subject, card) for subject in subjects)
        return sides and all(self.learnt(known) for own in burdens for known, _ in own)

    @staticmethod
    def _sided_as_learnt(subject: Subject, card: ConditionCard) -> bool:
        return (subject.side in ("left", "right")) == (card.demographics.side == "one")

    def _sample(
        self,
        people: People,
        speed: Array | None,
        seeds: Sequence[int],
        guidance: float = 1.0,
    ) -> GaitBatch:
        """The network's gaits, left sides affected by mirroring."""
        told = encode_conditions(people, speed, self.pipeline.denoiser.config.conditions)
        own = [torch.Generator().manual_seed(seed) for seed in seeds]
        return at_speed(with_left_sides(self.pipeline(told, own, guidance=guidance), people), speed)

    def _changed_healthy(
        self,
        subject: Subject,
        body: BodyShape,
        burdens: Sequence[tuple[ConditionCard, float]],
        seed: int,
        speed: Array | None,
    ) -> Proposal:
        """As the corpus was made: a healthy gait of the network, changed by least effort and by the cards."""
        hip_height = body.lengths_m["hip_height"]
        person = replace(subject, condition=_HEALTHY, severity=0.0, side="none", modifiers={})
        people = People.of([person], [hip_height])
        if speed is None:
            own = self._sample(people, None, [seed]).speed
            slower = np.prod([speed_factor(card, np.array([severity])) for card, severity in burdens], axis=0)
            speed = np.clip(own * slower, *SPEED_RANGE)
        habit = self._sample(people, speed, [seed]).proposal(0, person, hip_height)
        adapter = EffortAdapter(keep_speed=True)
        return as_patient(habit, subject, burdens, body, adapter, np.random.default_rng(seed))


def with_left_sides(gaits: GaitBatch, people: People) -> GaitBatch:
    """Gaits of people whose right side is affected, mirrored for those whose left is."""
    left = np.flatnonzero(people.side == "left")
    if len(left) == 0:
        return gaits
    others = np.flatnonzero(people.side != "left")
    order = np.argsort(np.concatenate([left, others]))
    return GaitBatch.joined([gaits.take(left).mirrored(), gaits.take(others)]).take(order)


def burdens_of(subject: Subject, card: ConditionCard) -> list[tuple[ConditionCard, float]]:
    """The subject's condition and modifiers with their severities.

    Raises:
        SpecError: a modifier that is none.
    """
    modifiers = [(load_modifier(name), severity) for name, severity in sorted(subject.modifiers.items())]
    return [(card, subject.severity), *modifiers]


def _dimensionless(speed_mps: float, hip_height: float, subject_id: str) -> float:
    unit = np.sqrt(GRAVITY_MPS2 * hip_height)
    low, high = SPEED_RANGE
    if not low <= speed_mps / unit <= high:
        raise SpecError(
            f"subject {subject_id}: speed_mps {speed_mps:g} is not walking for hips {hip_height:.2f} m high; "
            f"choose between {np.ceil(100 * low * unit) / 100:.2f} and {np.floor(100 * high * unit) / 100:.2f} m/s"
        )
    return speed_mps / unit
