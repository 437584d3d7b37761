/** The right side of NLIExplorer: one unit's formula and scores, the lexical concept table, pairs, labels, a probe line. */

import { element } from "../../shared/page/elements/element.js";
import { FormulaAnswer } from "../../shared/page/formula/formula_answer.js";
import { LabelPanel } from "./label_panel.js";
import { labelFill, labelsOf } from "../../shared/page/sentences/label_words.js";
import { signedBar } from "../../shared/page/table/cells.js";
import { formatSigned } from "../../shared/page/elements/format.js";
import { PairList } from "./pair_list.js";
import { NO_PAIRS, numbersOf, PAIR_GALLERIES, PAIR_TABS, silenceOf } from "./pair_words.js";
import { ProbeLine } from "./probe_line.js";
import { PAIRS } from "../../shared/page/explorer/subject_words.js";
import { tabList } from "../../shared/page/elements/tabs.js";
import { WordTable } from "./word_table.js";

/** @typedef {import("./messages").PairCard & {settings: import("../../shared/page/protocol/settings.js").Settings}} ShownPairCard */

export class PairCard {
  /**
   * @param {object} options
   * @param {import("./messages").PairStudyMessage} options.study
   * @param {import("../../shared/page/protocol/channel.js").Channel<import("./messages").Requests>} options.channel
   * @param {import("../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {(words: string) => void} options.announce
   * @param {import("../../shared/page/formula/formula_answer.js").AnswerListeners} options.listeners
   * @param {import("../../shared/page/explorer/unit_explorer.js").Fail} options.onFail
   */
  constructor({ study, channel, tooltip, announce, listeners, onFail }) {
    this.study = study;
    this.channel = channel;
    this.announce = announce;
    this.listeners = listeners;
    this.onFail = onFail;
    /** @type {ShownPairCard | null} */
    this.message = null;
    this.answer = new FormulaAnswer({ study, subject: PAIRS, tooltip, listeners });
    this.weights = element("div", { class: "compexp-weights", hidden: !study.class_weights });
    this.answer.title.append(this.weights);
    this.words = new WordTable({ study, onToggle: (concept) => void this.toggle(concept) });
    this.list = new PairList(labelsOf(study));
    this.galleries = tabList("which pairs", PAIR_GALLERIES, (/** @type {any} */ gallery) => listeners.onChange({ gallery }), this.list.node);
    this.labels = new LabelPanel(labelsOf(study));
    /** @type {Record<string, HTMLElement>} */
    this.panels = {
      words: this.words.node,
      pairs: element("div", { class: "compexp-pairs" }, this.galleries.node, this.list.node),
      labels: this.labels.node,
    };
    const panel = element("div", { class: "compexp-tab-panel" }, ...Object.values(this.panels));
    this.tabs = tabList("the unit on the data", PAIR_TABS, (/** @type {any} */ tab) => listeners.onChange({ tab }), panel);
    this.data = element("div", { class: "compexp-unit-data" }, this.tabs.node, panel);
    this.probe = new ProbeLine({
      study,
      onAsk: (sentences, settings) => this.askProbe(sentences, settings),
      onUnit: (unit) => listeners.onChange({ unit }),
    });
    this.node = element(
      "section",
      { class: "compexp-card", "aria-label": "unit" },
      this.answer.title,
      this.answer.node,
      this.answer.silence,
      this.data,
    );
    this.below = this.probe.node;
  }

  destroy() {
    this.answer.destroy();
    this.words.destroy();
    this.probe.destroy();
  }

  /**
   * Shows a card, at once.
   *
   * @param {ShownPairCard} message
   * @param {DataView[]} buffers the columns of the lexical table, when that is the open tab
   * @returns {Promise<void>}
   */
  async show(message, buffers) {
    this.message = message;
    const { tab, gallery } = message.settings;
    this.answer.show(message, { numbers: numbersOf(message), silence: silenceOf(message) });
    this.data.hidden = message.active === 0 || message.state === "constant";
    this.showWeights(message.unit);
    this.tabs.set(tab, {});
    for (const [name, panel] of Object.entries(this.panels)) panel.hidden = name !== tab;
    if (tab === "words") this.words.show(buffers);
    if (message.labels) this.labels.show(message.labels);
    if (message.examples && message.gallery_counts && message.marked_leaves) {
      this.galleries.set(gallery, message.gallery_counts);
      this.list.show(message.examples, { leaves: message.marked_leaves, largest: message.max_activation ?? 0, emptyWords: NO_PAIRS[gallery] });
    }
    this.probe.show(message);
  }

  /** @param {number} unit */
  showWeights(unit) {
    const weights = this.study.class_weights;
    if (!weights) return;
    const largest = Math.max(...weights.flat().map(Math.abs));
    this.weights.replaceChildren(
      ...weights.map((ofLabel, label) =>
        element(
          "span",
          { class: "compexp-weight-words", title: `The unit’s weight to ${this.study.labels[label]}: above 0 it speaks for it` },
          element("span", { class: "compexp-caption" }, this.study.labels[label]),
          signedBar(ofLabel[unit], largest, labelFill(this.study.labels[label])),
          element("span", { class: "compexp-number" }, formatSigned(ofLabel[unit])),
        ),
      ),
    );
  }

  /**
   * What changes at once, before the kernel has answered.
   *
   * @param {import("../../shared/page/protocol/settings.js").Settings} settings
   */
  anticipate(settings) {
    this.answer.anticipate(settings);
    this.tabs.set(settings.tab, {});
    this.galleries.set(settings.gallery, this.message?.gallery_counts ?? {});
  }

  setView() {
    // Nothing is shown that the kernel is not asked for.
  }

  /**
   * Puts a concept into the formula shown, or takes it out.
   *
   * @param {number} concept
   */
  async toggle(concept) {
    const { message } = this;
    if (message === null) return;
    const operator = this.study.operators[Math.max(0, this.words.rows[concept].way)];
    try {
      const { message: edited } = await this.channel.request("toggle", { formula: message.shown.text, concept, operator });
      if (this.message !== message) return;
      if (edited.text === "") {
        this.announce("A formula needs at least one concept.");
        return;
      }
      this.answer.setEditing(false);
      this.listeners.onDraft(null);
      this.listeners.onChange({ formula_text: edited.text === message.searched.text ? "" : edited.text });
    } catch (error) {
      this.onFail(error, "The formula stays as it was.");
    }
  }

  /**
   * @param {import("./probe_line.js").Sentences} sentences
   * @param {import("../../shared/page/protocol/settings.js").Settings} settings
   */
  async askProbe(sentences, settings) {
    return (await this.channel.request("probe", { ...sentences, settings })).message;
  }
}
