"""``compexp layers``: what of a network can be probed."""

from __future__ import annotations

import argparse

from compexp_widgets.cli.options import add_network_options, load_from
from compexp_widgets.cli.printing import say


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "layers",
        help="list the layers of a network that can be probed",
        description="Show the network one picture and list its layers: shape, units, and whether they can be probed.",
    )
    add_network_options(parser)
    parser.add_argument("--all", action="store_true", help="list also those that cannot be probed, and say why")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from compexp_widgets.networks.layers import layers_frame, list_layers  # noqa: PLC0415

    layers = list_layers(load_from(options))
    frame = layers_frame(layers, only_probeable=not options.all).drop(columns=["probeable"])
    say(*(frame if options.all else frame.drop(columns=["why not"])).to_string(index=False).splitlines())
    hidden = sum(not layer.probeable for layer in layers)
    if hidden and not options.all:
        say(f"{hidden} more cannot be probed; --all lists them and says why")
