"""Answers PasteLab's page: what is quick at once, what is not in the background."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from compexp_widgets.adversarial.images.editing import StoredPicture
from compexp_widgets.adversarial.images.edits.paste import Paste, Patch, Placement
from compexp_widgets.adversarial.images.patches.patch_library import PatchLibrary
from compexp_widgets.adversarial.images.search.settings import Constraints
from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.adversarial.recipe import Recipe
from compexp_widgets.errors import CompexpError, EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.torch_modules import twin
from compexp_widgets.widgets.kernel.background import Stop
from compexp_widgets.widgets.kernel.errands import Errands
from compexp_widgets.widgets.kernel.front_desk import FrontDesk, unknown_message
from compexp_widgets.widgets.kernel.page_requests import PageRequest
from compexp_widgets.widgets.paste_lab.edited_pictures import UPLOADED, EditedPictures, paste_for_page
from compexp_widgets.widgets.paste_lab.formula_changes import FormulaChanges
from compexp_widgets.widgets.paste_lab.ideas import ideas_message
from compexp_widgets.widgets.paste_lab.look import look_message, wanted_class
from compexp_widgets.widgets.paste_lab.messages import checked_class, lab_message, picture_message
from compexp_widgets.widgets.paste_lab.patch_store import PatchStore
from compexp_widgets.widgets.paste_lab.recipes import load_recipe, loaded_message, recipe_message, recipe_of
from compexp_widgets.widgets.paste_lab.transfer import transfer_message
from compexp_widgets.widgets.paste_lab.units import PasteUnits
from compexp_widgets.widgets.paste_lab.uploads import checked_upload
from compexp_widgets.widgets.paste_lab.works import (
    PasteWork,
    PieceOfWork,
    control_edit,
    search_for_edits,
    sweep_patch,
)
from compexp_widgets.widgets.shared.explanation_messages import Message

_PATCHES = 24
"""Patches that a search shows."""

_TRIED = 8
"""Patches that the search for edits tries, where it is given a concept or formula in their place."""

_LONGEST_NAME = 200


class PasteDesk:
    """Answers the page.

    What takes one look at the network is answered at once; what takes longer is an errand, answered by a thread under
    the same number; the search for edits, the sweep and the controls tell how far they are. Each thread has a twin of
    the network, so that none meets the hooks of another. While a request is answered all else stands still, and while
    an errand is under way the works do.

    Parameters
    ----------
    bench
        Where pictures are shown.
    networks
        Others, to which edited pictures can be shown.
    send
        Sends a message and its buffers to the page; called from threads too.

    Attributes
    ----------
    pictures
        The pictures and what edits make of them.
    """

    def __init__(
        self,
        bench: ProbedNetwork,
        networks: Sequence[Network],
        send: Callable[[dict[str, Any], list[bytes]], None],
    ) -> None:
        self._bench = bench
        self._study = bench.study
        self._front = FrontDesk(send)
        self._errands = Errands("paste-lab-errands", self._front.pause, send)
        self._aside = bench.copy()
        # On a study whose units are not explained yet, ideas take their time; patches should not wait for them.
        self._thoughts = Errands("paste-lab-ideas", self._front.pause, send)
        self._ideas_bench = bench.copy()
        self._others = [replace(network, module=twin(network.module)) for network in networks]
        self._store = PatchStore()
        self._library = PatchLibrary(bench.study)
        self.pictures = EditedPictures(bench, self._store)
        self._units = PasteUnits(bench, self._front.pause, self._front.deliver)
        self._changes = FormulaChanges(bench.study, self._units)
        kinds = ("search", "sweep", "controls")
        self._works = {kind: PasteWork(kind, self._front.pause, self._front.deliver) for kind in kinds}
        self._benches = {kind: bench.copy() for kind in kinds}
        self._front.works |= self._works | {"units": self._units}
        self._at_once: dict[str, Callable[[PageRequest, list[bytes]], Message]] = {
            "hello": self._hello,
            "picture": self._picture,
            "upload_picture": self._upload_picture,
            "look": self._look,
            "upload_patch": self._upload_patch,
            "region": self._region,
        }
        self._later: dict[str, Callable[[PageRequest, Stop], Message]] = {
            "patches": self._patches,
            "transfer": self._transfer,
            "recipe": self._recipe,
            "load_recipe": self._load_recipe,
        }
        self._begin = {"search": self._search, "sweep": self._sweep, "controls": self._controls}

    def close(self) -> None:
        """Stop what runs in the background."""
        self._errands.cancel()
        self._thoughts.cancel()
        self._front.close()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing runs in the background; False when something still does after so many seconds."""
        waits = [self._errands.wait, self._thoughts.wait, self._units.wait, *(one.wait for one in self._works.values())]
        return all(wait(seconds) for wait in waits)

    # For Python

    def pasted(
        self, patch: Patch, left: float, top: float, width: float, height: float, **geometry: Any
    ) -> dict[str, Any]:
        """A paste as the page writes it; the patch is kept."""
        return paste_for_page(self._store.add(patch), Placement(left, top, width, height, **geometry))

    def recipe(self, image: int, edits: Sequence[dict[str, Any]], target: int) -> Recipe[StoredPicture]:
        """The recipe of some edits."""
        return recipe_of(self._bench.copy(), self.pictures, image, edits, target)

    def loaded(self, recipe: Recipe[StoredPicture]) -> dict[str, Any]:
        """A recipe's picture, edits and target, as the page writes them."""
        image, edits, target = load_recipe(self._bench, self.pictures, self._store, recipe)
        return {"image": image, "edits": edits, "target": target}

    def checked_class(self, target: Any) -> int:
        """A class of the network; see `paste_messages.checked_class`."""
        return checked_class(self._bench, target)

    # Requests

    def answer(self, content: object, buffers: list[bytes]) -> None:
        """Answer a message of the page."""
        with self._errands.pause, self._thoughts.pause:
            self._front.answer(content, lambda asked: self._answer_to(asked, buffers))

    def _answer_to(self, content: PageRequest, buffers: list[bytes]) -> Message:
        kind = content.get("type")
        number = content.get("id")
        try:
            if kind in self._at_once:
                return self._at_once[kind](content, buffers)
            if kind in self._later:
                self._errands.take(number, partial(self._later[kind], content))
            elif kind == "ideas":
                self._thoughts.take(number, partial(self._ideas, content))
            elif kind in self._begin:
                self._works[kind].start(number, self._begin[kind](content))
            elif kind == "cancel":
                return self._front.cancel(content.get("what"))
            else:
                raise unknown_message(kind)
        except (KeyError, TypeError, ValueError) as error:
            raise CompexpError(f"the page sent a request {kind!r} that cannot be read: {error!r}") from error
        return {}, []

    # Answered at once

    def _hello(self, _content: PageRequest, _buffers: list[bytes]) -> Message:
        self._units.fill()
        return lab_message(self._bench, self._others), []

    def _picture(self, content: PageRequest, _buffers: list[bytes]) -> Message:
        return picture_message(self._bench, self.pictures, self._image(content), content.get("edits") or ())

    def _upload_picture(self, content: PageRequest, buffers: list[bytes]) -> Message:
        data, name = _file(content, buffers)
        size = self.pictures.upload(data, name)
        return picture_message(self._bench, self.pictures, UPLOADED, size=size)

    def _look(self, content: PageRequest, _buffers: list[bytes]) -> Message:
        image, edits, target = self._asked(content)
        chosen = [int(unit) for unit in content.get("units") or ()]
        return look_message(self._bench, self.pictures, self._units, self._changes, image, edits, target, chosen)

    def _upload_patch(self, content: PageRequest, buffers: list[bytes]) -> Message:
        data, name = _file(content, buffers)
        checked_upload(data, name)
        return self._store.message([Patch.from_bytes(data, name, name)])

    def _region(self, content: PageRequest, _buffers: list[bytes]) -> Message:
        mask = self.pictures.region(self._image(content), content.text("formula"))
        return {"type": "region", "share": float(mask.mean())}, [np.packbits(mask).tobytes()]

    # Answered later

    def _patches(self, content: PageRequest, stop: Stop) -> Message:
        if "ids" in content:
            return self._store.message([self._store.get(number) for number in content["ids"]])
        unit = int(content.get("unit", -1))
        image = int(content.get("image", UPLOADED))
        found = self._library.find(
            self.pictures.formula(content["query"]),
            unit=None if unit < 0 else unit,
            count=_PATCHES,
            exclude_image=None if image < 0 else image,
            cancelled=stop.is_set,
        )
        return self._store.message(found)

    def _ideas(self, content: PageRequest, stop: Stop) -> Message:
        image, edits, target = self._asked(content)
        library, store = self._library, self._store
        return ideas_message(self._ideas_bench, library, self.pictures, store, image, edits, target, stop.is_set)

    def _transfer(self, content: PageRequest, stop: Stop) -> Message:
        image, edits, target = self._asked(content)
        wanted = wanted_class(self.pictures.before(image), self.pictures.after(image, edits), target)
        networks = [self._aside.network, *self._others]
        both = self.pictures.picture(image), self.pictures.edited(image, edits)
        return transfer_message(networks, *both, self._bench.class_names[wanted], stop.is_set), []

    def _recipe(self, content: PageRequest, _stop: Stop) -> Message:
        return recipe_message(self._aside, self.pictures, *self._asked(content))

    def _load_recipe(self, content: PageRequest, _stop: Stop) -> Message:
        return loaded_message(self._aside, self.pictures, self._store, content.text("text"))

    # Runs for a while

    def _search(self, content: PageRequest) -> PieceOfWork:
        image, edits, target = self._asked(content)
        picture = self.pictures.edited(image, edits)
        asked = content.get("constraints") or {}
        keep = str(asked.get("keep") or "").strip()
        constraints = Constraints(
            largest_share=float(asked.get("largest_share", 0.25)),
            keep=self.pictures.region(image, keep) if keep else None,
        )
        given = [self._store.get(number) for number in content.get("patches") or ()]
        formula = None if given else self.pictures.formula(content["query"])

        def patches(stop: Stop) -> Sequence[Patch]:
            if formula is None:
                return given
            exclude = None if image < 0 else image
            found = self._library.find(formula, count=_TRIED, exclude_image=exclude, cancelled=stop.is_set)
            return [one.patch for one in found]

        return partial(search_for_edits, self._benches["search"], self._store, picture, patches, target, constraints)

    def _sweep(self, content: PageRequest) -> PieceOfWork:
        image, edits, target = self._asked(content)
        steps = min(max(int(content.get("steps", 6)), 2), 12)
        geometry = {
            "rotation": float(content.get("rotation", 0.0)),
            "flipped": bool(content.get("flipped", False)),
            "opacity": float(content.get("opacity", 1.0)),
        }
        picture, patch = self.pictures.edited(image, edits), self._store.get(content["patch"])
        return partial(sweep_patch, self._benches["sweep"], picture, patch, target, steps, geometry)

    def _controls(self, content: PageRequest) -> PieceOfWork:
        image, asked, target = self._asked(content)
        edits = self.pictures.edits(image, asked)
        last = max((place for place, edit in enumerate(edits) if isinstance(edit, Paste)), default=None)
        if last is None:
            raise EditError("controls compare a pasted patch with others in its place: paste one first")
        before, after = self.pictures.before(image), self.pictures.after(image, asked)
        wanted = wanted_class(before, after, target)
        chosen = [int(unit) for unit in content.get("units") or ()] or self._units.telling(before, after, wanted)[:1]
        formulas = [self._units.formula(unit) for unit in self._study.checked_units(chosen)]
        concepts = {leaf.name for formula in formulas if formula for leaf in formula.leaves()}
        paste = edits[last]
        assert isinstance(paste, Paste)
        # The paste is looked at on top of the other edits: that is how its controls can take its place.
        picture = self.pictures.edited(image, [edit for place, edit in enumerate(asked) if place != last])
        bench = self._benches["controls"]
        return partial(control_edit, bench, self._library, picture, paste, wanted, chosen, concepts)

    # What requests have in common

    def _image(self, content: PageRequest) -> int:
        return self.pictures.checked(content["image"])

    def _asked(self, content: PageRequest) -> tuple[int, list[dict[str, Any]], int]:
        """The picture, the edits and the wanted class of a request."""
        return self._image(content), list(content.get("edits") or ()), self.checked_class(content.get("target", -1))


def _file(content: PageRequest, buffers: list[bytes]) -> tuple[bytes, str]:
    """An uploaded file and its name.

    Raises
    ------
    EditError
        When the file did not come along.
    """
    if not buffers:
        raise EditError("the file did not come along with its name: choose it again")
    return buffers[0], str(content.get("name") or "own picture")[:_LONGEST_NAME]
