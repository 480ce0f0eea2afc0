"""Writes the spec of the synthetic cohort that balances a data set."""

import os
import re
from pathlib import Path

import numpy as np
import yaml

from engine.core.files import replace_file
from engine.core.yaml_files import names_file
from engine.population.spec import CohortSpec, load_spec
from engine.tools.augment.cells import Cells

ATTEMPTS = 10
"""Proposals per subject before it is given up: more than usual, as every cell should come out full."""


def spec_name(source: Path) -> str:
    """A name for the cohort that balances ``source``."""
    stem = re.sub(r"[^A-Za-z0-9_.-]+", "-", source.stem).strip("-.") or "data"
    return f"{stem[:60]}-balance"


def cell_group(cells: Cells, cell: tuple[int, ...], people: int, folder: Path = Path()) -> dict[str, object]:
    """The group of a cohort spec in ``folder`` that makes ``people`` of one cell."""
    wishes = {trait.name: trait.wish(level) for trait, level in zip(cells.traits, cell, strict=True)}
    wishes["condition"] = _seen_from(folder, cells.card_name(cell))
    ages = cells.ages(cell)
    if ages is not None:
        wishes["age_years"] = {"min": ages[0], "max": ages[1]}
    return {"condition": wishes.pop("condition"), "subjects": people, **wishes, "quotas": "exact"}


def _seen_from(folder: Path, card: str) -> str:
    """A card's name as it is, a card's file relative to ``folder``."""
    return Path(os.path.relpath(Path(card).resolve(), folder.resolve())).as_posix() if names_file(card) else card


def write_spec(path: Path, source: Path, cells: Cells, synthetic: np.ndarray, how: str) -> CohortSpec:
    """Writes a group per cell that lacks people, reads the file again and returns what was read.

    Raises:
        SpecError: what was written is not a spec (for instance more people than a group may have).
    """
    groups = [cell_group(cells, cell, int(synthetic[cell]), path.parent) for cell in cells if synthetic[cell] > 0]
    head = {"name": spec_name(source), "seed": 0, "attempts": ATTEMPTS, "cameras": [], "video": False}
    lines = [
        f"# {synthetic.sum()} people who, together with those of {source.name}, make it balanced: {how}.",
        "# Written by `gaitforge augment`. For videos: cameras: [side, oblique] and video: true.",
        yaml.safe_dump(head, sort_keys=False, default_flow_style=None).strip(),
        "groups:",
        *(
            f"  - {yaml.safe_dump(group, sort_keys=False, default_flow_style=True, width=1000).strip()}"
            for group in groups
        ),
    ]
    with replace_file(path) as temporary:
        temporary.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return load_spec(path)
