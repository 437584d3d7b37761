/** A proof that takes long: asked for with a button, told of while it is searched for, and kept. */

import { button } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { failureWords } from "./channel.js";

export class ProofRequest {
  /**
   * @param {object} options
   * @param {(settings: import("./settings.js").Settings) => Promise<import("../messages").Proof>} options.onAsk
   * @param {() => void} options.onCancel
   * @param {() => void} options.onKnown a proof has come
   */
  constructor({ onAsk, onCancel, onKnown }) {
    this.onAsk = onAsk;
    this.onCancel = onCancel;
    this.onKnown = onKnown;
    /** What is being proven; empty when nothing is. */
    this.asking = "";
    /** @type {{key: string, words: string} | null} the last proof that was not found, and why */
    this.failed = null;
    /** @type {Map<string, import("../messages").Proof>} proofs by what they are of */
    this.known = new Map();
    this.words = element("span", { class: "compexp-caption" });
    this.working = element("span", { class: "compexp-row" }, this.words, button("cancel", () => this.cancel()));
  }

  /**
   * What stands where a proof would stand.
   *
   * @param {string} key of the unit and its search
   * @param {import("./settings.js").Settings} settings
   * @returns {HTMLElement}
   */
  offer(key, settings) {
    if (this.asking === key) return this.working;
    this.leave();
    const ask = button("prove it", () => void this.ask(key, settings), {
      title: "Is there a better formula? Searches until it is proven or for many seconds",
    });
    if (this.failed?.key !== key) return ask;
    return element("span", { class: "compexp-row" }, element("span", { class: "compexp-caption compexp-break" }, this.failed.words), ask);
  }

  /** Nobody looks any more: what is running ends. */
  leave() {
    if (this.asking === "") return;
    this.asking = "";
    clearInterval(this.clock);
    this.onCancel();
  }

  cancel() {
    this.leave();
    this.onKnown();
  }

  /**
   * @param {string} key
   * @param {import("./settings.js").Settings} settings
   */
  async ask(key, settings) {
    this.asking = key;
    this.failed = null;
    let seconds = 0;
    const tell = () => (this.words.textContent = `proving … ${seconds} s so far`);
    this.clock = setInterval(() => {
      seconds += 1;
      tell();
    }, 1000);
    tell();
    this.onKnown();
    try {
      this.known.set(key, await this.onAsk(settings));
    } catch (error) {
      if (this.asking === key) this.failed = { key, words: `Not proven. ${failureWords(error)}` };
    }
    if (this.asking !== key) return;
    this.asking = "";
    clearInterval(this.clock);
    this.onKnown();
  }
}
