"""The router: reads a page's requests, handles each as its widget's table says, and answers it under its number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeAlias, TypeVar

import anywidget
import traitlets

from compexp_widgets.argument_sentences import nearest
from compexp_widgets.errors import CompexpError
from compexp_widgets.widgets.kernel.jobs import Jobs, Later, Policy
from compexp_widgets.widgets.kernel.messages import Cancel, Done, Message, Reply, Request, failure, read_request

Value = TypeVar("Value")

Handler: TypeAlias = Callable[..., Reply | Later]
"""A function of a controller: given the controller, a request, and for a `Route` with a file its bytes."""


@dataclass(frozen=True)
class Route:
    """The handler of one type of request, and how its work is run.

    Attributes
    ----------
    handler
        Answers at once, or says what is to be done for the answer.
    answers
        What the last message may be, besides `Failure`, `FormulaFailure` and `Cancelled`.
    policy
        How that work is run; None where the handler always answers at once.
    parts
        Messages that may come before the last one.
    """

    request: type[Request]
    handler: Handler
    answers: tuple[type[Message], ...]
    policy: Policy | None = None
    parts: tuple[type[Message], ...] = ()
    buffers: str = ""
    file: bool = False


@dataclass(frozen=True)
class Contract:
    """All that one widget's kernel and page say to each other.

    Attributes
    ----------
    jobs
        How the work is run that nobody asked for.
    """

    name: str
    routes: tuple[Route, ...]
    events: tuple[type[Message], ...] = ()
    jobs: tuple[Policy, ...] = ()

    @property
    def cancellable(self) -> list[str]:
        """The names of jobs that the page can cancel."""
        return list(dict.fromkeys(one.name for one in (*self.jobs, *(route.policy for route in self.routes)) if one))


class Router:
    """Answers a page."""

    def __init__(self, contract: Contract, controller: Any, jobs: Jobs) -> None:
        self._controller = controller
        self._jobs = jobs
        self._cancellable = contract.cancellable
        self._routes = {route.request.__struct_config__.tag: route for route in contract.routes}
        self._routes["cancel"] = Route(Cancel, lambda _controller, asked: self._cancel(asked), (Done,))
        self._known = {str(kind): route.request for kind, route in self._routes.items()}

    def answer(self, content: object, buffers: list[memoryview]) -> None:
        """Answer a message of the page; whatever goes wrong is answered too, so that the page can show it."""
        if self._jobs.closed:
            return
        number = content.get("id") if isinstance(content, dict) else None
        number = number if isinstance(number, int) and not isinstance(number, bool) else None
        with self._jobs.precedence.under_way(0):
            try:
                request = read_request(content, self._known)
                route = self._routes[request.__struct_config__.tag]
                reply = route.handler(self._controller, request, *([_file(buffers)] if route.file else []))
            except Exception as error:  # shown to the person in front of the page
                reply = failure(error)
            if not isinstance(reply, Later):
                self._jobs.send(reply, number)
                return
            if reply.first is not None:
                self._jobs.send(reply.first, number, finished=False)
            assert route.policy, "work that is done later has a policy"
            self._jobs.start(route.policy, reply.work, number=number, about=reply.about)

    def _cancel(self, asked: Cancel) -> Done:
        if asked.what not in self._cancellable:
            raise CompexpError(
                f"the page cancelled {asked.what!r:.60}, which is not among {', '.join(self._cancellable)}"
            )
        self._jobs.cancel(asked.what)
        return Done()


def _file(buffers: list[memoryview]) -> bytes:
    if not buffers:
        raise CompexpError("the file did not come along with its name: choose it again")
    return bytes(buffers[0])


class PageWidget(anywidget.AnyWidget):
    """A widget whose page asks and whose kernel answers.

    Parameters
    ----------
    controller
        Makes what answers the page, given what runs its jobs.

    Raises
    ------
    TypeError
        When a setting has a name that is not among the traits.
    """

    contract: ClassVar[Contract]

    def __init__(self, controller: Callable[[Jobs], Any], **settings: Any) -> None:
        names = sorted(name for name in self.trait_names(sync=True) if not name.startswith("_"))
        if unknown := settings.keys() - set(names):
            near = nearest(min(unknown), names, False)
            told = f"{type(self).__name__} has no setting {min(unknown)!r}; there are {', '.join(names)}{near}"
            raise TypeError(told)
        self.jobs = Jobs(lambda *message: self.send(*message))  # noqa: PLW0108 - looked up anew: a test listens there
        self.controller = controller(self.jobs)
        router = Router(self.contract, self.controller, self.jobs)
        super().__init__(**settings)
        self.on_msg(lambda _widget, content, buffers: router.answer(content, buffers))

    @classmethod
    def page_traits(cls) -> dict[str, Any]:
        """The traits that kernel and page share, by name; without those that every widget of ipywidgets has."""
        ours = [one for one in reversed(cls.__mro__) if issubclass(one, PageWidget)]
        own = {name: trait for one in ours for name, trait in one.class_own_traits(sync=True).items()}
        return {name: own[name] for name in sorted(own) if not name.startswith("_")}

    def close(self) -> None:
        """Stop what runs in the background and take the widget off the page."""
        if hasattr(self, "jobs"):  # else it was never made, and Python throws away what there is of it
            self.jobs.close()
        super().close()


def checked_trait(check: Callable[[Any], Value], value: Any) -> Value:
    """The result of a check of a trait's value; its error as traitlets wants it."""
    try:
        return check(value)
    except CompexpError as error:
        raise traitlets.TraitError(str(error)) from error


_STATIC = Path(__file__).parents[1] / "static"


def page_source(file: str) -> str:
    """The text of a script or a style sheet of a page, built from the folder ``page`` of its widget.

    Given as a path, anywidget would watch the file for every widget, and hold the widget for as long as Python runs.
    """
    return (_STATIC / file).read_text(encoding="utf-8")
