"""The graphics context: pyrender opens it through EGL, on the graphics card or on the processor (Mesa llvmpipe)."""

import os
from functools import cache

import numpy as np

if not hasattr(np, "infty"):
    np.infty = np.inf  # noqa: NPY201  # pyright: ignore[reportAttributeAccessIssue] - pyrender 0.1.45 asks for what NumPy 2 dropped

from pyrender.platforms.egl import EGLPlatform, get_device_by_index

_ANY_SIZE = 64
"""Pictures go to framebuffers of their own."""


def make_current() -> None:
    """Makes the context of this process the one that OpenGL's functions work on; opens it the first time."""
    _open(os.getpid()).make_current()


@cache
def _open(process: int) -> EGLPlatform:  # noqa: ARG001 - a forked process needs its own
    device = get_device_by_index(int(os.environ.get("EGL_DEVICE_ID", "0")))
    platform = EGLPlatform(_ANY_SIZE, _ANY_SIZE, device=device)
    platform.init_context()
    return platform
