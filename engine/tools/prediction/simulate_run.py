"""What ``gaitforge simulate`` shows a person: progress, what converged and how long it took, what did not and why."""

from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from engine.stages import load_stage
from engine.tools.prediction.jobs import Job, find_jobs
from engine.tools.prediction.simulate import simulate_jobs
from engine.tools.prediction.simulation_files import FAILURE, read_simulation


def run_simulate(sources: tuple[Path, ...], folder: Path, workers: int, executor: str) -> bool:
    """Simulates every subject; true if all converged.

    Raises:
        SpecError: a source or the folder is wrong; nothing has been written then.
    """
    jobs, console = find_jobs(sources), Console()
    columns = TextColumn("[bold]{task.description}"), BarColumn(), MofNCompleteColumn()
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=console) as progress:
        task = progress.add_task("simulate", total=len(jobs))

        def on_job(job: Job) -> None:
            progress.update(task, advance=1, description=f"simulate · {job.name}")

        runner = load_stage("executor", executor)
        failures = simulate_jobs(jobs, folder, executor=runner, workers=workers, on_job=on_job)
    for name, failure in failures.items():
        console.print(f"{name}: {failure.reason} ({folder / name / FAILURE})", markup=False, soft_wrap=True)
    results = {job.name: read_simulation(folder / job.name) for job in jobs if job.name not in failures}
    unsolved = {name: result for name, result in results.items() if not result["converged"]}
    for name, result in unsolved.items():
        console.print(f"{name}: {result['reason']} ({result['detail']})")
    seconds = [result["figures"]["cpu_s"] for result in results.values() if result["converged"]]
    took = f"; {np.median(seconds):.0f} CPU s each in the median" if seconds else ""
    lost = f"; {len(failures)} failed, which the same command tries again" if failures else ""
    console.print(f"{len(seconds)} of {len(jobs)} subjects converged{took}{lost}. Results: {folder}", soft_wrap=True)
    return not failures and not unsolved
