/** Whether a formula is real or luck: asked for with a button, told in one line. */

import { button } from "./controls.js";
import { element } from "./element.js";
import { evidenceWords } from "./evidence_words.js";

export class Evidence {
  /**
   * @param {object} options
   * @param {import("./tooltip.js").Tooltip} options.tooltip
   * @param {(settings: Record<string, any>) => Promise<any>} options.onAsk resolves to the kernel's answer; rejects after telling
   */
  constructor({ tooltip, onAsk }) {
    this.tooltip = tooltip;
    this.onAsk = onAsk;
    this.key = "";
    this.node = element("div", { class: "compexp-evidence compexp-caption", role: "status" });
  }

  /**
   * Offers the question for a formula, or keeps the answer to it.
   *
   * @param {string} key of the unit and its settings; empty where there is nothing to ask
   * @param {Record<string, any>} settings
   */
  offer(key, settings) {
    if (key === this.key) return;
    this.key = key;
    this.node.replaceChildren();
    if (key === "") return;
    const ask = button("real or luck?", () => void this.ask(key, settings), {
      title: "Score the formula on pictures that the search did not see, and search again in shuffled ones",
    });
    this.node.append(ask);
  }

  /**
   * @param {string} key
   * @param {Record<string, any>} settings
   */
  async ask(key, settings) {
    this.node.replaceChildren("searching again in shuffled pictures …");
    try {
      const answer = await this.onAsk(settings);
      if (key === this.key) this.tell(answer);
    } catch {
      if (key !== this.key) return;
      this.key = "";
      this.offer(key, settings);
    }
  }

  /** @param {any} answer */
  tell(answer) {
    this.node.replaceChildren(
      ...evidenceWords(answer).map(({ text, explanation }) => {
        const note = element("span", { class: "compexp-evidence-note", tabindex: 0, "aria-label": `${text}. ${explanation}` }, text);
        this.tooltip.explain(note, () => element("div", {}, explanation));
        return note;
      }),
    );
  }
}
