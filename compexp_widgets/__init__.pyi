# ruff: noqa: I001 - the public names, by task; the package reads them here (see `lazy_names`)

__version__: str

# Look
from compexp_widgets.widgets import VisionExplorer as VisionExplorer
from compexp_widgets.widgets import NLIExplorer as NLIExplorer
from compexp_widgets.widgets import PasteLab as PasteLab
from compexp_widgets.widgets import TextLab as TextLab

# Networks and their layers
from compexp_widgets.networks.network import Network as Network
from compexp_widgets.networks.sources import load_network as load_network
from compexp_widgets.networks.pairs.checkpoint import load_bowman as load_bowman
from compexp_widgets.networks.pairs.training import train_bowman as train_bowman
from compexp_widgets.networks.layers import list_layers as list_layers
from compexp_widgets.networks.layers import layers_frame as layers_frame
from compexp_widgets.networks.images.pictures import Layout as Layout
from compexp_widgets.networks.directions import Directions as Directions
from compexp_widgets.networks.directions import read_directions as read_directions
from compexp_widgets.networks.devices import check_device as check_device
from compexp_widgets.networks.images.cropping import crop_alike as crop_alike

# Annotated images
from compexp_widgets.data.images import read_dataset as read_dataset
from compexp_widgets.data.images import read_ade20k as read_ade20k
from compexp_widgets.data.images import read_cityscapes as read_cityscapes
from compexp_widgets.data.images import read_coco_panoptic as read_coco_panoptic
from compexp_widgets.data.images import read_frame as read_frame
from compexp_widgets.data.images import read_label_folder as read_label_folder
from compexp_widgets.concepts.colours import with_colours as with_colours
from compexp_widgets.data.images import with_image_labels as with_image_labels

# Sentence pairs and lexical concepts
from compexp_widgets.data.pairs.readers import read_pairs as read_pairs
from compexp_widgets.data.pairs.dataset import PairDataset as PairDataset
from compexp_widgets.concepts.lexicon import LexicalSettings as LexicalSettings
from compexp_widgets.concepts.lexicon import LexicalVocabulary as LexicalVocabulary
from compexp_widgets.concepts.lexicon import read_word_vectors as read_word_vectors

# Studies and explanations
from compexp_widgets.study import dissect as dissect
from compexp_widgets.study import dissect_layers as dissect_layers
from compexp_widgets.study import dissect_pairs as dissect_pairs
from compexp_widgets.study import open_study as open_study
from compexp_widgets.study import ExplanationSettings as ExplanationSettings
from compexp_widgets.study import EvidenceSettings as EvidenceSettings
from compexp_widgets.formula import parse as parse

# The engine alone: arrays in, explanations out, with NumPy and nothing else
from compexp_widgets.search import explain_masks as explain_masks
from compexp_widgets.search import CertifiedResult as CertifiedResult
from compexp_widgets.signatures import SignatureTable as SignatureTable

# What is returned, for annotations
from compexp_widgets.data.images.segmentation import SegmentationDataset as SegmentationDataset
from compexp_widgets.study.study import Study as Study
from compexp_widgets.study.images.study import VisionStudy as VisionStudy
from compexp_widgets.study.pairs.study import PairStudy as PairStudy
from compexp_widgets.study.unit import Unit as Unit
from compexp_widgets.study.unit_list import Units as Units
from compexp_widgets.study.explanation import Explanation as Explanation
from compexp_widgets.study.explanation import ExplanationOptions as ExplanationOptions
from compexp_widgets.study.evidence import Evidence as Evidence

# All else
from compexp_widgets import demo as demo
from compexp_widgets import adversarial as adversarial
from compexp_widgets.downloads import fetch as fetch
from compexp_widgets.errors import CompexpError as CompexpError
from compexp_widgets.progress import Stage as Stage
