/** Small drawings inside the cells of tables. */

import { element } from "../elements/element.js";
import { stateMeaning } from "../evidence/state_words.js";

/**
 * What a unit's row says behind its formula where the unit is saturated.
 *
 * @param {any} row
 * @returns {Node[]}
 */
export function saturationMark(row) {
  return row?.state === "saturated" ? [element("span", { class: "compexp-caption compexp-state-mark", title: stateMeaning("saturated") }, "sat.")] : [];
}

/**
 * A share of one as a bar.
 *
 * @param {number} share
 */
export function shareBar(share) {
  const fill = element("span");
  fill.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
  return element("span", { class: "compexp-bar", "aria-hidden": "true" }, fill);
}

/**
 * A number with its sign as a bar to the left or to the right of the middle.
 *
 * @param {number} value
 * @param {number} largest absolute value, whose bar reaches the end
 * @param {string} colour a class
 */
export function signedBar(value, largest, colour) {
  const fill = element("span", { class: colour });
  const share = largest > 0 ? Math.min(1, Math.abs(value) / largest) : 0;
  fill.style.width = `${50 * share}%`;
  fill.style.left = value < 0 ? `${50 - 50 * share}%` : "50%";
  return element("span", { class: "compexp-signed-bar", "aria-hidden": "true" }, fill);
}

/**
 * A text with the first word of a filter set bold.
 *
 * @param {string} text
 * @param {string} filter
 * @returns {(Node | string)[]}
 */
export function markWords(text, filter) {
  const word = filter.trim().toLowerCase().split(/\s+/)[0];
  const at = word ? text.toLowerCase().indexOf(word) : -1;
  if (at < 0) return [text];
  return [text.slice(0, at), element("b", {}, text.slice(at, at + word.length)), text.slice(at + word.length)];
}
