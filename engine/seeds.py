"""One seed per cohort, split per subject and stage, so that a cohort never depends on who made it first."""

import zlib

import numpy as np

MAX_SEED = 2**31 - 1


def stage_seed(cohort_seed: int, subject_id: str, stage: str) -> int:
    """Seed of one stage of one subject, in ``[0, 2**31)``.

    It depends on the three arguments alone, not on the order of subjects or the number of workers.
    """
    words = [zlib.crc32(text.encode()) for text in (subject_id, stage)]
    sequence = np.random.SeedSequence([cohort_seed, *words])
    return int(sequence.generate_state(1, np.uint64)[0] % (MAX_SEED + 1))


def stage_rng(cohort_seed: int, subject_id: str, stage: str) -> np.random.Generator:
    """Random generator of one stage of one subject (see `stage_seed`)."""
    return np.random.default_rng(stage_seed(cohort_seed, subject_id, stage))
