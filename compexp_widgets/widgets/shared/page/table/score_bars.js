/** Scores: a number, a word, a bar, and a sentence that says what the number means. */

import { element } from "../elements/element.js";
import { formatPercent, formatScore } from "../elements/format.js";

/**
 * What each score means, in a student's words; `fires` is a clause such as "the neuron fires".
 *
 * @type {Record<string, {label: string, explain: (score: number, fires: string, subject: import("../explorer/subject_words.js").Subject) => string}>}
 */
export const SCORES = {
  iou: {
    label: "IoU",
    explain: (score, fires, { position }) =>
      `IoU ${formatScore(score)}: of all ${position}s where ${fires} or the formula holds, ${formatPercent(score)} are both.`,
  },
  precision: {
    label: "precision",
    explain: (score, fires, { position, at }) =>
      `Precision ${formatScore(score)}: of the ${position}s where the formula holds, ${fires} ${at} ${formatPercent(score)}.`,
  },
  recall: {
    label: "recall",
    explain: (score, fires, { position, at }) =>
      `Recall ${formatScore(score)}: of the ${position}s where ${fires}, the formula holds ${at} ${formatPercent(score)}.`,
  },
  f1: {
    label: "F1",
    explain: (score) =>
      `F1 ${formatScore(score)}: precision and recall in one number (their harmonic mean); it is high only when both are.`,
  },
};

/**
 * A row of scores; `set` fills it.
 *
 * @param {("iou" | "precision" | "recall" | "f1")[]} names the first one large
 * @param {import("../elements/tooltip.js").Tooltip} tooltip
 * @param {import("../explorer/subject_words.js").Subject} subject
 * @returns {{node: HTMLElement, set: (scores: import("../messages").Scores, fires: string) => void}}
 */
export function scoreRow(names, tooltip, subject) {
  /** @type {import("../messages").Scores | null} */
  let shown = null;
  let clause = "the neuron fires";
  const figures = names.map((name) => {
    const number = element("span", { class: "compexp-score-number" }, "–");
    const bar = element("span", { class: "compexp-score-bar" }, element("span"));
    const figure = element(
      "div",
      { class: "compexp-score", tabindex: 0, role: "img", "data-score": name },
      number,
      element("span", { class: "compexp-score-label" }, SCORES[name].label),
      bar,
    );
    const words = () => (shown ? SCORES[name].explain(shown[name], clause, subject) : `${SCORES[name].label}: not known yet.`);
    tooltip.explain(figure, words);
    const update = () => {
      number.textContent = formatScore(shown?.[name]);
      bar.firstChild.style.width = `${100 * Math.min(1, Math.max(0, shown?.[name] ?? 0))}%`;
      figure.setAttribute("aria-label", words());
    };
    update();
    return { figure, update };
  });
  return {
    node: element("div", { class: "compexp-scores" }, ...figures.map(({ figure }) => figure)),
    set: (scores, fires) => {
      shown = scores;
      clause = fires;
      for (const { update } of figures) update();
    },
  };
}
