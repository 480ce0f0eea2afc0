"""The rhythm that is published for people of an age and their conditions: nothing of it is drawn or learnt."""

import numpy as np

from engine.gait.records import Subject
from generative.sources.age_tables import age_tables

_ALPHA_RANGE = (0.5, 0.98)
"""From strides that are unrelated to drifts that just have a mean."""


def rhythm(subject: Subject) -> tuple[float, float]:
    """``dfa_alpha`` and ``excess_kurtosis`` of a person's strides, as in `engine.gait.records.Variability`."""
    healthy = float(age_tables().dfa_alpha.at(np.array(subject.age_years)))
    changes = [(burden.card.rhythm, burden.severity) for burden in subject.burdens if burden.card.rhythm is not None]
    alpha = healthy + sum(effects.amount("dfa_alpha", severity) for effects, severity in changes)
    kurtosis = sum(effects.amount("excess_kurtosis", severity) for effects, severity in changes)
    return float(np.clip(alpha, *_ALPHA_RANGE)), float(kurtosis)
