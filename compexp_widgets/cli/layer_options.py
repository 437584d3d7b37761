"""The options that say which layers, how their answers are laid out, and what in them is a unit."""

from __future__ import annotations

import argparse
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast, get_args

from compexp_widgets.errors import CompexpError

if TYPE_CHECKING:
    from compexp_widgets.networks.directions import Directions
    from compexp_widgets.networks.images.pictures import Form, Layout


@dataclass(frozen=True)
class LayersAsked:
    """The layers to be probed.

    Attributes
    ----------
    names
        Of layers, each once; several only without `layout` and `directions`, which are a layer's own.
    layout, directions
        See `Probe`.
    """

    names: tuple[str, ...]
    layout: Layout | Form | None
    directions: Directions | None


def add_layer_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--layer`` and what belongs to it."""
    add = parser.add_argument_group("the layer").add_argument
    add(
        "--layer",
        metavar="NAME",
        action="append",
        required=True,
        help="dotted name of the layer, such as layer4 (compexp layers lists them). Give it again for further layers: "
        "each image is shown once, the study of each layer is kept in STUDY/NAME, and the table has a first column "
        "layer",
    )
    add(
        "--layout",
        metavar="FORM[:HxW[+N]]",
        help="how the layer's answer is laid out, where that is not recognised: maps, channels-last, flat, "
        "class-token, tokens or tokens-first; of tokens with height and width of their grid and how many stand before "
        "it and are left out, such as tokens:14x14+1",
    )
    add(
        "--directions",
        metavar="FILE",
        type=Path,
        help="probe linear combinations of the layer's channels in place of the channels, as PCA, NMF or a sparse "
        "autoencoder finds them: .npy, .npz, .safetensors or .csv with a direction a row and a number a channel. The "
        "first column of a CSV may hold names; .npz and .safetensors hold matrix, and bias and names if there are any",
    )
    add("--rectified", action="store_true", help="negative activations of directions become 0, as in an autoencoder")


def layers_from(options: argparse.Namespace) -> LayersAsked:
    """Read the options about layers.

    Raises
    ------
    CompexpError
        When the layout or the directions cannot be read, or are given for several layers.
    """
    names = tuple(dict.fromkeys(options.layer))
    if options.rectified and options.directions is None:
        raise CompexpError("--rectified is for --directions: channels are probed as they are")
    for option, value in (("--layout", options.layout), ("--directions", options.directions)):
        if value is not None and len(names) > 1:
            raise CompexpError(f"{option} is for one layer, not for {', '.join(names)}: explain them one by one")
    layout = None if options.layout is None else _layout(options.layout)
    if options.directions is None:
        return LayersAsked(names, layout, None)
    from compexp_widgets.networks.directions import read_directions  # noqa: PLC0415

    return LayersAsked(names, layout, read_directions(options.directions, rectified=options.rectified))


def _layout(text: str) -> Layout | Form:
    from compexp_widgets.networks.images.pictures import Form, Layout  # noqa: PLC0415

    forms = {form.replace(" ", "-"): form for form in get_args(Form)}
    match = re.fullmatch(r"([^:]*)(?::(\d+)[x×](\d+)(?:\+(\d+))?)?", text.strip())
    if match is None or match[1].replace(" ", "-") not in forms:
        raise CompexpError(
            f"--layout {text!r:.60}: it is one of {', '.join(forms)}; of tokens with the grid and how many stand "
            "before it, such as tokens:14x14+1"
        )
    form = cast("Form", forms[match[1].replace(" ", "-")])
    if match[2] is None:
        return form  # as in Python, where such a study may be continued
    layout = Layout(form, (int(match[2]), int(match[3])), int(match[4] or 0))
    if layout.kind != "tokens":
        raise CompexpError(f"--layout {text!r:.60}: only tokens and tokens-first have a grid to be told")
    return layout
