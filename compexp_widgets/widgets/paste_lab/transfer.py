"""What other networks say of the picture that PasteLab's page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PIL import Image

from compexp_widgets.adversarial.images.evaluation.transfer import classes_called
from compexp_widgets.networks.network import Network


def transfer_message(
    networks: Sequence[Network],
    picture: Image.Image,
    edited: Image.Image,
    target: str,
    cancelled: Callable[[], bool],
) -> dict[str, Any]:
    """A row a network: what it says of both pictures, and how likely the wanted class is to it.

    Classes are matched by name (see `classes_called`); where a network does not have the wanted one, its probability is
    None.

    Parameters
    ----------
    target
        Name of the wanted class.
    """
    rows = []
    for network in networks:
        seen = network.respond([picture, edited], cancelled=cancelled)
        if not len(seen.logits):
            break
        names = network.class_names or [f"class {number}" for number in range(seen.logits.shape[1])]
        (before, after), probabilities = seen.predicted.tolist(), seen.probabilities
        wanted = classes_called(names, target)
        rows.append(
            {
                "network": network.name,
                "before": names[before],
                "before_probability": float(probabilities[0, before]),
                "after": names[after],
                "after_probability": float(probabilities[1, after]),
                "target_probability": float(probabilities[1, list(wanted)].sum()) if wanted else None,
            }
        )
    return {"type": "transfer", "target": target, "rows": rows}
