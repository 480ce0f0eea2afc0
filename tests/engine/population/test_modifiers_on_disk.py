"""Modifiers and skin tones in manifests, old and new, and on the report."""

import json
from dataclasses import replace

import pandas as pd
import pytest
from made_cohort import PEOPLE, make_cohort

from engine.cohort.manifest import read_manifest
from engine.cohort.subject_file import read_subject
from engine.people.burdens import Burden
from engine.people.conditions import load_card
from engine.report.report import write_report

MODIFIERS = (Burden(load_card("frailty"), 0.4), Burden(load_card("obesity"), 0.2))


@pytest.fixture(scope="module")
def cohort(tmp_path_factory):
    frail = replace(PEOPLE[0], subject=replace(PEOPLE[0].subject, modifiers=MODIFIERS, skin_tone=8))
    return make_cohort(tmp_path_factory.mktemp("modified") / "cohort", (frail, PEOPLE[3]))


def test_modifiers_and_skin_tones_stand_in_the_manifest(cohort):
    table = read_manifest(cohort.manifest)
    assert [json.loads(text) for text in table["modifiers"]] == [{"frailty": 0.4, "obesity": 0.2}, {}]
    assert table["skin_tone"].tolist()[0] == 8
    assert table["skin_tone"].isna().tolist() == [False, True]


def test_they_come_back_with_the_subject(cohort):
    subject = read_subject(cohort.subject("s000").subject)[0].subject
    assert subject.modifiers == MODIFIERS
    assert subject.skin_tone == 8


def test_the_report_tells_them(cohort):
    text = write_report(cohort.folder).read_text(encoding="utf-8")
    assert "frailty 1: 0.40; obesity 1: 0.20" in text
    assert "with frailty 0.40, obesity 0.20" in text


def test_manifests_from_before_are_still_read(cohort, tmp_path):
    old = tmp_path / "manifest.parquet"
    pd.read_parquet(cohort.manifest).drop(columns=["modifiers", "skin_tone"]).to_parquet(old)
    table = read_manifest(old)
    assert set(table["modifiers"]) == {"{}"}
    assert table["skin_tone"].isna().all()
