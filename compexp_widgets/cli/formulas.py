"""The options of commands that explain units: when a unit fires, and how its formula is searched."""

from __future__ import annotations

import argparse
from typing import Any

from compexp_widgets.cli.parsing import at_least_one, from_zero, number

_OPTIONS = {
    "quantile": "quantile",
    "threshold_on": "threshold_on",
    "only": "only",
    "exclude": "exclude",
    "beam": "beam_size",
    "max_length": "max_length",
    "proof_nodes": "proof_nodes",
}
"""Option → keyword of `ExplanationSettings.changed`."""


def add_formula_options(group: argparse._ArgumentGroup) -> None:
    """Add how units are explained; what is not given is the study's default, which its modality knows."""
    add = group.add_argument
    add(
        "--quantile",
        metavar="SHARE",
        type=number,
        help="share of activations above a unit's threshold (images: 0.005; a unit of sentence pairs fires above 0)",
    )
    add(
        "--threshold-on",
        choices=("map", "grid"),
        help="of which activations that share is: of those on the layer's own map, as published, or of those on the "
        "finer grid of the annotation, so that a unit is active at exactly that share of all positions, whatever the "
        "size of its maps, and layers can be compared (map)",
    )
    for option, meaning in (("--only", "formulas use nothing but these"), ("--exclude", "no formula uses these")):
        add(option, metavar="NAME", nargs="+", action="extend", help=f"{meaning} concepts or categories")
    add(
        "--beam",
        metavar="N",
        type=at_least_one,
        help="formulas kept from one length to the next (images: 5, pairs: 10)",
    )
    add("--max-length", metavar="N", type=at_least_one, help="most concepts in a formula (images: 3, pairs: 5)")
    add(
        "--proof-nodes",
        metavar="N",
        type=from_zero,
        help="into how many regions the search looks that proves the optimum (images: 700, pairs: 0); 0 leaves it to "
        "the beam",
    )
    add("--as-published", action="store_true", help="search as the paper's code does, with repetitions in the beam")


def settings_from(options: argparse.Namespace) -> dict[str, Any]:
    """The keywords of `ExplanationSettings.changed` that were given."""
    settings = {keyword: getattr(options, option) for option, keyword in _OPTIONS.items()}
    if options.as_published:
        settings["distinct"] = False
    return {keyword: value for keyword, value in settings.items() if value is not None}
