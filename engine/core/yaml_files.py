"""YAML that people write, read into pydantic models with errors that name the file and the field."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

from engine.core.errors import SpecError

Model = TypeVar("Model", bound=BaseModel)


class StrictModel(BaseModel):
    """Base of what people write: unknown fields are refused, values are frozen."""

    model_config = ConfigDict(extra="forbid", frozen=True)


STRICT = ConfigDict(extra="forbid")
"""``__pydantic_config__`` of dataclasses that people write, such as the settings of stages."""


def configs_folder() -> Path:
    """Folder of the configurations that ship with GaitForge: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "configs"
    return installed if installed.is_dir() else package.parent / "configs"


def names_file(text: str) -> bool:
    """Whether somebody names a YAML file of their own, not something that ships by its name."""
    return text.endswith((".yaml", ".yml"))


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file.

    Raises:
        SpecError: the file is missing, unreadable, not YAML, or not a mapping.
    """
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: cannot be read ({error})") from error
    except yaml.YAMLError as error:
        where = getattr(error, "problem_mark", None)
        line = f", line {where.line + 1}" if where else ""
        raise SpecError(f"{path}{line}: not valid YAML ({getattr(error, 'problem', error)})") from error
    if not isinstance(data, dict):
        raise SpecError(f"{path}: expected fields such as `name: …`, found {type(data).__name__}")
    return data


def read_model(path: Path, model: type[Model], **instead: object) -> Model:
    """The file checked against ``model``, with fields ``instead`` of the file's own; its validators find the file's folder by `folder_of`.

    Raises:
        SpecError: one line per wrong field: file, field, what is there, what would be right.
    """
    try:
        return model.model_validate({**read_yaml(path), **instead}, context={"folder": path.parent})
    except ValidationError as error:
        raise SpecError("\n".join(f"{path}: {line}" for line in describe(error))) from error


def folder_of(info: ValidationInfo) -> Path:
    """Folder of the file that is being read; the working directory for what comes from no file."""
    return (info.context or {}).get("folder", Path())


def _beside(path: Path, info: ValidationInfo) -> Path:
    return folder_of(info) / path


PathBeside = Annotated[Path, AfterValidator(_beside)]
"""A path that is written relative to the folder of the file that names it."""


def _inside(place: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(place) > len(outer) and place[: len(outer)] == outer


def describe(error: ValidationError) -> list[str]:
    """One line per problem: field, what is wrong, what was given. A list that is too short only for want of its wrong members is no problem
    of its own."""
    lines = []
    problems = error.errors(include_url=False)
    for problem in problems:
        if problem["type"] == "too_short" and any(_inside(other["loc"], problem["loc"]) for other in problems):
            continue
        field = ".".join(str(part) for part in problem["loc"]) or "the file as a whole"
        given = "" if problem["type"] in ("missing", "value_error") else f" (given: {problem['input']!r:.80})"
        lines.append(f"{field}: {problem['msg'].removeprefix('Value error, ')}{given}")
    return lines
