/** What the network says before and after the edits: the answer first and large, then the likeliest classes as bars. */

import { element } from "../../../shared/page/elements/element.js";
import { formatPace, formatPercent, formatScore } from "../../../shared/page/elements/format.js";
import { classRows, isReached } from "./response.js";
import { verdictWords } from "../paste_words.js";

export class PredictionPanel {
  /**
   * @param {string[]} classes
   * @param {import("../../../shared/page/elements/tooltip.js").Tooltip} tooltip
   */
  constructor(classes, tooltip) {
    this.classes = classes;
    this.tooltip = tooltip;
    this.answer = element("div", { class: "compexp-flip" });
    this.verdict = element("div", { class: "compexp-flip-words" });
    this.facts = element("div", { class: "compexp-caption" });
    this.rows = element("div", { class: "compexp-class-rows", role: "table", "aria-label": "probabilities before and after the edits" });
    this.node = element(
      "section",
      { class: "compexp-prediction", "aria-label": "prediction" },
      this.answer,
      this.verdict,
      this.rows,
      this.facts,
    );
  }

  /**
   * @param {import("../messages").Response} message
   * @param {number} target
   * @param {number} edits how many there are
   * @returns {string} the answer in one sentence
   */
  show(message, target, edits) {
    const { before, after, original, flipped, covered, seconds } = message;
    const name = (/** @type {number} */ index) => this.classes[index] ?? `class ${index}`;
    const reached = isReached(message, target);
    const from = classAnswer(name(original), before.probabilities[original]);
    const to = classAnswer(name(after.predicted), after.probabilities[after.predicted]);
    this.answer.replaceChildren(from, ...(edits > 0 ? [element("span", { class: "compexp-flip-arrow", "aria-label": "becomes" }, "→"), to] : []));
    this.answer.classList.toggle("compexp-flipped", flipped);
    const words = verdictWords({ from: name(original), to: name(after.predicted), flipped, reached, target: target < 0 ? null : name(target), edits });
    this.verdict.replaceChildren(
      edits > 0 ? element("span", { class: `compexp-flip-mark${reached ? " compexp-flip-yes" : ""}`, "aria-hidden": "true" }, reached ? "✓" : flipped ? "○" : "–") : "",
      element("span", {}, words),
    );
    this.rows.replaceChildren(...classRows(message, this.classes, target).map((row) => this.classRow(row, edits > 0)));
    this.facts.textContent = edits > 0 ? `The edits change ${formatPercent(covered)} of the picture. Answered in ${formatPace(seconds)}.` : `Answered in ${formatPace(seconds)}.`;
    return words;
  }

  /**
   * @param {import("./response.js").ClassRow} row
   * @param {boolean} edited
   */
  classRow(row, edited) {
    const { name, before, after, original, predicted, wanted } = row;
    const bar = (/** @type {string} */ when, /** @type {number} */ share) => {
      const fill = element("span", { class: `compexp-class-${when}` });
      fill.style.width = `${100 * Math.min(1, Math.max(0, share))}%`;
      return fill;
    };
    const notes = [original && "original", wanted && "wanted"].filter(Boolean).join(", ");
    const node = element(
      "div",
      { role: "row", class: `compexp-class-row${predicted ? " compexp-strong" : ""}`, tabindex: 0 },
      element("span", { role: "cell", class: "compexp-class-name" }, element("span", { class: "compexp-ellipsis" }, name), notes ? element("span", { class: "compexp-class-note" }, notes) : null),
      element("span", { class: "compexp-class-bars", "aria-hidden": "true" }, edited && bar("before", before), bar("after", after)),
      element(
        "span",
        { role: "cell", class: "compexp-number compexp-class-numbers" },
        edited ? element("span", { class: "compexp-muted" }, `${formatScore(before)} → `) : null,
        formatScore(after),
        element("span", { class: "compexp-class-mark", "aria-label": predicted && edited && !original ? "flipped to" : null }, predicted && edited && !original ? " ◀" : ""),
      ),
    );
    this.tooltip.explain(node, () =>
      element("div", {}, element("div", { class: "compexp-strong" }, name), edited ? `Probability ${formatPercent(before)} before the edits, ${formatPercent(after)} after.` : `Probability ${formatPercent(after)}.`),
    );
    return node;
  }
}

/**
 * @param {string} name
 * @param {number} probability
 */
function classAnswer(name, probability) {
  return element("span", { class: "compexp-class-answer" }, element("span", { class: "compexp-break" }, name), " ", element("span", { class: "compexp-number compexp-muted" }, formatScore(probability)));
}
