"""What PasteLab's page lets run for a while: the search for edits, the sweep of a patch, the controls of an edit.

Each runs in a thread of its own on a twin of the network, tells how far it is, and can be cancelled.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from compexp_widgets.adversarial.images.edits.paste import Paste, Patch
from compexp_widgets.adversarial.images.evaluation.controls import Control, Controls, Kind, run_controls
from compexp_widgets.adversarial.images.evaluation.sweep import Sweep, SweepGrid, sweep
from compexp_widgets.adversarial.images.evaluation.transfer import classes_called
from compexp_widgets.adversarial.images.patches.control_patches import control_patches
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.adversarial.images.search.attempts import Attempt, SuggestedEdits
from compexp_widgets.adversarial.images.search.settings import Constraints
from compexp_widgets.adversarial.images.search.suggest import suggest_edit
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.widgets.kernel.answering import Answering, Tell
from compexp_widgets.widgets.kernel.background import Pause, Stop
from compexp_widgets.widgets.paste_lab.edited_pictures import paste_for_page
from compexp_widgets.widgets.paste_lab.patch_store import PatchStore

Send = Callable[[dict[str, Any]], None]

_PUSH_SECONDS = 0.2
"""Between two messages: often enough to see it move, rarely enough not to slow the page."""

_BATCH = 8
"""Pictures shown at once: few, so that an answer that somebody waits for soon has the processors to itself."""


class Pushes:
    """Messages about one piece of work.

    Parameters
    ----------
    kind
        The type of the messages.
    tell
        Sends one.
    """

    def __init__(self, kind: str, tell: Tell) -> None:
        self._kind = kind
        self._tell = tell
        self._started = time.monotonic()
        self._last = -np.inf

    def push(self, done: int, total: int, contents: Callable[[], dict[str, Any]]) -> None:
        """Say how far the work is, unless that was said a moment ago.

        Parameters
        ----------
        contents
            Makes the rest of the message.
        """
        now = time.monotonic()
        if now - self._last < _PUSH_SECONDS:
            return
        self._last = now
        left = (now - self._started) / done * (total - done) if done else None
        self._tell({**self._message(done, total, contents()), "seconds_left": left, "finished": False})

    def last(self, done: int, total: int, contents: dict[str, Any]) -> dict[str, Any]:
        """The last message, to be returned."""
        return {**self._message(done, total, contents), "seconds_left": None, "finished": True}

    def _message(self, done: int, total: int, contents: dict[str, Any]) -> dict[str, Any]:
        return {"type": self._kind, "done": done, "total": total, **contents}


PieceOfWork = Callable[[Stop, Pushes], dict[str, Any]]
"""Tells how far it is, and returns its last message (see `Pushes.last`)."""


class PasteWork:
    """One kind of work, one piece at a time; a new piece takes the place of the old one.

    Parameters
    ----------
    kind
        What the page calls it, and the type of its messages.
    pause
        While it is entered the work stands still.
    send
        Called from the thread with messages; the last one is ``finished``; see `Answering`.
    """

    def __init__(self, kind: str, pause: Pause, send: Send) -> None:
        self._kind = kind
        self._answering = Answering(f"paste-lab-{kind}", pause, send)
        self.cancel, self.wait = self._answering.cancel, self._answering.wait

    def start(self, number: Any, work: PieceOfWork) -> None:
        """Begin a piece of work for the request with this number."""
        self._answering.start(number, lambda stop, tell: work(stop, Pushes(self._kind, tell)))


def search_for_edits(
    bench: ProbedNetwork,
    store: PatchStore,
    picture: Image.Image,
    patches: Callable[[Stop], Sequence[Patch]],
    target: int,
    constraints: Constraints,
    stop: Stop,
    pushes: Pushes,
) -> dict[str, Any]:
    """Search for the smallest paste that changes the answer, and tell of the best so far.

    Parameters
    ----------
    bench
        Used by this thread alone.
    picture
        What is edited.
    patches
        Finds the patches that are tried.
    target
        The class that is wanted; -1 for any other.
    """
    pushes.push(0, 0, lambda: _search_contents(store, None))
    found: SuggestedEdits | None = None

    def keep(so_far: SuggestedEdits) -> None:
        nonlocal found
        found = so_far

    def report(_stage: str, done: int, total: int) -> None:
        pushes.push(done, total, lambda: _search_contents(store, found))

    tried = patches(stop)
    if tried:
        found = suggest_edit(
            bench.network,
            picture,
            tried,
            target=None if target < 0 else target,
            constraints=constraints,
            batch_size=_BATCH,
            report=report,
            cancelled=stop.is_set,
            on_batch=keep,
        )
    done = found.tried if found else 0
    words = found.summary(bench.class_names) if found else "No patch was found to try."
    return pushes.last(done, done, {**_search_contents(store, found), "words": words})


def _search_contents(store: PatchStore, found: SuggestedEdits | None) -> dict[str, Any]:
    best = found.best[0] if found and found.best else None
    closest = found.closest if found and not best else None
    return {
        "succeeded": found.succeeded if found else 0,
        "best": attempt_message(store, best)["edit"] if best else None,
        "closest": attempt_message(store, closest) if closest else None,
        **({key: value for key, value in attempt_message(store, best).items() if key != "edit"} if best else {}),
    }


def attempt_message(store: PatchStore, attempt: Attempt) -> dict[str, Any]:
    """A placement that was tried: the edit as the page writes it, its patch, and what the network answered."""
    return {
        "edit": paste_for_page(store.add(attempt.patch), attempt.placement),
        "patch": store.describe(attempt.patch),
        "covered": attempt.share,
        "predicted": attempt.predicted,
        "probability": attempt.probability,
        "margin": attempt.margin,
    }


def sweep_patch(
    bench: ProbedNetwork,
    picture: Image.Image,
    patch: Patch,
    target: int,
    steps: int,
    geometry: dict[str, Any],
    stop: Stop,
    pushes: Pushes,
) -> dict[str, Any]:
    """Paste a patch all over a picture, and tell of the outcomes so far.

    Parameters
    ----------
    bench
        Used by this thread alone.
    target
        The class that is wanted; -1 for any other than the original.
    steps
        Places across, places down, and sizes.
    geometry
        Rotation, flipped and opacity, the same everywhere.
    """
    grid = SweepGrid.over(picture.size, steps)
    total = int(np.prod(grid.shape))
    own = classes_called(bench.class_names, patch.name)

    def contents(found: Sweep) -> dict[str, Any]:
        return {"lefts": grid.lefts, "tops": grid.tops, "sizes": grid.sizes, **sweep_contents(found, target, own)}

    def tell(found: Sweep) -> None:
        pushes.push(found.done, total, lambda: contents(found))

    found = sweep(
        bench.network, picture, patch, grid, **geometry, batch_size=_BATCH, cancelled=stop.is_set, on_batch=tell
    )
    return pushes.last(found.done, total, contents(found))


def sweep_contents(found: Sweep, target: int, own: Sequence[int]) -> dict[str, Any]:
    """The outcome of each placement, in the order of the sweep, and how likely what is wanted is at each.

    With a target as in the paper (see `outcome_of`). Where any other class will do, another one is a success, and there
    is no partial success.
    """
    if target >= 0:
        letters = "".join(outcome[0] for outcome in found.outcomes(target, own[0] if own else None))
        wanted: NDArray[np.float64] = found.probabilities[:, target]
    else:
        letters = "".join("f" if predicted == found.original else "s" for predicted in found.predicted.tolist())
        wanted = 1 - found.probabilities[:, found.original]
    counts = {"success": letters.count("s"), "partial": letters.count("p"), "failure": letters.count("f")}
    return {"original": found.original, "outcomes": letters, "target": wanted.tolist(), "counts": counts}


def control_edit(
    bench: ProbedNetwork,
    library: PatchLibrary,
    picture: Image.Image,
    edit: Paste,
    target: int,
    units: Sequence[int],
    concepts: Collection[str],
    stop: Stop,
    pushes: Pushes,
) -> dict[str, Any]:
    """Compare a paste with its controls, and tell what came of it.

    Parameters
    ----------
    bench
        Used by this thread alone.
    picture
        Without the paste.
    target
        The class that the paste is meant to bring about.
    units
        They are silenced; the first is the one whose activation is told.
    concepts
        What the units' formulas name: the patches for comparison show none of it.
    """
    pushes.push(0, 0, lambda: {"rows": [], "verdict": ""})
    others = control_patches(library, edit.patch, concepts, cancelled=stop.is_set)
    found = run_controls(
        bench,
        picture,
        edit,
        target=target,
        others=others,
        units=units,
        report=lambda _stage, done, total: pushes.push(done, total, lambda: {"rows": [], "verdict": ""}),
        cancelled=stop.is_set,
    )
    done = len(found.rows)
    return pushes.last(done, done, controls_contents(found))


def controls_contents(found: Controls) -> dict[str, Any]:
    """Every comparison as a row of a table, and what they say together."""
    return {"rows": [_control_row(row) for row in found.rows], "verdict": found.verdict, "complete": found.complete}


def _control_row(row: Control) -> dict[str, Any]:
    before, after = row.probabilities
    return {
        "what": _WHAT[row.kind],
        "words": row.description,
        "flipped": row.flips,
        "target_before": before,
        "target_after": after,
        "unit_after": float(row.peaks[1, 0]) if row.units else None,
    }


_WHAT: dict[Kind, str] = {
    "edit": "the edit",
    "scrambled": "the patch scrambled",
    "other": "another patch in its place",
    "silenced": "the edit, unit silent",
}
