"""The report of a made cohort: one page, complete in itself, whatever files are there."""

import base64
import html
import io
import json
import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import av
import numpy as np
import pandas as pd
import pytest
from made_cohort import PEOPLE, Extras, make_cohort, make_video, write_evaluation

from engine.cohort.clips import SECONDS, SIZE_PX, short_clip
from engine.cohort.manifest import GAIT_COLUMNS, PHYSICS_COLUMNS, read_manifest
from engine.cohort.muscle_timing import MUSCLE_TIMINGS
from engine.cohort.walk_data import leg_curves, read_walk, with_foot_progression
from engine.core.conventions import COORDINATE_INDEX, LEG_MUSCLES
from engine.core.errors import DataError
from engine.core.measures import MEASURES
from engine.gait.norms import band
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from engine.report.report import write_report
from tests.made_cards import user_card

VOID = {"meta", "img", "br", "link", "hr", "input"}


class Page(HTMLParser):
    """Tags left open, ids and addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open, self.ids, self.addresses, self.tags = [], [], [], Counter()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.tags[tag] += 1
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            elif name in ("src", "href", "poster", "xlink:href"):
                self.addresses.append(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    """A healthy man, a woman with Parkinson's disease and a child with crouch gait, filmed."""
    files = make_cohort(
        tmp_path_factory.mktemp("made") / "cohort", (PEOPLE[2], PEOPLE[3], PEOPLE[5]), Extras(videos=True)
    )
    write_evaluation(files)
    return files


@pytest.fixture(scope="module")
def text(cohort):
    return write_report(cohort.folder, max_cards=1).read_text(encoding="utf-8")


def test_the_page_is_complete_in_itself(text):
    page = Page(text)
    assert page.open == []
    assert all(address.startswith(("#", "data:")) for address in page.addresses)
    assert not re.search(r"url\((?!#)", text)
    assert "@import" not in text
    assert page.tags["script"] == 0


def test_ids_are_unique_and_every_link_within_the_page_has_its_goal(text):
    page = Page(text)
    assert [name for name, count in Counter(page.ids).items() if count > 1] == []
    goals = {address[1:] for address in page.addresses if address.startswith("#")} | set(
        re.findall(r"url\(#([^)]+)\)", text)
    )
    assert goals <= set(page.ids)


def test_everyone_is_told_of_and_those_left_out_are_counted(text):
    for words in (
        "Parkinson's disease",
        "crouch",
        "s002",
        "2 more",
        "a standing foot slides",
        load_card("parkinson").fingerprint,
    ):
        assert words.replace("'", "&#39;") in text or words in text
    assert text.count("<article") == 1
    assert Page(text).tags["video"] == 1


def test_results_of_a_reader_stand_beside_geometrys(text):
    row = re.search(r"<tr><td>cadence</td><td>steps/min</td>.*?</tr>", text)[0]
    assert "<b>3.200</b>" in row
    assert row.count('<td class="num">–</td>') == 2, "neither geometry's error nor a correlation"
    assert "0.104" in re.search(r"<tr><td>walking speed</td>.*?</tr>", text)[0]


def test_every_figure_of_the_manifest_is_told(text):
    page = html.unescape(text)
    for name in (*GAIT_COLUMNS, *PHYSICS_COLUMNS):
        assert MEASURES[name].heading in page, name
    for name in GAIT_COLUMNS:
        assert f"<td>{MEASURES[name].heading}</td>" in page, name


def test_limits_are_judged(cohort, text):
    assert 'class="good">3 / 3' in text
    worst = read_manifest(cohort.manifest)["skate_mm"].max()
    assert f"{worst:.2f}" in text


def test_the_same_cohort_gives_the_same_page(cohort, text):
    assert write_report(cohort.folder, max_cards=1).read_text(encoding="utf-8") == text


def test_a_cohort_without_forces_muscles_and_films_has_a_report_too(tmp_path):
    files = make_cohort(tmp_path / "bare", PEOPLE[:1], Extras(forces=False, activations=False, moments=False))
    page = write_report(files.folder).read_text(encoding="utf-8")
    assert "Knee flexion, deg" in page
    assert "Gluteus medius" not in page
    assert Page(page).tags["video"] == 0
    assert "Could not be read" not in page


def test_what_cannot_be_read_is_told_and_the_rest_shown(tmp_path):
    files = make_cohort(tmp_path / "torn", PEOPLE[2:4], Extras(videos=True))
    files.subject("s002").walk("walk0").events.unlink()
    (files.folder / "subjects/s003/walk0/side.mp4").write_bytes(b"not a film")
    page = write_report(files.folder).read_text(encoding="utf-8")
    assert "events.json: cannot be read as JSON" in page
    assert "side.mp4: cannot be decoded as video" in page
    assert page.count("<article") == 1


def test_events_out_of_order_are_told_with_their_file(tmp_path):
    files = make_cohort(tmp_path / "torn", PEOPLE[2:4])
    events = files.subject("s002").walk("walk0").events
    told = json.loads(events.read_text())
    told["left"]["toe_offs"].reverse()
    events.write_text(json.dumps(told))
    assert (
        "events.json: toe_offs of the left foot: each instant must be later" in write_report(files.folder).read_text()
    )


def test_what_an_older_cohort_does_not_know_is_a_dash_and_not_judged(tmp_path):
    files = make_cohort(tmp_path / "old", PEOPLE[:2])
    pd.read_parquet(files.manifest).drop(columns=["skate_mm", "step_width_m"]).to_parquet(files.manifest)
    page = write_report(files.folder).read_text(encoding="utf-8")
    row = page.partition(MEASURES["skate_mm"].title)[2].partition("</tr>")[0]
    assert row.count("–") == 2
    assert "bad" not in row
    assert not re.search(r"\bnan\b", page)


def test_a_folder_that_is_no_cohort_names_what_is_missing(tmp_path):
    with pytest.raises(DataError, match=r"cohort\.yaml: missing"):
        write_report(tmp_path)


def test_titles_are_those_of_the_cohort_s_own_cards(tmp_path):
    own, frail = user_card("parkinson", title="Shuffling gait"), user_card("frailty", title="Great age", aids=[])
    subject = replace(PEOPLE[3].subject, condition=own, modifiers=(Burden(frail, 0.4),))
    files = make_cohort(tmp_path / "own", (replace(PEOPLE[3], subject=subject),))
    page = write_report(files.folder).read_text(encoding="utf-8")
    assert "Shuffling gait" in page
    assert "Parkinson" not in page
    assert "with great age 0.40" in page
    files.spec.write_text("spec: {}\ncards: {parkinson: 0123}\n")
    with pytest.raises(DataError, match=r"cohort\.yaml: tells no titles of cards; make the cohort again"):
        write_report(files.folder)


def test_broken_results_are_an_error_that_names_the_file(tmp_path):
    files = make_cohort(tmp_path / "odd", PEOPLE[:1])
    files.evaluation.write_text('{"quantities": [{"title": "speed", "mae": 1}]}')
    with pytest.raises(DataError, match=r"evaluation\.json: not an evaluation"):
        write_report(files.folder, max_cards=0)


def test_words_from_files_are_escaped(tmp_path):
    files = make_cohort(tmp_path / "sly", PEOPLE[:1])
    files.evaluation.write_text('{"model": "<script>alert(1)</script>", "quantities": [], "split": "test"}')
    page = write_report(files.folder, max_cards=0).read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "&lt;script&gt;" in page


def test_curves_read_back_are_those_of_the_walk(cohort):
    """The made walk is the norm itself: both legs give the norm back, pelvis of the left leg included."""
    row = read_manifest(cohort.manifest).to_dict("records")[0]
    walk = read_walk(cohort, row)
    for side in (0, 1):
        curves = leg_curves(walk, side).curves
        for name, tolerance in (
            ("knee_angle", 0.03),
            ("hip_flexion", 0.03),
            ("ground_force_vy", 0.12),
            ("ankle_angle_moment", 0.12),
        ):
            norm = band(name, walk.speed, row["age_years"]).mean
            assert np.median(np.abs(curves[name].mean(0) - norm)) < tolerance, name
        right = leg_curves(walk, 0).curves["pelvis_rotation"].mean(0)
        np.testing.assert_allclose(curves["pelvis_rotation"].mean(0), right, atol=0.03)


def test_power_is_moment_times_speed(cohort):
    """The work of the ankle over a stride, by its power, is the integral of its moment over its angle."""
    row = read_manifest(cohort.manifest).to_dict("records")[0]
    curves = leg_curves(read_walk(cohort, row), 0).curves
    power, moment, angle = (curves[name][1] for name in ("ankle_power", "ankle_angle_moment", "ankle_angle"))
    work = np.trapezoid(power, dx=row["stride_time_s"] / 100)
    assert work == pytest.approx(np.trapezoid(moment, angle), rel=0.05)


def test_clips_are_short_and_small(tmp_path):
    path = tmp_path / "long.mp4"
    make_video(path, frames=150)
    clip = short_clip(path)
    data = base64.b64decode(clip.video.split(",")[1])
    with av.open(io.BytesIO(data)) as film:
        frames = list(film.decode(video=0))
    assert len(frames) / 15 <= SECONDS
    assert max(frames[0].width, frames[0].height) == SIZE_PX
    assert len(data) < path.stat().st_size * 20
    assert base64.b64decode(clip.poster.split(",")[1])[:2] == b"\xff\xd8"


def test_muscle_windows_name_muscles_of_the_model_and_lie_in_the_cycle():
    for timing in MUSCLE_TIMINGS:
        assert set(timing.muscles) <= set(LEG_MUSCLES)
        edges = [edge for span in timing.active_pct for edge in span]
        assert edges == sorted(edges)
        assert 0 <= edges[0] < edges[-1] <= 100


def test_foot_progression_turns_in_with_the_hip(cohort):
    """A hip turned 10° further in takes the standing foot 10° further in, on either side."""
    walk = read_walk(cohort, read_manifest(cohort.manifest).to_dict("records")[0])
    turned = walk.q.copy()
    turned[:, [COORDINATE_INDEX["hip_rotation_r"], COORDINATE_INDEX["hip_rotation_l"]]] += np.deg2rad(10)
    before, after = (
        with_foot_progression(w, (leg_curves(w, 0), leg_curves(w, 1))) for w in (walk, replace(walk, q=turned))
    )
    for leg, turned_leg in zip(before, after, strict=True):
        change = (turned_leg.curves["foot_progression"] - leg.curves["foot_progression"])[:, 15:40]
        assert np.rad2deg(change).mean() == pytest.approx(10, abs=1)
