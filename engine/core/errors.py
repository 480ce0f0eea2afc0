"""What can go wrong, said so that the reader knows what to change. Imports nothing of ours."""


class GaitForgeError(Exception):
    """Base of all errors meant for a user. The command line prints the message as it is and exits with status 2."""


class SpecError(GaitForgeError):
    """A file that a person wrote is wrong. The message names the file, the field and what would be right."""


class DataError(GaitForgeError):
    """A data file or a cohort cannot be used. The message names the file and the remedy."""


class MissingDependencyError(GaitForgeError):
    """A library, a model file or a system package is not there. The message holds the command that installs it."""
