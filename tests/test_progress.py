import io
import json
import re
import time
from pathlib import Path
from typing import get_args

import pytest
from tiny_network import tiny_network
from tiny_pairs import tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets.progress import StageKey, bars, json_lines, lines, within


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


# For programs


def told_by(work):
    """What the work reports: (key, words, share of the whole)."""
    told = []
    work(lambda stage, done, total: told.append((stage.key, stage, stage.share(done, total))))
    return told


def assert_goes_on_to_the_end(told):
    shares = [share for _, _, share in told]
    assert shares == sorted(shares)
    assert 0 <= shares[0] < shares[-1] == pytest.approx(1)


def test_a_dissection_tells_what_it_does_and_its_share_of_the_whole(tiny_dataset, tmp_path):
    layers = ["body.1", "body.3"]
    told = told_by(lambda report: cw.dissect_layers(tiny_network(), layers, tiny_dataset, tmp_path, report=report))
    assert list(dict.fromkeys(key for key, _, _ in told)) == ["probe", "sort", "fold"]
    assert_goes_on_to_the_end(told)


def test_so_does_one_of_sentence_pairs(tmp_path):
    concepts = cw.LexicalSettings(tokens=20)
    told = told_by(
        lambda report: cw.dissect(tiny_pair_network(), "1", tiny_pairs(60), tmp_path, concepts=concepts, report=report)
    )
    assert list(dict.fromkeys(key for key, _, _ in told)) == ["probe", "tag", "annotate"]
    assert_goes_on_to_the_end(told)


def test_explaining_is_told_by_the_unit(tiny_study):
    told = told_by(lambda report: tiny_study.explain(report=report))
    assert told[1] == ("explain", "units explained", 2 / 5)
    assert_goes_on_to_the_end(told)


def test_a_part_of_the_work_tells_its_share_of_the_whole():
    told = told_by(lambda report: within(within(report, 0.5, 1.0), 0.0, 0.5)("mine", 1, 2))
    assert told == [("other", "mine", 0.625)]


def test_progress_for_programs_is_a_json_object_a_line():
    stream, clock = io.StringIO(), Clock()
    report = json_lines(stream, seconds=1, clock=clock)
    for done in range(3):
        report(cw.Stage("images “shown”", "probe", 0, 0.5), done, 2)
        clock.now += 3
    about = {"progress": "probe", "text": "images “shown”", "total": 2}
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [
        {**about, "done": 0, "share": 0},
        {**about, "done": 1, "share": 0.25, "seconds_left": 3},
        {**about, "done": 2, "share": 0.5},
    ]


def test_the_documents_name_every_kind_of_work():
    page = (Path(__file__).resolve().parents[1] / "docs" / "command_line.md").read_text(encoding="utf-8")
    table = page.split("## Progress")[1].split("\n## ")[0]
    assert re.findall(r"^\| `([\w-]+)` \|", table, re.MULTILINE) == list(get_args(StageKey))
