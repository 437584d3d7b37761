/** One floating note a widget: words about what the pointer or the keyboard rests on. */

import { element } from "./element.js";

export class Tooltip {
  /** @param {HTMLElement} root the widget; the note stays inside it */
  constructor(root) {
    this.root = root;
    this.node = element("div", { class: "compexp-tooltip", role: "tooltip", hidden: true });
    root.append(this.node);
    /** @type {Element | null} */
    this.owner = null;
  }

  /**
   * Shows a note beside a rectangle of the window: below it, or above it, where there is room.
   *
   * @param {Element} owner what the note is about; `hide(owner)` hides only its own note
   * @param {Node | string} content
   * @param {{left: number, top: number, right: number, bottom: number}} anchor in client coordinates
   * @param {boolean} [preferAbove] for what changes something below it
   */
  show(owner, content, anchor, preferAbove = false) {
    this.owner = owner;
    this.node.replaceChildren(content);
    this.node.hidden = false;
    const frame = this.root.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.node;
    const left = Math.min(anchor.left - frame.left, frame.width - width - 4);
    const below = anchor.bottom - frame.top + 8;
    const above = anchor.top - frame.top - height - 8;
    const fitsBelow = below + height <= frame.height && anchor.bottom + 8 + height <= window.innerHeight;
    this.node.style.left = `${Math.max(4, left)}px`;
    const fitsAbove = above >= 0 && anchor.top - height - 8 >= 0;
    this.node.style.top = `${fitsAbove && (preferAbove || !fitsBelow) ? above : below}px`;
  }

  /** @param {Element} [owner] */
  hide(owner) {
    if (owner && owner !== this.owner) return;
    this.owner = null;
    this.node.hidden = true;
  }

  /**
   * Shows a note whenever the pointer or the keyboard is on an element.
   *
   * @param {Element} owner
   * @param {() => Node | string} content
   * @param {boolean} [preferAbove]
   */
  explain(owner, content, preferAbove = false) {
    const show = () => this.show(owner, content(), owner.getBoundingClientRect(), preferAbove);
    const hide = () => this.hide(owner);
    owner.addEventListener("pointerenter", show);
    owner.addEventListener("pointerleave", hide);
    owner.addEventListener("focus", () => owner.matches(":focus-visible") && show());
    owner.addEventListener("blur", hide);
    owner.addEventListener("click", hide);
    owner.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Escape") hide();
    });
  }
}
