"""Recipes of edited pictures: a small JSON file from which the same edit, and the same answer, come again."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from compexp_widgets.adversarial.images.edits.edits import Edit, apply_edits, edit_from_json
from compexp_widgets.adversarial.outcome import Agreement, Outcome
from compexp_widgets.adversarial.recipe_file import check_kind, read_recipe
from compexp_widgets.errors import EditError
from compexp_widgets.files import opened_image, shown, write_json
from compexp_widgets.networks.conditions import Conditions, as_then, differences
from compexp_widgets.networks.images.responses import respond
from compexp_widgets.networks.network import Network

KIND, FORMAT = "edits of a picture", 1


@dataclass(frozen=True, eq=False)
class PictureSource:
    """Which picture a recipe starts from.

    Attributes
    ----------
    name
        What a person calls it.
    fingerprint
        SHA-256 of its size and RGB pixels, in hexadecimal.
    path
        Where its file lay; empty where there was none.
    png
        The picture itself as a PNG file; empty where the file at `path` suffices.
    """

    name: str
    fingerprint: str
    path: str = ""
    png: bytes = b""


@dataclass(frozen=True, eq=False)
class ImageRecipe:
    """Edits of a picture, and what a network answered.

    Attributes
    ----------
    source
        The picture they are made to.
    edits
        In the order in which they are made.
    network, network_fingerprint
        The network that answered, by name and by `Network.fingerprint`.
    target
        The class that was wanted; empty where any other would do.
    before, after
        What it answered to the picture and to the edited one, each shown alone.
    conditions
        Under which it answered; None in recipes of version 0.1.
    """

    source: PictureSource
    edits: tuple[Edit, ...]
    network: str
    network_fingerprint: str
    target: str
    before: Outcome
    after: Outcome
    conditions: Conditions | None = None

    @property
    def description(self) -> str:
        """What it does, in words: ``"paste igloo: corridor .95 → clean_room .61"``."""
        done = ", ".join(edit.description for edit in self.edits) or "no edit"
        told = (f"{one.predicted} {one.probabilities[one.predicted]:.2f}" for one in (self.before, self.after))
        return f"{done}: {' → '.join(told)}"

    def to_json(self) -> dict[str, Any]:
        """What JSON can hold."""
        source = {"name": self.source.name, "fingerprint": self.source.fingerprint, "path": self.source.path}
        if self.source.png:
            source["png"] = base64.b64encode(self.source.png).decode("ascii")
        return {
            "kind": KIND,
            "format": FORMAT,
            "picture": source,
            "edits": [edit.to_json() for edit in self.edits],
            "network": {"name": self.network, "fingerprint": self.network_fingerprint},
            "target": self.target,
            "before": self.before.to_json(),
            "after": self.after.to_json(),
            **({} if self.conditions is None else {"conditions": self.conditions.to_json()}),
        }

    @staticmethod
    def from_json(value: dict[str, Any]) -> ImageRecipe:
        """The recipe that `to_json` described.

        Raises
        ------
        EditError
            When it describes none, or is of another version.
        """
        check_kind(value, KIND, FORMAT)
        try:
            source, network = value["picture"], value["network"]
            return ImageRecipe(
                PictureSource(
                    str(source["name"]),
                    str(source["fingerprint"]),
                    str(source["path"]),
                    base64.b64decode(source.get("png", ""), validate=True),
                ),
                tuple(edit_from_json(edit) for edit in value["edits"]),
                str(network["name"]),
                str(network["fingerprint"]),
                str(value["target"]),
                Outcome.from_json(value["before"]),
                Outcome.from_json(value["after"]),
                Conditions.from_json(value["conditions"]) if "conditions" in value else None,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise EditError(f"the recipe is incomplete or damaged: {type(error).__name__} {error}") from error

    def save(self, path: str | Path) -> Path:
        """Write the recipe as a JSON file, whole or not at all."""
        path = Path(path)
        write_json(path, self.to_json())
        return path

    @staticmethod
    def load(path: str | Path) -> ImageRecipe:
        """Read a recipe that `save` wrote.

        Raises
        ------
        EditError
            When the file cannot be read or holds no recipe.
        """
        return read_recipe(path, ImageRecipe.from_json)

    def picture(self) -> Image.Image:
        """The picture it starts from: RGB.

        Raises
        ------
        EditError
            When it is not in the recipe, and the file is gone or holds another picture.
        """
        where = shown(self.source.path)
        origin = f"the picture {self.source.name!r:.60} of the recipe, {where or 'kept in it'},"
        try:
            for found in _readings(self.source.png or Path(self.source.path), origin):
                if fingerprint(found) == self.source.fingerprint:
                    return found
        except EditError as error:
            raise EditError(f"{error}. Or give the picture with picture=") from error
        raise EditError(
            f"{where or 'what is kept'} is not the picture {self.source.name!r:.60} that the recipe starts from: its "
            "pixels differ. Give that picture with picture="
        )

    def checked(self, picture: Image.Image) -> Image.Image:
        """The same picture, if it is the one that the recipe starts from.

        Raises
        ------
        EditError
            When it is another.
        """
        if fingerprint(picture) != self.source.fingerprint:
            raise EditError(
                f"this is not the picture {self.source.name!r} that the recipe starts from: its pixels differ"
            )
        return picture


@dataclass(frozen=True, eq=False)
class ImageReplay:
    """What a recipe gives now.

    Attributes
    ----------
    picture
        The edited picture.
    before, after
        What the network answers now, to the picture and to the edited one.
    same_network
        Whether it is the network of the recipe, weight by weight.
    agreement
        How far both answers are those of the recipe: see `Outcome.agreement`.
    otherwise
        What is otherwise than when the recipe was made, such as ``"cuda then and cpu now"``; empty where nothing is.
        As many threads are taken as then.
    """

    picture: Image.Image
    before: Outcome
    after: Outcome
    same_network: bool
    agreement: Agreement
    otherwise: str = ""


def fingerprint(picture: Image.Image) -> str:
    """SHA-256 of a picture's size and RGB pixels, in hexadecimal: the same for every file that holds them."""
    pixels = picture.convert("RGB")
    return hashlib.sha256(repr(pixels.size).encode() + pixels.tobytes()).hexdigest()


def outcome(network: Network, picture: Image.Image) -> Outcome:
    """What a network answers to one picture, shown alone."""
    logits = respond(network, [picture]).logits[0]
    return Outcome.of(logits, network.class_names or [f"class {number}" for number in range(len(logits))])


def record(
    network: Network,
    picture: Image.Image,
    edits: Sequence[Edit],
    *,
    target: str = "",
    name: str = "picture",
    path: str | Path = "",
) -> ImageRecipe:
    """Show a picture and its edited copy to a network, and write down what it answers.

    Parameters
    ----------
    target
        The class that is wanted; empty where any other will do.
    name
        What the picture is called.
    path
        Where its file lies. Without it, or where the file holds other pixels, the picture goes into the recipe.

    Raises
    ------
    EditError
        When the network has no class `target`.
    NetworkError
        When it does not classify.
    """
    if target and network.class_names and target not in network.class_names:
        raise EditError(f"{network.name} has no class {target!r:.60}: it has {', '.join(network.class_names[:8])}, …")
    png = b""
    if not _holds(path, picture):
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "PNG")
        path, png = "", buffer.getvalue()
    return ImageRecipe(
        PictureSource(name, fingerprint(picture), str(path), png),
        tuple(edits),
        network.name,
        network.fingerprint,
        target,
        outcome(network, picture),
        outcome(network, apply_edits(picture, edits)),
        Conditions.now(network.device, network.dtype, batch_size=1),
    )


def replay_image(recipe: ImageRecipe, network: Network, picture: Image.Image | None = None) -> ImageReplay:
    """Make the edits of a recipe again, and show both pictures to a network.

    Parameters
    ----------
    network
        The network of the recipe, or another, to see whether it falls for the same.
    picture
        The picture it starts from, where the recipe's own cannot be read.

    Raises
    ------
    EditError
        When the picture is not the one that the recipe starts from.
    """
    original = recipe.checked(picture) if picture is not None else recipe.picture()
    edited = apply_edits(original, recipe.edits)
    with as_then(recipe.conditions):
        before, after = outcome(network, original), outcome(network, edited)
        otherwise = differences(recipe.conditions, Conditions.now(network.device, network.dtype, batch_size=1))
    worst = max(
        (recipe.before.agreement(before), recipe.after.agreement(after)), key=["identical", "close", "different"].index
    )
    return ImageReplay(edited, before, after, network.fingerprint == recipe.network_fingerprint, worst, otherwise)


def _readings(source: Path | bytes, origin: str) -> Iterator[Image.Image]:
    """The picture in a file: as it is read now; as stored, not turned; and with the colours that transparency hides.

    The latter two are what recipes of older versions start from; a fingerprint tells which.
    """
    with opened_image(source, origin, error=EditError) as file:
        yield file.picture()
    with opened_image(source, origin, error=EditError) as file:
        yield file.picture(upright=False)
    with opened_image(source, origin, error=EditError) as file:
        yield Image.fromarray(file.colours())


def _holds(path: str | Path, picture: Image.Image) -> bool:
    """Whether a file holds this picture, so that the recipe need not."""
    if not str(path):
        return False
    try:
        with opened_image(Path(path), str(path), error=EditError) as file:
            stored = np.asarray(file.picture())
    except EditError:
        return False
    return np.array_equal(stored, np.asarray(picture.convert("RGB")))
