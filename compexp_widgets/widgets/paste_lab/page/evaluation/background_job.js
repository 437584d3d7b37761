/** Something that takes long in the kernel: started, told of while it goes on, and cancelled, in one line. */

import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { failureWords } from "../../../shared/page/protocol/channel.js";
import { progressWords } from "../paste_words.js";

export class BackgroundJob {
  /**
   * @param {object} options
   * @param {string} options.type of the request and of what the kernel pushes
   * @param {string} options.start words on the button
   * @param {string} options.noun what is counted
   * @param {import("../../../shared/page/protocol/channel.js").Channel} options.channel
   * @param {() => Record<string, any> | null} options.ask the request's fields; `null` when there is nothing to do, after
   *   saying so
   * @param {(push: any, asked: Record<string, any>) => void} options.onPush
   */
  constructor({ type, start, noun, channel, ask, onPush }) {
    this.type = type;
    this.noun = noun;
    this.channel = channel;
    this.ask = ask;
    this.onPush = onPush;
    this.running = false;
    /** Which start is the latest: what an earlier one still sends is not shown. */
    this.turn = 0;
    this.start = button(start, () => void this.begin(), { class: "compexp-button compexp-main-button" });
    this.cancel = button("cancel", () => this.channel.send("cancel", { what: type }), { hidden: true });
    this.progress = element("progress", { class: "compexp-progress", max: 1, value: 0, hidden: true, "aria-label": "progress" });
    this.words = element("span", { class: "compexp-caption compexp-job-words", role: "status" });
    this.node = element("div", { class: "compexp-row compexp-job" }, this.start, this.progress, this.words, this.cancel);
  }

  async begin() {
    const asked = this.ask();
    if (asked === null) return;
    this.turn += 1;
    const { turn } = this;
    this.setRunning(true);
    this.words.textContent = "starting …";
    this.progress.removeAttribute("value");
    const hear = (/** @type {any} */ push) => turn === this.turn && this.hear(push, asked);
    try {
      hear((await this.channel.request(this.type, asked, hear)).message);
    } catch (error) {
      if (turn === this.turn) this.interrupted(failureWords(error));
    }
  }

  /**
   * @param {any} push
   * @param {Record<string, any>} asked
   */
  hear(push, asked) {
    if (push.type === "formula_error") {
      this.setRunning(false);
      this.words.textContent = "";
      return this.onPush(push, asked);
    }
    this.progress.value = push.total > 0 ? push.done / push.total : 0;
    this.words.textContent = push.total === undefined ? "stopped" : progressWords(push, this.noun);
    if (push.finished) this.setRunning(false);
    if (push.total !== undefined) this.onPush(push, asked);
  }

  /** @param {string} words instead of progress */
  tell(words) {
    this.words.textContent = words;
  }

  /** The picture, the edits or the wanted class are others now: what was found is not about them. */
  forget() {
    if (this.running) this.channel.send("cancel", { what: this.type });
    this.turn += 1;
    this.setRunning(false);
    this.words.textContent = "";
  }

  /**
   * It ended with an error, which stands beside the button until it is started again.
   *
   * @param {string} words
   */
  interrupted(words) {
    if (!this.running) return;
    this.setRunning(false);
    this.words.textContent = `Stopped by an error: ${words}`;
  }

  /** @param {boolean} running */
  setRunning(running) {
    this.running = running;
    this.start.hidden = running;
    this.cancel.hidden = !running;
    this.progress.hidden = !running;
  }
}
