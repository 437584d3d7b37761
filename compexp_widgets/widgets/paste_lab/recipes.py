"""Recipes on PasteLab's page: written from what it shows, and read back into edits that it can show."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from compexp_widgets.adversarial.edit import Edit
from compexp_widgets.adversarial.images.editing import StoredPicture, fingerprint
from compexp_widgets.adversarial.images.edits.paste import Paste
from compexp_widgets.adversarial.images.edits.recolour import Recolour
from compexp_widgets.adversarial.images.edits.remove import Remove
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.adversarial.recipe import Recipe, record, replay
from compexp_widgets.errors import EditError
from compexp_widgets.files import parse_json
from compexp_widgets.widgets.paste_lab.edited_pictures import UPLOADED, EditedPictures, PageEdits, paste_for_page
from compexp_widgets.widgets.paste_lab.patch_store import PatchStore
from compexp_widgets.widgets.shared.explanation_messages import Message

_MARGIN, _LINE = 12, 20
"""Pixels of the figure: around the pictures, and for a line of text."""


def recipe_of(
    bench: ProbedNetwork, pictures: EditedPictures, image: int, asked: PageEdits, target: int
) -> Recipe[StoredPicture]:
    """The recipe of what is shown.

    Parameters
    ----------
    bench
        Used by this thread alone.
    """
    path = "" if image == UPLOADED else bench.study.dataset.images[image].path
    return record(
        bench.network,
        pictures.picture(image),
        pictures.edits(image, asked),
        target=bench.class_names[target] if target >= 0 else "",
        name=pictures.name(image),
        path=path,
    )


def recipe_message(
    bench: ProbedNetwork, pictures: EditedPictures, image: int, asked: PageEdits, target: int
) -> Message:
    """The recipe as a file; buffers: the edited picture and a figure of both side by side, PNG files."""
    recipe = recipe_of(bench, pictures, image, asked, target)
    edited = pictures.edited(image, asked)
    stem = re.sub(r"[^\w-]+", "-", PurePosixPath(pictures.name(image)).stem).strip("-")[:60] or "picture"
    message = {
        "type": "recipe",
        "text": json.dumps(recipe.to_json(), indent=1),
        "name": f"{stem}.recipe.json",
        "words": recipe.description,
    }
    return message, [png_file(edited), png_file(side_by_side(pictures.picture(image), edited, recipe))]


def loaded_message(bench: ProbedNetwork, pictures: EditedPictures, store: PatchStore, text: str) -> Message:
    """A recipe's edits as the page writes them, and whether the network answers as it did then.

    A picture of the data set is shown as such; another becomes the person's own picture. Buffers: a PNG file for each
    patch.

    Parameters
    ----------
    bench
        Used by this thread alone.

    Raises
    ------
    EditError
        When the text is no recipe, or its picture cannot be had.
    """
    recipe = Recipe.from_json(parse_json(text, "the recipe", error=EditError))
    image, edits, target = load_recipe(bench, pictures, store, recipe)
    again = replay(recipe, bench.network, pictures.picture(image))
    described, buffers = store.message(dict.fromkeys(edit.patch for edit in recipe.edits if isinstance(edit, Paste)))
    return {
        "type": "edits",
        "image": image,
        "name": recipe.samples[0].name,
        "edits": edits,
        "target": target,
        "patches": described["patches"],
        "agreement": again.agreement,
        "words": replay_words(recipe, again.agreement, again.same_network, again.otherwise),
    }, buffers


def load_recipe(
    bench: ProbedNetwork, pictures: EditedPictures, store: PatchStore, recipe: Recipe[StoredPicture]
) -> tuple[int, list[dict[str, Any]], int]:
    """Take a recipe in: its patches are kept, and its picture, where the data set has none such, becomes the person's
    own.

    Returns
    -------
    image, edits, target
        As the page writes them.

    Raises
    ------
    EditError
        When the picture cannot be had.
    """
    image = find_image(bench, recipe)
    if image == UPLOADED:
        pictures.put(recipe.samples[0].picture(), recipe.samples[0].name)
    target = bench.class_names.index(recipe.target) if recipe.target in bench.class_names else -1
    return image, page_edits(pictures, store, image, recipe.edits), target


def find_image(bench: ProbedNetwork, recipe: Recipe[StoredPicture]) -> int:
    """The number of the recipe's picture in the data set; `UPLOADED` where it is none of it."""
    for number, image in enumerate(bench.study.dataset.images):
        named = image.name == recipe.samples[0].name or str(image.path) == recipe.samples[0].path
        if named and fingerprint(bench.study.dataset.picture(number)) == recipe.samples[0].fingerprint:
            return number
    return UPLOADED


def page_edits(
    pictures: EditedPictures, store: PatchStore, image: int, edits: Sequence[Edit[Any]]
) -> list[dict[str, Any]]:
    """Edits as the page writes them.

    A region whose mask no formula gives, as one that was drawn in Python, is remembered under a name of its own.
    """
    written: list[dict[str, Any]] = []
    for edit in edits:
        if isinstance(edit, Paste):
            written.append(paste_for_page(store.add(edit.patch), edit.placement))
        elif isinstance(edit, Recolour):
            name = pictures.name_region(image, edit.name, edit.mask)
            colour = list(edit.colour)
            written.append({"edit": "recolour", "formula": name, "colour": colour, "strength": edit.strength})
        elif isinstance(edit, Remove):
            written.append({"edit": "remove", "formula": pictures.name_region(image, edit.name, edit.mask)})
        else:
            raise EditError(f"the page cannot show the edit {edit.description!r:.80}")
    return written


def replay_words(recipe: Recipe[StoredPicture], agreement: str, same_network: bool, otherwise: str = "") -> str:
    """What a replay said, as a sentence."""
    told = {
        "identical": "the network answers as it did when the recipe was saved, to the last bit",
        "close": "the network predicts the same as when the recipe was saved, with probabilities that differ in the "
        "third decimal at most",
        "different": "the network does not answer as it did when the recipe was saved",
    }[agreement]
    network = "" if same_network else f" The recipe was made with another network ({recipe.network})."
    conditions = f" Other conditions than when it was saved: {otherwise}." if otherwise else ""
    return f"{recipe.description}. Replayed: {told}.{network}{conditions}"


def side_by_side(picture: Image.Image, edited: Image.Image, recipe: Recipe[StoredPicture]) -> Image.Image:
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


def png_file(picture: Image.Image) -> bytes:
    """A picture as a PNG file, its pixels unchanged."""
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
