/** What is counted and what is shown, in words: positions of pictures, or sentence pairs. */

/**
 * @typedef {object} Subject
 * @property {string} position what a formula holds at or not, and a unit fires at or not
 * @property {string} at the preposition before it
 * @property {string} examples what the probe dataset is made of
 */

/** @type {Subject} */
export const PICTURES = { position: "position", at: "at", examples: "pictures" };

/** @type {Subject} */
export const PAIRS = { position: "pair", at: "on", examples: "pairs" };

/**
 * @param {number} unit
 * @param {string[]} [names] of all units; none where they are channels
 */
export function unitTitle(unit, names = []) {
  const name = names[unit];
  return name ? `unit ${unit} · ${name}` : `unit ${unit}`;
}
