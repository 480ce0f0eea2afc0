"""Hair, beards, spectacles, headwear and signs of age."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from scipy.spatial import cKDTree

from engine.gait.records import Subject
from render.body.smplx_joints import JOINT
from render.figure.ageing import aged, folds
from render.figure.anatomy import Anatomy, face_place
from render.figure.beard import BEARDS, beard_density, make_beard
from render.figure.hair import make_hair
from render.figure.hair_cuts import HAIR_CUTS
from render.figure.headwear import HEADWEAR, Headwear, make_headwear
from render.figure.spectacles import SPECTACLES, Spectacles, make_spectacles
from render.people.appearance import draw_appearance
from render.people.people_section import read_people

_GREY = np.full(3, 0.3)
_STYLES = [name for name, cut in HAIR_CUTS.items() if cut is not None]


@pytest.fixture(scope="module")
def person(model, body) -> Anatomy:
    return Anatomy.of(model, body)


def _crowd(number: int = 200, **changes) -> list:
    adult = Subject("x", 30, "male", 1.77, 74.0)
    return [draw_appearance(replace(adult, appearance_seed=seed, **changes), read_people()) for seed in range(number)]


@pytest.mark.parametrize("style", _STYLES)
def test_no_hair_floats(person, style):
    """Every connected piece of hair begins on the scalp or in other hair, and hangs no further than its cut says."""
    cut = HAIR_CUTS[style]
    hair = make_hair(person, cut, np.random.default_rng(3))
    np.testing.assert_allclose(hair.weights.sum(axis=1), 1.0, atol=1e-6)
    distance, _ = cKDTree(person.vertices).query(hair.vertices)
    if not (cut.tail or cut.bun or cut.braids or cut.length):
        assert distance.max() < (1.7 * cut.volume + 0.35) * person.head_size
    lowest = person.eye_height - max(cut.length, 3.6 if cut.braids else 1.9) * person.head_size
    assert hair.vertices[:, 1].min() > lowest - 0.02 * person.stature
    faces_used = np.unique(hair.faces)
    assert len(faces_used) == len(hair.vertices)


def test_styles_differ(person):
    """The outlines of eight styles from the front differ by more than a tenth in height, width or length."""
    sizes = {}
    for style in ("buzz", "side_part", "afro", "bob", "long", "ponytail", "bun", "braids"):
        hair = make_hair(person, HAIR_CUTS[style], np.random.default_rng(3))
        sizes[style] = np.concatenate([hair.vertices.min(axis=0), hair.vertices.max(axis=0)]) / person.head_size
    names = list(sizes)
    for k, one in enumerate(names):
        for other in names[k + 1 :]:
            assert np.abs(sizes[one] - sizes[other]).max() > 0.1, (one, other)


def test_a_hat_presses_hair_flat(person):
    parts, hidden = make_headwear(person, Headwear("knitted_hat", _GREY))
    hat = cKDTree(parts[0].vertices)
    crown = person.vertices[:, 1].max() + 0.16 * person.head_size
    assert parts[0].vertices[:, 1].max() < crown
    flat = make_hair(person, HAIR_CUTS["afro"], np.random.default_rng(1), pressed=hidden.astype(float))
    full = make_hair(person, HAIR_CUTS["afro"], np.random.default_rng(1))
    assert flat.vertices[:, 1].max() < parts[0].vertices[:, 1].max() < full.vertices[:, 1].max()
    assert hat.n > 100


@pytest.mark.parametrize("kind", HEADWEAR)
def test_headwear_leaves_the_face_free(person, kind):
    _, hidden = make_headwear(person, Headwear(kind, _GREY))
    across, up, front = face_place(person)
    face = (across < 0.35) & (up > -0.8) & (up < 0.2) & (front > 0.5)
    assert hidden.any()
    assert not hidden[face].any()


@pytest.mark.parametrize("frame", list(SPECTACLES))
def test_spectacles_sit_before_the_eyes_and_follow_the_head(person, frame):
    parts = make_spectacles(person, Spectacles(*SPECTACLES[frame], _GREY))
    points = np.concatenate([part.vertices for part in parts])
    weights = np.concatenate([part.weights for part in parts])
    np.testing.assert_array_equal(weights[:, JOINT["head"]], 1.0)
    assert 0 < points[:, 2].max() - person.landmark("leye")[2] < 0.3 * person.head_size
    assert np.ptp(points[:, 0]) == pytest.approx(np.ptp([person.landmark(e)[0] for e in ("lear", "rear")]), rel=0.2)
    temples = np.concatenate([parts[k].vertices for k in (1, 3)])
    skull = (person.head > 0.5) & (person.regions["ears"] < 0.01)
    middle = temples[np.abs(temples[:, 2] - 0.5 * (temples[:, 2].min() + temples[:, 2].max())) < 0.01]
    near = skull & (np.abs(person.vertices[:, 1] - middle[:, 1].mean()) < 0.01)
    near &= np.abs(person.vertices[:, 2] - middle[:, 2].mean()) < 0.01
    assert np.abs(middle[:, 0]).min() > np.abs(person.vertices[near, 0]).max() - 2e-3


def test_beards_grow_on_the_lower_face_only(person):
    _, up, front = face_place(person)
    for name, beard in BEARDS.items():
        density = beard_density(person, beard)
        assert not density[(up > 0.1) | (front < 0)].any(), name
        assert density.max() <= 1
        assert (make_beard(person, beard) is None) == (beard.volume == 0)
    assert beard_density(person, BEARDS["full"]).sum() > beard_density(person, BEARDS["goatee"]).sum()


def test_signs_of_age_darken_folds_and_leave_the_young_alone(person):
    plain = np.full((len(person.vertices), 3), 0.4)
    np.testing.assert_array_equal(aged(person, plain, 0.0, np.random.default_rng(2)), plain)
    old = aged(person, plain, 1.0, np.random.default_rng(2))
    fold = folds(person)
    assert old[fold > 0.15].mean() < old[fold < 0.01].mean() - 0.02
    assert not fold[person.share("left_knee") > 0.5].any()


def test_age_brings_its_signs_and_spectacles():
    young, old = _crowd(age_years=25.0), _crowd(age_years=80.0)
    assert max(look.age_signs for look in young) == 0
    assert min(look.age_signs for look in old) > 0.4
    worn = [np.mean([look.spectacles is not None for look in looks]) for looks in (young, old)]
    assert worn[1] > worn[0] + 0.2


def test_many_styles_occur_for_both_sexes():
    names = {cut: name for name, cut in HAIR_CUTS.items()}
    for sex in ("female", "male"):
        styles = Counter(names[look.haircut] for look in _crowd(sex=sex))
        assert len(styles) >= 8
        assert max(styles.values()) < 100


def test_a_part_of_the_look_does_not_hang_on_another():
    """With the same seed, people of another sex and skin wear the same shoes."""
    shoes = [
        [look.footwear.cut for look in _crowd(40, **changes)] for changes in ({}, {"sex": "female", "skin_tone": 9})
    ]
    assert shoes[0] == shoes[1]


@pytest.mark.parametrize("style", ["ponytail", "bun", "braid", "braids", "long"])
def test_what_hangs_is_rooted_in_the_hair_of_the_head(person, style):
    """Some of every hanging piece lies within the thickness of a finger of the cap or under it."""
    cut = HAIR_CUTS[style]
    bare = replace(cut, tail=False, bun=False, braids=0, length=0.0)
    cap = make_hair(person, bare, np.random.default_rng(3))
    hair = make_hair(person, cut, np.random.default_rng(3))
    hung = hair.vertices[len(cap.vertices) :]
    pieces = np.split(hung, 2) if style == "braids" else [hung]
    for piece in pieces:
        distance, _ = cKDTree(cap.vertices).query(piece)
        assert distance.min() < 0.1 * person.head_size
