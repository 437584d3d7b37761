/** What speaks for a formula, in a student's words. */

import { formatCount, formatScore } from "../elements/format.js";

/**
 * @typedef {object} Note
 * @property {string} label
 * @property {string} number
 * @property {string} sentence
 */

/** Below it luck is called unlikely: the custom of the field. */
const CUSTOM = 0.05;

/**
 * Evidence of a formula that there is.
 *
 * @typedef {{[Field in keyof import("../messages").EvidenceMessage]: NonNullable<import("../messages").EvidenceMessage[Field]>} & {q_value: number | null}} Tested
 */

/**
 * The answer in one sentence.
 *
 * @param {import("../messages").EvidenceMessage} answer
 */
export function verdict(answer) {
  if (!answer.found) return "Nothing to test: no concept overlaps with these activations.";
  const { p_value: p, q_value: q } = /** @type {Tested} */ (answer);
  const [name, value] = q === null ? ["p", p] : /** @type {[string, number]} */ (["q", q]);
  return value < CUSTOM
    ? `More than luck: ${name} is ${formatProbability(value)}, below the usual .05.`
    : `It may be luck: ${name} is ${formatProbability(value)}, above the usual .05.`;
}

/**
 * @param {import("../messages").EvidenceMessage} answer
 * @param {import("../explorer/subject_words.js").Subject} subject
 * @returns {Note[]}
 */
export function evidenceNotes(answer, { examples }) {
  if (!answer.found) return [];
  const { held_out: apart, p_value: p, q_value: q, samples, exceedances: count, null_mean: luck, interval } = /** @type {Tested} */ (answer);
  const did = count === 0 ? "None" : formatCount(count);
  const notes = [
    {
      label: "p-value",
      number: formatProbability(p),
      sentence: `${did} of ${formatCount(samples)} searches in shuffled ${examples} ${count > 1 ? "do" : "does"} as well. By luck alone a search reaches an IoU of ${formatScore(luck)} on average.`,
    },
    {
      label: "held out",
      number: formatScore(apart.held_out_iou),
      sentence: apart.text
        ? `Searched on one part of the ${examples}, the best formula is ${apart.text}, IoU ${formatScore(apart.searched_iou)}. On the other part, which the search did not see, it has ${formatScore(apart.held_out_iou)}.`
        : `On one part of the ${examples} no concept overlaps with the neuron, so there is nothing to score on the other.`,
    },
    {
      label: "interval",
      number: `${formatScore(interval[0])} – ${formatScore(interval[1])}`,
      sentence: `Had other ${examples} been drawn, the formula’s IoU would lie in this interval 95 times of 100.`,
    },
  ];
  if (q !== null) {
    notes.splice(1, 0, {
      label: "q-value",
      number: formatProbability(q),
      sentence: `The p-value corrected for the number of units: among all units with a q-value up to this one, ${formatScore(q)} of the formulas are expected to be luck.`,
    });
  }
  return notes;
}

/**
 * A probability: `.01`, `.001`, `under .001`.
 *
 * @param {number | null} probability
 */
export function formatProbability(probability) {
  if (probability === null || !Number.isFinite(probability)) return "–";
  if (probability < 0.0005) return "under .001";
  return formatScore(probability).replace(/(\.\d\d)0$/, "$1");
}
