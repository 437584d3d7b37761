/** What speaks for a formula, in a student's words. */

import { formatScore } from "./format.js";

/**
 * @param {any} answer the kernel's, of type `evidence`
 * @returns {{text: string, explanation: string}[]}
 */
export function evidenceWords(answer) {
  if (!answer.found) return [{ text: "nothing to test", explanation: "No concept overlaps with where the neuron fires." }];
  const { held_out: apart, p_value: p, samples, null_mean: luck, interval } = answer;
  const chance = p <= 1 / (samples + 1) ? "none of them" : `${Math.round(p * (samples + 1)) - 1} of them`;
  return [
    {
      text: `p ${formatScore(p)}`,
      explanation:
        `The same search was run ${samples} times with the neuron's activations laid over other pictures: ${chance} did as well as this formula. ` +
        `By luck alone it reaches ${formatScore(luck)} on average.`,
    },
    {
      text: `held out ${formatScore(apart.held_out_iou)}`,
      explanation: apart.text
        ? `Searched on one part of the pictures, the best formula is ${apart.text} with IoU ${formatScore(apart.searched_iou)}; on the other part, which the search did not see, it has ${formatScore(apart.held_out_iou)}.`
        : "On one part of the pictures no concept overlaps with the neuron, so there is nothing to score on the other.",
    },
    {
      text: `95 % ${formatScore(interval[0])} – ${formatScore(interval[1])}`,
      explanation: "Had other pictures been drawn, the formula's IoU would lie in this range 95 times of 100 (bootstrap over pictures).",
    },
  ];
}
