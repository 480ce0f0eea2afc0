"""Exact quotas: who of a group belongs to which part of a distribution, shares met as closely as whole people allow."""

from collections.abc import Sequence

import numpy as np

from engine.core.arrays import Array, Index

Parts = Index


def largest_remainders(shares: Array, total: int) -> Parts:
    """Whole numbers ``(parts,)`` that add up to ``total`` and differ from ``total`` × ``shares (parts,)`` by less than one each.

    Hamilton's method: round down, then one more to the largest remainders.
    """
    ideal = total * shares / shares.sum()
    counts = np.floor(ideal + 1e-9).astype(np.int64)
    first = np.argsort(counts - ideal, kind="stable")[: total - counts.sum()]
    counts[first] += 1
    return counts


def balanced_parts(shares: Array, earlier: Sequence[Parts], rng: np.random.Generator) -> Parts:
    """Part of each person ``(n,)``: overall counts are exact, and each block of people of ``earlier`` parts gets its fair share.

    ``shares (n, parts)`` are each person's own (equal rows where they do not depend on anything); ``earlier`` are the parts ``(n,)`` that
    were assigned for other traits, with which this one must be crossed. People come in random order and get the part that is owed most,
    summed over everybody and over the blocks that they belong to: minimisation as in clinical trials (Pocock & Simon 1975, Biometrics
    31:103), under the counts of `largest_remainders`.
    """
    n, parts = shares.shape
    left = largest_remainders(shares.mean(axis=0), n)
    blocks = [np.zeros(n, np.int64), *earlier]
    owed = [np.zeros((block.max() + 1, parts)) for block in blocks]
    result = np.empty(n, np.int64)
    barred = (shares == 0).any(axis=1)
    # Whoever cannot have every part chooses first, while all parts are left.
    for person in sorted(rng.permutation(n), key=lambda k: not barred[k]):
        debts = [table[block[person]] for table, block in zip(owed, blocks, strict=True)]
        for debt in debts:
            debt += shares[person]
        wish = sum(debts) + 1e-6 * rng.random(parts)
        result[person] = np.argmax(np.where(left > 0, np.where(shares[person] > 0, wish, wish - n), -np.inf))
        left[result[person]] -= 1
        for debt in debts:
            debt[result[person]] -= 1
    return result
