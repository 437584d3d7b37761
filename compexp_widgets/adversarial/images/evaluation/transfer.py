"""Do edits that fool one network fool others? The same pictures shown to several, as a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from PIL import Image

from compexp_widgets.adversarial.rate import outcome_of
from compexp_widgets.argument_types import check_fields, checked
from compexp_widgets.data.images.annotated_image import thumbnail
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.passes import Response
from compexp_widgets.networks.sources import AnyNetwork, as_network
from compexp_widgets.notebook_html import Html, facts, pictures, section
from compexp_widgets.progress import Report, Stage, silent
from compexp_widgets.short_text import brief_repr

MISSING = "not among its classes"
ALREADY = "the target already"
COLUMNS = ["picture", "network", "before", "after", "probability", "target", "target_before", "target_after", "outcome"]


@dataclass(frozen=True, eq=False)
class EditedPicture:
    """A picture before and after it was edited, and what the edit was to do.

    Attributes
    ----------
    name
        What it is called in the table.
    before, after
        Of the same size.
    target
        Name of the class that was wanted.
    original
        Name of the class that it had before; empty: the one that each network gives it.
    own
        Name of the class of what was pasted; empty for none.
    """

    name: str
    before: Image.Image
    after: Image.Image
    target: str
    original: str = ""
    own: str = ""

    __repr__ = brief_repr

    def _repr_html_(self) -> Html:
        pair = (("before", self.before), ("after", self.after))
        about = [("target", self.target), ("original", self.original), ("own", self.own)]
        shown = pictures(thumbnail(words, picture.convert("RGB").copy) for words, picture in pair)
        return section(self.name, shown, facts(about))

    def __post_init__(self) -> None:
        check_fields(self, EditError)
        if not _comparable(self.target):
            raise EditError(f"the picture {self.name!r:.80} needs the name of the class that was wanted")
        if _comparable(self.target) == _comparable(self.original):
            raise EditError(f"the target of {self.name!r:.80} is the class that it already has: {self.original!r:.80}")


@checked(EditError)
def transfer(
    pictures: Sequence[EditedPicture],
    networks: Sequence[AnyNetwork],
    *,
    batch_size: int = 8,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> pd.DataFrame:
    """Show the same edited pictures to several networks.

    Classes are matched by their names, without regard to case and to what stands between the words: ``clean_room`` is
    ``Clean room``. Where several classes of a network have the same name, their probabilities are added.

    Parameters
    ----------
    pictures
        The same pixels go to each network, which brings them to the size it wants.
    networks
        Each with `class_names`.
    batch_size
        Pictures shown at once.
    report
        Called with ("pictures shown to N networks", done, all of them).
    cancelled
        Asked before each batch; True ends the table after the last network that has seen all.

    Returns
    -------
    One row a network and picture, with the columns ``picture, network, before, after, probability, target,
    target_before, target_after, outcome``: what it says of the picture before and after, how likely the latter is to
    it; the target and its probabilities, NaN where the network has no such class. ``outcome`` is that of `outcome_of`;
    ``"not among its classes"`` where the network cannot say the target; ``"the target already"`` where it said so
    before the edit.

    Raises
    ------
    EditError
        When a network's classes have no names.
    NetworkError
        When one does not classify.
    """
    shown_to = [as_network(network, "a network") for network in networks]
    for network in shown_to:
        if not network.class_names:
            raise EditError(f"the classes of {network.name} have no names: they cannot be matched with those of others")
    stage = Stage(f"pictures shown to {len(networks)} networks", "transfer")
    total = 2 * len(pictures) * len(networks)
    rows: list[tuple[object, ...]] = []
    shown = [picture.convert("RGB") for one in pictures for picture in (one.before, one.after)]
    report(stage, 0, total)
    for number, network in enumerate(shown_to):
        seen = network.respond(shown, batch_size=batch_size, cancelled=cancelled)
        if len(seen.logits) < len(shown):
            break
        rows += [_row(one, network, seen, 2 * place) for place, one in enumerate(pictures)]
        report(stage, (number + 1) * len(shown), total)
    frame: pd.DataFrame = pd.DataFrame(rows, columns=COLUMNS)
    return frame


def classes_called(class_names: Sequence[str], name: str) -> tuple[int, ...]:
    """Numbers of the classes of this name, without regard to case and to what stands between the words.

    >>> classes_called(("corridor", "museum/indoor"), "museum-indoor")
    (1,)
    """
    wanted = _comparable(name)
    return tuple(number for number, known in enumerate(class_names) if wanted and _comparable(known) == wanted)


def _comparable(name: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", name.casefold()))


def _row(one: EditedPicture, network: Network, seen: Response, before: int) -> tuple[object, ...]:
    """`before` is the row of the unedited picture; the edited one is the next."""
    said_before, said_after = (network.class_names[number] for number in seen.predicted[[before, before + 1]])
    probability = float(seen.probabilities[before + 1].max())
    targets = classes_called(network.class_names, one.target)
    outcome = MISSING
    target_before = target_after = np.nan
    if targets:
        target_before, target_after = seen.probabilities[before : before + 2][:, targets].sum(axis=1).tolist()
        target, original, own = (_comparable(name) for name in (one.target, one.original or said_before, one.own))
        if _comparable(said_before) == target:
            outcome = ALREADY
        else:
            outcome = outcome_of(_comparable(said_after), target=target, original=original, own=own or None)
    answers = said_before, said_after, probability
    return one.name, network.name, *answers, one.target, target_before, target_after, outcome
