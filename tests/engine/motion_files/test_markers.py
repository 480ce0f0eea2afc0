"""Marker files, and inverse kinematics on a model that carries the markers."""

import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pytest
from norm_gait import ADULT, norm_proposal
from recorded import LEGS, recording, rms_deg

from engine.core.conventions import COORDINATE_INDEX, COORDINATES
from engine.core.errors import DataError, MissingDependencyError
from engine.musculoskeletal.inverse_kinematics import model_markers
from engine.musculoskeletal.toolkit import opensim
from engine.tools.motion_files.c3d import read_c3d
from engine.tools.motion_files.marker_motion import track_markers
from engine.tools.motion_files.markers import Markers
from engine.tools.motion_files.person import Person
from engine.tools.motion_files.trc import read_trc

CLUSTER = ((0.1, 0.0, 0.0), (0.0, 0.15, 0.05), (-0.05, 0.0, 0.12))
CARRIERS = (
    "pelvis",
    "torso",
    *(f"{name}_{side}" for side in "rl" for name in ("femur", "tibia", "calcn", "humerus", "radius")),
)
TOES = [f"mtp_angle_{side}" for side in "rl"]


@pytest.fixture(scope="module")
def carrier(adult):
    """The adult as a user's model with three markers on most bodies."""
    model = adult.model.clone()
    for body in CARRIERS:
        for number, place in enumerate(CLUSTER):
            frame = model.getBodySet().get(body)
            model.addMarker(opensim.Marker(f"{body}:{number}".replace(":", "."), frame, opensim.Vec3(*place)))
    model.finalizeConnections()
    model.initSystem()
    return Person(replace(adult, make_model=lambda: model), (), own_model=True)


@pytest.fixture(scope="module")
def walked(carrier):
    """Markers of a norm gait that walks off to the left, and its coordinates."""
    made = recording(norm_proposal(ADULT)[0].cycle, 1.2, rate_hz=50.0, heading=2.0)
    model = carrier.model.clone()
    state, coordinates, markers = model.initSystem(), model.getCoordinateSet(), model.getMarkerSet()
    names = [markers.get(i).getName() for i in range(markers.getSize())]
    places = np.empty((len(made.time), len(names), 3))
    for k, q in enumerate(made.q):
        for name, value in zip(COORDINATES, q, strict=True):
            coordinates.get(name).setValue(state, float(value), False)
        model.realizePosition(state)
        places[k] = [markers.get(name).getLocationInGround(state).to_numpy() for name in names]
    return Markers("made.trc", made.time, tuple(names), places), made.q


def write_trc(path, markers, unit="mm", scale=1e3):
    head = [
        "PathFileType\t4\t(X/Y/Z)\tmade",
        "DataRate\tCameraRate\tNumFrames\tNumMarkers\tUnits\tOrigDataRate\tOrigDataStartFrame\tOrigNumFrames",
        f"50\t50\t{len(markers.time)}\t{len(markers.names)}\t{unit}\t50\t1\t{len(markers.time)}",
        "Frame#\tTime\t" + "\t\t\t".join(markers.names) + "\t\t",
        "\t\t" + "\t".join(f"{axis}{k + 1}" for k in range(len(markers.names)) for axis in "XYZ"),
        "",
    ]
    rows = []
    for k, (time, frame) in enumerate(zip(markers.time, markers.places, strict=True)):
        fields = ["" if np.isnan(x) else f"{scale * x:.6f}" for x in frame.ravel()]
        rows.append("\t".join([str(k + 1), f"{time:.6f}", *fields]))
    path.write_text("\n".join(head + rows) + "\n")


def with_gap(markers):
    places = markers.places.copy()
    places[5:9, 2] = np.nan
    return replace(markers, places=places)


@pytest.mark.parametrize(("unit", "scale"), [("mm", 1e3), ("m", 1.0)])
def test_a_trc_file_comes_back_in_metres_with_its_gaps(tmp_path, walked, unit, scale):
    markers = with_gap(walked[0])
    write_trc(tmp_path / "a.trc", markers, unit, scale)
    found = read_trc(tmp_path / "a.trc")
    assert found.names == markers.names
    np.testing.assert_allclose(found.places, markers.places, atol=1e-6)
    np.testing.assert_allclose(found.time, markers.time, atol=1e-6)


@pytest.mark.parametrize(
    "text", ["", "a\nb\nc\n", "PathFileType\nUnits\nmiles\nFrame#\tTime\tA\n\tX1\n1\t0\t1\t2\t3\n"]
)
def test_what_is_no_trc_file_is_refused(tmp_path, text):
    (tmp_path / "a.trc").write_text(text)
    with pytest.raises(DataError, match=r"a\.trc"):
        read_trc(tmp_path / "a.trc")


def never_seen(markers, name):
    places = markers.places.copy()
    places[:, markers.names.index(name)] = np.nan
    return replace(markers, places=places)


WRITER = """
import sys
import ezc3d
import numpy as np
data = np.load(sys.argv[1])
file = ezc3d.c3d()
file["parameters"]["POINT"]["RATE"]["value"] = [50.0]
file["parameters"]["POINT"]["LABELS"]["value"] = [str(name) for name in data["names"]]
file["parameters"]["POINT"]["UNITS"]["value"] = ["mm"]
if data["told"]:
    file.add_parameter("POINT", "Y_SCREEN", ["+Z"])
file["data"]["points"] = data["points"]
file["header"]["points"]["first_frame"] = int(data["first_frame"])
file.write(sys.argv[2])
"""


def write_c3d(path, markers, told=True, first_frame=0):
    """With Z up; ``first_frame`` counts from zero, as ezc3d does. In a process of its own (see `engine.tools.motion_files.c3d_content`)."""
    if find_spec("ezc3d") is None:
        pytest.skip("ezc3d is not installed")
    z_up = np.stack([markers.places[..., 0], -markers.places[..., 2], markers.places[..., 1]], axis=-1)
    points = np.ones((4, len(markers.names), len(markers.time)))
    points[:3] = 1e3 * z_up.transpose(2, 1, 0)
    told_of = path.with_suffix(".npz")
    np.savez(told_of, names=np.array(markers.names), points=points, told=told, first_frame=first_frame)
    subprocess.run([sys.executable, "-c", WRITER, str(told_of), str(path)], check=True)


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("told", [True, False])
def test_a_c3d_file_with_z_up_comes_back_with_y_up(tmp_path, walked, told):
    """Also where one marker was seen now and then, and another never."""
    markers = never_seen(with_gap(walked[0]), "torso.1")
    write_c3d(tmp_path / "a.c3d", markers, told)
    found = read_c3d(tmp_path / "a.c3d")
    assert found.names == markers.names
    np.testing.assert_allclose(found.places, markers.places, atol=1e-5)


def test_a_c3d_file_keeps_the_laboratorys_clock(tmp_path, walked):
    write_c3d(tmp_path / "a.c3d", walked[0], first_frame=100)
    np.testing.assert_allclose(read_c3d(tmp_path / "a.c3d").time, 2.0 + walked[0].time, atol=1e-9)


def test_a_c3d_file_in_which_nothing_was_seen_is_told(tmp_path, walked):
    nothing = np.full_like(walked[0].places, np.nan)
    write_c3d(tmp_path / "a.c3d", SimpleNamespace(**(vars(walked[0]) | {"places": nothing})), told=False)
    with pytest.raises(DataError, match="no marker was seen"):
        read_c3d(tmp_path / "a.c3d")


def test_what_is_no_c3d_file_is_refused(tmp_path):
    if find_spec("ezc3d") is None:
        pytest.skip("ezc3d is not installed")
    (tmp_path / "a.c3d").write_bytes(b"not a c3d file")
    with pytest.raises(DataError, match=r"a\.c3d"):
        read_c3d(tmp_path / "a.c3d")


def test_without_ezc3d_the_error_names_the_extra(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "ezc3d", None)
    with pytest.raises(MissingDependencyError, match=r"gaitforge\[c3d\]"):
        read_c3d(tmp_path / "a.c3d")


def test_markers_give_back_the_motion(carrier, walked):
    """Whatever direction the walk takes, with a gap in one marker and a subject's name before each."""
    markers, q = walked
    named = replace(with_gap(markers), names=tuple(f"Anna:{name}" for name in markers.names))
    found = track_markers(named, carrier)
    assert rms_deg(found.q[:, LEGS], q[:, LEGS]) < 0.2
    arms = [i for i, name in enumerate(COORDINATES) if name.startswith(("arm", "elbow", "pro_sup", "lumbar"))]
    assert rms_deg(found.q[:, arms], q[:, arms]) < 0.5
    height = COORDINATE_INDEX["pelvis_ty"]
    np.testing.assert_allclose(found.q[:, height], q[:, height], atol=2e-3)
    assert found.notes[0].startswith(f"{len(markers.names)} markers, 0 mm RMS")


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_a_marker_that_was_never_seen_is_told(carrier, walked):
    markers = walked[0]
    short = replace(markers, time=markers.time[:20], places=markers.places[:20])
    found = track_markers(never_seen(short, "torso.1"), carrier)
    assert found.notes[0].startswith(f"{len(markers.names) - 1} markers, 0 mm RMS")
    assert found.notes[1] == "markers never seen: torso.1"
    for name in ("calcn_l.0", "calcn_l.1", "calcn_l.2"):
        short = never_seen(short, name)
    with pytest.raises(DataError, match=r"is on calcn_l of the model.*never seen: calcn_l\.0"):
        track_markers(short, carrier)


def test_models_and_markers_that_do_not_match_are_told(carrier, walked, adult):
    markers, _ = walked
    with pytest.raises(DataError, match="--model"):
        track_markers(markers, replace(carrier, own_model=False))
    with pytest.raises(DataError, match="no markers; add a MarkerSet"):
        track_markers(markers, replace(carrier, embodied=adult))
    foot_gone = [k for k, name in enumerate(markers.names) if not name.startswith("calcn_l")]
    unseen = replace(markers, names=tuple(markers.names[k] for k in foot_gone), places=markers.places[:, foot_gone])
    with pytest.raises(DataError, match="no marker of the file is on calcn_l of the model"):
        track_markers(unseen, carrier)


def test_a_model_of_another_size_is_told(carrier, walked):
    markers, _ = walked
    with pytest.raises(DataError, match="scale the model"):
        track_markers(replace(markers, time=markers.time[:20], places=1.3 * markers.places[:20]), carrier)


def test_markers_of_a_model_stand_on_their_bodies(carrier):
    found = model_markers(carrier.model)
    assert len(found) == len(CARRIERS) * len(CLUSTER)
    assert found["femur_r.0"][0] == "femur_r"
