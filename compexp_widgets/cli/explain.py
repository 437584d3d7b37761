"""``compexp explain``: from a network and annotated images to the formulas of a layer's units."""

from __future__ import annotations

import argparse
import math
import re
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from compexp_widgets.cli.options import (
    FOLDER,
    LayersAsked,
    add_data_options,
    add_layer_options,
    add_network_options,
    at_least_one,
    dataset_from,
    in_python,
    layers_from,
    load_from,
)
from compexp_widgets.cli.printing import say, shown_progress
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.progress import Report, Stage

if TYPE_CHECKING:
    import pandas as pd

    from compexp_widgets.data.images.segmentation import SegmentationDataset
    from compexp_widgets.networks.network import Network
    from compexp_widgets.study import VisionStudy


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="probe layers on annotated images and explain their units",
        description="Show every image to the network, note where each unit of the layer fires, and search for the "
        "formula that best describes it. Stop it at any time: the same command continues.",
    )
    add_network_options(parser)
    add_layer_options(parser)
    images = parser.add_argument_group("the images")
    images.add_argument("--data", metavar="FOLDER", required=True, type=Path, help=FOLDER)
    add_data_options(images)
    _add_formulas(parser)
    _add_work(parser)
    parser.set_defaults(run=_run, kept="The study in {out}")


def _add_formulas(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the formulas").add_argument
    add("--units", type=_units, metavar="LIST", help="such as 0-511 or 3,17,40-49 (default: all)")
    add(
        "--quantile",
        metavar="SHARE",
        type=float,
        default=0.005,
        help="share of activations above a unit's threshold (%(default)s)",
    )
    add(
        "--threshold-on",
        choices=("map", "grid"),
        default="map",
        help="of which activations that share is: of those on the layer's own map, as published, or of those on the "
        "finer grid of the annotation, so that a unit is active at exactly that share of all positions, whatever the "
        "size of its maps, and layers can be compared (%(default)s)",
    )
    add(
        "--ranges",
        type=_ranges,
        metavar="K|CUTS",
        help="explain each of K clusters of a unit's positive activations, or the ranges between quantiles such as "
        "0.2,0.05,0.005, in place of the largest activations; a row a range",
    )
    add(
        "--beam",
        metavar="N",
        type=at_least_one,
        default=5,
        help="formulas kept from one length to the next (%(default)s)",
    )
    for option, meaning in (("--only", "formulas use nothing but these"), ("--exclude", "no formula uses these")):
        add(option, metavar="NAME", nargs="+", action="extend", help=f"{meaning} concepts or categories")
    add("--max-length", metavar="N", type=at_least_one, default=3, help="most concepts in a formula (%(default)s)")
    add(
        "--proof-nodes",
        metavar="N",
        type=int,
        default=700,
        help="into how many regions the search looks that proves the optimum (%(default)s); 0 leaves it to the beam",
    )
    add("--as-published", action="store_true", help="search as the paper's code does, with repetitions in the beam")
    add(
        "--evidence",
        type=int,
        nargs="?",
        const=999,
        metavar="SAMPLES",
        help="is each formula real or luck? Searches again with the images exchanged, up to SAMPLES (%(const)s) times, "
        "and on one part of the images to score on the other. Adds the columns held_out_iou, p_value, q_value "
        "(corrected over the units of a layer that are asked for: take 9999 where few of hundreds may be real), "
        "iou_low and iou_high",
    )


def _add_work(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the work").add_argument
    add("--out", metavar="STUDY", required=True, type=Path, help="folder of the study, new or to be continued")
    add("--csv", metavar="FILE", type=Path, help="write one row a unit to this file, all layers in one table")
    add(
        "--batch-size",
        metavar="N",
        type=at_least_one,
        default=32,
        help="images shown to the network at once (%(default)s)",
    )
    add(
        "--memory",
        metavar="GB",
        type=_gigabytes,
        default=1.0,
        help="gigabytes for activation maps that are worked on at once (%(default)s)",
    )
    add(
        "--half",
        type=float,
        nargs="?",
        const=0.01,
        metavar="SHARE",
        help="keep activation maps in half precision where at most SHARE (%(const)s) of a unit's activations change "
        "sides of its threshold",
    )
    add("--device", default="cpu", help="%(default)s, cuda or mps; checked against the CPU on a few images first")


def _run(options: argparse.Namespace) -> None:
    # Imported late: torch takes seconds, and `compexp --help` should not.
    import pandas as pd  # noqa: PLC0415

    from compexp_widgets.networks.probe import Probe  # noqa: PLC0415
    from compexp_widgets.search import EVERY_FORM  # noqa: PLC0415
    from compexp_widgets.signatures.activation_ranges import ranges_of  # noqa: PLC0415
    from compexp_widgets.study import EvidenceSettings, ExplanationSettings  # noqa: PLC0415
    from compexp_widgets.study.table import write_csv  # noqa: PLC0415

    settings = {
        "quantile": options.quantile,
        "threshold_on": options.threshold_on,
        "only": options.only or (),
        "exclude": options.exclude or (),
        "beam_size": options.beam,
        "max_length": options.max_length,
        "distinct": not options.as_published,
        "proof_nodes": options.proof_nodes,
    }
    chosen = ExplanationSettings.of(**settings)  # refused before the long work rather than after it
    parts = ranges_of(options.ranges) if options.ranges is not None else []
    tests = EvidenceSettings(samples=options.evidence) if options.evidence is not None else None
    asked = layers_from(options)
    _check_targets(options, asked)
    network = load_from(options)
    for layer in asked.names:
        Probe(network.module, layer)  # an unknown one is told before all labels are read
    with ExitStack() as stack:
        report = stack.enter_context(shown_progress())
        studies = _studies(network, asked, dataset_from(options, report), options, report)
        for study in studies.values():
            stack.callback(study.close)
        units = {layer: _checked_units(study, options.units, layer, asked) for layer, study in studies.items()}
        kind = "ranges" if parts else "units"
        total = sum(map(len, units.values())) * max(len(parts), 1)
        proven = dict.fromkeys(studies, 0)
        counted = count(1)
        for layer, study in studies.items():
            for explanation in study.explanations(units[layer], chosen, parts):
                proven[layer] += explanation.proven_left_deep
                report(Stage(f"{kind} explained", "explain"), next(counted), total)
        if tests:
            counted = count(1)
            for layer, study in studies.items():
                for _ in study.each_evidence(units[layer], chosen, tests, parts):
                    report(Stage(f"{kind} tested", "test"), next(counted), total)
        frames = {
            layer: study.to_frame(units[layer], ranges=options.ranges, tests=tests, **settings)
            for layer, study in studies.items()
        }
    several = len(frames) > 1
    if options.csv is not None:
        write_csv(pd.concat(frames.values()), options.csv)
    for layer, frame in frames.items():
        about = f"{layer}: " if several else ""
        among = " among left-deep formulas" if chosen.search.max_length > EVERY_FORM else ""
        optimal = f", {proven[layer]} proven optimal{among}" if chosen.proof else ""
        written = f", written to {options.csv}" if options.csv is not None else ""
        say(f"{about}{len(frame)} {kind}, mean IoU {frame['iou'].mean():.4f}{optimal}{written}", *_lines(frame))
        say(f"  {studies[layer].certificate}")
    if (data := in_python(options)) is not None:
        say(*(f"in Python: cw.open_study({str(study.folder)!r}, {data})" for study in studies.values()))


def _check_targets(options: argparse.Namespace, asked: LayersAsked) -> None:
    """Refuse places where nothing can be written before the long work rather than after it."""
    csv: Path | None = options.csv
    if csv is not None and not csv.resolve().parent.is_dir():
        raise CompexpError(f"--csv {csv}: there is no folder {csv.resolve().parent}")
    if csv is not None and csv.is_dir():
        raise CompexpError(f"--csv {csv} is a folder: give the name of a file")
    if options.out.exists() and not options.out.is_dir():
        raise CompexpError(f"--out {options.out} is a file: give a folder of its own to the study")
    if len(asked.names) > 1 and (options.out / "study.json").exists():
        raise StudyError(
            f"{options.out} holds the study of a single layer; several need a folder with one for each: choose another"
        )


def _studies(
    network: Network, asked: LayersAsked, dataset: SegmentationDataset, options: argparse.Namespace, report: Report
) -> dict[str, VisionStudy]:
    """Layer → its study, all from one pass over the images."""
    from compexp_widgets.networks.devices import check_device  # noqa: PLC0415
    from compexp_widgets.study import dissect, dissect_layers  # noqa: PLC0415

    reading: dict[str, Any] = {"layout": asked.layout, "directions": asked.directions}
    if options.device != "cpu":
        network = network.to(options.device)
        pictures = [dataset.picture(index) for index in range(min(4, len(dataset)))]
        for layer in asked.names:
            print(check_device(network, layer, pictures, **reading), file=sys.stderr)
    work: dict[str, Any] = {
        "batch_size": options.batch_size, "memory": options.memory, "half": options.half, "report": report
    }  # fmt: skip
    if len(asked.names) > 1:
        return dissect_layers(network, asked.names, dataset, options.out, **work)
    (layer,) = asked.names
    return {layer: dissect(network, layer, dataset, options.out, **reading, **work)}


def _checked_units(study: VisionStudy, units: Sequence[int] | None, layer: str, asked: LayersAsked) -> list[int]:
    try:
        return study.checked_units(units)
    except StudyError as error:
        raise StudyError(f"layer {layer}: {error}" if len(asked.names) > 1 else str(error)) from error


def _lines(frame: pd.DataFrame) -> list[str]:
    """A summary of the table of a layer: evidence, its five best rows, and the states of its units."""
    from compexp_widgets.study.explanation import state_summary  # noqa: PLC0415

    lines = []
    tested = "p_value" in frame
    if tested:
        real = ", ".join(f"{(frame[name] <= 0.05).sum()} with {name[0]} <= .05" for name in ("p_value", "q_value"))
        lines.append(f"{real}; mean held-out IoU {frame['held_out_iou'].mean():.4f}")
    for row in frame.sort_values("iou", ascending=False, kind="stable").head(5).reset_index().to_dict("records"):
        where = f"  {row['range']}" if "range" in row else ""
        if row.get("name", f"direction {row['unit']}") != f"direction {row['unit']}":
            where = f"  {row['name']}{where}"
        evidence = ""
        if tested:
            evidence = (
                f"[{row['iou_low']:.3f}, {row['iou_high']:.3f}]  held out {row['held_out_iou']:.3f}  "
                f"p {row['p_value']:.3f}  q {row['q_value']:.3f}  "
            )
        lines.append(f"  unit {row['unit']:>4}{where}  {row['iou']:.3f}  {evidence}{row['formula']}")
    if told := state_summary(frame["state"], "ranges" if "range" in frame else "units"):
        lines.append(told)
    if (frame["state"] == "saturated").any():
        lines.append(
            "saturated: more of its activations equal the largest one than were asked for; it fires, and is explained, "
            "at those"
        )
    return lines


def _ranges(text: str) -> int | list[float]:
    """A number of clusters, or the quantiles to cut at."""
    try:
        return int(text) if re.fullmatch(r"\s*\d+\s*", text) else [float(cut) for cut in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a number of clusters nor quantiles such as 0.2,0.05,0.005"
        ) from error


def _gigabytes(text: str) -> float:
    if not 0 < (number := float(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text:.40} is not above 0")
    return number


_MOST_UNITS = 10_000_000


def _units(text: str) -> list[int]:
    """The units that ``"3,17,40-49"`` names, in that order, each once."""
    units: dict[int, None] = {}
    for part in text.split(","):
        if not (match := re.fullmatch(r"\s*([0-9]{1,12})\s*(?:-\s*([0-9]{1,12})\s*)?", part)):
            raise argparse.ArgumentTypeError(f"{part!r} is neither a unit nor a range such as 0-511")
        first, last = int(match[1]), int(match[2] or match[1])
        if last >= _MOST_UNITS:
            raise argparse.ArgumentTypeError(f"{part.strip():.40} are more units than a layer has")
        if last < first:
            raise argparse.ArgumentTypeError(f"the range {part.strip()!r} runs backwards")
        units.update(dict.fromkeys(range(first, last + 1)))
    return list(units)
