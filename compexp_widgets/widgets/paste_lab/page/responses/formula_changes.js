/** The formulas that the edits made true or false, those of several units once. */

import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatCount } from "../../../shared/page/elements/format.js";
import { smallFormula } from "../../../shared/page/formula/formula_line.js";
import { truthWords, unitsWords } from "../paste_words.js";
import { changedFormulas } from "./response.js";

/** How many are shown before one asks for more. */
const SHOWN = 6;

/**
 * Why no formula stands there: what was not computed is not none. Pure.
 *
 * @param {{changed: unknown[] | null, note: string, explained: number, units: number}} response
 */
export function noneWords({ changed, note, explained, units }) {
  if (changed === null) return `Which formulas became true or false is ${note || "not computed"}.`;
  if (explained < units) return `No formula became true or false among those of the ${formatCount(explained)} of ${formatCount(units)} units explained so far.`;
  return "No unit’s formula became true or false.";
}

export class FormulaChanges {
  /** @param {string[]} categories */
  constructor(categories) {
    this.categories = categories;
    this.all = false;
    this.none = "";
    /** @type {import("./response.js").FormulaChange[]} */
    this.changes = [];
    this.lines = element("div", { class: "compexp-truths" });
    this.more = button("", () => this.showAll());
    this.node = element("section", { class: "compexp-formula-changes", "aria-label": "formulas that changed", hidden: true }, element("h3", {}, "Formulas"), this.lines, this.more);
  }

  /**
   * @param {import("../messages").Response} response
   * @param {boolean} edited
   * @param {number} units how many there are
   */
  show({ changed, changed_note: note, explained }, edited, units) {
    this.node.hidden = !edited;
    this.changes = changedFormulas(changed ?? []);
    this.none = noneWords({ changed, note, explained, units });
    this.draw();
  }

  showAll() {
    this.all = !this.all;
    this.draw();
  }

  draw() {
    const { changes } = this;
    const shown = this.all ? changes : changes.slice(0, SHOWN);
    this.more.hidden = changes.length <= SHOWN;
    this.more.textContent = this.all ? "fewer" : `${formatCount(changes.length - SHOWN)} more`;
    this.lines.replaceChildren(
      ...(changes.length === 0 ? [element("div", { class: "compexp-caption" }, this.none)] : shown.map((change) => this.line(change))),
    );
  }

  /** @param {import("./response.js").FormulaChange} change */
  line({ formula, units, before, after }) {
    return element(
      "div",
      { class: "compexp-truth" },
      element("span", { "aria-hidden": "true", class: "compexp-strong" }, after > before ? "+" : "−"),
      smallFormula(formula.tokens, this.categories),
      element("span", { class: "compexp-caption" }, `${truthWords(before, after)} · ${unitsWords(units)}`),
    );
  }
}
