"""Recipes on PasteLab's page: written from what it shows, and read back into edits that it can show."""

from __future__ import annotations

import json
import re
from pathlib import PurePosixPath

from PIL import Image, ImageDraw, ImageFont

from compexp_widgets.adversarial.images.editing import StoredPicture, fingerprint
from compexp_widgets.adversarial.images.edits.paste import Paste
from compexp_widgets.adversarial.recipe import Recipe, Replay, record, replay
from compexp_widgets.errors import EditError
from compexp_widgets.files import parse_json
from compexp_widgets.study.probed_network import ProbedNetwork
from compexp_widgets.widgets.paste_lab.messages import EditedRequest, LoadedRecipe, PageEdit
from compexp_widgets.widgets.paste_lab.pictures import UPLOADED, EditedPictures, patch_info, saved, shown_png
from compexp_widgets.widgets.shared.messages import RecipeFile

_MARGIN, _LINE = 12, 20
"""Pixels of the figure: around the pictures, and for a line of text."""


def recipe_of(probed: ProbedNetwork, pictures: EditedPictures, asked: EditedRequest) -> Recipe[StoredPicture]:
    """The recipe of an edited picture; `probed` is used by this thread alone."""
    image = asked.image
    return record(
        probed.network,
        pictures.picture(image),
        pictures.edits(image, asked.edits),
        target=probed.class_names[asked.target] if asked.target >= 0 else "",
        name=pictures.name(image),
        path="" if image == UPLOADED else probed.study.dataset.images[image].path,
    )


def recipe_file(
    probed: ProbedNetwork, pictures: EditedPictures, asked: EditedRequest
) -> tuple[RecipeFile, list[bytes]]:
    """The recipe as a file; buffers: the edited picture and a figure of both side by side, PNG files."""
    recipe = recipe_of(probed, pictures, asked)
    picture, edited = pictures.picture(asked.image), pictures.edited(asked.image, asked.edits)
    stem = re.sub(r"[^\w-]+", "-", PurePosixPath(pictures.name(asked.image)).stem).strip("-")[:60] or "picture"
    answer = RecipeFile(text=json.dumps(recipe.to_json(), indent=1), name=f"{stem}.recipe.json")
    return answer, [saved(edited), saved(_side_by_side(picture, edited, recipe))]


def replayed_recipe(probed: ProbedNetwork, pictures: EditedPictures, text: str) -> tuple[LoadedRecipe, list[bytes]]:
    """A recipe's edits as the page describes them, and whether the network answers as it did then.

    Buffers: a PNG file for each patch. `probed` is used by this thread alone. An EditError where the text is no recipe,
    or its picture cannot be had.
    """
    recipe = Recipe.from_json(parse_json(text, "the recipe", error=EditError))
    image, edits, target = load_recipe(probed, pictures, recipe)
    again = replay(recipe, probed.network, pictures.picture(image))
    patches = list(dict.fromkeys(edit.patch for edit in recipe.edits if isinstance(edit, Paste)))
    answer = LoadedRecipe(
        image=image,
        edits=edits,
        target=target,
        patches=[patch_info(pictures.patches, patch) for patch in patches],
        words=_replay_in_words(recipe, again),
    )
    return answer, [shown_png(patch.picture) for patch in patches]


def load_recipe(
    probed: ProbedNetwork, pictures: EditedPictures, recipe: Recipe[StoredPicture]
) -> tuple[int, list[PageEdit], int]:
    """Keep a recipe's patches, and take its picture as the person's own where the data set has none such.

    Its image, edits and target, as the page describes them; an EditError where the picture cannot be had.
    """
    image = _find_image(probed, recipe)
    if image == UPLOADED:
        pictures.put(recipe.samples[0].picture(), recipe.samples[0].name)
    target = probed.class_names.index(recipe.target) if recipe.target in probed.class_names else -1
    return image, pictures.to_page(image, recipe.edits), target


def _find_image(probed: ProbedNetwork, recipe: Recipe[StoredPicture]) -> int:
    """The number of the recipe's picture in the data set; `UPLOADED` where it is none of it."""
    for number, image in enumerate(probed.study.dataset.images):
        named = image.name == recipe.samples[0].name or str(image.path) == recipe.samples[0].path
        if named and fingerprint(probed.study.dataset.picture(number)) == recipe.samples[0].fingerprint:
            return number
    return UPLOADED


def _replay_in_words(recipe: Recipe[StoredPicture], again: Replay) -> str:
    said = {
        "identical": "the network answers as it did when the recipe was saved, to the last bit",
        "close": "the network predicts the same as when the recipe was saved, with probabilities that differ in the "
        "third decimal at most",
        "different": "the network does not answer as it did when the recipe was saved",
    }[again.agreement]
    network = "" if again.same_network else f" The recipe was made with another network ({recipe.network})."
    conditions = f" Other conditions than when it was saved: {again.otherwise}." if again.otherwise else ""
    return f"{recipe.description}. Replayed: {said}.{network}{conditions}"


def _side_by_side(picture: Image.Image, edited: Image.Image, recipe: Recipe[StoredPicture]) -> Image.Image:
    """The picture before and after, each with what the network said of it, as one picture for a slide."""
    width, height = picture.size
    figure = Image.new("RGB", (2 * width + 3 * _MARGIN, height + 2 * _MARGIN + _LINE), "white")
    pen = ImageDraw.Draw(figure)
    font = ImageFont.load_default(14)
    for left, shown, said in ((_MARGIN, picture, recipe.before), (2 * _MARGIN + width, edited, recipe.after)):
        figure.paste(shown, (left, _MARGIN))
        words = f"{said.predicted[0]}  {said.probabilities[0][said.predicted[0]]:.2f}"
        while words and pen.textlength(words, font) > width:
            words = words[:-1]
        pen.text((left, height + _MARGIN + 4), words, "black", font)
    return figure
