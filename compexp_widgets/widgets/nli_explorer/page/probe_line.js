/**
 * Two sentences of one's own: what the network says of them, which units fire, and what of the formula holds.
 *
 * The kernel is asked while one types; of several questions only the latest is answered.
 */

import { AnswerPlace, LatestOnly } from "../../shared/page/protocol/job.js";
import { shareBar } from "../../shared/page/table/cells.js";
import { button } from "../../shared/page/elements/controls.js";
import { same } from "../../shared/page/elements/edit_history.js";
import { element } from "../../shared/page/elements/element.js";
import { formatActivation, formatCount, formatPace, formatPlural } from "../../shared/page/elements/format.js";
import { leafState, smallFormula } from "../../shared/page/formula/formula_line.js";
import { LabelBars } from "../../shared/page/sentences/label_words.js";
import { markedSentence } from "./pair_list.js";
import { SentenceNote } from "../../shared/page/sentences/sentence_notes.js";
import { sentenceText } from "../../shared/page/sentences/sentence_words.js";

/** How long typing rests before the kernel is asked, in milliseconds. */
const REST = 60;

/** @typedef {{premise: string, hypothesis: string}} Sentences */

export class ProbeLine {
  /**
   * @param {object} options
   * @param {import("./messages").PairStudyMessage} options.study
   * @param {(sentences: Sentences, settings: import("../../shared/page/protocol/settings.js").Settings) => Promise<import("./messages").ProbeMessage>} options.onAsk
   * @param {(unit: number) => void} options.onUnit
   */
  constructor({ study, onAsk, onUnit }) {
    this.study = study;
    this.onAsk = onAsk;
    this.onUnit = onUnit;
    /** @type {import("../../shared/page/protocol/settings.js").Settings | null} of the card shown */
    this.settings = null;
    /** @type {import("./messages").BestPair | null} the unit's: tokens, and as written where that is known */
    this.best = null;
    /** Whether what stands in the fields was typed, so that another unit leaves it there. */
    this.typed = false;
    this.asked = new LatestOnly(() => this.ask());
    this.premise = this.field("premise");
    this.hypothesis = this.field("hypothesis");
    this.back = button("the unit’s best pair", () => this.prefill(), { title: "Put the pair with the largest activation into the fields", hidden: true });
    this.said = element("div", {});
    this.pace = element("span", { class: "compexp-caption compexp-number" });
    this.notes = ["premise", "hypothesis"].map((side) => new SentenceNote(side));
    this.bars = new LabelBars(study.probe ? study.labels : []);
    this.said.append(this.bars.node);
    this.unitWords = element("div", { class: "compexp-probe-unit" });
    this.firing = element("div", { class: "compexp-probe-firing" });
    this.answer = element(
      "div",
      { class: "compexp-probe-answer", hidden: true },
      this.unitWords,
      this.firing,
    );
    this.place = new AnswerPlace(this.said, null, [this.answer]);
    const head = element("div", { class: "compexp-section-title" }, element("h3", {}, "Try a pair"), element("div", { class: "compexp-row" }, this.pace, this.back));
    this.node = element(
      "section",
      { class: "compexp-probe", "aria-label": "try a pair of sentences" },
      head,
      ...(study.probe
        ? [
            element(
              "div",
              { class: "compexp-probe-body" },
              element(
                "div",
                { class: "compexp-probe-side" },
                element("div", { class: "compexp-probe-fields" }, label("premise", this.premise), this.notes[0].node, label("hypothesis", this.hypothesis), this.notes[1].node),
                this.said,
              ),
              this.answer,
            ),
          ]
        : [element("div", { class: "compexp-caption" }, "To type sentences of your own and see at once what the network says, give the explorer the network too: NLIExplorer(study, network).")]),
    );
  }

  destroy() {
    clearTimeout(this.timer);
  }

  /** @param {string} name */
  field(name) {
    return element("input", {
      type: "text",
      class: "compexp-editor-input compexp-probe-input",
      "aria-label": name,
      autocomplete: "off",
      spellcheck: "false",
      on: {
        input: () => {
          this.typed = true;
          this.back.hidden = this.best === null;
          this.soon();
        },
      },
    });
  }

  /**
   * A card is shown: the same sentences are asked about again, for its unit and formula.
   *
   * @param {import("./pair_card.js").ShownPairCard} message
   */
  show(message) {
    this.settings = { ...message.settings, formula_text: message.shown.text, switched_off: [] };
    this.best = message.best_pair;
    if (!this.study.probe) return;
    if (!this.typed && this.best) this.prefill();
    else this.soon();
  }

  prefill() {
    if (!this.best) return;
    const { premise, hypothesis, text } = this.best;
    [this.premise.value, this.hypothesis.value] = text ?? [sentenceText(premise), sentenceText(hypothesis)];
    this.typed = false;
    this.back.hidden = true;
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.asked.submit(null), REST);
  }

  async ask() {
    const { settings, sentences } = this;
    if (!settings) return;
    const message = await this.place.ask(() => this.onAsk(sentences, settings), "The pair was not shown to the network.");
    // The kernel may answer more slowly than one types; what is asked next is the better answer.
    const outdated = this.asked.waiting !== null || settings !== this.settings || !same(sentences, this.sentences);
    if (message !== null && !outdated) this.tell(message);
    // An answer has no name but what stands in the fields: the one before is not of these sentences.
    else if (message === null) this.forget();
  }

  /** @returns {Sentences} what stands in the fields */
  get sentences() {
    return { premise: this.premise.value, hypothesis: this.hypothesis.value };
  }

  forget() {
    this.pace.textContent = "";
    for (const note of this.notes) note.forget();
    this.bars.node.hidden = true;
    this.answer.hidden = true;
  }

  /** @param {import("./messages").ProbeMessage} message */
  tell({ probabilities, unit, leaves, premise, hypothesis, marks, unknown, firing, count, units, seconds }) {
    this.answer.hidden = false;
    this.bars.node.hidden = false;
    this.pace.textContent = `answered in ${formatPace(seconds)}`;
    this.bars.show(probabilities);
    this.notes[0].tell(premise, unknown);
    this.notes[1].tell(hypothesis, unknown);
    const holding = leaves.filter((leaf) => leaf.holds !== leaf.negated);
    this.unitWords.replaceChildren(
      element(
        "div",
        { class: "compexp-row" },
        element("span", { class: "compexp-strong" }, `unit ${unit.unit}`),
        element("span", {}, unit.fires ? `fires, ${formatActivation(unit.activation)}` : `is silent, ${formatActivation(unit.activation)}`),
        leaves.length > 0 ? element("span", {}, unit.holds ? "the formula is true" : "the formula is false") : null,
        leaves.length > 0 ? agreement(unit.fires === unit.holds) : null,
      ),
      element(
        "div",
        { class: "compexp-row" },
        ...leaves.map((leaf) => leafState(leaf)),
      ),
      holding.length > 0
        ? element("div", { class: "compexp-probe-marked" }, markedSentence(premise, marks.premise, leaves), element("span", { class: "compexp-muted" }, " / "), markedSentence(hypothesis, marks.hypothesis, leaves))
        : "",
    );
    const largest = Math.max(0, ...firing.map((one) => one.activation ?? 0));
    const rest = count - firing.length;
    this.firing.replaceChildren(
      element("div", { class: "compexp-caption" }, count === 0 ? "No unit fires." : `${formatPlural(count, "unit")} of ${formatCount(units)} fire${count === 1 ? "s" : ""}${rest > 0 ? `; the ${formatCount(firing.length)} strongest` : ""}:`),
      element("div", { class: "compexp-lines compexp-firing-lines" }, ...firing.map((one) => this.firingLine(one, largest))),
    );
  }

  /**
   * @param {import("./messages").FiringUnit} one
   * @param {number} largest
   */
  firingLine({ unit, activation, text, tokens, holds, explained }, largest) {
    const state = text === "" ? "" : holds ? "true" : "false";
    return element(
      "button",
      { type: "button", class: "compexp-line compexp-firing-line", title: text ? `${text}: ${state} here` : "without a formula", on: { click: () => this.onUnit(unit) } },
      element("span", { class: "compexp-number" }, String(unit)),
      element("span", { class: "compexp-line-score" }, shareBar(largest > 0 && activation !== null ? activation / largest : 0), element("span", { class: "compexp-number" }, formatActivation(activation))),
      text ? smallFormula(tokens, this.study.categories) : element("span", { class: "compexp-caption" }, explained ? "no formula" : "not explained yet"),
      element("span", { class: `compexp-line-proof${holds ? " compexp-strong" : ""}` }, state),
    );
  }
}

/**
 * @param {string} name
 * @param {Node} input
 */
function label(name, input) {
  return element("label", { class: "compexp-probe-field" }, element("span", { class: "compexp-caption" }, name), input);
}

/** @param {boolean} agrees */
function agreement(agrees) {
  return element("span", { class: "compexp-caption" }, agrees ? "as the formula says" : "not as the formula says");
}
