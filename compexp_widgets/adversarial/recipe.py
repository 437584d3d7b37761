"""Recipes: edits of samples and what a network answered, as a JSON file from which the same answer comes again."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.special import softmax

from compexp_widgets.adversarial.edit import Edit, Editing, Stored
from compexp_widgets.adversarial.images.editing import PICTURES
from compexp_widgets.adversarial.text.editing import SENTENCE_PAIRS
from compexp_widgets.argument_types import checked
from compexp_widgets.data.pairs.dataset import LABELS, TWO_WAY_LABELS
from compexp_widgets.errors import EditError
from compexp_widgets.files import AnyPicture, as_picture, place_to_write, read_json, write_json
from compexp_widgets.networks.certificate import Conditions, as_then, differences
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, facts, fields_html, paragraph, section, table
from compexp_widgets.short_text import brief_repr, one_line

Agreement = Literal["identical", "close", "different"]

KEPT = 5
"""Classes whose probabilities are kept."""

CLOSE = 1e-3
"""Probabilities that differ by no more than this are the same on another machine or another version of torch."""

FORMAT = 2

_BUILT_IN: dict[str, Editing[Any, Any]] = {editing.kind: editing for editing in (PICTURES, SENTENCE_PAIRS)}


@dataclass(frozen=True)
class Answers:
    """A network's answers to N samples, kept so that another run can be held to them.

    For each sample its likeliest class (`predicted`) and class → probability of the likeliest `KEPT`, the likeliest
    first. `digest` is SHA-256 of all logits as little-endian float32 in C order, in hexadecimal: equal when all bits
    are.
    """

    predicted: tuple[str, ...]
    probabilities: tuple[Mapping[str, float], ...]
    digest: str

    __repr__ = brief_repr
    _repr_html_ = fields_html

    @staticmethod
    def of(logits: NDArray[np.float32], class_names: Sequence[str]) -> Answers:
        """The answers that logits of shape (N, classes) give."""
        order = np.argsort(-logits, axis=1, kind="stable")[:, :KEPT]
        shares = np.take_along_axis(softmax(logits.astype(np.float64), axis=1), order, axis=1)
        return Answers(
            tuple(class_names[first] for first in order[:, 0].tolist()),
            tuple(
                {class_names[place]: share for place, share in zip(*both, strict=True)}
                for both in zip(order.tolist(), shares.tolist(), strict=True)
            ),
            hashlib.sha256(np.ascontiguousarray(logits, "<f4").tobytes()).hexdigest(),
        )

    def agreement(self, other: Answers) -> Agreement:
        """The agreement with another run: ``"identical"`` means every bit of every logit, ``"close"`` the same
        predictions with probabilities within `CLOSE`.
        """
        if self.digest == other.digest:
            return "identical"
        near = all(
            abs(one[name] - again[name]) <= CLOSE
            for one, again in zip(self.probabilities, other.probabilities, strict=False)
            for name in one.keys() & again.keys()
        )
        return "close" if self.predicted == other.predicted and near else "different"

    @staticmethod
    def from_json(value: Mapping[str, Any]) -> Answers:
        """The answers that ``dataclasses.asdict`` described; EditError where it describes none."""
        try:
            predicted = tuple(map(str, value["predicted"]))
            probabilities = tuple(
                {str(name): float(share) for name, share in shares.items()} for shares in value["probabilities"]
            )
            for name, shares in zip(predicted, probabilities, strict=True):
                if name not in shares or not all(map(math.isfinite, shares.values())):
                    raise ValueError(f"the likeliest class {name!r:.60} has no probability, or one is not finite")
            return Answers(predicted, probabilities, str(value["digest"]))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EditError(f"this describes no answers of a network: {str(value)[:200]} ({error})") from error


@dataclass(frozen=True, eq=False)
class Recipe(Generic[Stored]):
    """Edits, the samples that they are made to, and what a network answered.

    Attributes
    ----------
    editing
        The modality of the samples.
    samples
        As they were before the edits, at least one: a `StoredPicture`, or premise and hypothesis as tokens.
    edits
        In the order in which they are made.
    network, network_fingerprint
        The network that answered, by name and by `Network.fingerprint`.
    target
        The class that was wanted; empty where any other would do.
    before, after
        What it answered to the samples and to the edited ones.
    conditions
        Under which it answered; None in recipes of version 0.1.
    """

    editing: Editing[Any, Stored]
    samples: tuple[Stored, ...]
    edits: tuple[Edit[Any], ...]
    network: str
    network_fingerprint: str
    target: str
    before: Answers
    after: Answers
    conditions: Conditions | None = None

    @property
    def description(self) -> str:
        """The edits and the first answer: ``"paste igloo: corridor 0.95 → clean_room 0.61"``."""
        done = ", ".join(edit.description for edit in self.edits) or "no edit"
        told = (f"{one.predicted[0]} {one.probabilities[0][one.predicted[0]]:.2f}" for one in (self.before, self.after))
        return f"{done}: {' → '.join(told)}"

    def __repr__(self) -> str:
        several = f" and {len(self.samples) - 1:,} more" if len(self.samples) > 1 else ""
        return f"<Recipe of {self.editing.kind}: {one_line(self.description, 300)}{several}; {self.network!r:.80}>"

    def _repr_html_(self) -> Html:
        """The first sample before and after the edits, and what the network said."""
        shown: Html
        try:
            before = self.editing.opened(self.samples[0])
            after = self.editing.apply(before, self.edits)
            both = [self.editing.html(one) for one in (before, after) if one is not None]
            shown = Html(f'<div class="pictures large">{"".join(both)}</div>')
        except EditError as error:
            shown = paragraph(str(error))
        first, then = self.before.probabilities[0], self.after.probabilities[0]
        names = dict.fromkeys([*then, *first])
        rows = [([name], [_share(first.get(name)), _share(then.get(name))], then.get(name)) for name in names]
        several = f"the first of {len(self.samples):,} samples" if len(self.samples) > 1 else ""
        about = [("network", self.network), ("wanted", self.target), ("shown", several)]
        return section(self.description, shown, table(["class"], ["before", "after"], rows), facts(about))

    def edited(self, given: Any = None) -> tuple[Any, ...]:
        """The samples after the edits; `given` stands for one that cannot be read any more."""
        return _edited(self.editing, [self.editing.opened(one, given) for one in self.samples], self.edits)

    def to_json(self) -> dict[str, Any]:
        """A value that JSON can hold; `from_json` makes an equal recipe of it."""
        return {
            "kind": self.editing.kind,
            "format": FORMAT,
            "samples": [self.editing.stored_to_json(one) for one in self.samples],
            "edits": [edit.to_json() for edit in self.edits],
            "network": {"name": self.network, "fingerprint": self.network_fingerprint},
            "target": self.target,
            "before": asdict(self.before),
            "after": asdict(self.after),
            **({} if self.conditions is None else {"conditions": self.conditions.to_json()}),
        }

    @staticmethod
    def from_json(value: Any, editing: Editing[Any, Any] | None = None) -> Recipe[Any]:
        """The recipe that `to_json` described, of this version or of an earlier one.

        Parameters
        ----------
        editing
            The modality, where it does not come with the package.

        Raises
        ------
        EditError
            When it describes none, or one of a later version.
        """
        known = _BUILT_IN if editing is None else {editing.kind: editing}
        kind = value.get("kind") if isinstance(value, dict) else None
        if not isinstance(kind, str) or kind not in known:
            raise EditError(f"this is no recipe of {' or of '.join(known)}: {str(value)[:200]}")
        editing, version = known[kind], value.get("format")
        if version != FORMAT and (version != 1 or kind not in _FROM_FORMAT_1):
            raise EditError(f"the recipe has format {version!r:.40}; this version reads {FORMAT} and those before")
        try:
            value = _FROM_FORMAT_1[kind](value) if version == 1 else value
            recipe = Recipe(
                editing,
                tuple(editing.stored_from_json(one) for one in value["samples"]),
                tuple(editing.edit_from_json(edit) for edit in value["edits"]),
                str(value["network"]["name"]),
                str(value["network"]["fingerprint"]),
                str(value["target"]),
                Answers.from_json(value["before"]),
                Answers.from_json(value["after"]),
                Conditions.from_json(value["conditions"]) if "conditions" in value else None,
            )
            if not len(recipe.before.predicted) == len(recipe.after.predicted) == len(recipe.samples) > 0:
                raise ValueError("it does not tell one answer a sample, before and after, of at least one sample")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise EditError(f"the recipe is incomplete or damaged: {type(error).__name__} {error!s:.200}") from error
        classes = recipe.before.probabilities[0]
        if recipe.target and len(classes) < KEPT and recipe.target not in classes:
            raise EditError(f"the recipe leads to {recipe.target!r:.60}; its network says {', '.join(classes)}")
        return recipe

    @staticmethod
    @checked(EditError)
    def load(path: str | Path, editing: Editing[Any, Any] | None = None) -> Recipe[Any]:
        """Read a recipe that `save` wrote, in this version or an earlier one; arguments and errors of `from_json`."""
        value = read_json(path, "recipe", error=EditError)
        try:
            return Recipe.from_json(value, editing)
        except EditError as error:
            raise EditError(f"{path}: {error}") from error

    @checked(EditError)
    def save(self, path: str | Path) -> Path:
        """Write the recipe as a JSON file, whole or not at all."""
        path = place_to_write(path, "the recipe", error=EditError)
        write_json(path, self.to_json())
        return path


@dataclass(frozen=True, eq=False)
class Replay:
    """A recipe made again: the samples after the edits, and what the network answers to them, before and after, now.

    `same_network` is True where it is the network of the recipe, weight by weight; `agreement` tells how far both
    answers are those of the recipe (see `Answers.agreement`); `reaches_target` whether every sample has the target's
    class after the edits, None where any other would do; `otherwise` what is otherwise than when the recipe was made,
    such as ``"cuda then and cpu now"``, empty where nothing is.
    """

    edited: tuple[Any, ...]
    before: Answers
    after: Answers
    same_network: bool
    agreement: Agreement
    reaches_target: bool | None
    otherwise: str = ""

    __repr__ = brief_repr
    _repr_html_ = fields_html


@checked(EditError)
def record(
    network: AnyNetwork,
    samples: Any,
    edits: Edit[Any] | Sequence[Edit[Any]],
    *,
    target: str = "",
    name: str = "picture",
    path: str | Path = "",
    editing: Editing[Any, Any] | None = None,
) -> Recipe[Any]:
    """Show samples and their edited copies to a network, and write down what it answers.

    >>> record(network, picture, [paste], target="fire station").save("recipe.json")
    >>> record(network, [(premise, hypothesis)], edit, target="neutral").save("recipe.json")

    Parameters
    ----------
    samples
        A picture; pairs of premise and hypothesis, as tokens; or samples of the modality `editing`.
    edits
        One, or several that are made one after the other.
    target
        The class that is wanted; empty where any other will do.
    name, path
        What a picture is called, and where its file lies. Without it, or where the file holds other pixels, the picture
        goes into the recipe.
    editing
        The modality, where it does not come with the package.

    Raises
    ------
    EditError
        When there are no samples, the edits do not apply to one, or the network has no class `target`.
    NetworkError
        When it does not classify.
    """
    network = as_network(network, error=EditError)
    if editing is None:
        editing = PICTURES if _is_picture(samples) else SENTENCE_PAIRS
    if not path and isinstance(samples, str | Path):
        path = Path(samples).absolute()  # another process may run elsewhere
    samples = editing.taken(samples)
    made = tuple(edits) if isinstance(edits, Sequence) else (edits,)
    if not samples:
        raise EditError("a recipe has at least one sample: there is none")
    before, names = _answers(editing, network, samples)
    if target and target not in names:
        raise EditError(
            f"{network.name} has no class {target!r:.60}: it has {', '.join(names[:8])}{', …' * (len(names) > 8)}"
        )
    after, _ = _answers(editing, network, _edited(editing, samples, made))
    return Recipe(
        editing,
        tuple(editing.stored(one, name, str(path)) for one in samples),
        made,
        network.name,
        network.fingerprint,
        target,
        before,
        after,
        Conditions.now(network.device, network.dtype, editing.batch_size),
    )


def _is_picture(samples: Any) -> bool:
    """True for a picture, an array or the path of a file, and for a list of pictures."""
    if isinstance(samples, list | tuple):
        return bool(samples) and isinstance(samples[0], Image.Image | np.ndarray | Path)
    return isinstance(samples, Image.Image | np.ndarray | str | Path)


@checked(EditError, but=("network",))
def replay(recipe: Recipe[Any] | str | Path, network: AnyNetwork, picture: AnyPicture | None = None) -> Replay:
    """Make the edits of a recipe again, and compare what the network answers now.

    >>> replay("recipe.json", network).agreement
    'identical'

    As many threads are taken as when it was made: with the same network, on the same machine, the answers are the same
    to the last bit, in another process too.

    Parameters
    ----------
    recipe
        The recipe, or the path of its file.
    network
        The network of the recipe, or another for the same samples, to see whether it falls for the same.
    picture
        The picture that it starts from, where the recipe's own cannot be read.

    Raises
    ------
    EditError
        When the file holds no recipe, the network is shown something else, the edits do not apply, or the picture is
        not the one that the recipe starts from.
    """
    if isinstance(recipe, (str, Path)):
        recipe = Recipe.load(recipe)
    network = as_network(network, error=EditError)
    given = None if picture is None else as_picture(picture, error=EditError)
    editing = recipe.editing
    samples = [editing.opened(one, given) for one in recipe.samples]
    edited = _edited(editing, samples, recipe.edits)
    with as_then(recipe.conditions):
        (before, _), (after, _) = _answers(editing, network, samples), _answers(editing, network, edited)
        now = Conditions.now(network.device, network.dtype, editing.batch_size)
    agreements = recipe.before.agreement(before), recipe.after.agreement(after)
    return Replay(
        edited,
        before,
        after,
        network.fingerprint == recipe.network_fingerprint,
        max(agreements, key=["identical", "close", "different"].index),
        set(after.predicted) == {recipe.target} if recipe.target else None,
        differences(recipe.conditions, now),
    )


def _share(probability: float | None) -> str:
    return "–" if probability is None else f"{probability:.2f}"


def _edited(editing: Editing[Any, Any], samples: Sequence[Any], edits: Sequence[Edit[Any]]) -> tuple[Any, ...]:
    edited = tuple(editing.apply(sample, edits) for sample in samples)
    for sample, after in zip(samples, edited, strict=True):
        if after is None:
            what = ", then ".join(edit.description for edit in edits)
            raise EditError(f"the edit does not apply to {sample!r:.200}: {what:.200}")
    return edited


def _answers(editing: Editing[Any, Any], network: Any, samples: Sequence[Any]) -> tuple[Answers, Sequence[str]]:
    if not isinstance(network, Network) or not isinstance(network.inputs, editing.inputs):
        other = f"is shown {network.inputs.samples}" if isinstance(network, Network) else "is no Network"
        raise EditError(f"{getattr(network, 'name', network)!s:.80} {other}: it is no network for {editing.kind}")
    logits = network.respond(editing.shown(samples), batch_size=editing.batch_size).logits
    names = network.class_names or [f"class {number}" for number in range(logits.shape[1])]
    return Answers.of(logits, names), names


def _picture_from_format_1(value: Mapping[str, Any]) -> dict[str, Any]:
    def answers(one: Mapping[str, Any]) -> dict[str, Any]:
        return {"predicted": [one["predicted"]], "probabilities": [one["probabilities"]], "digest": one["digest"]}

    return {
        **value, "samples": [value["picture"]], "before": answers(value["before"]), "after": answers(value["after"])
    }  # fmt: skip


def _pairs_from_format_1(value: Mapping[str, Any]) -> dict[str, Any]:
    def answers(one: Mapping[str, Any]) -> dict[str, Any]:
        names = TWO_WAY_LABELS if all(len(row) == len(TWO_WAY_LABELS) for row in one["probabilities"]) else LABELS
        shares = [dict(zip(names, row, strict=True)) for row in one["probabilities"]]
        return {"predicted": one["predicted"], "probabilities": shares, "digest": one["logits_sha256"]}

    observed = {name: answers(value["observed"][name]) for name in ("before", "after")}
    return {**value, "samples": value["pairs"], "target": value["expected"] or "", **observed}


_FROM_FORMAT_1 = {PICTURES.kind: _picture_from_format_1, SENTENCE_PAIRS.kind: _pairs_from_format_1}
