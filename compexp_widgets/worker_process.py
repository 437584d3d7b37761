"""The process that works for another one: see `compexp_widgets.workers`.

It reads from its parent alone, over the pipe that it was started with.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from queue import SimpleQueue
from typing import Any, BinaryIO


def serve() -> None:
    """Do what the parent asks for, until it closes the pipe or ends; what is not to be had here ends it at once."""
    try:
        _serve()
    except Exception:  # the parent does the rest, and tells what is wrong with it
        os._exit(1)


def _serve() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "wb")
    try:
        os.dup2(2, 1)  # what the work prints must not come between the answers
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    chunks: SimpleQueue[bytes] = SimpleQueue()
    # A thread of its own, so that the end of the parent ends this process in the middle of its work.
    threading.Thread(target=_receive, args=(sys.stdin.buffer, chunks), daemon=True).start()
    work: Callable[[Any], Any] = pickle.loads(chunks.get())  # what cannot be had here, the parent does
    while True:
        tasks = pickle.loads(chunks.get())
        results: list[Any] = []
        answer: tuple[list[Any], BaseException | None, str] = (results, None, "")
        try:
            for task in tasks:
                results.append(work(task))
            message = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
        except BaseException as error:  # it is the parent's to answer, whatever it is
            message = _failure(results, error)
        pickle.dump(message, answers)
        answers.flush()


def _failure(results: list[Any], error: BaseException) -> bytes:
    """The error as it is where it can be pickled, else in words; with the results that came before it, likewise."""
    told = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    in_words = RuntimeError(f"{type(error).__name__}: {error}")
    for answer in ((results, error, told), (results, in_words, told), ([], error, told)):
        try:
            message = pickle.dumps(answer, pickle.HIGHEST_PROTOCOL)
            pickle.loads(message)
        except Exception:  # any class may refuse in a way of its own
            continue
        return message
    return pickle.dumps(([], in_words, told))


def _receive(source: BinaryIO, chunks: SimpleQueue[bytes]) -> None:
    try:
        while True:
            chunks.put(pickle.load(source))
    except Exception:  # the pipe was closed, or cut off in the middle
        os._exit(0)
