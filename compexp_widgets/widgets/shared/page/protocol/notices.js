/** What went wrong and the way on, in a strip that stays until it is dismissed or things work again. */

import { button } from "../elements/controls.js";
import { element } from "../elements/element.js";
import { KernelError } from "./channel.js";

export class Notices {
  constructor() {
    /** Whether what is said is about the kernel. */
    this.kernel = false;
    this.node = element("div", { class: "compexp-notice", role: "alert", hidden: true });
  }

  /**
   * @param {unknown} error what the kernel reported, or a fault of the page, which the console then also shows
   * @param {string} wayOn what to do
   * @param {{text: string, onPress: () => void}} [action]
   * @param {boolean} [kernel] whether it is about the kernel, and so withdrawn with its next answer
   */
  show(error, wayOn, action, kernel = false) {
    if (!(error instanceof KernelError)) console.error(error);
    this.kernel = kernel;
    const message = error instanceof Error ? error.message : String(error);
    const detail = error instanceof KernelError ? error.detail : error instanceof Error ? (error.stack ?? "") : "";
    this.node.replaceChildren(
      element(
        "div",
        { class: "compexp-notice-words" },
        element("span", { class: "compexp-strong compexp-break" }, message),
        wayOn ? element("span", {}, ` ${wayOn}`) : null,
        detail ? element("details", {}, element("summary", {}, "details"), element("pre", {}, detail)) : null,
      ),
      element(
        "div",
        { class: "compexp-row" },
        action ? button(action.text, action.onPress) : null,
        button("dismiss", () => this.clear()),
      ),
    );
    this.node.hidden = false;
  }

  /** Things work again: what was said of the kernel is withdrawn. */
  withdraw() {
    if (this.kernel) this.clear();
  }

  clear() {
    this.kernel = false;
    this.node.hidden = true;
    this.node.replaceChildren();
  }
}
