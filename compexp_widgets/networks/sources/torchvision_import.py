"""Import torchvision also beside a torch build that lacks its compiled operators."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from types import ModuleType

import torch

from compexp_widgets.errors import NetworkError


@cache
def import_torchvision() -> ModuleType:
    """The module torchvision.

    A CPU build of torch with the default build of torchvision cannot load torchvision's compiled library, and the
    import then fails on two operators that box detectors alone use. Declaring them lets everything else work.

    Raises
    ------
    NetworkError
        When torchvision is not installed or does not fit the installed torch.
    """
    try:
        return importlib.import_module("torchvision")
    except ImportError as error:
        raise NetworkError(f"torchvision cannot be imported ({error}): pip install torchvision") from error
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise NetworkError(f"torchvision does not fit torch {torch.__version__}: {error}") from error
    for name in [name for name in sys.modules if name.partition(".")[0] == "torchvision"]:
        del sys.modules[name]
    operators = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
    _DECLARED.append(operators)
    for operator in ("nms", "qnms"):
        operators.define(  # type: ignore[no-untyped-call]
            f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
        )
    return importlib.import_module("torchvision")


# A declaration lives as long as the object that made it.
_DECLARED: list[torch.library.Library] = []
