"""One body, one shape and one short walk for all tests of the renderer."""

import ctypes.util

import numpy as np
import pytest

from engine.core.conventions import COORDINATE_INDEX, COORDINATES, MUSCLES
from engine.gait.cycle import GaitCycle
from engine.gait.records import (
    BodyShape,
    ContactPhases,
    Dynamics,
    Events,
    Gait,
    MusculoskeletalParameters,
    PhysicsFigures,
    Proposal,
    Subject,
    Variability,
    Walk,
)
from render.body.locate import VARIABLE, body_file
from render.body.model import BodyModel, load_body_model
from render.body.shape import SmplxBodyMaker

SPEED_MPS, STRIDE_S = 1.2, 1.1


@pytest.fixture(scope="session", autouse=True)
def _default_body():
    patch = pytest.MonkeyPatch()
    patch.delenv(VARIABLE, raising=False)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def subject() -> Subject:
    return Subject("adult", 30, "male", 1.77, 74.0, appearance_seed=11)


@pytest.fixture(scope="session")
def model(_default_body) -> BodyModel:
    return load_body_model(body_file("male"))


@pytest.fixture(scope="session")
def body(subject, model) -> BodyShape:  # noqa: ARG001
    return SmplxBodyMaker().make(subject)


def walking_coordinates(time: np.ndarray, body: BodyShape) -> np.ndarray:
    """A plain walk: sines of a stride's period, legs half a cycle apart. Good enough to look at, not to obey physics."""
    q = np.zeros((len(time), len(COORDINATES)))

    def put(name: str, mean_deg: float, swing_deg: float, phase: np.ndarray) -> None:
        q[:, COORDINATE_INDEX[name]] = np.radians(mean_deg + swing_deg * np.cos(2 * np.pi * phase))

    for side, shift in (("r", 0.0), ("l", 0.5)):
        phase = time / STRIDE_S + shift
        put(f"hip_flexion_{side}", 8, 20, phase)
        put(f"knee_angle_{side}", 25, -22, phase + 0.25)
        put(f"ankle_angle_{side}", 0, 8, phase + 0.5)
        put(f"arm_flex_{side}", 0, -18, phase)
        put(f"arm_add_{side}", -8, 0, phase)
        put(f"elbow_flex_{side}", 25, -8, phase)
        put(f"pro_sup_{side}", 52, 0, phase)
    put("pelvis_rotation", 0, 5, time / STRIDE_S)
    put("lumbar_rotation", 0, -8, time / STRIDE_S)
    q[:, COORDINATE_INDEX["pelvis_tx"]] = SPEED_MPS * time
    q[:, COORDINATE_INDEX["pelvis_ty"]] = body.lengths_m["hip_height"] + 0.05
    return q


@pytest.fixture(scope="session")
def walk(subject, body) -> Walk:
    time = np.arange(0, 1.21, 0.01)
    n = len(time)
    dynamics = Dynamics(
        time=time,
        q=walking_coordinates(time, body),
        force=np.zeros((n, 2, 3)),
        pressure_centre=np.zeros((n, 2, 3)),
        free_moment=np.zeros((n, 2)),
        moments=np.zeros((n, len(COORDINATES))),
        activations=np.zeros((n, len(MUSCLES))),
        reserves=np.zeros((n, len(COORDINATES))),
    )
    cycle = GaitCycle(np.zeros((17, len(COORDINATES))), SPEED_MPS, STRIDE_S)
    contact = ContactPhases(0.62, 0.5, 0.12)
    proposal = Proposal(subject, MusculoskeletalParameters(), cycle, contact, Variability(0.02, 0.02, 0.02))
    figures = PhysicsFigures(*[0.0] * 9)
    gait = Gait(proposal, body, cycle, contact, dynamics, figures)
    none = (np.zeros(0), np.zeros(0))
    return Walk(gait, dynamics, Events(none, none), figures)


@pytest.fixture(scope="session")
def rasterise():
    """The drawing module; tests that need it are skipped only where the EGL library is truly missing."""
    if ctypes.util.find_library("EGL") is None:
        pytest.skip(
            "libEGL is not installed: sudo apt-get install -y libegl1 libgl1 libgl1-mesa-dri libegl-mesa0 libgles2"
        )
    import render.raster.rasterise

    return render.raster.rasterise
