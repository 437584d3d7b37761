"""Every reader of the package with small well-formed input of its own: what `fuzz_readers` spoils."""

from __future__ import annotations

import gzip
import io
import json
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from image_sets import write_ade20k, write_cityscapes, write_coco
from pair_files import write, write_jsonl, write_snli_text
from PIL import Image
from safetensors.torch import save_file
from tiny_broden import write_tiny_broden
from tiny_network import tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets import adversarial, read_pairs
from compexp_widgets.adversarial import Recipe
from compexp_widgets.adversarial.images.editing import PICTURES
from compexp_widgets.adversarial.images.edits.regions import mask_from_json, mask_to_json
from compexp_widgets.concepts.lexicon.wordnet import load_wordnet
from compexp_widgets.data.pairs import LABELS
from compexp_widgets.downloads.extraction import unpack
from compexp_widgets.networks.checkpoints import read_weights
from compexp_widgets.networks.pairs.bowman import BowmanNetwork, BowmanSize, WordIndex
from compexp_widgets.networks.pairs.checkpoint import bowman_network, save_bowman
from compexp_widgets.networks.pairs.training_state import read_record
from compexp_widgets.networks.sources.torchvision_networks import read_class_names
from compexp_widgets.progress import silent
from compexp_widgets.study import Evidence, Explanation
from compexp_widgets.widgets.paste_lab.pictures import uploaded_picture


@dataclass(frozen=True)
class Reader:
    """A reader of the package.

    Attributes
    ----------
    name
        What it reads.
    write
        Writes well-formed input into an empty folder.
    read
        Reads what is in the folder, as a caller of the package does, and looks at it.
    spoiled
        Patterns of the files that may be spoiled.
    weight
        How many of the inputs it gets, beside the others.
    """

    name: str
    write: Callable[[Path], object]
    read: Callable[[Path], object]
    spoiled: tuple[str, ...] = ("*",)
    weight: float = 1.0


def readers() -> list[Reader]:
    """All of them."""
    return [
        Reader("formula", _write_formula, _read_formula, weight=2),
        Reader("recipe of a picture", _write_image_recipe, _read_recipe, ("*.json",), 2),
        Reader("recipe of sentences", _write_text_recipe, _read_recipe, weight=2),
        Reader("recipe as a message", _write_both_recipes, _from_json(_recipe), weight=2),
        Reader("edit", _write_edits, _from_json(_edit)),
        Reader("patch file", _write_pictures, _each(adversarial.Patch.from_file)),
        Reader("uploaded picture", _write_pictures, _each(lambda path: uploaded_picture(path.read_bytes(), path.name))),
        Reader("mask", _write_mask, _read_mask),
        Reader("directions", _write_directions, _each(cw.read_directions), weight=2),
        Reader("word vectors", _write_vectors, _each(cw.read_word_vectors), weight=2),
        Reader("WordNet", _write_wordnet, _each(load_wordnet.__wrapped__)),
        Reader("file of weights", _write_weights, _each(read_weights), weight=2),
        Reader("Bowman network", _write_bowman, _each(cw.load_bowman)),
        Reader("record of a training", _write_record, read_record),
        Reader("sentence pairs", _write_pairs, _each(_read_pairs), weight=4),
        Reader("parallel sentences", _write_parallel, _read_parallel),
        Reader("class names", _write_class_names, _each(read_class_names)),
        Reader("Broden", _write_broden, _look(cw.read_dataset), ("*.csv", "images/**/*.png"), 2),
        Reader("label folder", _write_label_folder, _look(cw.read_dataset), ("names.csv", "labels/*"), 2),
        Reader("COCO panoptic", write_coco, _look(cw.read_dataset), ("annotations/*.json", "annotations/**/*.png"), 2),
        Reader("ADE20K", write_ade20k, _look(cw.read_dataset), ("**/*.pkl", "**/*.json", "**/*.png"), 2),
        Reader("Cityscapes", write_cityscapes, _look(cw.read_dataset), ("gtFine/**/*",)),
        Reader("image labels", _write_image_labels, _read_image_labels, ("labels.csv",)),
        Reader("archive", _write_archives, _each(_unpack), weight=1),
        Reader("stored explanation", _write_explanations, _read_explanations, weight=2),
        Reader("vocabulary of pairs", _write_vocabulary, _from_json(cw.LexicalVocabulary.from_json)),
        Reader("study of pictures", _write_vision_study, _read_vision_study, ("study/*",), 2),
        Reader("study of pairs", _write_pair_study, cw.open_study, ("*.json", "*.np*"), 2),
    ]


def _each(read: Callable[[Path], object]) -> Callable[[Path], None]:
    """Reads the one file that was spoiled last."""

    def read_newest(folder: Path) -> None:
        read(max((path for path in folder.iterdir() if path.is_file()), key=lambda path: path.stat().st_mtime_ns))

    return read_newest


def _from_json(read: Callable[[Any], object]) -> Callable[[Path], None]:
    """Hands over a value as a page sends it: decoded by another, who lets NaN and half characters pass."""

    def read_value(folder: Path) -> None:
        path = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        try:
            value = json.loads(path.read_bytes().decode("utf-8", "surrogatepass"))
        except (ValueError, RecursionError):
            return  # the page's own reader refuses it
        read(value)

    return read_value


def _look(read: Callable[[Path], Any]) -> Callable[[Path], None]:
    """Reads a data set and every picture and label of it."""

    def read_all(folder: Path) -> None:
        dataset = read(folder)
        for place in range(min(len(dataset), 3)):
            dataset.picture(place)
            dataset.labels(place)

    return read_all


def _write_formula(folder: Path) -> None:
    write(folder / "a.txt", '(water OR river) AND NOT blue-c OR NEIGHBORS("ice (AND) rink") AND HYPERNYM(dog)')
    write(folder / "b.txt", 'NOT (a AND NOT "caf\\u00e9") OR (((b)))')
    write(folder / "c.txt", "(a AND (b OR " * 200 + "c" + "))" * 200)


def _read_formula(folder: Path) -> None:
    path = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    str(cw.parse(str(cw.parse(text)))).encode("utf-8")


def _noise(size: tuple[int, int] = (20, 24), channels: int = 3) -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (*size, channels), np.uint8))


def _edits() -> list[Any]:
    mask = np.zeros((20, 24), bool)
    mask[4:9, 5:15] = True
    patch = adversarial.Patch(np.asarray(_noise((6, 5), 4)), "igloo", "somewhere", ("igloo",))
    return [
        adversarial.Paste(patch, adversarial.Placement(5.5, 3, 10, 12, 30, True, 0.8)),
        adversarial.Recolour(mask, (200, 10, 10), 0.5, name="red"),
        adversarial.Remove(mask, name="hut"),
    ]


def _write_image_recipe(folder: Path) -> None:
    edits = _edits()
    adversarial.record(tiny_network(), _noise(), edits, target="indoors").save(folder / "all.json")
    _noise().save(folder / "picture.png")
    adversarial.record(tiny_network(), _noise(), edits[:1], path=folder / "picture.png").save(folder / "path.json")


def _write_text_recipe(folder: Path) -> None:
    edits = [
        adversarial.TextEdit("replace", "nobody", anchor=adversarial.Anchor("word", "man")),
        adversarial.TextEdit("append", "in the park"),
        adversarial.TextEdit("insert", "old", "premise", adversarial.Anchor("place", "0"), after=True),
    ]
    pairs = [(("A", "man", "runs", "."), ("The", "man", "is", "outside", "."))]
    adversarial.record(tiny_pair_network(), pairs, edits, target=LABELS[0]).save(folder / "text.json")


def _write_both_recipes(folder: Path) -> None:
    _write_image_recipe(folder)
    (folder / "picture.png").unlink()
    (folder / "path.json").unlink()
    _write_text_recipe(folder)


def _use(recipe: Any) -> None:
    recipe.edited()
    recipe.description.encode("utf-8")
    json.dumps(recipe.to_json())


def _read_recipe(folder: Path) -> None:
    _use(Recipe.load(max(folder.glob("*.json"), key=lambda path: path.stat().st_mtime_ns)))


def _recipe(value: Any) -> None:
    _use(Recipe.from_json(value))


def _write_edits(folder: Path) -> None:
    for number, edit in enumerate(_edits()):
        (folder / f"{number}.json").write_text(json.dumps(edit.to_json()))
    text = adversarial.TextEdit("delete", anchor=adversarial.Anchor("tag", "NN"))
    (folder / "text.json").write_text(json.dumps(text.to_json()))


def _edit(value: Any) -> None:
    if isinstance(value, dict) and "side" in value:
        adversarial.TextEdit.from_json(value).on((("A", "man", "runs", "."), ("A", "dog", "sleeps", ".")))
    else:
        PICTURES.edit_from_json(value).on(_noise())


def _write_pictures(folder: Path) -> None:
    for suffix in ("png", "jpg", "gif", "tif", "webp", "bmp"):
        _noise().save(folder / f"p.{suffix}")
    _noise(channels=4).save(folder / "alpha.png")
    Image.fromarray(np.arange(480, dtype=np.uint16).reshape(20, 24) * 100).save(folder / "deep.png")


def _write_mask(folder: Path) -> None:
    (folder / "mask.txt").write_text(mask_to_json(np.eye(9, dtype=bool)))


def _read_mask(folder: Path) -> None:
    mask_from_json((folder / "mask.txt").read_bytes().decode("utf-8", "surrogateescape"))


def _write_directions(folder: Path) -> None:
    matrix = np.random.default_rng(0).normal(size=(3, 4)).astype(np.float32)
    np.save(folder / "d.npy", matrix)
    np.savez_compressed(folder / "d.npz", matrix=matrix, bias=np.ones(3), names=np.array(["a", "b", "c"]))
    save_file({"matrix": torch.tensor(matrix)}, folder / "d.safetensors", {"names": '["a", "b", "c"]'})
    write(folder / "d.csv", ",0,1,2,3", "a,1,2,3,4", "b,5,6,7,8")


_VECTORS = ("the 0.1 0.2 0.3", "man 1 2 3", "café -1e-3 4 5", ". 0 0 1")


def _write_vectors(folder: Path) -> None:
    write(folder / "v.txt", *_VECTORS)
    (folder / "v.txt.gz").write_bytes(gzip.compress("\n".join(_VECTORS).encode(), mtime=0))
    with zipfile.ZipFile(folder / "v.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("v.txt", "\n".join(_VECTORS))
    cw.read_word_vectors(folder / "v.txt").save(folder / "v.safetensors")


def _write_wordnet(folder: Path) -> None:
    def text(*lines: str) -> Any:
        return np.frombuffer("\n".join(lines).encode(), np.uint8)

    arrays: dict[str, Any] = {"names": text("dog", "animal"), "marked": text("dog"), "marked_counts": np.array([3])}
    for part in ("noun", "verb", "adj", "adv"):
        arrays |= {f"{part}_lemmas": text("dog", "animal"), f"{part}_sense_counts": np.array([1, 1])}
        arrays |= {f"{part}_senses": np.array([0, 1]), f"{part}_irregular": text("geese\tgoose")}
    np.savez_compressed(folder / "w.npz", parent_starts=np.array([0, 1, 1]), parents=np.array([1]), **arrays)


def _write_weights(folder: Path) -> None:
    tensors = {"body.weight": torch.arange(12.0).reshape(3, 4), "head.bias": torch.ones(2)}
    torch.save({"arch": "tiny", "state_dict": tensors, "epoch": 3}, folder / "w.pth")
    torch.save(tensors, folder / "old.pth", _use_new_zipfile_serialization=False)
    save_file(tensors, folder / "w.safetensors", {"by": "tests"})


def _write_bowman(folder: Path) -> None:
    torch.manual_seed(1)
    words = WordIndex(("UNK", "PAD", "a", "man", "."))
    network = bowman_network(BowmanNetwork(BowmanSize(len(words), 5, 6, 7)).eval(), words, name="small")
    save_bowman(network, folder / "n.safetensors")


def _write_record(folder: Path) -> None:
    epoch = {"loss": 1.5, "accuracy": 0.4}
    (folder / "training.json").write_text(json.dumps({"plan": {}, "epochs": [epoch], "best": 1}))


def _write_pairs(folder: Path) -> None:
    write_jsonl(folder / "a.jsonl")
    write_snli_text(folder / "a.txt")
    write(folder / "a.tok", "A man .", "A dog .", "Two cats .", "No cats .")
    write(folder / "a.csv", "premise,hypothesis,label", "A man.,A dog.,neutral", '"A, b","""c""",-')
    write(
        folder / "a.tsv", "pairID\tsentence_A\tsentence_B\tlabel", "1\tA man.\tA dog.\tneutral", "2\tA\tB\tentailment"
    )


def _read_pairs(path: Path) -> None:
    pairs = cw.read_pairs(path)
    for sentence in pairs.premises:
        " ".join(sentence).encode("utf-8")


def _write_parallel(folder: Path) -> None:
    for name, lines in (("s1.dev", ("A man.", "Cats")), ("s2.dev", ("A dog.", "No")), ("labels.dev", ("neutral", "-"))):
        write(folder / name, *lines)


def _read_parallel(folder: Path) -> None:
    read_pairs((folder / "s1.dev", folder / "s2.dev"), labels=folder / "labels.dev")


def _write_class_names(folder: Path) -> None:
    write(folder / "plain.txt", "indoors", "outdoors", "caf\u00e9")
    write(folder / "numbered.txt", "/a/airfield 0", "/a/apartment/outdoor 2", "/b/bar 1")


def _write_broden(folder: Path) -> None:
    write_tiny_broden(folder, images=2, grid=(6, 8))


def _write_label_folder(folder: Path) -> None:
    for name in ("images", "labels"):
        (folder / name).mkdir()
    for name in ("one", "two"):
        _noise().save(folder / "images" / f"{name}.png")
        Image.fromarray(np.random.default_rng(1).integers(0, 3, (20, 24), np.uint8)).save(
            folder / "labels" / f"{name}.png"
        )
    write(folder / "names.csv", "number,name,category", "1,sky,object", "2,hut,object")


def _write_image_labels(folder: Path) -> None:
    _write_label_folder(folder)
    write(folder / "labels.csv", "image,label,category", "one.png,seaside;warm,scene", "two.png,alp,scene")


def _read_image_labels(folder: Path) -> None:
    cw.with_image_labels(cw.read_dataset(folder), folder / "labels.csv")


def _write_archives(folder: Path) -> None:
    with zipfile.ZipFile(folder / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data/one.txt", "one\n" * 100)
        archive.writestr("data/two.txt", "two")
    for name, mode in (("a.tar", "w"), ("a.tgz", "w:gz"), ("a.tbz", "w:bz2"), ("a.txz", "w:xz")):
        with tarfile.open(folder / name, mode) as archive:  # type: ignore[call-overload]
            info = tarfile.TarInfo("data/one.txt")
            info.size = 400
            archive.addfile(info, io.BytesIO(b"one\n" * 100))


def _unpack(path: Path) -> None:
    target = path.parent.with_name(f"{path.parent.name}-unpacked")
    try:
        unpack(path, target)
    finally:
        shutil.rmtree(target, ignore_errors=True)


def _write_explanations(folder: Path) -> None:
    study = cw.dissect_pairs(tiny_pair_network(), "1", tiny_pairs(60), folder / "s", concepts=CONCEPTS, report=silent)
    (folder / "explanation.json").write_text(study.explain([0])[0].to_json())
    settings = cw.EvidenceSettings(samples=3, resamples=3)
    (folder / "evidence.json").write_text(study.evidence([0], tests=settings)[0].to_json())
    study.close()
    for path in (folder / "s").iterdir():
        path.unlink()
    (folder / "s").rmdir()


def _read_explanations(folder: Path) -> None:
    path = max(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    (Evidence if path.stem == "evidence" else Explanation).from_json(text)


def _write_vocabulary(folder: Path) -> None:
    vocabulary = cw.LexicalVocabulary.of(tiny_pairs(60), cw.LexicalSettings(tokens=20, skip=(), neighbors=0))
    (folder / "v.json").write_text(json.dumps(vocabulary.to_json()))


def _write_vision_study(folder: Path) -> None:
    write_tiny_broden(folder / "data", images=3, grid=(6, 8))
    study = cw.dissect(tiny_network(), "body.3", cw.read_dataset(folder / "data"), folder / "study", report=silent)
    study.close()


def _read_vision_study(folder: Path) -> None:
    study = cw.open_study(folder / "study", folder / "data")
    study.close()


def _write_pair_study(folder: Path) -> None:
    study = cw.dissect_pairs(tiny_pair_network(), "1", tiny_pairs(30), folder, concepts=CONCEPTS, report=silent)
    study.close()
