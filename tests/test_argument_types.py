"""Every public function, called with what a person may give in place of what it wants: taken, or refused in words.

The table has one call of each that works; every argument in turn is then replaced by every value of the pool.
"""

# ruff: noqa: C408 - what follows are calls
from __future__ import annotations

import inspect
import os
import re
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import traitlets
from tiny_broden import write_tiny_broden
from tiny_network import TinyNetwork, preprocess, tiny_network
from tiny_pairs import CONCEPTS, tiny_pair_network, tiny_pairs

import compexp_widgets as cw
from compexp_widgets import adversarial as adv
from compexp_widgets.argument_sentences import described
from compexp_widgets.errors import CompexpError
from compexp_widgets.progress import silent

Call = tuple[Callable[..., object], dict[str, Any]]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """Studies, networks and data to call with; the working folder is a temporary one."""
    folder, before = tmp_path_factory.mktemp("types"), Path.cwd()
    os.chdir(folder)
    write_tiny_broden(folder / "data", images=6)
    data, network = cw.read_dataset(folder / "data"), tiny_network()
    pairs, pair_network = tiny_pairs(30), tiny_pair_network()
    study = cw.dissect(network, "body.3", data, folder / "study", report=silent)
    pair_study = cw.dissect(pair_network, "1", pairs, folder / "pair_study", concepts=CONCEPTS, report=silent)
    np.save(folder / "directions.npy", np.eye(5, dtype=np.float32))
    (folder / "vectors.txt").write_text("dog 1 2 3\ncat 2 3 4\n", encoding="utf-8")
    patch = adv.PatchLibrary(study).find(study.table.concepts[0])[0].patch
    made = 0

    def fresh() -> Path:
        nonlocal made
        made += 1
        return folder / f"fresh{made}"

    yield SimpleNamespace(
        folder=folder,
        fresh=fresh,
        data=data,
        network=network,
        study=study,
        pairs=pairs,
        pair_network=pair_network,
        pair_study=pair_study,
        picture=data.picture(0),
        patch=patch,
        paste=adv.Paste(patch, adv.Placement(0, 0, 8, 8)),
        edit=adv.TextEdit("append", ("red",)),
        probed=adv.ProbedNetwork(study, network),
    )
    study.close()
    pair_study.close()
    os.chdir(before)


def networks(h: SimpleNamespace) -> dict[str, Call]:
    module, shown = TinyNetwork().eval(), [h.picture]
    pair_labels = ("entailment", "neutral", "contradiction")
    encode = h.pair_network.inputs.encode
    return {
        "Network.of": (
            cw.Network.of,
            dict(module=module, preprocess=preprocess, name="a", class_names=("a", "b")),
        ),
        "Network.of_pairs": (
            cw.Network.of_pairs,
            dict(module=h.pair_network.module, encode=encode, labels=pair_labels, vocabulary=(), reads="tokens"),
        ),
        "network.to": (h.network.to, dict(device="cpu", dtype=None)),
        "network.input_from": (h.network.input_from, dict(picture=h.picture)),
        "network.respond": (
            h.network.respond,
            dict(samples=shown, layer="body.3", layout=None, silenced=(), batch_size=1, classes=True, report=silent),
        ),
        "network.probe": (h.network.probe, dict(layer="body.3", layout="maps", directions=None)),
        "load_network": (cw.load_network, dict(spec="tiny_network:load", preprocess="published", class_names=None)),
        "list_layers": (cw.list_layers, dict(network=h.network, input_shape=(3, 16, 20))),
        "layers_frame": (cw.layers_frame, dict(layers=cw.list_layers(h.network))),
        "Layout": (cw.Layout, dict(form="maps", grid=None, skipped=0)),
        "Directions": (cw.Directions, dict(matrix=np.eye(5), names=list("abcde"), bias=np.zeros(5), rectified=False)),
        "read_directions": (cw.read_directions, dict(path=h.folder / "directions.npy")),
        "check_device": (
            cw.check_device,
            dict(network=h.network, layer="body.3", images=shown, tolerance=0.1, layout=None, directions=None),
        ),
        "crop_alike": (cw.crop_alike, dict(network=h.network, dataset=h.data)),
    }


def data_sets(h: SimpleNamespace) -> dict[str, Call]:
    data, pairs, concept = h.data, h.pairs, h.study.table.concepts[0]
    frame = pd.DataFrame({"premise": ["a dog"], "hypothesis": ["a cat"], "label": ["neutral"]})
    return {
        "read_dataset": (cw.read_dataset, dict(folder=h.folder / "data")),
        "data[…]": (data.__getitem__, dict(which=[0, 1])),
        "data.sample": (data.sample, dict(count=2, seed=0)),
        "pairs[…]": (pairs.__getitem__, dict(which=[0, 1])),
        "data.picture": (data.picture, dict(index=0)),
        "data.labels": (data.labels, dict(index=0)),
        "data.renamed": (data.renamed, dict(names={concept: "x"})),
        "data.merged": (data.merged, dict(groups={"x": [concept]})),
        "data.without": (data.without, dict(names=[concept])),
        "data.only": (data.only, dict(names=[concept])),
        "data.limited": (data.limited, dict(min_images=1, min_positions=1, report=silent)),
        "data.counts": (data.counts, dict(report=silent)),
        "data.summary": (data.summary, dict(examples=1, report=silent)),
        "data.examples": (data.examples, dict(concept=concept, count=1, report=silent)),
        "read_pairs": (
            cw.read_pairs,
            dict(source=frame, premise="premise", label="label", label_names=None, columns=None, name="x"),
        ),
        "PairDataset": (
            cw.PairDataset,
            dict(source="x", premises=(("a",),), hypotheses=(("a",),), gold=np.zeros(1, np.int8), ids=("a",)),
        ),
        "PairDataset.of": (cw.PairDataset.of, dict(source="x", pairs=[(("a",), ("b",), None)], texts=())),
        "pairs.text": (pairs.text, dict(number=0)),
        "LexicalSettings": (cw.LexicalSettings, dict(tokens=9, skip=(), lemmas=0, neighbors=0, senses=1)),
        "LexicalVocabulary.of": (cw.LexicalVocabulary.of, dict(pairs=pairs, settings=CONCEPTS, report=silent)),
        "vocabulary.annotate": (h.pair_study.vocabulary.annotate, dict(pairs=pairs, report=silent)),
        "read_word_vectors": (cw.read_word_vectors, dict(source=h.folder / "vectors.txt", words=["dog"])),
    }


def studies(h: SimpleNamespace) -> dict[str, Call]:
    study, settings, few = h.study, cw.ExplanationSettings(), cw.EvidenceSettings(samples=3, resamples=3)
    water = cw.parse(f'"{study.table.concepts[0]}"')

    def dissect(**given: Any) -> None:
        cw.dissect(folder=h.fresh(), **given).close()

    def dissect_layers(**given: Any) -> None:
        for one in cw.dissect_layers(folder=h.fresh(), **given).values():
            one.close()

    return {
        "dissect": (
            dissect,
            dict(network=h.network, layer="body.3", data=h.data, layout=None, directions=None, batch_size=4, memory=1.0)
            | dict(half=None, report=silent),
        ),
        "dissect of pairs": (
            dissect,
            dict(network=h.pair_network, layer="1", data=h.pairs, concepts=CONCEPTS, vectors=None, report=silent),
        ),
        "dissect_layers": (
            dissect_layers,
            dict(network=h.network, layers=["body.3"], data=h.data, report=silent),
        ),
        "open_study": (cw.open_study, dict(folder=h.folder / "study", data=h.data)),
        "ExplanationSettings.of": (
            cw.ExplanationSettings.of,
            dict(quantile=0.1, exclude=(), max_length=2, metric="iou", operators=("OR",), threshold_on="map"),
        ),
        "EvidenceSettings": (cw.EvidenceSettings, dict(samples=9, enough=2, resamples=10, level=0.9, seed=0)),
        "parse": (cw.parse, dict(text="water", vocabulary=["water"])),
        "fetch": (cw.fetch, dict(name="nothing of this name")),
        "study.explain": (study.explain, dict(units=[0], ranges=None, report=silent)),
        "study.explain_unit": (study.explain_unit, dict(unit=0, settings=settings)),
        "study.evidence": (study.evidence, dict(units=[0], tests=few, report=silent)),
        "study.to_frame": (study.to_frame, dict(units=[0], ranges=None, tests=None)),
        "study.to_csv": (study.to_csv, dict(path=h.folder / "x.csv", units=[0], tests=None)),
        "study.overlap": (study.overlap, dict(formula=water, unit=0, firing=None)),
        "study.activity": (study.activity, dict(unit=0, firing=0.1)),
        "study[…]": (study.__getitem__, dict(which=0)),
        "study.fires": (study.fires, dict(unit=0, samples=[0], firing=None)),
        "study.holds": (study.holds, dict(formula=water, samples=[0])),
        "study.find": (study.find, dict(what=water)),
        "study.top": (study.top, dict(count=2, by="lift", tests=None)),
        "study.score": (study.score, dict(formulas=water, metric="iou")),
        "study.look": (study.look, dict(network=h.network, sample=h.picture, layout=None, directions=None)),
        "look.fires": (study.look(h.network, h.picture).fires, dict(unit=0)),
        "unit.mask": (study[0].mask, dict(samples=[0], network=None)),
        "unit.mask of a picture": (study[0].mask, dict(samples=h.picture, network=h.network)),
        "unit.top": (study[0].top, dict(count=1, gallery="fires")),
        "unit.top.save": (study[0].top(1).save, dict(folder=h.folder / "top")),
        "unit.concepts": (study[0].concepts, dict(only=(), exclude=())),
        "units.find": (study[:2].find, dict(what=water)),
        "units.top": (study[:2].top, dict(count=1, by="iou")),
        "units.save": (study[:1].save, dict(folder=h.folder / "units", count=1, gallery="fires")),
        "units.to_latex": (study[:1].to_latex, dict(path=h.folder / "x.tex", columns=("formula",))),
        "unit.iou": (study[0].iou, dict(formula=water)),
        "unit.explain": (study[0].explain, dict(max_length=1)),
        "unit.evidence": (study[0].evidence, dict(tests=few)),
        "units.to_csv": (study[:1].to_csv, dict(path=h.folder / "x.csv", tests=None)),
        "VisionExplorer": (lambda **given: cw.VisionExplorer(**given).close(), dict(study=study, unit=0)),
        "NLIExplorer": (
            lambda **given: cw.NLIExplorer(**given).close(),
            dict(study=h.pair_study, network=h.pair_network),
        ),
        "PasteLab": (lambda **given: cw.PasteLab(**given).close(), dict(study=study, network=h.network, networks=())),
        "TextLab": (
            lambda **given: cw.TextLab(**given).close(),
            dict(study=h.pair_study, network=h.pair_network, rules=()),
        ),
    }


def picture_edits(h: SimpleNamespace) -> dict[str, Call]:
    mask = np.zeros((h.picture.height, h.picture.width), bool)
    mask[2:8, 2:8] = True
    concept, grid = h.study.table.concepts[0], adv.SweepGrid((0,), (0,), (8,))
    target = 1 - h.probed.respond(h.picture).predicted
    edited = adv.EditedPicture("x", h.picture, h.picture, "indoors")
    return {
        "Patch": (adv.Patch, dict(pixels=h.patch.pixels, name="x", origin="", concepts=())),
        "Placement": (
            adv.Placement,
            dict(left=0, top=0, width=5, height=5, rotation=0, flipped=False, opacity=1.0),
        ),
        "Paste": (adv.Paste, dict(patch=h.patch, placement=h.paste.placement)),
        "paste.on": (h.paste.on, dict(picture=h.picture)),
        "Recolour": (adv.Recolour, dict(mask=mask, colour=(1, 2, 3), strength=1.0)),
        "Remove": (adv.Remove, dict(mask=mask)),
        "remove.on": (adv.Remove(mask).on, dict(picture=h.picture)),
        "region": (adv.region, dict(study=h.study, image=0, formula=concept)),
        "PatchLibrary": (adv.PatchLibrary, dict(study=h.study)),
        "library.find": (
            adv.PatchLibrary(h.study).find,
            dict(what=concept, unit=0, count=2, exclude_image=0, cancelled=None),
        ),
        "Constraints": (
            adv.Constraints,
            dict(largest_share=0.2, within=None, keep=None, largest_hidden=0.1, smallest_side=8, opacity=(0.5, 1.0)),
        ),
        "SearchSettings": (adv.SearchSettings, dict(budget=20)),
        "suggest_edit": (
            adv.suggest_edit,
            dict(network=h.network, picture=h.picture, patches=[h.patch], target=target, constraints=None)
            | dict(settings=adv.SearchSettings(budget=5), report=silent, cancelled=None, on_batch=None),
        ),
        "SweepGrid": (adv.SweepGrid, dict(lefts=(0, 4), tops=(0,), sizes=(8,))),
        "SweepGrid.over": (adv.SweepGrid.over, dict(size=(20, 20), steps=2)),
        "sweep": (
            adv.sweep,
            dict(network=h.network, picture=h.picture, patch=h.patch, grid=grid, batch_size=2, report=silent),
        ),
        "sweep_images": (
            adv.sweep_images,
            dict(network=h.network, pictures=[h.picture], patch=h.patch, grid=grid, batch_size=2, report=silent),
        ),
        "EditedPicture": (adv.EditedPicture, dict(name="x", before=h.picture, after=h.picture, target="indoors")),
        "transfer": (adv.transfer, dict(pictures=[edited], networks=[h.network], batch_size=2, report=silent)),
        "ProbedNetwork": (adv.ProbedNetwork, dict(study=h.study, network=h.network, layout=None, directions=None)),
        "probed.respond": (h.probed.respond, dict(sample=h.picture, silenced=())),
        "ControlSettings": (adv.ControlSettings, dict(copies=2, scrambling="blocks", seed=0)),
        "run_controls": (
            adv.run_controls,
            dict(probed=h.probed, picture=h.picture, edit=h.paste, target=target, others=[h.patch], units=[0])
            | dict(settings=adv.ControlSettings(copies=1), report=silent),
        ),
        "contributions": (
            adv.contributions,
            dict(network=h.network, layer="body.3", picture=h.picture, classes=[0], units=[0], method=None),
        ),
        "shared_units": (
            adv.shared_units,
            dict(study=h.study, network=h.network, source=0, target=1, image=0, picture=None, count=2, settings=None),
        ),
        "record": (
            adv.record,
            dict(network=h.network, samples=h.picture, edits=[h.paste], target="indoors", name="x", path=""),
        ),
        "replay": (adv.replay, dict(recipe=adv.record(h.network, h.picture, h.paste), network=h.network, picture=None)),
        "Recipe.load": (adv.Recipe.load, dict(path=h.folder / "recipe.json")),
        "recipe.save": (adv.record(h.network, h.picture, h.paste).save, dict(path=h.folder / "recipe.json")),
    }


def text_edits(h: SimpleNamespace) -> dict[str, Call]:
    few = adv.TextSearchSettings(budget=5)
    pair = h.pairs.premises[0], h.pairs.hypotheses[0]
    both = dict(network=h.pair_network, study=h.pair_study)
    return {
        "Anchor": (adv.Anchor, dict(kind="word", name="dog")),
        "TextEdit": (
            adv.TextEdit,
            dict(kind="append", tokens=("red",), side="hypothesis", anchor=None, after=False, every=False),
        ),
        "edit.on": (lambda **given: h.edit.on(*given.values()), dict(sample=pair)),
        "edits_from_formula": (
            adv.edits_from_formula,
            dict(study=h.pair_study, unit=0, source=None, target="neutral", count=3, samples=None),
        ),
        "TextSearchSettings": (adv.TextSearchSettings, dict(vectors=None, most_edits=1, count=3, budget=10)),
        "suggest_text_edits": (
            adv.suggest_text_edits,
            dict(**both, pair=pair, target=None, label=None, settings=few, report=silent),
        ),
        "evaluate_edit": (
            adv.evaluate_edit,
            dict(network=h.pair_network, data=h.pairs, edit=h.edit, true_label_after="unchanged", silenced=())
            | dict(layer="1", batch_size=8, report=silent),
        ),
        "run_text_controls": (
            adv.run_text_controls,
            dict(**both, edit=h.edit, target="neutral", source=None, units=[0], among=None, settings=None),
        ),
        "record of pairs": (
            adv.record,
            dict(network=h.pair_network, samples=[pair], edits=h.edit, target="neutral"),
        ),
    }


def pool(h: SimpleNamespace) -> dict[str, Any]:
    """What a person may give."""
    return {
        "None": None,
        "a concept": "water",
        "no network": "torchvision:resnet18x",
        "a number": 3,
        "below 0": -1,
        "too large": 10**6,
        "2.5": 2.5,
        "True": True,
        "[]": [],
        "[0]": [0],
        "['a']": ["a"],
        "a dictionary": {"a": 1},
        "an object": object(),
        "a bare module": TinyNetwork().eval(),
        "no path": h.folder / "nowhere",
        "a network": h.network,
        "a network of pairs": h.pair_network,
        "a study": h.study,
        "a study of pairs": h.pair_study,
        "a unit": h.study[0],
        "images": h.data,
        "pairs": h.pairs,
        "a matrix": np.zeros((3, 4)),
        "numbers of NumPy": np.array([0]),
        "a number of NumPy": np.int64(1),
        "a picture": h.picture,
        "a patch": h.patch,
        "a class": cw.Network,
        "a function": preprocess,
        "a folder": h.folder / "study",
    }


ROOMS = (networks, data_sets, studies, picture_edits, text_edits)
# What can be called, and what can be gone through, is known by calling and going through it alone.
UNTRIED = dict.fromkeys(("report", "cancelled", "on_batch", "grid"), ("a bare module", "a class", "a function"))
UNTRIED |= dict.fromkeys(("layers", "pairs"), ("a study", "a study of pairs"))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_what_is_not_meant_is_taken_or_refused_in_a_sentence(here, room):
    strange, failures = pool(here), []
    for name, (function, good) in room(here).items():
        for argument, kind in ((argument, kind) for argument in good for kind in strange):
            if kind in UNTRIED.get(argument, ()):
                continue
            try:
                function(**{**good, argument: strange[kind]})
            except (CompexpError, traitlets.TraitError):
                pass
            except Exception as error:  # collected, so that one run tells all
                failures.append(f"{name}({argument}={kind}): {type(error).__name__} {error!s:.80}")
    assert not failures, "\n".join(failures)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_the_calls_of_the_table_work(here, room):
    nowhere = {"fetch", "Recipe.load"}
    for name, (function, good) in room(here).items():
        if name not in nowhere:
            function(**good)


def test_the_table_has_every_public_function(here):
    called = {name.split(".")[0].split(" ")[0] for room in ROOMS for name in room(here)}
    elsewhere = {
        "load_bowman", "train_bowman", "read_ade20k", "read_cityscapes", "read_coco_panoptic", "read_frame",
        "read_label_folder", "with_colours", "with_image_labels", "dissect_pairs",
    }  # fmt: skip
    public = {
        name
        for module in (cw, adv)
        for name in module.__all__
        if inspect.isfunction(value := getattr(module, name)) and value.__module__.startswith("compexp_widgets")
    }
    for name in sorted((elsewhere & public) - called):
        first = next(iter(inspect.signature(getattr(cw, name)).parameters))
        with pytest.raises(CompexpError, match=f"{first}|not a path"):
            getattr(cw, name)(**{**_required(getattr(cw, name), here), first: 3})
    assert public - called - elsewhere - {"explain_masks"} == set()


def _required(function: Callable[..., object], h: SimpleNamespace) -> dict[str, Any]:
    some = {"layer": "1", "folder": h.folder / "none", "pairs": h.pairs, "names": {}, "csv": "x.csv"}
    parameters = inspect.signature(function).parameters.values()
    return {one.name: some.get(one.name, "x") for one in parameters if one.default is one.empty}


WAYS = {
    "a bare module": (
        lambda h: cw.list_layers(h.network) and adv.sweep(TinyNetwork(), h.picture, h.patch),
        "Network.of",
    ),
    "the study's network": (lambda h: adv.sweep(h.study, h.picture, h.patch), "a study does not hold the network"),
    "a network for a study": (lambda h: cw.VisionExplorer(h.network), "dissect it first"),
    "pairs for images": (lambda h: cw.VisionExplorer(h.pair_study), "a VisionStudy.*studies of images"),
    "a study for data": (lambda h: cw.with_colours(h.study), "its images are study.data"),
    "a dictionary of settings": (lambda h: h.study.explain_unit(0, {"max_length": 1}), r"ExplanationSettings.of\("),
    "a picture for a patch": (lambda h: adv.suggest_edit(h.network, h.picture, h.picture), "Patch.from_file"),
    "a text for an edit": (lambda h: adv.evaluate_edit(h.pair_network, h.pairs, "red"), 'TextEdit\\("append"'),
    "an unknown keyword": (lambda h: cw.open_study(h.folder / "study", dat=h.data), "did you mean 'data'"),
}


@pytest.mark.parametrize("case", WAYS)
def test_the_sentence_tells_the_way_on(here, case):
    call, words = WAYS[case]
    with pytest.raises((CompexpError, TypeError), match=re.compile(words, re.DOTALL)):
        call(here)


def test_what_is_clear_is_taken(here, tmp_path):
    h = here
    here.picture.save(tmp_path / "picture.png")
    told = adv.sweep(
        "tiny_network:load", tmp_path / "picture.png", h.patch, adv.SweepGrid((0,), (0,), (8,)), report=None
    )
    assert told.done == 1
    pixels = np.asarray(h.picture)
    assert np.array_equal(np.asarray(h.paste.on(pixels)), np.asarray(h.paste.on(h.picture)))
    assert np.array_equal(h.network.respond([tmp_path / "picture.png"]).logits, h.network.respond([h.picture]).logits)
    assert adv.region(h.folder / "study", 0, h.study.table.concepts[0]).dtype == np.bool_
    explorer = cw.VisionExplorer(h.folder / "study")
    assert len(explorer.study) == len(h.study)
    explorer.close()
    by_name = cw.dissect("tiny_network:load", "body.3", h.folder / "data", tmp_path / "study", report=silent)
    assert by_name.to_frame().equals(h.study.to_frame())
    by_name.close()
    one = adv.suggest_text_edits(h.pair_network, h.pair_study, ("dog runs", "not red"), report=None)
    assert one.hypothesis == ("not", "red")
    assert adv.record(h.pair_network, ("dog runs", "a cat"), h.edit).samples == ((("dog", "runs"), ("a", "cat")),)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        ("x" * 500, "xxx"),
        (np.zeros((2, 3), np.float32), r"an array of shape \(2, 3\) and type float32"),
        (TinyNetwork, "the class TinyNetwork"),
        ([object()] * 1000, "a list of object"),
    ],
    ids=["None", "a long text", "an array", "a class", "a long list"],
)
def test_a_value_is_described_in_a_few_words(value, words):
    assert re.search(words, described(value))
    assert len(described(value)) < 100


def test_a_call_that_is_right_warns_where_the_caller_stands(here):
    with pytest.warns(UserWarning, match="training mode") as told:
        cw.Network.of(TinyNetwork().train(), preprocess)
    assert told[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        here.study.explain([0], max_length=1, report=silent)
