"""Parts of a cohort, made in folders of their own or in a shared one, joined into the cohort that one run would have made."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from engine.cohort.layout import CohortFiles
from engine.cohort.write import Outcome, differing, read_outcome, write_tables
from engine.core.errors import DataError, SpecError
from engine.core.files import remove_unfinished, replace_file, replace_folder
from engine.core.yaml_files import read_yaml
from engine.population.subjects import subject_ids
from engine.run.parts import some_of


def join_cohort(folders: Sequence[Path], output: Path) -> list[Outcome]:
    """Copies all finished subjects to ``output``, which may be one of the folders, writes the cohort's tables there, returns the outcomes.

    Raises:
        SpecError: parts are of different cohorts, or ``output`` holds something else.
        DataError: a folder is no part of a cohort, or subjects are missing; what is there has been copied then.
    """
    parts = [CohortFiles(folder) for folder in folders]
    files = _open(parts, CohortFiles(output))
    ids = subject_ids(sum(group["subjects"] for group in read_yaml(files.spec)["spec"]["groups"]))
    for part in parts:
        if part.folder.resolve() != output.resolve():
            _copy(part, files, ids)
    outcomes = {name: read_outcome(files.subject(name).outcome) for name in ids}
    _require_all(outcomes, files)
    found = [outcome for outcome in outcomes.values() if outcome is not None]
    write_tables(files, found)
    return found


def _open(parts: Sequence[CohortFiles], output: CohortFiles) -> CohortFiles:
    """The output with the parts' spec in it, which is the same in all of them."""
    for part in parts:
        if not part.spec.is_file():
            raise DataError(f"{part.folder}: holds no {part.spec.name}, so it is no part of a cohort")
        _require_same(parts[0], part)
    if output.spec.is_file():
        _require_same(parts[0], output)
    elif output.folder.exists() and (not output.folder.is_dir() or any(output.folder.iterdir())):
        raise SpecError(f"{output.folder}: is not empty and not a part of this cohort; choose a new folder")
    else:
        output.folder.mkdir(parents=True, exist_ok=True)
        with replace_file(output.spec) as temporary:
            shutil.copyfile(parts[0].spec, temporary)
    return output


def _require_same(first: CohortFiles, other: CohortFiles) -> None:
    if what := differing(read_yaml(first.spec), read_yaml(other.spec)):
        raise SpecError(f"{other.spec}: {what} than in {first.spec}; join parts of one cohort")


def _copy(part: CohortFiles, files: CohortFiles, ids: Sequence[str]) -> None:
    """A subject that failed in one part and was made in another is taken from the latter."""
    remove_unfinished(files.folder / "subjects")
    for name in ids:
        theirs, ours = (read_outcome(where.subject(name).outcome) for where in (part, files))
        if theirs is not None and (ours is None or (ours.failure is not None and theirs.failure is None)):
            with replace_folder(files.subject(name).folder) as folder:
                shutil.copytree(part.subject(name).folder, folder, dirs_exist_ok=True)


def _require_all(outcomes: dict[str, Outcome | None], files: CohortFiles) -> None:
    missing = [name for name, outcome in outcomes.items() if outcome is None]
    if missing:
        raise DataError(
            f"{files.folder}: {len(missing)} of {len(outcomes)} subjects are missing: {some_of(missing)}; "
            f"`gaitforge cohort SPEC -o {files.folder}` with the spec and seed of the parts makes them and finishes the cohort"
        )
