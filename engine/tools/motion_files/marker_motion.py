"""From markers to a recording, on a model that has the same markers."""

import numpy as np
from scipy.spatial.transform import Rotation

from engine.core.arrays import Array
from engine.core.errors import DataError
from engine.gait.recording import Recording
from engine.musculoskeletal.inverse_kinematics import MarkerFit, fit_markers, model_markers
from engine.tools.motion_files.markers import Markers
from engine.tools.motion_files.person import Person

SEEN: tuple[str, ...] = ("pelvis", "femur_r", "tibia_r", "calcn_r", "femur_l", "tibia_l", "calcn_l")
"""Bodies that must carry a marker of the file: a walk whose thigh, shank or foot nobody saw is not measured."""

LARGEST_ERROR_M = 0.06
"""RMS distance of markers beyond which the model is not that person's."""

RATE_HZ = 50.0
"""Poses per second that are found: enough for the harmonics of a cycle."""

_FEWEST_AT_START = 4


def track_markers(markers: Markers, person: Person) -> Recording:
    """The motion of a person's model that follows recorded markers.

    Raises:
        DataError: the model has no such markers, a body is not seen, or markers and model lie far apart.
    """
    if not person.own_model:
        raise DataError(f"{markers.source}: markers need a model that carries them; give it with --model")
    there, unseen = model_markers(person.model), _never_seen(markers)
    names = tuple(name for name in markers.names if _plain(name) in there and name not in unseen)
    _check(markers, names, there)
    columns = [markers.names.index(name) for name in names]
    places, plain = markers.places[:, columns], [_plain(name) for name in names]
    frames = _frames_to_use(markers, places)
    places = _facing_forward(places[frames], np.array([there[name][1] for name in plain]))
    fit = fit_markers(person.model, markers.time[frames], plain, places)
    return Recording(markers.source, markers.time[frames], fit.q, _notes(markers, names, plain, fit))


def _never_seen(markers: Markers) -> list[str]:
    seen = np.any(np.isfinite(markers.places).all(axis=2), axis=0)
    return [name for name, ever in zip(markers.names, seen, strict=True) if not ever]


def _plain(name: str) -> str:
    """Without the subject's name that laboratories put before a colon."""
    return name.rsplit(":", 1)[-1].strip()


def _check(markers: Markers, names: tuple[str, ...], there: dict[str, tuple[str, Array]]) -> None:
    if not there:
        raise DataError(f"{markers.source}: the model has no markers; add a MarkerSet with {', '.join(markers.names)}")
    unseen = [body for body in SEEN if body not in {there[_plain(name)][0] for name in names}]
    if unseen:
        raise DataError(
            f"{markers.source}: no marker of the file is on {', '.join(unseen)} of the model. File: {', '.join(markers.names)}"
            f"{_told(' (never seen: {})', _never_seen(markers))}. Model: {', '.join(there)}"
        )


def _frames_to_use(markers: Markers, places: Array) -> slice:
    """From the first to the last frame in which enough markers were seen, not more often than `RATE_HZ` asks."""
    enough = np.flatnonzero(np.isfinite(places).all(axis=2).sum(axis=1) >= _FEWEST_AT_START)
    if not len(enough):
        raise DataError(f"{markers.source}: no frame shows {_FEWEST_AT_START} markers of the model")
    step = max(1, int(1.0 / (RATE_HZ * np.median(np.diff(markers.time)))))
    return slice(int(enough[0]), int(enough[-1]) + 1, step)


def _facing_forward(places: Array, standing: Array) -> Array:
    """Markers turned about the vertical so that the first frame faces as the standing model does, where inverse kinematics begins."""
    seen = np.isfinite(places[0]).all(axis=1)
    now, then = places[0, seen], standing[seen]
    flat = np.array([1.0, 0.0, 1.0])
    now, then = (now - now.mean(axis=0)) * flat, (then - then.mean(axis=0)) * flat
    across = (now[:, 0] * then[:, 2] - now[:, 2] * then[:, 0]).sum()
    along = (now[:, 0] * then[:, 0] + now[:, 2] * then[:, 2]).sum()
    return Rotation.from_euler("y", -np.arctan2(across, along)).apply(places.reshape(-1, 3)).reshape(places.shape)


def _notes(markers: Markers, names: tuple[str, ...], plain: list[str], fit: MarkerFit) -> tuple[str, ...]:
    error = float(np.sqrt(np.nanmean(fit.error_m**2)))
    used = np.flatnonzero(np.isfinite(fit.error_m).any(axis=0))
    by_marker = np.sqrt(np.nanmean(fit.error_m[:, used] ** 2, axis=0))
    worst = int(np.argmax(by_marker))
    said = (
        f"{len(used)} markers, {1e3 * error:.0f} mm RMS from the model's, worst {plain[used[worst]]} with "
        f"{1e3 * by_marker[worst]:.0f} mm"
    )
    if error > LARGEST_ERROR_M:
        raise DataError(
            f"{markers.source}: {said}; scale the model to this person first (at most {1e3 * LARGEST_ERROR_M:.0f} mm)"
        )
    unseen = _never_seen(markers)
    unused = [name for name in markers.names if name not in names and name not in unseen]
    notes = (said, _told("markers not in the model: {}", unused), _told("markers never seen: {}", unseen))
    return tuple(note for note in notes if note)


def _told(words: str, names: list[str]) -> str:
    """The words about these names; nothing if there are none."""
    return words.format(", ".join(names)) if names else ""
