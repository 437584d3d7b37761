/** What is said about a position of a picture, for the pointer and for a screen reader. */

import { categoryMark } from "../../shared/page/elements/colour.js";
import { element } from "../../shared/page/elements/element.js";
import { formatActivation, formatCount } from "../../shared/page/elements/format.js";
import { firingWords, isRange, limitsWords } from "../../shared/page/firing/firing.js";
import { activationsOf, conceptsAt } from "../../shared/page/pictures/card.js";

/**
 * @typedef {object} Spot
 * @property {number} activation
 * @property {boolean} fires
 * @property {boolean} holds
 * @property {{category: string, names: string[]}[]} concepts
 */

/**
 * @param {import("../../shared/page/pictures/card.js").Tile} tile
 * @param {import("../../shared/page/pictures/picture_cache.js").Picture | undefined} picture
 * @param {{x: number, y: number}} position
 * @param {{concepts: {name: string, category: string}[], categories: string[]}} study
 * @returns {Spot}
 */
export function spotAt(tile, picture, { x, y }, study) {
  const index = y * tile.grid[1] + x;
  return {
    activation: activationsOf(tile)[index],
    fires: tile.neuron[index] === 1,
    holds: tile.formula[index] === 1,
    concepts: picture ? conceptsAt(picture, index, study.concepts, study.categories) : [],
  };
}

/**
 * @param {Spot} spot
 * @param {import("../../shared/page/firing/firing.js").Firing} firing
 * @param {string[]} categories
 */
export function spotNote(spot, firing, categories) {
  const lines = spot.concepts.map(({ category, names }) =>
    element("div", { class: "compexp-spot-concepts" }, categoryMark(categories, category), element("span", {}, names.join(", ")), element("span", { class: "compexp-caption" }, category)),
  );
  return element(
    "div",
    {},
    element("div", { class: "compexp-strong" }, verdict(spot, firing)),
    element("div", {}, `activation ${formatActivation(spot.activation)}, ${isRange(firing.cluster) ? "range" : "fires"} ${limitsWords(firing.low, firing.high, firing.included)}`),
    ...(lines.length > 0 ? lines : [element("div", { class: "compexp-caption" }, "no concept annotated here")]),
  );
}

/**
 * The same in one sentence.
 *
 * @param {Spot} spot
 * @param {import("../../shared/page/firing/firing.js").Firing} firing
 */
export function spotSentence(spot, firing) {
  const names = spot.concepts.flatMap((group) => group.names);
  return `${verdict(spot, firing)}; activation ${formatActivation(spot.activation)}; ${names.length > 0 ? names.join(", ") : "no concept annotated"}`;
}

/**
 * @param {Spot} spot
 * @param {import("../../shared/page/firing/firing.js").Firing} firing
 */
function verdict({ fires, holds }, { cluster }) {
  const { yes, no } = firingWords(cluster);
  if (fires) return `${yes}, formula ${holds ? "holds" : "is false"}`;
  return holds ? `formula holds, ${no}` : `${no}, formula is false`;
}

/**
 * A tile in one sentence.
 *
 * @param {import("../../shared/page/pictures/card.js").Tile} tile
 * @param {import("../../shared/page/firing/firing.js").Firing} firing
 */
export function tileSentence(tile, { cluster }) {
  const { neuron, formula, both } = tile.counts;
  return (
    `${tile.name}, peak activation ${formatActivation(tile.peak)}; ${firingWords(cluster).clause} at ${formatCount(neuron)} positions, ` +
    `the formula holds at ${formatCount(formula)}, both at ${formatCount(both)}`
  );
}

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
