/** Gold against predicted labels: on all pairs, on those where the unit fires, and on those where the formula holds. */

import { element } from "./element.js";
import { formatCount, formatPercent, formatPlural } from "./format.js";
import { labelMark, LABELS, labelName, SHORT_LABELS, TINY_LABELS } from "./label_words.js";

/** Rows of a table of labels: gold × predicted; the last row has the pairs without a gold label. */
/** @typedef {number[][]} Confusion */

/**
 * Sums of a confusion matrix. Pure.
 *
 * @param {Confusion} confusion
 */
export function labelShares(confusion) {
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  const judged = confusion.slice(0, LABELS.length);
  const right = judged.reduce((sum, row, label) => sum + row[label], 0);
  const withGold = judged.flat().reduce((sum, count) => sum + count, 0);
  const share = (/** @type {number} */ count, /** @type {number} */ of) => (of > 0 ? count / of : NaN);
  return {
    total,
    gold: judged.map((row) => share(row.reduce((sum, count) => sum + count, 0), withGold)),
    predicted: LABELS.map((_, label) => share(confusion.reduce((sum, row) => sum + row[label], 0), total)),
    accuracy: share(right, withGold),
  };
}

export class LabelPanel {
  constructor() {
    this.node = element("div", { class: "compexp-label-panel" });
  }

  /** @param {{all: Confusion, fires: Confusion, holds: Confusion}} labels */
  show({ all, fires, holds }) {
    const average = labelShares(all);
    this.node.replaceChildren(
      block("all pairs", all, average),
      block("the neuron fires", fires, average),
      block("the formula holds", holds, average),
    );
  }
}

/**
 * @param {string} title
 * @param {Confusion} confusion
 * @param {ReturnType<typeof labelShares>} average of all pairs
 */
function block(title, confusion, average) {
  const shares = labelShares(confusion);
  const head = element(
    "div",
    { class: "compexp-label-head" },
    element("h3", {}, title),
    element("span", { class: "compexp-caption" }, formatPlural(shares.total, "pair")),
  );
  if (shares.total === 0) return element("section", {}, head, element("div", { class: "compexp-caption" }, "There are none."));
  return element(
    "section",
    {},
    head,
    shareRows("gold", shares.gold, average.gold),
    shareRows("predicted", shares.predicted, average.predicted),
    matrix(confusion, shares.total),
    element("div", { class: "compexp-caption" }, Number.isFinite(shares.accuracy) ? `The network agrees with people on ${formatPercent(shares.accuracy)}.` : "None has a gold label."),
  );
}

/**
 * @param {string} whose
 * @param {number[]} shares
 * @param {number[]} average
 */
function shareRows(whose, shares, average) {
  return element(
    "div",
    { class: "compexp-shares", role: "group", "aria-label": `${whose} labels` },
    element("span", { class: "compexp-caption" }, whose),
    ...LABELS.map((name, label) => {
      const fill = element("span", { class: `compexp-label-fill-${label}` });
      fill.style.width = `${100 * (Number.isFinite(shares[label]) ? shares[label] : 0)}%`;
      const tick = element("span", { class: "compexp-share-tick" });
      tick.style.left = `${100 * (Number.isFinite(average[label]) ? average[label] : 0)}%`;
      return element(
        "div",
        { class: "compexp-share-row", title: `${name}: ${formatPercent(shares[label])}, of all pairs ${formatPercent(average[label])} (the mark)` },
        labelMark(label, SHORT_LABELS[label]),
        element("span", { class: "compexp-share-bar", "aria-hidden": "true" }, fill, tick),
        element("span", { class: "compexp-number" }, formatPercent(shares[label])),
      );
    }),
  );
}

/**
 * @param {Confusion} confusion
 * @param {number} total
 */
function matrix(confusion, total) {
  const rows = confusion.map((counts, gold) => ({ counts, gold: gold < LABELS.length ? gold : -1 }));
  const shown = rows.filter(({ counts, gold }) => gold >= 0 || counts.some((count) => count > 0));
  return element(
    "table",
    { class: "compexp-matrix" },
    element(
      "thead",
      {},
      element("tr", {}, element("th", { scope: "col", title: "rows: what people say; columns: what the network says" }, "gold ↓"), ...TINY_LABELS.map((name, label) => element("th", { scope: "col" }, labelMark(label, name)))),
    ),
    element(
      "tbody",
      {},
      ...shown.map(({ counts, gold }) =>
        element(
          "tr",
          {},
          element("th", { scope: "row" }, gold >= 0 ? labelMark(gold, TINY_LABELS[gold]) : labelMark(-1, "none")),
          ...counts.map((count, predicted) => {
            const cell = element(
              "td",
              { class: gold === predicted ? "compexp-agrees" : null, title: `gold ${labelName(gold)}, predicted ${labelName(predicted)}: ${formatPlural(count, "pair")}, ${formatPercent(count / total)}` },
              formatCount(count),
            );
            cell.style.setProperty("--compexp-share", String(count / total));
            return cell;
          }),
        ),
      ),
    ),
  );
}
