/** A formula in words, each concept a pill that can be switched off. */

import { categoryMark } from "../elements/colour.js";
import { element } from "../elements/element.js";
import { formatScore } from "../elements/format.js";

/** @typedef {import("../messages").LeafToken | import("../messages").OperatorToken | import("../messages").ParenthesisToken} FormulaToken */

/** @typedef {import("../messages").LeafScore} LeafScores */

export class FormulaPills {
  /**
   * @param {object} options
   * @param {import("../elements/tooltip.js").Tooltip} options.tooltip
   * @param {(index: number) => void} options.onToggle
   */
  constructor({ tooltip, onToggle }) {
    this.tooltip = tooltip;
    this.onToggle = onToggle;
    this.node = element("div", { class: "compexp-formula", role: "group", "aria-label": "formula" });
    /** @type {Map<number, HTMLButtonElement>} */
    this.pills = new Map();
    /** @type {LeafScores[]} */
    this.leaves = [];
    this.drawn = "";
  }

  /**
   * @param {FormulaToken[]} tokens
   * @param {object} context
   * @param {LeafScores[]} context.leaves
   * @param {number[]} context.switchedOff
   * @param {string[]} context.categories
   */
  show(tokens, { leaves, switchedOff, categories }) {
    this.leaves = leaves;
    const drawing = JSON.stringify([tokens, categories]);
    if (drawing !== this.drawn) {
      this.drawn = drawing;
      this.rebuild(tokens, categories);
    }
    this.setSwitchedOff(switchedOff);
  }

  /** @param {number[]} switchedOff */
  setSwitchedOff(switchedOff) {
    for (const [index, pill] of this.pills) pill.setAttribute("aria-pressed", String(!switchedOff.includes(index)));
  }

  /**
   * @param {FormulaToken[]} tokens
   * @param {string[]} categories
   */
  rebuild(tokens, categories) {
    const focused = [...this.pills].find(([, pill]) => pill === document.activeElement)?.[0];
    this.tooltip.hide();
    this.pills.clear();
    this.node.replaceChildren(
      ...groupTokens(tokens).map((group) =>
        element("span", { class: "compexp-formula-group" }, ...group.map((token) => this.piece(token, categories))),
      ),
    );
    if (focused !== undefined) this.pills.get(Math.min(focused, this.pills.size - 1))?.focus();
  }

  /**
   * @param {FormulaToken} token
   * @param {string[]} categories
   */
  piece(token, categories) {
    if (token.kind !== "leaf") {
      return element("span", { class: `compexp-${token.kind}` }, token.text.trim());
    }
    const index = /** @type {number} */ (token.index);
    const category = token.category ?? "";
    const pill = element(
      "button",
      { type: "button", class: "compexp-pill", "aria-pressed": "true", on: { click: () => this.onToggle(index) } },
      categoryMark(categories, category),
      element("span", { class: "compexp-pill-text" }, token.text),
    );
    this.tooltip.explain(pill, () => this.explainLeaf(index, token, pill), true);
    this.pills.set(index, pill);
    return pill;
  }

  /**
   * @param {number} index
   * @param {import("../messages").LeafToken} token
   * @param {Element} pill
   */
  explainLeaf(index, token, pill) {
    const leaf = this.leaves[index];
    const on = pill.getAttribute("aria-pressed") === "true";
    const lines = [`${token.name} · ${token.category || "no category"}`];
    const scores = [];
    if (Number.isFinite(leaf?.iou)) scores.push(`IoU alone ${formatScore(leaf.iou)}`);
    if (Number.isFinite(leaf?.without_iou)) scores.push(`of the formula without it ${formatScore(leaf.without_iou)}`);
    if (scores.length > 0) lines.push(scores.join(", "));
    lines.push(on ? "Click or Space leaves it out." : "Left out. Click or Space puts it back.");
    return element("div", {}, ...lines.map((line, place) => element("div", place ? {} : { class: "compexp-strong" }, line)));
  }
}

/**
 * Tokens that must not be torn apart at a line end: an operator and its parentheses stay with the concept after them.
 *
 * @param {FormulaToken[]} tokens
 * @returns {FormulaToken[][]}
 */
export function groupTokens(tokens) {
  /** @type {FormulaToken[][]} */
  const groups = [];
  let open = false;
  for (const token of tokens) {
    const closes = token.kind === "paren" && token.text.trim() === ")";
    if (groups.length > 0 && (open || closes)) /** @type {FormulaToken[]} */ (groups.at(-1)).push(token);
    else groups.push([token]);
    open = token.kind !== "leaf" && !closes;
  }
  return groups;
}

/**
 * The categories that occur, each with its mark.
 *
 * @param {string[]} categories all, in the study's order
 * @param {string[]} used
 */
export function categoryLegend(categories, used) {
  const names = categories.filter((category) => used.includes(category));
  return element(
    "div",
    { class: "compexp-legend" },
    ...names.map((name) => element("span", { class: "compexp-legend-item" }, categoryMark(categories, name), name)),
  );
}
