"""The same person with a changed body: the gait before, and the one that the changed body chooses."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.cohort.layout import SubjectFiles
from engine.cohort.subject_file import read_subject, subject_record
from engine.cohort.write import write_subject, write_walk
from engine.core.errors import DataError
from engine.core.files import replace_folder, require_own_folder
from engine.gait.gait_parameters import gait_parameters, side_parameters
from engine.gait.records import Gait, Rejection, Walk
from engine.stages import Adapter, Enforcer
from engine.tools.whatif.change_picture import draw_whatif
from engine.tools.whatif.changes import Changes

FIGURES_FILE, PICTURE_FILE = "whatif.json", "whatif.png"


@dataclass(frozen=True)
class WhatIf:
    """``before`` and ``after`` a change of the body; ``after`` is the rejection if no feasible gait was found."""

    changes: Changes
    before: Walk
    after: Walk | Rejection


def what_if(
    subject_folder: Path,
    changes: Changes,
    adapter: Adapter,
    enforcer: Enforcer,
    strides: int = 4,
    say: Callable[[str], None] = lambda _: None,
) -> WhatIf:
    """Changes the body of a cohort's subject and lets it find its gait; both walks draw the same strides.

    Raises:
        SpecError: the change is unknown or cannot be.
        DataError: the folder is not a subject's, or its own gait is not feasible any more.
    """
    proposal, body = read_subject(SubjectFiles(subject_folder).subject)
    parameters = changes.apply(proposal.parameters)
    say("Walking as before")
    before = _walk(enforcer, enforcer.enforce(proposal, body), strides)
    if isinstance(before, Rejection):
        raise DataError(f"{subject_folder}: its own gait is rejected ({before.reason}); make the cohort again")
    who = replace(proposal.subject, condition=proposal.subject.condition.changed_by_hand())
    changed = replace(proposal, subject=who, parameters=parameters)
    say("Letting the changed body find its gait")
    adapted = adapter.adapt(changed, body, proposal.parameters)
    say("Walking with the changed body")
    return WhatIf(changes, before, _walk(enforcer, enforcer.enforce(adapted, body), strides))


def _walk(enforcer: Enforcer, gait: Gait | Rejection, strides: int) -> Walk | Rejection:
    return gait if isinstance(gait, Rejection) else enforcer.walk(gait, strides, seed=0)


def write_whatif(found: WhatIf, enforcer: Enforcer, folder: Path) -> None:
    """``before/`` and ``after/`` as subjects of a cohort with one walk each, `FIGURES_FILE` and `PICTURE_FILE`; after a rejection there is
    no ``after/``.

    Raises:
        DataError: the folder holds something else, or cannot be written.
    """
    require_own_folder(folder, FIGURES_FILE)
    try:
        with replace_folder(folder) as target:
            for name, walk in (("before", found.before), ("after", found.after)):
                if isinstance(walk, Walk):
                    _write_side(walk, enforcer, SubjectFiles(target / name))
            (target / FIGURES_FILE).write_text(json.dumps(figures(found), indent=1), encoding="utf-8")
            draw_whatif(target / PICTURE_FILE, found.before, found.after, str(found.changes))
    except OSError as error:
        raise DataError(f"{folder}: cannot be written ({error})") from error


def _write_side(walk: Walk, enforcer: Enforcer, files: SubjectFiles) -> None:
    place = files.walk("w00").folder
    place.mkdir(parents=True)
    write_subject(files.subject, walk.gait)
    enforcer.export_model(walk.gait, files.model)
    write_walk(place, walk)


def figures(found: WhatIf) -> dict[str, Any]:
    """What changed, in numbers, for JSON."""
    after = found.after
    return {
        "changes": str(found.changes),
        **subject_record(found.before.subject),
        "before": _figures(found.before),
        "after": None if isinstance(after, Rejection) else _figures(after),
        "reason": after.reason.value if isinstance(after, Rejection) else "",
    }


def _figures(walk: Walk) -> dict[str, Any]:
    right, left = side_parameters(walk)
    return {
        "gait": gait_parameters(walk).to_dict(),
        "right": asdict(right),
        "left": asdict(left),
        "physics": asdict(walk.figures),
    }
