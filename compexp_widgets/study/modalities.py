"""The modalities that are known: images, sentence pairs, and what other packages make known."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from compexp_widgets.errors import StudyError
from compexp_widgets.networks.network import Network
from compexp_widgets.study.images.modality import Images
from compexp_widgets.study.modality import Modality
from compexp_widgets.study.pairs.modality import SentencePairs

_MODALITIES: dict[str, Modality] = {one.kind: one for one in (Images(), SentencePairs())}


def register(modality: Modality) -> None:
    """Add a modality, in place of one of the same kind."""
    _MODALITIES[modality.kind] = modality


def modality_of(kind: str, folder: Path) -> Modality:
    """The modality of the study in a folder; StudyError where none of its kind is known."""
    if kind not in _MODALITIES:
        raise StudyError(
            f"the study in {folder} is of {kind!r:.80}; known are {', '.join(map(repr, _MODALITIES))}: import the "
            "package that brings this kind first, or delete the folder and dissect again"
        )
    return _MODALITIES[kind]


def data_for(network: Network, data: Any) -> Any:
    """A probe dataset as it is; where it is a path, what is read there for samples that a network is shown."""
    if not isinstance(data, str | Path):
        return data
    shown = [one for one in _MODALITIES.values() if one.samples == network.inputs.samples]
    return shown[-1].read(data) if shown else data


def modality_for(data: object) -> Modality:
    """The modality whose probe datasets are of this type; StudyError where there is none."""
    for modality in _MODALITIES.values():
        if isinstance(data, modality.data_type):
            return modality
    known = ", ".join(f"{one.data_type.__name__} ({kind})" for kind, one in _MODALITIES.items())
    raise StudyError(f"a probe dataset is one of {known}, not {type(data).__name__}: {data!r:.80}")
