"""Stages by name and with settings: what a spec says reaches the stage that it names, or is refused by field."""

import pickle
from pathlib import Path

import pytest

from engine.core.errors import SpecError
from engine.physics.settings import Settings
from engine.population.spec import CohortSpec, load_spec
from engine.roles.enforcer import OpenSimEnforcer
from engine.run.identity import identity
from engine.run.make_subject import load_stages
from engine.stages import load_stage

PLUGIN = """
from dataclasses import dataclass

from engine.core.yaml_files import PathBeside

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

@dataclass(frozen=True)
class Shoes:
    pair: PathBeside | None = None
    colour: str = "red"

class Shod(Strollers):
    Settings = Shoes

    def __init__(self, pair=None, colour="red"):
        self.pair = pair

    def fingerprint(self):
        return self.pair.read_text()

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
    names = {"strollers": "Strollers", "shod": "Shod", "unsettled": "Unsettled", "mute": "Mute"}
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
        ("enforcer", {"name": "opensim", "settings": {"force": {"effort": -5}}}, r"settings\.force: effort: -5, must be .*positive"),
        ("enforcer", {"name": "opensim", "settings": {"force": {"friction": 0}}}, r"settings\.force: friction: 0, must be"),
        ("enforcer", {"name": "opensim", "settings": {"force": {"leg_pain": -1}}}, r"force: leg_pain: -1, must be .*not negative"),
        ("enforcer", {"name": "opensim", "settings": {"force": {"least_activation": 1}}}, r"least_activation: 1, must be below 1"),
        ("enforcer", {"name": "opensim", "settings": {"motion": {"angle_rad": float("nan")}}}, r"settings\.motion: angle_rad: nan"),
        ("enforcer", {"name": "opensim", "settings": {"motion": {"sink_m": float("inf")}}}, r"settings\.motion: sink_m: inf"),
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


@pytest.mark.usefixtures("strollers")
def test_paths_in_settings_are_relative_to_the_spec_and_known_by_content(tmp_path, monkeypatch):
    """Wherever the command runs; what lies there makes the cohort, not the name of the place."""

    def marks(folder, file, content):
        (tmp_path / folder).mkdir(exist_ok=True)
        (tmp_path / folder / file).write_text(content)
        shoes = f"{{name: shod, settings: {{pair: {file}, colour: blue}}}}"
        text = f"name: x\nstages: {{proposer: {shoes}}}\ngroups: [{{condition: healthy, subjects: 1}}]\n"
        (tmp_path / folder / "spec.yaml").write_text(text)
        monkeypatch.chdir(tmp_path)
        spec = pickle.loads(pickle.dumps(load_spec(Path(folder) / "spec.yaml")))
        monkeypatch.chdir("/")
        return identity(spec, load_stages(spec, film=False))

    one = marks("one", "pair.txt", "boots")
    assert one["proposer"] == "boots"
    assert one["spec"]["stages"]["proposer"] == {"name": "shod", "settings": {"colour": "blue"}}
    assert marks("two", "other.txt", "boots") == one
    assert marks("three", "pair.txt", "sandals") != one
    here, there = (load_spec(tmp_path / folder / "spec.yaml").stages for folder in ("one", "three"))
    assert here.proposer != there.proposer
    assert here == load_spec(tmp_path / "one" / "spec.yaml").stages
