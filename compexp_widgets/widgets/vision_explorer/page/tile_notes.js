/** What is said about a position of a picture, for the pointer and for a screen reader. */

import { activationsOf, conceptsAt } from "../../shared/page/pictures/card.js";
import { categoryMark } from "../../shared/page/elements/colour.js";
import { element } from "../../shared/page/elements/element.js";
import { firingWords, isRange, limitsWords } from "../../shared/page/firing/firing.js";
import { formatActivation, formatCount } from "../../shared/page/elements/format.js";

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
