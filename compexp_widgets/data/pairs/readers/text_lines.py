"""The lines of a text file, one at a time, so that an error can name the line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from compexp_widgets.errors import DataError
from compexp_widgets.files import opened


def text_lines(path: Path) -> Iterator[str]:
    """The lines of a file in UTF-8, without their ends; a byte order mark is left out.

    Only the line ends of Linux and Windows count: sentences may contain others, such as U+2028.

    Raises
    ------
    DataError
        Where the file cannot be opened, or a line is not UTF-8.
    """
    with opened(path, "file") as lines:
        for number, content in enumerate(lines, start=1):
            try:
                yield content.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
            except UnicodeDecodeError as error:
                byte = f"byte 0x{content[error.start]:02x}"
                raise DataError(f"{path}, line {number}: {byte} is not UTF-8. Save the file in UTF-8.") from error
