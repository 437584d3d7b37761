"""What PasteLab's page is told of the study and of the pictures: messages with buffers.

A message is a JSON-able dictionary and a list of binary buffers. Names and formulas come from data sets and files: they
are sent as text, and the page shows them as text.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from compexp_widgets.adversarial.probed_network import ProbedNetwork
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.widgets.paste_lab.edited_pictures import UPLOADED, EditedPictures, PageEdits
from compexp_widgets.widgets.shared.explanation_messages import Message, certificate_message

# From here on a picture goes to the page as JPEG, whose faults nobody sees, in place of several megabytes of PNG.
_LARGE = 600_000


def lab_message(bench: ProbedNetwork, networks: Sequence[Network]) -> dict[str, Any]:
    """The study as the page needs it.

    Parameters
    ----------
    networks
        Others, to which edited pictures can be shown.
    """
    study = bench.study
    about = study.configuration
    concepts = study.dataset.concepts
    return {
        "type": "study",
        "title": f"{about.network} · {about.layer}",
        "certificate": certificate_message(study),
        "classes": list(bench.class_names),
        "images": [{"image": number, "name": image.name} for number, image in enumerate(study.dataset.images)],
        "units": study.units.count,
        "unit_names": list(about.unit_names),
        "networks": [network.name for network in networks],
        "concepts": [{"name": concept.name, "category": concept.category} for concept in concepts],
        "categories": list(dict.fromkeys(concept.category for concept in concepts)),
        "grid": list(study.units.grid),
        "default_target": -1,
    }


def picture_message(
    bench: ProbedNetwork,
    pictures: EditedPictures,
    image: int,
    edits: PageEdits = (),
    size: tuple[int, int] | None = None,
) -> Message:
    """One picture; its buffer is a PNG file, or a JPEG file where it is large.

    Parameters
    ----------
    edits
        What is done to it; such as regions, which the page cannot change itself.
    size
        Width and height of an uploaded picture before it was scaled down.
    """
    picture = pictures.edited(image, edits)
    message = {
        "type": "picture",
        "image": image,
        "name": pictures.name(image),
        "width": picture.width,
        "height": picture.height,
        "concepts": [] if image == UPLOADED else present_concepts(bench, image),
        "original_width": size[0] if size else picture.width,
        "original_height": size[1] if size else picture.height,
        "note": "",
    }
    if size and size != picture.size:
        message["note"] = (
            f"Scaled down from {size[0]:,} × {size[1]:,} to {picture.width:,} × {picture.height:,} pixels for editing."
        )
    return message, [picture_file(picture)]


def present_concepts(bench: ProbedNetwork, image: int) -> list[str]:
    """The concepts that hold on a picture of the data set: those of most positions first, then in their own order."""
    table = bench.study.table
    rows, counts = np.unique(bench.study.units.positions[image], return_counts=True)
    starts, entries = table.rows(rows)
    held = np.bincount(entries, weights=np.repeat(counts, np.diff(starts)), minlength=len(table.concepts))
    order = np.argsort(-held, kind="stable")
    return [table.concepts[concept] for concept in order[: np.count_nonzero(held)]]


def picture_file(picture: Image.Image) -> bytes:
    """A picture as the page shows it: a PNG file, or a JPEG file where it is large."""
    file = io.BytesIO()
    if picture.width * picture.height > _LARGE:
        picture.save(file, "JPEG", quality=92)
    else:
        picture.save(file, "PNG", compress_level=1)  # for the way to the page, which is short
    return file.getvalue()


def checked_class(bench: ProbedNetwork, target: Any) -> int:
    """A class of the network, or -1 for any other than the original.

    Raises
    ------
    EditError
        When there is none of this number.
    """
    classes = len(bench.class_names)
    if isinstance(target, bool) or not isinstance(target, int) or not -1 <= target < classes:
        raise EditError(f"there is no class {target!r:.40}: the network has 0 … {classes - 1}; -1 means any other")
    return target
