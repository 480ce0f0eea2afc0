"""Walking aids: the hand is on the handle, the tip stands still, wheels roll, and nothing but arms and hands moves."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from engine.core.conventions import COORDINATE_INDEX, SMPLX_JOINTS
from engine.core.errors import DataError
from engine.gait.records import Subject
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from render.aids.aid_parts import aid_parts, carry, rest_place
from render.aids.arm import arm_lengths, bend_chain, elbow_flexion
from render.aids.cane import CUFF_AT, forearm_way, handle_place
from render.aids.fit import fit_aid
from render.aids.rollator import WHEEL_RADIUS, handle_places, wheel_places
from render.aids.steps import foot_swings
from render.aids.use import use_aid
from render.body.placement import pose_walk
from render.body.smplx_joints import JOINT
from render.figure.anatomy import Anatomy
from render.people.aid import Aid, choose_aid
from render.people.figure import Figure
from tests.render.conftest import SPEED_MPS, STRIDE_S, walking_coordinates

FPS = 30.0
BOTH = ("left", "right")
AIDS = [
    Aid("cane", ("right",), "wood"),
    Aid("cane", ("left",)),
    Aid("crutch", ("left",)),
    Aid("crutches", BOTH),
    Aid("rollator", BOTH, "dark"),
]
NAMES = [f"{aid.kind}_{'_'.join(aid.hands)}" for aid in AIDS]


@pytest.fixture(scope="module")
def person(model, body) -> Anatomy:
    return Anatomy.of(model, body)


@pytest.fixture(scope="module")
def walked(model, body):
    """Three strides at two thirds of the test walk's speed: people with aids walk slowly."""
    time = np.arange(0, 3.3, 1 / FPS)
    q = walking_coordinates(time, body)
    q[:, COORDINATE_INDEX["pelvis_tx"]] *= 2 / 3
    return pose_walk(model, body, q)


@pytest.fixture(scope="module")
def used(person, walked):
    return {name: (aid, *use_aid(aid, person, walked, FPS)) for name, aid in zip(NAMES, AIDS, strict=True)}


def moved(transforms: np.ndarray, body: int, person: Anatomy, point: np.ndarray) -> np.ndarray:
    """A point given in the axes of one of the aid's bodies, in the world ``(F, 3)``."""
    turn, shift = transforms[:, body, :, :3], transforms[:, body, :, 3]
    return turn @ (rest_place(person) + point) + shift


@pytest.mark.parametrize("name", NAMES)
def test_hands_are_on_the_handles(name, used, person):
    aid, pose, transforms = used[name]
    joints = pose.joints(person.joints)
    for k, side in enumerate(aid.hands):
        fit = fit_aid(person, side)
        rollator = aid.kind == "rollator"
        place = handle_places(fit)[side] if rollator else handle_place(fit, aid.kind)
        handle = moved(transforms, 0 if rollator else k, person, place)
        wrist = JOINT[f"{side}_wrist"]
        palm = joints[:, wrist] + pose.rotations[:, wrist] @ fit.grip.palm
        assert np.linalg.norm(palm - handle, axis=1).max() < 0.002


@pytest.mark.parametrize("name", NAMES)
def test_arms_bend_as_arms_do_and_never_jump(name, used, person):
    aid, pose, _ = used[name]
    local = pose.local_rotations()
    for side in aid.hands:
        flexion = np.degrees(elbow_flexion(pose, person.joints, side))
        assert flexion.min() > 2
        assert flexion.max() < 100
        for joint in ("shoulder", "elbow", "wrist"):
            turns = local[:, JOINT[f"{side}_{joint}"]]
            speed = Rotation.from_matrix(np.swapaxes(turns[:-1], 1, 2) @ turns[1:]).magnitude() * FPS
            assert np.degrees(speed).max() < 600
        wrist = local[:, JOINT[f"{side}_wrist"]]
        assert np.degrees(Rotation.from_matrix(wrist).magnitude()).max() < 75


@pytest.mark.parametrize("name", NAMES)
def test_only_arms_that_hold_something_change(name, used, walked):
    aid, pose, _ = used[name]
    np.testing.assert_array_equal(pose.pelvis, walked.pelvis)
    arms = {f"{side}_{joint}" for side in aid.hands for joint in ("shoulder", "elbow", "wrist")}
    hands = tuple(f"{side}_{finger}" for side in aid.hands for finger in ("thumb", "index", "middle", "ring", "pinky"))
    for joint in SMPLX_JOINTS:
        same = np.array_equal(pose.rotations[:, JOINT[joint]], walked.rotations[:, JOINT[joint]])
        assert same != (joint in arms or joint.startswith(hands)), joint


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith("rollator")])
def test_tips_stand_still_or_swing_over_the_floor(name, used, person):
    aid, _, transforms = used[name]
    for k in range(len(aid.hands)):
        tip = moved(transforms, k, person, np.zeros(3))
        down = tip[:, 1] < 1e-9
        still = down[1:] & down[:-1]
        assert np.linalg.norm(np.diff(tip, axis=0)[still], axis=1).max() < 1e-5
        assert 0.35 < down.mean() < 0.8
        assert (tip[:, 1] > -1e-12).all()
        assert 0.01 < tip[:, 1].max() < 0.06
        assert (np.diff(tip[:, 2]) > -2e-4).all()


def test_the_cane_lands_with_the_opposite_foot(used, person, walked):
    _, _, transforms = used["cane_right"]
    tip = moved(transforms, 0, person, np.zeros(3))
    down = tip[:, 1] < 1e-9
    landings = np.flatnonzero(down[1:] & ~down[:-1]) + 1
    swings = foot_swings(walked.joints(person.joints), "left", FPS)
    seen = swings.landings[swings.seen]
    assert np.abs(landings[:, None] - seen[None]).min(axis=0).max() <= 2
    assert (tip[:, 0] < walked.pelvis[:, 0] - 0.15).all()


def test_steps_have_the_rhythm_of_the_walk(person, walked):
    joints = walked.joints(person.joints)
    left, right = (foot_swings(joints, side, FPS) for side in BOTH)
    for swings in (left, right):
        assert swings.stride == pytest.approx(STRIDE_S * FPS, abs=1)
        assert (swings.landings > swings.lifts).all()
        assert swings.landings[0] < 0
        assert swings.lifts[-1] > len(joints) - 1
    apart = (left.landings[left.seen][0] - right.landings[right.seen][0]) / (STRIDE_S * FPS)
    assert apart % 1 == pytest.approx(0.5, abs=0.06)


def test_no_steps_no_aid(person, walked):
    with pytest.raises(DataError, match="no whole step"):
        use_aid(AIDS[0], person, walked.frame(0), FPS)


def test_forearms_lie_in_the_cuffs(used, person):
    aid, pose, transforms = used["crutches_left_right"]
    joints = pose.joints(person.joints)
    for k, side in enumerate(aid.hands):
        fit = fit_aid(person, side)
        cuff = moved(
            transforms, k, person, handle_place(fit, "crutch") + fit.grip.wrist + CUFF_AT * fit.fore * forearm_way()
        )
        wrist, elbow = joints[:, JOINT[f"{side}_wrist"]], joints[:, JOINT[f"{side}_elbow"]]
        assert np.linalg.norm(wrist + CUFF_AT * (elbow - wrist) - cuff, axis=1).max() < 0.004


def test_wheels_roll_without_slipping(used, person):
    _, _, transforms = used["rollator_left_right"]
    fit = fit_aid(person, "left")
    radius = WHEEL_RADIUS * fit.stature
    frame = moved(transforms, 0, person, np.zeros(3))
    np.testing.assert_allclose(frame[:, 1], 0, atol=1e-12)
    assert (np.diff(frame[:, 2]) * FPS > 0.5 * SPEED_MPS * 2 / 3).all()
    for k, place in enumerate(wheel_places(fit), start=1):
        hub = moved(transforms, k, person, np.zeros(3))
        np.testing.assert_allclose(hub - frame, np.tile(place, (len(hub), 1)), atol=1e-12)
        np.testing.assert_allclose(hub[:, 1], radius, atol=1e-12)
        spin = Rotation.from_matrix(np.swapaxes(transforms[:-1, k, :, :3], 1, 2) @ transforms[1:, k, :, :3]).as_rotvec()
        np.testing.assert_allclose(spin[:, 0] * radius, np.diff(hub[:, 2]), atol=1e-9)


@pytest.mark.parametrize("side", BOTH)
def test_handles_suit_the_person(side, person):
    """At the crease of the wrist, 0.485 of stature in Drillis and Contini's table; fingers around the handle, not through it."""
    fit = fit_aid(person, side)
    assert 0.44 < fit.handle / person.stature < 0.52
    away = person.joint(f"{side}_middle3") - person.joint(f"{side}_middle2")
    place = person.joint(f"{side}_middle1") - person.joint(f"{side}_wrist")
    for k in (1, 2):
        bone = person.joint(f"{side}_middle{k + 1}") - person.joint(f"{side}_middle{k}")
        place = place + fit.grip.fingers[f"{side}_middle{k}"] @ bone
    tip = place + 0.8 * fit.grip.fingers[f"{side}_middle3"] @ away
    for point in (place, tip):
        distance = np.linalg.norm((point - fit.grip.palm)[:2])
        assert fit.grip.radius < distance < 3.5 * fit.grip.radius
    assert tip[1] < fit.grip.palm[1]


def test_bending_a_chain_keeps_its_bones():
    rng = np.random.default_rng(5)
    start, end, pole = rng.standard_normal((3, 20, 3))
    end = start + 0.4 * (end - start) / np.linalg.norm(end - start, axis=1, keepdims=True)
    middle = bend_chain(start, end, 0.3, 0.25, pole)
    np.testing.assert_allclose(np.linalg.norm(middle - start, axis=1), 0.3)
    np.testing.assert_allclose(np.linalg.norm(end - middle, axis=1), 0.25)
    assert (((middle - start) * pole).sum(1) > ((end - start) * pole).sum(1) * 0.3 / 0.4 - 0.3).all()


@pytest.mark.parametrize("name", NAMES)
def test_parts_are_closed_rigid_and_of_the_right_size(name, used, person):
    aid, _, transforms = used[name]
    bodies = transforms.shape[1]
    height = 0.0
    for part in aid_parts(aid, person):
        assert part.weights.shape == (len(part.vertices), len(SMPLX_JOINTS) + bodies)
        np.testing.assert_array_equal(part.weights.max(axis=1), 1)
        np.testing.assert_array_equal(part.weights[:, : len(SMPLX_JOINTS)], 0)
        a, b, c = (part.vertices[part.faces[:, k]] for k in range(3))
        assert np.einsum("na,na->n", a - part.vertices.mean(0), np.cross(b - a, c - a)).sum() > 0, part.name
        height = max(height, part.vertices[:, 1].max() - person.floor)
    assert 0.4 < height / person.stature < 0.75


def test_a_carried_aid_moves_with_its_own_transforms(person, used):
    aid, pose, transforms = used["cane_right"]
    n = len(person.vertices)
    skin = Figure(
        joints=person.joints,
        vertices=person.vertices.astype(np.float32),
        normals=np.ones((n, 3), np.float32),
        weights=person.weights.astype(np.float32),
        faces=person.faces,
        colours=np.ones((n, 4), np.float32),
        grain=np.zeros((n, 2), np.float32),
        surface=np.zeros((n, 2), np.float32),
    )
    figure = carry(skin, aid_parts(aid, person), person.stature)
    both = np.concatenate([pose.transforms(person.joints), transforms], axis=1)[10]
    vertices, _ = figure.posed(both)
    alone, _ = skin.posed(both[: len(SMPLX_JOINTS)])
    np.testing.assert_allclose(vertices[:n], alone, atol=1e-5)
    assert vertices[n:, 1].min() == pytest.approx(moved(transforms, 0, person, np.zeros(3))[10, 1], abs=0.005)


def subject_with(condition: str, severity: float, side: str) -> Subject:
    return Subject("s", 68, "male", 1.75, 75.0, load_card(condition), severity, side)


def test_aids_are_drawn_as_often_as_the_card_says():
    card, rng = load_card("parkinson"), np.random.default_rng(3)
    drawn = [choose_aid(subject_with("parkinson", 0.75, "left"), rng) for _ in range(2000)]
    for use in card.aids:
        share = np.mean([aid is not None and aid.kind == use.kind for aid in drawn])
        assert share == pytest.approx(use.at(0.75), abs=0.04)
    canes = {aid.hands for aid in drawn if aid is not None and aid.kind == "cane"}
    assert canes == {("right",)}
    assert choose_aid(subject_with("parkinson", 0.0, "left"), rng) is None


def test_the_most_supporting_aid_is_taken():
    always = load_card("stroke").model_copy(
        update={"aids": tuple(use.model_copy(update={"share": {0.5: 1.0}}) for use in load_card("stroke").aids)}
    )
    frail = load_card("frailty")
    rolling = frail.model_copy(update={"aids": (frail.aids[1].model_copy(update={"share": {0.5: 1.0}}),)})
    subject = Subject("s", 68, "male", 1.75, 75.0, always, 0.5, "right", modifiers=(Burden(rolling, 0.5),))
    chosen = choose_aid(subject, np.random.default_rng(0))
    assert chosen is not None
    assert (chosen.kind, chosen.hands) == ("rollator", BOTH)


def test_a_cane_has_one_hand():
    with pytest.raises(ValueError, match="hands"):
        Aid("cane", BOTH)


def test_arm_lengths_are_those_of_the_skeleton(person):
    upper, fore = arm_lengths(person.joints, "left")
    assert 0.12 < upper / person.stature < 0.21
    assert 0.1 < fore / person.stature < 0.19
