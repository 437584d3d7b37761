"""What is said of something that comes from outside and is refused: every message of this room is made here."""

from __future__ import annotations

from dataclasses import dataclass

from compexp_widgets.errors import CompexpError, DataError


@dataclass(frozen=True)
class Origin:
    """Where something comes from, and what is raised when it is refused.

    Attributes
    ----------
    where
        What every message begins with: the file and, in brackets, what names it, or what a person calls it,
        ``"street.png (index.csv, row 17)"``, ``"the patch 'igloo'"``.
    error
        The subclass of `CompexpError` that is raised.
    """

    where: str
    error: type[CompexpError] = DataError

    def refusal(self, problem: str) -> CompexpError:
        """The exception to raise; `problem` says what is wrong and the way on, ``"is empty. Fetch it again."``"""
        return self.error(f"{self.where} {problem}")


def told(error: BaseException) -> str:
    """What an exception of a library says, in one line of at most 200 characters; its name where it says nothing."""
    words = " ".join(str(error).split())
    shown = words if words and not isinstance(error, KeyError) else f"{type(error).__name__} {words}".strip()
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


_LONGEST = 200
