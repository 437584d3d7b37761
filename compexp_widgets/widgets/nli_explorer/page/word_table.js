/**
 * The lexical concept table: every concept of the data against the unit shown, alone and together with its formula.
 *
 * The concepts of the formula stand first. A click, or Enter, puts a concept into the formula or takes it out.
 */

import { markWords } from "../../shared/page/table/cells.js";
import { categoryMark } from "../../shared/page/elements/colour.js";
import { choice, outOfUse } from "../../shared/page/elements/controls.js";
import { element } from "../../shared/page/elements/element.js";
import { formatCount, formatGain, formatScore } from "../../shared/page/elements/format.js";
import { clickWords, IN_FORMULA, ofKind, wordRows } from "./lexicon.js";
import { LongTable } from "../../shared/page/table/long_table.js";

const WORDS = {
  rows: "concepts",
  filter: "filter concepts by word",
  placeholder: "filter: a word, a tag, a kind",
  empty: "No concept has these words.",
};

const SIDES = [
  { value: "", text: "both sides" },
  { value: "premise", text: "premise" },
  { value: "hypothesis", text: "hypothesis" },
];

export class WordTable {
  /**
   * @param {object} options
   * @param {import("./messages").PairStudyMessage} options.study
   * @param {(concept: number) => void} options.onToggle
   */
  constructor({ study, onToggle }) {
    this.study = study;
    /** @type {import("./lexicon.js").WordRow[]} */
    this.rows = [];
    this.side = "";
    this.kind = "";
    /** @type {string[]} */
    const kinds = [...new Set(study.concepts.map(({ kind }) => kind))];
    this.table = new LongTable({
      columns: columns(study),
      words: WORDS,
      keyOf: ({ index }) => index,
      searchable: ({ name, category }) => `${name} ${category}`,
      rowClass: ({ way }) => (way === IN_FORMULA ? "compexp-word-in" : ""),
      isFirst: ({ way }) => way === IN_FORMULA,
      onChoose: onToggle,
      sortedBy: "iou",
      follow: false,
    });
    this.sides = choice("side of the pair", SIDES, (side) => this.restrict({ side }));
    this.kinds = element(
      "select",
      { class: "compexp-select", "aria-label": "kind of concept", on: { change: () => this.restrict({ kind: this.kinds.value }) } },
      element("option", { value: "" }, "all kinds"),
      ...kinds.map((kind) => element("option", { value: kind }, kind)),
    );
    this.sides.set("");
    outOfUse(this.kinds, null, "Show one kind of concept");
    this.table.node.firstChild?.insertBefore(element("div", { class: "compexp-row" }, this.sides.node, this.kinds), this.table.count);
    this.node = element(
      "div",
      { class: "compexp-lexicon" },
      this.table.node,
      element("div", { class: "compexp-caption" }, "A click or Enter puts a concept into the formula, or takes it out."),
    );
  }

  destroy() {
    this.table.destroy();
  }

  /** @param {{side?: string, kind?: string}} chosen */
  restrict({ side = this.side, kind = this.kind }) {
    this.side = side;
    this.kind = kind;
    this.refresh();
    this.table.scroller.scrollTop = 0;
  }

  /** @param {DataView[]} buffers of a card whose tab is `words` */
  show(buffers) {
    this.rows = wordRows(this.study.concepts, buffers);
    this.refresh();
  }

  refresh() {
    this.table.setEntries(ofKind(this.rows, this.side, this.kind));
  }
}

/**
 * @param {import("./messages").PairStudyMessage} study
 * @returns {import("../../shared/page/table/long_table.js").Column[]}
 */
function columns({ categories, operators, pairs }) {
  const score = (/** @type {"iou" | "precision" | "recall"} */ key, /** @type {string} */ title, /** @type {string} */ explanation) => ({
    key,
    title,
    explanation,
    value: (/** @type {any} */ row) => row[key],
    first: /** @type {const} */ ("descending"),
    number: true,
    cell: (/** @type {any} */ row) => [formatScore(row[key])],
  });
  return [
    {
      key: "name",
      title: "concept",
      explanation: "What holds or not for a pair; sorts by its name",
      value: ({ name }) => name.toLowerCase(),
      first: "ascending",
      cell: ({ name, way, category, ...row }, filter) => [
        element("span", { class: "compexp-in-mark", "aria-hidden": "true" }, way === IN_FORMULA ? "✓" : ""),
        categoryMark(categories, category),
        element(
          "span",
          { class: "compexp-ellipsis", title: clickWords({ name, way, category, ...row }, operators, formatGain) },
          ...markWords(name, filter),
        ),
      ],
    },
    {
      key: "category",
      title: "kind",
      explanation: "The side of the pair and the kind of concept",
      value: ({ category }) => category,
      first: "ascending",
      cell: ({ category }) => [
        element("span", { class: "compexp-caption compexp-ellipsis", title: category }, category.replace("premise", "pre.").replace("hypothesis", "hyp.")),
      ],
    },
    {
      key: "count",
      title: "count",
      explanation: `The pairs, of ${formatCount(pairs)}, for which it holds`,
      value: ({ count }) => count,
      first: "descending",
      number: true,
      cell: ({ count }) => [formatCount(count)],
    },
    score("iou", "IoU", "Of the pairs on which the neuron fires or this concept holds: the share that are both"),
    score("precision", "prec.", "Precision: of the pairs where this concept holds, the share on which the neuron fires"),
    score("recall", "recall", "Of the pairs on which the neuron fires, the share where this concept holds"),
    {
      key: "change",
      title: "change",
      explanation: "For a concept of the formula: the IoU lost without it. For another: the IoU gained by the best way to add it",
      value: ({ change }) => change,
      first: "descending",
      number: true,
      cell: ({ way, change }) => [
        element("span", { class: "compexp-way" }, way === IN_FORMULA ? "without" : operators[way]),
        element("span", {}, formatGain(way === IN_FORMULA ? -change : change)),
      ],
    },
  ];
}
