"""Drawing with OpenGL: context, programs, buffers, targets; `render.rasterise` puts them together."""
