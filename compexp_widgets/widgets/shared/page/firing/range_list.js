/** What a unit detects at each range of its activations, from the highest to the lowest; a line is a button that shows it. */

import { button, choice } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { formatScore, formatPercent } from "../elements/format.js";
import { scoreCell, smallFormula } from "../formula/formula_line.js";
import { Cancelled, failureWords } from "../protocol/channel.js";
import { sameSettings } from "../protocol/settings.js";
import { activationBar } from "./activation_bar.js";
import { limitsWords } from "./firing.js";

/** @typedef {import("../../../vision_explorer/page/messages").Ranges} Ranges */
/** @typedef {import("../../../vision_explorer/page/messages").RangeFormula} RangeFormula */
/** @typedef {Ranges | RangeFormula} RangeMessage */

const NUMBERS = [3, 5, 10];

/** The traits that the ranges depend on: all of the search's but the quantile, whose place they take. */
const RANGE_TRAITS = ["unit", "max_length", "beam_size", "operators", "metric", "excluded_categories"];

export class RangeList {
  /**
   * @param {object} options
   * @param {string[]} options.categories
   * @param {import("../elements/tooltip.js").Tooltip} options.tooltip
   * @param {(settings: import("../protocol/settings.js").Settings, of: number, hear: (message: RangeMessage) => void) => Promise<void>} options.onAsk hands on
   *   what the kernel tells, until the next question
   * @param {() => void} options.onCancel
   * @param {(cluster: number[]) => void} options.onChoose empty for the largest activations
   */
  constructor({ categories, tooltip, onAsk, onCancel, onChoose }) {
    this.categories = categories;
    this.tooltip = tooltip;
    this.onAsk = onAsk;
    this.onCancel = onCancel;
    this.onChoose = onChoose;
    /** @type {import("../protocol/settings.js").Settings | null} what is or was asked about */
    this.asked = null;
    /** @type {Ranges | null} */
    this.ranges = null;
    /** @type {Map<number, RangeFormula>} by number */
    this.rows = new Map();
    /** Whether the kernel is at work. */
    this.running = false;
    /** @type {number[]} the range on the card */
    this.cluster = [];
    this.of = 5;

    this.numbers = choice("how many ranges", NUMBERS.map((value) => ({ value, text: String(value) })), (value) => this.divide(value));
    this.state = element("span", { class: "compexp-caption", role: "status" });
    this.cancel = button("cancel", () => this.stop("stopped"));
    this.again = button("go on", () => void this.ask());
    this.lines = element("div", { class: "compexp-lines", role: "group", "aria-label": "ranges of activation, the highest first" });
    this.node = element(
      "div",
      { class: "compexp-panel" },
      element(
        "div",
        { class: "compexp-panel-head" },
        element("span", { class: "compexp-row" }, "k-means ranges", this.numbers.node),
        element("span", { class: "compexp-row" }, this.state, this.cancel, this.again),
      ),
      this.lines,
    );
    this.numbers.set(this.of);
    this.tell();
  }

  /**
   * Asks for the ranges of a unit unless they are known or on their way.
   *
   * @param {import("../protocol/settings.js").Settings} settings
   */
  offer(settings) {
    this.mark(settings.cluster);
    if (sameSettings(settings, this.asked, RANGE_TRAITS)) return;
    this.asked = settings;
    void this.ask();
  }

  /** @param {number[]} cluster the range that the card shows */
  mark(cluster) {
    this.cluster = cluster;
    if (cluster.length === 2 && cluster[1] !== this.of) {
      this.of = cluster[1];
      this.asked = null;
    }
    this.numbers.set(this.of);
    for (const line of this.lines.children) this.press(line);
  }

  /** @param {number} of how many ranges there shall be */
  divide(of) {
    this.of = of;
    if (this.cluster.length === 2) this.onChoose([]);
    this.cluster = [];
    void this.ask();
  }

  async ask() {
    const asked = this.asked;
    if (!asked) return;
    const of = this.of;
    this.ranges = null;
    this.rows.clear();
    this.running = true;
    this.tell("dividing the activations …");
    try {
      await this.onAsk(asked, of, (message) => {
        if (asked === this.asked && of === this.of) this.hear(message);
      });
    } catch (error) {
      if (asked === this.asked && of === this.of) this.end(error instanceof Cancelled ? "stopped" : `not found: ${failureWords(error)}`);
    }
  }

  /** @param {RangeMessage} message */
  hear(message) {
    if (message.type === "ranges") this.ranges = message;
    else this.rows.set(message.number, message);
    this.running = !this.isWhole();
    this.tell();
  }

  isWhole() {
    return this.ranges !== null && this.rows.size === this.ranges.ranges.length;
  }

  /** Nobody looks any more: what is running ends, and is asked for again when somebody does. */
  leave() {
    if (!this.running) return;
    this.stop("");
    this.asked = null;
  }

  /**
   * Ends what is running; the rows found so far stay.
   *
   * @param {string} words why
   */
  stop(words) {
    if (!this.running) return;
    this.onCancel();
    this.end(words);
  }

  /** @param {string} words why nothing more comes */
  end(words) {
    this.running = false;
    this.tell(words);
  }

  /**
   * The card is another: ranges of another unit, or found with other settings, do not stand below it.
   *
   * @param {import("../protocol/settings.js").Settings} settings
   */
  about(settings) {
    if (this.asked === null || sameSettings(settings, this.asked, RANGE_TRAITS)) return;
    this.stop("");
    this.asked = null;
    this.ranges = null;
    this.rows.clear();
    this.tell("");
  }

  /** @param {string} [words] the state, where it is not the number of rows */
  tell(words) {
    const total = this.ranges?.ranges.length ?? 0;
    const none = total === 0 && this.ranges !== null;
    this.state.textContent = none
      ? `This unit has fewer than ${this.of} different positive activations.`
      : (words ?? (this.running ? `${this.rows.size} of ${total} explained` : "click a range to see it"));
    this.cancel.hidden = !this.running;
    this.again.hidden = this.running || this.isWhole() || this.asked === null;
    this.draw();
  }

  draw() {
    /** @type {(import("../../../vision_explorer/page/messages").RangeLimits | {number: number, low: null, high: null})[]} */
    const ranges = this.ranges?.ranges ?? Array.from({ length: this.of }, (_, place) => ({ number: this.of - place, low: null, high: null }));
    const highest = Math.max(0, ...[...this.rows.values()].map(({ iou }) => iou));
    while (this.lines.children.length > ranges.length) this.lines.lastChild.remove();
    while (this.lines.children.length < ranges.length) this.lines.append(this.line());
    ranges.forEach((range, place) => {
      const line = this.lines.children[place];
      const row = this.rows.get(range.number);
      const drawing = JSON.stringify([range, row, row ? highest : 0, this.ranges?.unit]);
      if (line.dataset.drawing !== drawing) {
        line.dataset.drawing = drawing;
        this.fill(line, range, row, highest);
      }
      this.press(line);
    });
  }

  line() {
    const line = element("button", { type: "button", class: "compexp-line compexp-range-line" });
    line.addEventListener("click", () => {
      if (line.getAttribute("aria-disabled") === "true") return;
      this.onChoose(line.getAttribute("aria-pressed") === "true" ? [] : [Number(line.dataset.number), this.of]);
    });
    return line;
  }

  /**
   * @param {HTMLElement} line
   * @param {import("../../../vision_explorer/page/messages").RangeLimits | {number: number, low: null, high: null}} range
   * @param {RangeFormula | undefined} row
   * @param {number} highest IoU of all rows
   */
  fill(line, range, row, highest) {
    const { number, low, high } = range;
    line.dataset.number = String(number);
    line.setAttribute("aria-disabled", String(!row?.text));
    line.title = row && !row.text ? "No concept overlaps with this range." : "";
    const limits = low === null ? "" : limitsWords(low, high);
    const figures = row ? rangeFigures(row).map((figure) => `${figure.label} ${figure.number}`) : [];
    const found = row ? `: ${[row.text || "no formula", `IoU ${formatScore(row.iou)}`, ...figures].join(", ")}` : "";
    line.setAttribute("aria-label", `range ${number} of ${this.of}, activation ${limits}${found}`);
    line.replaceChildren(
      element(
        "span",
        { class: "compexp-line-head" },
        low === null || !this.ranges ? null : activationBar(this.ranges.histogram, this.ranges.largest, low, high),
        element("span", { class: "compexp-caption compexp-limits" }, limits),
      ),
      row ? this.body(row) : element("span", { class: "compexp-caption" }, low === null ? "" : "searching …"),
      row ? scoreCell(row.iou, highest, row.proof, this.tooltip) : "",
    );
  }

  /** @param {RangeFormula} row */
  body(row) {
    const figures = rangeFigures(row).map(({ label, number, explanation }) => {
      const figure = element("span", {}, `${label} `, element("span", { class: "compexp-figure" }, number));
      this.tooltip.explain(figure, () => element("div", {}, explanation));
      return figure;
    });
    return element(
      "span",
      { class: "compexp-line-body" },
      row.text ? smallFormula(row.tokens, this.categories) : element("span", { class: "compexp-caption" }, "no concept overlaps with this range"),
      element("span", { class: "compexp-range-figures compexp-caption" }, ...figures),
    );
  }

  /** @param {any} line */
  press(line) {
    const [number, of] = this.cluster;
    line.setAttribute("aria-pressed", String(of === this.of && Number(line.dataset.number) === number));
  }
}

/**
 * The figures of a range: the field's name, a short label, the number, and a sentence.
 *
 * @param {RangeFormula} row
 * @returns {{label: string, number: string, explanation: string}[]}
 */
export function rangeFigures(row) {
  const { share, detection_accuracy: accuracy, activation_coverage: coverage, sample_coverage: samples } = row;
  return [
    {
      label: "share",
      number: formatPercent(share),
      explanation: `The activation lies in this range at ${formatPercent(share)} of all positions.`,
    },
    {
      label: "accuracy",
      number: formatScore(accuracy),
      explanation: `Detection accuracy ${formatScore(accuracy)}: of the positions where the formula holds, the activation lies in this range at ${formatPercent(accuracy)}. It is the formula’s precision.`,
    },
    {
      label: "recall",
      number: formatScore(coverage),
      explanation: `Activation coverage ${formatScore(coverage)}: of the positions in this range, the formula holds at ${formatPercent(coverage)}. It is the formula’s recall.`,
    },
    {
      label: "pictures",
      number: formatScore(samples),
      explanation: `Sample coverage ${formatScore(samples)}: of the pictures where the formula holds somewhere, it meets this range in ${formatPercent(samples)}.`,
    },
  ];
}
