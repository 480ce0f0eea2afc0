"""Shader programs, compiled once per process; uniforms by name."""

import os
from collections.abc import Mapping
from functools import cache

import numpy as np
from OpenGL import GL
from OpenGL.GL import shaders

from engine.core.arrays import Array
from render.raster.shader_text import shader_text

Uniforms = Mapping[str, float | int | Array]


class Program:
    """A vertex shader and a fragment shader, compiled and linked."""

    def __init__(self, vertex: str, fragment: str, definitions: Mapping[str, float | str]) -> None:
        self._id = GL.glCreateProgram()
        for name, kind in ((vertex, GL.GL_VERTEX_SHADER), (fragment, GL.GL_FRAGMENT_SHADER)):
            GL.glAttachShader(self._id, shaders.compileShader(shader_text(name, definitions), kind))
        GL.glLinkProgram(self._id)
        if not GL.glGetProgramiv(self._id, GL.GL_LINK_STATUS):
            raise RuntimeError(f"{vertex}, {fragment}: {GL.glGetProgramInfoLog(self._id)}")
        self._places: dict[str, int] = {}
        self._held: dict[str, float | int | Array] = {}

    def use(self, uniforms: Uniforms) -> None:
        """Draws with this program from now on; those of ``uniforms`` that it does not have, or that are the same object as last time, are
        left out: arrays among them must not be written into."""
        GL.glUseProgram(self._id)
        for name, value in uniforms.items():
            if self._held.get(name) is value:
                continue
            self._held[name] = value
            place = self._places.get(name)
            if place is None:
                place = self._places[name] = GL.glGetUniformLocation(self._id, name)
            if place >= 0:
                _set(place, value)


def _set(place: int, value: float | int | Array) -> None:
    if isinstance(value, int):
        GL.glUniform1i(place, value)
    elif isinstance(value, float):
        GL.glUniform1f(place, value)
    elif value.shape == (4, 4):
        GL.glUniformMatrix4fv(place, 1, GL.GL_TRUE, np.ascontiguousarray(value, np.float32))
    else:
        flat = np.ascontiguousarray(value, np.float32)
        rows, setter = (1, _VECTORS[value.shape[-1]]) if value.ndim == 1 else (len(value), GL.glUniform3fv)
        setter(place, value.size if setter is GL.glUniform1fv else rows, flat)


_VECTORS = {2: GL.glUniform2fv, 3: GL.glUniform3fv, 4: GL.glUniform4fv, 5: GL.glUniform1fv}
"""By length; five numbers are an array, the others are vectors."""


def find_program(vertex: str, fragment: str, **definitions: float | str) -> Program:
    """The program of two shader files; compiled once per process and set of ``definitions``."""
    return _compiled(os.getpid(), vertex, fragment, tuple(definitions.items()))


@cache
def _compiled(process: int, vertex: str, fragment: str, definitions: tuple[tuple[str, float | str], ...]) -> Program:  # noqa: ARG001
    return Program(vertex, fragment, dict(definitions))
