"""The proposer that ships: a diffusion model for the conditions it has learnt, healthy gait changed by the card for all others."""

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import compress
from pathlib import Path

import numpy as np
import torch

from engine.core.arrays import Array
from engine.core.conventions import GRAVITY_MPS2
from engine.core.errors import SpecError
from engine.core.yaml_files import STRICT, PathBeside
from engine.gait.records import BodyShape, MusculoskeletalParameters, Proposal, Subject
from engine.musculoskeletal.mechanisms import with_body_mechanisms
from engine.people.conditions import ConditionCard
from engine.roles.adapter import EffortAdapter
from generative.conditioning import encode_conditions
from generative.corpus import SPEED_RANGE, card_fingerprint
from generative.gait_batch import GaitBatch, People, at_speed
from generative.patients import as_patient
from generative.pipeline import GaitPipeline, load_pipeline, require_pipeline
from generative.sources.atlas import healthy_atlas
from generative.sources.condition_effects import own_speed_factor

WEIGHTS_FOLDER = Path(__file__).parent / "weights"
_log = logging.getLogger(__name__)


@cache
def _shared_pipeline(folder: Path) -> GaitPipeline:
    return load_pipeline(folder)


@dataclass(frozen=True)
class DiffusionSettings:
    """``weights``: folder of a trained model; left out, the one that ships."""

    __pydantic_config__ = STRICT

    weights: PathBeside | None = None


class DiffusionProposer:
    """Proposes gaits with the diffusion model saved in ``weights`` (by default the one that ships; loaded once per process, offline).

    A card that the network was trained on is sampled from the network. Any other card, a changed one included, is applied to a healthy
    gait of the network (`learnt` tells which). The result depends on the arguments alone.
    """

    Settings = DiffusionSettings
    adapted = True

    def __init__(self, weights: str | Path | None = None) -> None:
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

    def propose(self, subject: Subject, body: BodyShape, *, speed_mps: float | None, seed: int) -> Proposal:
        """A gait and a musculoskeletal system for ``subject``; without ``speed_mps`` the person's own speed is drawn too.
        A speed asked for is met: exactly, or within 0.5 % where a card is not `learnt`.

        Raises:
            SpecError: nobody of this size walks at this speed.
        """
        return self.propose_many([subject], [body], speed_mps=speed_mps, seeds=[seed])[0]

    def propose_many(
        self,
        subjects: Sequence[Subject],
        bodies: Sequence[BodyShape],
        *,
        speed_mps: float | None,
        seeds: Sequence[int],
        guidance: float = 1.0,
    ) -> list[Proposal]:
        """As `propose`, for many people at once; everybody has a seed of their own."""
        asked = [_Asked.of(*one, speed_mps) for one in zip(subjects, bodies, seeds, strict=True)]
        learnt = [self._has_learnt(one.subject) for one in asked]
        sampled = iter(self._learnt_gaits(list(compress(asked, learnt)), guidance))
        return [
            next(sampled) if known else self._changed_healthy(one) for one, known in zip(asked, learnt, strict=True)
        ]

    def _learnt_gaits(self, asked: Sequence["_Asked"], guidance: float) -> list[Proposal]:
        """The network's gaits, with what cards say of the body and the network does not draw."""
        if not asked:
            return []
        sizes = [one.hip_height for one in asked]
        people = People.of([one.subject for one in asked], sizes)
        speed = None if asked[0].speed is None else np.array([one.speed for one in asked], float)
        gaits = self._sample(people, speed, [one.seed for one in asked], guidance)
        found = [gaits.proposal(row, one.subject, sizes[row]) for row, one in enumerate(asked)]
        return [replace(proposal, parameters=_with_cards(proposal)) for proposal in found]

    def _has_learnt(self, subject: Subject) -> bool:
        """Whether the network knows such people: each card as it is, and the side that the condition affects."""
        one_sided = subject.condition.demographics.side == "one"
        sided_as_learnt = (subject.side in ("left", "right")) == one_sided
        return sided_as_learnt and all(self.learnt(burden.card) for burden in subject.burdens)

    def _sample(
        self,
        people: People,
        speed: Array | None,
        seeds: Sequence[int],
        guidance: float = 1.0,
    ) -> GaitBatch:
        """The network's gaits, left sides affected by mirroring."""
        told = encode_conditions(people, speed, self.pipeline.denoiser.config["conditions"])
        own = [torch.Generator().manual_seed(seed) for seed in seeds]
        return at_speed(with_left_sides(self.pipeline(told, own, guidance=guidance), people), speed)

    def _changed_healthy(self, asked: "_Asked") -> Proposal:
        """As the corpus was made: a healthy gait of the network, changed by least effort and by the cards."""
        subject, seed = asked.subject, asked.seed
        names = ", ".join(burden.card.name for burden in subject.burdens)
        _log.info("%s: not learnt as it is (card, side or modifier): its effects change a healthy gait", names)
        person = subject.without_burdens()
        people = People.of([person], [asked.hip_height])
        if asked.speed is None:
            own, rng = self._sample(people, None, [seed]).speed, np.random.default_rng([seed, 1])
            spread = healthy_atlas().free_speed_spread(people.age)
            each = [own_speed_factor(b.card, np.array([b.severity]), spread, rng) for b in subject.burdens]
            slower = np.prod(each, axis=0)
            speed = np.clip(own * slower, *SPEED_RANGE)
        else:
            speed = np.array([asked.speed])
        habit = self._sample(people, speed, [seed]).proposal(0, person, asked.hip_height)
        adapter = EffortAdapter(keep_speed=True)
        return as_patient(habit, subject, asked.body, adapter, np.random.default_rng(seed))


@dataclass(frozen=True)
class _Asked:
    """One person, at a dimensionless speed (None: the person's own), with the noise of ``seed``."""

    subject: Subject
    body: BodyShape
    seed: int
    speed: float | None

    @classmethod
    def of(cls, subject: Subject, body: BodyShape, seed: int, speed_mps: float | None) -> "_Asked":
        hip_height = body.lengths_m["hip_height"]
        speed = None if speed_mps is None else _dimensionless(speed_mps, hip_height, subject.id)
        return cls(subject, body, seed, speed)

    @property
    def hip_height(self) -> float:
        return self.body.lengths_m["hip_height"]


def with_left_sides(gaits: GaitBatch, people: People) -> GaitBatch:
    """Gaits of people whose right side is affected, mirrored for those whose left is."""
    left = np.flatnonzero(people.side == "left")
    if len(left) == 0:
        return gaits
    others = np.flatnonzero(people.side != "left")
    order = np.argsort(np.concatenate([left, others]))
    return GaitBatch.joined([gaits.take(left).mirrored(), gaits.take(others)]).take(order)


def _with_cards(proposal: Proposal) -> MusculoskeletalParameters:
    return with_body_mechanisms(proposal.parameters, proposal.subject.burdens, proposal.subject.side)


def _dimensionless(speed_mps: float, hip_height: float, subject_id: str) -> float:
    unit = np.sqrt(GRAVITY_MPS2 * hip_height)
    low, high = SPEED_RANGE
    if not low <= speed_mps / unit <= high:
        raise SpecError(
            f"subject {subject_id}: speed_mps {speed_mps:g} is not walking for hips {hip_height:.2f} m high; "
            f"choose between {np.ceil(100 * low * unit) / 100:.2f} and {np.floor(100 * high * unit) / 100:.2f} m/s"
        )
    return speed_mps / unit
