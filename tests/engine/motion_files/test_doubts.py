"""Inputs that physics would accept although a number is wrong: the doubt names the better number."""

import json
import re

import pytest
from norm_gait import ADULT, CHILD, norm_proposal
from recorded import recording
from test_enforce_motion import file_of
from typer.testing import CliRunner

from engine.commands import app
from engine.core.conventions import COORDINATE_INDEX
from engine.core.errors import DataError
from engine.gait.recording import Recording
from engine.tools.motion_files.belt_walk import on_the_ground
from engine.tools.motion_files.doubts import SLIDE_MPS, doubts
from engine.tools.motion_files.person import Description, make_person
from engine.tools.motion_files.standing_feet import standing_feet
from engine.tools.motion_files.typical_stride import typical_stride
from engine.tools.motion_files.walking import as_walking

TX, TY = COORDINATE_INDEX["pelvis_tx"], COORDINATE_INDEX["pelvis_ty"]


@pytest.fixture(params=["adult", "child"])
def walker(request):
    """Somebody and a cycle of theirs in which feet stand still."""
    if request.param == "adult":
        return ADULT, request.getfixturevalue("gait").cycle
    return CHILD, norm_proposal(CHILD)[0].cycle


def walked(cycle, *, speed=1.0, rise_m=0.0):
    """A recording whose way is scaled by ``speed`` and whose floor lies ``rise_m`` higher."""
    made = recording(cycle, 2.4)
    q = made.q.copy()
    q[:, TX] *= speed
    q[:, TY] += rise_m
    return Recording("made", made.time, q)


def doubted(recorded, subject, *, height_m=None, belt_mps=0.0, own_model=False):
    height = height_m or subject.height_m
    who = make_person(Description("x", subject.age_years, subject.sex, height, 25.0 * height**2 * 0.8))
    body = who.embodied.body
    cycle = typical_stride(on_the_ground(recorded, belt_mps)).cycle
    feet = standing_feet(as_walking("made", cycle, body), body)
    told = None if own_model else height
    return doubts(feet, cycle.speed_mps, body.leg_length_m, belt_mps=belt_mps, height_m=told)


def number_after(word, sentence):
    return float(re.search(rf"{word}\D*?(\d+\.\d+)", sentence).group(1))


def test_a_recording_that_is_right_is_not_doubted(walker):
    subject, cycle = walker
    assert doubted(walked(cycle), subject) == ()


@pytest.mark.parametrize("factor", [0.7, 0.8, 1.25, 1.4])
def test_a_way_of_another_scale_is_doubted_and_the_speed_of_the_legs_named(walker, factor):
    subject, cycle = walker
    (doubt,) = doubted(walked(cycle, speed=factor), subject)
    assert ("backwards" if factor < 1 else "forwards") in doubt
    assert number_after("the legs walk at", doubt) == pytest.approx(cycle.speed_mps, abs=SLIDE_MPS)


@pytest.mark.parametrize("told", [0.9, 1.7])
def test_a_wrong_belt_speed_is_doubted_and_the_right_one_named(gait, told):
    over_ground, speed = walked(gait.cycle), gait.cycle.speed_mps
    q = over_ground.q.copy()
    q[:, TX] -= speed * (over_ground.time - over_ground.time[0])
    (doubt,) = doubted(Recording("made", over_ground.time, q), ADULT, belt_mps=told)
    assert number_after("the belt ran at", doubt) == pytest.approx(speed, rel=0.05)


@pytest.mark.parametrize("told", [0.85, 1.18])
def test_a_wrong_stature_is_doubted_once_and_the_right_one_named(gait, told):
    """Legs of another length make feet slide as well; the stature explains both."""
    (doubt,) = doubted(walked(gait.cycle), ADULT, height_m=told * ADULT.height_m)
    assert number_after("a stature of about", doubt) == pytest.approx(ADULT.height_m, rel=0.05)


def test_a_floor_at_another_height_is_a_possible_reason_too(gait):
    (doubt,) = doubted(walked(gait.cycle, rise_m=0.3), ADULT)
    assert "the floor of the recording lies at 0.3" in doubt
    (doubt,) = doubted(walked(gait.cycle, rise_m=0.3), ADULT, own_model=True)
    assert "--height" not in doubt
    assert "model's legs" in doubt


def test_the_command_tells_doubts_of_what_it_accepts(tmp_path, gait):
    motion = file_of(walked(gait.cycle, speed=0.8), tmp_path / "slow.mot")
    told = ["--height", str(ADULT.height_m), "--mass", str(ADULT.mass_kg), "--sex", "male", "--strides", "2"]
    result = CliRunner().invoke(app, ["enforce", str(motion), *told, "-o", str(tmp_path / "out")])
    assert result.exit_code == 0, result.output
    assert "Accepted, but look at the doubts" in result.output
    assert "standing feet slide backwards" in result.output
    written = json.loads((tmp_path / "out" / "enforced.json").read_text())
    assert len(written["motion"]["doubts"]) == 1
    assert written["motion"]["standing_feet"]["slide_mps"] < -0.15


@pytest.mark.parametrize(("unit", "size"), [("inches", 1 / 0.0254), ("centimetres", 100), ("millimetres", 1000)])
def test_positions_in_another_unit_are_named(gait, unit, size):
    with pytest.raises(DataError, match=rf"is not walking for legs of .*positions in {unit}\?"):
        doubted(walked(gait.cycle, speed=size), ADULT)
