"""The options that say which network, for every command that shows it something."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from compexp_widgets.networks.network import Network


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--network`` and what belongs to it."""
    add = parser.add_argument_group("the network").add_argument
    add(
        "--network",
        required=True,
        help="torchvision:NAME, places365:NAME, or module:function that returns (torch module, preprocess)",
    )
    add(
        "--weights",
        metavar="NAME|FILE",
        default="DEFAULT",
        help="torchvision's name for them (%(default)s), or a checkpoint (.safetensors, .pth)",
    )
    add("--class-names", metavar="FILE", type=Path, help="text file with the name of one class a line")
    add(
        "--preprocess",
        choices=("published", "whole", "paper"),
        help="what of a picture the network is shown: the whole (default for torchvision and places365), so that maps "
        "lie where the masks do; as published, mostly a centre crop; or as the paper probed",
    )


def load_from(options: argparse.Namespace) -> Network:
    """The network that the options name."""
    from compexp_widgets.networks.sources import load_network  # noqa: PLC0415

    named = options.network.startswith(("torchvision:", "places365:"))
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - where a user's own network lives
    return load_network(
        options.network,
        options.weights,
        preprocess=options.preprocess or ("whole" if named else "published"),
        class_names=options.class_names,
    )
