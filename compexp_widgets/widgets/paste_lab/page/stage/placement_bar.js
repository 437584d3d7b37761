/** Under the picture: undo and redo, and the selected patch in numbers. */

import { button, outOfUse, slider } from "../../../shared/page/elements/controls.js";
import { element } from "../../../shared/page/elements/element.js";
import { formatPercent } from "../../../shared/page/elements/format.js";
import { turnedTo } from "./placement.js";

/** @typedef {import("./placement.js").Placement} Placement */

/** @type {{key: "left" | "top" | "width" | "height" | "rotation", text: string, label: string, min: number, max: number}[]} */
const FIELDS = [
  { key: "left", text: "x", label: "left edge, in pixels of the picture", min: -8192, max: 8192 },
  { key: "top", text: "y", label: "upper edge, in pixels of the picture", min: -8192, max: 8192 },
  { key: "width", text: "w", label: "width, in pixels of the picture; the height follows", min: 1, max: 8192 },
  { key: "height", text: "h", label: "height alone, in pixels of the picture", min: 1, max: 8192 },
  { key: "rotation", text: "°", label: "rotation in degrees, clockwise", min: -360, max: 360 },
];

const NONE = "Select a patch first: click it in the picture, or place one.";

export class PlacementBar {
  /**
   * @param {object} listeners
   * @param {() => void} listeners.onUndo
   * @param {() => void} listeners.onRedo
   * @param {(placement: Placement, kind: string) => void} listeners.onPlace
   * @param {(placement: Placement) => void} listeners.onLive while a slider moves
   * @param {() => void} listeners.onRemove
   * @param {() => void} listeners.onFront
   */
  constructor({ onUndo, onRedo, onPlace, onLive, onRemove, onFront }) {
    /** @type {Placement | null} */
    this.placement = null;
    this.undo = button("↶", onUndo, { "aria-label": "undo" });
    this.redo = button("↷", onRedo, { "aria-label": "redo" });
    this.flip = button("flip", () => this.placement && onPlace({ ...this.placement, flipped: !this.placement.flipped }, ""));
    this.front = button("to front", onFront);
    this.remove = button("delete", onRemove);
    this.fade = slider("opacity of the patch", { min: 0, max: 100 }, (percent) => {
      if (!this.placement) return;
      this.placement = { ...this.placement, opacity: percent / 100 };
      this.showOpacity(percent / 100);
      onLive(this.placement);
    });
    this.fade.node.addEventListener("change", () => this.placement && onPlace(this.placement, "fade"));
    this.fadeWords = element("span", { class: "compexp-caption compexp-number compexp-fade-words" });
    this.inputs = FIELDS.map(({ key, text, label, min, max }) => {
      const input = element("input", { type: "number", class: "compexp-small-input", "aria-label": label, title: label, min, max, step: key === "rotation" ? "any" : 1 });
      input.addEventListener("change", () => {
        const value = input.valueAsNumber;
        if (!this.placement) return;
        if (!Number.isFinite(value) || value < min || value > max) return this.set(this.placement);
        onPlace(changed(this.placement, key, value), `field ${key}`);
      });
      return { key, input, node: element("label", { class: "compexp-number-field" }, element("span", { class: "compexp-caption" }, text), input) };
    });
    this.node = element(
      "div",
      { class: "compexp-placement-bar", role: "group", "aria-label": "the selected patch" },
      element(
        "div",
        { class: "compexp-row" },
        this.undo,
        this.redo,
        this.flip,
        element("label", { class: "compexp-fade" }, element("span", { class: "compexp-caption" }, "fade"), this.fade.node, this.fadeWords),
        this.front,
        this.remove,
      ),
      element("div", { class: "compexp-row compexp-number-fields" }, ...this.inputs.map(({ node }) => node)),
    );
    this.set(null);
    this.setHistory(false, false);
  }

  /**
   * @param {boolean} canUndo
   * @param {boolean} canRedo
   */
  setHistory(canUndo, canRedo) {
    outOfUse(this.undo, canUndo ? null : "There is nothing to undo.", "Undo (Ctrl+Z)");
    outOfUse(this.redo, canRedo ? null : "There is nothing to redo.", "Redo (Ctrl+Shift+Z)");
  }

  /** @param {Placement | null} placement of the selected patch; `null` when none is */
  set(placement) {
    this.placement = placement;
    outOfUse(this.flip, placement ? null : NONE, "Mirror it left to right (F)");
    outOfUse(this.front, placement ? null : NONE, "Put it over the other patches");
    outOfUse(this.remove, placement ? null : NONE, "Take it off the picture (Delete)");
    this.fade.node.disabled = placement === null;
    this.showOpacity(placement?.opacity ?? 1);
    for (const { key, input } of this.inputs) {
      input.disabled = placement === null;
      input.value = placement ? String(key === "rotation" ? Math.round(placement.rotation * 10) / 10 : Math.round(placement[key])) : "";
    }
  }

  /** @param {number} opacity */
  showOpacity(opacity) {
    this.fade.set(Math.round(opacity * 100), `${Math.round(opacity * 100)} % opaque`);
    this.fadeWords.textContent = this.placement ? formatPercent(opacity) : "";
  }
}

/**
 * A placement with one number typed anew; the height follows the width, but not the other way.
 *
 * @param {Placement} placement
 * @param {"left" | "top" | "width" | "height" | "rotation"} key
 * @param {number} value
 * @returns {Placement}
 */
export function changed(placement, key, value) {
  if (key === "rotation") return turnedTo(placement, value);
  if (key === "width") return { ...placement, width: value, height: Math.max(1, placement.height * (value / placement.width)) };
  return { ...placement, [key]: value };
}
