/** Edits that formulas suggest: what to do, which unit says so, what it would do to this pair; one click applies it. */

import { AnswerPlace } from "../../../shared/page/protocol/job.js";
import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatProbability } from "../../../shared/page/elements/format.js";
import { smallFormula } from "../../../shared/page/formula/formula_line.js";
import { labelMark } from "../../../shared/page/sentences/label_words.js";
import { unknownMarks } from "../../../shared/page/sentences/sentence_notes.js";
import { ownEdit } from "./own_edit.js";
import { same } from "../../../shared/page/elements/edit_history.js";

/** @typedef {import("../messages").FormulaEdit} Idea */

export class EditIdeas {
  /**
   * @param {object} options
   * @param {import("../messages").Study} options.study
   * @param {(edit: Record<string, unknown>) => void} options.onApply
   * @param {(idea: Pick<Idea, "edit" | "words" | "units">) => void} options.onEverywhere
   */
  constructor({ study, onApply, onEverywhere }) {
    this.study = study;
    this.onApply = onApply;
    this.onEverywhere = onEverywhere;
    /** @type {Record<string, unknown> | null} the edit that the tabs below are about */
    this.chosen = null;
    /** @type {{edit: Record<string, unknown>, node: HTMLElement}[]} */
    this.items = [];
    this.caption = element("span", { class: "compexp-caption", role: "status" }, "");
    this.list = element("ol", { class: "compexp-pair-list compexp-suggestion-list" });
    this.empty = element("div", { class: "compexp-empty", hidden: true });
    const found = element("div", {}, this.list, this.empty);
    this.place = new AnswerPlace(found, this.list);
    this.node = element(
      "section",
      { class: "compexp-suggestions", "aria-label": "suggestions" },
      element("div", { class: "compexp-section-title" }, element("h3", {}, "Try next"), this.caption),
      found,
      ownEdit({ onApply, onEverywhere: (edit, words) => onEverywhere({ edit, words, units: [] }) }),
    );
  }

  /** There are none, because they could not be had. */
  clear() {
    this.items = [];
    this.caption.textContent = "";
    this.list.replaceChildren();
    this.empty.hidden = true;
  }

  /** While the kernel reads the formulas. */
  wait() {
    if (this.items.length === 0) this.caption.textContent = "reading the formulas …";
  }

  /**
   * @param {import("../messages").FormulaEdits} answer
   * @param {{source: number, target: number, unit: number | null}} chosen
   */
  tell({ edits: ideas, note }, { source, target, unit }) {
    const whose = unit === null ? "from all units" : `from unit ${unit}`;
    this.caption.textContent = ideas.length > 0 ? `${whose}, ${this.study.labels[source]} → ${this.study.labels[target]}` : "";
    // Of several from one formula, the first shows it.
    const repeats = (/** @type {Idea} */ idea, /** @type {number} */ place) => place > 0 && ideas[place - 1].unit === idea.unit;
    this.items = ideas.map((idea, place) => ({ edit: idea.edit, node: this.item(idea, target, !repeats(idea, place)) }));
    this.list.replaceChildren(...this.items.map(({ node }) => node));
    this.empty.hidden = ideas.length > 0;
    this.empty.textContent = note;
    this.choose(this.chosen);
  }

  /** @param {Record<string, unknown> | null} edit the one that the tabs below are about */
  choose(edit) {
    this.chosen = edit;
    for (const item of this.items) item.node.classList.toggle("compexp-suggestion-chosen", same(item.edit, edit));
  }

  /**
   * @param {Idea} idea
   * @param {number} target
   * @param {boolean} withFormula
   */
  item(idea, target, withFormula) {
    const { edit, words, unit, units, text, tokens, leaf, expected, reason, warning, unknown, probabilities } = idea;
    const apply = button("apply", () => this.onApply(edit), { "data-does": "apply" });
    outOfUse(apply, probabilities ? null : "It does not apply to this pair, or it has been applied", "Make this edit in the pair above");
    const predicted = probabilities ? probabilities.indexOf(Math.max(...probabilities)) : -1;
    const here = probabilities
      ? element(
          "span",
          { class: "compexp-suggestion-here", title: `on this pair: ${this.study.labels[target]} ${formatProbability(probabilities[target])}` },
          "here ",
          labelMark(this.study.labels[predicted]),
          ` ${formatProbability(probabilities[predicted])}`,
          predicted === target ? element("span", { title: "flips this pair as wanted" }, " ✓") : "",
        )
      : element("span", { class: "compexp-suggestion-here compexp-muted" }, "does not apply here");
    return element(
      "li",
      { class: "compexp-suggestion", title: reason },
      element(
        "div",
        { class: "compexp-suggestion-words" },
        element("div", { class: "compexp-break" }, element("span", { class: "compexp-strong" }, words)),
        element("div", { class: "compexp-suggestion-why" }, unit === null ? "" : `unit ${unit}${units.length > 1 ? ` and ${units.length - 1} more` : ""}`, leaf ? element("span", { class: "compexp-break" }, ` · ${leaf}`) : "", " → ", labelMark(this.study.labels[expected]), warning ? element("span", { title: warning }, " · may change the true label") : "", ...(unknown.length > 0 ? [" · not known to the network: ", ...unknownMarks(unknown)] : [])),
      ),
      element(
        "div",
        { class: "compexp-suggestion-does" },
        here,
        element("div", { class: "compexp-row" }, apply, button("on all pairs", () => this.onEverywhere(idea), { title: "What does it do to the whole data set?", "data-does": "everywhere" })),
      ),
      withFormula && text ? element("div", { class: "compexp-suggestion-formula", title: text }, smallFormula(tokens, this.study.categories)) : null,
    );
  }
}
