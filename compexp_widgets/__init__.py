"""Look inside neural networks, neuron by neuron: compositional explanations in JupyterLab.

>>> import compexp_widgets as cw
>>> study = cw.demo.vision_study()                   # a small world with a trained network, offline
>>> cw.VisionExplorer(study)                         # look at its units
>>> study.explain([17], max_length=3)[0].best        # or ask in code

>>> study = cw.demo.nli_study()                      # sentence pairs
>>> cw.NLIExplorer(study, cw.demo.nli_network())

>>> network = cw.load_network("torchvision:resnet18", preprocess="whole")
>>> study = cw.dissect(network, "layer4", cw.read_dataset("broden"), "my_study")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from compexp_widgets import adversarial as adversarial
    from compexp_widgets import demo as demo
    from compexp_widgets.concepts.colours import with_colours as with_colours
    from compexp_widgets.concepts.lexicon import LexicalSettings as LexicalSettings
    from compexp_widgets.concepts.lexicon import LexicalVocabulary as LexicalVocabulary
    from compexp_widgets.concepts.lexicon import read_word_vectors as read_word_vectors
    from compexp_widgets.data.images import read_ade20k as read_ade20k
    from compexp_widgets.data.images import read_cityscapes as read_cityscapes
    from compexp_widgets.data.images import read_coco_panoptic as read_coco_panoptic
    from compexp_widgets.data.images import read_dataset as read_dataset
    from compexp_widgets.data.images import read_frame as read_frame
    from compexp_widgets.data.images import read_label_folder as read_label_folder
    from compexp_widgets.data.images import with_image_labels as with_image_labels
    from compexp_widgets.data.pairs.dataset import PairDataset as PairDataset
    from compexp_widgets.data.pairs.readers import read_pairs as read_pairs
    from compexp_widgets.downloads import fetch as fetch
    from compexp_widgets.errors import CompexpError as CompexpError
    from compexp_widgets.formula import parse as parse
    from compexp_widgets.networks.devices import check_device as check_device
    from compexp_widgets.networks.directions import Directions as Directions
    from compexp_widgets.networks.directions import read_directions as read_directions
    from compexp_widgets.networks.images.cropping import crop_alike as crop_alike
    from compexp_widgets.networks.images.pictures import Layout as Layout
    from compexp_widgets.networks.layers import LayerInfo as LayerInfo
    from compexp_widgets.networks.layers import layers_frame as layers_frame
    from compexp_widgets.networks.layers import list_layers as list_layers
    from compexp_widgets.networks.network import Network as Network
    from compexp_widgets.networks.pairs.checkpoint import load_bowman as load_bowman
    from compexp_widgets.networks.pairs.training import train_bowman as train_bowman
    from compexp_widgets.networks.sources import load_network as load_network
    from compexp_widgets.search import BeamSearch as BeamSearch
    from compexp_widgets.search import beam_search as beam_search
    from compexp_widgets.signatures import SignatureTable as SignatureTable
    from compexp_widgets.study import EvidenceSettings as EvidenceSettings
    from compexp_widgets.study import ExplanationSettings as ExplanationSettings
    from compexp_widgets.study import PairStudy as PairStudy
    from compexp_widgets.study import Study as Study
    from compexp_widgets.study import VisionStudy as VisionStudy
    from compexp_widgets.study import dissect as dissect
    from compexp_widgets.study import dissect_layers as dissect_layers
    from compexp_widgets.study import dissect_pairs as dissect_pairs
    from compexp_widgets.study import open_study as open_study
    from compexp_widgets.widgets import NLIExplorer as NLIExplorer
    from compexp_widgets.widgets import PasteLab as PasteLab
    from compexp_widgets.widgets import TextLab as TextLab
    from compexp_widgets.widgets import VisionExplorer as VisionExplorer

# Looked up when first used: torch and ipywidgets take seconds, and `compexp --help` needs neither.
_HOME = {
    "BeamSearch": "search",
    "CompexpError": "errors",
    "EvidenceSettings": "study",
    "ExplanationSettings": "study",
    "Directions": "networks.directions",
    "LayerInfo": "networks.layers",
    "LexicalSettings": "concepts.lexicon",
    "LexicalVocabulary": "concepts.lexicon",
    "Layout": "networks.images.pictures",
    "NLIExplorer": "widgets",
    "Network": "networks.network",
    "PairDataset": "data.pairs.dataset",
    "PairStudy": "study",
    "PasteLab": "widgets",
    "SignatureTable": "signatures",
    "Study": "study",
    "TextLab": "widgets",
    "VisionExplorer": "widgets",
    "VisionStudy": "study",
    "beam_search": "search",
    "check_device": "networks.devices",
    "crop_alike": "networks.images.cropping",
    "dissect": "study",
    "dissect_layers": "study",
    "dissect_pairs": "study",
    "fetch": "downloads",
    "layers_frame": "networks.layers",
    "list_layers": "networks.layers",
    "load_bowman": "networks.pairs.checkpoint",
    "load_network": "networks.sources",
    "open_study": "study",
    "parse": "formula",
    "read_ade20k": "data.images",
    "read_cityscapes": "data.images",
    "read_coco_panoptic": "data.images",
    "read_dataset": "data.images",
    "read_directions": "networks.directions",
    "read_frame": "data.images",
    "read_label_folder": "data.images",
    "read_pairs": "data.pairs.readers",
    "read_word_vectors": "concepts.lexicon",
    "train_bowman": "networks.pairs.training",
    "with_colours": "concepts.colours",
    "with_image_labels": "data.images",
}

__all__ = [*sorted(_HOME), "adversarial", "demo"]  # noqa: PLE0604 - the names above


def __getattr__(name: str) -> Any:
    if name in {"adversarial", "demo"}:
        return import_module(f"compexp_widgets.{name}")
    if name in _HOME:
        return getattr(import_module(f"compexp_widgets.{_HOME[name]}"), name)
    raise AttributeError(f"module 'compexp_widgets' has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
