/** Which activations count as firing, in words: the largest ones, or those of one range. */

import { formatActivation } from "../elements/format.js";

/**
 * @typedef {object} Firing
 * @property {number[]} cluster number of the range and how many there are; empty for the largest activations
 * @property {number | null} low the activation above which a position counts
 * @property {boolean} [included] whether it counts at that activation too
 * @property {number | null} high the activation up to which it counts; `null` without limit
 */

/**
 * @param {import("../../../vision_explorer/page/messages").VisionCard} card
 * @param {number[]} cluster
 * @returns {Firing}
 */
export function firingOf({ threshold, includes_threshold: included, upper_limit: high }, cluster) {
  return { cluster, low: threshold, included, high };
}

/** @param {number[] | undefined} cluster */
export function isRange(cluster) {
  return cluster?.length === 2;
}

/**
 * `range 2 of 5`; the first is the lowest.
 *
 * @param {number[]} cluster
 */
export function rangeName([number, of]) {
  return `range ${number} of ${of}`;
}

/**
 * `0.64 – 1.39`, `above 6.54`, `from 6.00 on`.
 *
 * @param {number | null} low
 * @param {number | null} high
 * @param {boolean} [included] whether the lower one counts
 */
export function limitsWords(low, high, included = false) {
  if (low === null) return "none";
  if (high === null && included) return `from ${formatActivation(low)} on`;
  return high === null ? `above ${formatActivation(low)}` : `${formatActivation(low)} – ${formatActivation(high)}`;
}

/**
 * What a position does that counts, as a clause and as two words.
 *
 * @param {number[] | undefined} cluster
 * @returns {{clause: string, yes: string, no: string}}
 */
export function firingWords(cluster) {
  return isRange(cluster)
    ? { clause: "the activation lies in the range", yes: "activation in the range", no: "activation outside the range" }
    : { clause: "the neuron fires", yes: "neuron fires", no: "neuron is silent" };
}
