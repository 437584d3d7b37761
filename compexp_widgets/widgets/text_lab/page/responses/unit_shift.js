/** The units that an edit moved, those that matter most first, each with what of its formula became true or false. */

import { signedBar } from "../../../shared/page/table/cells.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatActivation, formatSigned } from "../../../shared/page/elements/format.js";
import { smallFormula } from "../../../shared/page/formula/formula_line.js";
import { labelFill } from "../../../shared/page/sentences/label_words.js";
import { leafState } from "../../../shared/page/formula/leaf_state.js";
import { changedLeaves, formulaState, movedWords } from "../text_words.js";

export class UnitShift {
  /**
   * @param {object} options
   * @param {any} options.study
   * @param {(unit: number) => void} options.onUnit
   */
  constructor({ study, onUnit }) {
    this.study = study;
    this.onUnit = onUnit;
    this.words = element("div", { class: "compexp-caption" });
    this.ends = element("div", { class: "compexp-caption compexp-push-ends", "aria-hidden": "true" });
    this.list = element("div", { class: "compexp-lines compexp-unit-shift-lines" });
    this.node = element("section", { class: "compexp-unit-shift", "aria-label": "units that the edit moved" }, element("div", { class: "compexp-unit-shift-head" }, this.words, this.ends), this.list);
  }

  /**
   * @param {any} look the kernel's answer
   * @param {{source: number, target: number, unit: number | null}} chosen
   */
  tell(look, { source, target, unit }) {
    this.words.textContent = movedWords(look, this.study.units.length);
    this.ends.textContent = look.units.length > 0 && this.study.class_weights ? `◀ ${this.study.labels[source]} · ${this.study.labels[target]} ▶` : "";
    const largest = Math.max(0, ...look.units.map((/** @type {any} */ one) => Math.abs(one.push)));
    const colour = (/** @type {number} */ push) => labelFill(this.study.labels[push < 0 ? source : target]);
    this.list.replaceChildren(...look.units.map((/** @type {any} */ one) => this.line(one, look.edited, { largest, colour: colour(one.push), chosen: one.unit === unit, target })));
  }

  /**
   * @param {any} one
   * @param {boolean} edited
   * @param {{largest: number, colour: string, chosen: boolean, target: number}} drawing
   */
  line(one, edited, { largest, colour, chosen, target }) {
    const { unit, before, after, push, text, tokens, explained } = one;
    const state = formulaState(one, edited);
    const leaves = edited ? changedLeaves(one.leaves) : [];
    const pushed = this.study.class_weights ? `moves the network ${formatSigned(push)} towards ${this.study.labels[target]}` : `changes by ${formatSigned(push)}`;
    return element(
      "button",
      {
        type: "button",
        class: "compexp-line compexp-unit-shift-line",
        "aria-pressed": String(chosen),
        "data-unit": unit,
        title: `unit ${unit} ${pushed}; ${chosen ? "click: suggestions from all units" : "click: suggestions from its formula"}`,
        on: { click: () => this.onUnit(unit) },
      },
      element("span", { class: "compexp-number" }, String(unit)),
      element("span", { class: "compexp-number compexp-unit-shift-numbers" }, edited ? `${formatActivation(before)} → ${formatActivation(after)}` : formatActivation(after)),
      element("span", { class: "compexp-weight", role: "img", "aria-label": pushed }, signedBar(push, largest, colour)),
      text ? smallFormula(tokens, this.study.categories) : element("span", { class: "compexp-caption" }, explained ? "no formula" : "not explained yet"),
      element("span", { class: `compexp-line-proof${state.startsWith("became") ? " compexp-strong" : ""}` }, state),
      leaves.length > 0 ? element("span", { class: "compexp-unit-shift-leaves" }, ...leaves.map((leaf) => leafState(leaf, leaf.became))) : null,
    );
  }
}
