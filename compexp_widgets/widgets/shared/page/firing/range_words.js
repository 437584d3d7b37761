/** What is said about a range of activations, in a student's words. Pure. */

import { formatPercent, formatScore } from "../elements/format.js";

/**
 * The figures of a range: the field's name, a short label, the number, and a sentence.
 *
 * @param {any} row a message of type `range`
 * @returns {{label: string, number: string, explanation: string}[]}
 */
export function rangeFigures(row) {
  const { share, detection_accuracy: accuracy, activation_coverage: coverage, sample_coverage: samples } = row;
  return [
    {
      label: "share",
      number: formatPercent(share),
      explanation: `The activation lies in this range at ${formatPercent(share)} of all positions.`,
    },
    {
      label: "accuracy",
      number: formatScore(accuracy),
      explanation: `Detection accuracy ${formatScore(accuracy)}: of the positions where the formula holds, the activation lies in this range at ${formatPercent(accuracy)}. It is the formula’s precision.`,
    },
    {
      label: "recall",
      number: formatScore(coverage),
      explanation: `Activation coverage ${formatScore(coverage)}: of the positions in this range, the formula holds at ${formatPercent(coverage)}. It is the formula’s recall.`,
    },
    {
      label: "pictures",
      number: formatScore(samples),
      explanation: `Sample coverage ${formatScore(samples)}: of the pictures where the formula holds somewhere, it meets this range in ${formatPercent(samples)}.`,
    },
  ];
}
