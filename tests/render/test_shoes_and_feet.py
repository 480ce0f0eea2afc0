"""Footwear and orthoses: what is worn stands on the floor, holds the foot and follows it."""

from dataclasses import replace

import numpy as np
import pytest

from engine.gait.records import Subject
from engine.people.conditions import load_card
from render.body.footwear import sole_thickness_m
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.figure.last import Last
from render.figure.orthoses import draw_orthosis, make_orthoses
from render.figure.shoe_cuts import SHOE_CUTS
from render.figure.shoes import Footwear, dress_feet, make_shoe
from render.people.head_and_feet import SOCKS_ONLY
from render.people.people_section import read_people

_GREY = np.full(3, 0.3)
_CLOSED = [name for name, cut in SHOE_CUTS.items() if not cut.open_toe]


def _wear(cut: str | None, sock: float | None = 0.3) -> Footwear:
    return Footwear(cut, _GREY, 0.5 * _GREY, 0.2 * _GREY, 2 * _GREY, sock, 0.7 * _GREY)


@pytest.fixture(scope="module")
def person(model, body) -> Anatomy:
    return Anatomy.of(model, body)


@pytest.mark.parametrize("cut", [*SHOE_CUTS, None])
def test_what_is_drawn_stands_on_the_floor(person, cut):
    """The lowest point of each foot is the sole's underside, which is as thick as poses reckon with; without shoes it is the skin."""
    wear = _wear(cut)
    floor = person.floor - (sole_thickness_m(person.stature) if cut else 0.0)
    parts, hidden = dress_feet(person, wear, np.zeros(len(person.vertices), bool))
    seen = person.vertices[~hidden]
    points = np.concatenate([part.vertices for part in parts] + ([seen] if cut is None else []))
    for sign in (1, -1):
        assert points[sign * points[:, 0] > 0, 1].min() == pytest.approx(floor, abs=2e-3)


@pytest.mark.parametrize("cut", list(SHOE_CUTS))
def test_soles_are_flat_from_heel_to_ball(person, cut):
    last = Last.of(person, "left")
    sole = make_shoe(person, last, SHOE_CUTS[cut], _wear(cut))[0].vertices
    local = (sole - last.origin) @ last.axes.T
    share = (local[:, 2] - last.heel) / last.length
    hollow = (share > 0.25) & (share < 0.6) if SHOE_CUTS[cut].waist else np.zeros(len(share), bool)
    tread = local[(local[:, 1] < -0.95 * last.thickness) & (share > 0.07) & (share < 0.8) & ~hollow]
    assert len(tread) > 30
    np.testing.assert_allclose(tread[:, 1], -last.thickness, atol=5e-4)


@pytest.mark.parametrize("cut", _CLOSED)
def test_a_shoe_holds_the_foot(person, cut):
    """Seen from above the bare foot lies inside the sole's outline, heel, toes and sides."""
    last = Last.of(person, "right")
    shape = SHOE_CUTS[cut]
    tread = last.tread(shape.room * last.length, shape.toe_room * last.length, shape.toe_width * last.length)
    turn = np.linspace(0, 2 * np.pi, 60)
    directions = np.stack([np.cos(turn), np.sin(turn)])
    low = last.foot[last.foot[:, 1] < 0.5 * last.ankle_height][:, [0, 2]]
    assert ((tread @ directions).max(axis=0) > (low @ directions).max(axis=0) - 1e-3).all()


@pytest.mark.parametrize("cut", list(SHOE_CUTS))
def test_shoes_bend_at_the_ball_and_go_with_their_own_leg(person, cut):
    for part in make_shoe(person, Last.of(person, "left"), SHOE_CUTS[cut], _wear(cut)):
        np.testing.assert_allclose(part.weights.sum(axis=1), 1.0, atol=1e-9)
        others = np.delete(part.weights, [JOINT[f"left_{name}"] for name in ("knee", "ankle", "foot")], axis=1)
        assert not others.any()
    sole = make_shoe(person, Last.of(person, "left"), SHOE_CUTS[cut], _wear(cut))[0]
    heel, toe = sole.vertices[:, 2].argmin(), sole.vertices[:, 2].argmax()
    assert sole.weights[heel, JOINT["left_ankle"]] == 1.0
    assert sole.weights[toe, JOINT["left_foot"]] == 1.0


def test_socks_cover_the_skin_that_they_hide(person):
    parts, hidden = dress_feet(person, _wear("trainer", sock=0.4), np.zeros(len(person.vertices), bool))
    top = max(part.vertices[:, 1].max() for part in parts if part.name == "sock")
    knee, ankle = person.joint("left_knee")[1], person.joint("left_ankle")[1]
    assert top == pytest.approx(ankle + 0.4 * (knee - ankle), abs=4e-3)
    assert person.vertices[hidden, 1].max() < top


def test_of_a_sock_under_trousers_only_the_foot_is_drawn(person):
    covers = person.vertices[:, 1] > person.joint("left_ankle")[1] + 0.02 * person.stature
    parts, _ = dress_feet(person, _wear("trainer", sock=0.9), covers)
    top = max(part.vertices[:, 1].max() for part in parts if part.name == "sock")
    assert top < person.joint("left_ankle")[1] + 0.04 * person.stature


def test_every_kind_of_footwear_is_drawn_and_sandals_and_bare_feet_have_no_socks():
    section = read_people().footwear
    wears = [
        section.draw(Subject("x", age, "female", 1.6, 60.0), np.random.default_rng(seed), braced=False)
        for age in (8.0, 30.0, 75.0)
        for seed in range(150)
    ]
    assert {wear.cut for wear in wears} == {*SHOE_CUTS, None}
    assert all(wear.sock is None for wear in wears if wear.cut == "sandal")
    assert SOCKS_ONLY in section.kinds[0].odds
    assert any(wear.cut is None and wear.sock is not None for wear in wears)


def test_orthoses_are_worn_as_often_as_the_card_says_and_on_the_affected_leg():
    subject = Subject("x", 62, "male", 1.75, 80.0, condition=load_card("stroke"), severity=1.0, side="left")
    share = next(use.at(1.0) for use in subject.condition.aids if use.kind == "afo")
    rng = np.random.default_rng(4)
    drawn = [draw_orthosis(subject, rng) for _ in range(400)]
    assert set(drawn) == {"none", "afo_left"}
    assert drawn.count("afo_left") / 400 == pytest.approx(share, abs=0.08)
    both = [draw_orthosis(replace(subject, side="both"), rng) for _ in range(50)]
    assert set(both) == {"none", "afo_both"}
    assert draw_orthosis(subject.without_burdens(), rng) == "none"


def test_an_orthosis_lies_behind_the_shank_and_clothes_hide_it(person):
    nothing = np.zeros(len(person.vertices), bool)
    shell = make_orthoses(person, "afo_right", nothing)[0]
    knee, ankle = person.joint("right_knee"), person.joint("right_ankle")
    calf = shell.vertices[shell.vertices[:, 1] > ankle[1] + 0.05]
    assert calf[:, 1].max() < knee[1]
    assert (calf[:, 0] < 0).all()
    assert calf[:, 2].mean() < 0.5 * (knee[2] + ankle[2])
    high = shell.vertices[:, 1] > 0.5 * (knee[1] + ankle[1])
    np.testing.assert_allclose(shell.weights[high, JOINT["right_knee"]], 1.0)
    assert make_orthoses(person, "afo_right", ~nothing) == []
    assert make_orthoses(person, "none", nothing) == []


@pytest.mark.parametrize("cut", list(SHOE_CUTS))
def test_faces_of_shoes_look_outward(person, cut):
    """Sole, upper and rim or bands each span a positive volume; pieces that look inward would not be drawn."""
    for part in make_shoe(person, Last.of(person, "left"), SHOE_CUTS[cut], _wear(cut))[:3]:
        a, b, c = np.moveaxis(part.vertices[part.faces] - part.vertices.mean(axis=0), 1, 0)
        assert np.einsum("fi,fi->", a, np.cross(b, c)) > 0
