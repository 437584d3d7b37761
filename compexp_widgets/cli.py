"""The command line: ``compexp explain``, ``compexp layers`` (what can be explained) and ``compexp fetch`` (data)."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from compexp_widgets.errors import CompexpError
from compexp_widgets.progress import Report, bars, lines

if TYPE_CHECKING:
    from compexp_widgets.vision.network import Network


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit status: 0 done, 1 an error that was told, 2 wrong usage, 130 interrupted."""
    parser = _parser()
    options = parser.parse_args(arguments)
    try:
        options.run(options)
    except CompexpError as error:
        print(f"compexp: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        kept = {"explain": f" The study in {getattr(options, 'out', '')}", "fetch": " What has come"}.get(
            options.command
        )
        print("\nstopped." + (f"{kept} is kept: the same command continues it." if kept else ""), file=sys.stderr)
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="compexp", description="Describe the units of a neural network by logical formulas over human concepts."
    )
    parser.add_argument("--version", action="version", version=f"compexp {version('compexp-widgets')}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    explain = commands.add_parser(
        "explain",
        help="probe a layer on annotated images and explain its units",
        description="Show every image to the network, note where each unit of the layer fires, and search for the "
        "formula that best describes it. Stop it at any time: the same command continues.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = explain.add_argument
    _add_network(explain)
    add("--layer", required=True, help="dotted name of the layer, such as layer4")
    add("--data", required=True, type=Path, help="folder with annotated images, as Broden or as label maps")
    add("--out", required=True, type=Path, help="folder of the study, new or to be continued")
    add("--units", type=_units, default=argparse.SUPPRESS, help="such as 0-511 or 3,17,40-49 (default: all)")
    add("--quantile", type=float, default=0.005, help="share of activations above a unit's threshold")
    add(
        "--ranges",
        type=_ranges,
        metavar="K|CUTS",
        help="explain each of K clusters of a unit's positive activations, or the ranges between quantiles such as "
        "0.2,0.05,0.005, in place of the largest activations; a row a range",
        default=argparse.SUPPRESS,
    )
    add("--beam", type=int, default=5, help="formulas kept from one length to the next")
    add("--max-length", type=int, default=3, help="most concepts in a formula")
    add(
        "--proof-nodes",
        type=int,
        default=700,
        help="into how many regions the search looks that proves the optimum; 0 leaves it to the beam",
    )
    add("--as-published", action="store_true", help="search as the paper's code does, with repetitions in the beam")
    add(
        "--evidence",
        type=int,
        nargs="?",
        const=999,
        metavar="SAMPLES",
        help="is each formula real or luck? Searches again with the images exchanged, up to SAMPLES (999) times, and "
        "on one part of the images to score on the other. Adds the columns held_out_iou, p_value, q_value (corrected "
        "over the units asked for: take 9999 where few of hundreds may be real), iou_low and iou_high",
        default=argparse.SUPPRESS,
    )
    add("--batch-size", type=int, default=32, help="images shown to the network at once")
    add("--memory", type=float, default=1.0, help="gigabytes for activation maps that are worked on at once")
    add(
        "--half",
        type=float,
        nargs="?",
        const=0.01,
        metavar="SHARE",
        help="keep activation maps in half precision where at most SHARE (0.01) of a unit's activations change sides "
        "of its threshold",
        default=argparse.SUPPRESS,
    )
    add("--device", default="cpu", help="cpu, cuda or mps; checked against the CPU on a few images first")
    add("--csv", type=Path, help="write one row a unit to this file", default=argparse.SUPPRESS)
    explain.set_defaults(run=_explain)
    _add_layers(commands)
    _add_fetch(commands)
    return parser


def _add_layers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    layers = commands.add_parser(
        "layers",
        help="list the layers of a network that can be probed",
        description="Show the network one picture and list its layers: shape, units, and whether they can be probed.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _add_network(layers)
    layers.add_argument("--all", action="store_true", help="list also those that cannot be probed, and say why")
    layers.set_defaults(run=_layers)


def _add_network(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add(
        "--network",
        required=True,
        help="torchvision:NAME, places365:NAME, or module:function that returns (torch module, preprocess)",
    )
    add("--weights", default="DEFAULT", help="torchvision's name for them, or a checkpoint (.safetensors, .pth)")
    add("--class-names", type=Path, default=argparse.SUPPRESS, help="text file with the name of one class a line")
    add(
        "--preprocess",
        choices=("published", "whole", "paper"),
        default=argparse.SUPPRESS,
        help="what of a picture the network is shown: the whole (default for torchvision and places365), so that maps "
        "lie where the masks do; as published, mostly a centre crop; or as the paper probed",
    )


def _is_named(network: str) -> bool:
    return network.startswith(("torchvision:", "places365:"))


def _load(options: argparse.Namespace) -> Network:
    from compexp_widgets.vision.networks import load_network  # noqa: PLC0415

    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - where a user's own network lives
    return load_network(
        options.network,
        options.weights,
        preprocess=getattr(options, "preprocess", "whole" if _is_named(options.network) else "published"),
        class_names=getattr(options, "class_names", None),
    )


def _layers(options: argparse.Namespace) -> None:
    from compexp_widgets.vision.layers import layers_frame, list_layers  # noqa: PLC0415

    layers = list_layers(_load(options))
    frame = layers_frame(layers, only_probeable=not options.all).drop(columns=["probeable"])
    print((frame if options.all else frame.drop(columns=["why not"])).to_string(index=False))
    hidden = sum(not layer.probeable for layer in layers)
    if hidden and not options.all:
        print(f"{hidden} more cannot be probed; --all lists them and says why")


def _add_fetch(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    fetch = commands.add_parser(
        "fetch",
        help="download a data set or a network, or list what there is",
        description="Download a data set or a network from its authors, check it and unpack it; without a name, list "
        "what there is. Stop it at any time: the same command continues.",
    )
    add = fetch.add_argument
    add("name", nargs="?", help="what to fetch, such as broden1_224")
    add("--from", dest="from_", metavar="ADDRESS|FILE", help="another copy: its address, or a file on this machine")
    add("--to", metavar="FOLDER", help="where it goes, in a folder of its own (default: the cache folder)")
    add("--yes", action="store_true", help="agree to the licence without being asked")
    fetch.set_defaults(run=_fetch)


def _fetch(options: argparse.Namespace) -> None:
    from compexp_widgets.downloads import fetch, overview  # noqa: PLC0415

    if options.name is None:
        print(overview())
        return
    with _progress() as report:
        print(fetch(options.name, options.to, from_=options.from_, report=report, yes=options.yes))


def _explain(options: argparse.Namespace) -> None:
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.activation_ranges import ranges_of  # noqa: PLC0415
    from compexp_widgets.study import EvidenceSettings, ExplanationSettings, dissect  # noqa: PLC0415
    from compexp_widgets.study.table import write_csv  # noqa: PLC0415
    from compexp_widgets.vision.devices import check_device  # noqa: PLC0415
    from compexp_widgets.vision.images.dataset import read_dataset  # noqa: PLC0415

    settings = {
        "quantile": options.quantile,
        "beam_size": options.beam,
        "max_length": options.max_length,
        "distinct": not options.as_published,
        "proof_nodes": options.proof_nodes,
    }
    chosen = ExplanationSettings.of(**settings)  # refused before the long work rather than after it
    ranges = getattr(options, "ranges", None)
    parts = ranges_of(ranges) if ranges is not None else []
    tests = EvidenceSettings(samples=options.evidence) if hasattr(options, "evidence") else None
    csv = getattr(options, "csv", None)
    if csv is not None and not csv.resolve().parent.is_dir():
        raise CompexpError(f"--csv {csv}: there is no folder {csv.resolve().parent}")
    network = _load(options)
    dataset = read_dataset(options.data)
    if options.device != "cpu":
        network = network.to(options.device)
        pictures = [dataset.picture(index) for index in range(min(4, len(dataset)))]
        print(check_device(network, options.layer, pictures), file=sys.stderr)
    with _progress() as report:
        study = dissect(
            network,
            options.layer,
            dataset,
            options.out,
            batch_size=options.batch_size,
            memory=options.memory,
            half=getattr(options, "half", None),
            report=report,
        )
        units = study.checked_units(getattr(options, "units", None))
        proven, kind, total = 0, "ranges" if parts else "units", len(units) * max(len(parts), 1)
        for done, explanation in enumerate(study.explanations(units, chosen, parts), start=1):
            proven += explanation.proven
            report(f"{kind} explained", done, total)
        if tests:
            for done, _ in enumerate(study.each_evidence(units, chosen, tests, parts), start=1):
                report(f"{kind} tested", done, total)
    frame = study.to_frame(units, ranges=ranges, tests=tests, **settings)
    if csv is not None:
        write_csv(frame, csv)
    study.close()
    certificate = f", {proven} proven optimal" if chosen.proof else ""
    print(
        f"{len(frame)} {kind}, mean IoU {frame['iou'].mean():.4f}{certificate}" + (f", written to {csv}" if csv else "")
    )
    if tests:
        real = ", ".join(f"{(frame[name] <= 0.05).sum()} with {name[0]} <= .05" for name in ("p_value", "q_value"))
        print(f"{real}; mean held-out IoU {frame['held_out_iou'].mean():.4f}")
    for row in frame.sort_values("iou", ascending=False, kind="stable").head(5).itertuples():
        evidence = ""
        if tests:
            evidence = (
                f"[{row.iou_low:.3f}, {row.iou_high:.3f}]  held out {row.held_out_iou:.3f}  "
                f"p {row.p_value:.3f}  q {row.q_value:.3f}  "
            )
        where = f"  {row.range}" if parts else ""
        print(f"  unit {row.unit:>4}{where}  {row.iou:.3f}  {evidence}{row.formula}")


@contextmanager
def _progress() -> Iterator[Report]:
    """Bars for a person at a terminal, lines for a log."""
    if sys.stderr.isatty():
        with bars() as report:
            yield report
    else:
        yield lines(seconds=float(os.environ.get("COMPEXP_PROGRESS_SECONDS", "5")))


def _ranges(text: str) -> int | list[float]:
    """A number of clusters, or the quantiles to cut at."""
    try:
        return int(text) if re.fullmatch(r"\s*\d+\s*", text) else [float(cut) for cut in text.split(",")]
    except ValueError as error:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a number of clusters nor quantiles such as 0.2,0.05,0.005"
        ) from error


def _units(text: str) -> list[int]:
    """The units that ``"3,17,40-49"`` names, in that order, each once."""
    units: dict[int, None] = {}
    for part in text.split(","):
        if not (match := re.fullmatch(r"\s*(\d+)\s*(?:-\s*(\d+)\s*)?", part)):
            raise argparse.ArgumentTypeError(f"{part!r} is neither a unit nor a range such as 0-511")
        first, last = int(match[1]), int(match[2] or match[1])
        if last < first:
            raise argparse.ArgumentTypeError(f"the range {part.strip()!r} runs backwards")
        units.update(dict.fromkeys(range(first, last + 1)))
    return list(units)
