"""The SMPL-X file format: the default body keeps it, and files that do not are refused by name."""

import multiprocessing
import shutil

import numpy as np
import pytest
from smplx.vertex_ids import vertex_ids

from engine.core.errors import DataError
from render.body import default_body
from render.body.locate import VARIABLE, body_file
from render.body.smplx_file import REQUIRED, check_smplx_file
from render.body.smplx_joints import JOINT, PARENTS

pytestmark = pytest.mark.usefixtures("model")


@pytest.fixture(scope="module")
def arrays():
    with np.load(body_file("female"), allow_pickle=False) as data:
        return dict(data)


def test_default_body_has_every_array(arrays):
    check_smplx_file(body_file("male"))
    assert set(REQUIRED) <= set(arrays)


def test_default_body_is_consistent(arrays):
    np.testing.assert_allclose(arrays["weights"].sum(axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(arrays["J_regressor"].sum(axis=1), 1.0, atol=1e-4)
    assert arrays["kintree_table"][0, 1:].tolist() == list(PARENTS[1:])
    assert np.unique(arrays["f"]).tolist() == list(range(len(arrays["v_template"])))


def test_built_in_vertex_ids_hit_the_body(arrays):
    """The ids that `smplx` has built in lie where their names say."""
    vertices = arrays["v_template"]
    joints = arrays["J_regressor"] @ vertices
    place = {name: vertices[index] for name, index in vertex_ids["smplx"].items()}
    head = joints[JOINT["head"]]
    assert place["nose"][2] > place["leye"][2] > place["lear"][2]
    assert place["nose"][2] == pytest.approx(vertices[:, 2][np.abs(vertices[:, 0]) < 0.02].max(), abs=0.05)
    assert place["lear"][0] > 0.05 + head[0] > place["rear"][0]
    for side, letter in (("left", "l"), ("right", "r")):
        wrist = joints[JOINT[f"{side}_wrist"]]
        for finger in ("index", "middle", "ring", "pinky", "thumb"):
            assert 0.05 < np.linalg.norm(place[f"{letter}{finger}"] - wrist) < 0.25
        ankle = joints[JOINT[f"{side}_ankle"]]
        assert place[f"{letter.upper()}BigToe"][2] > ankle[2] + 0.1
        assert place[f"{letter.upper()}Heel"][2] < ankle[2]
        inner, outer = (np.abs(place[f"{letter.upper()}{toe}Toe"][0]) for toe in ("Big", "Small"))
        assert inner < outer


def test_left_is_left(arrays):
    joints = arrays["J_regressor"] @ arrays["v_template"]
    for name, index in JOINT.items():
        if name.startswith("left_"):
            assert joints[index, 0] > 0 > joints[JOINT[name.replace("left", "right", 1)], 0]


@pytest.mark.parametrize("broken", ["missing", "shape", "few", "text"])
def test_wrong_files_are_refused_by_name(tmp_path, broken):
    small = {
        name: np.zeros(tuple({"V": 9930, "F": 4}.get(n, n) if isinstance(n, str) else n for n in shape))
        for name, shape in {k: tuple(2 if n in ("L", "H", "K") else n for n in v) for k, v in REQUIRED.items()}.items()
        if name != "posedirs"
    }
    small["posedirs"] = np.zeros((9930, 3, 486), np.float16)
    if broken == "missing":
        del small["weights"]
    elif broken == "shape":
        small["weights"] = np.zeros((9930, 54))
    elif broken == "few":
        small = {k: v[:100] if v.shape[0] == 9930 else v for k, v in small.items()}
        small["J_regressor"] = np.zeros((55, 100))
    path = tmp_path / "SMPLX_NEUTRAL.npz"
    if broken == "text":
        path.write_text("not an archive")
    else:
        np.savez_compressed(path, **small)
    named = {"missing": "weights", "shape": "weights", "few": "100 vertices", "text": "cannot be read"}[broken]
    with pytest.raises(DataError, match=named) as caught:
        check_smplx_file(path)
    assert str(path) in str(caught.value)


def test_folder_of_the_user_is_used(tmp_path, monkeypatch):
    shutil.copy(body_file("male"), tmp_path / "SMPLX_MALE.npz")
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    assert body_file("male") == tmp_path / "SMPLX_MALE.npz"
    with pytest.raises(DataError, match=r"SMPLX_FEMALE\.npz"):
        body_file("female")


def test_killed_write_leaves_nothing(tmp_path):
    class Unwritable:
        def __array__(self, *_args, **_kwargs):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        default_body._write_whole(tmp_path / "body.npz", {"a": np.ones(3), "b": Unwritable()})
    assert list(tmp_path.iterdir()) == []


def _build_in(folder: str) -> bytes:
    import os

    os.environ["GAITFORGE_CACHE"] = folder
    path = default_body.ensure_default_body()
    with np.load(path, allow_pickle=False) as data:
        return data["v_template"].tobytes()


@pytest.mark.slow
def test_two_processes_build_one_body(tmp_path, capfd):
    """Both get the same whole file, equal to the one in use: the recipe is deterministic. Nobody is told of a GPU that is not used."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        first, second = pool.map(_build_in, [str(tmp_path)] * 2)
    assert "Warp" not in capfd.readouterr().err
    with np.load(body_file("male"), allow_pickle=False) as data:
        assert first == second == data["v_template"].tobytes()
    assert [path.suffix for path in sorted((tmp_path / "bodies").rglob("SMPLX*"))] == [".lock", ".npz"]
