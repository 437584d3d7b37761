/** The three labels of a sentence pair, in words and colours. Never a colour without the word. */

import { element } from "./element.js";

export const LABELS = ["entailment", "neutral", "contradiction"];

/** Where there is little room, and where there is hardly any. */
export const SHORT_LABELS = ["entail.", "neutral", "contrad."];
export const TINY_LABELS = ["ent", "neu", "con"];

/**
 * @param {number} label index into LABELS; -1 for a pair without a gold label
 */
export function labelName(label) {
  return LABELS[label] ?? "no gold label";
}

/**
 * A label as a word in its colour.
 *
 * @param {number} label
 * @param {string} [words] in place of its name
 */
export function labelMark(label, words = labelName(label)) {
  const colour = LABELS[label] ? `compexp-label-${label}` : "";
  return element("span", { class: `compexp-label ${colour}` }, words);
}

/**
 * What the network says of a pair, against what people said.
 *
 * @param {number} gold
 * @param {number} predicted
 */
export function verdictOn(gold, predicted) {
  if (!LABELS[gold]) return `people did not agree; the network says ${labelName(predicted)}`;
  if (gold === predicted) return `people and the network say ${labelName(gold)}`;
  return `people say ${labelName(gold)}, the network ${labelName(predicted)}`;
}
