"""Names, options and values that do not exist: type checkers find each of them before anything runs.

Never run. Every line with a mistake says so, and a strict type checker refuses a line that says so without one: of mypy
and of pyright, `make check` asks whether each mistake is found.
"""

import compexp_widgets as cw
from compexp_widgets import adversarial


def names(study: cw.Study, unit: cw.Unit) -> None:
    print(cw.disect)  # type: ignore[attr-defined]
    print(cw.adversarial.sugest_edit)  # type: ignore[attr-defined]
    cw.demo.vision_studdy()  # type: ignore[attr-defined]
    study.explian([17])  # type: ignore[attr-defined]
    print(unit.forumla)  # type: ignore[attr-defined]
    print(unit.scores.jaccard)  # type: ignore[attr-defined]


def settings(study: cw.Study, unit: cw.Unit) -> None:
    study.explain([17], max_lenght=3)  # type: ignore[call-arg]
    study.explain([17], max_length="3")  # type: ignore[arg-type]
    study.explain([17], metric="jaccard")  # type: ignore[arg-type]
    study.explain([17], operators=["XOR"])  # type: ignore[list-item]
    study.explain([17], settings={"max_length": 3})  # type: ignore[arg-type]
    study.evidence([17], quantil=0.01)  # type: ignore[call-arg]
    study.evidence([17], cw.EvidenceSettings(sample=9))  # type: ignore[call-arg]
    study.to_frame(threshold_on="gird")  # type: ignore[arg-type]
    study.to_csv("best.csv", beam=5)  # type: ignore[call-arg]
    study.top(20, max_lenght=5)  # type: ignore[call-arg]
    study.find("water", exclud="color")  # type: ignore[call-arg]
    study.score("water", quantil=0.01)  # type: ignore[call-overload]
    unit.explain(max_lenght=3)  # type: ignore[call-arg]
    cw.ExplanationSettings.of(quantil=0.01)  # type: ignore[call-arg]
    cw.ExplanationSettings().changed(max_lenght=3)  # type: ignore[call-arg]


def arguments(network: cw.Network, data: cw.SegmentationDataset, study: cw.VisionStudy) -> None:
    cw.dissect(network, "layer4", data, "study", layuot="maps")  # type: ignore[call-overload]
    cw.dissect(network, 4, data, "study")  # type: ignore[call-overload]
    cw.open_study("study", dat=data)  # type: ignore[call-overload]
    cw.read_dataset("images", gird=(112, 112))  # type: ignore[call-arg]
    cw.load_network("torchvision:resnet18", weight=None)  # type: ignore[call-arg]
    network.respond([], "layer4", silent=[3])  # type: ignore[call-arg]
    adversarial.sweep(network, "picture.png", "patch.png")  # type: ignore[arg-type]
    adversarial.ControlSettings(scrambling="pixels")  # type: ignore[arg-type]


def widgets(network: cw.Network, study: cw.VisionStudy, pairs: cw.PairStudy) -> None:
    cw.VisionExplorer(study, unit=3, max_lenght=3)  # type: ignore[call-arg]
    cw.VisionExplorer(study, overlay="all")  # type: ignore[arg-type]
    cw.NLIExplorer(pairs, network, taab="words")  # type: ignore[call-arg]
    cw.PasteLab(study, network, imgae=3)  # type: ignore[call-arg]
    cw.TextLab(pairs, network, orignal=("a", "b"))  # type: ignore[call-arg]
    cw.VisionExplorer(network)  # type: ignore[arg-type]
