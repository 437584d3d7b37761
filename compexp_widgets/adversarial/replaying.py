"""Recipes of both kinds: read from a file, and made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any, overload

from PIL import Image

from compexp_widgets.adversarial.images.recipe import ImageRecipe, ImageReplay, replay_image
from compexp_widgets.adversarial.recipe_file import read_recipe
from compexp_widgets.adversarial.text.recipe import KIND as TEXT_KIND
from compexp_widgets.adversarial.text.recipe import TextRecipe, TextReplay, replay_text
from compexp_widgets.errors import EditError
from compexp_widgets.networks.images.pictures import PictureInputs
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs


def load_recipe(path: str | Path) -> ImageRecipe | TextRecipe:
    """Read a recipe of whatever kind.

    Raises
    ------
    EditError
        When the file cannot be read or holds no recipe.
    """
    return read_recipe(path, recipe_from_json)


def recipe_from_json(value: dict[str, Any]) -> ImageRecipe | TextRecipe:
    """The recipe that the `to_json` of a recipe described.

    Raises
    ------
    EditError
        When it describes none.
    """
    if not isinstance(value, dict):
        raise EditError(f"this is no recipe: {str(value)[:200]}")
    return TextRecipe.from_json(value) if value.get("kind") == TEXT_KIND else ImageRecipe.from_json(value)


@overload
def replay(recipe: ImageRecipe, network: Network, picture: Image.Image | None = None) -> ImageReplay: ...
@overload
def replay(recipe: TextRecipe, network: Network) -> TextReplay: ...
@overload
def replay(recipe: str | Path, network: Network, picture: Image.Image | None = None) -> ImageReplay | TextReplay: ...
def replay(
    recipe: ImageRecipe | TextRecipe | str | Path,
    network: Network,
    picture: Image.Image | None = None,
) -> ImageReplay | TextReplay:
    """Make the edits of a recipe again, and see what the network answers now.

    >>> replay("recipe.json", network).agreement
    'identical'

    Parameters
    ----------
    recipe
        The recipe, or the path of its file.
    network
        The network of the recipe, or another of its kind, to see whether it falls for the same.
    picture
        The picture that it starts from, where the recipe's own cannot be read.

    Raises
    ------
    EditError
        When the file holds no recipe, the network is of the other kind, or the picture is not the one that the recipe
        starts from.
    """
    if isinstance(recipe, (str, Path)):
        recipe = load_recipe(recipe)
    kind = network.inputs if isinstance(network, Network) else network
    if isinstance(recipe, ImageRecipe) and isinstance(kind, PictureInputs):
        return replay_image(recipe, network, picture)
    if isinstance(recipe, TextRecipe) and isinstance(kind, PairInputs) and picture is None:
        return replay_text(recipe, network)
    shown = f", with a picture of {picture.size}" if picture else ""
    raise EditError(
        f"a recipe of pictures is replayed with a network of pictures, one of sentences with a network of pairs and no "
        f"picture, not {type(recipe).__name__} with {type(kind).__name__}{shown}"
    )
