"""Age pyramids: the shipped ones, inline ones and files."""

from itertools import pairwise

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from engine.core.yaml_files import read_yaml
from engine.population.pyramid import AgePyramid, Ages, pyramids_folder, read_pyramid

SHIPPED = sorted(path.stem for path in pyramids_folder().glob("*.yaml"))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_pyramids_cover_all_ages_and_name_their_source(name, tmp_path):
    bands = read_pyramid(name, tmp_path)
    assert bands[0].start == 2
    assert bands[-1].to == 100
    assert all(one.to == following.start for one, following in pairwise(bands))
    assert "United Nations" in read_yaml(pyramids_folder() / f"{name}.yaml")["source"]


def test_the_shipped_pyramids_tell_what_is_known_of_them():
    """Share aged 65 and over in 2020: 28 % in Japan, 9 % in the world; most old people are women."""
    old = {name: AgePyramid(pyramid=name, min=65) for name in SHIPPED}
    shares = {
        name: sum(b.weight for b in p.bands) / sum(b.weight for b in AgePyramid(pyramid=name).bands)
        for name, p in old.items()
    }
    assert shares["japan_2020"] == pytest.approx(0.29, abs=0.01)
    assert shares["world_2020"] == pytest.approx(0.097, abs=0.005)
    for pyramid in old.values():
        assert pyramid.sexes(len(pyramid.bands) - 1).female > 0.7


def test_a_pyramid_is_cut_evenly_within_its_bands():
    pyramid = AgePyramid(pyramid=[{"from": 10, "to": 20, "share": 1}, {"from": 20, "to": 40, "share": 3}], max=30)
    assert pyramid.shares == pytest.approx((0.4, 0.6))
    assert pyramid.extent() == (10, 30)


def test_ages_lie_in_their_band(rng):
    pyramid = AgePyramid(pyramid="world_2020")
    for part, band in enumerate(pyramid.bands):
        ages = [pyramid.draw(part, 0, rng) for _ in range(20)]
        assert band.start <= min(ages) <= max(ages) < band.to


def test_a_pyramid_survives_being_written_down():
    pyramid = AgePyramid(pyramid="usa_2020", min=18)
    assert TypeAdapter(Ages).validate_python(pyramid.model_dump(mode="json")) == pyramid


@pytest.mark.parametrize(
    ("bands", "expected"),
    [
        ([{"from": 10, "to": 5, "share": 1}], "from 10 must lie below to 5"),
        ([{"from": 10, "to": 20}], "give either share, or both female and male"),
        ([{"from": 10, "to": 20, "female": 1}], "give either share, or both female and male"),
        ([{"from": 10, "to": 20, "share": 1}, {"from": 15, "to": 30, "share": 1}], "begins before"),
        ([{"from": 10, "to": 20, "share": 0}], "nobody is left"),
        ([{"from": 10, "to": 20, "share": 1}, {"from": 20, "to": 30, "female": 1, "male": 1}], "every band tells"),
    ],
)
def test_what_is_wrong_is_said(bands, expected):
    with pytest.raises(ValidationError, match=expected):
        AgePyramid(pyramid=bands)


def test_shares_of_bands_are_normalised():
    assert sum(AgePyramid(pyramid="japan_2020").shares) == pytest.approx(1)
    assert np.argmax(AgePyramid(pyramid="japan_2020").shares) == 9, "the largest band is 45 to 49"
