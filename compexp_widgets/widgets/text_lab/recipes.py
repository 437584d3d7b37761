"""Recipes of text edits as TextLab's page makes and loads them."""

from __future__ import annotations

import json
from typing import Any

from compexp_widgets.adversarial.recipe import Answers, Recipe, replay
from compexp_widgets.adversarial.text.edits import Pair
from compexp_widgets.errors import EditError
from compexp_widgets.files import parse_json
from compexp_widgets.networks.network import Network


def read_recipe(text: object) -> Recipe[Pair]:
    """The recipe that a file holds.

    Raises
    ------
    EditError
        When it holds none.
    """
    return Recipe.from_json(parse_json(str(text), "the recipe", error=EditError))


def labels_of(recipe: Recipe[Pair]) -> tuple[str, str]:
    """The label that a recipe leads away from, and another that it leads to."""
    source = recipe.before.predicted[0]
    wanted = (recipe.target, recipe.after.predicted[0], *recipe.before.probabilities[0])
    return source, next(label for label in wanted if label and label != source)


def replayed(recipe: Recipe[Pair], network: Network) -> str:
    """What a network says of a recipe now, beside what was said when it was made, in words."""
    again = replay(recipe, network)
    then, now = f"{_told(recipe.after)} after the edit", _told(again.after)
    if again.agreement == "identical" and again.same_network:
        said = f"The network says exactly what it said when the recipe was made: {then}."
    elif again.same_network:
        said = f"The network is the same, but not its answer, to the last digit: {then} when it was made, {now} now."
    else:
        said = f"The recipe was made with another network, {recipe.network}: it said {then}; this one says {now}."
    if again.otherwise:
        said += f" Other conditions than when it was made: {again.otherwise}."
    more = f" The first of its {len(recipe.samples)} pairs is shown." if len(recipe.samples) > 1 else ""
    return said + more


def recipe_message(recipe: Recipe[Pair]) -> dict[str, Any]:
    """A recipe as a file."""
    return {"type": "recipe", "name": "recipe.json", "text": json.dumps(recipe.to_json(), ensure_ascii=False, indent=1)}


def _told(answers: Answers) -> str:
    label = answers.predicted[0]
    return f"{label} {answers.probabilities[0][label]:.4f}"
