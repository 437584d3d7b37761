"""``compexp explain``: from a network and its probe dataset to the formulas of a layer's units."""

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

from compexp_widgets.cli.formulas import add_formula_options, settings_from
from compexp_widgets.cli.options import (
    FOLDER,
    LayersAsked,
    add_data_options,
    add_layer_options,
    add_network_options,
    add_pair_options,
    data_from,
    layers_from,
    load_from,
)
from compexp_widgets.cli.parsing import at_least_one, number
from compexp_widgets.cli.printing import add_output_options, answer, note, printable, shown_progress
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.progress import Report, Stage, within

if TYPE_CHECKING:
    import pandas as pd

    from compexp_widgets.networks.network import Network
    from compexp_widgets.study import ExplanationSettings, Study

STANDARD_OUTPUT = Path("-")


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="probe layers on annotated images or sentence pairs and explain their units",
        description="Show every sample to the network, note where each unit of the layer fires, and search for the "
        "formula that best describes it. Stop it at any time: the same command continues.",
    )
    add_network_options(parser)
    add_layer_options(parser)
    data = parser.add_argument_group("the data")
    data.add_argument(
        "--data",
        metavar="FOLDER|FILE",
        required=True,
        type=Path,
        help=f"{FOLDER}; for a network of sentence pairs their file: SNLI or MultiNLI as distributed, a table with a "
        "header, parallel files",
    )
    add_data_options(parser.add_argument_group("annotated images"))
    add_pair_options(parser.add_argument_group("sentence pairs"))
    _add_units(parser)
    _add_work(parser)
    add_output_options(parser)
    parser.set_defaults(run=_run, kept="The study in {out}")


def _add_units(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the formulas")
    add = group.add_argument
    add("--units", type=_units, metavar="LIST", help="such as 0-511 or 3,17,40-49 (default: all)")
    add_formula_options(group)
    add(
        "--ranges",
        type=_ranges,
        metavar="K|CUTS",
        help="explain each of K clusters of a unit's positive activations, or the ranges between quantiles such as "
        "0.2,0.05,0.005, in place of the largest activations; a row a range",
    )
    add(
        "--evidence",
        type=at_least_one,
        nargs="?",
        const=999,
        metavar="SAMPLES",
        help="is each formula real or luck? Searches again with the samples exchanged, up to SAMPLES (%(const)s) "
        "times, and on one part of them to score on the other. Adds the columns held_out_iou, p_value, q_value "
        "(corrected over the units of a layer that are asked for: take 9999 where few of hundreds may be real), "
        "iou_low and iou_high",
    )


def _add_work(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the work").add_argument
    add("--out", metavar="STUDY", required=True, type=Path, help="folder of the study, new or to be continued")
    add(
        "--csv",
        metavar="FILE|-",
        type=Path,
        help="write one row a unit to this file, all layers in one table; - for standard output, which then has "
        "nothing else",
    )
    add(
        "--batch-size",
        metavar="N",
        type=at_least_one,
        help="samples shown to the network at once (32 images, 64 pairs)",
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
        type=number,
        nargs="?",
        const=0.01,
        metavar="SHARE",
        help="keep activation maps in half precision where at most SHARE (%(const)s) of a unit's activations change "
        "sides of its threshold",
    )
    add("--device", default="cpu", help="%(default)s, cuda or mps; checked against the CPU on a few samples first")


def _run(options: argparse.Namespace) -> None:
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.networks.probe import Probe  # noqa: PLC0415
    from compexp_widgets.signatures.activation_ranges import ranges_of  # noqa: PLC0415
    from compexp_widgets.study import EvidenceSettings, ExplanationSettings  # noqa: PLC0415

    settings = settings_from(options)
    ExplanationSettings.of(**settings)  # refused before the long work rather than after it
    parts = ranges_of(options.ranges) if options.ranges is not None else []
    tests = EvidenceSettings(samples=options.evidence) if options.evidence is not None else None
    asked = layers_from(options)
    _check_targets(options, asked)
    network = load_from(options)
    for layer in asked.names:
        Probe(network.module, layer)  # an unknown one is told before all labels are read
    frames, proven, kind = {}, {}, "ranges" if parts else "units"
    with ExitStack() as stack:
        report = stack.enter_context(shown_progress(options))
        data = data_from(options, network, within(report, 0.0, _READ))
        studies = _studies(network, asked, data, options, within(report, _READ, _PROBED))
        for study in studies.values():
            stack.callback(study.close)
        units = {layer: _checked_units(study, options.units, layer, asked) for layer, study in studies.items()}
        chosen = {layer: study.default_settings.changed(**settings) for layer, study in studies.items()}
        total = sum(map(len, units.values())) * max(len(parts), 1)
        counted, stage = count(1), Stage(f"{kind} explained", "explain", _PROBED, _EXPLAINED if tests else 1.0)
        for layer, study in studies.items():
            proven[layer] = 0
            for explanation in study.explanations(units[layer], chosen[layer], parts):
                proven[layer] += explanation.proven_left_deep
                report(stage, next(counted), total)
        if tests:
            counted, stage = count(1), Stage(f"{kind} tested", "test", _EXPLAINED, 1.0)
            for layer, study in studies.items():
                for _ in study.each_evidence(units[layer], chosen[layer], tests, parts):
                    report(stage, next(counted), total)
        for layer, study in studies.items():
            frames[layer] = study.to_frame(units[layer], ranges=options.ranges, tests=tests, **settings)
    _write(options, frames)
    texts: list[str] = []
    for layer, frame in frames.items():
        about = f"{layer}: " if len(frames) > 1 else ""
        optimal = _optimal(proven[layer], chosen[layer])
        written = f", written to {options.csv}" if options.csv not in {None, STANDARD_OUTPUT} else ""
        texts.append(f"{about}{len(frame)} {kind}, mean IoU {frame['iou'].mean():.4f}{optimal}{written}")
        texts += [*_lines(frame), f"  {studies[layer].certificate}"]
    texts += [f"in Python: cw.open_study({str(study.folder)!r})" for study in studies.values()]
    if options.csv == STANDARD_OUTPUT:
        note(options, *texts)
        return
    told = [_as_json(study, frames[layer], proven[layer]) for layer, study in studies.items()]
    answer(options, {"studies": told}, *texts)


_READ, _PROBED, _EXPLAINED = 0.05, 0.7, 0.8
"""The shares of the work, as far as progress is told of, after which the data are read, probed and explained."""


def _check_targets(options: argparse.Namespace, asked: LayersAsked) -> None:
    """Refuse places where nothing can be written before the long work rather than after it."""
    csv: Path | None = options.csv
    if csv == STANDARD_OUTPUT and options.json:
        raise CompexpError("--csv - and --json both write to standard output: give the CSV the name of a file")
    if csv is not None and csv != STANDARD_OUTPUT:
        if not csv.resolve().parent.is_dir():
            raise CompexpError(f"--csv {csv}: there is no folder {csv.resolve().parent}")
        if csv.is_dir():
            raise CompexpError(f"--csv {csv} is a folder: give the name of a file")
    if options.out.exists() and not options.out.is_dir():
        raise CompexpError(f"--out {options.out} is a file: give a folder of its own to the study")
    if len(asked.names) > 1 and (options.out / "study.json").exists():
        raise StudyError(
            f"{options.out} holds the study of a single layer; several need a folder with one for each: choose another"
        )


def _studies(
    network: Network, asked: LayersAsked, data: Any, options: argparse.Namespace, report: Report
) -> dict[str, Study]:
    """Layer → its study, all from one pass over the samples."""
    from compexp_widgets.networks.devices import check_device  # noqa: PLC0415
    from compexp_widgets.study import dissect, dissect_layers  # noqa: PLC0415

    reading: dict[str, Any] = {"layout": asked.layout, "directions": asked.directions}
    if options.device != "cpu":
        network = network.to(options.device)
        pairs = network.inputs.samples == "pairs"
        samples = [data.picture(index) for index in range(min(4, len(data)))] if not pairs else None
        for layer in asked.names:
            note(options, str(check_device(network, layer, samples or network.inputs.fixed_samples(data), **reading)))
    work: dict[str, Any] = {
        "batch_size": options.batch_size, "memory": options.memory, "half": options.half, "report": report,
        "vectors": options.vectors,
    }  # fmt: skip
    if len(asked.names) > 1:
        return dissect_layers(network, asked.names, data, options.out, **work)
    (layer,) = asked.names
    return {layer: dissect(network, layer, data, options.out, **reading, **work)}


def _checked_units(study: Study, units: Sequence[int] | None, layer: str, asked: LayersAsked) -> list[int]:
    try:
        return study.checked_units(units)
    except StudyError as error:
        raise StudyError(f"layer {layer}: {error}" if len(asked.names) > 1 else str(error)) from error


def _optimal(proven: int, settings: ExplanationSettings) -> str:
    from compexp_widgets.search import EVERY_FORM  # noqa: PLC0415

    among = " among left-deep formulas" if settings.search.max_length > EVERY_FORM else ""
    return f", {proven} proven optimal{among}" if settings.proof else ""


def _write(options: argparse.Namespace, frames: dict[str, pd.DataFrame]) -> None:
    """Write the table that ``--csv`` asks for."""
    import pandas as pd  # noqa: PLC0415

    from compexp_widgets.study.table import write_csv  # noqa: PLC0415

    if options.csv is None:
        return
    whole = pd.concat(frames.values())
    if options.csv != STANDARD_OUTPUT:
        write_csv(whole, options.csv)
        return
    text = whole.to_csv(float_format="%.6f", lineterminator="\n")
    if sys.stdout.isatty():
        text = "\n".join(map(printable, text.split("\n")))
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "backslashreplace").decode(encoding))


def _as_json(study: Study, frame: pd.DataFrame, proven: int) -> dict[str, Any]:
    """One study of the result: what it is of, and the rows of its table."""
    return {
        "layer": study.configuration.layer,
        "network": study.configuration.network,
        "folder": study.folder,
        "certificate": str(study.certificate),
        "proven": proven,
        "rows": frame.reset_index().to_dict("records"),
    }


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
        return int(text) if re.fullmatch(r"\s*[0-9]{1,9}\s*", text) else [float(cut) for cut in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r:.60} is neither a number of clusters nor quantiles such as 0.2,0.05,0.005"
        ) from error


def _gigabytes(text: str) -> float:
    if not 0 < (gigabytes := number(text)) < math.inf:
        raise argparse.ArgumentTypeError(f"{text:.40} is not above 0")
    return gigabytes


_MOST_UNITS = 10_000_000


def _units(text: str) -> list[int]:
    """The units that ``"3,17,40-49"`` names, in that order, each once."""
    units: dict[int, None] = {}
    for part in text.split(","):
        if not (match := re.fullmatch(r"\s*([0-9]{1,12})\s*(?:-\s*([0-9]{1,12})\s*)?", part)):
            raise argparse.ArgumentTypeError(f"{part!r:.60} is neither a unit nor a range such as 0-511")
        first, last = int(match[1]), int(match[2] or match[1])
        if last >= _MOST_UNITS:
            raise argparse.ArgumentTypeError(f"{part.strip():.40} are more units than a layer has")
        if last < first:
            raise argparse.ArgumentTypeError(f"the range {part.strip()!r} runs backwards")
        units.update(dict.fromkeys(range(first, last + 1)))
    return list(units)
