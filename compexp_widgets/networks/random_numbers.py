"""The random numbers of torch, NumPy and Python: whether something draws any, and how to leave them as they were."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np
import torch

State: TypeAlias = "tuple[torch.Tensor, Any, Any]"
"""Of torch on the CPU, of NumPy's old generator, and of Python."""


@contextmanager
def undisturbed_random() -> Iterator[None]:
    """Leave torch's, NumPy's and Python's random numbers as they were, whatever is drawn inside the block.

    In the main thread alone: another thread would take back numbers that the main one has drawn meanwhile.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    state = random_state()
    cards = _card_states()
    try:
        yield
    finally:
        torch.set_rng_state(state[0])
        np.random.set_state(state[1])  # noqa: NPY002 - what others draw from is put back
        random.setstate(state[2])
        for put_back in cards:
            put_back()


def random_state() -> State:
    """Where the random numbers are; a draw changes it."""
    return torch.get_rng_state(), np.random.get_state(legacy=True), random.getstate()  # noqa: NPY002


def _card_states() -> list[Callable[[], None]]:
    """How to put back the random numbers of graphics cards that are in use."""
    found: list[Callable[[], None]] = []
    if torch.cuda.is_available() and torch.cuda.is_initialized():  # type: ignore[no-untyped-call]
        states = torch.cuda.get_rng_state_all()
        found.append(lambda: torch.cuda.set_rng_state_all(states))
    if torch.backends.mps.is_available():
        state = torch.mps.get_rng_state()
        found.append(lambda: torch.mps.set_rng_state(state))
    return found


def same_state(one: State, other: State) -> bool:
    """Whether nothing was drawn between two states."""
    (torch_then, numpy_then, python_then), (torch_now, numpy_now, python_now) = one, other
    return bool(
        torch.equal(torch_then, torch_now)
        and python_then == python_now
        and all(np.array_equal(a, b) for a, b in zip(numpy_then, numpy_now, strict=True))
    )
