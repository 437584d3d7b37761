"""The kernel's side of a widget: requests read, jobs run, every request answered once; with a widget of a few lines."""

import threading
import time
from typing import Annotated, Literal

import pytest
from msgspec import Meta
from page import Page

from compexp_widgets.errors import CompexpError
from compexp_widgets.widgets.kernel.jobs import Later, latest, queue
from compexp_widgets.widgets.kernel.messages import Fields, Message, Request
from compexp_widgets.widgets.kernel.router import Contract, PageWidget, Route


class Paste(Fields, tag_field="edit", tag="paste"):
    left: float


class Remove(Fields, tag_field="edit", tag="remove"):
    formula: str


class Ask(Request, tag="ask"):
    """Answered at once."""

    word: Annotated[str, Meta(max_length=5)] = ""
    count: Annotated[int, Meta(ge=1, le=9)] = 1
    share: float | None = None
    kind: Literal["one", "other"] = "one"
    edits: tuple[Paste | Remove, ...] = ()
    pair: tuple[str, str] = ("", "")


class Wait(Request, tag="wait"):
    """Answered by a queue."""

    name: str


class Search(Request, tag="search"):
    """Answered in the background."""

    name: str
    about: str | None = None


class Sweep(Search, tag="sweep"):
    """Answered in the background, after or before a search."""


class Upload(Request, tag="upload"):
    """Comes with a file."""


class Told(Message, tag="told"):
    name: str


class Progress(Message, tag="progress"):
    done: int
    total: int
    seconds_left: float | None


class Controller:
    """Its jobs go on until the test opens their gate."""

    def __init__(self, jobs):
        self.jobs = jobs
        self.gates = {}
        self.begun = []

    def ask(self, asked):
        if asked.word == "bug":
            return Told(name=1 / 0)
        if asked.word == "odd":
            return Told(name=object())
        if asked.word == "bad":
            raise CompexpError("it cannot be")
        return Told(name=asked.word)

    def upload(self, _asked, data):
        return Told(name=data.decode())

    def work(self, name):
        def work(job):
            self.begun.append(name)
            while not self.gate(name).is_set():
                if job.stopped():
                    return Told(name=f"part of {name}")
                time.sleep(0.005)
            if name == "bug":
                raise ZeroDivisionError
            return Told(name=name)

        return work

    def gate(self, name):
        return self.gates.setdefault(name, threading.Event())

    def later(self, asked):
        return Later(self.work(asked.name), about=getattr(asked, "about", None))


SEARCH, SWEEP, TABLE = latest("search", lane="network"), latest("sweep", lane="network"), latest("table")


class Small(PageWidget):
    contract = Contract(
        "Small",
        (
            Route(Ask, Controller.ask, (Told,)),
            Route(Wait, Controller.later, (Told,), queue("wait")),
            Route(Search, Controller.later, (Told,), SEARCH),
            Route(Sweep, Controller.later, (Told,), SWEEP),
            Route(Upload, Controller.upload, (Told,), file=True),
        ),
        events=(Told, Progress),
        jobs=(TABLE,),
    )
    _esm = "export default {}"

    def __init__(self):
        super().__init__(Controller)


@pytest.fixture
def widget():
    widget = Small()
    yield widget
    widget.close()
    assert widget.jobs.wait(10)


@pytest.fixture
def page(widget):
    page = Page(widget)
    yield page
    page.check()


@pytest.fixture
def controller(widget):
    return widget.controller


def finish(controller, *names):
    for name in names:
        controller.gate(name).set()


def begins(controller, name):
    end = time.monotonic() + 10
    while name not in controller.begun:
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"word": 3}, "'ask' in which the field 'word' is 3, not a text of at most 5 characters"),
        ({"word": "longer"}, "the field 'word' is 'longer', not a text of at most 5 characters"),
        ({"count": 0}, "the field 'count' is 0, not a whole number from 1 to 9"),
        ({"count": True}, "the field 'count' is True, not a whole number from 1 to 9"),
        ({"count": 2.5}, "the field 'count' is 2.5, not a whole number"),
        ({"count": 10**30}, "not a number that a page can count to"),
        ({"share": float("nan")}, "the field 'share' is nan, not a finite number"),
        ({"share": "x"}, "the field 'share' is 'x', not a number or null"),
        ({"kind": "third"}, "the field 'kind' is 'third', not 'one' or 'other'"),
        ({"pair": ["a"]}, "the field 'pair' is ['a'], not a list of a text, a text"),
        ({"pair": ["a", None]}, "the field 'pair[1]' is None, not a text"),
        (
            {"edits": [{"edit": "smear"}]},
            "'ask.edits[0]' in which the field 'edit' is 'smear', not 'paste' or 'remove'",
        ),
        ({"edits": [{"edit": "paste"}]}, "'ask.edits[0]' without its field 'left'"),
        ({"edits": [{"edit": "paste", "left": 1e999}]}, "'ask.edits[0]' in which the field 'left' is inf"),
        ({"edits": 3}, "the field 'edits' is 3, not a list of sets of named values"),
        ({"more": 1}, "'ask' with a field 'more', which it does not have"),
    ],
)
def test_a_message_that_cannot_be_read_is_answered_with_message_field_value_and_what_was_expected(
    page, fields, message
):
    answer, _ = page.ask("ask", **fields)
    assert (answer["type"], answer["detail"]) == ("error", "")
    assert message in answer["message"]


@pytest.mark.parametrize("content", [None, [], "ask", 3, {}, {"type": ["ask"]}, {"type": "else"}, {"type": None}])
def test_what_is_no_message_is_answered_as_one_of_unknown_type(page, widget, content):
    widget._handle_custom_msg(content, [])
    ((answer, _),) = page.received
    assert (answer["type"], answer["id"]) == ("error", None)
    assert "unknown type" in answer["message"]


def test_an_error_is_answered_in_a_sentence_and_one_of_ours_with_its_traceback(page):
    assert page.ask("ask", word="bad")[0]["message"] == "it cannot be"
    for word, error in (("bug", "ZeroDivisionError"), ("odd", "object in a message")):
        answer, _ = page.ask("ask", word=word)
        assert error in answer["message"]
        assert "Traceback" in answer["detail"]


def test_a_file_comes_along_or_its_absence_is_told(page):
    assert page.ask("upload", memoryview(b"bytes"))[0]["name"] == "bytes"
    assert "choose it again" in page.ask("upload")[0]["message"]


def test_a_queue_answers_everything_in_order(page, controller):
    numbers = [page.send("wait", name=name) for name in "abc"]
    finish(controller, "c", "b", "a")
    assert [page.last(number)[0]["name"] for number in numbers] == ["a", "b", "c"]
    assert controller.begun == ["a", "b", "c"]


def test_of_the_background_jobs_of_one_name_only_the_latest_goes_on_and_each_is_answered_once(page, controller):
    first = page.send("search", name="a")
    begins(controller, "a")
    second, third = page.send("search", name="b"), page.send("search", name="c")
    finish(controller, "c")
    assert page.last(third)[0]["name"] == "c"
    assert page.replies(first)[0]["found"] == {"type": "told", "name": "part of a"}
    assert page.replies(second)[0]["found"] is None
    assert [page.replies(number)[0]["type"] for number in (first, second)] == ["cancelled"] * 2
    assert "b" not in controller.begun


def test_jobs_about_the_same_thing_wait_for_each_other(page, controller):
    numbers = [page.send("search", name=name, about="x") for name in "ab"]
    finish(controller, "a", "b")
    assert [page.last(number)[0]["name"] for number in numbers] == ["a", "b"]


def test_jobs_of_one_lane_run_one_after_another_and_do_not_replace_each_other(page, controller):
    search, sweep = page.send("search", name="a"), page.send("sweep", name="b")
    begins(controller, "a")
    finish(controller, "b")
    time.sleep(0.05)
    assert controller.begun == ["a"]
    finish(controller, "a")
    assert page.last(search)[0]["name"] == "a"
    assert page.last(sweep)[0]["name"] == "b"


def test_a_cancelled_job_says_so_once_whether_it_had_begun_or_not(page, controller):
    running, waiting = page.send("search", name="a"), page.send("sweep", name="b")
    begins(controller, "a")
    for name in ("sweep", "search", "sweep"):
        assert page.ask("cancel", what=name)[0]["type"] == "done"
    assert [page.last(number)[0]["type"] for number in (running, waiting)] == ["cancelled"] * 2
    assert (
        "'nothing', which is not among table, wait, search, sweep" in page.ask("cancel", what="nothing")[0]["message"]
    )


def test_a_failing_job_is_told_and_the_next_one_runs(page, controller):
    finish(controller, "bug", "b")
    number = page.send("wait", name="bug")
    assert page.ask("wait", name="b")[0]["name"] == "b"
    assert "ZeroDivisionError" in page.replies(number)[0]["message"]


def test_the_background_stands_still_while_a_message_or_a_queue_is_answered(page, widget, controller):
    with widget.jobs.precedence.under_way(0):
        number = page.send("search", name="a")
        time.sleep(0.05)
        assert controller.begun == []
    begins(controller, "a")
    waiting = page.send("wait", name="w")
    begins(controller, "w")
    time.sleep(0.02)  # the search is asked whether it goes on
    finish(controller, "a")
    time.sleep(0.05)
    assert page.replies(number) == []
    finish(controller, "w")
    assert page.last(waiting)[0]["name"] == "w"
    assert page.last(number)[0]["name"] == "a"


def test_events_are_silent_when_another_job_took_their_place_and_speak_when_cancelled(page, widget, controller):
    widget.jobs.start(TABLE, controller.work("a"))
    begins(controller, "a")
    widget.jobs.start(TABLE, controller.work("b"))
    begins(controller, "b")
    widget.jobs.cancel("table")
    assert widget.jobs.wait(10)
    assert [content["name"] for content, _ in page.received] == ["part of b"]
    finish(controller, "bug")
    widget.jobs.start(TABLE, controller.work("bug"))
    assert widget.jobs.wait(10)
    assert (page.received[-1][0]["type"], page.received[-1][0]["id"]) == ("error", None)


def test_progress_is_told_now_and_then_with_the_time_that_is_left(page, widget):
    def work(job):
        job.part = lambda: Progress(done=job.done, total=job.total, seconds_left=job.seconds_left)
        for done in range(1, 101):
            time.sleep(0.01)
            job.progress(done, 100)
        return job.part()

    widget.jobs.start(TABLE, work)
    assert widget.jobs.wait(30)
    told = [content for content, _ in page.received]
    assert [one["finished"] for one in told] == [False] * (len(told) - 1) + [True]
    assert 2 < len(told) < 12
    for one in told:
        passed = one["done"] * 0.01
        assert one["seconds_left"] == pytest.approx(passed / one["done"] * (100 - one["done"]), rel=1, abs=0.05)


def test_a_closed_widget_sends_nothing_and_ends_its_jobs(page, widget, controller):
    page.send("search", name="a")
    page.send("wait", name="b")
    begins(controller, "b")
    widget.close()
    assert widget.jobs.wait(10)
    page.send("ask")
    widget.jobs.start(TABLE, controller.work("c"))
    assert widget.jobs.wait(0)
    assert page.received == []


def test_whatever_is_started_and_cancelled_every_request_gets_one_last_answer(page, controller):
    finish(controller, *"abcdef")
    numbers = []
    for turn in range(60):
        kind = ("search", "sweep", "wait")[turn % 3]
        numbers.append(page.send(kind, name="abcdef"[turn % 6]))
        if turn % 4 == 0:
            page.send("cancel", what=kind)
    for number in numbers:
        assert page.last(number)[0]["type"] in ("told", "cancelled")
    page.check()
