"""Runs benchmarks and stores what they print as ``docs/validation/results/NAME.md``, each whole or not at all.

python -m benchmarks.store_results [NAME …] [--slow]

Without names: those of `QUICK`; with ``--slow`` those of `SLOW`, which take many minutes to hours. Others are run by name. Progress goes
to the error stream. Most need the reference data (``GAITFORGE_REFERENCE``). `benchmarks.fill_docs` then puts the results into the pages.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from benchmarks.fill_docs import RESULTS
from engine.core.files import replace_file

QUICK = {
    "measured_walk": "validate_measured_walk --figure docs/validation/measured_walk.png",
    "push_off_generator": "bench_push_off --seed 2 --people 50 --proposer diffusion",
    "push_off_atlas": "bench_push_off --seed 2",
    "stress": "validate_cohort runs/stress",
    "reader_measured": "validate_reader_measured --figure docs/validation/reader_measured.png",
    "reader_adults": "validate_reader_adults",
    "muscle_activity": "validate_muscle_activity",
    "physics": "bench_physics --walks",
    "physics_parts": "bench_physics_parts",
    "atlas": "bench_atlas",
    "rhythm": "bench_rhythm",
    "generator": "bench_generator",
}
SLOW = {
    "mechanisms": "bench_mechanisms --worst",
    "adaptation": "bench_adaptation --cases --doses --drift --patients 200",
    "tiers": "compare_prediction -o runs/tiers",
    "moco": "crosscheck_corpus -o runs/moco_cross",
    "physics_loop": "bench_physics_loop -n 40",
}
DRAWN = {
    "render": "bench_render runs/quickstart --walks 99 --build",
    "aids": "bench_aids runs/quickstart",
}
"""They need the walks of ``make demo``."""
READER = {
    "reader": "bench_reader",
    "reader_ablations": "bench_reader_ablations",
}
"""They need the cohort that the reader was trained on (``READER_COHORT``)."""

BY_HAND = ("detector", "realism")
"""They need what cannot be shipped (docs/validation/render.md) and are stored by hand."""

COMMANDS = QUICK | SLOW | DRAWN | READER


def store(file: Path, command: list[str]) -> None:
    """Stores what ``command`` prints.

    Raises:
        subprocess.CalledProcessError: it failed; the file is left as it was.
    """
    printed = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True, encoding="utf-8").stdout
    with replace_file(file) as path:
        path.write_text(printed.strip() + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(COMMANDS))
    parser.add_argument("--slow", action="store_true", help=f"those of many minutes to hours: {', '.join(SLOW)}")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(COMMANDS):
        parser.error(f"no result is called {', '.join(sorted(unknown))}; there are {', '.join(COMMANDS)}")
    for name in asked.names or (SLOW if asked.slow else QUICK):
        module, *options = COMMANDS[name].split()
        print(f"== {name}: benchmarks.{COMMANDS[name]}", file=sys.stderr, flush=True)
        try:
            store(RESULTS / f"{name}.md", [sys.executable, "-m", f"benchmarks.{module}", *options])
        except subprocess.CalledProcessError as failed:
            raise SystemExit(
                f"{name} failed with exit status {failed.returncode}; its result is left as it was"
            ) from None


if __name__ == "__main__":
    main()
