"""Explanations and evidence on disk: rows of a SQLite file, gathered for a moment and then written together.

Nothing that befalls the file loses them or stops a study. While it is locked they are kept in memory and written later;
where it cannot be written, as in a folder of somebody else or on a medium that cannot be written, they go to a file in
the user's cache, an overlay, which is read together with it; and only what SQLite itself calls damaged is put aside,
under a name of its own.
"""

from __future__ import annotations

import hashlib
import math
import threading
import warnings
from collections.abc import Collection, Sequence
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import TypeVar

from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.files.user_cache import cache_folders
from compexp_widgets.study.configuration import StudyConfiguration
from compexp_widgets.study.evidence import Evidence, EvidenceSettings
from compexp_widgets.study.explanation import Explanation, ExplanationSettings
from compexp_widgets.study.row_file import Fault, Keys, RowFileError, check_whole, put_aside, read_rows, write_rows
from compexp_widgets.study.study_folder import ACTIVATIONS, folder_lock

Kept = TypeVar("Kept", Explanation, Evidence)

# Seconds between two writings: what a killed process loses at most, besides the unit at hand.
_TOGETHER = 0.25
# Seconds until a file that could not be written is tried again.
_AGAIN = 30.0
# Seconds to wait for a folder in which a damaged file is to be put aside.
_ASIDE = 5.0


class ExplanationStore:
    """The explanations of one study, by settings and unit, and the evidence for them. Safe to use from several threads.

    Its file is made when there is something to keep.
    """

    def __init__(self, folder: Path, configuration: StudyConfiguration) -> None:
        path = folder / "explanations.sqlite"
        self._path = path
        self._configuration = configuration
        self._lock = threading.RLock()
        self._waiting: dict[Keys, dict[int, str]] = {}
        self._target = path
        self._next = -math.inf
        self._told: set[str] = set()
        try:
            check_whole(path)
        except RowFileError as error:
            self._meet(path, error)

    def get(
        self, kind: type[Kept], units: Collection[int], *settings: ExplanationSettings | EvidenceSettings
    ) -> dict[int, Kept]:
        """The explanations of these units, or with the settings of tests the evidence, in the order asked for; what was
        not found yet is missing.
        """
        keys = _keys(settings)
        with self._lock:
            rows: dict[int, str] = {}
            for path in (self._path, *self._overlays()):
                try:
                    rows |= read_rows(path, keys)
                except RowFileError as error:
                    self._meet(path, error)
            rows |= self._waiting.get(keys, {})
            found = {unit: _read(kind, unit, rows[unit]) for unit in units if unit in rows}
            if damaged := [unit for unit, kept in found.items() if kept is None]:
                self._tell(
                    f"in {self._path}, what was found about unit{'s' * (len(damaged) > 1)} "
                    f"{', '.join(map(str, damaged[:_NAMED]))}{' …' * (len(damaged) > _NAMED)} is damaged: it is found "
                    "out again"
                )
            return {unit: kept for unit, kept in found.items() if kept is not None}

    def put(self, kept: Explanation | Evidence, *settings: ExplanationSettings | EvidenceSettings) -> None:
        """Keep one explanation, or the evidence for one unit; settings as for `get`."""
        with self._lock:
            self._waiting.setdefault(_keys(settings), {})[kept.unit] = kept.to_json()
            if monotonic() >= self._next:
                self.flush()

    def flush(self) -> None:
        """Write what is still in memory, where that is possible."""
        with self._lock:
            if not self._waiting:
                return
            failed = self._written()
            if failed and failed.fault is Fault.DAMAGED and self._put_aside(self._target, failed):
                failed = self._written()
            if failed and failed.fault is Fault.LOCKED:
                self._next = monotonic() + _AGAIN
                self._tell(f"{failed}. Until then new explanations are kept in memory")
            elif failed:
                self._write_elsewhere(failed)

    def __enter__(self) -> ExplanationStore:
        return self

    def __exit__(self, *_: object) -> None:
        """The end of a piece of work: nothing waits to be written together with what comes next."""
        self.flush()

    def close(self) -> None:
        """Write what is still in memory; to an overlay, where the file is still locked."""
        with self._lock:
            self.flush()
            if self._waiting:
                self._write_elsewhere(RowFileError(self._path, Fault.LOCKED))

    def _written(self) -> RowFileError | None:
        """Write to the file in use; what is wrong with it, if anything."""
        try:
            write_rows(self._target, self._waiting)
        except RowFileError as error:
            return error
        self._waiting.clear()
        self._next = monotonic() + _TOGETHER
        return None

    def _write_elsewhere(self, failed: RowFileError) -> None:
        before = self._target
        for path in self._overlays():
            self._target = path
            try:
                path.parent.mkdir(parents=True, exist_ok=True)
            except OSError:
                continue
            if path != before and not self._written():
                self._tell(f"{failed}. New explanations are kept in {path} and found there when the study is opened")
                return
        self._target = before
        self._next = monotonic() + _AGAIN
        self._tell(f"{failed}. New explanations are kept in memory, as long as the study is open")

    def _overlays(self) -> list[Path]:
        """Files for the user's own explanations of the study, one a cache of this user; the preferred one first."""
        try:
            return [cache / "explanations" / f"{self._identity}.sqlite" for cache in cache_folders()]
        except (OSError, CompexpError):
            return []

    @cached_property
    def _identity(self) -> str:
        """A hash of what explanations follow from, not of where the study lies: a copy of it has the same."""
        about = self._configuration
        parts = [about.kind, about.network_fingerprint, about.layer, about.layout, about.directions]
        parts += [about.data_fingerprint, about.concepts]
        digest = hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass"))
        with (self._path.parent / ACTIVATIONS).open("rb") as file:  # one network may be probed in two precisions
            size = file.seek(0, 2)
            for start in (0, max(size - _LOOKED_AT, 0)):
                file.seek(start)
                digest.update(file.read(_LOOKED_AT))
        digest.update(str(size).encode())
        return digest.hexdigest()[:32]

    def _meet(self, path: Path, error: RowFileError) -> None:
        """Put aside a damaged file, and warn of whatever keeps one from being read."""
        if error.fault is not Fault.DAMAGED:
            self._tell(f"{error}. What it holds is found out again")
        elif not self._put_aside(path, error):
            self._tell(f"{error}. It cannot be put aside now; what it holds is found out again")

    def _put_aside(self, path: Path, error: RowFileError) -> bool:
        """Rename a damaged file; True if its name is free again."""
        try:
            with folder_lock(path.parent, wait=_ASIDE):
                aside = put_aside(path)
        except (StudyError, RowFileError):
            return False
        if aside:
            self._tell(f"{error}; it was renamed to {aside.name} and the explanations are made again")
        return True

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            warnings.warn(text, stacklevel=4)


def _keys(settings: Sequence[ExplanationSettings | EvidenceSettings]) -> Keys:
    return tuple(one.key for one in settings)


def _read(kind: type[Kept], unit: int, text: str) -> Kept | None:
    """The explanation or evidence in a row; None where it is damaged."""
    try:
        kept = kind.from_json(text)
    except StudyError:
        return None
    return kept if kept.unit == unit else None


_NAMED = 5
_LOOKED_AT = 2**16
