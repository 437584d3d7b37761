"""``compexp layers``: what of a network can be probed."""

from __future__ import annotations

import argparse

from compexp_widgets.cli.options import add_network_options, load_from
from compexp_widgets.cli.printing import add_output_options, answer


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "layers",
        help="list the layers of a network that can be probed",
        description="Show the network one picture and list its layers: shape, units, and whether they can be probed.",
    )
    add_network_options(parser)
    parser.add_argument("--all", action="store_true", help="list also those that cannot be probed, and say why")
    add_output_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    from compexp_widgets.networks.layers import layers_frame, list_layers  # noqa: PLC0415

    layers = list_layers(load_from(options))
    shown = [layer for layer in layers if layer.probeable or options.all]
    frame = layers_frame(shown).drop(columns=["probeable"] if options.all else ["probeable", "why not"])
    texts = frame.to_string(index=False).splitlines()
    if hidden := len(layers) - len(shown):
        texts.append(f"{hidden} more cannot be probed; --all lists them and says why")
    about = ("name", "type", "output_shape", "units", "kind", "grid", "probeable", "why_not", "note")
    answer(options, {"layers": [{name: getattr(layer, name) for name in about} for layer in shown]}, *texts)
