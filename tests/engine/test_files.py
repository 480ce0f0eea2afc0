"""Files and folders appear whole or not at all."""

import pytest

from engine.core.errors import DataError
from engine.core.files import TEMPORARY_PREFIX, remove_unfinished, replace_file, replace_folder, require_own_folder


def test_a_failed_block_leaves_the_old_file(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")
    with pytest.raises(RuntimeError), replace_file(target) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert target.read_text() == "old"


def test_a_failed_block_leaves_no_folder(tmp_path):
    with pytest.raises(RuntimeError), replace_folder(tmp_path / "walk") as temporary:
        (temporary / "x").write_text("half")
        raise RuntimeError
    assert not list(tmp_path.iterdir())


def test_a_finished_folder_takes_the_place_of_the_old(tmp_path):
    (tmp_path / "walk").mkdir()
    (tmp_path / "walk" / "stale").touch()
    with replace_folder(tmp_path / "walk") as temporary:
        (temporary / "fresh").touch()
    assert [path.name for path in (tmp_path / "walk").iterdir()] == ["fresh"]


def test_only_absent_empty_or_own_folders_may_be_replaced(tmp_path):
    require_own_folder(tmp_path / "absent", "figures.json")
    require_own_folder(tmp_path, "figures.json")
    (tmp_path / "mine.txt").touch()
    for other in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(DataError, match="holds something else"):
            require_own_folder(other, "figures.json")
    (tmp_path / "figures.json").touch()
    require_own_folder(tmp_path, "figures.json")


def test_leavings_of_a_killed_run_are_removed(tmp_path):
    (tmp_path / f"{TEMPORARY_PREFIX}12-w00").mkdir()
    (tmp_path / f"{TEMPORARY_PREFIX}34-outcome.json").touch()
    (tmp_path / "w01").mkdir()
    remove_unfinished(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["w01"]
