"""Many draws of a look on one sheet, to be inspected by eye: another person, place, camera and sensor in each picture.

python -m benchmarks.draw_sheet COHORT [COHORT ...] -o draws.jpg [--draws 200] [--first 0] [--columns 16] [--height 150]

The walks of the cohorts take turns; a draw is the same whichever others are made. About two processor seconds each.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from rich.progress import track

from render.core.frame import Image
from render.film.look_file import DEFAULT, read_look
from render.film.preview import preview_tiles, write_preview
from render.film.refilm import read_body_walk


def draws(walks: list[Path], first: int, count: int, look: str) -> Iterator[tuple[str, Image]]:
    """A caption and a picture ``(height, width, 3)`` of each draw."""
    settings = read_look(look)
    for number in range(first, first + count):
        walk = read_body_walk(walks[number % len(walks)])
        _, picture = next(preview_tiles(walk, settings, 1, seed=number))
        yield f"{number} {walk.subject.condition.name} {walk.subject.age_years:.0f}", picture


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cohorts", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--look", default=DEFAULT, help="a look that ships, or a look file")
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--first", type=int, default=0, help="number of the first one")
    parser.add_argument("--columns", type=int, default=16)
    parser.add_argument("--height", type=int, default=150, help="of each picture, px")
    asked = parser.parse_args()
    walks = [walk for cohort in asked.cohorts for walk in sorted(cohort.glob("subjects/*/w*"))]
    if not walks:
        parser.error(f"{', '.join(map(str, asked.cohorts))}: no walks; make some, for example with `make tiny`")
    drawn = track(draws(walks, asked.first, asked.draws, asked.look), "draws", total=asked.draws)
    write_preview(asked.output, list(drawn), columns=asked.columns, height=asked.height)


if __name__ == "__main__":
    main()
