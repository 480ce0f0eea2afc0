"""Records that hold arrays: nothing in them can be changed, and comparing them never fails."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, field, fields, replace

import numpy as np
import pytest

from engine.core.arrays import Array
from engine.core.frozen import frozen


@frozen
class Track:
    places: Array
    pair: tuple[Array, Array]
    by_name: dict[str, Array] = field(default_factory=dict)
    rate_hz: float = 50.0

    def __post_init__(self) -> None:
        if self.places.ndim != 2:
            raise ValueError("places: two axes")


@frozen
class SidedTrack(Track):
    sides: list[Array] = field(default_factory=lambda: [np.zeros(2)])


def track() -> SidedTrack:
    return SidedTrack(np.zeros((3, 2)), (np.zeros(1), np.ones(1)), {"knee": np.ones(4)}, sides=[np.ones(2)])


def arrays(record: Track) -> list[Array]:
    sides = record.sides if isinstance(record, SidedTrack) else []
    return [record.places, *record.pair, *record.by_name.values(), *sides]


@pytest.mark.parametrize(
    "way",
    [
        lambda record: record,
        lambda record: replace(record, rate_hz=60.0),
        lambda record: pickle.loads(pickle.dumps(record)),
        copy.copy,
        copy.deepcopy,
    ],
    ids=["made", "replaced", "unpickled", "copied", "deeply copied"],
)
def test_no_number_can_be_written_however_the_record_came_about(way):
    record = way(track())
    assert len(arrays(record)) == 5
    for array in arrays(record):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = -5.0
    with pytest.raises(FrozenInstanceError):
        record.rate_hz = 1.0


def test_the_callers_arrays_are_neither_copied_nor_frozen():
    places, by_name = np.zeros((3, 2)), {"knee": np.ones(4)}
    record = Track(places, (np.zeros(1), np.zeros(1)), by_name)
    assert np.shares_memory(record.places, places)
    assert np.shares_memory(record.by_name["knee"], by_name["knee"])
    places[0, 0] = by_name["knee"][0] = 7.0


def test_a_record_equals_itself_only_and_can_be_a_key():
    one, other = track(), track()
    assert one == one
    assert one != other
    assert {one: "one", other: "other"}[one] == "one"


def test_it_is_a_dataclass_with_its_own_check():
    record = track()
    assert [item.name for item in fields(record)] == ["places", "pair", "by_name", "rate_hz", "sides"]
    asdict(record)["places"][0] = 1.0
    with pytest.raises(ValueError, match="two axes"):
        replace(record, places=np.zeros(3))
