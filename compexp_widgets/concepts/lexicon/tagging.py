"""Part-of-speech tags of the Penn Treebank, from an averaged perceptron that ships with the package.

nltk has the tagger but not its model, which it would download. `data/tagger.json.gz` is the model of the package
textblob-aptagger 0.2.0 (Matthew Honnibal, MIT licence; see `data/LICENSE-tagger.txt`), from which nltk took its own
tagger. `maintenance/convert_tagger.py` remakes the file. It holds names and numbers only: reading it cannot run code.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from compexp_widgets.data.pairs.dataset import PairDataset, Tokens, as_treebank
from compexp_widgets.errors import DataError
from compexp_widgets.files import parse_json, unpacked_bytes
from compexp_widgets.needs import needs
from compexp_widgets.progress import Report, Stage, silent

if TYPE_CHECKING:
    from nltk.tag.perceptron import PerceptronTagger


TAGGER_FILE = Path(__file__).parent / "data" / "tagger.json.gz"
"""The tagger's model: tags, the words that have one tag only, and the weights of 94,202 features."""

_SENTENCES_A_REPORT = 500


def tag(tokens: Tokens) -> tuple[str, ...]:
    """The part of speech of every token.

    `tokens`: a sentence, as `tokenize` gives it or pre-tokenised; case matters, since names are capitalised. Returns
    tuple of str: Tags of the Penn Treebank, of the same length.

    Examples
    --------
    >>> tag(("Two", "dogs", "are", "running", "."))
    ('CD', 'NNS', 'VBP', 'VBG', '.')
    """
    return tuple(found for _, found in _tagger().tag(as_treebank(tokens)))


def tag_sentences(sentences: Sequence[Tokens], report: Report = silent) -> list[tuple[str, ...]]:
    """The tags of many sentences, in their order; a sentence that occurs more than once is tagged once."""
    known: dict[Tokens, tuple[str, ...]] = dict.fromkeys(sentences, ())
    for done, sentence in enumerate(known):
        if done % _SENTENCES_A_REPORT == 0:
            report(Stage("tagging sentences", "tag"), done, len(known))
        known[sentence] = tag(sentence)
    report(Stage("tagging sentences", "tag"), len(known), len(known))
    return [known[sentence] for sentence in sentences]


@cache
def _tagger() -> PerceptronTagger:
    with needs("tagging words with their part of speech"):
        from nltk.tag.perceptron import PerceptronTagger  # noqa: PLC0415  (late, as in `tokens`)

    try:
        model = parse_json(unpacked_bytes(TAGGER_FILE, "model of the tagger"), "the model of the tagger")
    except DataError as error:
        raise DataError(
            f"the tagger's model {TAGGER_FILE} cannot be read: {error}. Install the package anew."
        ) from error
    tagger = PerceptronTagger(load=False)
    tagger.tagdict = model["certain"]
    tagger.model.weights = model["weights"]
    tagger.classes = tagger.model.classes = set(model["tags"])
    return tagger


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
