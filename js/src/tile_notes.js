/** What is said about a position of a picture, for the pointer and for a screen reader. */

import { activationsOf, conceptsAt } from "./card.js";
import { categoryMark } from "./colour.js";
import { element } from "./element.js";
import { formatActivation, formatCount } from "./format.js";

/**
 * @typedef {object} Spot
 * @property {number} activation
 * @property {boolean} fires
 * @property {boolean} holds
 * @property {{category: string, names: string[]}[]} concepts
 */

/**
 * @param {import("./card.js").Tile} tile
 * @param {import("./picture_cache.js").Picture | undefined} picture
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
 * @param {number} threshold
 * @param {string[]} categories
 */
export function spotNote(spot, threshold, categories) {
  const lines = spot.concepts.map(({ category, names }) =>
    element("div", { class: "compexp-spot-concepts" }, categoryMark(categories, category), element("span", {}, names.join(", ")), element("span", { class: "compexp-caption" }, category)),
  );
  return element(
    "div",
    {},
    element("div", { class: "compexp-strong" }, verdict(spot)),
    element("div", {}, `activation ${formatActivation(spot.activation)}, fires above ${formatActivation(threshold)}`),
    ...(lines.length > 0 ? lines : [element("div", { class: "compexp-caption" }, "no concept annotated here")]),
  );
}

/**
 * The same in one sentence.
 *
 * @param {Spot} spot
 */
export function spotSentence(spot) {
  const names = spot.concepts.flatMap((group) => group.names);
  return `${verdict(spot)}; activation ${formatActivation(spot.activation)}; ${names.length > 0 ? names.join(", ") : "no concept annotated"}`;
}

/** @param {Spot} spot */
function verdict({ fires, holds }) {
  if (fires && holds) return "neuron fires, formula holds";
  if (fires) return "neuron fires, formula is false";
  return holds ? "formula holds, neuron is silent" : "neuron is silent, formula is false";
}

/**
 * A tile in one sentence.
 *
 * @param {import("./card.js").Tile} tile
 */
export function tileSentence(tile) {
  const { neuron, formula, both } = tile.counts;
  return (
    `${tile.name}, peak activation ${formatActivation(tile.peak)}; the neuron fires at ${formatCount(neuron)} positions, ` +
    `the formula holds at ${formatCount(formula)}, both at ${formatCount(both)}`
  );
}
