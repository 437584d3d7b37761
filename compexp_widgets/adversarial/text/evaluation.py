"""An edit applied to a whole set of pairs, and shown to a network."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from compexp_widgets.adversarial.text.edits import Pair, TextEdit, apply_text_edits
from compexp_widgets.adversarial.text.effect import EditEffect, TrueLabel
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.data.pairs.tokens import detokenize
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
    study = data if isinstance(data, PairStudy) else None
    if study:
        see_probed(network, study)
        layer = layer or study.configuration.layer
    elif layer is None and silenced:
        raise EditError(f"units {list(silenced)[:5]} are to be silent: say of which layer")
    listened = layer if silenced else None

    def answers(shown: PairDataset) -> NDArray[np.float32]:
        return network.respond(shown, listened, silenced=silenced, batch_size=batch_size).logits

    applied: list[tuple[int, Pair]] = []
    before, after = ([np.empty((0, len(network.class_names)), np.float32)] for _ in range(2))
    done = 0
    while done < len(pairs) and not (cancelled and cancelled()):
        part = range(done, min(done + _PAIRS_AT_ONCE, len(pairs)))
        edited = [(at, apply_text_edits((pairs.premises[at], pairs.hypotheses[at]), edits)) for at in part]
        found = [(at, pair) for at, pair in edited if pair]
        if found:
            chosen = [at for at, _ in found]
            after.append(answers(_edited(pairs, found)))
            before.append(study.logits[chosen] if study and not silenced else answers(pairs.subset(chosen)))
        applied += found
        done = part.stop
        report("edited pairs shown to the network", done, len(pairs))
    numbers = np.array([at for at, _ in applied], np.intp)
    return EditEffect(
        edits,
        pairs,
        np.isin(np.arange(len(pairs)), numbers),
        numbers,
        _edited(pairs, applied),
        np.concatenate(before),
        np.concatenate(after),
        true_label_after,
        done == len(pairs),
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


def see_probed(network: Network, study: PairStudy) -> None:
    """See that a network is the one that was probed, by its weights; EditError where it is another."""
    about = study.configuration
    if network.fingerprint != about.network_fingerprint:
        raise EditError(
            f"{network.name} is not the network that was probed ({about.network}): its weights, words or labels "
            "differ. Give the one that the study was made with, or pairs in place of the study"
        )


def _edited(pairs: PairDataset, applied: Sequence[tuple[int, Pair]]) -> PairDataset:
    """Some pairs after edits, under their old labels; texts that were not edited are as they were written."""
    numbers = [at for at, _ in applied]
    texts = []
    for at, after in applied if pairs.texts else ():
        before = pairs.premises[at], pairs.hypotheses[at]
        texts.append(
            tuple(
                written if was == now else detokenize(now)
                for written, was, now in zip(pairs.text(at), before, after, strict=True)
            )
        )
    return PairDataset(
        f"{pairs.source}, edited",
        tuple(premise for _, (premise, _) in applied),
        tuple(hypothesis for _, (_, hypothesis) in applied),
        pairs.gold[np.array(numbers, np.intp)],
        tuple(pairs.ids[at] for at in numbers),
        pairs.labels,
        tuple((premise, hypothesis) for premise, hypothesis in texts),
    )
