"""Drawing with OpenGL: context, programs, buffers, targets; `render.raster.rasterise` puts them together."""

import os

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")
os.environ.setdefault("LP_NUM_THREADS", "1")
