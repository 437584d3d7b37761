/** Patches found by concept or formula, to click or to drag onto the picture. */

import { AnswerPlace } from "../../../shared/page/protocol/job.js";
import { button } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatActivation, formatPlural } from "../../../shared/page/elements/format.js";
import { FormulaEditor } from "../../../shared/page/formula/formula_editor.js";

/** How far the pointer has to go before a press becomes a drag, in CSS pixels. */
const SLACK = 5;

const WHAT_TO_TYPE = "Type what to paste: igloo, or (water OR river) AND NOT blue-c. Patches are cut out of the annotated pictures.";

/** Pictures that browsers and the kernel can read. */
export const PICTURE_FILES = "image/png,image/jpeg,image/webp,image/gif,image/bmp";

export class PatchStrip {
  /**
   * @param {object} options
   * @param {HTMLElement} options.root where a dragged patch floats
   * @param {{name: string, category: string}[]} options.concepts
   * @param {string[]} options.categories
   * @param {(query: string) => void} options.onSearch
   * @param {(patch: import("./patch_store.js").PatchInfo, at: {x: number, y: number} | null) => void} options.onPlace `at` in
   *   client coordinates; `null` for a click
   * @param {(file: File) => void} options.onUpload a patch of one's own
   * @param {(kind: "recolour" | "remove") => void} options.onRegion
   * @param {HTMLElement} options.regionForm
   */
  constructor({ root, concepts, categories, onSearch, onPlace, onUpload, onRegion, regionForm }) {
    this.root = root;
    this.onPlace = onPlace;
    /** @type {import("./patch_store.js").PatchInfo[]} */
    this.patches = [];
    const query = () => this.editor.input.value.trim();
    this.editor = new FormulaEditor(
      { onDraft: () => onSearch(query()), onKeep: () => onSearch(query()), onAbandon: () => this.editor.close() },
      {
        label: "search patches by concept or formula",
        placeholder: "a concept or a formula",
        keep: { text: "search", title: "Search patches where this holds (Enter)" },
        abandon: null,
        hint: "OR, AND, NOT in capitals · Tab completes",
      },
    );
    this.editor.setConcepts(concepts, categories);
    this.editor.start("", false);
    this.words = element("span", { class: "compexp-caption", role: "status" });
    this.strip = element("div", { class: "compexp-strip", role: "group", "aria-label": "patches" });
    this.empty = element("div", { class: "compexp-caption" });
    this.found = element("div", { class: "compexp-found-patches" }, this.strip, this.empty);
    this.place = new AnswerPlace(this.found, this.strip);
    const own = filePicker("own patch…", PICTURE_FILES, onUpload, "A picture file of your own, best a PNG with a transparent background");
    this.node = element(
      "section",
      { class: "compexp-patches", "aria-label": "patches" },
      element(
        "div",
        { class: "compexp-section-title" },
        element("h3", {}, "Patches"),
        element(
          "div",
          { class: "compexp-row" },
          own.node,
          button("recolour…", () => onRegion("recolour"), { title: "Give a region of the picture another colour" }),
          button("remove…", () => onRegion("remove"), { title: "Fill a region of the picture from its surroundings" }),
        ),
      ),
      regionForm,
      element("div", { class: "compexp-patch-search" }, this.editor.node, this.words),
      this.found,
    );
    this.tell(WHAT_TO_TYPE);
  }

  /** There is nothing that a query has found. */
  clear() {
    this.patches = [];
    this.words.textContent = "";
    this.strip.replaceChildren();
    this.tell(WHAT_TO_TYPE);
  }

  /** @param {string} query as the trait has it */
  setQuery(query) {
    if (document.activeElement !== this.editor.input) this.editor.input.value = query;
  }

  /** @param {string} words instead of patches */
  tell(words) {
    this.empty.textContent = words;
    this.empty.hidden = words === "";
  }

  /**
   * @param {import("./patch_store.js").PatchInfo[]} patches
   * @param {string} words what these are
   */
  show(patches, words) {
    this.patches = patches;
    this.words.textContent = words;
    this.strip.replaceChildren(...patches.map((patch) => this.tile(patch)));
    this.strip.scrollLeft = 0;
    this.tell(patches.length > 0 ? "" : "No region of these pictures answers to this. Try a wider formula, such as one with OR.");
  }

  /** @param {import("./patch_store.js").PatchInfo} patch */
  tile(patch) {
    const { name, origin, width, height, drive } = patch;
    const driven = Number.isFinite(drive) ? ` · drives the unit to ${formatActivation(/** @type {number} */ (drive))}` : "";
    const node = element(
      "button",
      { type: "button", class: "compexp-patch", "data-patch": patch.id, title: `${name}, ${width} × ${height}${origin ? `, from ${origin}` : ""}${driven}. Click or drag it onto the picture.` },
      element("img", { src: patch.address, alt: "", draggable: "false", loading: "lazy" }),
      element("span", { class: "compexp-ellipsis" }, name),
    );
    node.addEventListener("click", () => this.onPlace(patch, null));
    node.addEventListener("pointerdown", (/** @type {PointerEvent} */ event) => this.pressed(event, node, patch));
    return node;
  }

  /**
   * A press that may become a drag onto the picture.
   *
   * @param {PointerEvent} event
   * @param {HTMLElement} node
   * @param {import("./patch_store.js").PatchInfo} patch
   */
  pressed(event, node, patch) {
    // A finger on the strip scrolls it; a tap places the patch.
    if (event.button !== 0 || event.pointerType === "touch") return;
    const start = { x: event.clientX, y: event.clientY };
    /** @type {HTMLElement | null} */
    let ghost = null;
    const frame = this.root.getBoundingClientRect();
    node.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ { clientX, clientY }) => {
      if (ghost === null) {
        if (Math.hypot(clientX - start.x, clientY - start.y) < SLACK) return;
        ghost = element("img", { class: "compexp-ghost", src: patch.address, alt: "" });
        this.root.append(/** @type {HTMLElement} */ (ghost));
      }
      /** @type {HTMLElement} */ (ghost).style.transform = `translate(${clientX - frame.left}px, ${clientY - frame.top}px) translate(-50%, -50%)`;
    };
    const end = (/** @type {PointerEvent} */ { type, clientX, clientY }) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) node.removeEventListener(name, /** @type {any} */ (name === "pointermove" ? move : end));
      if (ghost === null) return;
      ghost.remove();
      // The click that follows the release must not place it a second time.
      const swallow = (/** @type {Event} */ click) => click.stopImmediatePropagation();
      node.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => node.removeEventListener("click", swallow, { capture: true }), 0);
      if (type === "pointerup") this.onPlace(patch, { x: clientX, y: clientY });
    };
    node.addEventListener("pointermove", move);
    node.addEventListener("pointerup", end);
    node.addEventListener("pointercancel", end);
  }
}

/**
 * A button that asks for a file.
 *
 * @param {string} text
 * @param {string} accept
 * @param {(file: File) => void} onFile
 * @param {string} title
 */
export function filePicker(text, accept, onFile, title) {
  const input = element("input", { type: "file", accept, hidden: true, tabindex: -1, "aria-hidden": "true" });
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    // The same file may be chosen again, after it was changed.
    input.value = "";
    if (file) onFile(file);
  });
  return { node: element("span", {}, button(text, () => input.click(), { title }), input), input };
}

/** @param {number} count */
export function foundWords(count) {
  return count === 0 ? "" : formatPlural(count, "patch").replace("patchs", "patches");
}
