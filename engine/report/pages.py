"""How pages are made that carry everything inside themselves: one style, one pair of colours for the legs."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from engine.report.figures.svg import LEFT, RIGHT

TEMPLATES = Path(__file__).parent / "templates"


def page_environment(templates: Path) -> Environment:
    """Templates of a folder, which know ``css``, ``right`` and ``left``."""
    environment = Environment(loader=FileSystemLoader(templates), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.globals |= {
        "css": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),
        "right": RIGHT,
        "left": LEFT,
    }
    return environment
