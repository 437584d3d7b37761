import io
import time

import pytest

from compexp_widgets.progress import bars, lines


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Log:
    """Lines of progress at times that a test says."""

    def __init__(self, seconds: float = 5.0) -> None:
        self._stream, self._clock = io.StringIO(), Clock()
        self._report = lines(self._stream, seconds=seconds, clock=self._clock)

    def at(self, second: float, done: int, total: int, stage: str = "images shown") -> None:
        self._clock.now = 1000.0 + second
        self._report(stage, done, total)

    def read(self) -> list[str]:
        return self._stream.getvalue().splitlines()


def test_a_line_says_how_far_it_is_and_how_long_it_will_take():
    log = Log()
    log.at(0, 0, 22210)
    log.at(11.4, 320, 22210)
    assert log.read() == ["images shown: 0 of 22210", "images shown: 320 of 22210, about 13 min left"]


def test_the_first_line_knows_no_rate_and_the_last_needs_none():
    log = Log()
    log.at(0, 32, 64)
    log.at(9, 64, 64)
    assert log.read() == ["images shown: 32 of 64", "images shown: 64 of 64"]


def test_what_an_earlier_run_did_does_not_make_this_one_look_faster():
    log = Log()
    log.at(0, 900, 1000)
    log.at(10, 910, 1000)
    assert log.read()[-1] == "images shown: 910 of 1000, about 2 min left"  # 90 to go at one a second


def test_lines_come_no_oftener_than_asked_for():
    log = Log(seconds=5)
    for second in range(11):
        log.at(second, second, 100)
    assert [line.split(",")[0] for line in log.read()] == [f"images shown: {done} of 100" for done in (0, 5, 10)]


def test_every_stage_has_a_first_and_a_last_line_however_quick():
    log = Log()
    for stage in ("images shown", "maps sorted"):
        for done in range(4):
            log.at(0, done, 3, stage)
    first, last = ["images shown: 0 of 3", "images shown: 3 of 3"], ["maps sorted: 0 of 3", "maps sorted: 3 of 3"]
    assert log.read() == first + last


def test_a_stage_that_begins_again_is_timed_anew():
    log = Log()
    log.at(0, 0, 10)
    log.at(100, 10, 10)
    log.at(101, 1, 10)
    log.at(107, 4, 10)
    assert log.read()[2:] == ["images shown: 1 of 10", "images shown: 4 of 10, about 12 s left"]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.001, "1 s"),
        (41.4, "41 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (59.4 * 60, "59 min"),
        (59.6 * 60, "1 h"),
        (79 * 60, "1 h 20 min"),
        (118 * 60, "2 h"),
        (9.9 * 3600, "9 h 55 min"),
        (29.7 * 3600, "30 h"),
    ],
)
def test_a_time_is_told_as_coarsely_as_an_estimate_is(seconds, words):
    log = Log(seconds=0)
    log.at(0, 0, 2)
    log.at(seconds, 1, 2)
    assert log.read()[-1] == f"images shown: 1 of 2, about {words} left"


def test_a_stage_that_begins_again_has_a_bar_again(capsys):
    with bars() as report:
        for done, total in ((1, 2), (2, 2), (1, 3)):
            report("maps sorted", done, total)
        time.sleep(0.6)  # what is over sooner has no bar
        report("maps sorted", 3, 3)
    assert "3/3" in capsys.readouterr().err
