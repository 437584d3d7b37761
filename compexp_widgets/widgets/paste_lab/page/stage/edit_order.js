/** What has been done to the picture, in order: choose, reorder, take back. */

import { button, outOfUse } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { isPaste, movedPlace } from "./edit_list.js";
import { editWords } from "../paste_words.js";

export class EditOrder {
  /**
   * @param {object} listeners
   * @param {(place: number) => void} listeners.onSelect
   * @param {(place: number, by: 1 | -1) => void} listeners.onRaise
   * @param {(place: number) => void} listeners.onRemove
   */
  constructor(listeners) {
    this.listeners = listeners;
    this.node = element("ol", { class: "compexp-edit-order", "aria-label": "edits of the picture, from the lowest" });
  }

  /**
   * @param {import("./edit_list.js").Edit[]} edits
   * @param {number} selected
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} patchOf
   */
  show(edits, selected, patchOf) {
    const focused = [...this.node.querySelectorAll("button")].indexOf(/** @type {any} */ (document.activeElement));
    this.node.replaceChildren(...edits.map((edit, place) => this.line(edits, place, selected, patchOf)));
    this.node.hidden = edits.length === 0;
    if (focused >= 0) this.node.querySelectorAll("button")[Math.min(focused, this.node.querySelectorAll("button").length - 1)]?.focus();
  }

  /**
   * @param {import("./edit_list.js").Edit[]} edits
   * @param {number} place
   * @param {number} selected
   * @param {(patch: string) => import("../patches/patch_store.js").PatchInfo | undefined} patchOf
   */
  line(edits, place, selected, patchOf) {
    const { onSelect, onRaise, onRemove } = this.listeners;
    const edit = edits[place];
    const words = editWords(edit, patchOf);
    const up = button("↑", () => onRaise(place, 1), { "aria-label": `${words}: over the next` });
    const down = button("↓", () => onRaise(place, -1), { "aria-label": `${words}: under the one before` });
    const kind = isPaste(edit) ? "patch" : "change of a region";
    outOfUse(up, movedPlace(edits, place, 1) === place ? `This is the last ${kind}.` : null, "Later, over the next one (Page Up)");
    outOfUse(down, movedPlace(edits, place, -1) === place ? `This is the first ${kind}.` : null, "Earlier, under the one before (Page Down)");
    const several = edits.length > 1;
    return element(
      "li",
      { "aria-current": place === selected ? "true" : null },
      isPaste(edit)
        ? element("button", { type: "button", class: "compexp-edit-name compexp-ellipsis", "aria-pressed": String(place === selected), title: "Select this patch", on: { click: () => onSelect(place) } }, words)
        : element("span", { class: "compexp-edit-name compexp-ellipsis", title: words }, words),
      several && up,
      several && down,
      button("×", () => onRemove(place), { "aria-label": `take back: ${words}`, title: "Take this edit back" }),
    );
  }
}
