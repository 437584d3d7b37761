"""Write the code of README.md into tests/typed, where mypy and pyright look at it in strict mode.

Run `python maintenance/typed_documents.py` after a change of it; tests/test_typed_documents.py sees to it.
"""

from __future__ import annotations

import re
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[1]
DOCUMENTS = {"README.md": "readme.py"}

_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
_HEAD = '''"""The code of {document}, as it stands there. Never run here; written by maintenance/typed_documents.py."""
# fmt: off
# ruff: noqa - the lines of a notebook
# pyright: reportUnusedExpression=false
'''


def script_of(document: str) -> str:
    """All Python of a document, as one script."""
    blocks = _BLOCK.findall((HOUSE / document).read_text(encoding="utf-8"))
    return "\n".join([_HEAD.format(document=document), *blocks])


def main() -> None:
    """Write the scripts of all documents."""
    for document, file in DOCUMENTS.items():
        (HOUSE / "tests" / "typed" / file).write_text(script_of(document), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
