/** What the network says of a pair: a bar for each label, and where the bar ended before an edit. */

import { element } from "../elements/element.js";
import { formatScore } from "../elements/format.js";
import { labelFill, labelMark } from "./label_words.js";

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
