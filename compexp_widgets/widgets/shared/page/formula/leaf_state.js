/** A concept of a formula with whether it helps the formula to be true: a tick or a cross, never colour alone. */

import { element } from "../elements/element.js";

/**
 * @typedef {object} LeafState
 * @property {string} name
 * @property {boolean} negated whether an odd number of NOTs govern it
 * @property {boolean} holds
 */

/**
 * @param {LeafState} leaf
 * @param {string} [became] what is said of a leaf that an edit changed, in place of whether it holds
 */
export function leafState({ name, negated, holds }, became) {
  const helps = holds !== negated;
  return element(
    "span",
    { class: `compexp-leaf-state${helps ? " compexp-leaf-true" : ""}`, title: `${name} ${holds ? "holds" : "does not hold"} for this pair` },
    element("span", { "aria-hidden": "true" }, helps ? "✓ " : "✗ "),
    element("span", { class: "compexp-break" }, negated ? `NOT ${name}` : name),
    element("span", became ? {} : { class: "compexp-live" }, ` ${became ?? (helps ? "is true" : "is false")}`),
  );
}
