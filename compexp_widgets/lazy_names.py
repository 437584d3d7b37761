"""Public names that are imported when they are first used: torch and ipywidgets take seconds."""

from __future__ import annotations

import ast
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from compexp_widgets.needs import needs


def names_in_stub(package: str, file: str) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """A package's ``__getattr__``, ``__dir__`` and ``__all__`` for the names of its ``__init__.pyi``.

    The stub is the one place where the names stand: type checkers and editors read it, and so does this.

    Parameters
    ----------
    package, file
        ``__name__`` and ``__file__`` of the package.
    """
    homes: dict[str, str] = {}
    for node in ast.parse(Path(file).with_suffix(".pyi").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module != "__future__":
            homes |= {alias.asname or alias.name: node.module for alias in node.names}
    names = sorted(homes)

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        with needs(f"{package}.{name}"):
            if homes[name] == package:
                return import_module(f"{package}.{name}")
            return getattr(import_module(homes[name]), name)

    return get, lambda: names, names
