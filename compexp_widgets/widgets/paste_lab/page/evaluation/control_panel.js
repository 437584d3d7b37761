/** Does the formula cause the flip? The edit beside its controls, and the same picture shown to other networks. */

import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatActivation, formatScore } from "../../../shared/page/elements/format.js";
import { failureWords } from "../../../shared/page/protocol/channel.js";
import { Job } from "../../../shared/page/protocol/job.js";
import { progressWords } from "../paste_words.js";

/** @typedef {() => {image: number, edits: import("../stage/edit_list.js").Edit[], target: number, units: number[]}} About */

export class ControlPanel {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {About} options.about
   */
  constructor({ channel, about }) {
    this.about = about;
    this.job = new Job({
      type: "controls",
      start: "run the controls",
      label: "progress",
      words: (part, finished) => progressWords(part, "control", finished),
      channel,
      ask: () => this.ask(),
      onMessage: (message, { finished }) => this.hear(message, finished),
    });
    this.verdict = element("div", { class: "compexp-flip-words compexp-strong", role: "status" });
    this.table = element("div", {});
    this.node = element(
      "div",
      { class: "compexp-tool" },
      element(
        "div",
        { class: "compexp-caption" },
        "If the formula is the reason, the edit flips the prediction and its controls do not: the patch scrambled, patches of other concepts in its place, the unit silenced.",
      ),
      this.job.node,
      this.verdict,
      this.table,
    );
  }

  ask() {
    const { image, edits, target, units } = this.about();
    if (edits.length === 0) {
      this.job.tell("There is no edit to check: place a patch first.");
      return null;
    }
    this.verdict.textContent = "";
    this.table.replaceChildren();
    return { image, edits, target, units };
  }

  /**
   * @param {import("../messages").Controls} message
   * @param {boolean} finished
   */
  hear({ rows, verdict }, finished) {
    this.verdict.textContent = finished ? verdict : "";
    this.table.replaceChildren(
      rows.length === 0
        ? ""
        : dataTable(
            ["what", "", "prediction", "wanted class", "unit"],
            rows.map(({ what, words, flipped, target_before: before, target_after: after, unit_after: unit }) => [
              what,
              words ?? "",
              flippedMark(flipped),
              `${formatScore(before)} → ${formatScore(after)}`,
              unit === null || unit === undefined ? "–" : formatActivation(unit),
            ]),
            2,
          ),
    );
  }

  /** The edits are others now. */
  forget() {
    this.job.forget();
    this.verdict.textContent = "";
    this.table.replaceChildren();
  }
}

export class TransferPanel {
  /**
   * @param {object} options
   * @param {string[]} options.networks names of the other networks
   * @param {About} options.about
   * @param {(fields: import("../messages").TransferRequest) => Promise<import("../messages").Transfer>} options.onAsk
   */
  constructor({ networks, about, onAsk }) {
    this.about = about;
    this.onAsk = onAsk;
    this.turn = 0;
    this.words = element("span", { class: "compexp-caption", role: "status" });
    this.table = element("div", {});
    const empty = "Does the same picture fool other networks? Name some when you make the lab: PasteLab(study, network, networks=[…]).";
    this.node = element(
      "div",
      { class: "compexp-tool" },
      networks.length === 0
        ? element("div", { class: "compexp-caption" }, empty)
        : element(
            "div",
            { class: "compexp-row" },
            button(`show it to ${networks.length === 1 ? "the other network" : `${networks.length} other networks`}`, () => void this.ask(), { class: "compexp-button compexp-main-button" }),
            this.words,
          ),
      this.table,
    );
  }

  async ask() {
    const { image, edits, target } = this.about();
    if (edits.length === 0) {
      this.words.textContent = "There is no edit to show: place a patch first.";
      return;
    }
    this.turn += 1;
    const { turn } = this;
    this.words.textContent = "Showing it …";
    this.table.replaceChildren();
    try {
      const { rows } = await this.onAsk({ image, edits, target });
      if (turn !== this.turn) return;
      this.words.textContent = "";
      this.table.replaceChildren(
        dataTable(
          ["network", "before", "", "after", "", "wanted class"],
          rows.map((row) => [
            row.network,
            row.before,
            formatScore(row.before_probability),
            row.after,
            formatScore(row.after_probability),
            formatScore(row.target_probability),
          ]),
          2,
        ),
      );
    } catch (error) {
      if (turn === this.turn) this.words.textContent = `The picture was not shown. ${failureWords(error)}`;
    }
  }

  /** The edits are others now. */
  forget() {
    this.turn += 1;
    this.words.textContent = "";
    this.table.replaceChildren();
  }
}

/** @param {boolean} flipped */
function flippedMark(flipped) {
  return element("span", { class: flipped ? "compexp-strong" : "compexp-muted" }, element("span", { "aria-hidden": "true" }, flipped ? "✓ " : "– "), flipped ? "flipped" : "not flipped");
}

/**
 * @param {string[]} heads
 * @param {(Node | string)[][]} rows
 * @param {number} words how many columns, from the left, are words that may be long
 */
function dataTable(heads, rows, words) {
  return element(
    "table",
    { class: "compexp-data-table" },
    element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell, place) => element("td", { class: place < words ? "compexp-break" : null }, cell))))),
  );
}
