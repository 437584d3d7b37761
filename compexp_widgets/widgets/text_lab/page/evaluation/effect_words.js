/** What is said of an edit's effect on all pairs, and its rows as text. Pure. */

import { formatCount, formatPercent, formatPlural } from "../../../shared/page/elements/format.js";
import { LABELS } from "../../../shared/page/sentences/label_words.js";

/**
 * What people would say of the pairs after the edit.
 *
 * @param {string[]} labels of the data
 */
export const trueLabels = (labels) => [
  { value: "unchanged", text: "as before", title: "The edit does not change what is true: the old labels still hold" },
  ...labels.map((label) => ({ value: label, text: label, title: `After the edit every pair is one of ${label}` })),
  { value: "unknown", text: "not known", title: "Nobody has decided: accuracy after the edit is not counted" },
];

/**
 * How the edit fares, in a sentence.
 *
 * @param {Pick<import("../messages").EffectPart, "applicable" | "pairs" | "flipped" | "complete">} effect
 * @param {number} source
 * @param {number} target
 * @param {string[]} [labels] the network's
 */
export function effectWords({ applicable, pairs, flipped, complete }, source, target, labels = LABELS) {
  const where = `It applies to ${formatCount(applicable)} of ${formatPlural(pairs, "pair")}${complete ? "" : ", as far as they were looked at"}.`;
  if (applicable === 0) return `${where} There is nothing to count.`;
  if (flipped.of === 0) return `${where} None of them is rightly called ${labels[source]} before the edit.`;
  return (
    `${where} Of the ${formatCount(flipped.of)} that the network rightly calls ${labels[source]}, ${formatCount(flipped.count)} ` +
    `(${formatPercent(flipped.count / flipped.of)}) flip to ${labels[target]}.`
  );
}

/**
 * How many pairs flip to what, for each label that they had before.
 *
 * @param {number[][]} flips before × after
 */
export function flipShares(flips) {
  return flips.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total > 0 ? count / total : NaN));
  });
}

/**
 * A pair after an edit as two lines of text, to be pasted anywhere.
 *
 * @param {{premise: string, hypothesis: string}} sentences
 */
export function pairText({ premise, hypothesis }) {
  return `${premise}\n${hypothesis}`;
}
