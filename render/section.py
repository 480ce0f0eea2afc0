"""The base of all parts of a look file."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of a look file: frozen, refuses fields that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)
