/** Lines of a list of formulas: what it is about, the formula in small, its IoU with a bar, and how sure that is. */

import { categoryMark } from "../elements/colour.js";
import { element } from "../elements/element.js";
import { formatScore } from "../elements/format.js";
import { shortProofWords } from "../evidence/proof_words.js";
import { groupTokens } from "./formula_pills.js";

/**
 * A formula in small: its concepts cannot be switched off.
 *
 * @param {import("./formula_pills.js").FormulaToken[]} tokens
 * @param {string[]} categories
 */
export function smallFormula(tokens, categories) {
  const piece = (/** @type {import("./formula_pills.js").FormulaToken} */ token) =>
    token.kind === "leaf"
      ? element("span", { class: "compexp-small-pill" }, categoryMark(categories, token.category ?? ""), element("span", { class: "compexp-break" }, token.text))
      : element("span", { class: `compexp-${token.kind}` }, token.text.trim());
  return element(
    "span",
    { class: "compexp-small-formula" },
    ...groupTokens(tokens).map((group) => element("span", { class: "compexp-small-group" }, ...group.map(piece))),
  );
}

/**
 * The IoU with a bar, and how sure it is.
 *
 * @param {number} iou
 * @param {number} highest IoU of the list, whose bar is full
 * @param {import("../evidence/proof_words.js").Proof | undefined} proof
 * @param {import("../elements/tooltip.js").Tooltip} tooltip
 * @returns {HTMLElement}
 */
export function scoreCell(iou, highest, proof, tooltip) {
  const fill = element("span");
  fill.style.width = `${Math.min(100, (100 * iou) / Math.max(highest, 1e-9))}%`;
  const sure = shortProofWords(proof, iou);
  const words = element("span", { class: "compexp-line-proof" }, sure?.text ?? "");
  if (sure) tooltip.explain(words, () => element("div", {}, sure.explanation));
  return element(
    "span",
    { class: "compexp-line-sure" },
    element("span", { class: "compexp-line-score" }, element("span", { class: "compexp-line-bar", "aria-hidden": "true" }, fill), element("span", { class: "compexp-number" }, formatScore(iou))),
    words,
  );
}

/** @typedef {{name: string, negated: boolean, holds: boolean}} LeafState */

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
