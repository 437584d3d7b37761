/** What the network says before and after an edit, and the units that the edit moved. */

import { element } from "../../shared/page/elements/element.js";
import { formatActivation, formatSigned, formatProbability } from "../../shared/page/elements/format.js";
import { leafState, smallFormula } from "../../shared/page/formula/formula_line.js";
import { LabelBars, labelFill, labelMark } from "../../shared/page/sentences/label_words.js";
import { signedBar } from "../../shared/page/table/cells.js";
import { changedLeaves, formulaState, movedWords, headline } from "./text_words.js";

/** The units that an edit moved, those that matter most first, each with what of its formula became true or false. */
export class UnitShift {
  /**
   * @param {object} options
   * @param {import("./messages").Study} options.study
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
   * @param {import("./messages").Response} response
   * @param {{source: number, target: number, unit: number | null}} chosen
   */
  tell(response, { source, target, unit }) {
    this.words.textContent = movedWords(response, this.study.units.length);
    this.ends.textContent = response.units.length > 0 && this.study.class_weights ? `◀ ${this.study.labels[source]} · ${this.study.labels[target]} ▶` : "";
    const largest = Math.max(0, ...response.units.map((one) => Math.abs(one.push)));
    const colour = (/** @type {number} */ push) => labelFill(this.study.labels[push < 0 ? source : target]);
    this.list.replaceChildren(...response.units.map((one) => this.line(one, response.edited, { largest, colour: colour(one.push), chosen: one.unit === unit, target })));
  }

  /**
   * @param {import("./messages").UnitResponse} one
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

/** The answer large, then a bar for each label. */
export class LabelShift {
  /** @param {string[]} labels the network's */
  constructor(labels) {
    this.labels = labels;
    this.answer = element("div", { class: "compexp-shift-answer" });
    this.sentence = element("div", { class: "compexp-shift-sentence", role: "status" });
    this.bars = new LabelBars(labels, formatProbability);
    this.bars.node.classList.add("compexp-shift-bars");
    this.legend = element("div", { class: "compexp-caption" });
    this.node = element("section", { class: "compexp-shift", "aria-label": "what the network says" }, this.answer, this.sentence, this.bars.node, this.legend);
  }

  /**
   * @param {import("./messages").Response} response
   * @param {number} source
   * @param {number} target
   */
  tell(response, source, target) {
    const { label, from, to, sentence, reached } = headline(response, source, target, this.labels);
    this.answer.replaceChildren(
      labelMark(this.labels[label]),
      " ",
      element("span", { class: "compexp-shift-number" }, from === null ? to : `${from} → ${to}`),
      reached ? element("span", { class: "compexp-shift-reached", title: "the network says what it should say" }, " ✓") : "",
    );
    this.sentence.textContent = sentence;
    this.bars.show(response.after.probabilities, response.edited ? response.before.probabilities : null);
    this.legend.textContent = response.edited ? "The mark on each bar is where it ended before the edit." : "";
  }
}
