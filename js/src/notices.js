/** What went wrong and the way on, in a strip that stays until it is dismissed or things work again. */

import { button } from "./controls.js";
import { element } from "./element.js";
import { KernelError } from "./protocol.js";

export class Notices {
  constructor() {
    this.node = element("div", { class: "compexp-notice", role: "alert", hidden: true });
  }

  /**
   * @param {unknown} error what the kernel reported, or a fault of the page, which the console then also shows
   * @param {string} wayOn what to do
   * @param {{text: string, onPress: () => void}} [action]
   */
  show(error, wayOn, action) {
    if (!(error instanceof KernelError)) console.error(error);
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

  clear() {
    this.node.hidden = true;
    this.node.replaceChildren();
  }
}
