"""Stick figures that walk, and a pinhole camera: made input whose every answer is known."""

from dataclasses import dataclass

import numpy as np

from downstream.recordings.keypoint_recording import JOINT, Recording

# Segment lengths and heights as shares of stature: Drillis & Contini 1966, in Winter 2009, fig. 4.1.
SHANK, THIGH, TRUNK, ANKLE = 0.246, 0.245, 0.288, 0.039
HALF_HIP, HALF_SHOULDER = 0.055, 0.11
UPPER_ARM, FOREARM = 0.186, 0.146
STANCE = 0.62
IMAGE = (640, 480)
FOCAL = 620.0


@dataclass(frozen=True)
class StickWalk:
    speed_mps: float
    cadence_spm: float
    height_m: float
    seconds: float = 5.0
    fps: float = 30.0
    phase: float = 0.0
    leg_share: float = 1.0
    arm_swing: float = 0.35

    @property
    def step_length_m(self) -> float:
        return self.speed_mps * 60 / self.cadence_spm


def joints3d(walk):
    """COCO-17 joints (F, 17, 3) of a figure that walks along +X; Y up, Z right."""
    time = np.arange(round(walk.seconds * walk.fps)) / walk.fps
    stride_hz = walk.cadence_spm / 120
    thigh, shank = THIGH * walk.leg_share * walk.height_m, SHANK * walk.leg_share * walk.height_m
    ankle = ANKLE * walk.height_m
    forward = walk.speed_mps * time
    hip_height = ankle + 0.985 * (thigh + shank) + 0.008 * np.cos(4 * np.pi * (stride_hz * time + walk.phase))
    joints = np.zeros((len(time), 17, 3))
    for side, sign, lag in (("right", 1, 0.0), ("left", -1, 0.5)):
        cycle = (stride_hz * time + walk.phase + lag) % 1
        put = _putter(joints, side, forward, sign)
        ankle_x, ankle_y = _ankle(cycle, walk, hip_height, ankle, thigh + shank)
        knee_x, knee_y = _knee(ankle_x, ankle_y, hip_height, thigh, shank)
        put("hip", 0 * time, hip_height, HALF_HIP * walk.height_m)
        put("knee", knee_x, knee_y, HALF_HIP * walk.height_m)
        put("ankle", ankle_x, ankle_y, HALF_HIP * walk.height_m)
        _arm(put, cycle, walk, hip_height)
        _face(put, walk, hip_height)
    joints[:, JOINT["nose"]] = np.column_stack([forward + 0.1, hip_height + 0.4 * walk.height_m, 0 * time])
    return joints


def _putter(joints, side, forward, sign):
    def put(name, x, y, z):
        joints[:, JOINT[f"{side}_{name}"]] = np.column_stack([forward + x, y, np.full(len(forward), sign * z)])

    return put


def _ankle(cycle, walk, hip_height, ankle, reach):
    stride = 2 * walk.step_length_m
    swing = np.clip((cycle - STANCE) / (1 - STANCE), 0, 1)
    ease = swing - np.sin(2 * np.pi * swing) / (2 * np.pi)
    x = np.where(cycle < STANCE, STANCE * stride * (0.5 - cycle / STANCE), STANCE * stride * (ease - 0.5))
    y = ankle + 0.07 * walk.height_m * np.sin(np.pi * swing) ** 2
    lowest = hip_height - np.sqrt(np.maximum((0.995 * reach) ** 2 - x**2, 0.01))
    return x, np.maximum(y, lowest)


def _knee(ankle_x, ankle_y, hip_height, thigh, shank):
    dx, dy = ankle_x, ankle_y - hip_height
    distance = np.hypot(dx, dy)
    bend = np.arccos(np.clip((thigh**2 + distance**2 - shank**2) / (2 * thigh * distance), -1, 1))
    angle = np.arctan2(dx, -dy) + bend
    return thigh * np.sin(angle), hip_height - thigh * np.cos(angle)


def _arm(put, cycle, walk, hip_height):
    shoulder = hip_height + TRUNK * walk.height_m
    angle = -walk.arm_swing * np.cos(2 * np.pi * cycle)
    upper, lower = UPPER_ARM * walk.height_m, FOREARM * walk.height_m
    width = HALF_SHOULDER * walk.height_m
    put("shoulder", 0 * cycle, shoulder, width)
    put("elbow", upper * np.sin(angle), shoulder - upper * np.cos(angle), width)
    elbow_x, elbow_y = upper * np.sin(angle), shoulder - upper * np.cos(angle)
    put("wrist", elbow_x + lower * np.sin(angle + 0.3), elbow_y - lower * np.cos(angle + 0.3), width)


def _face(put, walk, hip_height):
    put("eye", np.full_like(hip_height, 0.08), hip_height + 0.42 * walk.height_m, 0.02 * walk.height_m)
    put("ear", np.zeros_like(hip_height), hip_height + 0.41 * walk.height_m, 0.045 * walk.height_m)


def camera(walk, yaw_deg, pitch_deg=0.0, distance_m=None):
    """K, R, t of a camera that looks at the middle of the walk. Yaw 0 sees the right side, 90 the front."""
    middle = np.array([walk.speed_mps * walk.seconds / 2, 0.55 * walk.height_m, 0.0])
    yaw, pitch = np.deg2rad(yaw_deg), np.deg2rad(pitch_deg)
    extent = walk.speed_mps * walk.seconds
    if distance_m is None:
        across = 0.62 * FOCAL / IMAGE[0] * (extent + 1.0) * abs(np.cos(yaw)) * 2
        distance_m = max(across, 1.5 * walk.height_m * FOCAL / IMAGE[1]) + 0.5 * extent * abs(np.sin(yaw))
    towards = np.array([np.sin(yaw) * np.cos(pitch), np.sin(pitch), np.cos(yaw) * np.cos(pitch)])
    position = middle + distance_m * towards
    z = -towards
    x = np.cross(z, [0.0, 1.0, 0.0])
    x /= np.linalg.norm(x)
    rotation = np.stack([x, np.cross(z, x), z])
    intrinsics = np.array([[FOCAL, 0, IMAGE[0] / 2], [0, FOCAL, IMAGE[1] / 2], [0, 0, 1.0]])
    return intrinsics, rotation, -rotation @ position


def joints_along(walk, headings_deg):
    """The same figure (F, 17, 3) on a way of its own: ``headings_deg (F,)`` over time, 0 along +X, 90 along −Z."""
    straight = joints3d(walk)
    heading = np.deg2rad(headings_deg)
    forward = np.column_stack([np.cos(heading), 0 * heading, -np.sin(heading)])
    right = np.column_stack([np.sin(heading), 0 * heading, np.cos(heading)])
    way = np.cumsum(forward, axis=0) * walk.speed_mps / walk.fps
    along = straight[..., 0] - (walk.speed_mps * np.arange(len(straight)) / walk.fps)[:, None]
    up = np.array([0.0, 1.0, 0.0])
    return (
        way[:, None]
        + along[..., None] * forward[:, None]
        + straight[..., 1:2] * up
        + straight[..., 2:] * right[:, None]
    )


def project(points, intrinsics, rotation, translation):
    seen = points @ rotation.T + translation
    image = seen @ intrinsics.T
    return image[..., :2] / image[..., 2:]


def film(walk, yaw_deg=0.0, pitch_deg=0.0, distance_m=None):
    """A walk as clean keypoints, everything known."""
    return filmed(joints3d(walk), walk, yaw_deg, pitch_deg, distance_m)


def filmed(joints, walk, yaw_deg=0.0, pitch_deg=0.0, distance_m=None):
    """Joints in space as clean keypoints, by the camera of a straight walk."""
    pixels = project(joints, *camera(walk, yaw_deg, pitch_deg, distance_m))
    keypoints = np.concatenate([pixels, np.ones((*pixels.shape[:2], 1))], axis=-1)
    return Recording(keypoints, walk.fps, walk.height_m, IMAGE, FOCAL)


def random_walk(rng):
    """A person of any size and pace. Walk ratio (step length over cadence) and Froude number vary as among people."""
    height = rng.uniform(1.1, 1.95)
    leg = 0.53 * height
    speed = rng.uniform(0.25, 0.55) * np.sqrt(9.81 * leg)
    step = leg * 0.72 * (speed / np.sqrt(9.81 * leg) / 0.42) ** 0.55 * np.exp(rng.normal(0, 0.08))
    return StickWalk(
        speed_mps=float(speed),
        cadence_spm=float(60 * speed / step),
        height_m=float(height),
        seconds=float(rng.uniform(3.5, 6.0)),
        phase=float(rng.uniform(0, 1)),
        leg_share=float(rng.normal(1.0, 0.02)),
        arm_swing=float(rng.uniform(0.05, 0.5)),
    )


CAMERAS = {"side": 0.0, "oblique": 45.0, "front": 90.0}
