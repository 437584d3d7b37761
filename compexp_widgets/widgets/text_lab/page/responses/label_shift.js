/** What the network says before and after an edit: the answer large, then a bar for each label. */

import { element } from "../../../shared/page/elements/element.js";
import { formatProbability } from "../../../shared/page/elements/format.js";
import { LabelBars } from "../../../shared/page/sentences/label_bars.js";
import { labelMark } from "../../../shared/page/sentences/label_words.js";
import { headline } from "../text_words.js";

export class LabelShift {
  /** @param {string[]} labels the network's */
  constructor(labels) {
    this.labels = labels;
    this.answer = element("div", { class: "compexp-shift-answer" });
    this.sentence = element("div", { class: "compexp-shift-sentence", role: "status" });
    this.bars = new LabelBars(labels, formatProbability);
    this.bars.node.classList.add("compexp-shift-bars");
    this.legend = element("div", { class: "compexp-caption" });
    this.node = element("section", { class: "compexp-shift", "aria-label": "what the network says" }, this.answer, this.sentence, this.bars.node, this.legend);
  }

  /**
   * @param {any} look the kernel's answer
   * @param {number} source
   * @param {number} target
   */
  tell(look, source, target) {
    const { label, from, to, sentence, reached } = headline(look, source, target, this.labels);
    this.answer.replaceChildren(
      labelMark(this.labels[label]),
      " ",
      element("span", { class: "compexp-shift-number" }, from === null ? to : `${from} → ${to}`),
      reached ? element("span", { class: "compexp-shift-reached", title: "the network says what it should say" }, " ✓") : "",
    );
    this.sentence.textContent = sentence;
    this.bars.show(look.after.probabilities, look.edited ? look.before.probabilities : null);
    this.legend.textContent = look.edited ? "The mark on each bar is where it ended before the edit." : "";
  }
}
