"""The exceptions of the toolkit: one base, one subclass for each door that bad input can come through."""

from __future__ import annotations


class CompexpError(Exception):
    """Something the person at the notebook can mend: the message names the value, its origin and the way on.

    The message can be printed and sent to a page whatever the value: half characters stand in it as escapes.
    """

    def __str__(self) -> str:
        return super().__str__().encode("utf-8", "backslashreplace").decode("utf-8")


class FormulaError(CompexpError):
    """A formula that cannot be read, or that names a concept the data does not have."""


class DataError(CompexpError):
    """An annotated data set with a broken file, row or label."""


class NetworkError(CompexpError):
    """A network that cannot be loaded, or a layer that is missing or cannot be probed."""


class StudyError(CompexpError):
    """A study folder that is incomplete, damaged, or was made with other settings."""


class SearchError(CompexpError):
    """Search settings that make no sense, or arrays that do not belong to the table."""


class FetchError(CompexpError):
    """A download or an archive that cannot be had, or that is not what it should be."""


class MissingPackageError(CompexpError, ImportError):
    """A package that this part of the toolkit needs and that is not installed; the message says how to install it."""


class EditError(CompexpError):
    """An edit of a picture or of sentences, or a recipe, that makes no sense or does not belong to what it is given."""
