"""One SQLite file of rows, open while it is read or written and no longer.

So a study that is only looked at holds no file, takes no lock and writes nothing, and a network drive may go and come
back. The file has a rollback journal and no write-ahead log: a log needs memory that all users share, which network
drives do not have, and a file that was left with one cannot be opened where nothing may be written.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import TypeAlias, TypeVar
from urllib.parse import quote

Answer = TypeVar("Answer")
Keys: TypeAlias = tuple[str, ...]
"""The keys of rows: ``(settings,)`` of explanations, ``(settings, tests)`` of evidence."""

_TABLES = {1: ("explanations", ("settings",), "explanation"), 2: ("evidence", ("settings", "tests"), "evidence")}

# Seconds to wait for another process that reads or writes.
READING, WRITING = 2.0, 5.0

# Whoever opens and closes a file that SQLite has open in the same process takes SQLite's locks from it.
_ONE_AT_A_TIME = threading.RLock()


class Fault(Enum):
    """A reason why a file cannot be used."""

    DAMAGED = "is damaged"
    LOCKED = "is locked by another program, such as a backup or a database viewer: close that"
    FULL = "cannot be written because its disk is full: make room"
    READ_ONLY = "cannot be written by this user, or lies on a medium that cannot be written"
    GONE = "has vanished with its folder: was a drive removed, or a folder renamed?"
    DISK = "cannot be read or written: look after the disk or the network drive"
    OTHER = "cannot be used as a store of explanations: move it away if it is something else"


class RowFileError(Exception):
    """A file of rows cannot be read or written, for the reason `fault`."""

    def __init__(self, path: Path, fault: Fault, reason: object = "") -> None:
        super().__init__(f"{path} {fault.value}" + (f" ({reason})" if str(reason) else ""))
        self.fault = fault


def read_rows(path: Path, keys: Keys) -> dict[int, str]:
    """The texts that are kept for these keys, by unit; none where there is no file.

    Where the file is locked, or cannot be opened without writing (a process was killed while it wrote, and the folder
    may not be written), a copy of it is read.
    """
    name, columns, text = _TABLES[len(keys)]
    query = f"SELECT unit, {text} FROM {name} WHERE {' AND '.join(f'{column} = ?' for column in columns)}"
    rows = _asked(path, lambda connection: connection.execute(query, keys).fetchall()) or []
    return {unit: kept for unit, kept in rows if isinstance(unit, int) and isinstance(kept, str)}


def check_whole(path: Path) -> None:
    """See whether a file is whole, as far as SQLite can tell."""
    _asked(path, lambda connection: _quick_check(path, connection))


def write_rows(path: Path, rows: Mapping[Keys, Mapping[int, str]]) -> None:
    """Keep texts by their keys and units, all or none; the file is made where there is none."""
    with _ONE_AT_A_TIME:
        if not path.parent.is_dir():
            raise RowFileError(path, Fault.GONE)
        with _told(path), _connected(str(path), WRITING) as connection:
            if _has_log(path):
                _leave_log(connection)
            # Two waits for the disk a transaction; the store gathers rows, so that they are few.
            connection.execute("PRAGMA synchronous = NORMAL")
            for name, columns, text in _TABLES.values():
                fields = ", ".join(f"{column} TEXT" for column in columns)
                connection.execute(
                    f"CREATE TABLE IF NOT EXISTS {name} ({fields}, unit INTEGER, {text} TEXT, "
                    f"PRIMARY KEY ({', '.join(columns)}, unit)) WITHOUT ROWID"
                )
            with connection:
                for keys, kept in rows.items():
                    name = _TABLES[len(keys)][0]
                    places = ", ".join("?" * (len(keys) + 2))
                    values = [(*keys, unit, text) for unit, text in kept.items()]
                    connection.executemany(f"INSERT OR REPLACE INTO {name} VALUES ({places})", values)


def put_aside(path: Path) -> Path | None:
    """Give a damaged file a name that no other has: the new path, or None where it is whole after all.

    It is the caller's part that no other process does the same.
    """
    with _ONE_AT_A_TIME:
        try:
            with _told(path), _connected(str(path), WRITING) as connection:
                _quick_check(path, connection)
            return None
        except RowFileError as error:
            if error.fault is not Fault.DAMAGED:
                raise
        number = 1
        while (aside := path.with_name(f"{path.stem}.damaged-{number}")).exists():
            number += 1
        try:
            path.rename(aside)
            for ending in ("-journal", "-wal"):  # what belongs to the damaged file would damage a new one
                left = path.with_name(path.name + ending)
                if left.exists():
                    left.rename(aside.with_name(aside.name + ending))
            path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        except OSError as error:
            raise RowFileError(path, Fault.READ_ONLY, error) from error
        return aside


def _asked(path: Path, question: Callable[[sqlite3.Connection], Answer]) -> Answer | None:
    """The answer of a file, or where it cannot be opened of a copy; None where it has no such tables."""

    def answered(address: str, *, uri: bool = False) -> Answer | None:
        with _connected(address, READING, uri=uri) as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            known = {name for name, *_ in _TABLES.values()} <= {name for (name,) in tables}
            return question(connection) if known else None

    with _ONE_AT_A_TIME, _told(path):
        if not path.exists():
            return None
        # A file that asks for a log and has none is as it will stay: nothing need be written beside it to read it.
        log = path.with_name(f"{path.name}-wal")
        left = _has_log(path) and not (log.exists() and log.stat().st_size)
        try:
            return answered(_address(path, "immutable=1" if left else "mode=ro"), uri=True)
        except sqlite3.DatabaseError as error:
            if _fault(error, path) is Fault.DAMAGED:
                raise
            failed = error
        try:
            with tempfile.TemporaryDirectory(prefix="compexp-", ignore_cleanup_errors=True) as folder:
                if copy := _copy(path, Path(folder)):
                    return answered(str(copy))
        except (sqlite3.DatabaseError, OSError):
            pass  # the copy may be torn, the disk for it full; what is wrong with the file itself is known
        raise failed


def _copy(path: Path, folder: Path) -> Path | None:
    """The file and what belongs to it, copied while nobody changed it; None where that cannot be had."""
    parts = [path, *(path.with_name(path.name + ending) for ending in ("-journal", "-wal"))]

    def state() -> list[tuple[int, int]]:
        return [(part.stat().st_mtime_ns, part.stat().st_size) if part.exists() else (0, 0) for part in parts]

    for _ in range(_TRIES):
        try:
            before = state()
            for part in parts:
                (folder / part.name).unlink(missing_ok=True)
                if part.exists():
                    shutil.copyfile(part, folder / part.name)
            if state() == before:
                return folder / path.name
        except OSError:
            continue
    return None


@contextmanager
def _connected(address: str, wait: float, *, uri: bool = False) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(address, timeout=wait, uri=uri)
    try:
        # A damaged text spoils its row alone, which is found when that is read.
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        yield connection
    finally:
        connection.close()


def _quick_check(path: Path, connection: sqlite3.Connection) -> None:
    (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise RowFileError(path, Fault.DAMAGED, found)


def _address(path: Path, how: str) -> str:
    """The file as SQLite's URI, of a drive or a network share of Windows too."""
    place = path.absolute().as_posix()
    return f"file://{'' if place.startswith('/') else '/'}{quote(os.fsencode(place), safe='/:')}?{how}"


def _has_log(path: Path) -> bool:
    """True if the file asks for a write-ahead log, as those of earlier versions do (bytes 18 and 19 of its header)."""
    try:
        with path.open("rb") as file:
            return file.read(20)[18:] == b"\2\2"
    except OSError:
        return False


def _leave_log(connection: sqlite3.Connection) -> None:
    try:
        connection.execute("PRAGMA busy_timeout = 0")
        connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.DatabaseError:
        pass  # another process has it open: then it keeps its log until somebody is alone with it
    connection.execute(f"PRAGMA busy_timeout = {WRITING * 1000:.0f}")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Says in a sentence what SQLite or the system says of a file."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise RowFileError(path, _fault(error, path), error) from error
    except OSError as error:
        fault = Fault.READ_ONLY if isinstance(error, PermissionError) else Fault.DISK
        raise RowFileError(path, fault, error) from error


def _fault(error: sqlite3.DatabaseError, path: Path) -> Fault:
    code = getattr(error, "sqlite_errorcode", None)  # since Python 3.11
    if code is None:
        code = next((number for text, number in _MESSAGES.items() if text in str(error)), 1)
    fault = _FAULTS.get(code & 0xFF, Fault.OTHER)
    if code & 0xFF == _CANNOT_OPEN:
        fault = Fault.READ_ONLY if path.parent.is_dir() else Fault.GONE
    return fault


_TRIES = 5
_CANNOT_OPEN = 14

# SQLite's primary result codes, which Python 3.10 does not name.
_FAULTS = {
    3: Fault.READ_ONLY,
    5: Fault.LOCKED,
    6: Fault.LOCKED,
    8: Fault.READ_ONLY,
    10: Fault.DISK,
    11: Fault.DAMAGED,
    13: Fault.FULL,
    15: Fault.LOCKED,
    23: Fault.READ_ONLY,
    26: Fault.DAMAGED,
}
_MESSAGES = {
    "is locked": 5,
    "readonly": 8,
    "disk I/O error": 10,
    "malformed": 11,
    "is full": 13,
    "unable to open": _CANNOT_OPEN,
    "locking protocol": 15,
    "not a database": 26,
}
