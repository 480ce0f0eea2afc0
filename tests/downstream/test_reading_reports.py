"""A reading as JSON, tables and a page."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from benchmarks.stick_walks import StickWalk, film
from downstream.readings.derived_numbers import derived_numbers
from downstream.readings.gait_reading import Curve, GaitReading, Number
from downstream.readings.quantities import CURVES, NUMBERS
from downstream.readings.walker import Walker
from downstream.reports.number_lines import in_words, number_lines
from downstream.reports.number_norms import number_norms
from downstream.reports.reading_json import reading_json, reading_of_json
from downstream.reports.recording_facts import RecordingFacts
from downstream.reports.write_reading import write_reading
from engine.core.conventions import SIDES
from engine.core.errors import DataError
from engine.gait.norms import Normal
from tests.downstream.made_reading import mean_walk

WALKER = Walker(35.0, "female", 1.68)


@pytest.fixture(scope="module")
def reading():
    """Every curve and number, one of them without a value."""
    walk = mean_walk(0.4, bent_deg=12.0, sd_deg=2.0, speed_mps=1.2)
    shapes = {name: (len(walk.time), 2, len(CURVES[name].parts)) for name in ("ground_force", "moments", "activity")}
    rng = np.random.default_rng(4)
    more = {name: rng.uniform(0, 1, shape) for name, shape in (shapes | {"ankle_power": (len(walk.time), 2)}).items()}
    curves = walk.curves | {name: Curve(values, 0.1 * np.ones_like(values)) for name, values in more.items()}
    unsure = replace(walk, curves=curves, event_sd_s=0.01)
    numbers = unsure.numbers | derived_numbers(unsure, WALKER)
    numbers |= {
        "step_length_m": Number(0.66, 0.02),
        "step_width_m": Number(None, why="seen from the side <without> scale"),
    }
    return replace(unsure, numbers=numbers)


@pytest.fixture(scope="module")
def facts(reading):
    points = film(StickWalk(speed_mps=1.25, cadence_spm=110.0, height_m=1.68)).keypoints2d[..., :2]
    return RecordingFacts(
        file="a <walk>.npz",
        walker=WALKER,
        frames=900,
        fps=100.0,
        image_size=(1920.0, 1080.0),
        focal_px=None,
        pose_detector="none: keypoints were given",
        walking_s=((0.0, 6.8), (7.5, 9.0)),
        read_s=(0.0, 6.8),
        put_right=("zeros with a score were taken as missing",),
        repairs={"legs_exchanged_frames": 7, "wild_points": 0, "filled_points": 3, "frames_cut": 0},
        mind=("height is not known",),
        model={"folder": "weights"},
        keypoints=np.resize(points, (len(reading.time), *points.shape[1:])),
    )


@pytest.fixture(scope="module")
def written(reading, facts, tmp_path_factory):
    return {
        path.name: path for path in write_reading(reading, facts, tmp_path_factory.mktemp("out") / "new" / "folder")
    }


class References(HTMLParser):
    """Everything on a page that names another place."""

    def __init__(self):
        super().__init__()
        self.found, self.scripts, self.text = [], 0, []

    def handle_starttag(self, tag, attrs):
        self.scripts += tag in ("script", "link", "iframe", "object", "embed")
        self.found += [value for name, value in attrs if name in ("src", "href", "xlink:href", "srcset", "action")]

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def page(written):
    parser = References()
    parser.feed(written["reading.html"].read_text(encoding="utf-8"))
    return parser


def test_json_comes_back_as_it_was(written, reading):
    back = reading_of_json(json.loads(written["reading.json"].read_text(encoding="utf-8")))
    assert back.numbers == {name: reading.numbers[name] for name in back.numbers}
    assert set(back.numbers) == set(reading.numbers)
    np.testing.assert_array_equal(back.time, reading.time)
    assert back.event_sd_s == reading.event_sd_s
    assert back.events.to_dict() == reading.events.to_dict()
    assert set(back.curves) == set(reading.curves)
    for name, curve in reading.curves.items():
        np.testing.assert_allclose(back.curves[name].values, curve.values, rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(back.curves[name].sd, curve.sd, rtol=1e-5, atol=1e-6)


def test_json_has_units_and_norms(written):
    data = json.loads(written["reading.json"].read_text(encoding="utf-8"))
    assert all(data["numbers"][name]["unit"] == NUMBERS[name].unit for name in data["numbers"])
    assert data["numbers"]["cadence_spm"]["healthy"]["mean"] > 90
    assert data["numbers"]["step_width_m"]["value"] is None
    assert "side" in data["numbers"]["step_width_m"]["why"]
    assert data["curves"]["leg_angles"]["axes"] == ["frame", "side", "part"]
    assert "research" in data["use"]


def test_what_is_no_reading_is_refused():
    with pytest.raises(DataError, match="curves"):
        reading_of_json(
            {"events": {"sd": 0.0, **{side: {"heel_strikes": [], "toe_offs": []} for side in SIDES}}, "time_s": [0]}
        )


def test_curves_are_tidy(written, reading):
    table = pd.read_csv(written["curves.csv"], keep_default_na=False)
    assert len(table) == sum(curve.values.size for curve in reading.curves.values())
    assert not table.duplicated(["time_s", "quantity", "part", "side"]).any()
    for name, curve in reading.curves.items():
        own = table[table["quantity"] == name]
        np.testing.assert_allclose(own["value"].to_numpy(float), curve.values.ravel(), rtol=1e-5, atol=1e-9)
        assert set(own["unit"]) == {CURVES[name].unit}
    knee = table[(table["part"] == "knee_angle") & (table["side"] == "left") & (table["quantity"] == "leg_angles")]
    np.testing.assert_allclose(knee["value"], reading.curves["leg_angles"].values[:, 1, 3], rtol=1e-5)


def test_numbers_and_events_are_tidy(written, reading):
    numbers = pd.read_csv(written["numbers.csv"]).set_index("quantity")
    assert set(numbers.index) == set(reading.numbers)
    assert numbers.loc["cadence_spm", "value"] == pytest.approx(reading.numbers["cadence_spm"].value)
    assert np.isnan(numbers.loc["step_width_m", "value"])
    events = pd.read_csv(written["events.csv"])
    assert events["time_s"].is_monotonic_increasing
    assert len(events) == sum(len(times) for times in (*reading.events.heel_strikes, *reading.events.toe_offs))


def test_page_needs_nothing_but_itself(written, page):
    assert page.scripts == 0
    assert all(target.startswith(("#", "data:")) for target in page.found)
    text = written["reading.html"].read_text(encoding="utf-8")
    assert not re.search(r"@import|url\((?!#)|javascript:", text)


def test_page_names_every_number_and_what_to_mind(page, reading, facts):
    text = " ".join(page.text)
    for name in reading.numbers:
        assert NUMBERS[name].title in text
    for part in (
        facts.file,
        "seen from the side <without> scale",
        "Height is not known",
        "Zeros with a score",
        "research use",
    ):
        assert part in text


def test_page_shows_what_there_is(written):
    text = written["reading.html"].read_text(encoding="utf-8")
    assert text.count('<svg role="img"') == 5
    for section in ("numbers", "mind", "walk", "curves", "muscles", "recording", "method"):
        assert f'id="{section}"' in text


def test_reading_of_little_is_written_all_the_same(facts, reading, tmp_path):
    """No stride, no curve, nothing known of the person."""
    none = np.zeros(0)
    bare = GaitReading(
        reading.time,
        type(reading.events)((none, none), (none, none)),
        0.02,
        {},
        {"speed_mps": Number(None, why="followed")},
    )
    paths = write_reading(bare, replace(facts, walker=Walker(), keypoints=None, mind=()), tmp_path)
    assert all(path.is_file() for path in paths)
    assert "followed" in paths[-1].read_text(encoding="utf-8")


def test_page_is_the_same_each_time(reading, facts, written, tmp_path):
    again = write_reading(reading, facts, tmp_path)
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written.values()]


def test_lines_say_only_what_is_sure():
    """Read at 3 SD below the mean: for sure, or perhaps."""
    norms = {"cadence_spm": Normal(110.0, 10.0)}
    sure, unsure, usual = (
        number_lines({"cadence_spm": Number(value, sd)}, norms)[0] for value, sd in ((80, 2.0), (80, 8.0), (100, 2.0))
    )
    assert (sure.place, unsure.place, usual.place) == ("low", "perhaps low", "usual")
    assert "is below" in in_words([sure])[0]
    assert "may be below" in in_words([unsure])[0]
    assert sure.low < sure.at < sure.high < 50


def test_differences_of_sides_are_told_when_they_are_sure():
    lines = number_lines({"stance_asymmetry_pct": Number(-6.0, 1.0), "step_time_asymmetry_pct": Number(1.0, 2.0)}, {})
    words = " ".join(in_words(lines))
    assert "stance of the left foot is the longer one, by 6.0 %" in words
    assert "does not differ for sure" in words


def test_what_cannot_be_negative_is_not_told_as_such():
    line = number_lines({"stride_time_cv_pct": Number(0.5, 1.0)}, {})[0]
    assert line.interval == "0.0 to 2.5"


def test_norms_fit_the_person():
    numbers = {"speed_mps": Number(1.2, 0.05)}
    woman, man, unknown = (number_norms(Walker(40.0, sex, 1.7), numbers) for sex in ("female", "male", None))
    assert unknown["cadence_spm"].mean == pytest.approx((woman["cadence_spm"].mean + man["cadence_spm"].mean) / 2)
    assert woman["gait_deviation_index"] == Normal(100.0, 10.0)
    assert number_norms(Walker(), numbers) == {}


def test_json_of_a_reading_without_speed_has_norms_of_own_speed(reading, facts):
    silent = replace(reading, numbers={"cadence_spm": Number(110.0, 1.0)})
    assert reading_json(silent, facts)["numbers"]["cadence_spm"]["healthy"] is not None
