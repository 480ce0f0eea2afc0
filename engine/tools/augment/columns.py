"""Which column of somebody's table holds what: by its usual names, or by the user's word."""

import re
from collections.abc import Mapping

import pandas as pd

from engine.core.errors import DataError

USUAL_NAMES: dict[str, tuple[str, ...]] = {
    "age": ("age_years", "age", "age_yrs", "age_y", "ageyears", "age_in_years", "age_at_visit", "age_at_test", "age_at_scan"),
    "sex": ("sex", "gender", "sex_at_birth", "biological_sex"),
    "condition": ("condition", "diagnosis", "dx", "disease", "pathology", "diagnosis_group", "clinical_group", "group"),
    "bmi": ("bmi", "body_mass_index", "bmi_kg_m2"),
    "skin_tone": ("skin_tone", "monk_skin_tone", "monk_scale", "monk", "mst"),
    "height": ("height_m", "height_cm", "height", "stature_m", "stature_cm", "stature", "body_height"),
    "mass": ("mass_kg", "weight_kg", "mass", "weight", "body_mass", "body_weight"),
    "subject": ("subject_id", "subject", "participant_id", "participant", "patient_id", "patient", "subjectid", "id"),
}  # fmt: skip
"""Names of columns, plain (see `plain`)."""


def plain(name: str) -> str:
    """A name without case, spaces and signs: ``Age (years)`` becomes ``age_years``."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def find_column(table: pd.DataFrame, what: str, chosen: Mapping[str, str]) -> str | None:
    """The column that holds ``what``: the one ``chosen``, else one with a usual name; None if there is none.

    Raises:
        DataError: the chosen column is not there, or several could be meant.
    """
    columns = [str(column) for column in table.columns]
    if what in chosen:
        if chosen[what] not in columns:
            raise DataError(f"no column is called {chosen[what]!r} (--column {what}=…); there are {', '.join(columns)}")
        return chosen[what]
    found = [column for column in columns if plain(column) in USUAL_NAMES[what]]
    if len(found) > 1:
        raise DataError(f"{' and '.join(found)} could both hold {what}; say which: --column {what}={found[0]!r}")
    return found[0] if found else None


def require_column(table: pd.DataFrame, what: str, chosen: Mapping[str, str], otherwise: str) -> str:
    """As `find_column`, but there must be one; ``otherwise`` tells what else the user can do.

    Raises:
        DataError: there is none, or it is unclear which.
    """
    column = find_column(table, what, chosen)
    if column is None:
        columns = ", ".join(map(str, table.columns))
        raise DataError(f"no column for {what} among {columns}; name it: --column {what}=NAME{otherwise}")
    return column
