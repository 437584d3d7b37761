/** The formulas that the edits made true or false, those of several units once. */

import { button } from "./controls.js";
import { element } from "./element.js";
import { formatCount } from "./format.js";
import { smallFormula } from "./formula_line.js";
import { truthWords, unitsWords } from "./paste_words.js";
import { changedFormulas } from "./look.js";

/** How many are shown before one asks for more. */
const SHOWN = 6;

export class FormulaChanges {
  /** @param {string[]} categories */
  constructor(categories) {
    this.categories = categories;
    this.all = false;
    /** @type {import("./look.js").FormulaChange[]} */
    this.changes = [];
    this.lines = element("div", { class: "compexp-truths" });
    this.more = button("", () => this.showAll());
    this.node = element("section", { class: "compexp-formula-changes", "aria-label": "formulas that changed", hidden: true }, element("h3", {}, "Formulas"), this.lines, this.more);
  }

  /**
   * @param {any[]} changed as the reply of type `look` has them
   * @param {boolean} edited
   */
  show(changed, edited) {
    this.node.hidden = !edited;
    this.changes = changedFormulas(changed);
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
      ...(changes.length === 0 ? [element("div", { class: "compexp-caption" }, "No unit’s formula became true or false.")] : shown.map((change) => this.line(change))),
    );
  }

  /** @param {import("./look.js").FormulaChange} change */
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
