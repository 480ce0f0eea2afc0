"""The text of shaders: files with what they include and what is defined for them."""

import re
from collections.abc import Mapping
from pathlib import Path

SHADERS = Path(__file__).parent.parent / "shaders"
_INCLUDE = re.compile(r'^#include "([\w.]+)"$', re.MULTILINE)


def shader_text(name: str, definitions: Mapping[str, float | str]) -> str:
    """The file ``name`` of the shader folder with what it includes, ``definitions`` after its first line (``#version``)."""
    version, _, body = (SHADERS / name).read_text(encoding="utf-8").partition("\n")
    defined = [f"#define {key} {value}" for key, value in definitions.items()]
    return "\n".join([version, *defined, _with_includes(body)])


def _with_includes(text: str) -> str:
    return _INCLUDE.sub(lambda found: _with_includes((SHADERS / found[1]).read_text(encoding="utf-8")), text)
