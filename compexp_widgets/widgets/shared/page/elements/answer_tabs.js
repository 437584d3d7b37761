/** What more there is to know about a unit's formula: the best of each length, other activations, and whether it is luck. */

import { element } from "./element.js";
import { Evidence } from "../evidence/evidence.js";
import { LengthList } from "../formula/length_list.js";
import { RangeList } from "../firing/range_list.js";
import { searchKey } from "../protocol/settings.js";
import { tabList } from "./tabs.js";

/** @param {import("../explorer/subject_words.js").Subject} subject */
const tabsFor = ({ examples }) => [
  { value: "length", text: "by length", title: "The best formula of each length" },
  { value: "ranges", text: "ranges of activation", title: "What the neuron’s lower activations stand for" },
  { value: "evidence", text: "real or luck?", title: `The formula on ${examples} that the search did not see, and searches in shuffled ones` },
];

export class AnswerTabs {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {import("../explorer/subject_words.js").Subject} options.subject
   * @param {import("./tooltip.js").Tooltip} options.tooltip
   * @param {(answer: import("../formula/length_list.js").LengthAnswer) => void} options.onLength
   * @param {(cluster: number[]) => void} options.onCluster
   * @param {((settings: import("../protocol/settings.js").Settings, of: number, hear: (message: import("../firing/range_list.js").RangeMessage) => void) => Promise<void>) | null} options.onRanges
   *   asks for the ranges of activation; `null` where there are none
   * @param {(settings: import("../protocol/settings.js").Settings) => Promise<import("../messages").EvidenceMessage>} options.onEvidence
   * @param {(what: "ranges" | "evidence") => void} options.onCancel
   * @param {() => void} options.onTested something was learned about whether a formula is luck
   */
  constructor({ categories, subject, tooltip, onLength, onCluster, onRanges, onEvidence, onCancel, onTested }) {
    this.chosen = "length";
    /** @type {import("../explorer/unit_explorer.js").ShownCard | null} */
    this.message = null;
    this.lengths = new LengthList({ categories, tooltip, onChoose: onLength });
    this.ranges = onRanges && new RangeList({ categories, tooltip, onAsk: onRanges, onCancel: () => onCancel("ranges"), onChoose: onCluster });
    this.evidence = new Evidence({ subject, onAsk: onEvidence, onCancel: () => onCancel("evidence"), onAnswer: onTested });
    /** @type {Record<string, HTMLElement>} */
    this.panels = { length: this.lengths.node, ...(this.ranges ? { ranges: this.ranges.node } : {}), evidence: this.evidence.node };
    const panel = element("div", { class: "compexp-tab-panel" }, ...Object.values(this.panels));
    this.tabs = tabList("more about the formula", tabsFor(subject).filter(({ value }) => value in this.panels), (value) => this.choose(value), panel);
    this.node = element("div", { class: "compexp-answer-tabs" }, this.tabs.node, panel);
    this.choose(this.chosen);
  }

  /** @param {string} value */
  choose(value) {
    if (value !== this.chosen) this.leave();
    this.chosen = value;
    this.tabs.set(value, {});
    for (const [name, panel] of Object.entries(this.panels)) panel.hidden = name !== value;
    this.look();
  }

  /** What is computed for the tab ends. */
  leave() {
    this.ranges?.leave();
    this.evidence.leave();
  }

  /** @param {import("../explorer/unit_explorer.js").ShownCard} message */
  show(message) {
    if (this.message?.unit !== message.unit) this.leave();
    this.message = message;
    const { by_length: answers, formula, proof, settings } = message;
    if (message.evidence) this.evidence.known.set(searchKey(settings), message.evidence);
    this.lengths.show(answers, formula.text, proof);
    this.ranges?.about(settings);
    this.ranges?.mark(settings.cluster);
    this.look();
  }

  /** Asks for what the open tab lacks; while the card's own formula is searched for, that comes first. */
  look() {
    if (!this.message || this.message.silent) return;
    const { formula, proof, searched, settings } = this.message;
    const searching = proof.state === "searching";
    if (this.chosen === "ranges" && !searching) this.ranges?.offer(settings);
    if (this.chosen !== "evidence") return;
    if (formula.edited) this.evidence.refuse("The test is made for the formula that the search finds; this one is written by hand.");
    else if (!searched.text) this.evidence.refuse("Nothing to test: no concept overlaps with these activations.");
    else if (searching) this.evidence.refuse("Waiting for the proof …");
    else this.evidence.offer(searchKey(settings), settings, searched.iou);
  }

  /** What is known about whether the card's formula is luck. */
  known() {
    if (this.message === null) return undefined;
    const { formula, proof, settings } = this.message;
    const final = !formula.edited && settings.switched_off.length === 0 && proof.state !== "searching";
    return final ? this.evidence.known.get(searchKey(settings)) : undefined;
  }
}
