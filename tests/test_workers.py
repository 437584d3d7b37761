"""The same work in several processes: what it must not do to the program that asks for it."""

import os
import signal
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from compexp_widgets.workers import on_all_processors

HERE = Path(__file__).resolve().parent


def square(number):
    return number * number


def process_number(_):
    time.sleep(0.02)
    return os.getpid()


def loud_square(number):
    print("a line that is no answer", flush=True)
    os.write(1, b"nor is this")
    return number * number


class TwoWordsError(Exception):
    """Cannot be made again from its text alone, as pickle tries."""

    def __init__(self, first, second):
        super().__init__(f"{first} {second}")


def fails_at_five(number):
    if number == 5:
        raise KeyError("five")
    return number


def fails_oddly(number):
    raise TwoWordsError("odd", number)


def ends_its_process(task):
    number, parent = task
    if number == 5 and os.getpid() != parent:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(60)
    return number


def sleeps(task):
    folder, number = task
    (Path(folder) / f"{os.getpid()}").write_text(str(number), encoding="utf-8")
    time.sleep(120)


@pytest.fixture(autouse=True)
def two_processors(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


def ran(script, *switches, **more):
    """A program of its own: what `subprocess.run` answers."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    more |= {"env": environment, "capture_output": True, "text": True, "timeout": 60}
    return subprocess.run([sys.executable, *switches], input=script, check=False, **more)


SCRIPT = """
import os
os.cpu_count = lambda: 2
print("this line runs")
from test_workers import process_number
from compexp_widgets.workers import on_all_processors
found = set(on_all_processors(process_number, range(12), chunk=2))
print(len(found), "processes,", "all others" if os.getpid() not in found else "this one among them")
"""


def test_a_plain_script_runs_once(tmp_path):
    (tmp_path / "mine.py").write_text(SCRIPT, encoding="utf-8")
    done = ran("", str(tmp_path / "mine.py"))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "this line runs\n2 processes, all others\n"


def test_a_program_that_is_no_file_has_its_work_done_by_all_processors():
    done = ran(SCRIPT, "-B", "-O", "-Xutf8", "-Werror", "-")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "this line runs\n2 processes, all others\n"


def test_modules_are_found_where_the_program_finds_them_and_nowhere_else(tmp_path):
    (tmp_path / "pickle.py").write_text("raise SystemExit('a file that happens to lie about')", encoding="utf-8")
    script = f"import sys; sys.path[:] = [{str(HERE.parent)!r}, {str(HERE)!r}, *sys.path[1:]]\n" + SCRIPT
    done = ran(script, "-I", "-c", script, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "all others" in done.stdout


def test_results_keep_the_order_of_their_tasks():
    assert list(on_all_processors(square, range(50), chunk=3)) == [number * number for number in range(50)]


def test_what_the_work_prints_is_no_answer():
    assert list(on_all_processors(loud_square, range(12), chunk=2)) == [number * number for number in range(12)]


def test_an_error_comes_back_whole_after_the_results_before_it():
    results = on_all_processors(fails_at_five, range(12), chunk=4)
    assert [next(results) for _ in range(5)] == [0, 1, 2, 3, 4]
    with pytest.raises(KeyError, match="five") as caught:
        next(results)
    assert "in fails_at_five" in str(caught.value.__cause__)


def test_an_error_that_cannot_be_pickled_comes_back_in_words():
    with pytest.raises(RuntimeError, match="TwoWordsError: odd 0"):
        list(on_all_processors(fails_oddly, range(12), chunk=4))


def test_what_a_killed_process_had_to_do_is_done_in_this_one():
    tasks = [(number, os.getpid()) for number in range(20)]
    assert list(on_all_processors(ends_its_process, tasks, chunk=2)) == list(range(20))


def test_where_no_process_can_be_started_this_one_does_it_all(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python-that-is-not-there"))
    assert set(on_all_processors(process_number, range(12), chunk=2)) == {os.getpid()}
    monkeypatch.setattr(sys, "executable", sys.executable.replace("python-that-is-not-there", "another-program"))
    assert set(on_all_processors(process_number, range(12), chunk=2)) == {os.getpid()}


def test_a_function_of_the_script_itself_is_told_and_done_in_this_process(monkeypatch):
    monkeypatch.setattr(square, "__module__", "__main__")
    with pytest.warns(UserWarning, match="square is defined in the script or notebook itself.* move it into a module"):
        assert list(on_all_processors(square, range(12), chunk=2)) == [number * number for number in range(12)]


def test_a_module_that_only_this_process_has_is_used_here(monkeypatch):
    alone = type(sys)("made_up_here")
    exec("def triple(number): return 3 * number", alone.__dict__)
    monkeypatch.setitem(sys.modules, "made_up_here", alone)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert list(on_all_processors(alone.triple, range(12), chunk=2)) == [3 * number for number in range(12)]


def gone(number):
    """Whether a process has ended, within some seconds."""
    for _ in range(100):
        try:
            if Path(f"/proc/{number}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] == "Z":
                return True
            os.kill(number, 0)
        except OSError:
            return True
        time.sleep(0.1)
    return False


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks processes up in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_an_interrupt_or_the_end_of_the_program(tmp_path, how):
    script = f"""
import os
os.cpu_count = lambda: 2
from test_workers import sleeps
from compexp_widgets.workers import on_all_processors
list(on_all_processors(sleeps, [({str(tmp_path)!r}, number) for number in range(12)], chunk=2))
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    program = subprocess.Popen([sys.executable, "-c", script], env=environment, stderr=subprocess.PIPE, text=True)
    for _ in range(200):
        if len(list(tmp_path.iterdir())) == 2:
            break
        time.sleep(0.1)
    others = [int(path.name) for path in tmp_path.iterdir()]
    assert len(others) == 2
    program.send_signal(how)
    _, told = program.communicate(timeout=20)
    assert told.count("Traceback") == (how == signal.SIGINT)
    assert all(gone(number) for number in others)


def test_an_iterator_that_is_given_up_ends_its_processes(tmp_path):
    iterator = on_all_processors(process_number, range(40), chunk=2)
    number = next(iterator)
    assert number != os.getpid()
    iterator.close()
    if Path("/proc/self/stat").exists():
        assert gone(number)
