"""What documents name is there: files of the packages, and links between pages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
PLACES = {str(path.relative_to(ROOT)) for path in ROOT.glob("*/**/*.py")}


def page_name(path):
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_files_that_a_page_names_are_there(page):
    for file in re.findall(r"`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
        there = any(place.endswith(f"/{file}") or place == file for place in PLACES)
        assert there, f"{page_name(page)} names {file}"


@pytest.mark.parametrize("page", PAGES, ids=page_name)
def test_links_of_a_page_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page_name(page)} links to {target}"
