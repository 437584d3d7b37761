"""The file of a recipe, of whatever kind: JSON that says its kind and its format."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from compexp_widgets.errors import EditError
from compexp_widgets.files import read_json

Recipe = TypeVar("Recipe")


def read_recipe(path: str | Path, from_json: Callable[[dict[str, Any]], Recipe]) -> Recipe:
    """What a file holds, once it is read as a recipe.

    Parameters
    ----------
    from_json
        Makes the recipe of what the file holds, or raises `EditError`.

    Raises
    ------
    EditError
        When the file cannot be read or holds no recipe; the message begins with its path.
    """
    value = read_json(path, "recipe", error=EditError)
    if not isinstance(value, dict):
        raise EditError(f"{path}: this is no recipe: {str(value)[:200]}")
    try:
        return from_json(value)
    except EditError as error:
        raise EditError(f"{path}: {error}") from error


def check_kind(value: dict[str, Any], kind: str, version: int) -> None:
    """See that a recipe is of a kind, and of the format that this version reads.

    Raises
    ------
    EditError
        When it is not.
    """
    if not isinstance(value, dict) or value.get("kind") != kind:
        raise EditError(f"this is no recipe of {kind}: {str(value)[:200]}")
    if value.get("format") != version:
        raise EditError(f"the recipe has format {value.get('format')!r:.40}; this version reads {version}")
