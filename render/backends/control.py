"""Pictures that hold a diffusion model to the scene: how far away each pixel is, or which way its surface faces."""

from typing import Literal

import numpy as np

from engine.core.arrays import Single
from render.camera.camera import Camera
from render.core.frame import Frame, Image

Control = Literal["depth", "normal"]
_NEAR_SHARE, _FAR_SHARE = 0.5, 99.5
"""Percentiles of inverse depth that become black and white."""


def control_picture(frame: Frame, camera: Camera, kind: Control) -> Image:
    """What a ControlNet of that ``kind`` wants: ``(height, width, 3)``."""
    return depth_picture(frame.depth) if kind == "depth" else normal_picture(frame.depth, camera)


def depth_picture(depth: Single) -> Image:
    """Inverse depth, near white, far black, as MiDaS makes it (Ranftl et al. 2022, IEEE Trans Pattern Anal Mach Intell 44:1623)."""
    inverse = np.where(depth > 0, 1.0 / np.maximum(depth, 1e-6), 0.0)
    low, high = np.percentile(inverse, [_NEAR_SHARE, _FAR_SHARE])
    grey = np.clip((inverse - low) / max(high - low, 1e-9), 0.0, 1.0)
    return np.repeat(np.rint(255 * grey).astype(np.uint8)[..., None], 3, axis=2)


def normal_picture(depth: Single, camera: Camera) -> Image:
    """Unit normals as ``127.5 (n + 1)``: red to the right, green up, blue towards the camera; where nothing is, towards the camera."""
    row, column = np.indices(depth.shape)
    rays = camera.rays(np.stack([column, row], axis=-1).astype(float)) @ camera.rotation.T
    points = depth[..., None] * rays
    across, down = np.gradient(points, axis=1), np.gradient(points, axis=0)
    normals = np.cross(across, down) * [-1.0, 1.0, 1.0]
    length = np.linalg.norm(normals, axis=-1, keepdims=True)
    normals = np.where((length > 1e-12) & (depth[..., None] > 0), normals / np.maximum(length, 1e-12), [0.0, 0.0, 1.0])
    return np.rint(127.5 * (normals + 1)).astype(np.uint8)
