"""Where GaitForge keeps what it builds once and reuses (the default body, compiled caches)."""

import os
from pathlib import Path


def cache_folder() -> Path:
    """``$GAITFORGE_CACHE`` if set, else ``$XDG_CACHE_HOME/gaitforge``, else ``~/.cache/gaitforge``."""
    own = os.environ.get("GAITFORGE_CACHE")
    if own:
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "gaitforge"
