"""Puts stored results into the pages of ``docs/validation``: ``python -m benchmarks.fill_docs``.

``docs/validation/results/NAME.md`` is what a benchmark printed (`benchmarks.store_results`). In a page, what stands between the lines
``<!-- results: NAME -->`` and ``<!-- end -->`` is replaced by the whole of it, between ``<!-- results: NAME#SECTION -->`` and
``<!-- end -->`` by what it has under the heading ``SECTION``, as far as the next heading of whatever level.
"""

import re
from pathlib import Path

from engine.core.files import replace_file

PAGES = Path(__file__).parent.parent / "docs" / "validation"
RESULTS = PAGES / "results"

_OPENING = r"<!-- results: (?P<name>[^#\n]+?)(?:#(?P<section>[^\n]+?))? -->"
_BLOCK = re.compile(rf"^(?P<opening>{_OPENING})\n(?:(?!<!-- ).*\n)*<!-- end -->$", re.M)
_HEADING = re.compile(r"^#+ (.+)$", re.M)


def sections(text: str) -> dict[str, str]:
    """What stands under each heading of a stored result."""
    _, *parts = _HEADING.split(text)
    return {title: content.strip() for title, content in zip(parts[::2], parts[1::2], strict=True)}


def filled(page: Path, results: Path) -> str:
    """The text of a page with its blocks replaced.

    Raises:
        ValueError: a block is not closed, or there is no such result or section; names page and block.
    """
    text = page.read_text(encoding="utf-8")
    closed = [block["opening"] for block in _BLOCK.finditer(text)]
    for opening in re.finditer(_OPENING, text):
        if opening[0] not in closed:
            raise ValueError(f"{page}: `{opening[0]}` is not closed by a line `<!-- end -->`")
    return _BLOCK.sub(lambda block: _replaced(block, page, results), text)


def _replaced(block: re.Match[str], page: Path, results: Path) -> str:
    opening = block["opening"]
    return f"{opening}\n{_stored(block['name'], block['section'], f'{page}: `{opening}`', results)}\n<!-- end -->"


def _stored(name: str, section: str | None, where: str, results: Path) -> str:
    file = results / f"{name}.md"
    if not file.is_file():
        known = ", ".join(sorted(path.stem for path in results.glob("*.md")))
        raise ValueError(f"{where}: there is no {file}; stored are {known}")
    text = file.read_text(encoding="utf-8")
    if section is None:
        return text.strip()
    parts = sections(text)
    if section not in parts:
        raise ValueError(f"{where}: {file} has no section of this name; it has {', '.join(parts)}")
    return parts[section]


def unused(pages: Path, results: Path) -> list[str]:
    """Stored results that no page shows or links to."""
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages.glob("*.md"))
    named = {block["name"] for block in _BLOCK.finditer(text)} | set(re.findall(r"\(results/([\w-]+)\.md", text))
    return sorted({file.stem for file in results.glob("*.md")} - named)


def main() -> None:
    for page in sorted(PAGES.glob("*.md")):
        try:
            text = filled(page, RESULTS)
        except ValueError as wrong:
            raise SystemExit(str(wrong)) from None
        with replace_file(page) as path:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
