"""Files of a data set: found by the paths that its tables give, or by what lies in its folders.

The rule of what a path may be, for every reader:

- a path that a **table** gives (``index.csv``, a JSON file) comes from whoever made the data: it is relative, goes
  downwards only, and is written with forward slashes. Anything else is refused;
- a **link** on the disk was put there by its owner, who keeps the pictures on another disk: it is followed;
- **names** are compared in Unicode's composed form (NFC): a name that went through a Mac comes back decomposed;
- what systems leave behind (names that begin with a dot, ``__MACOSX``, ``@eaDir``) is left aside.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

from compexp_widgets.errors import DataError


class FolderFiles:
    """The files inside one folder.

    Each directory is listed once and files are looked up in the listing, which also spares putting every path together:
    an index the size of Broden's (63,305 rows, five files a row) takes 4 s to read, and 6 s otherwise.

    `folder`: an existing folder.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listings: dict[str, dict[str, Path]] = {}

    def find(self, relative: str, where: str) -> Path:
        """The file at a path relative to the folder, written with forward slashes.

        `relative`: the path as the data set gives it, ``"images/coco/000000000009.jpg"``. `where`: where the path
        stands, to open an error message with. Raises `DataError` where the path is absolute or leads out of the folder,
        or no file is there.
        """
        parent, _, name = relative.rpartition("/")
        files = self._listed(parent, where)
        listed = files.get(name) or files.get(composed(name))
        if listed is not None and "\\" not in name:
            return listed
        # A file system that ignores case finds files that the listing spells differently.
        path = self._downwards(relative, where)
        if not _is_file(path):
            raise DataError(f"{where}: the file {relative!r} is missing from {self.folder}.")
        return path

    def below(self, directory: str, where: str) -> tuple[str, ...]:
        """The files in a directory inside the folder and in all below it, relative to the directory, sorted.

        A link to nothing counts as a file, so that whoever opens it learns that it is missing.

        `directory`: relative to the folder; ``"."`` is the folder itself. `where`: to open an error message with.
        Raises `DataError` where there is no such directory, it may not be listed, or lies outside the folder.
        """
        root = self.folder if directory == "." else self._downwards(directory, where)
        if not root.is_dir():
            raise DataError(f"{where}: {self.folder} has no folder {directory!r}.")
        try:
            return tuple(sorted(files_below(root)))
        except OSError as error:
            raise DataError(f"{where}: {root} cannot be listed: {error}") from error

    def names(self, directory: str, where: str) -> tuple[str, ...]:
        """The names of the files in a directory inside the folder, none below it, sorted; errors as of `below`."""
        root = self._downwards(directory, where)
        if not root.is_dir():
            raise DataError(f"{where}: {self.folder} has no folder {directory!r}.")
        return tuple(sorted(entry.name for entry in root.iterdir() if entry.is_file()))

    def _listed(self, directory: str, where: str) -> dict[str, Path]:
        """The files in a directory by name, as it is spelled there and composed."""
        if directory not in self._listings:
            root = self._downwards(directory, where)
            try:
                with os.scandir(root) as entries:
                    paths = [root / entry.name for entry in entries if _is(entry.is_file)]
            except OSError:  # no such directory: every file looked up in it is reported as missing
                paths = []
            self._listings[directory] = {composed(path.name): path for path in paths} | {
                path.name: path for path in paths
            }
        return self._listings[directory]

    def _downwards(self, relative: str, where: str) -> Path:
        parts = relative.split("/") if relative else []
        if _FOREIGN.search(relative) or any(part in ("", ".", "..") for part in parts):
            raise DataError(
                f"{where}: the path {relative!r} may not be used. Paths are relative to {self.folder}, "
                "stay inside it, and are written with forward slashes."
            )
        path = self.folder
        for part in parts[:-1]:
            path = _child(path, part)
        return _child(path, parts[-1]) if parts else path


def files_below(root: Path) -> Iterator[str]:
    """The files below a directory, relative to it with forward slashes; links are followed, but not in a circle.

    A link to nothing counts as a file. What systems leave behind is left aside.
    """
    return _below(root, "", frozenset([os.path.realpath(root)]))


def _below(directory: Path, prefix: str, above: frozenset[str]) -> Iterator[str]:
    with os.scandir(directory) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name in _LEFT_BEHIND:
                continue
            if _is(entry.is_dir):
                real = os.path.realpath(entry.path)
                if real not in above:
                    yield from _below(Path(entry.path), f"{prefix}{entry.name}/", above | {real})
            elif _is(entry.is_file) or entry.is_symlink():
                yield prefix + entry.name


def _is(kind: Callable[[], bool]) -> bool:
    try:
        return kind()
    except OSError:  # a circle of links
        return False


def composed(name: str) -> str:
    """A name in Unicode's composed form (NFC)."""
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def _child(path: Path, name: str) -> Path:
    """The entry of a directory with a name, in whichever form it is written there."""
    child = path / name
    if name.isascii() or child.exists() or not path.is_dir():
        return child
    wanted = composed(name)
    return next((each for each in path.iterdir() if composed(each.name) == wanted), child)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name that is too long for any file
        return False


_FOREIGN = re.compile(r"\\|\x00|^[A-Za-z]:")
_LEFT_BEHIND = frozenset(("__MACOSX", "@eaDir", "Thumbs.db", "desktop.ini"))
