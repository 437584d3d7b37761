# ruff: noqa: E501 - a message is easier to compare on one line
"""Broken image sets: what each is refused with, to the letter. `{}` stands for the folder of the set."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from image_sets import ADE_FOLDER, coco_content, picture, pixels, write_ade20k, write_cityscapes, write_coco
from PIL import Image

from compexp_widgets import (
    read_ade20k,
    read_coco_panoptic,
    read_dataset,
    read_frame,
    read_label_folder,
    with_colours,
    with_image_labels,
)
from compexp_widgets.data.images import SegmentationDataset
from compexp_widgets.errors import DataError
from compexp_widgets.progress import silent

Build = Callable[[Path], SegmentationDataset]


def refused(build: Build, folder: Path) -> str:
    """The message, with the folder as ``{}`` and forward slashes; labels are read too."""

    def read_all() -> None:
        dataset = build(folder)
        for index in range(len(dataset)):
            dataset.labels(index)

    with pytest.raises(DataError) as caught:
        read_all()
    message = str(caught.value).replace(str(folder.resolve()), "{}").replace(str(folder), "{}")
    return message.replace("\\\\", "/").replace("\\", "/") if os.sep == "\\" else message


# COCO panoptic

JSON = "{}/annotations/panoptic_val2017.json"


def coco(change: Callable[[dict[str, Any]], object]) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        content = coco_content()
        change(content)
        return read_dataset(write_coco(folder, content))

    return build


def coco_text(text: bytes) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        (write_coco(folder) / "annotations" / "panoptic_val2017.json").write_bytes(text)
        return read_dataset(folder)

    return build


def coco_file(name: str, content: bytes | None) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        path = write_coco(folder) / name
        path.unlink() if content is None else path.write_bytes(content)
        return read_dataset(folder)

    return build


def segment(content: dict[str, Any]) -> dict[str, Any]:
    return content["annotations"][0]["segments_info"][0]  # type: ignore[no-any-return]


def coco_grey(folder: Path) -> SegmentationDataset:
    pixels(write_coco(folder) / "annotations/panoptic_val2017/000000000139.png", np.zeros((4, 4), np.uint8))
    return read_dataset(folder)


def coco_without_pictures(folder: Path) -> SegmentationDataset:
    (write_coco(folder) / "val2017").rename(folder / "pictures")
    return read_dataset(folder)


def coco_pictures_nowhere(folder: Path) -> SegmentationDataset:
    return read_coco_panoptic(folder / "nowhere", folder / "a.json", folder)


COCO = [
    (coco_text(b"[]"), f"{JSON} holds a list, not a JSON object."),
    (
        coco_text(b'{"images": '),
        f"the index {JSON} is no valid JSON: Expecting value: line 1 column 12 (char 11). Is the file cut off?",
    ),
    (coco(lambda c: c.pop("images")), f"{JSON} has no 'images'."),
    (coco(lambda c: c.pop("categories")), f"{JSON} has no 'categories'."),
    (coco(lambda c: c.update(annotations={})), f"{JSON}: 'annotations' is an object, not a list."),
    (coco(lambda c: c.update(images=[], annotations=[])), f"{JSON} lists no image: 'images' is empty."),
    (coco(lambda c: c.update(categories=[], annotations=[])), f"{JSON} names 0 categories, not 1 to 65535."),
    (coco(lambda c: c["images"].insert(0, None)), f"{JSON}, images[0] is null, not an object."),
    (
        coco(lambda c: c["images"][1].update(id=139)),
        f"{JSON}, images[1]: the image id 139 stands in {JSON}, images[0] already.",
    ),
    (
        coco(lambda c: c["images"][0].update(id=1.5)),
        f"{JSON}, images[0]: 'id' is a number with a fraction, not a whole number.",
    ),
    (coco(lambda c: c["images"][0].update(id=True)), f"{JSON}, images[0]: 'id' is true, not a whole number."),
    (
        coco(lambda c: c["images"][0].update(file_name="../../etc/passwd")),
        f"{JSON}, images[0]: the path '../../etc' may not be used. Paths are relative to {{}}/val2017, stay inside it, "
        "and are written with forward slashes.",
    ),
    (
        coco(lambda c: c["images"][0].update(file_name="C:\\data\\a.jpg")),
        f"{JSON}, images[0]: the path 'C:\\\\data\\\\a.jpg' may not be used. Paths are relative to {{}}/val2017, stay inside it, "
        "and are written with forward slashes.",
    ),
    (
        coco_file("val2017/000000000285.jpg", None),
        f"{JSON}, images[1]: the file '000000000285.jpg' is missing from {{}}/val2017.",
    ),
    (
        coco_file("annotations/panoptic_val2017/000000000139.png", None),
        f"{JSON}, annotations[0]: the file '000000000139.png' is missing from {{}}/annotations/panoptic_val2017.",
    ),
    (
        coco(lambda c: c["annotations"][0].pop("segments_info")),
        f"{JSON}, annotations[0] has no 'segments_info'. This is not a panoptic annotation: use panoptic_*.json, not "
        "instances_*.json or stuff_*.json.",
    ),
    (
        coco(lambda c: segment(c).update(category_id=99)),
        f"{JSON}, annotations[0]: the segment 70000 is of category 99, which 'categories' lacks.",
    ),
    (
        coco(lambda c: segment(c).update(id=300)),
        f"{JSON}, annotations[0]: the segment id 300 is not between 1 and 16777215, or stands twice.",
    ),
    (
        coco(lambda c: c["annotations"][0].update(image_id=7)),
        f"{JSON} annotates the image id 7, which its 'images' does not list.",
    ),
    (
        coco(lambda c: c["annotations"].append(c["annotations"][0])),
        f"{JSON}, annotations[1]: the image id 139 is annotated above already.",
    ),
    (
        coco(lambda c: c["categories"][1].update(name="sky-other-merged")),
        f"{JSON}, categories[1]: the id 1 or the name 'sky-other-merged' is empty or stands above already.",
    ),
    (coco(lambda c: c["categories"][0].update(isthing=2)), f"{JSON}, categories[0]: 'isthing' is 2, not 0 or 1."),
    (
        coco(lambda c: segment(c).update(id=5)),
        "{}/annotations/panoptic_val2017/000000000139.png (images[0] of panoptic_val2017.json) has the segment 70000, which "
        "its segments_info does not list. Take the PNG files and the JSON from the same release.",
    ),
    (
        coco_grey,
        "{}/annotations/panoptic_val2017/000000000139.png (images[0] of panoptic_val2017.json) has no colour channels (mode L); "
        "a mask of this layout holds label numbers in its red and green channels.",
    ),
    (
        coco_without_pictures,
        "{} has panoptic annotations, but not all that belongs to them. Looked for: panoptic_val2017.json with val2017/ or "
        "images/val2017/ and annotations/panoptic_val2017/. Extract the archives of the pictures and of the PNG files there.",
    ),
    (coco_pictures_nowhere, "{}/nowhere is not a folder."),
]

# ADE20K

ADE = "{}/ADE20K_2021_17_01"
INDEX = f"{ADE}/index_ade20k.pkl"


def ade(change: Callable[[Path], object], index: str = "pkl") -> Build:
    def build(folder: Path) -> SegmentationDataset:
        change(write_ade20k(folder, index=index))
        return read_ade20k(folder, report=silent)

    return build


def ade_index(change: Callable[[dict[str, Any]], object]) -> Build:
    def build(root: Path) -> None:
        content = pickle.loads((root / "index_ade20k.pkl").read_bytes())
        change(content)
        (root / "index_ade20k.pkl").write_bytes(pickle.dumps(content))

    return ade(build)


def ade_json(change: Callable[[dict[str, Any]], object]) -> Build:
    def build(root: Path) -> None:
        path = root / ADE_FOLDER / "ADE_train_00000001.json"
        content = json.loads(path.read_text(encoding="utf-8"))
        change(content["annotation"])
        path.write_text(json.dumps(content), encoding="utf-8")

    return ade(build, "json")


def ade_stranger(root: Path) -> None:
    Image.new("RGB", (64, 48), (250, 255, 0)).save(root / ADE_FOLDER / "ADE_train_00000001_seg.png")


ADE_JSON = f"{ADE}/{ADE_FOLDER}/ADE_train_00000001.json"
ADE20K = [
    (lambda f: read_ade20k(f / "nowhere"), "{}/nowhere is not a folder."),
    (
        lambda f: read_ade20k(f, report=silent),
        "{} is no distribution of ADE20K: it has no index_ade20k.pkl or .mat with a folder images, and no images/ADE, "
        "images/training or images/validation with *_seg.png in it.",
    ),
    (
        ade(lambda r: None, "none"),
        f"{ADE} has nothing that names its labels: neither index_ade20k.pkl nor index_ade20k.mat, nor "
        f"{ADE_FOLDER}/ADE_train_00000001.json. Put one of the index files of the release into {ADE}.",
    ),
    (
        ade(lambda r: (r / ADE_FOLDER / "ADE_train_00000002_seg.png").unlink()),
        f"label map of picture {ADE_FOLDER}/ADE_train_00000002.jpg: the file '{ADE_FOLDER}/ADE_train_00000002_seg.png' is missing "
        f"from {ADE}.",
    ),
    (ade(lambda r: [p.unlink() for p in (r / ADE_FOLDER).glob("*.jpg")]), f"{ADE}/images holds no picture (*.jpg)."),
    (
        ade(ade_stranger),
        f"{ADE}/{ADE_FOLDER}/ADE_train_00000001_seg.png (picture {ADE_FOLDER}/ADE_train_00000001.jpg) holds label numbers that no "
        "concept has: 6655. Add them to the list of concepts; or, where they mean nothing, say so: nothing=[6655] in Python, --nothing 6655 on the command line.",
    ),
    (
        ade(lambda r: (r / "index_ade20k.pkl").write_bytes(b"")),
        f"{INDEX} is no readable index of ADE20K: EOFError('Ran out of input'). Fetch it again.",
    ),
    (
        ade(lambda r: (r / "index_ade20k.pkl").write_bytes(pickle.dumps([1]))),
        f"{INDEX} is no index of ADE20K: it holds list, not a dict.",
    ),
    (
        ade(lambda r: (r / "index_ade20k.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")),
        "the pickle asks for os.system, which an index of ADE20K does not need and which could run code. Do not use this file: "
        "fetch the index from the authors.",
    ),
    (ade_index(lambda c: c.pop("objectnames")), f"{INDEX} has no 'objectnames': it is no index of ADE20K."),
    (ade_index(lambda c: c.update(scene=[1, 2])), f"{INDEX}: 'scene' holds something else than texts."),
    (ade_index(lambda c: c["scene"].pop()), f"{INDEX} has 2 file names, but 1 scenes. Fetch it again."),
    (
        ade_index(lambda c: c.update(objectIsPart=np.ones((3, 2)))),
        f"{INDEX} names 800 objects, but counts 3 and 800.",
    ),
    (ade_json(lambda a: a["object"][0].pop("name_ndx")), f"{ADE_JSON}, object[0] has no 'name_ndx'."),
    (
        ade_json(lambda a: a["object"][0].update(name=3)),
        f"{ADE_JSON}, object[0]: 'name' is a whole number, not a text.",
    ),
    (
        ade_json(lambda a: a["object"].append(a["object"][0] | {"name": "boat"})),
        f"{ADE_JSON}, object[3]: label 2 is 'boat', but 'car, auto, automobile' in a file before.",
    ),
    (
        ade_json(lambda a: a["object"][0].update(name_ndx=0)),
        f"{ADE_JSON}, object[0]: 0 ('car, auto, automobile') is no label number with a name.",
    ),
]

# Cityscapes


def cityscapes(change: Callable[[Path], object]) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        change(write_cityscapes(folder))
        return read_dataset(folder)

    return build


COLOURED = "Where colours stand for labels, tell which: with the columns red,green,blue in the table of names, or colour_table= (on the command line --colour-table)."
ULM = "val/ulm/ulm_000000_000003"
CITYSCAPES = [
    (
        cityscapes(lambda f: (f / "gtFine").rename(f / "gt")),
        "{} has no folder 'gtCoarse'. Data in the layout of Cityscapes has leftImg8bit and gtCoarse, each with a folder a split "
        "and in it a folder a city.",
    ),
    (
        cityscapes(lambda f: (f / f"gtFine/{ULM}_gtFine_labelIds.png").unlink()),
        f"label map of picture leftImg8bit/{ULM}_leftImg8bit.png: the file 'gtFine/{ULM}_gtFine_labelIds.png' is missing from {{}}.",
    ),
    (
        cityscapes(lambda f: [p.unlink() for p in (f / "leftImg8bit").rglob("*.png")]),
        "{}/leftImg8bit holds no picture in train or val: looked for CITY/*_leftImg8bit.png there.",
    ),
    (
        cityscapes(lambda f: pixels(f / f"gtFine/{ULM}_gtFine_labelIds.png", np.full((6, 12), 255, np.uint8))),
        f"{{}}/gtFine/{ULM}_gtFine_labelIds.png (picture leftImg8bit/{ULM}_leftImg8bit.png) holds label numbers that no concept "
        "has: 255. Add them to the list of concepts; or, where they mean nothing, say so: nothing=[255] in Python, --nothing 255 on the command line.",
    ),
    (
        cityscapes(lambda f: picture(f / f"gtFine/{ULM}_gtFine_labelIds.png")),
        f"{{}}/gtFine/{ULM}_gtFine_labelIds.png (picture leftImg8bit/{ULM}_leftImg8bit.png) has 3 channels (mode RGB); a label map "
        "has one, of 1 to 16 bits, or a palette. " + COLOURED,
    ),
]

# Data frames and label folders


def framed(names: Any = None, **columns: Any) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        picture(folder / "a.jpg")
        pixels(folder / "m.png", np.ones((4, 4), np.uint8))
        frame = pd.DataFrame({"image": ["a.jpg"], "mask": ["m.png"]} | columns)
        return read_frame(frame, names={1: "one"} if names is None else names, folder=folder)

    return build


def framed_nothing(folder: Path) -> SegmentationDataset:
    return read_frame(pd.DataFrame({"image": ["a"], "mask": ["b"]}), names={1: "one"}, nothing=[1], folder=folder)


def labels_nothing(folder: Path) -> SegmentationDataset:
    picture(folder / "images" / "a.jpg")
    pixels(folder / "labels" / "a.png", np.ones((4, 4), np.uint8))
    (folder / "names.csv").write_text("number,name\n1,one\n", encoding="utf-8")
    return read_label_folder(folder, nothing=[1])


FRAMES = [
    (
        lambda f: read_frame(pd.DataFrame({"photo": []}), names={}),
        "the data frame has no column 'image'; its columns are 'photo'.",
    ),
    (lambda f: read_frame(pd.DataFrame({"image": [], "mask": []}), names={}), "the data frame has no row."),
    (framed(names={}), "names is empty: it tells what the label numbers stand for, {1: 'water', 2: 'sand'}."),
    (
        lambda f: read_frame("data.csv", names={}),
        "read_frame takes a data frame of pandas, not 'data.csv': try pandas.read_csv(…).",
    ),
    (framed(names=7), "names is 7; give a mapping {1: 'water', 2: 'sand'}, or a CSV file."),
    (framed(names={"1": "one"}), "names: '1' is no label number; they run from 0 to 65535."),
    (framed(names={70_000: "one"}), "names: 70000 is no label number; they run from 0 to 65535."),
    (framed(names={1: " "}), "names: label 1 is called ' '; a concept needs a name."),
    (
        framed(names={1: "a", 2: "a"}),
        "names: labels 1 and 2 are both called 'a'. Give them names of their own, and make one concept of them with .merged({…}).",
    ),
    (framed_nothing, "nothing: 1 is the label of 'one'."),
    (labels_nothing, "nothing: 1 is the label of 'one'."),
    (framed(image=[None]), "row 0 of the data frame: 'image' is empty; every row needs a picture."),
    (framed(image=[7]), "row 0 of the data frame: 'image' is 7, not a path."),
    (framed(image=["a\x00.jpg"]), "row 0 of the data frame: 'image' is 'a\\x00.jpg', which cannot be a path."),
    (
        framed(mask=["gone.png"]),
        "row 0 of the data frame: there is no file 'gone.png' ('mask'); relative paths start from {}.",
    ),
    (
        framed(image=["a.jpg", "a.jpg"], mask=["m.png", "m.png"]),
        "row 1 of the data frame: the picture {}/a.jpg is in row 0 of the data frame already.",
    ),
    (
        framed(names={2: "two"}),
        "{}/m.png (row 0 of the data frame) holds label numbers that no concept has: 1. Add them to the list of concepts; or, where they "
        "mean nothing, say so: nothing=[1] in Python, --nothing 1 on the command line.",
    ),
    (
        framed(mask=["a.jpg"]),
        "{}/a.jpg (row 0 of the data frame) has 3 channels (mode RGB); a label map has one, of 1 to 16 bits, or a palette. "
        + COLOURED,
    ),
]

# Labels of whole images, colours


def image_labels(text: str) -> Build:
    def build(folder: Path) -> SegmentationDataset:
        write_coco(folder)
        (folder / "labels.csv").write_text(text, encoding="utf-8")
        return with_image_labels(read_dataset(folder), folder / "labels.csv")

    return build


WHOLE = [
    (image_labels("file,label\n"), "{}/labels.csv lacks the column image; its header is: file, label."),
    (image_labels("image,label\n"), "{}/labels.csv labels no image: it has no row after the header."),
    (
        image_labels("image,label\nx.jpg,beach\n"),
        "{}/labels.csv, row 2: the data set in {} has no image 'x.jpg'. Its images have names like '000000000139.jpg'.",
    ),
    (
        image_labels("image,label\n000000000139.jpg, ;\n"),
        "{}/labels.csv, row 2: the image '000000000139.jpg' has no label. Give one, or remove the row.",
    ),
    (
        image_labels("image,label\n000000000139.jpg,person\n"),
        "{}/labels.csv, row 2: 'person' is a concept of the category 'thing' already, so it cannot be a label of the category "
        "'scene' too. Call it 'person-s', say, or rename the concept first.",
    ),
    (
        lambda f: with_colours(with_colours(read_dataset(write_coco(f)))),
        "the data set in {} has the concept 'black-c' already. Leave its colours out first, with .without([…]), or rename them.",
    ),
]


@pytest.mark.parametrize(("build", "message"), [*COCO, *ADE20K, *CITYSCAPES, *FRAMES, *WHOLE])
def test_a_broken_image_set_is_refused_with_these_words(tmp_path: Path, build: Build, message: str) -> None:
    assert refused(build, tmp_path) == message
