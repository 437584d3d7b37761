/** Sentence pairs with the words marked that make a formula's concepts hold. */

import { shareBar } from "../../shared/page/table/cells.js";
import { element } from "../../shared/page/elements/element.js";
import { formatActivation, formatScore } from "../../shared/page/elements/format.js";
import { labelMark, verdictOn } from "../../shared/page/sentences/label_words.js";
import { sentencePieces } from "../../shared/page/sentences/sentence_words.js";

/** @typedef {import("./messages").PairExample} Pair */

/** @typedef {import("../../shared/page/messages").MarkedLeaf} MarkedLeaf */

/**
 * @param {string[]} tokens
 * @param {number[][]} marks
 * @param {MarkedLeaf[]} leaves of the formula, left to right
 */
export function markedSentence(tokens, marks, leaves) {
  const pieces = sentencePieces(tokens, marks).map(({ text, leaves: places }) => {
    if (places.length === 0) return text;
    const named = places.map((place) => leaves[place]).filter(Boolean);
    const against = named.length > 0 && named.every(({ negated }) => negated);
    const title = named.map(({ name, negated }) => (negated ? `NOT ${name}` : name)).join(", ");
    return element("mark", { class: `compexp-word${against ? " compexp-word-against" : ""}`, title }, text);
  });
  return element("span", { class: "compexp-break" }, ...(pieces.length > 0 ? pieces : [element("span", { class: "compexp-muted" }, "(no words)")]));
}

export class PairList {
  /** @param {import("../../shared/page/sentences/label_words.js").LabelSets} labels */
  constructor(labels) {
    this.labels = labels;
    this.list = element("ol", { class: "compexp-pair-list" });
    this.empty = element("div", { class: "compexp-empty", hidden: true });
    this.node = element("div", {}, this.list, this.empty);
  }

  /**
   * @param {Pair[]} pairs
   * @param {object} context
   * @param {MarkedLeaf[]} context.leaves
   * @param {number} context.largest activation of the unit
   * @param {string} context.emptyWords
   */
  show(pairs, { leaves, largest, emptyWords }) {
    this.list.replaceChildren(...pairs.map((pair) => pairItem(pair, leaves, largest, this.labels)));
    this.list.hidden = pairs.length === 0;
    this.empty.hidden = pairs.length > 0;
    this.empty.textContent = emptyWords;
  }
}

/**
 * @param {Pair} pair
 * @param {MarkedLeaf[]} leaves
 * @param {number} largest
 * @param {import("../../shared/page/sentences/label_words.js").LabelSets} labels
 */
function pairItem({ id, premise, hypothesis, marks, gold, predicted, probability, activation, fires, holds }, leaves, largest, labels) {
  const answer = labels.answers[predicted];
  const facts = `pair ${id}: the neuron ${fires ? "fires" : "is silent"}, the formula ${holds ? "holds" : "does not hold"}`;
  return element(
    "li",
    { class: "compexp-pair", title: facts },
    element(
      "div",
      { class: "compexp-pair-activation" },
      element("span", { class: "compexp-number" }, formatActivation(activation)),
      shareBar(largest > 0 && activation !== null ? activation / largest : 0),
    ),
    element(
      "div",
      { class: "compexp-pair-sentences" },
      element("div", {}, markedSentence(premise, marks.premise, leaves)),
      element("div", { class: "compexp-hypothesis" }, markedSentence(hypothesis, marks.hypothesis, leaves)),
    ),
    element(
      "div",
      { class: "compexp-pair-labels", title: verdictOn(gold, predicted, labels) },
      labelMark(labels.gold[gold]),
      element("span", { class: "compexp-pair-predicted" }, "→ ", labelMark(answer), element("span", { class: "compexp-caption" }, ` ${formatScore(probability)}`)),
      element("span", { class: "compexp-live" }, `, ${verdictOn(gold, predicted, labels)}, predicted with ${formatScore(probability)} for ${answer}`),
    ),
  );
}
