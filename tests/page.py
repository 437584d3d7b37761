"""The other end of a widget: sends messages as a page does, keeps what comes back, and holds it to the declarations."""

import json
import threading
from collections import Counter

import msgspec

from compexp_widgets.widgets.kernel.messages import Cancelled, Done, Failure, FormulaFailure


class Page:
    """What a page would see.

    Attributes
    ----------
    received
        All messages with their buffers, in the order in which they came.
    number
        Id of the last request.
    """

    def __init__(self, widget) -> None:
        self.widget = widget
        self.received: list[tuple[dict, list[bytes]]] = []
        self.number = 0
        self._arrived = threading.Condition()
        self._wrong: list[str] = []
        self._kinds: dict[int, str] = {}
        contract = widget.contract
        self._events = {event.__struct_config__.tag: event for event in contract.events}
        self._answers = {
            route.request.__struct_config__.tag: {
                one.__struct_config__.tag: one for one in (*route.answers, *route.parts)
            }
            for route in contract.routes
        } | {"cancel": {"done": Done}}
        widget.send = self._receive

    def send(self, kind, /, *buffers, **fields) -> int:
        """Send a message and do not wait; its id is returned."""
        self.number += 1
        self._kinds[self.number] = kind
        self.widget._handle_custom_msg({"type": kind, "id": self.number, **fields}, list(buffers))
        return self.number

    def ask(self, kind, /, *buffers, **fields) -> tuple[dict, list[bytes]]:
        """Send a message and wait for its last answer."""
        return self.last(self.send(kind, *buffers, **fields))

    def last(self, number, seconds=60) -> tuple[dict, list[bytes]]:
        """The last answer to a request, when it has come."""
        return self.wait_for(lambda content: content["id"] == number and content["finished"], seconds)

    def event(self, kind, seconds=60) -> dict:
        """The last event of a kind, when it has come."""
        return self.wait_for(lambda content: content["type"] == kind and content["finished"], seconds)[0]

    def replies(self, number) -> list[dict]:
        """All that has come with an id."""
        return [content for content, _ in self.received if content["id"] == number]

    def wait_for(self, wanted, seconds=60) -> tuple[dict, list[bytes]]:
        """The last message of which something is true, when there is one."""

        def found():
            return next((one for one in reversed(self.received) if wanted(one[0])), None)

        with self._arrived:
            assert self._arrived.wait_for(found, seconds), f"it did not come; {str(self.received[-1:])[:500]}"
            self.check()
            return found()

    def check(self) -> None:
        """See that all that came was as it is declared, and every request finished at most once."""
        assert self._wrong == []

    def _receive(self, content, buffers=None) -> None:
        with self._arrived:
            self.received.append((content, buffers or []))
            try:
                self._compare(content, buffers or [])
            except Exception as error:  # this may be another thread
                self._wrong.append(f"{error!r}: {str(content)[:500]}")
            self._arrived.notify_all()

    def _compare(self, content, buffers) -> None:
        plain = json.loads(json.dumps(content, allow_nan=False))
        assert all(isinstance(buffer, bytes) for buffer in buffers)
        number, kind = plain.pop("id"), plain["type"]
        if plain.pop("finished") and number is not None:
            ended = Counter(one["id"] for one, _ in self.received if one["finished"])
            assert ended[number] == 1, "finished twice"
        declared = {"error": Failure, "formula_error": FormulaFailure, "cancelled": Cancelled}
        declared |= self._events if number is None else self._answers.get(self._kinds[number], {})
        if kind == "cancelled" and plain["found"] is not None:
            found = plain.pop("found")
            msgspec.convert(found, declared[found["type"]])
        told = msgspec.convert(plain, declared[kind])
        assert msgspec.to_builtins(told).keys() == plain.keys() | ({"found"} if kind == "cancelled" else set())
