/** What an edit does to all pairs of the data: accuracy by gold label, what flips to what, and sentences to copy. */

import { shareBar } from "../../../shared/page/table/cells.js";
import { copyText, saveFile, toCsv } from "../../../shared/page/elements/files.js";
import { button, choice, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { effectWords, flipShares, pairText, trueLabels } from "./effect_words.js";
import { formatCount, formatGain, formatPercent, formatPlural, formatProbability } from "../../../shared/page/elements/format.js";
import { labelMark, labelsOf, shortLabel } from "../../../shared/page/sentences/label_words.js";
import { Job } from "../../../shared/page/protocol/job.js";
import { unknownMarks } from "../../../shared/page/sentences/sentence_notes.js";
import { trackedSentence, wordChanges } from "../editor/word_changes.js";

const EXAMPLES = [
  { value: "flipped", text: "flip", title: "Those whose probability rises most come first" },
  { value: "kept", text: "do not flip", title: "Pairs on which the edit does not do what it should" },
];

export class EffectPanel {
  /**
   * @param {object} options
   * @param {import("../messages").Study} options.study
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {(words: string) => void} options.announce
   * @param {(error: unknown, wayOn: string) => void} options.onFail
   */
  constructor({ study, channel, announce, onFail }) {
    this.labels = labelsOf(study);
    this.channel = channel;
    this.announce = announce;
    this.onFail = onFail;
    /** @type {import("../messages").EffectPart | null} the kernel's last answer */
    this.effect = null;
    /** @type {"flipped" | "kept"} */
    this.shown = "flipped";
    /** @type {import("../messages").RecountRequest["true_label"]} */
    this.trueLabel = "unchanged";
    this.source = 0;
    this.target = study.labels.length - 1;
    this.job = new Job({ channel, type: "effect", label: "pairs edited", onMessage: (message, { finished }) => finished && this.tell(message.effect), onFail: () => (this.empty.hidden = this.effect !== null) });
    this.export = new Job({
      channel,
      type: "csv",
      label: "rows written",
      onMessage: (table, { finished, cancelled }) => finished && !cancelled && saveFile(table.name, "text/csv;charset=utf-8", toCsv(table.header, table.rows)),
    });
    this.empty = element("div", { class: "compexp-empty" }, "Choose “on all pairs” beside a suggestion: what does the edit do to the whole data set?");
    this.title = element("div", { class: "compexp-effect-title compexp-break" });
    this.words = element("div", {});
    this.warning = element("div", { class: "compexp-warning", hidden: true });
    this.unknown = element("div", { class: "compexp-caption", hidden: true });
    this.truth = choice("what people would say after the edit", trueLabels(this.labels.gold), (value) => void this.recount(value));
    this.truth.set(this.trueLabel);
    this.counts = element("div", { class: "compexp-effect-counts" });
    this.which = choice("which pairs", EXAMPLES, (value) => {
      this.shown = value;
      this.drawExamples();
    });
    this.which.set(this.shown);
    this.examplesCaption = element("span", { class: "compexp-caption" });
    this.examples = element("ol", { class: "compexp-pair-list compexp-effect-examples" });
    this.copyAll = button("copy these sentences", () => void this.copy(this.list().map((one) => pairText(one.text)).join("\n\n"), "the sentences"));
    this.save = button("save all as CSV", () => void this.export.start({}), { title: "Every pair before and after, with labels and probabilities" });
    this.body = element(
      "div",
      { class: "compexp-effect-body", hidden: true },
      this.title,
      this.words,
      this.warning,
      this.unknown,
      element("div", { class: "compexp-row compexp-truth" }, element("span", {}, "After the edit, what is true?"), this.truth.node),
      this.counts,
      element("div", { class: "compexp-section-title" }, element("div", { class: "compexp-row" }, element("h3", {}, "Pairs that"), this.which.node, this.examplesCaption), element("div", { class: "compexp-row" }, this.copyAll, this.save)),
      this.export.node,
      this.examples,
    );
    this.node = element("div", { class: "compexp-effect" }, this.job.node, this.empty, this.body);
  }

  /**
   * Tries edits on all pairs.
   *
   * @param {Record<string, unknown>[]} edits as JSON, to be made one after the other
   * @param {{source: number, target: number}} labels
   */
  start(edits, { source, target }) {
    this.source = source;
    this.target = target;
    this.trueLabel = "unchanged";
    this.truth.set(this.trueLabel);
    this.empty.hidden = true;
    void this.job.start({ edits, source: this.labels.answers[source], target: this.labels.answers[target], true_label: this.trueLabel });
  }

  /** @param {import("../messages").RecountRequest["true_label"]} trueLabel */
  async recount(trueLabel) {
    this.trueLabel = trueLabel;
    if (!this.effect) return;
    try {
      const { message } = await this.channel.request("recount", { true_label: trueLabel });
      if (trueLabel === this.trueLabel) this.tell(message.effect);
    } catch (error) {
      this.onFail(error, "Accuracy was not counted again.");
    }
  }

  /** @param {import("../messages").EffectPart | null} effect */
  tell(effect) {
    if (!effect) {
      // Cancelled while it waited for other work.
      this.empty.hidden = this.effect !== null;
      return;
    }
    this.effect = effect;
    this.empty.hidden = true;
    this.body.hidden = false;
    this.title.replaceChildren(element("span", { class: "compexp-strong" }, effect.words));
    this.words.textContent = effectWords(effect, this.source, this.target, this.labels.answers);
    this.warning.hidden = !effect.warning;
    this.warning.textContent = effect.warning ? `${effect.warning} Mark below what people would say; accuracy is counted again.` : "";
    this.unknown.hidden = effect.unknown.length === 0;
    this.unknown.replaceChildren("It puts in what the network does not know: ", ...unknownMarks(effect.unknown));
    this.counts.replaceChildren(accuracyTable(effect.accuracy), flipTable(effect.flips, this.labels.answers));
    this.drawExamples();
    this.announce(this.words.textContent ?? "");
  }

  list() {
    return this.effect?.examples[this.shown] ?? [];
  }

  drawExamples() {
    const list = this.list();
    const all = this.effect?.example_counts[this.shown] ?? 0;
    this.examplesCaption.textContent = list.length < all ? `${formatCount(list.length)} of ${formatPlural(all, "pair")}` : formatPlural(all, "pair");
    outOfUse(this.copyAll, list.length > 0 ? null : "There are none", "The sentences after the edit, premise and hypothesis in two lines each");
    this.examples.replaceChildren(
      ...(list.length > 0
        ? list.map((one) => this.example(one))
        : [element("li", { class: "compexp-empty" }, this.shown === "flipped" ? "No pair flips." : "Every pair flips.")]),
    );
  }

  /** @param {import("../messages").EditedPair} one */
  example(one) {
    const { id, before, after, gold, true_label: truth, predicted_before: was, predicted_after: is, probabilities_before: from, probabilities_after: to } = one;
    return element(
      "li",
      { class: "compexp-pair compexp-effect-pair", title: `pair ${id}` },
      element(
        "div",
        { class: "compexp-pair-sentences" },
        element("div", {}, trackedSentence(wordChanges(before.premise, after.premise))),
        element("div", { class: "compexp-hypothesis" }, trackedSentence(wordChanges(before.hypothesis, after.hypothesis))),
      ),
      element(
        "div",
        { class: "compexp-pair-labels" },
        element("span", {}, labelMark(this.labels.answers[was]), element("span", { class: "compexp-caption" }, ` ${formatProbability(from[was])}`)),
        element("span", {}, "→ ", labelMark(this.labels.answers[is]), element("span", { class: "compexp-caption" }, ` ${formatProbability(to[is])}`)),
        element("span", { class: "compexp-caption", title: "what people say before the edit, and what is marked as true after it" }, gold === truth ? `people: ${this.labels.gold[gold] ?? "no gold label"}` : `true now: ${this.labels.gold[truth] ?? "not known"}`),
      ),
      button("copy", () => void this.copy(pairText(one.text), "the pair"), { title: "Copy both sentences after the edit", "aria-label": `copy pair ${id}` }),
    );
  }

  /**
   * @param {string} text
   * @param {string} what
   */
  async copy(text, what) {
    this.announce((await copyText(text)) ? `Copied ${what}.` : "The browser did not let the page copy. Select the text and copy it by hand.");
  }
}

/** @param {{gold: string, pairs: number, before: number | null, after: number | null}[]} rows */
function accuracyTable(rows) {
  return element(
    "section",
    {},
    element("h3", { title: "The share of pairs that the network gets right" }, "Accuracy by gold label"),
    element(
      "table",
      { class: "compexp-matrix compexp-accuracy" },
      element("thead", {}, element("tr", {}, ...["gold", "pairs", "before", "after", "change"].map((name) => element("th", { scope: "col" }, name)))),
      element(
        "tbody",
        {},
        ...rows.map(({ gold, pairs, before, after }) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, gold === "all" ? gold : labelMark(gold, shortLabel(gold))),
            element("td", {}, formatCount(pairs)),
            element("td", {}, shareCell(before)),
            element("td", {}, shareCell(after)),
            element("td", {}, before === null || after === null ? "–" : formatGain(after - before)),
          ),
        ),
      ),
    ),
  );
}

/** @param {number | null} share */
function shareCell(share) {
  if (share === null) return element("span", {}, "–");
  return element("span", { class: "compexp-accuracy-cell" }, shareBar(share), element("span", {}, formatPercent(share)));
}

/**
 * @param {number[][]} flips
 * @param {string[]} labels
 */
function flipTable(flips, labels) {
  const shares = flipShares(flips);
  return element(
    "section",
    {},
    element("h3", { title: "Rows: what the network says before the edit; columns: after it" }, "What flips to what"),
    element(
      "table",
      { class: "compexp-matrix compexp-flips" },
      element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "before ↓ after →"), ...labels.map((label) => element("th", { scope: "col" }, labelMark(label, shortLabel(label)))))),
      element(
        "tbody",
        {},
        ...flips.map((row, before) =>
          element(
            "tr",
            {},
            element("th", { scope: "row" }, labelMark(labels[before], shortLabel(labels[before]))),
            ...row.map((count, after) => {
              const cell = element(
                "td",
                { class: before === after ? "compexp-agrees" : null, title: `${labels[before]} before, ${labels[after]} after: ${formatPlural(count, "pair")}, ${formatPercent(shares[before][after])} of those` },
                formatCount(count),
              );
              cell.style.setProperty("--compexp-share", String(Number.isFinite(shares[before][after]) ? shares[before][after] : 0));
              return cell;
            }),
          ),
        ),
      ),
    ),
  );
}
