"""What a user's card says of aids and orthoses is seen, whatever the card is called."""

import json
from dataclasses import replace

import numpy as np
import pytest
import yaml

from engine.cohort.subject_file import subject_record
from engine.people.burdens import Burden
from render.figure.body_parts import PARTS
from render.figure.orthoses import draw_orthosis
from render.film.filmer import PyrenderFilmer
from render.film.look_file import read_look
from render.film.refilm import refilm
from render.film.shoot import make_figure
from render.labels import read_labels
from render.labels.pictures import read_crops
from tests.made_cards import user_card

SMALL = {"size": [256, 256], "seconds": 1.2, "fps": 10.0}
AID = PARTS.index("walking_aid")


@pytest.fixture(scope="module")
def look_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("look") / "small.yaml"
    path.write_text(yaml.safe_dump({"cameras": SMALL, "labels": {"parts": True}}))
    return path


def walk_of(walk, subject):
    return replace(walk, gait=replace(walk.gait, proposal=replace(walk.gait.proposal, subject=subject)))


def aid_pixels(folder):
    crops = read_crops(folder / "oblique.parts.npz")
    return int(sum((crop == AID).sum() for crop in crops.crops))


def told(folder):
    labels = read_labels(folder / "oblique.npz")
    return labels.aid, labels.orthoses


@pytest.mark.parametrize("name", ["mine", "stroke"])
def test_its_aids_are_in_labels_and_pictures(rasterise, walk, subject, look_file, tmp_path, name):  # noqa: ARG001
    """Filmed with the cohort, and again from what the cohort holds. The shipped stroke card knows no rollator."""
    patient = replace(subject, condition=user_card(name=name), severity=0.5, side="left")
    folder = tmp_path / "s00000" / "w00"
    folder.mkdir(parents=True)
    (shot,) = PyrenderFilmer(look=str(look_file)).film(walk_of(walk, patient), ["oblique"], folder, video=True, seed=1)
    assert aid_pixels(folder) > 500
    assert (shot.aid, shot.orthoses) == told(folder) == ("rollator", "left")
    record = {**subject_record(patient), "segment_lengths_m": walk.gait.body.lengths_m}
    (folder.parent / "subject.json").write_text(json.dumps(record))
    refilm(folder, read_look(str(look_file)), ["oblique"], tmp_path / "again", video=True, seed=1)
    assert aid_pixels(tmp_path / "again") == pytest.approx(aid_pixels(folder), rel=0.1)
    assert told(tmp_path / "again") == ("rollator", "left")


@pytest.mark.parametrize(
    ("aids", "side", "expected"),
    [(None, "both", ("rollator", "left right")), (["afo"], "right", ("", "right")), ([], "left", ("", ""))],
)
def test_labels_tell_them_without_video(walk, subject, look_file, tmp_path, aids, side, expected):
    card = user_card()
    kept = [use.model_dump() for use in card.aids if aids is None or use.kind in aids]
    patient = replace(subject, condition=user_card(aids=kept), severity=0.5, side=side)
    PyrenderFilmer(look=str(look_file)).film(walk_of(walk, patient), ["oblique"], tmp_path, video=False, seed=1)
    assert told(tmp_path) == expected


def test_a_modifier_s_aids_are_seen_too(walk, subject):
    frail = replace(subject, modifiers=(Burden(user_card("frailty", name="old_age"), 0.3),))
    take = PyrenderFilmer().take(walk_of(walk, frail))
    assert take.appearance.aid is not None
    assert take.appearance.aid.kind == "rollator"
    assert draw_orthosis(frail, np.random.default_rng(0)) == "afo_both", "no side is the affected one"


def test_its_orthosis_is_part_of_the_figure_on_the_affected_leg(walk, subject):
    """Somebody dressed alike in shoes that take one: the card alone puts white plastic behind the left shank, where no cloth covers it."""
    cards = user_card(name="mine"), user_card(name="mine", aids=[])
    patients = [replace(subject, condition=card, severity=0.5, side="left") for card in cards]
    worn, bare = (PyrenderFilmer().take(walk_of(walk, patient)) for patient in patients)
    assert (worn.appearance.orthosis, bare.appearance.orthosis) == ("afo_left", "none")
    dressed_alike = replace(worn.appearance, orthosis="none")
    figures = [make_figure(replace(worn, appearance=one)) for one in (worn.appearance, dressed_alike)]
    more = len(figures[0].vertices) - len(figures[1].vertices)
    assert more > 0, "under long trousers nothing would be left of it"
