"""Regular files within budgets: a pipe would wait for ever, and a size is known before anything is read."""

from __future__ import annotations

import io
import stat
from pathlib import Path

from compexp_widgets.errors import CompexpError, DataError

FILE_BYTES = 512 << 20
"""Of a file that is read whole."""

INDEX_BYTES = 4 << 30
"""Of the index of a data set, and of the sentences of a study: people's own large files."""

LINE_BYTES = 16 << 20
"""Of one line of a text file."""

IMAGE_PIXELS = 80_000_000
"""Of an image: some kilobytes can unfold into gigabytes. (Pillow itself warns from 89 million.)"""

JPEG_SCANS = 100
"""Of a progressive JPEG file: each goes over all pixels, and ten are usual. Of 80 million pixels, some 8 s."""

SLOW_IMAGE_BYTES = 2_000_000
"""Of an image that Pillow decodes in Python (PPM whose white is not 255, BMP with run lengths): some seconds."""

JSON_DEPTH = 64
"""Levels of lists and objects inside each other; a formula is a text, so nothing of ours has more than ten."""

LARGEST_NUMBER = 2**63 - 1
"""What a whole number in JSON may be at most, either way: what NumPy can hold."""

UNPACKED_BYTES = 512 << 20
"""Of what a packed file unfolds to, however small it is."""

UNPACKED_RATIO = 20
"""A packed file may unfold to so many times its own size, where that is more."""


TEXT_BYTES = 8 << 20
"""Of what packed text unfolds to, however small it is: to read a million lines takes a second or two."""

TEXT_RATIO = 100
"""Packed text may unfold to so many times its own size, where that is more; sentences and numbers reach ten."""


def unpacked_budget(packed: int) -> int:
    """Bytes that a packed file of so many bytes may unfold to."""
    return max(UNPACKED_BYTES, UNPACKED_RATIO * packed)


def text_budget(packed: int) -> int:
    """Bytes that packed text of so many bytes may unfold to."""
    return max(TEXT_BYTES, TEXT_RATIO * packed)


def readable(size: int) -> str:
    """A number of bytes in words: ``"2.9 MB"``."""
    for unit, power in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= power:
            return f"{size / power:.3g} {unit}" if size < 1000 * power else f"{size / power:,.0f} {unit}"
    return f"{size} bytes"


def check_regular(
    path: str | Path, what: str, *, error: type[CompexpError] = DataError, most_bytes: int | None = None
) -> int:
    """See that a path leads to a regular file, through links or not, that is not larger than a budget.

    `what`: what the file should be, for messages: ``"recipe"``. `error`: the class of the error. `most_bytes`: the
    budget; None where its contents are looked at piece by piece. Returns its size in bytes. Raises `CompexpError`
    of the class `error`, where there is none, or it is something else.
    """
    return regular_size(
        path,
        f"the {what} {shown(path)}",
        error=error,
        most_bytes=most_bytes,
        missing=f"there is no {what} {shown(path)}",
    )


def regular_size(
    path: str | Path,
    origin: str,
    *,
    error: type[CompexpError] = DataError,
    most_bytes: int | None = None,
    missing: str = "",
) -> int:
    """The same with a message that `origin` opens, which names the path; `missing` is the one where there is none."""
    try:
        about = Path(path).stat()
    except FileNotFoundError as reason:
        raise error(missing or f"{origin} cannot be read: there is no such file") from reason
    except (OSError, ValueError) as reason:  # ValueError for a name with a zero byte
        raise error(f"{origin} cannot be read: {reason}") from reason
    if not stat.S_ISREG(about.st_mode):
        kind = next((words for is_kind, words in _KINDS if is_kind(about.st_mode)), "no regular file")
        raise error(f"{origin} cannot be read: this is {kind}. Give the path of a file")
    if most_bytes is not None and about.st_size > most_bytes:
        raise error(
            f"{origin} has {readable(about.st_size)}, the largest that is read has {readable(most_bytes)}: "
            "is it the right file?"
        )
    return about.st_size


def read_bytes(
    path: str | Path, what: str, *, error: type[CompexpError] = DataError, most_bytes: int = FILE_BYTES
) -> bytes:
    """The contents of a regular file; parameters and errors as of `check_regular`."""
    size = check_regular(path, what, error=error, most_bytes=most_bytes)
    try:
        with Path(path).open("rb") as file:
            content = file.read(size + 1)  # not more than there is: Python takes the memory that it is asked for
            if len(content) > size:
                content += file.read(most_bytes + 1 - len(content))
    except OSError as reason:
        raise error(f"the {what} {shown(path)} cannot be read: {reason}") from reason
    if len(content) > most_bytes:  # it grew, or its file system does not tell its size
        raise error(
            f"the {what} {shown(path)} has more than the {readable(most_bytes)} that are read: is it the right file?"
        )
    return content


def read_text(
    path: str | Path, what: str, *, error: type[CompexpError] = DataError, most_bytes: int = FILE_BYTES
) -> str:
    """The text of a regular file in UTF-8, without a byte order mark; parameters and errors as of `check_regular`."""
    content = read_bytes(path, what, error=error, most_bytes=most_bytes)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as reason:
        line = content.count(b"\n", 0, reason.start) + 1
        byte = f"byte 0x{content[reason.start]:02x}"
        raise error(f"the {what} {shown(path)}, line {line}: {byte} is not UTF-8. Save the file in UTF-8") from reason


class ClippedFile(io.BufferedReader):
    """A file that takes no more memory for a read than there is to be read, whatever length its contents tell."""

    def __init__(self, raw: io.FileIO, size: int) -> None:
        super().__init__(raw)
        self._size = size

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size if size is None or size < 0 else min(size, self._size))


def shown(name: object) -> str:
    """A path or a name from outside as a message can carry it: printable, and not longer than 400 characters.

    Lone surrogates, of which an undecodable file name is made, would make the message itself unprintable.
    """
    text = str(name)
    if not text.isprintable():
        text = "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode("ascii") for sign in text)
    return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME // 2]} … {text[-_LONGEST_NAME // 2 :]}"


_LONGEST_NAME = 400
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
