"""Explain every unit of a sentence-pair network, and tell what its formulas are about.

    compexp train nli --train FILE… --validation 0.1 --out NETWORK
    python examples/explain_nli.py NETWORK/network.safetensors PAIRS STUDY [--labels FILE] [--vectors FILE]

PAIRS is anything that `compexp_widgets.read_pairs` reads. Prints the accuracy of the network, the mean IoU by
length, how many formulas look at the hypothesis alone, and the ten units that are described best.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

import compexp_widgets as cw


def main() -> None:
    """Dissect, explain, tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("network", type=Path)
    parser.add_argument("pairs", type=Path)
    parser.add_argument("study", type=Path)
    parser.add_argument("--labels", type=Path, help="a file of labels beside the pairs")
    parser.add_argument("--vectors", help="word vectors, for NEIGHBORS")
    parser.add_argument("--layer", default="mlp.1")
    parser.add_argument("--max-length", type=int, default=5)
    parser.add_argument("--beam", type=int, default=10)
    options = parser.parse_args()
    pairs = cw.read_pairs(options.pairs, labels=options.labels)
    network = cw.load_bowman(options.network)
    study = cw.dissect(network, options.layer, pairs, options.study, vectors=options.vectors)
    started = time.perf_counter()
    frame = study.to_frame(max_length=options.max_length, beam_size=options.beam, proof_nodes=0)
    seconds = time.perf_counter() - started
    labelled = pairs.gold >= 0
    print(f"accuracy   {(study.predicted == pairs.gold)[labelled].mean():.1%} of {labelled.sum():,} pairs")
    described = frame[frame["formula"] != ""]
    print(f"explained  {len(described)} units in {seconds:.0f} s; {frame['silent'].sum()} of {len(frame)} are silent")
    for length in range(1, options.max_length + 1):
        print(f"mean IoU   {described[f'iou_{length}'].mean():.4f} at length {length}")
    sides = [{study.category_of[str(leaf)].split()[0] for leaf in leaves(formula)} for formula in described["formula"]]
    alone = np.mean(["premise" not in found for found in sides])
    overlap = np.mean(["overlap" in found for found in sides])
    print(f"about      {alone:.0%} of the formulas name nothing of the premise; {overlap:.0%} name the overlap")
    shown = ["formula", "iou", "fires", "weight_entailment", "weight_neutral", "weight_contradiction"]
    for row in described.nlargest(10, "iou")[[name for name in shown if name in described]].itertuples():
        weights = "  ".join(f"{value:+.2f}" for value in row[4:])
        print(f"  unit {row.Index:>4}  {row.iou:.3f}  fires {row.fires:.0%}  [{weights}]  {row.formula}")
    study.close()


def leaves(formula: str) -> tuple[object, ...]:
    """The leaves of a formula given as text."""
    return cw.parse(formula).leaves()


if __name__ == "__main__":
    main()
