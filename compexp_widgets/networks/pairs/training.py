"""Train a Bowman network on sentence pairs, so that a stop at any moment costs at most one epoch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from filelock import FileLock
from numpy.typing import NDArray
from torch.nn import functional as F

from compexp_widgets.argument_types import checked
from compexp_widgets.concepts.lexicon.word_vectors import WordVectors
from compexp_widgets.data.pairs.dataset import PairDataset
from compexp_widgets.errors import NetworkError
from compexp_widgets.networks.network import Network
from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER, BowmanNetwork, BowmanSize, WordIndex, padded
from compexp_widgets.networks.pairs.checkpoint import bowman_network, load_bowman, save_bowman
from compexp_widgets.networks.pairs.training_state import Epoch, TrainingSettings, continued
from compexp_widgets.progress import Report, Stage, silent

NETWORK = "network.safetensors"
"""The best network so far, in the folder of its training; `load_bowman` reads it."""


@checked(NetworkError)
def train_bowman(
    train: PairDataset,
    validation: PairDataset,
    settings: TrainingSettings,
    folder: str | Path,
    report: Report = silent,
    *,
    vectors: WordVectors | None = None,
) -> Network:
    """Train a Bowman network until it no longer gets better on the validation pairs.

    After each epoch the best network so far is in the folder, as ``network.safetensors``, beside what is needed to go
    on. Called again with the same pairs and settings it goes on after the last whole epoch, and the weights come out as
    if it had never been stopped; `epochs` and `patience` may be others. An interrupt (KeyboardInterrupt) passes
    through, and keeps what is there.

    Parameters
    ----------
    train, validation
        Pairs to learn from and to measure with; those without a gold label are left out. The network has their labels;
        where one of them is two-way, the other is taken so as well.
    folder
        Where the training is kept; made if need be.
    report
        Told of every step; the stage names the epoch and the best accuracy so far.
    vectors
        What word vectors begin with, of length `settings.embedding`; words are looked up in lower case.

    Returns
    -------
    The network of the best epoch, read from the folder.

    Raises
    ------
    NetworkError
        When there are too few pairs, the vectors have another length, the folder holds another training, or the loss is
        no longer finite.
    """
    train, validation, folder = train.with_gold(), validation.with_gold(), Path(folder)
    for pairs, needed in ((train, 2), (validation, 1)):
        if len(pairs) < needed:
            raise NetworkError(f"{pairs.source} has {len(pairs)} pairs with a gold label: at least {needed} are needed")
    if train.labels != validation.labels:
        train, validation = train.two_way(), validation.two_way()
    words = WordIndex.of(train, settings.minimum_count)
    plan = {name: value for name, value in asdict(settings).items() if name not in {"epochs", "patience"}}
    plan |= {"training pairs": train.fingerprint, "validation pairs": validation.fingerprint}
    known = {} if vectors is None else _known_vectors(words, vectors, settings.embedding)
    digest = hashlib.sha256()
    for number, vector in known.items():
        digest.update(number.to_bytes(8, "little") + vector.tobytes())
    plan["vectors"] = digest.hexdigest() if known else "none"
    folder.mkdir(parents=True, exist_ok=True)
    # The person's own random numbers go on as if nothing had been drawn here.
    with FileLock(folder / ".lock"), torch.random.fork_rng(devices=[]):
        module = _new_module(words, settings, known, len(train.labels))
        network = bowman_network(module, words, name=folder.resolve().name, labels=train.labels)
        optimiser = torch.optim.AdamW(
            module.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay
        )
        sentences = _Sentences(train, words)
        state = continued(folder, plan, module, optimiser)
        while not state.finished(settings.epochs, settings.patience):
            number = len(state.epochs) + 1
            about = f"epoch {number} of {settings.epochs}"
            if state.epochs:
                about += f", {state.epochs[state.best - 1].accuracy:.1%} right after epoch {state.best}"
            part = (number - 1) / settings.epochs, number / settings.epochs
            stage = Stage(about, "train", *part)
            loss = _epoch(module, optimiser, sentences, settings, number, stage, report)
            accuracy = network.respond(validation, HIDDEN_LAYER).accuracy(validation.gold)
            state.epochs.append(Epoch(loss, accuracy))
            if state.best == number:
                facts = {"accuracy": f"{accuracy:.4f}", "epoch": str(number), "validation pairs": str(len(validation))}
                save_bowman(network, folder / NETWORK, facts)
            # Last: a stop before it repeats the epoch, which gives the same network once more.
            state.write(folder, module, optimiser)
        return load_bowman(folder / NETWORK)


class _Sentences:
    """The training pairs as numbers of words."""

    def __init__(self, pairs: PairDataset, words: WordIndex) -> None:
        self.premises = [words.numbers(tokens) for tokens in pairs.premises]
        self.hypotheses = [words.numbers(tokens) for tokens in pairs.hypotheses]
        self.gold = torch.from_numpy(pairs.gold.astype(np.int64))

    def batches(self, batch_size: int, random: np.random.Generator) -> Iterator[tuple[torch.Tensor, ...]]:
        """All pairs once, in random order, those of similar length together; the gold labels are the last tensor."""
        count = len(self.gold)
        lengths = np.array([len(p) + len(h) for p, h in zip(self.premises, self.hypotheses, strict=True)])
        order = random.permutation(count)
        pool = _POOL * batch_size
        pools = [order[start : start + pool] for start in range(0, count, pool)]
        order = np.concatenate([chosen[np.argsort(lengths[chosen], kind="stable")] for chosen in pools])
        batches = np.array_split(order, self.steps(batch_size))
        for place in random.permutation(len(batches)).tolist():
            chosen = batches[place].tolist()
            premises = padded([self.premises[number] for number in chosen])
            hypotheses = padded([self.hypotheses[number] for number in chosen])
            yield *premises, *hypotheses, self.gold[chosen]

    def steps(self, batch_size: int) -> int:
        """The number of batches: none is smaller than asked for, because batch norm needs two pairs."""
        return max(len(self.gold) // batch_size, 1)


def _epoch(
    module: BowmanNetwork,
    optimiser: torch.optim.Optimizer,
    sentences: _Sentences,
    settings: TrainingSettings,
    number: int,
    stage: Stage,
    report: Report,
) -> float:
    """One pass over the training pairs; returns the mean loss."""
    # A seed of its own for each epoch: going on needs no state of a random number generator.
    seed = np.random.SeedSequence([settings.seed, number])
    torch.manual_seed(int(seed.generate_state(1)[0]))
    steps = sentences.steps(settings.batch_size)
    module.train()
    total = 0.0
    for step, (*arguments, gold) in enumerate(
        sentences.batches(settings.batch_size, np.random.default_rng(seed)), start=1
    ):
        hidden = module.mlp[:2](module.features(*arguments))
        loss = F.cross_entropy(module.mlp[2:](hidden), gold)
        if settings.sparsity:
            loss = loss + settings.sparsity * hidden.mean()
        if not bool(torch.isfinite(loss)):
            raise NetworkError(
                f"the loss is {loss.item()} in epoch {number}: take a smaller learning_rate than "
                f"{settings.learning_rate}, and see that the word vectors are no larger than usual"
            )
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        total += loss.item() * len(gold)
        report(stage, step, steps)
    module.eval()
    return total / len(sentences.gold)


def _new_module(
    words: WordIndex, settings: TrainingSettings, known: Mapping[int, NDArray[np.float32]], labels: int
) -> BowmanNetwork:
    torch.manual_seed(settings.seed)
    size = BowmanSize(len(words), settings.embedding, settings.encoder, settings.hidden, labels)
    module = BowmanNetwork(size, settings.dropout)
    table = module.encoder.emb.weight.data
    if known:
        given = np.stack(list(known.values()))
        table[2:] *= float(given.std(dtype=np.float64)) or 1.0  # words without a vector shall not stand out
        table[list(known)] = torch.from_numpy(given)
    table[0] = 0  # where every word of the training pairs has a vector, the unknown word learns nothing
    return module


def _known_vectors(words: WordIndex, vectors: WordVectors, length: int) -> dict[int, NDArray[np.float32]]:
    """The vectors of words in the index, by number."""
    if vectors.vectors.shape[1] != length:
        raise NetworkError(
            f"the vectors of {vectors.source} have {vectors.vectors.shape[1]} numbers each, but embedding is {length}: "
            f"take embedding={vectors.vectors.shape[1]}"
        )
    return {
        number: vectors.vectors[vectors.index_of[word]]
        for number, word in enumerate(words.words[2:], start=2)
        if word in vectors.index_of
    }


# Batches whose pairs are sorted by length together: enough that padding is rare, few enough that batches vary.
_POOL = 32
