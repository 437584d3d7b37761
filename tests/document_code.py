"""The Python of a document, and what the document says that it prints."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"

_BLOCK = re.compile(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", re.DOTALL)


def code_blocks(page: str) -> list[tuple[str, str]]:
    """Every block of Python on a page of docs/, and the block of text after it; empty where none follows."""
    return _BLOCK.findall((DOCS / page).read_text(encoding="utf-8"))


def code_by_heading(page: str) -> dict[str, list[tuple[str, str]]]:
    """The blocks of `code_blocks`, by the heading of the second level above them; "" for those above the first."""
    above, *parts = re.split(r"^## (.*)\n", (DOCS / page).read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {"": _BLOCK.findall(above)} | {
        heading: _BLOCK.findall(part) for heading, part in zip(parts[::2], parts[1::2], strict=True)
    }
