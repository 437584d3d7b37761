"""Everyday tasks as a person writes them: mypy and pyright find nothing to say, in strict mode, without one cast.

Never run; `make check` looks at it.
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn

import compexp_widgets as cw
from compexp_widgets import adversarial


def of_the_readme() -> None:
    study = cw.demo.vision_study()
    network = cw.demo.vision_network()
    cw.VisionExplorer(study)
    print(study[17].formula, study[17].scores.iou)
    study.top(20, by="lift").to_csv("best.csv")
    study.find("water").save("out")
    study.score("water OR sea").nlargest(5)
    study.explain(17, ranges=5)
    study[17].evidence()
    cw.PasteLab(study, network)
    pairs = cw.demo.nli_study()
    cw.NLIExplorer(pairs, cw.demo.nli_network())
    cw.TextLab(pairs, cw.demo.nli_network())
    network = cw.load_network("torchvision:resnet18", preprocess="whole")
    data = cw.read_dataset("my_images")
    study = cw.dissect(network, "layer4", data, "my_study")
    cw.VisionExplorer(study)


def the_best_units_as_a_table(folder: Path) -> None:
    study = cw.open_study(folder / "study")
    best = study.top(20, by="lift")
    best.to_csv(folder / "best.csv")
    print(best.to_latex())


def units_about_water(folder: Path) -> None:
    study = cw.open_study(folder / "study", cw.read_dataset(folder / "images"))
    for unit in study.find("water"):
        print(unit.index, unit.formula, unit.scores.iou)
        unit.top(9).save(folder / str(unit.index))


def iou_by_length(folder: Path) -> None:
    studies = cw.dissect_layers("torchvision:resnet18", ["layer3", "layer4"], folder / "images", folder)
    axes = studies["layer3"][:].plot(by_length=True)
    studies["layer4"][:].plot(axes, by_length=True)


def a_unit_on_a_picture_of_ones_own(study: cw.Study, network: cw.Network) -> None:
    look = study.look(network, Image.open("holiday.jpg"), quantile=0.01)
    print(look.units, look.fires(17).mean())
    mask = study[17].mask("holiday.jpg", network=network)
    print(mask.shape)


def a_formula_by_hand(study: cw.Study) -> None:
    scores = study.score("water OR sea")
    print(scores.nlargest(5), study.score(["water", "sea"], "lift").idxmax(axis=1))
    formula = cw.parse("water") | "sea"
    print(study[17].iou(formula), study.overlap(~formula, 17).precision)


def two_networks_side_by_side(data: cw.SegmentationDataset, folder: Path) -> None:
    module = nn.Sequential(nn.Conv2d(3, 8, 3), nn.ReLU())

    def preprocess(picture: Image.Image) -> torch.Tensor:
        return torch.tensor(np.asarray(picture, np.float32).transpose(2, 0, 1) / 255)

    mine = cw.Network.of(module.eval(), preprocess, name="mine")
    for name, network in {"mine": mine, "theirs": cw.load_network("torchvision:resnet18")}.items():
        layer = next(iter(network.layers()))
        study = cw.dissect(network, layer, data, folder / name, half=0.01)
        print(study.to_frame(max_length=3, metric="iou")["iou"].mean())


def settings_of_the_paper(study: cw.Study) -> None:
    settings = cw.ExplanationSettings.of(max_length=10, beam_size=10, quantile=0.005)
    study.explain(settings=settings, only=["object"])
    study.evidence([3, 17], cw.EvidenceSettings(samples=99), settings=settings)
    study.to_frame(settings=settings)
    print(study[17].explain(settings=settings, exclude="color").proven)


def some_of_the_images(data: cw.SegmentationDataset, network: cw.Network) -> cw.VisionStudy:
    few = data[:60].limited(min_images=3).without(["sky"])
    return cw.dissect(network, "layer4", few, "few")


def which_words_fire_a_unit(study: cw.PairStudy) -> None:
    fires = study.fires(17)
    print(study[17].formula, study.right[fires].mean())
    print(study.explain_unit(17, cw.ExplanationSettings.of(max_length=5)).best)


def a_paste_saved_and_replayed(study: cw.VisionStudy, network: cw.Network) -> None:
    picture = study.dataset.picture(0)
    patches = [found.patch for found in adversarial.PatchLibrary(study).find("boat", unit=17, count=3)]
    found = adversarial.suggest_edit(network, picture, patches, target="harbour")
    if found.best:
        recipe = adversarial.record(network, picture, [found.best[0].edit], target="harbour")
        recipe.save("recipe.json")
        print(adversarial.replay("recipe.json", network).agreement)


def masks_and_nothing_else() -> None:
    rng = np.random.default_rng(0)
    masks = {"cat": rng.random(100) > 0.5, "dog": rng.random(100) > 0.7}
    print(cw.explain_masks(masks, masks["cat"] | masks["dog"], max_length=2).best)
