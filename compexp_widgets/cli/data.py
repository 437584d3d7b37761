"""``compexp data``: what is in a folder of annotated images."""

from __future__ import annotations

import argparse
import dataclasses
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compexp_widgets.cli.options import FOLDER, add_data_options, dataset_from
from compexp_widgets.cli.printing import add_output_options, answer, printable, shown_progress
from compexp_widgets.progress import within

if TYPE_CHECKING:
    from compexp_widgets.data.images.summary import ConceptSummary, DataSummary


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "data",
        help="say what is in a folder of annotated images",
        description="Read the labels of every image and list the concepts, how much of the images they cover, and what "
        "will make explanations weak.",
    )
    parser.add_argument("data", metavar="FOLDER", type=Path, help=FOLDER)
    add_data_options(parser.add_argument_group("what is made of them, as by compexp explain"))
    parser.add_argument(
        "--all", action="store_true", help=f"list every concept, not the {_SHOWN} most frequent of each category"
    )
    add_output_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    with shown_progress(options) as report:
        dataset = dataset_from(options, within(report, 0.0, 0.5))
        summary = dataset.summary(examples=0, report=within(report, 0.5, 1.0))
    answer(options, _as_json(summary), *_texts(options, summary))


def _as_json(summary: DataSummary) -> dict[str, Any]:
    everything = summary.images * summary.grid[0] * summary.grid[1]
    return {
        "folder": summary.folder,
        "images": summary.images,
        "grid": summary.grid,
        "labelled": summary.labelled,
        "categories": [dataclasses.asdict(each) for each in summary.categories],
        "concepts": [
            {
                "name": each.concept.name,
                "category": each.concept.category,
                "images": each.images,
                "share": each.positions / everything if everything else 0.0,
            }
            for each in summary.concepts
            if each.images
        ],
        "warnings": summary.warnings,
    }


def _texts(options: argparse.Namespace, summary: DataSummary) -> Iterator[str]:
    yield from str(dataclasses.replace(summary, warnings=())).splitlines()
    for category in summary.categories:
        concepts = [each for each in summary.concepts if each.concept.category == category.name and each.images]
        yield ""
        yield from _table(category.name, concepts if options.all else concepts[:_SHOWN], summary)
        if len(concepts) > _SHOWN and not options.all:
            yield f"  … and {len(concepts) - _SHOWN:,} more; --all lists them"
    width = max(shutil.get_terminal_size().columns, 40)
    for warning in summary.warnings:
        yield ""
        yield from textwrap.wrap(f"! {printable(warning)}", width, subsequent_indent="  ", break_on_hyphens=False)
    if summary.rare:
        yield ""
        yield "--min-images leaves rare concepts out, here and in compexp explain."


def _table(category: str, concepts: Sequence[ConceptSummary], summary: DataSummary) -> Iterator[str]:
    everything = summary.images * summary.grid[0] * summary.grid[1]
    names = [printable(each.concept.name) for each in concepts]
    width = max(map(len, (printable(category), *names)))
    yield f"{printable(category):<{width}}{'images':>12}{'positions':>11}"
    for name, each in zip(names, concepts, strict=True):
        yield f"  {name:<{width}}{each.images:>10,}{each.positions / everything:>11.1%}"


_SHOWN = 12
