/** The best formula of each length, one line a length; a line is a button that shows its formula. */

import { element } from "../elements/element.js";
import { formatPlural, formatScore } from "../elements/format.js";
import { scoreCell, smallFormula } from "./formula_line.js";
import { proofOfLength, proofWords } from "../evidence/proof_words.js";

/** @typedef {import("../messages").FormulaOfLength} LengthAnswer */

export class LengthList {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {import("../elements/tooltip.js").Tooltip} options.tooltip
   * @param {(answer: LengthAnswer) => void} options.onChoose
   */
  constructor({ categories, tooltip, onChoose }) {
    this.categories = categories;
    this.tooltip = tooltip;
    this.onChoose = onChoose;
    /** @type {LengthAnswer[]} */
    this.answers = [];
    this.node = element("div", { class: "compexp-lines", role: "group", "aria-label": "best formula of each length" });
  }

  /**
   * @param {LengthAnswer[]} answers
   * @param {string} shownText the formula on the card
   * @param {import("../evidence/proof_words.js").Proof | undefined} proof
   */
  show(answers, shownText, proof) {
    this.answers = answers;
    // Lines that stay keep the focus while the formulas in them change.
    while (this.node.children.length > answers.length) this.node.lastChild.remove();
    while (this.node.children.length < answers.length) this.node.append(this.line(this.node.children.length));
    const highest = Math.max(0, ...answers.map(({ iou }) => iou));
    // Several lengths may have the same best formula: it is pressed once, where it is shortest.
    const pressed = answers.findIndex(({ text }) => text === shownText);
    answers.forEach((answer, place) => {
      const line = this.node.children[place];
      const sure = proofOfLength(answer, proof);
      const drawing = JSON.stringify([answer, sure, highest]);
      if (line.dataset.drawing !== drawing) {
        line.dataset.drawing = drawing;
        line.replaceChildren(
          element("span", { class: "compexp-line-head compexp-number" }, String(answer.length)),
          smallFormula(answer.tokens, this.categories),
          scoreCell(answer.iou, highest, sure, this.tooltip),
        );
        line.title = `The best formula with up to ${formatPlural(answer.length, "concept")}: ${answer.text}`;
        const words = proofWords(sure, answer.iou);
        line.setAttribute(
          "aria-label",
          `best with up to ${formatPlural(answer.length, "concept")}: ${answer.text}, IoU ${formatScore(answer.iou)}${words ? `, ${words.text}` : ""}`,
        );
      }
      line.setAttribute("aria-pressed", String(place === pressed));
    });
  }

  /** @param {number} place */
  line(place) {
    return element("button", {
      type: "button",
      class: "compexp-line compexp-length-line",
      on: { click: () => this.onChoose(this.answers[place]) },
    });
  }
}
