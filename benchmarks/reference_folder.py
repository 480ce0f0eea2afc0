"""Where the reference data of real people lie, none of which ships: published norms, and motions that were measured."""

import os
from pathlib import Path


def reference_folder() -> Path:
    """The folder that ``GAITFORGE_REFERENCE`` names, else ``../shared/reference`` beside the checkout; it need not exist."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "reference"
    return Path(os.environ.get("GAITFORGE_REFERENCE", beside))
