"""Stages without physics, whose subjects do what their weight says: for tests of what becomes of a cohort's subjects.

They are entry points of a package that `install` puts on the path, as a user's own stages are.
"""

import errno
import os
import signal
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from made_walk import FIGURES, Recipe, body_of, made_walk

from engine.core.errors import MissingDependencyError, SpecError
from engine.core.tasks import Failure, Finished
from engine.gait.records import Rejection, RejectionReason
from engine.stages import Shot

ENTRY_POINTS = """[gaitforge.stages]
executor.here = stub_stages:HereExecutor
executor.forgetful = stub_stages:ForgetfulExecutor
body.stub = stub_stages:StubBody
proposer.stub = stub_stages:StubProposer
enforcer.stub = stub_stages:StubEnforcer
filmer.stub = stub_stages:StubFilmer
"""
RAISES, REFUSES, DIES, DIES_AT_FIRST, LACKS, SLIPS, FILLS = 91.0, 92.0, 93.0, 94.0, 95.0, 96.0, 97.0
"""Body masses that make trouble."""

CARE = "GAITFORGE_STUB_CARE"
"""Environment variable: the folder in which who dies at first leaves a mark, whose file ``mended`` ends `RAISES`, and in which each loading
of the proposer is a file ``loaded-<process>-…``."""


def install(folder: Path) -> None:
    """Writes the metadata of an installed package into ``folder``, which belongs on ``sys.path``."""
    info = folder / "gaitforge_stubs-0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: gaitforge-stubs\nVersion: 0\n")
    (info / "entry_points.txt").write_text(ENTRY_POINTS)


def spec_text(masses_kg: tuple[float, ...]) -> str:
    """A cohort of people who weigh so much, made by the stubs."""
    groups = "".join(f"- {{condition: healthy, subjects: 1, age_years: 30, mass_kg: {mass}}}\n" for mass in masses_kg)
    return (
        f"name: stubs\nseed: 3\nstages: {{body: stub, proposer: stub, enforcer: stub}}\nattempts: 2\ngroups:\n{groups}"
    )


class HereExecutor:
    """Runs tasks in this process, one after the other, the last first."""

    def run(self, start, items, *, workers):  # noqa: ARG002
        work = start()
        for key in reversed(items):
            try:
                yield Finished(key, work(items[key]))
            except Exception as error:
                yield Finished(key, Failure.of(error))


class ForgetfulExecutor(HereExecutor):
    """Loses the first item."""

    def run(self, start, items, *, workers):
        yield from super().run(start, dict(list(items.items())[1:]), workers=workers)


class StubBody:
    def fingerprint(self):
        return "stub"

    def make(self, subject):
        return body_of(subject.height_m)


class StubProposer:
    adapted = False

    def __init__(self):
        (Path(os.environ[CARE]) / f"loaded-{os.getpid()}-{uuid4().hex}").touch()

    def fingerprint(self):
        return "stub"

    def propose(self, subject, *_, seed, **__):
        _trouble(subject.mass_kg)
        proposal = made_walk(Recipe(subject)).gait.proposal
        return replace(proposal, cycle=replace(proposal.cycle, speed_mps=0.9 + seed % 100 / 200))


class StubEnforcer:
    def enforce(self, proposal, _):
        if proposal.subject.mass_kg == SLIPS:
            return Rejection(proposal.subject, RejectionReason.SKATE, FIGURES)
        return made_walk(Recipe(proposal.subject, proposal.cycle.speed_mps)).gait

    def walk(self, gait, *_, **__):
        return made_walk(Recipe(gait.subject, gait.cycle.speed_mps))

    def export_model(self, _, path):
        path.write_text("a model")


class StubFilmer:
    """Everything that it draws is the text of its look."""

    def __init__(self, look):
        self._look = Path(look)

    def fingerprint(self):
        return self._look.read_text()

    def check(self, *_, **__):
        pass

    def film(self, walk, cameras, folder, *, points=False, **_):
        if points:
            (folder / "points.npz").write_text(f"{walk.subject.id} {self._look.read_text()}")
        for camera in cameras:
            (folder / f"{camera}.npz").write_text(self._look.read_text())
        return [Shot(camera, None, f"{camera}.npz") for camera in cameras]


def _trouble(mass_kg):
    care = Path(os.environ[CARE])
    if mass_kg == RAISES and not (care / "mended").exists():
        raise ValueError("a hole in\nthe trousers")
    if mass_kg == REFUSES:
        raise SpecError("nobody of this size walks at this speed")
    if mass_kg == FILLS:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "walk.mot")
    if mass_kg == LACKS:
        raise MissingDependencyError("no body model: pip install one")
    if mass_kg == DIES_AT_FIRST and not (care / "died").exists():
        (care / "died").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if mass_kg == DIES:
        os.kill(os.getpid(), signal.SIGKILL)
