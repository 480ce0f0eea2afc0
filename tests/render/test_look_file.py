"""Scene descriptions: what ships reads, what a file names replaces, what is wrong is named; places and previews drawn from them."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from engine.cohort.subject_file import subject_record
from engine.core.errors import SpecError
from engine.gait.records import Subject
from render.body.shape import SmplxBodyMaker
from render.commands import app
from render.figure.garments.skirts import SkirtCut
from render.film.filmer import PyrenderFilmer
from render.film.look_file import LookFile, look_fingerprint, read_look, shipped_looks
from render.film.scene import draw_place, labels_feel_the_place
from render.film.take import dressed
from render.people.aid import Aid


@pytest.mark.parametrize("name", shipped_looks())
def test_looks_that_ship_can_be_read(name):
    look = read_look(name)
    assert sum(look.place.odds.values()) > 0
    assert "side" in look.cameras.named


@pytest.fixture
def read(tmp_path):
    """Reads a look that somebody wrote."""
    path = tmp_path / "mine.yaml"

    def read_text(text: str) -> LookFile:
        path.write_text(text)
        return read_look(str(path))

    return read_text


def test_a_file_replaces_the_fields_that_it_names(read):
    mine, shipped = read("cameras: {fps: 60, seconds: 2}\nplace: {odds: {street: 1}}\n"), read_look()
    assert (mine.cameras.fps, mine.cameras.seconds) == (60, 2)
    assert mine.cameras.named == shipped.cameras.named
    assert mine.people == shipped.people
    assert mine.place.odds == {"street": 1}


_VEST = """
people:
  clothes:
    tops:
      vest: {sleeve: [0.1, 0.2], hem: [0.02, 0.04], ease: [0.006, 0.008], pull_in: [0.1, 0.2], flare: [0, 0], folds: [0.001, 0.002],
        neckline: [0.02, 0.03], collar: none, front: closed, cloth: {material: cloth, roughness: 0.9, palette: bright,
        patterns: {plain: 1}}}
    styles:
      sporty: {tops: {vest: 3}}
"""


def test_a_garment_is_added_to_all_others(read):
    mine, shipped = read(_VEST).people.clothes, read_look().people.clothes
    assert set(mine.tops) - set(shipped.tops) == {"vest"}
    assert all(mine.tops[name] == kind for name, kind in shipped.tops.items())
    assert mine.styles["sporty"].tops == shipped.styles["sporty"].tops | {"vest": 3}
    assert mine.styles["sporty"].bottoms == shipped.styles["sporty"].bottoms
    assert (mine.bottoms, mine.palettes) == (shipped.bottoms, shipped.palettes)


def test_one_number_of_one_garment_and_one_list_of_colours_are_changed(read):
    text = "people: {clothes: {tops: {t_shirt: {sleeve: [0.2, 0.3]}}, palettes: {denim: ['#000000']}}}"
    mine, shipped = read(text).people.clothes, read_look().people.clothes
    assert mine.tops["t_shirt"] == shipped.tops["t_shirt"].model_copy(update={"sleeve": (0.2, 0.3)})
    assert mine.palettes == shipped.palettes | {"denim": ("#000000",)}


@pytest.mark.parametrize("name", ["evening", "summer"])
def test_the_manuals_looks_can_be_read(read, name):
    manual = (Path(__file__).parents[2] / "docs" / "render.md").read_text(encoding="utf-8")
    read(manual.split(f"# {name}.yaml")[1].split("```")[0])


_KILT = """
people:
  clothes:
    bottoms:
      kilt: {%s hem: [0.16, 0.34], ease: [0.008, 0.012], flare: [0.1, 0.2], folds: [0.01, 0.02],
        cloth: {material: cloth, roughness: 0.9, palette: legs, patterns: {check: 1}}}
    styles:
      smart: {bottoms: {kilt: 2}}
"""


def test_a_bottom_is_what_its_cut_says(read):
    clothes = read(_KILT % "cut: skirt,").people.clothes
    assert set(clothes.bottoms) - set(read_look().people.clothes.bottoms) == {"kilt"}
    only_kilts = clothes.styles["smart"].model_copy(update={"bottoms": {"kilt": 1.0}})
    clad = clothes.model_copy(update={"styles": {"smart": only_kilts}})
    drawn = clad.draw(Subject("hamish", 40.0, "male", 1.8, 80.0), np.random.default_rng(0)).bottom
    assert isinstance(drawn, SkirtCut)
    assert 0.16 <= drawn.fall.hem <= 0.34


@pytest.mark.parametrize(
    ("cut", "message"),
    [
        ("", r"bottoms\.kilt: expected the field cut: trousers or skirt"),
        ("cut: kilt,", r"bottoms\.kilt: expected the field cut: trousers or skirt"),
        ("cut: [skirt],", r"bottoms\.kilt: expected the field cut: trousers or skirt"),
        ("cut: skirt, hemm: [0, 1],", r"bottoms\.kilt\.skirt\.hemm: Extra inputs"),
    ],
)
def test_a_wrong_bottom_is_one_line(read, cut, message):
    with pytest.raises(SpecError, match=rf"mine\.yaml: people\.clothes\.{message}") as refused:
        read(_KILT % cut)
    assert len(str(refused.value).splitlines()) == 1
    assert "Kind" not in str(refused.value)


def test_what_is_null_is_taken_out(read):
    without = read("people: {clothes: {styles: {patient: null}}}").people.clothes.styles
    assert set(read_look().people.clothes.styles) - set(without) == {"patient"}
    assert set(read_look("plain").sensors.kinds) == {"clean"}


def test_ages_stand_in_their_order(read):
    mine = read("people: {spectacles: {share: {30: 0.2, 4: 0}}}").people.spectacles
    assert list(mine.share) == sorted({*read_look().people.spectacles.share, 30, 4})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "people: {clothes: {tops: {t_shirt: {sleve: [0, 1]}}}}",
            r"mine\.yaml: people\.clothes\.tops\.t_shirt\.sleve: Extra inputs",
        ),
        (
            "people: {clothes: {tops: {t_shrit: {sleeve: [0, 1]}}}}",
            r"mine\.yaml: people\.clothes\.tops\.t_shrit\.hem: Field required",
        ),
        ("people: {clothes: {tops: {toga: null}}}", r"mine\.yaml: people\.clothes\.tops\.toga: "),
        ("people: {clothes: {tops: {gown: null}}}", r"mine\.yaml: people\.clothes: tops: there is no gown"),
        (
            "people: {clothes: {styles: {patient: {tops: {gown: 0}}}}}",
            r"styles\.patient\.tops: at least one choice needs odds above 0",
        ),
        ("people: {haircuts: {coily: {fringe: mohawk}}}", r"people\.haircuts\.coily: there is no mohawk; there are"),
        ("people:", r"mine\.yaml: people: expected fields, found NoneType"),
        ("camera: {fps: 60}", r"mine\.yaml: camera: Extra inputs"),
        ("cameras: {fps: -1}", r"mine\.yaml: cameras\.fps"),
        ("cameras: 3", r"mine\.yaml: cameras: expected fields, found int"),
        ("place: {odds: {beach: 1}}", r"no place is called 'beach'; there are corridor"),
        ("backend: 7", r"mine\.yaml: backend"),
    ],
)
def test_what_is_wrong_is_named(read, text, message):
    with pytest.raises(SpecError, match=message):
        read(text)


def test_an_unknown_look_names_those_there_are():
    with pytest.raises(SpecError, match="no look is called 'nice'; there are clinic, default"):
        read_look("nice")


def test_an_unknown_backend_is_refused_before_work_starts(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("backend: oils")
    with pytest.raises(SpecError, match="no painter is called 'oils'; installed: cycles, pyrender"):
        PyrenderFilmer(look=str(path)).check(["side"], SmplxBodyMaker(), video=True)


@pytest.mark.parametrize(
    ("cameras", "place", "refused"),
    [
        (["side", "high"], "", "camera high: lens distortion"),
        (["filmed3", "random3"], "", "camera filmed3: a rolling shutter; camera filmed3: lens distortion; leave"),
        (
            ["side"],
            "place: {odds: {photograph: 1}, photographs: [{file: wall.png}]}",
            "place: a photograph or panorama",
        ),
        (["side"], "", ""),
    ],
)
def test_what_a_painter_cannot_draw_is_refused_before_work_starts(tmp_path, cameras, place, refused):
    """Not where nothing is drawn, nor by a painter that can."""
    path = tmp_path / "mine.yaml"
    Image.fromarray(np.zeros((8, 8, 3), np.uint8)).save(tmp_path / "wall.png")
    path.write_text(f"backend: cycles\n{place}")
    filmer = PyrenderFilmer(look=str(path))
    if refused:
        with pytest.raises(SpecError, match=f"cycles does not draw {refused}"):
            filmer.check(cameras, SmplxBodyMaker(), video=True)
    else:
        filmer.check(cameras, SmplxBodyMaker(), video=True)
    filmer.check(cameras, SmplxBodyMaker(), video=False)
    path.write_text(f"backend: pyrender\n{place}")
    PyrenderFilmer(look=str(path)).check(cameras, SmplxBodyMaker(), video=True)


def test_a_look_is_known_by_what_it_says(tmp_path, read):
    """Not by where it lies, nor by its comments; the pictures that it names belong to it."""
    bare = look_fingerprint(read("cameras: {fps: 25}"))
    copy = tmp_path / "elsewhere" / "copy.yaml"
    copy.parent.mkdir()
    copy.write_text("# mine\ncameras: {fps: 25}")
    assert PyrenderFilmer(look=str(copy)).fingerprint() == bare
    assert look_fingerprint(read("cameras: {fps: 30}")) != bare
    text = "place: {odds: {photograph: 1}, photographs: [{file: room.png}]}"
    marks = []
    for folder, grey in ((tmp_path, 90), (copy.parent, 90), (copy.parent, 91)):
        Image.new("RGB", (8, 8), (grey, grey, grey)).save(folder / "room.png")
        (folder / "photo.yaml").write_text(text)
        marks.append(look_fingerprint(read_look(str(folder / "photo.yaml"))))
    assert marks[0] == marks[1] != marks[2]


def test_without_video_only_places_that_labels_feel_are_built(walk, read):
    belt = read("place: {odds: {treadmill: 1}}")
    assert labels_feel_the_place(belt)
    assert draw_place(PyrenderFilmer().take(walk), belt, 0).belt
    assert not labels_feel_the_place(read_look("plain"))


def test_a_treadmill_keeps_the_walker_in_place(walk, tmp_path):
    path = tmp_path / "belt.yaml"
    path.write_text("place: {odds: {treadmill: 1}}")
    PyrenderFilmer(look=str(path)).film(walk, ["side"], tmp_path, video=False, seed=0)
    with np.load(tmp_path / "side.npz") as labels:
        pelvis = labels["joints3d"][:, 0, 2]
    assert np.ptp(pelvis) < 0.2 < np.ptp(walk.dynamics.q[:, 3])


def test_a_clip_without_a_whole_step_is_filmed_without_the_aid(walk):
    take = PyrenderFilmer().take(walk)
    with_rollator, with_cane = (
        dataclasses.replace(take.appearance, aid=aid)
        for aid in (Aid("rollator", ("left", "right")), Aid("cane", ("right",)))
    )
    assert dressed(take, with_rollator).appearance.aid is not None
    still = dataclasses.replace(take, pose=take.pose.frame(0))
    assert dressed(still, with_cane).appearance.aid is None


def test_a_preview_shows_each_draw(rasterise, walk, tmp_path):  # noqa: ARG001
    folder = tmp_path / "s000" / "w00"
    folder.mkdir(parents=True)
    PyrenderFilmer().film(walk, ["side"], folder, video=False, seed=1)
    record = {**subject_record(walk.subject), "segment_lengths_m": walk.gait.body.lengths_m}
    (folder.parent / "subject.json").write_text(json.dumps(record))
    sheet = tmp_path / "preview.png"
    run = CliRunner().invoke(
        app, ["render", str(folder), "--look", "plain", "--preview", "--tiles", "2", "-o", str(sheet)]
    )
    assert run.exit_code == 0, run.output
    left, right = np.array_split(np.asarray(Image.open(sheet)).astype(int), 2, axis=1)
    assert left.shape == right.shape
    assert np.abs(left - right).mean() > 1
