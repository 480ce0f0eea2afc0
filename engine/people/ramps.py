"""Amounts by severity, as condition cards give them."""

from collections.abc import Mapping
from typing import Annotated, Literal

import numpy as np
from pydantic import BeforeValidator

ASSUMPTION = "assumption"
"""Source of a value that no source tells."""


def _as_table(value: object) -> object:
    return {1.0: value} if isinstance(value, int | float) and not isinstance(value, bool) else value


Ramp = Annotated[dict[float, float], BeforeValidator(_as_table)]
"""Value by severity. Severities lie in [0, 1]."""


def at_severity(ramp: Mapping[float, float], severity: float, neutral: float) -> float:
    """Value of a ramp at ``severity``; at severity 0 it is ``neutral`` unless the table says otherwise."""
    table = {0.0: neutral, **ramp}
    knots = sorted(table)
    return float(np.interp(severity, knots, [table[k] for k in knots]))


Where = Literal["affected", "unaffected", "both"]
"""Which legs (or arms) an effect reaches; on a subject whose side is ``both`` or ``none``, ``affected`` means both."""
