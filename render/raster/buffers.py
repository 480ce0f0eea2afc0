"""What is drawn into: pictures with several channels, and depth maps that shaders read."""

from collections.abc import Sequence

import numpy as np
from OpenGL import GL

from engine.core.arrays import Labels, Single

_STORED = {GL.GL_RGBA8: (GL.GL_RGBA, 4), GL.GL_R8: (GL.GL_RED, 1), GL.GL_RG32F: (GL.GL_RG, 2)}
_FIRST_COLOUR, _FIRST_TEXTURE = int(GL.GL_COLOR_ATTACHMENT0), int(GL.GL_TEXTURE0)


class Target:
    """A framebuffer with one picture for each of ``formats`` and a depth buffer; it grows to the largest size that was asked for."""

    def __init__(self, formats: Sequence[int]) -> None:
        self._formats = tuple(formats)
        self._buffer = GL.glGenFramebuffers(1)
        self._stores = [GL.glGenRenderbuffers(1) for _ in range(len(formats) + 1)]
        self._held, self._size = (0, 0), (0, 0)

    def begin(self, width: int, height: int, clear: float = 0.0) -> None:
        """Draws into the lower left ``width`` by ``height`` pixels from now on; empties them to ``clear`` and the furthest depth."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        self._size = width, height
        if width > self._held[0] or height > self._held[1]:
            self._grow(max(width, self._held[0]), max(height, self._held[1]))
        GL.glViewport(0, 0, width, height)
        GL.glEnable(GL.GL_SCISSOR_TEST)
        GL.glScissor(0, 0, width, height)
        for k in range(len(self._formats)):
            GL.glClearBufferfv(GL.GL_COLOR, k, np.full(4, clear, np.float32))
        GL.glClearBufferfv(GL.GL_DEPTH, 0, np.ones(1, np.float32))
        GL.glDisable(GL.GL_SCISSOR_TEST)

    def _grow(self, width: int, height: int) -> None:
        self._held = width, height
        places = [*(_FIRST_COLOUR + k for k in range(len(self._formats))), GL.GL_DEPTH_ATTACHMENT]
        for store, place, form in zip(self._stores, places, (*self._formats, GL.GL_DEPTH_COMPONENT24), strict=True):
            GL.glBindRenderbuffer(GL.GL_RENDERBUFFER, store)
            GL.glRenderbufferStorage(GL.GL_RENDERBUFFER, form, width, height)
            GL.glFramebufferRenderbuffer(GL.GL_FRAMEBUFFER, place, GL.GL_RENDERBUFFER, store)
        GL.glDrawBuffers(len(self._formats), places[:-1])

    def picture(self, index: int) -> Labels:
        """What was drawn as bytes ``(height, width, channels)``, the top line first."""
        kind, channels = _STORED[self._formats[index]]
        out = np.empty((self._size[1], self._size[0], channels), np.uint8)
        GL.glReadBuffer(_FIRST_COLOUR + index)
        GL.glReadPixels(0, 0, *self._size, kind, GL.GL_UNSIGNED_BYTE, out)
        return out[::-1]

    def floats(self, index: int) -> Single:
        """What was drawn as numbers ``(height, width, channels)``, the top line first."""
        kind, channels = _STORED[self._formats[index]]
        out = np.empty((self._size[1], self._size[0], channels), np.float32)
        GL.glReadBuffer(_FIRST_COLOUR + index)
        GL.glReadPixels(0, 0, *self._size, kind, GL.GL_FLOAT, out)
        return out[::-1]

    def depth(self) -> Single:
        """Raw depths ``(height, width)`` in [0, 1], the top line first."""
        out = np.empty((self._size[1], self._size[0]), np.float32)
        GL.glReadPixels(0, 0, *self._size, GL.GL_DEPTH_COMPONENT, GL.GL_FLOAT, out)
        return out[::-1]

    def delete(self) -> None:
        """Gives its memory back."""
        GL.glDeleteFramebuffers(1, [self._buffer])
        GL.glDeleteRenderbuffers(len(self._stores), self._stores)


class DepthMap:
    """A square depth buffer that shaders read, plainly or compared; never filtered, since they look several times at scattered places."""

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._texture, self._buffer = GL.glGenTextures(1), GL.glGenFramebuffers(1)
        self._samplers = [_sampler(compared) for compared in (False, True)]
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._texture)
        form, kind = GL.GL_DEPTH_COMPONENT24, GL.GL_DEPTH_COMPONENT
        GL.glTexImage2D(GL.GL_TEXTURE_2D, 0, form, pixels, pixels, 0, kind, GL.GL_UNSIGNED_INT, None)
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        GL.glFramebufferTexture2D(GL.GL_FRAMEBUFFER, GL.GL_DEPTH_ATTACHMENT, GL.GL_TEXTURE_2D, self._texture, 0)
        GL.glDrawBuffer(GL.GL_NONE)
        GL.glReadBuffer(GL.GL_NONE)

    def begin(self) -> None:
        """Draws into the map from now on; empties it."""
        GL.glBindFramebuffer(GL.GL_FRAMEBUFFER, self._buffer)
        GL.glViewport(0, 0, self._pixels, self._pixels)
        GL.glClearBufferfv(GL.GL_DEPTH, 0, np.ones(1, np.float32))

    def bind(self, unit: int, *, compared: bool) -> None:
        """Lets shaders read it as texture ``unit``."""
        GL.glActiveTexture(_FIRST_TEXTURE + unit)
        GL.glBindTexture(GL.GL_TEXTURE_2D, self._texture)
        GL.glBindSampler(unit, self._samplers[compared])

    def delete(self) -> None:
        """Gives its memory back."""
        GL.glDeleteFramebuffers(1, [self._buffer])
        GL.glDeleteTextures([self._texture])
        GL.glDeleteSamplers(2, np.array(self._samplers, np.uint32))


def _sampler(compared: bool) -> int:
    sampler = int(GL.glGenSamplers(1))
    GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MIN_FILTER, GL.GL_NEAREST)
    GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_MAG_FILTER, GL.GL_NEAREST)
    for axis in (GL.GL_TEXTURE_WRAP_S, GL.GL_TEXTURE_WRAP_T):
        GL.glSamplerParameteri(sampler, axis, GL.GL_CLAMP_TO_BORDER)
    GL.glSamplerParameterfv(sampler, GL.GL_TEXTURE_BORDER_COLOR, np.ones(4, np.float32))
    if compared:
        GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_MODE, GL.GL_COMPARE_REF_TO_TEXTURE)
        GL.glSamplerParameteri(sampler, GL.GL_TEXTURE_COMPARE_FUNC, GL.GL_LEQUAL)
    return sampler
