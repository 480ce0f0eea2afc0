"""Stages by name and with settings: what a spec says reaches the stage that it names, or is refused by field."""

import pytest

from engine.core.errors import SpecError
from engine.physics.settings import Settings
from engine.population.spec import CohortSpec
from engine.roles.enforcer import OpenSimEnforcer
from engine.run.make_subject import load_stages
from engine.stages import load_stage

PLUGIN = """
from dataclasses import dataclass

@dataclass(frozen=True)
class Pace:
    speed_mps: float = 1.0

class Strollers:
    Settings = Pace
    adapted = False

    def __init__(self, speed_mps=1.0):
        self.speed_mps = speed_mps

    def fingerprint(self):
        return "strollers"

    def propose(self, subject, body, *, speed_mps, seed):
        raise NotImplementedError

class Unsettled(Strollers):
    Settings = None

class Mute:
    pass
"""


@pytest.fixture
def strollers(tmp_path, monkeypatch):
    """A package with proposers, installed the way packages are: a module and its entry points on the path."""
    info = tmp_path / "strollers-1.0.dist-info"
    info.mkdir()
    (tmp_path / "stroller_plugin.py").write_text(PLUGIN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: strollers\nVersion: 1.0\n")
    names = {"strollers": "Strollers", "unsettled": "Unsettled", "mute": "Mute"}
    lines = [f"proposer.{name} = stroller_plugin:{kind}" for name, kind in names.items()]
    (info / "entry_points.txt").write_text("\n".join(["[gaitforge.stages]", *lines, ""]))
    monkeypatch.syspath_prepend(str(tmp_path))


def stages(**chosen):
    groups = [{"condition": "healthy", "subjects": 1}]
    return load_stages(CohortSpec.model_validate({"name": "x", "groups": groups, "stages": chosen}), film=False)


@pytest.mark.usefixtures("strollers")
def test_a_name_alone_means_the_stage_s_own_settings():
    assert stages(proposer="strollers").proposer.speed_mps == 1.0
    assert stages(proposer={"name": "strollers"}).proposer.speed_mps == 1.0


@pytest.mark.usefixtures("strollers")
def test_settings_reach_the_stage():
    chosen = {"name": "strollers", "settings": {"speed_mps": "1.3"}}
    assert stages(proposer=chosen).proposer.speed_mps == 1.3


def test_settings_reach_the_projection():
    """Those that are not named keep their values."""
    enforcer = load_stage("enforcer", "opensim", {"force": {"friction": 0.5}, "motion": {"looseness": 2}})
    usual = Settings()
    assert enforcer.settings.force.friction == 0.5
    assert enforcer.settings.force.effort == usual.force.effort
    assert enforcer.settings.motion.looseness == 2.0
    assert OpenSimEnforcer().settings == usual


@pytest.mark.usefixtures("strollers")
@pytest.mark.parametrize(
    ("role", "choice", "expected"),
    [
        ("enforcer", {"name": "opensim", "settings": {"force": {"frictoin": 0.5}}}, r"enforcer\.settings\.force\.frictoin: "),
        ("enforcer", {"name": "opensim", "settings": {"force": {"friction": "icy"}}}, r"settings\.force\.friction: .*'icy'"),
        ("enforcer", {"name": "opensim", "settings": {"gravity": 1.6}}, r"stages\.enforcer\.settings\.gravity: "),
        ("proposer", {"name": "diffusion", "settings": {"weight": "x"}}, r"stages\.proposer\.settings\.weight: "),
        ("body", {"name": "smplx", "settings": {"folder": "x"}}, r"stages\.body\.settings\.folder: "),
        ("proposer", {"name": "unsettled", "settings": {"speed_mps": 1}}, r"stages\.proposer\.settings: unsettled takes none"),
        ("proposer", "nobody", r"no proposer is called 'nobody'; installed: .*diffusion.*strollers"),
        ("proposer", "mute", r"stages\.proposer: stroller_plugin:Mute lacks a member of Proposer"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(role, choice, expected):
    with pytest.raises(SpecError, match=expected):
        stages(**{role: choice})


@pytest.mark.usefixtures("strollers")
def test_an_adapter_that_would_count_twice_is_refused():
    with pytest.raises(SpecError, match=r"stages\.adapter: effort would count .* twice: .* proposer diffusion"):
        stages(adapter="effort")
    chosen = stages(proposer="strollers", adapter={"name": "effort", "settings": {"keep_speed": True}})
    assert chosen.adapter is not None
