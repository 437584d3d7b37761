"""Recipes of text edits as TextLab's page makes and loads them."""

from __future__ import annotations

import json
from typing import Any

from compexp_widgets.adversarial.text.recipe import TextOutcome, TextRecipe, replay_text
from compexp_widgets.errors import EditError
from compexp_widgets.files import parse_json
from compexp_widgets.networks.network import Network


def read_recipe(text: object) -> TextRecipe:
    """The recipe that a file holds.

    Raises
    ------
    EditError
        When it holds none.
    """
    return TextRecipe.from_json(parse_json(str(text), "the recipe", error=EditError))


def labels_of(recipe: TextRecipe) -> tuple[str, str]:
    """The label that a recipe leads away from, and another that it leads to."""
    source = recipe.before.predicted[0]
    wanted = (recipe.expected, recipe.after.predicted[0], *recipe.before.labels)
    return source, next(label for label in wanted if label is not None and label != source)


def replayed(recipe: TextRecipe, network: Network) -> str:
    """What a network says of a recipe now, beside what was said when it was made, in words."""
    replay = replay_text(recipe, network)
    then, now = f"{_told(recipe.after)} after the edit", _told(replay.after)
    if replay.identical and replay.same_network:
        said = f"The network says exactly what it said when the recipe was made: {then}."
    elif replay.same_network:
        said = f"The network is the same, but not its answer, to the last digit: {then} when it was made, {now} now."
    else:
        said = f"The recipe was made with another network, {recipe.network}: it said {then}; this one says {now}."
    if replay.otherwise:
        said += f" Other conditions than when it was made: {replay.otherwise}."
    more = f" The first of its {len(recipe.pairs)} pairs is shown." if len(recipe.pairs) > 1 else ""
    return said + more


def recipe_message(recipe: TextRecipe) -> dict[str, Any]:
    """A recipe as a file."""
    return {"type": "recipe", "name": "recipe.json", "text": json.dumps(recipe.to_json(), ensure_ascii=False, indent=1)}


def _told(outcome: TextOutcome) -> str:
    label, shares = outcome.predicted[0], outcome.probabilities[0]
    return f"{label} {shares[outcome.labels.index(label)]:.4f}"
