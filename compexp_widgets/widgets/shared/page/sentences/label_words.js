/** The labels of a sentence pair, three or two, in words and colours. Never a colour without the word. */

import { element } from "../elements/element.js";
import { formatScore } from "../elements/format.js";

export const LABELS = ["entailment", "neutral", "contradiction"];

/** Each label where there is little room, and where there is hardly any; the number of its colour. */
const KNOWN = /** @type {Record<string, {short: string, tiny: string, colour: number}>} */ ({
  entailment: { short: "entail.", tiny: "ent", colour: 0 },
  neutral: { short: "neutral", tiny: "neu", colour: 1 },
  contradiction: { short: "contrad.", tiny: "con", colour: 2 },
  not_entailment: { short: "not ent.", tiny: "not", colour: 3 },
});

/**
 * @typedef {object} LabelSets
 * @property {string[]} answers the network's labels
 * @property {string[]} gold those of the data
 * @property {boolean[][]} agrees whether a label of the data says the same as one of the network, the data's first
 */

/** @type {LabelSets} */
export const THREE = { answers: LABELS, gold: LABELS, agrees: LABELS.map((one) => LABELS.map((other) => one === other)) };

/**
 * @param {{labels: string[]} & (Pick<import("../../../nli_explorer/page/messages").PairStudyMessage, "gold_labels" | "agreement"> | Pick<import("../../../text_lab/page/messages").Study, "gold_labels" | "agreement">)} study
 * @returns {LabelSets}
 */
export function labelsOf({ labels, gold_labels: gold, agreement }) {
  return { answers: labels, gold, agrees: agreement };
}

/** @param {string | undefined} name a label; `undefined` for a pair without a gold label */
export function labelName(name) {
  return name ?? "no gold label";
}

/** @param {string} name */
export function shortLabel(name) {
  return KNOWN[name]?.short ?? name;
}

/** @param {string} name */
export function tinyLabel(name) {
  return KNOWN[name]?.tiny ?? name;
}

/**
 * The class of a bar in a label's colour.
 *
 * @param {string} name
 */
export function labelFill(name) {
  return `compexp-label-fill-${KNOWN[name]?.colour ?? 1}`;
}

/**
 * A label as a word in its colour.
 *
 * @param {string | undefined} name
 * @param {string} [words] in place of its name
 */
export function labelMark(name, words = labelName(name)) {
  const known = name === undefined ? undefined : KNOWN[name];
  return element("span", { class: `compexp-label ${known ? `compexp-label-${known.colour}` : ""}` }, words);
}

/**
 * What the network says of a pair, against what people said.
 *
 * @param {number} gold
 * @param {number} predicted
 * @param {LabelSets} [labels]
 */
export function verdictOn(gold, predicted, { answers, gold: ofData, agrees } = THREE) {
  const [people, network] = [ofData[gold], answers[predicted]];
  if (!people) return `people did not agree; the network says ${network}`;
  if (people === network) return `people and the network say ${people}`;
  if (agrees[gold][predicted]) return `people say ${people}, the network ${network}, which is as right here`;
  return `people say ${people}, the network ${network}`;
}

export class LabelBars {
  /**
   * @param {string[]} labels the network's
   * @param {(probability: number) => string} [format]
   */
  constructor(labels, format = formatScore) {
    this.format = format;
    this.bars = labels.map((label) => {
      const fill = element("span", { class: labelFill(label) });
      const tick = element("span", { class: "compexp-share-tick", hidden: true });
      const number = element("span", { class: "compexp-number" }, "–");
      const row = element("div", { class: "compexp-share-row" }, labelMark(label), element("span", { class: "compexp-share-bar", "aria-hidden": "true" }, fill, tick), number);
      return { row, fill, tick, number };
    });
    this.node = element("div", { class: "compexp-probe-bars", role: "group", "aria-label": "what the network says" }, ...this.bars.map(({ row }) => row));
  }

  /**
   * @param {number[]} probabilities
   * @param {number[] | null} [before] an edit, where there was one
   */
  show(probabilities, before = null) {
    const highest = Math.max(...probabilities);
    this.bars.forEach(({ row, fill, tick, number }, label) => {
      fill.style.width = `${100 * probabilities[label]}%`;
      tick.hidden = before === null;
      tick.style.left = `${100 * (before?.[label] ?? 0)}%`;
      number.textContent = (before ? `${this.format(before[label])} → ` : "") + this.format(probabilities[label]);
      row.classList.toggle("compexp-strong", probabilities[label] === highest);
    });
  }
}
