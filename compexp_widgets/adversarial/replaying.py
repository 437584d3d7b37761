"""Replay a recipe of whatever kind."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from compexp_widgets.adversarial.images.recipe import ImageRecipe, ImageReplay, replay_image
from compexp_widgets.errors import EditError
from compexp_widgets.vision.network import Network


def replay(recipe: ImageRecipe | str | Path, network: Network, picture: Image.Image | None = None) -> ImageReplay:
    """Make the edits of a recipe again, and see what the network answers now.

    >>> replay("recipe.json", network).agreement
    'identical'

    Parameters
    ----------
    recipe
        The recipe, or the path of its file.
    network
        The network of the recipe, or another, to see whether it falls for the same.
    picture
        The picture that it starts from, where the recipe's own cannot be read.

    Raises
    ------
    EditError
        When the file holds no recipe, or the picture is not the one that the recipe starts from.
    """
    if isinstance(recipe, (str, Path)):
        recipe = ImageRecipe.load(recipe)
    if not isinstance(recipe, ImageRecipe):
        raise EditError(f"a recipe is an ImageRecipe or the path of one, not {recipe!r:.80}")
    return replay_image(recipe, network, picture)
