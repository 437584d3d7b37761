"""What ships with the NLI world: a network that knows it, whose explanations name the planted artefacts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from safetensors import safe_open

from compexp_widgets import demo
from compexp_widgets.demo.nli_biases import PAIR_BIASES, PairBias
from compexp_widgets.demo.nli_shipped import VECTORS, WEIGHTS, load_pair_network, load_world_vectors
from compexp_widgets.demo.train_nli import HELD_OUT_PREMISES, Recipe, accuracy, train, training_pairs
from compexp_widgets.errors import DataError, NetworkError
from compexp_widgets.formula import leaves
from compexp_widgets.nli.pairs import LABELS, PairDataset
from compexp_widgets.progress import silent
from compexp_widgets.study import PairStudy


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> PairStudy:
    """The demo's study, made in a cache of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COMPEXP_CACHE", str(tmp_path_factory.mktemp("cache")))
        return demo.nli_study(report=silent)
