"""What can go wrong, said so that the reader knows what to change. Imports nothing of ours."""

import errno


class GaitForgeError(Exception):
    """Base of all errors meant for a user. The command line prints the message as it is and exits with status 2."""


class SpecError(GaitForgeError):
    """A file that a person wrote is wrong. The message names the file, the field and what would be right."""


class DataError(GaitForgeError):
    """A data file or a cohort cannot be used. The message names the file and the remedy."""


class MachineError(GaitForgeError):
    """The machine lacks something that all further work on it needs. The message says what, and what to do."""


class MissingDependencyError(MachineError):
    """A library, a model file or a system package is not there. The message holds the command that installs it."""


def as_machine_error(error: Exception) -> MachineError | None:
    """The error as what the machine lacks, a full disk included; None where it may concern one piece of work alone."""
    if isinstance(error, MachineError):
        return error
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return MachineError(f"{error}; make room, then run the same command again")
    return None
