/** What the galleries of a card are called, and what is said where one is empty. */

import { isRange } from "../../shared/page/firing/firing.js";

export const GALLERIES = [
  { value: "fires", text: "fires most", title: "Pictures where the unit’s activation is largest" },
  { value: "silent", text: "formula holds, ", wide: "neuron ", rest: "silent", title: "Pictures with the largest area where the formula holds and the neuron does not fire" },
  { value: "unexplained", text: "", wide: "neuron ", rest: "fires, formula false", title: "Pictures with the largest area where the neuron fires and the formula does not hold" },
];

export const RANGE_GALLERIES = [
  { value: "fires", text: "most in range", title: "Pictures with the largest area where the activation lies in the range" },
  { value: "silent", text: "formula holds, outside", title: "Pictures with the largest area where the formula holds and no activation lies in the range" },
  { value: "unexplained", text: "in range, formula false", title: "Pictures where the activation lies in the range and the formula holds at none of these positions" },
];

/** @type {Record<string, string>} */
const EMPTY_WORDS = {
  fires: "No picture where the neuron fires.",
  silent: "No picture where the formula holds and the neuron is silent.",
  unexplained: "No picture where the neuron fires and the formula is false: the formula explains every firing.",
};

/** @type {Record<string, string>} */
const EMPTY_RANGE_WORDS = {
  fires: "No picture with an activation in the range.",
  silent: "No picture where the formula holds and no activation lies in the range.",
  unexplained: "Wherever an activation lies in the range, the formula holds in the picture too.",
};

/**
 * @param {string} gallery
 * @param {number[]} cluster
 */
export function emptyWords(gallery, cluster) {
  return (isRange(cluster) ? EMPTY_RANGE_WORDS : EMPTY_WORDS)[gallery] ?? "No picture.";
}
