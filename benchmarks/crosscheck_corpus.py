"""A cross-check of the corpus by Moco: does optimal control in the plane change a gait as the 3-D adaptation tier does?

OMP_NUM_THREADS=1 python -m benchmarks.crosscheck_corpus -o runs/moco_cross [--limit 330] [--workers 1] [--report]

People of the corpus's own families (`crosscheck_parts.people`), before and after the mechanisms of their conditions, solved by both tiers
(`crosscheck_parts.solutions`). A body is one JSON file in the folder; a run that was stopped goes on where it was. The table of
``docs/validation/generator.md``, "Cross-check of the corpus by Moco", goes to the output.
"""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from benchmarks.crosscheck_parts.people import Household, first
from benchmarks.crosscheck_parts.report import report
from benchmarks.crosscheck_parts.solutions import Tiers, finished, solve_household
from engine.core.files import remove_unfinished
from engine.run.workers import LocalExecutor

SEED = 0
"""That of the shipped corpus."""

LIMIT = 330
"""Bodies; some of them have no feasible adapted gait, or Moco does not converge."""


def solver(folder: Path) -> Callable[[Household], int]:
    """Solves households into ``folder``; each gives the number of its bodies."""
    tiers = Tiers.make()

    def solve(house: Household) -> int:
        solve_household(house, folder, tiers)
        return len(house.walkers)

    return solve


def run(houses: Sequence[Household], folder: Path, workers: int) -> None:
    """Solves what is missing in the folder."""
    done = {house.name: all(finished(folder, house, walker) for walker in house.walkers) for house in houses}
    todo = {house.name: house for house in houses if not done[house.name]}
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        total = sum(len(house.walkers) for house in houses)
        task = progress.add_task(
            "bodies", total=total, completed=total - sum(len(house.walkers) for house in todo.values())
        )
        for solved in LocalExecutor().run(partial(solver, folder.resolve()), todo, workers=workers):
            progress.advance(task, solved.value())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-o", "--output", type=Path, default=Path("runs/moco_cross"))
    parser.add_argument("--limit", type=int, default=LIMIT, help="bodies, healthy ones counted")
    parser.add_argument("--workers", type=int, default=1, help="processes, one thread each")
    parser.add_argument("--report", action="store_true", help="only the tables of what is there")
    arguments = parser.parse_args()
    arguments.output.mkdir(parents=True, exist_ok=True)
    houses = first(SEED, arguments.limit)
    if not arguments.report:
        remove_unfinished(arguments.output)
        run(houses, arguments.output, arguments.workers)
    found = (finished(arguments.output, house, walker) for house in houses for walker in house.walkers)
    print("\n\n".join(report([each for each in found if each is not None])))


if __name__ == "__main__":
    main()
