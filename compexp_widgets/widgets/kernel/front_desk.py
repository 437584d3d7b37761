"""The former router, until the labs have moved to `router`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import traitlets

from compexp_widgets.errors import CompexpError
from compexp_widgets.widgets.kernel.background import Pause
from compexp_widgets.widgets.kernel.page_requests import PageRequest, page_request
from compexp_widgets.widgets.shared.explanation_messages import Message, error_message

Value = TypeVar("Value")

DONE: Message = ({"type": "done"}, [])
"""The answer where there is nothing to tell."""


class Work(Protocol):
    """Something that runs in the background."""

    @property
    def cancel(self) -> Callable[[], None]: ...


class FrontDesk:
    """Answers a page.

    Parameters
    ----------
    send
        Sends a message and its buffers to the page; called from threads too.

    Attributes
    ----------
    pause
        Entered while the page waits for an answer.
    works
        What can be cancelled, under the names that the page calls it by.
    closed
        Whether the widget is gone: nothing is answered any more, and nothing begun.
    """

    def __init__(self, send: Callable[[dict[str, Any], list[bytes]], None]) -> None:
        self.closed = False
        self.send = send
        self.pause = Pause()
        self.works: dict[str, Work] = {}

    def answer(self, content: object, answer_to: Callable[[PageRequest], Message]) -> dict[str, Any]:
        """Answer a message of the page; whatever goes wrong is answered too, so that the page can show it.

        Parameters
        ----------
        answer_to
            Makes the answer; an empty message is not sent, because the answer follows.

        Returns
        -------
        What was answered.
        """
        if self.closed:
            return {}
        request = page_request(content)
        with self.pause:
            try:
                answer, buffers = answer_to(request)
            except Exception as error:  # shown to the person in front of the page
                answer, buffers = error_message(error), []
            if answer:
                self.send({**answer, "id": request.get("id")}, buffers)
        return answer

    def deliver(self, message: dict[str, Any]) -> None:
        """Send a message without buffers."""
        self.send(message, [])

    def cancel(self, what: Any) -> Message:
        """Cancel one of the works, which then says so itself.

        Raises
        ------
        CompexpError
            When there is none of this name.
        """
        if not isinstance(what, str) or what not in self.works:
            raise CompexpError(f"the page cancelled {what!r}, which is not among {', '.join(self.works)}")
        self.works[what].cancel()
        return DONE

    def close(self) -> None:
        """Stop what runs in the background, and answer nothing more."""
        self.closed = True
        for work in self.works.values():
            work.cancel()


def unknown_message(kind: object) -> CompexpError:
    """The page asked for something that no widget of this kind knows."""
    return CompexpError(f"the page sent a message of unknown type {kind!r}")


def check_names(widget: str, known: list[str], settings: dict[str, Any]) -> None:
    """Refuse settings that a widget does not have.

    Raises
    ------
    TypeError
        With the names that there are.
    """
    names = sorted(name for name in known if not name.startswith("_"))
    if unknown := settings.keys() - set(names):
        raise TypeError(f"{widget} has no setting {min(unknown)!r}; there are {', '.join(names)}")


def checked_trait(check: Callable[[Any], Value], value: Any) -> Value:
    """What a check makes of a trait's value; its error as traitlets wants it."""
    try:
        return check(value)
    except CompexpError as error:
        raise traitlets.TraitError(str(error)) from error
