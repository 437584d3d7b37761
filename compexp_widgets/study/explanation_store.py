"""Explanations and evidence on disk: a SQLite file, written unit by unit; a stop loses at most the unit at hand."""

from __future__ import annotations

import sqlite3
import threading
import warnings
import weakref
from collections.abc import Collection
from pathlib import Path

from compexp_widgets.study.evidence import Evidence, EvidenceSettings
from compexp_widgets.study.explanation import Explanation, ExplanationSettings


class ExplanationStore:
    """The explanations of one study, by settings and unit, and the evidence for them. Safe to use from several threads.

    Parameters
    ----------
    path
        The SQLite file; made when it is not there. A damaged one is put aside and begun anew, with a warning.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        try:
            self._connection = _connect(path)
        except sqlite3.DatabaseError as error:
            aside = path.with_suffix(".damaged")
            path.replace(aside)
            warnings.warn(
                f"{path} is damaged ({error}); it was renamed to {aside.name} and the explanations are made again",
                stacklevel=2,
            )
            self._connection = _connect(path)
        self._close = weakref.finalize(self, self._connection.close)

    def get(self, settings: ExplanationSettings, units: Collection[int]) -> dict[int, Explanation]:
        """The stored explanations of these units, in the order asked for; those not made yet are missing."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT unit, explanation FROM explanations WHERE settings = ?", (settings.key,)
            ).fetchall()
        stored = dict(rows)
        return {unit: Explanation.from_json(stored[unit]) for unit in units if unit in stored}

    def put(self, settings: ExplanationSettings, explanation: Explanation) -> None:
        """Keep one explanation."""
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO explanations VALUES (?, ?, ?)",
                (settings.key, explanation.unit, explanation.to_json()),
            )

    def get_evidence(
        self, settings: ExplanationSettings, tests: EvidenceSettings, units: Collection[int]
    ) -> dict[int, Evidence]:
        """The stored evidence for these units, in the order asked for; what was not found yet is missing."""
        with self._lock:
            rows = self._connection.execute(
                "SELECT unit, evidence FROM evidence WHERE settings = ? AND tests = ?", (settings.key, tests.key)
            ).fetchall()
        stored = dict(rows)
        return {unit: Evidence.from_json(stored[unit]) for unit in units if unit in stored}

    def put_evidence(self, settings: ExplanationSettings, tests: EvidenceSettings, evidence: Evidence) -> None:
        """Keep the evidence for one unit."""
        with self._lock, self._connection:
            self._connection.execute(
                "INSERT OR REPLACE INTO evidence VALUES (?, ?, ?, ?)",
                (settings.key, tests.key, evidence.unit, evidence.to_json()),
            )

    def close(self) -> None:
        """Close the file, once no thread reads or writes it; the store is of no more use."""
        with self._lock:
            self._close()


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30, check_same_thread=False)
    try:
        # With a write-ahead log a killed process leaves the last whole transaction, and commits need not wait.
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(
            "CREATE TABLE IF NOT EXISTS explanations "
            "(settings TEXT, unit INTEGER, explanation TEXT, PRIMARY KEY (settings, unit)) WITHOUT ROWID"
        )
        connection.execute(
            "CREATE TABLE IF NOT EXISTS evidence "
            "(settings TEXT, tests TEXT, unit INTEGER, evidence TEXT, PRIMARY KEY (settings, tests, unit)) "
            "WITHOUT ROWID"
        )
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("its contents are inconsistent")
    except BaseException:
        connection.close()
        raise
    return connection
