"""Which clothes are drawn for whom, and how cloth is coloured."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from engine.core.yaml_files import configs_folder, read_yaml
from engine.gait.records import Subject
from render.figure.anatomy import Anatomy
from render.figure.garments.dye import PATTERNS, Fabric, dye
from render.figure.garments.outfit import put_on
from render.figure.garments.tops import TopCut, make_top
from render.figure.garments.tube import Fall
from render.figure.part import Material
from render.people.clothes import ClothesSection

_ADULT = Subject("x", 30, "male", 1.77, 74.0)
_RED, _WHITE = (0.5, 0.05, 0.05), (0.8, 0.8, 0.8)


@pytest.fixture(scope="module")
def settings() -> dict:
    return read_yaml(configs_folder() / "render" / "people.yaml")["clothes"]


@pytest.fixture(scope="module")
def clothes(settings) -> ClothesSection:
    return ClothesSection.model_validate(settings)


@pytest.fixture(scope="module")
def person(model, body) -> Anatomy:
    return Anatomy.of(model, body)


def _crowd(clothes: ClothesSection, **changes) -> list:
    subject = replace(_ADULT, **changes)
    return [clothes.draw(subject, np.random.default_rng(seed)) for seed in range(200)]


def test_everybody_finds_clothes(clothes):
    for age in (2, 5, 12.9, 13, 17, 45, 60, 90):
        for sex in ("female", "male"):
            assert clothes.draw(replace(_ADULT, age_years=age, sex=sex), np.random.default_rng(0))


def test_the_same_seed_draws_the_same_outfit(clothes):
    assert _crowd(clothes) == _crowd(clothes)
    assert len(set(_crowd(clothes))) == 200


def test_odds_are_kept(clothes):
    """Men between 18 and 60 in trousers of denim: the share that the file's odds imply, within three standard deviations."""
    fitting = [style for style in clothes.styles.values() if style.suits(_ADULT)]
    total = sum(style.odds for style in fitting)
    expected = sum(
        style.odds / total * style.bottoms.get("jeans", 0) / sum(style.bottoms.values()) for style in fitting
    )
    drawn = Counter(outfit.bottom_fabric.material == Material.DENIM for outfit in _crowd(clothes))[True] / 200
    assert abs(drawn - expected) < 3 * np.sqrt(expected * (1 - expected) / 200)


def test_only_women_and_girls_draw_skirts(clothes):
    assert not any(type(outfit.bottom).__name__ == "SkirtCut" for outfit in _crowd(clothes))
    assert any(type(outfit.bottom).__name__ == "SkirtCut" for outfit in _crowd(clothes, sex="female"))


@pytest.mark.parametrize(
    ("field", "value"),
    [("repaint", {"everyday": "neon"}), ("tops", {"toga": 1}), ("bottoms", {"kilt": 1})],
)
def test_unknown_names_are_refused(settings, field, value):
    styles = settings["styles"] | {"play": settings["styles"]["play"] | {field: value}}
    with pytest.raises(
        ValidationError, match=f"{field}: there is no {next(iter(value.values() if field == 'repaint' else value))}"
    ):
        ClothesSection.model_validate({**settings, "styles": styles})


@pytest.mark.parametrize("pattern", PATTERNS)
def test_patterns_are_sharp_and_keep_the_surface(person, pattern):
    """Outside a blur of millimetres every triangle has one colour of the fabric."""
    cut = TopCut(0.7, 0.0075, 0.12, Fall(0.035, 0.0075, -0.02, 0.002), 0.015, "none", "closed")
    sheet = make_top(person, cut, np.zeros((0, 3)), np.random.default_rng(0)).sheet
    part = dye(person, sheet, Fabric(_RED, _WHITE, pattern, 0.06, 0.0, Material.CLOTH, 0.9), [], "top")
    corners = part.colours[part.faces]
    even = np.ptp(corners, axis=1).max(axis=1) < 1e-6
    areas = [
        _areas(vertices, faces) for vertices, faces in ((part.vertices, part.faces), (sheet.vertices, sheet.faces))
    ]
    assert areas[0].sum() == pytest.approx(areas[1].sum(), rel=1e-6)
    assert areas[0][even].sum() > (0.7 if pattern == "check" else 0.78) * areas[0].sum()
    if pattern not in ("plain", "side_stripe"):
        lightest = np.subtract(_WHITE, 0.25 * np.subtract(_WHITE, _RED) * (pattern == "check"))
        white = np.isclose(corners, lightest).all(axis=(1, 2))
        assert 0.005 < areas[0][white].sum() / areas[0].sum() < 0.7


@pytest.mark.parametrize("pitch", [0.034, 0.036, 0.04])
def test_stripes_cover_half_and_are_straight(person, pitch):
    cut = TopCut(0.7, 0.0075, 0.12, Fall(0.035, 0.0075, -0.02, 0.002), 0.015, "none", "closed")
    sheet = make_top(person, cut, np.zeros((0, 3)), np.random.default_rng(0)).sheet
    part = dye(person, sheet, Fabric(_RED, _WHITE, "stripes", pitch, 0.0, Material.CLOTH, 0.9), [], "top")
    areas = _areas(part.vertices, part.faces)
    lightness = (part.colours[part.faces].mean(axis=1)[:, 1] - 0.05) / 0.75
    assert (areas * lightness).sum() / areas.sum() == pytest.approx(0.5, abs=0.06)
    middles = part.vertices[part.faces].mean(axis=1)
    into = 0.25 - np.abs(middles[:, 1] / (pitch * person.stature) % 1 - 0.5)
    trunk = np.abs(middles[:, 0]) < 0.85 * person.joint("left_shoulder")[0]
    inside = trunk & (np.abs(into) > 0.06)
    np.testing.assert_array_equal(lightness[inside] > 0.5, into[inside] > 0)


def test_an_outfit_is_put_on_the_same_way_twice(clothes, person):
    outfit = next(o for o in _crowd(clothes) if o.top.front == "buttons" and o.bottom is not None)
    one, two = (put_on(person, outfit, np.random.default_rng(4)) for _ in range(2))
    assert [part.name for part in one.parts] == ["top", "button", "bottom"]
    for a, b in zip(one.parts, two.parts, strict=True):
        np.testing.assert_array_equal(a.vertices, b.vertices)
        np.testing.assert_allclose(a.weights.sum(axis=1), 1.0, atol=1e-9)


def _areas(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    a, b, c = (points[faces[:, k]] for k in range(3))
    return 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
