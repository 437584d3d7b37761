"""An edit applied to a whole set of pairs, and shown to a network."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from compexp_widgets.adversarial.text.edits import TextEdit, apply_text_edits
from compexp_widgets.adversarial.text.effect import EditEffect, TrueLabel
from compexp_widgets.data.pairs.dataset import PairDataset, Tokens, detokenize
from compexp_widgets.errors import EditError
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.sentence_pairs import PairInputs
from compexp_widgets.progress import Report, silent
from compexp_widgets.study import PairStudy

_PAIRS_AT_ONCE = 1_024  # between two looks at whether to stop


def evaluate_edit(
    network: Network,
    data: PairStudy | PairDataset,
    edit: TextEdit | Sequence[TextEdit],
    *,
    true_label_after: TrueLabel = "unchanged",
    silenced: Sequence[int] = (),
    layer: str | None = None,
    batch_size: int = 64,
    report: Report = silent,
    cancelled: Callable[[], bool] | None = None,
) -> EditEffect:
    """Apply an edit to all pairs of a set, and show a network what comes of it.

    >>> study, network = demo.nli_study(), demo.nli_network()
    >>> nobody = TextEdit("replace", "nobody", anchor=Anchor("subject"))
    >>> effect = evaluate_edit(network, study, nobody, true_label_after="contradiction")
    >>> print(effect.flipped("contradiction", source="entailment"))

    Parameters
    ----------
    network
        Of a study, the one that was probed.
    data
        A study, or any pairs.
    edit
        One, or several to be made one after the other; they apply where each of them does.
    true_label_after
        What the pairs' true label is after the edit; see `TextEdit.changes_label`.
    silenced
        Units that answer 0, before and after the edit.
    layer
        The layer that these are units of; of a study, its own where it is left out.
    batch_size
        Pairs shown at once.
    report
        Told how many pairs have been looked at.
    cancelled
        Asked again and again; True leaves out the pairs from there on.

    Raises
    ------
    EditError
        When the network is not the study's, there is no edit, no such label, or units to silence and no layer.
    """
    edits = (edit,) if isinstance(edit, TextEdit) else tuple(edit)
    if not edits or not all(isinstance(one, TextEdit) for one in edits):
        raise EditError(f"edits of sentences are of type TextEdit, at least one, not {edit!r:.100}")
    pairs = data.pairs if isinstance(data, PairStudy) else data
    if true_label_after not in ("unchanged", "unknown", *pairs.labels):
        raise EditError(
            f"the label after an edit is unchanged, unknown or a label, {' or '.join(pairs.labels)}, not "
            f"{true_label_after!r:.60}"
        )
    shown_layer = layer_of(network, data, layer, silenced)
    known = data.logits if isinstance(data, PairStudy) and not silenced else None
    applicable = np.zeros(len(pairs), np.bool_)
    numbers: list[int] = []
    premises: list[Tokens] = []
    hypotheses: list[Tokens] = []
    texts: list[tuple[str, str]] = []
    before, after = ([np.empty((0, len(network.class_names)), np.float32)] for _ in range(2))
    done = 0
    for start, stop in _parts(len(pairs)):
        if cancelled and cancelled():
            break
        found = [
            (number, changed)
            for number in range(start, stop)
            if (changed := apply_text_edits((pairs.premises[number], pairs.hypotheses[number]), edits))
        ]
        chosen = [number for number, _ in found]
        if chosen:
            changed_pairs = PairDataset.of(
                f"{pairs.source}, edited",
                [(*changed, None) for _, changed in found],
                texts=[_text_after(pairs, number, changed) for number, changed in found] if pairs.texts else (),
            )
            answer = network.respond(changed_pairs, shown_layer, silenced=silenced, batch_size=batch_size)
            after.append(answer.logits)
            if known is None:
                answer = network.respond(pairs.subset(chosen), shown_layer, silenced=silenced, batch_size=batch_size)
                before.append(answer.logits)
            else:
                before.append(known[chosen])
            premises.extend(changed_pairs.premises)
            hypotheses.extend(changed_pairs.hypotheses)
            texts.extend(changed_pairs.texts)
            numbers.extend(chosen)
            applicable[chosen] = True
        done = stop
        report("edited pairs shown to the network", done, len(pairs))
    places = np.array(numbers, np.intp)
    edited = PairDataset(
        f"{pairs.source}, edited",
        tuple(premises),
        tuple(hypotheses),
        pairs.gold[places],
        tuple(pairs.ids[number] for number in numbers),
        pairs.labels,
        tuple(texts),
    )
    complete = done == len(pairs)
    return EditEffect(
        edits,
        pairs,
        applicable,
        places,
        edited,
        np.concatenate(before),
        np.concatenate(after),
        true_label_after,
        complete,
        network.class_names,
        unknown_words(network, edits),
    )


def unknown_words(network: Network, edits: Sequence[TextEdit]) -> tuple[str, ...]:
    """The words that edits put in and a network has no vector for, each once; none where it does not say what it knows.

    To the network all of them are one and the same unknown word: what it makes of the edit says nothing of this one.
    """
    words = tuple(word for edit in edits for word in edit.put_in)
    unknown = network.inputs_as(PairInputs).unknown(words) or ()
    return tuple(dict.fromkeys(word for word, strange in zip(words, unknown, strict=False) if strange))


def _text_after(pairs: PairDataset, number: int, edited: tuple[Tokens, Tokens]) -> tuple[str, str]:
    """The texts of an edited pair: what was not edited is as it was written."""
    before = pairs.premises[number], pairs.hypotheses[number]
    premise, hypothesis = (
        written if was == now else detokenize(now)
        for written, was, now in zip(pairs.text(number), before, edited, strict=True)
    )
    return premise, hypothesis


def layer_of(network: Network, data: PairStudy | PairDataset, layer: str | None, silenced: Sequence[int] = ()) -> str:
    """The layer to be listened to while a network is shown pairs: the one named, the study's, or any.

    Raises
    ------
    EditError
        When the network is not the study's, or there are units to silence and no layer.
    """
    if isinstance(data, PairStudy):
        about = data.configuration
        if network.fingerprint != about.network_fingerprint:
            raise EditError(
                f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
                "differ. Give the one that the study was made with, or pairs in place of the study"
            )
        return layer or about.layer
    if layer is None and silenced:
        raise EditError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
    return layer or next(iter(network.layers()))


def _parts(length: int) -> Iterator[tuple[int, int]]:
    for start in range(0, length, _PAIRS_AT_ONCE):
        yield start, min(start + _PAIRS_AT_ONCE, length)
