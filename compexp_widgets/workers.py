"""The same work on many things, on all processors where that is possible.

The processes are our own children and run `compexp_widgets.worker_process`: they are told over a pipe what to import
and what to do. `multiprocessing` would have each run the user's script again, which a script without
``if __name__ == "__main__"`` does not stand.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from queue import Empty, Queue, SimpleQueue
from types import FunctionType
from typing import IO, Any, NamedTuple, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")

# Each holds memory of its own; more gain little.
_MOST = 60


def on_all_processors(
    work: Callable[[Task], Result], tasks: Sequence[Task], *, chunk: int = 8, most: int = _MOST
) -> Iterator[Result]:
    """`work` of each of `tasks`, in their order.

    New processes are started, never forked, so that it is safe beside threads and the same on every system; they know
    nothing of the program that runs here, and never run it again. What they cannot do is done in this process: all of
    it where none can be started, and the share of one that was killed. They end with the iterator, with this process,
    and on an interrupt from the keyboard.

    `work`: a function at the top level of a module, or a picklable object that can be called. Where it is defined in
    the script or notebook itself, which other processes do not know, this process does it all, with a warning. `tasks`:
    its arguments; they and the results must be picklable. `chunk`: tasks that a process is given at once. `most`:
    processes, at most: where each needs much memory. Raises `Exception` whatever `work` raises, with the traceback of
    the other process as its cause.
    """
    processes = min(os.cpu_count() or 1, len(tasks) // chunk, most, _MOST)
    if processes > 1 and len(tasks) > 2 * chunk and _python():
        chunks = [tasks[start : start + chunk] for start in range(0, len(tasks), chunk)]
        try:
            messages = [_pickled(work), *map(_pickled, chunks)]
        except _InScriptError as error:
            warnings.warn(
                f"{error} is defined in the script or notebook itself, which other processes do not know: the work is "
                "done by one process; move it into a module of its own to use all processors",
                stacklevel=2,
            )
        else:
            for number, answer in enumerate(_answers(messages[0], messages[1:], processes)):
                if answer is None:
                    yield from map(work, chunks[number])
                    continue
                yield from answer.results
                if answer.error is not None:
                    raise answer.error from RuntimeError(f"in another process:\n\n{answer.traceback}")
            return
    yield from map(work, tasks)


class Answer(NamedTuple):
    """The answer of another process to one chunk: the results until an error, and the error, where there was one."""

    results: list[Any]
    error: BaseException | None = None
    traceback: str = ""


def _answers(work: bytes, chunks: Sequence[bytes], count: int) -> Iterator[Answer | None]:
    """The answer to every chunk in turn; None where the process that worked on it was lost, or none could start."""
    waiting: SimpleQueue[int] = SimpleQueue()
    for number in range(len(chunks)):
        waiting.put(number)
    found: Queue[tuple[int, Answer | None]] = Queue()
    processes: list[subprocess.Popen[bytes]] = []
    threads: list[threading.Thread] = []
    early: dict[int, Answer | None] = {}
    try:
        for _ in range(count):
            try:
                processes.append(_start())
            except (OSError, ValueError):  # no room for another process, or a system that has none
                break
            arguments = (processes[-1], work, chunks, waiting, found)
            threads.append(threading.Thread(target=_feed, args=arguments, daemon=True))
            threads[-1].start()
        for number in range(len(chunks)):
            while number not in early:
                at_work = any(thread.is_alive() for thread in threads)
                try:
                    # Windows lets an interrupt from the keyboard through between two waits only.
                    which, answer = found.get(at_work, timeout=0.5)
                    early[which] = answer
                except Empty:
                    if not at_work:
                        early[number] = None
            yield early.pop(number)
    finally:
        for process in processes:
            process.kill()
        for process, thread in zip(processes, threads, strict=False):
            process.wait()
            thread.join()
            for pipe in (process.stdin, process.stdout):
                _close(pipe)


def _feed(
    process: subprocess.Popen[bytes],
    work: bytes,
    chunks: Sequence[bytes],
    waiting: SimpleQueue[int],
    found: Queue[tuple[int, Answer | None]],
) -> None:
    """Give chunks to one process until none is waiting, or the process is lost."""
    assert process.stdin is not None
    assert process.stdout is not None
    number = None
    try:
        pickle.dump([str(Path(path).absolute()) for path in sys.path if isinstance(path, str)], process.stdin)
        pickle.dump(work, process.stdin)
        while True:
            number = waiting.get_nowait()
            pickle.dump(chunks[number], process.stdin)
            process.stdin.flush()
            found.put((number, Answer(*pickle.loads(pickle.load(process.stdout)))))
    except Empty:
        return
    except Exception:  # a pipe that broke, or an answer cut short: this process does that chunk
        if number is not None:
            found.put((number, None))


def _start() -> subprocess.Popen[bytes]:
    """A process that waits for work; the same Python with the same switches."""
    switches = {
        "isolated": "-I",
        "ignore_environment": "-E",
        "no_user_site": "-s",
        "safe_path": "-P",
        "dont_write_bytecode": "-B",
        "optimize": "-O",
    }
    chosen = [switch for name, switch in switches.items() for _ in range(int(getattr(sys.flags, name, 0)))]
    chosen += ["-Xutf8"] * bool(sys.flags.utf8_mode) + [f"-W{option}" for option in sys.warnoptions]
    return subprocess.Popen(
        [_python(), *chosen, "-c", _BEGIN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C is this process's to answer: a terminal and a notebook send it to the whole group.
        start_new_session=os.name == "posix",
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _python() -> str:
    """The interpreter, empty where this program is no Python that could be started again."""
    name = Path(sys.executable or "").name.lower()
    return sys.executable if ("python" in name or "pypy" in name) and not getattr(sys, "frozen", False) else ""


def _close(pipe: IO[bytes] | None) -> None:
    try:
        if pipe:
            pipe.close()
    except OSError:
        pass  # what was still to be written has no reader any more


class _InScriptError(Exception):
    """Something to be pickled is known to this process alone."""


class _Pickler(pickle.Pickler):
    def reducer_override(self, value: Any) -> Any:
        if isinstance(value, (type, FunctionType)) and value.__module__ == "__main__":
            raise _InScriptError(value.__qualname__)
        return NotImplemented


def _pickled(value: object) -> bytes:
    buffer = BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(value)
    return buffer.getvalue()


# The folder that one happens to be in is no place to import from before the places of this process are known.
_BEGIN = """
import sys
sys.path[:] = [path for path in sys.path if path]
import pickle
sys.path[:] = pickle.load(sys.stdin.buffer)
from compexp_widgets.worker_process import serve
serve()
"""
