"""The table of docs/architectures.md: which layers of foreign networks are listed, and where their maps change.

    python benchmarks/architectures.py                  every architecture, about ten minutes on one core
    python benchmarks/architectures.py hiera detr       those whose names hold one of these

Weights are random: nothing is downloaded. Needs timm 1.0.31 and transformers 5.23.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
import warnings
from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO

import torch
from torch import nn

import compexp_widgets as cw
from compexp_widgets.networks.images.geometry import Geometry
from compexp_widgets.networks.layers import LayerInfo
from compexp_widgets.networks.sources.torchvision_networks import import_torchvision

TIMM: dict[str, dict[str, object]] = {
    name: {}
    for name in (
        *("resnet18", "efficientnet_b0", "mobilenetv3_large_100", "convnext_atto", "convnextv2_atto", "regnetx_002"),
        *("densenet121", "vit_tiny_patch16_224", "deit_tiny_distilled_patch16_224", "vit_tiny_r_s16_p8_224"),
        *("swin_tiny_patch4_window7_224", "swinv2_tiny_window8_256", "maxvit_nano_rw_256", "coatnet_nano_rw_224"),
        *("mixer_s32_224", "gmixer_24_224", "poolformer_s12", "pvt_v2_b0", "twins_svt_small", "xcit_nano_12_p16_224"),
        *("levit_128s", "mobilevit_xs", "hiera_tiny_224", "maxxvit_rmlp_nano_rw_256", "tiny_vit_5m_224", "davit_tiny"),
        *("nest_tiny", "cait_xxs24_224", "focalnet_tiny_srf", "efficientformer_l1", "fastvit_t8", "edgenext_xx_small"),
        "crossvit_tiny_240",
    )
} | {
    # Of the larger ones fewer blocks: they are all alike.
    "vit_small_patch14_reg4_dinov2": {"img_size": 224, "depth": 3},
    "eva02_tiny_patch14_224": {"depth": 3},
    "beit_base_patch16_224": {"depth": 3},
}
TRANSFORMERS: dict[str, tuple[str, dict[str, object]]] = {
    "ViT": ("ViTForImageClassification", {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3}),
    "DeiT": ("DeiTForImageClassification", {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3}),
    "BEiT": ("BeitForImageClassification", {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3}),
    "DINOv2": ("Dinov2ForImageClassification", {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3}),
    "DINOv2 with registers": (
        "Dinov2WithRegistersForImageClassification",
        {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3},
    ),
    "ViT MSN": ("ViTMSNForImageClassification", {"num_hidden_layers": 4, "hidden_size": 192, "num_attention_heads": 3}),
    "Swin": ("SwinForImageClassification", {"depths": [2, 2, 2, 2], "embed_dim": 48}),
    "Swin v2": ("Swinv2ForImageClassification", {"depths": [2, 2, 2, 2], "embed_dim": 48, "image_size": 256}),
    "ConvNeXt": ("ConvNextForImageClassification", {"depths": [1, 1, 2, 1], "hidden_sizes": [32, 64, 128, 256]}),
    "ResNet": ("ResNetForImageClassification", {"depths": [1, 1, 1, 1]}),
    "RegNet": ("RegNetForImageClassification", {"depths": [1, 1, 2, 1], "hidden_sizes": [32, 64, 128, 256]}),
    "SegFormer": ("SegformerForImageClassification", {}),
    "PoolFormer": ("PoolFormerForImageClassification", {}),
    "PVT": ("PvtForImageClassification", {}),
    "DETR": (
        "DetrForObjectDetection",
        {"use_timm_backbone": False, "backbone": None, "use_pretrained_backbone": False, "backbone_config": "ResNet"},
    ),
    "CLIP's vision model": ("CLIPVisionModel", {"num_hidden_layers": 4}),
}


def of_timm(name: str) -> tuple[nn.Module, int]:
    """A network of timm, and the side of the pictures it is shown."""
    module = importlib.import_module("timm").create_model(name, **TIMM[name])
    return module, int(str(TIMM[name].get("img_size", module.default_cfg["input_size"][-1])))


def of_transformers(name: str) -> tuple[nn.Module, int]:
    """A network of transformers, made smaller where that leaves its kinds of layers."""
    library = importlib.import_module("transformers")
    kind = getattr(library, TRANSFORMERS[name][0])
    settings = dict(TRANSFORMERS[name][1])
    if settings.get("backbone_config") == "ResNet":
        settings["backbone_config"] = library.ResNetConfig(depths=[1, 1, 1, 1], out_features=["stage4"])
    config = kind.config_class(**settings)
    size = getattr(config, "image_size", 224)
    return kind(config), size if isinstance(size, int) else 224


def row(library: str, name: str, make: Callable[[str], tuple[nn.Module, int]]) -> str:
    """A line of the table."""
    torch.manual_seed(0)
    with warnings.catch_warnings(), redirect_stderr(StringIO()):
        warnings.simplefilter("ignore")
        module, side = make(name)
        begun = time.perf_counter()
        layers = cw.list_layers(module.eval(), (3, side, side))
    took = time.perf_counter() - begun
    listed = [layer for layer in layers if layer.probeable]
    located = [layer for layer in listed if layer.geometry is not None]
    right = [geometry for layer in located if (geometry := told(layer, "right"))]
    untold = [layer for layer in located if told(layer, "not told")]
    refused = [layer for layer in layers if not layer.probeable and layer.geometry is not None]
    least = min((geometry.follows for geometry in right), default=float("nan"))
    flat = len(listed) - len(located)
    counts = (len(layers), len(listed), len(right), len(untold), flat, len(refused))
    cells = (library, f"`{name}`", *counts, f"{least:.2f}", f"{took:.1f}")
    return f"| {' | '.join(map(str, cells))} |" + refusals(refused)


def told(layer: LayerInfo, verdict: str) -> Geometry | None:
    """Where the map of a layer changes, if that is what is said of it."""
    return layer.geometry if layer.geometry is not None and layer.geometry.verdict == verdict else None


def refusals(layers: list[LayerInfo]) -> str:
    """With `--why`: the layers that are refused, with what their maps say."""
    if not WHY:
        return ""
    return "".join(f"\n    {layer.name} ({layer.type}): {layer.geometry!r}" for layer in layers)


WHY = False
HEAD = (
    "| library | architecture | layers | listed | proven | not told | flat | refused | least | s |\n"
    "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--why", action="store_true", help="list also the layers that are refused")
    options = parser.parse_args()
    WHY = options.why
    import_torchvision()
    print(HEAD)
    for names, library, make in ((TIMM, "timm", of_timm), (TRANSFORMERS, "transformers", of_transformers)):
        for name in names:
            if options.names and not any(part.lower() in name.lower() for part in options.names):
                continue
            try:
                print(row(library, name, make), flush=True)
            except Exception as error:
                print(f"{name}: {type(error).__name__}: {error}", file=sys.stderr)
