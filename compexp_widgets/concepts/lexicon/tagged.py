"""The part-of-speech tags of a data set, worked out once for as long as it is in use."""

from __future__ import annotations

from weakref import WeakKeyDictionary

from compexp_widgets.concepts.lexicon.tagging import tag_sentences
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.progress import Report, silent

Tags = tuple[str, ...]

_known: WeakKeyDictionary[PairDataset, tuple[list[Tags], list[Tags]]] = WeakKeyDictionary()


def tags_of(pairs: PairDataset, report: Report = silent) -> tuple[list[Tags], list[Tags]]:
    """The tags of every premise and of every hypothesis.

    Choosing concepts needs them, and so does annotating the same data a moment later: tagging takes longer than both.
    """
    if pairs not in _known:
        tags = tag_sentences([*pairs.premises, *pairs.hypotheses], report)
        _known[pairs] = tags[: len(pairs)], tags[len(pairs) :]
    return _known[pairs]
