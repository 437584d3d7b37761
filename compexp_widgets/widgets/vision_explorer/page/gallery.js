/** The pictures of a card: a grid of tiles with overlays, and one of them enlarged in place. */

import { button } from "../../shared/page/elements/controls.js";
import { element } from "../../shared/page/elements/element.js";
import { firingWords } from "../../shared/page/firing/firing.js";
import { formatActivation, formatCount, shortName } from "../../shared/page/elements/format.js";
import { positionUnder } from "../../shared/page/pictures/overlay.js";
import { spotAt, spotNote, spotSentence, tileSentence } from "./tile_notes.js";
import { paintTile } from "../../shared/page/pictures/tile_painting.js";

/** @typedef {import("../../shared/page/pictures/card.js").Tile} Tile */
/** @typedef {{node: HTMLElement, canvas: HTMLCanvasElement, name: HTMLElement, peak: HTMLElement, tile: Tile | null, area: any}} Slot */

/**
 * @typedef {object} Scene what the gallery needs to know beside its tiles
 * @property {{concepts: {name: string, category: string}[], categories: string[]}} study
 * @property {(image: number) => import("../../shared/page/pictures/picture_cache.js").Picture | undefined} picture
 * @property {import("../../shared/page/pictures/tile_painting.js").Overlay} overlay
 * @property {number} maxActivation
 * @property {import("../../shared/page/firing/firing.js").Firing} firing which activations count
 */

export class Gallery {
  /**
   * @param {object} options
   * @param {import("../../shared/page/elements/tooltip.js").Tooltip} options.tooltip
   * @param {(words: string) => void} options.announce for screen readers
   * @param {number} options.slots how many tiles have their place from the start
   */
  constructor({ tooltip, announce, slots }) {
    this.tooltip = tooltip;
    this.announce = announce;
    /** @type {Scene | null} */
    this.scene = null;
    /** @type {Tile[]} */
    this.tiles = [];
    this.focused = 0;
    /** Whether pictures did not come: their tiles are shown without, in place of those before. */
    this.incomplete = false;
    /** @type {number | null} which tile is enlarged */
    this.enlarged = null;
    /** @type {{x: number, y: number} | null} */
    this.crosshair = null;
    this.slots = Array.from({ length: slots }, (_, place) => this.slot(place));
    this.grid = element("div", { class: "compexp-tiles", role: "group", "aria-label": "pictures" }, ...this.slots.map(({ node }) => node));
    this.empty = element("div", { class: "compexp-empty", hidden: true });
    this.large = this.enlargedView();
    this.node = element("div", { class: "compexp-gallery" }, this.grid, this.empty, this.large.node);
    // Sizes are told, not asked for: asking between changes would lay out the whole notebook again, twelve times a card.
    this.sizes = new Map();
    this.resizing = new ResizeObserver((entries) => {
      for (const { target, contentRect } of entries) this.sizes.set(target, contentRect);
      this.paint();
    });
    this.resizing.observe(this.slots[0].canvas);
    this.resizing.observe(this.large.canvas);
  }

  destroy() {
    this.resizing.disconnect();
  }

  /**
   * Shows tiles. A tile whose picture is still on its way leaves its place as it was; `paint` shows it later.
   *
   * @param {Tile[]} tiles
   * @param {Scene} scene
   * @param {string} emptyWords what to say when there is no tile
   */
  show(tiles, scene, emptyWords) {
    if (this.enlarged !== null) {
      // The picture that is enlarged stays so, wherever it now stands.
      const image = this.tiles[this.enlarged]?.image;
      const place = tiles.findIndex((tile) => tile.image === image);
      if (place >= 0) this.enlarged = place;
    }
    this.tiles = tiles;
    this.scene = scene;
    this.incomplete = false;
    this.empty.hidden = tiles.length > 0;
    this.empty.textContent = emptyWords;
    if (this.enlarged !== null && this.enlarged >= tiles.length) this.enlarge(null);
    this.paint();
  }

  /** @param {import("../../shared/page/pictures/tile_painting.js").Overlay} overlay */
  setOverlay(overlay) {
    if (this.scene === null) return;
    this.scene.overlay = overlay;
    this.paint();
  }

  /** Some pictures will not come. */
  giveUp() {
    this.incomplete = true;
    this.paint();
  }

  paint() {
    if (this.scene === null) return;
    this.grid.hidden = this.tiles.length === 0 || this.enlarged !== null;
    this.slots.forEach((slot, place) => this.paintSlot(slot, place));
    this.paintEnlarged();
  }

  /**
   * @param {Slot} slot
   * @param {number} place
   */
  paintSlot(slot, place) {
    const tile = this.tiles[place];
    slot.node.classList.toggle("compexp-vacant", tile === undefined);
    slot.node.tabIndex = place === this.focused && tile ? 0 : -1;
    if (tile === undefined) {
      slot.tile = null;
      return;
    }
    const scene = /** @type {Scene} */ (this.scene);
    const picture = scene.picture(tile.image);
    // What stands here stays until the picture is there, dimmed: nothing flickers while a slider moves.
    if (picture || slot.tile === null || this.incomplete) slot.tile = tile;
    slot.node.setAttribute("aria-busy", String(slot.tile !== tile));
    const shown = slot.tile;
    const size = this.sizes.get(this.slots[0].canvas);
    if (size?.width > 0) slot.area = paintTile(slot.canvas, size, shown, scene.picture(shown.image), scene);
    const words = `${tileSentence(shown, scene.firing)}. Enter enlarges.`;
    if (slot.node.getAttribute("aria-label") === words) return;
    slot.node.setAttribute("aria-label", words);
    slot.name.textContent = shown.scene || shortName(shown.name);
    slot.peak.textContent = `peak ${formatActivation(shown.peak)}`;
  }

  /**
   * @param {number} place
   * @returns {Slot}
   */
  slot(place) {
    const canvas = element("canvas");
    const name = element("span", { class: "compexp-ellipsis" });
    const peak = element("span", { class: "compexp-number" });
    const node = element(
      "div",
      {
        class: "compexp-tile compexp-vacant",
        role: "button",
        tabindex: -1,
        on: {
          click: () => this.enlarge(place),
          keydown: (/** @type {KeyboardEvent} */ event) => this.pressedTile(event, place),
          focus: () => this.moveFocus(place, false),
        },
      },
      canvas,
      element("div", { class: "compexp-tile-caption" }, name, peak),
    );
    /** @type {Slot} */
    const slot = { node, canvas, name, peak, tile: null, area: null };
    this.explainUnderPointer(canvas, () => (slot.tile ? { tile: slot.tile, area: slot.area } : null));
    return slot;
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {() => {tile: Tile, area: any} | null} painted
   */
  explainUnderPointer(canvas, painted) {
    canvas.addEventListener("pointermove", (event) => {
      const now = painted();
      if (!now?.area || this.scene === null) return;
      const position = positionUnder(event.offsetX, event.offsetY, now.area, now.tile.grid);
      if (position === null) return this.tooltip.hide(canvas);
      const { study, picture, firing } = this.scene;
      const spot = spotAt(now.tile, picture(now.tile.image), position, study);
      const { clientX: x, clientY: y } = event;
      this.tooltip.show(canvas, spotNote(spot, firing, study.categories), { left: x + 12, right: x, top: y, bottom: y + 8 });
    });
    canvas.addEventListener("pointerleave", () => this.tooltip.hide(canvas));
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} place
   */
  pressedTile(event, place) {
    const columns = getComputedStyle(this.grid).gridTemplateColumns.split(" ").length;
    const steps = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns });
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.enlarge(place);
    } else if (event.key in steps || event.key === "Home" || event.key === "End") {
      event.preventDefault();
      const last = this.tiles.length - 1;
      const target = event.key === "Home" ? 0 : event.key === "End" ? last : place + steps[event.key];
      if (target >= 0 && target <= last) this.moveFocus(target, true);
    }
  }

  /**
   * @param {number} place
   * @param {boolean} take
   */
  moveFocus(place, take) {
    this.focused = place;
    this.slots.forEach(({ node }, index) => (node.tabIndex = index === place ? 0 : -1));
    if (take) this.slots[place].node.focus();
  }

  enlargedView() {
    const canvas = element("canvas", { class: "compexp-large-picture", tabindex: 0, role: "img" });
    const words = element("div", { class: "compexp-large-words" });
    const spot = element("div", { class: "compexp-large-spot" });
    const close = button("close", () => this.enlarge(null), { title: "Back to all pictures (Esc)" });
    const node = element(
      "div",
      { class: "compexp-large", hidden: true, on: { keydown: (/** @type {KeyboardEvent} */ event) => this.pressedLarge(event) } },
      canvas,
      element(
        "div",
        { class: "compexp-large-side" },
        element(
          "div",
          { class: "compexp-row" },
          button("‹", () => this.step(-1), { title: "Previous picture (←)", "aria-label": "previous picture" }),
          button("›", () => this.step(1), { title: "Next picture (→)", "aria-label": "next picture" }),
          close,
        ),
        words,
        spot,
        element("div", { class: "compexp-caption" }, "← → other pictures · Shift and arrows read a position · Esc closes"),
      ),
    );
    const view = { node, canvas, words, spot, close, area: /** @type {any} */ (null) };
    this.explainUnderPointer(canvas, () =>
      this.enlarged !== null && this.tiles[this.enlarged] ? { tile: this.tiles[this.enlarged], area: view.area } : null,
    );
    return view;
  }

  /** @param {number | null} place */
  enlarge(place) {
    if (place !== null && !this.tiles[place]) return;
    const before = this.enlarged;
    this.enlarged = place;
    this.crosshair = null;
    this.tooltip.hide();
    // The pictures' place keeps its height, so that nothing around it moves.
    if (place !== null && before === null) this.node.style.minHeight = `${this.grid.offsetHeight}px`;
    if (place === null) this.node.style.minHeight = "";
    this.large.node.hidden = place === null;
    this.paint();
    if (place !== null) this.large.canvas.focus({ preventScroll: true });
    else if (before !== null && this.tiles.length > 0) this.moveFocus(Math.min(before, this.tiles.length - 1), true);
  }

  /** @param {number} by */
  step(by) {
    if (this.enlarged === null) return;
    this.enlarged = (this.enlarged + by + this.tiles.length) % this.tiles.length;
    this.crosshair = null;
    this.paintEnlarged();
    if (this.scene) this.announce(tileSentence(this.tiles[this.enlarged], this.scene.firing));
  }

  /** @param {KeyboardEvent} event */
  pressedLarge(event) {
    const steps = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    });
    if (event.key === "Escape") this.enlarge(null);
    else if (event.key in steps && event.shiftKey) this.moveCrosshair(...steps[event.key]);
    else if (event.key in steps) this.step(steps[event.key][0] + steps[event.key][1]);
    else return;
    event.preventDefault();
  }

  /**
   * @param {number} dx
   * @param {number} dy
   */
  moveCrosshair(dx, dy) {
    if (this.enlarged === null || this.scene === null) return;
    const tile = this.tiles[this.enlarged];
    const [height, width] = tile.grid;
    const { x, y } = this.crosshair ?? { x: Math.floor(width / 2), y: Math.floor(height / 2) };
    const stride = 2;
    this.crosshair = {
      x: Math.min(width - 1, Math.max(0, x + dx * stride)),
      y: Math.min(height - 1, Math.max(0, y + dy * stride)),
    };
    this.paintEnlarged();
    this.announce(spotSentence(spotAt(tile, this.scene.picture(tile.image), this.crosshair, this.scene.study), this.scene.firing));
  }

  paintEnlarged() {
    if (this.enlarged === null || this.scene === null) return;
    const tile = this.tiles[this.enlarged];
    if (!tile) return;
    const { canvas, words, spot } = this.large;
    const picture = this.scene.picture(tile.image);
    const size = this.sizes.get(canvas);
    if (size?.width > 0) {
      this.large.area = paintTile(canvas, size, tile, picture, { ...this.scene, crosshair: this.crosshair });
    }
    canvas.setAttribute("aria-label", tileSentence(tile, this.scene.firing));
    const facts = [
      ["picture", `${this.enlarged + 1} of ${this.tiles.length}`],
      ["scene", tile.scene],
      ["split", tile.split],
      ["peak", formatActivation(tile.peak)],
      [firingWords(this.scene.firing.cluster).yes, `${formatCount(tile.counts.neuron)} positions`],
      ["formula holds", `${formatCount(tile.counts.formula)} positions`],
      ["both", `${formatCount(tile.counts.both)} positions`],
    ].filter(([, value]) => value);
    words.replaceChildren(
      element("div", { class: "compexp-strong compexp-break" }, tile.name),
      element(
        "div",
        { class: "compexp-facts" },
        ...facts.flatMap(([term, value]) => [element("span", { class: "compexp-muted" }, term), element("span", {}, value)]),
      ),
    );
    spot.replaceChildren(
      ...(this.crosshair
        ? [spotNote(spotAt(tile, picture, this.crosshair, this.scene.study), this.scene.firing, this.scene.study.categories)]
        : []),
    );
  }
}
