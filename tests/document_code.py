"""The Python of a document, and what the document says that it prints."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[1] / "docs"


def code_blocks(page: str) -> list[tuple[str, str]]:
    """Every block of Python on a page of docs/, and the block of text after it; empty where none follows."""
    text = (DOCS / page).read_text(encoding="utf-8")
    blocks: list[tuple[str, str]] = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", text, re.DOTALL)
    return blocks
