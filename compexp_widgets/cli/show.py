"""``compexp show``: one unit of a study, its formula, its scores and the samples that fire it."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compexp_widgets.cli.formulas import add_formula_options, settings_from
from compexp_widgets.cli.options import add_study_options, study_from
from compexp_widgets.cli.parsing import from_zero
from compexp_widgets.cli.printing import add_output_options, answer

if TYPE_CHECKING:
    from compexp_widgets.study.explanation import Explanation
    from compexp_widgets.study.top_samples import TopSamples
    from compexp_widgets.study.unit import Unit, UnitScores


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "show",
        help="show a unit of a study: its formula, scores and top samples",
        description="Show a unit of a study: the formula that describes it best, alone and by length, its scores, and "
        "the samples that fire it most. What is not explained yet with these settings is explained now.",
    )
    add_study_options(parser)
    parser.add_argument("unit", metavar="UNIT", help="its number in the layer, or its name where units have names")
    add_formula_options(parser.add_argument_group("the formulas"))
    samples = parser.add_argument_group("the samples").add_argument
    samples("--top", metavar="N", type=from_zero, default=9, help="how many samples are shown (%(default)s)")
    samples(
        "--save",
        metavar="DIR",
        type=Path,
        help="write them into this folder: pictures as PNG files with their overlay, pairs as an HTML file",
    )
    add_output_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    with closing(study_from(options)) as study:
        chosen = study.default_settings.changed(**settings_from(options))
        which = int(options.unit) if _is_number(options.unit) else options.unit
        unit = replace(study[which], settings=chosen)
        top = unit.top(options.top) if options.top else None
        saved = top.save(options.save) if top is not None and options.save is not None else []
        answer(options, _as_json(unit, top, saved), *_texts(unit, top, saved))


def _is_number(text: str) -> bool:
    return text.isascii() and text.removeprefix("-").isdigit() and len(text) <= _MOST_DIGITS


_MOST_DIGITS = 9


def _as_json(unit: Unit, top: TopSamples | None, saved: Sequence[Path]) -> dict[str, Any]:
    found, configuration = unit.explanation, unit.study.configuration
    return {
        "unit": unit.index,
        "name": unit.name,
        "layer": configuration.layer,
        "network": configuration.network,
        "formula": str(found.best.formula) if found.best else None,
        "state": found.state,
        "scores": asdict(unit.scores),
        "threshold": found.threshold,
        "upper_limit": found.upper_limit,
        "proven": found.proven,
        "by_length": [
            {
                "length": length,
                "formula": str(one.formula),
                "iou": one.overlap.iou,
                "precision": one.overlap.precision,
                "recall": one.overlap.recall,
                "bound": found.bounds[length - 1] if found.bounds else None,
            }
            for length, one in enumerate(found.by_length, start=1)
        ],
        "top": [
            {"index": one.index, "name": one.name, "activation": one.activation, "text": one.text} for one in top or ()
        ],
        "saved": list(saved),
    }


def _texts(unit: Unit, top: TopSamples | None, saved: Sequence[Path]) -> Iterator[str]:
    found, scores = unit.explanation, unit.scores
    number = f"unit {unit.index}"
    named = number if unit.name == number else f"{number}, {unit.name}"
    yield f"{named}, of layer {unit.study.configuration.layer}: {_formula(unit)}"
    low = f"above {found.threshold:.4g}" + (f" to {found.upper_limit:.4g}" if math.isfinite(found.upper_limit) else "")
    yield f"{found.state}: {low}, at {found.active_share:.2%} of all positions"
    if found.best is not None:
        yield from _scores(found, scores)
    if top is not None:
        yield from ("", *str(top).splitlines())
    if saved:
        yield from ("", *(f"written to {path}" for path in saved))


def _scores(found: Explanation, scores: UnitScores) -> Iterator[str]:
    """The scores of the formula, what is proven of it, and the best shorter ones."""
    yield f"IoU {scores.iou:.4f}, lift {scores.lift:+.4f}, precision {scores.precision:.4f}, recall {scores.recall:.4f}"
    if found.proven:
        yield "proven: no formula of this length is better"
    elif found.bound is not None:
        yield f"no formula of this length exceeds IoU {found.bound:.4f}"
    yield ""
    yield "by length:"
    shorter = None
    for length, one in enumerate(found.by_length, start=1):
        if one.formula != shorter:
            yield f"  {length}  {one.overlap.iou:.4f}  {one.formula}"
        shorter = one.formula


def _formula(unit: Unit) -> str:
    return str(unit.formula) if unit.formula else "no formula"
