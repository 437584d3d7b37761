/** Work that the kernel does in the background: asked for, told of while it goes on, and ended with a button. */

import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatCount, formatDuration } from "../../../shared/page/elements/format.js";
import { failureWords } from "../../../shared/page/protocol/channel.js";

/**
 * How far it is, in words. Pure.
 *
 * @param {{stage?: string, done: number, total: number, seconds_left: number | null}} part
 */
export function workWords({ stage, done, total, seconds_left: left }) {
  const what = stage ? `${stage}: ` : "";
  const rest = left !== null && Number.isFinite(left) ? ` · ${formatDuration(left)} left` : "";
  return `${what}${formatCount(done)} of ${formatCount(total)}${rest}`;
}

export class LongWork {
  /**
   * @param {object} options
   * @param {import("../../../shared/page/protocol/channel.js").Channel} options.channel
   * @param {string} options.what the type of the request, and what the kernel is told to cancel
   * @param {string} options.label for those who do not see the bar
   * @param {(part: any) => void} options.onPart every message of the kernel; the last one is `finished`, and of type
   *   `cancelled` where it was stopped
   * @param {(error: unknown) => void} [options.onFail] it is told in the line
   */
  constructor({ channel, what, label, onPart, onFail = () => {} }) {
    this.channel = channel;
    this.what = what;
    this.onPart = onPart;
    this.onFail = onFail;
    this.running = false;
    /** Of the latest request: what earlier ones still tell is not heard. */
    this.turn = 0;
    this.bar = element("progress", { class: "compexp-progress", "aria-label": label });
    this.words = element("span", { class: "compexp-caption", role: "status" });
    this.cancel = button("cancel", () => this.stop());
    this.node = element("div", { class: "compexp-row compexp-filling compexp-work", hidden: true }, this.bar, this.words, this.cancel);
  }

  /** @param {Record<string, any>} fields of the request */
  async start(fields) {
    this.turn += 1;
    const { turn } = this;
    this.setRunning(true);
    this.bar.removeAttribute("value");
    this.words.textContent = "begins …";
    const hear = (/** @type {any} */ part) => {
      if (turn === this.turn) this.take(part);
    };
    try {
      hear((await this.channel.request(this.what, fields, hear)).message);
    } catch (error) {
      if (turn !== this.turn) return;
      this.interrupted(failureWords(error));
      this.onFail(error);
    }
  }

  /** @param {any} part */
  take(part) {
    this.setRunning(!part.finished);
    if (part.total > 0) {
      this.bar.max = part.total;
      this.bar.value = part.done;
      this.words.textContent = workWords(part);
    }
    this.onPart(part);
  }

  /** The kernel ends it, and says so with a last message. */
  stop() {
    this.channel.send("cancel", { what: this.what });
  }

  /** What it is about is another now: it ends, and what it still tells is not heard. */
  forget() {
    if (this.running) this.stop();
    this.turn += 1;
    this.setRunning(false);
  }

  /**
   * It has ended with an error, which stands in the line until it is started again.
   *
   * @param {string} words
   */
  interrupted(words) {
    if (!this.running) return;
    this.setRunning(false);
    this.node.hidden = false;
    this.words.textContent = `Not done. ${words}`;
  }

  /** @param {boolean} running */
  setRunning(running) {
    this.running = running;
    this.node.hidden = !running;
    this.bar.hidden = !running;
    this.cancel.hidden = !running;
  }
}
