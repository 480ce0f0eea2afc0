"""One seed, split by names (of a subject and a stage, for instance), so that a result never depends on what was made first."""

import zlib

import numpy as np

MAX_SEED = 2**31 - 1


def stage_seed(seed: int, name: str, stage: str) -> int:
    """Seed of one stage of what ``name`` names (a subject, a walk with its camera, a family …), in ``[0, 2**31)``.

    It depends on the three arguments alone, not on the order of names or the number of workers.
    """
    words = [zlib.crc32(text.encode()) for text in (name, stage)]
    sequence = np.random.SeedSequence([seed, *words])
    return int(sequence.generate_state(1, np.uint64)[0] % (MAX_SEED + 1))


def stage_rng(seed: int, name: str, stage: str) -> np.random.Generator:
    """Random generator of one stage of what ``name`` names (see `stage_seed`)."""
    return np.random.default_rng(stage_seed(seed, name, stage))
