/** The search for the smallest edit of one pair that flips it while the true label is kept by a stated rule. */

import { button, checkBox, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatCount, formatPlural, formatProbability } from "../../../shared/page/elements/format.js";
import { labelMark, labelsOf } from "../../../shared/page/sentences/label_words.js";
import { Job } from "../../../shared/page/protocol/job.js";
import { trackedSentence, wordChanges } from "../editor/word_changes.js";

/**
 * How the search fared. Pure.
 *
 * @param {Pick<import("../messages").Smallest, "tried" | "succeeded" | "complete">} found
 * @param {boolean} finished
 */
export function triedWords({ tried, succeeded, complete }, finished) {
  if (tried === null) return "";
  if (tried === 0 && finished) return complete ? "The rule allows none of the edits that were thought of for this pair. Is its true label known? Try another rule." : "Stopped before anything was tried.";
  const flip = succeeded === 0 ? "none flips the pair" : `${formatCount(succeeded)} flip${succeeded === 1 ? "s" : ""} the pair`;
  const end = !finished ? " so far" : complete ? "" : "; not everything was tried";
  return `Tried ${formatPlural(tried, "edit")} that the rule allows, ${flip}${end}.`;
}

export class SmallestPanel {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel<import("../messages").Requests>} options.channel
   * @param {import("../messages").Study} options.study
   * @param {() => import("../messages").PairRequest} options.onAsk what stands on the page
   * @param {(step: import("../editor/pair_editor.js").Step) => void} options.onApply
   * @param {(edits: Record<string, unknown>[], words: string) => void} options.onEverywhere
   * @param {(words: string) => void} options.announce
   */
  constructor({ study, channel, onAsk, onApply, onEverywhere, announce }) {
    this.rules = study.rules;
    this.labels = labelsOf(study);
    this.onAsk = onAsk;
    this.onApply = onApply;
    this.onEverywhere = onEverywhere;
    this.announce = announce;
    this.target = study.labels.length - 1;
    this.any = false;
    this.pairs = false;
    this.job = new Job({ channel, type: "smallest", label: "edits tried", onMessage: (found, { finished }) => this.tell(found, finished) });
    this.rule = element(
      "select",
      { class: "compexp-select", "aria-label": "rule that keeps the true label", on: { change: () => this.ruled() } },
      ...this.rules.map(({ name }) => element("option", { value: name }, name)),
    );
    this.sentence = element("div", { class: "compexp-caption" });
    this.toAny = checkBox("to any other label", (checked) => {
      this.any = checked;
      this.forget();
      return true;
    });
    this.two = checkBox("two edits at once", (checked) => {
      this.pairs = checked;
      this.forget();
      return true;
    });
    this.label = element(
      "select",
      { class: "compexp-select", "aria-label": "true label of the pair", title: "Some rules depend on what is true of the pair before the edit", on: { change: () => this.forget() } },
      element("option", { value: "" }, "as people say"),
      ...this.labels.gold.map((label) => element("option", { value: label }, label)),
    );
    this.search = button("search", () => this.start(), { "data-does": "search" });
    this.words = element("div", { role: "status" });
    this.list = element("ol", { class: "compexp-pair-list" });
    this.node = element(
      "div",
      { class: "compexp-smallest" },
      element("div", {}, "Which few words flip this pair although its true label stays? The true label is kept by a rule:"),
      element("div", { class: "compexp-row" }, this.rule, element("label", { class: "compexp-unit-choice compexp-true-choice" }, element("span", {}, "true label"), this.label), this.toAny.node, this.two.node, this.search),
      this.sentence,
      this.job.node,
      this.words,
      this.list,
    );
    this.explain();
  }

  /** Another rule: what was found under the one before goes. */
  ruled() {
    this.forget();
    this.explain();
  }

  explain() {
    this.sentence.textContent = this.rules.find(({ name }) => name === this.rule.value)?.sentence ?? "";
    outOfUse(this.search, this.rules.length > 0 ? null : "There is no rule to keep the true label by", "Try edits made of the formulas’ words and their neighbours, the smallest first");
  }

  start() {
    const asked = this.onAsk();
    this.target = this.labels.answers.indexOf(asked.target);
    this.original = asked.original;
    this.words.textContent = "";
    this.list.replaceChildren();
    void this.job.start({ ...asked, rule: this.rule.value, label: this.label.value || null, any: this.any, two: this.pairs });
  }

  /** Another pair or another question: what was found belongs to the one before. */
  forget() {
    this.job.forget();
    this.words.textContent = "";
    this.list.replaceChildren();
  }

  /**
   * @param {import("../messages").Smallest} found
   * @param {boolean} finished
   */
  tell(found, finished) {
    this.words.textContent = triedWords(found, finished);
    const nearest = found.closest ? [element("li", { class: "compexp-caption" }, "This one comes nearest:"), this.item(found.closest)] : [];
    this.list.replaceChildren(...found.best.map((one) => this.item(one)), ...nearest);
    if (finished) this.announce(this.words.textContent);
  }

  /** @param {import("../messages").SmallEdit} one */
  item({ edits, words, before, after, text, probabilities, size }) {
    const predicted = probabilities.indexOf(Math.max(...probabilities));
    return element(
      "li",
      { class: "compexp-pair compexp-effect-pair" },
      element(
        "div",
        { class: "compexp-pair-sentences" },
        element("div", { class: "compexp-strong compexp-break" }, words),
        element("div", {}, trackedSentence(wordChanges(before.premise, after.premise))),
        element("div", { class: "compexp-hypothesis" }, trackedSentence(wordChanges(before.hypothesis, after.hypothesis))),
      ),
      element(
        "div",
        { class: "compexp-pair-labels" },
        element("span", {}, labelMark(this.labels.answers[predicted]), ` ${formatProbability(probabilities[predicted])}`),
        element("span", { class: "compexp-caption" }, formatPlural(size, "word")),
      ),
      element(
        "div",
        { class: "compexp-row" },
        button("apply", () => this.onApply({ sentences: [text.premise, text.hypothesis], edits }), { title: "Make this edit in the pair above" }),
        button("on all pairs", () => this.onEverywhere(edits, words), { title: "What does it do to the whole data set?" }),
      ),
    );
  }
}
