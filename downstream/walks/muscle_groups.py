"""The ten muscles of a leg whose activity is read, as gait laboratories tell them apart."""

import numpy as np

from engine.core.arrays import Array
from engine.core.conventions import MUSCLES, SIDES, suffix

ACTIVITY_GROUPS: dict[str, tuple[str, ...]] = {
    "gluteus_maximus": ("glmax1", "glmax2", "glmax3"),
    "gluteus_medius": ("glmed1", "glmed2", "glmed3"),
    "iliopsoas": ("iliacus", "psoas"),
    "adductors": ("addbrev", "addlong", "addmagDist", "addmagIsch", "addmagMid", "addmagProx"),
    "rectus_femoris": ("recfem",),
    "vasti": ("vasint", "vaslat", "vasmed"),
    "hamstrings": ("bflh", "semimem", "semiten"),
    "gastrocnemius": ("gaslat", "gasmed"),
    "soleus": ("soleus",),
    "tibialis_anterior": ("tibant",),
}
"""Muscles of the model (`LEG_MUSCLES`) by group, from hip to ankle."""


def group_activity(activations: Array) -> Array:
    """Mean activation ``(n, 2, 10)`` of each group, right leg first, from those of all muscles ``(n, 80)``."""
    legs = [
        [
            activations[:, [MUSCLES.index(name + suffix(side)) for name in own]].mean(axis=1)
            for own in ACTIVITY_GROUPS.values()
        ]
        for side in SIDES
    ]
    return np.moveaxis(np.array(legs), -1, 0)
