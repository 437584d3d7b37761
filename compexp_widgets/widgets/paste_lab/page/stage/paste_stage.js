/**
 * The picture with its patches, under the hand: drag, corners to resize, a handle to turn, and the same by keys.
 *
 * While the pointer is down only CSS transforms change, once a frame; whoever uses the stage hears of it when it is let go.
 */

import { element, svgElement } from "../../../shared/page/elements/element.js";
import { isPaste, placementsOf, withPlacement } from "./edit_list.js";
import { cornerOf, CORNERS, inView, matrixOf, moved, resized, scaled, turnedTo, turnedTowards, turningPoint, uppermostAt } from "./placement.js";
import { paintMasks, prepareCanvas } from "../../../shared/page/pictures/tile_painting.js";

/** The longer side of the picture on the screen, in CSS pixels, where there is room. */
const SIDE = 448;

/** How far the handle that turns stands above the patch, in CSS pixels; how far beside a patch a press still counts. */
const ARM = 26;
const REACH = 3;

/** Degrees: what Shift turns by. */
const STEP = 15;

/** @typedef {import("./placement.js").Placement} Placement */
/** @typedef {import("./placement.js").Point} Point */

/**
 * What the pointer does while it is down.
 *
 * @typedef {object} Gesture
 * @property {"move" | "turn" | import("./placement.js").Corner} grip
 * @property {number} place of the patch
 * @property {number} pointer
 * @property {Placement} start
 * @property {Point} from where it was pressed
 * @property {Point} offset from the pointer to what is pulled
 * @property {DOMRect} frame
 */

/**
 * @typedef {object} StageListeners
 * @property {(place: number, placement: Placement, kind: string) => void} onPlace a patch was put elsewhere; steps of a
 *   kind that follow each other quickly are one
 * @property {(place: number, placement: Placement) => void} onLive it lies there while the pointer is down
 * @property {(place: number) => void} onSelect −1 for none
 * @property {(place: number) => void} onRemove
 * @property {(place: number, by: 1 | -1) => void} onRaise
 */

export class PasteStage {
  /** @param {StageListeners} listeners */
  constructor(listeners) {
    this.listeners = listeners;
    /** @type {import("../pictures/picture_library.js").StagePicture | null} */
    this.picture = null;
    /** @type {import("./edit_list.js").Edit[]} */
    this.edits = [];
    /** @type {import("../patches/patch_store.js").PatchStore | null} */
    this.store = null;
    this.selected = -1;
    /** @type {Gesture | null} */
    this.gesture = null;
    /** @type {Placement | null} where the patch lies that the pointer holds */
    this.live = null;
    this.scale = 1;
    /** @type {{outlines: import("../../../shared/page/pictures/card.js").Outlines, grid: [number, number], overlay: import("../../../shared/page/pictures/tile_painting.js").Overlay} | null} */
    this.masks = null;
    this.frameAsked = 0;

    this.base = element("canvas", { class: "compexp-stage-base", "aria-hidden": "true" });
    this.layers = element("div", { class: "compexp-stage-layers", "aria-hidden": "true" });
    this.overlay = element("canvas", { class: "compexp-stage-overlay", "aria-hidden": "true" });
    this.outline = svgElement("polygon", { class: "compexp-stage-outline" });
    this.outlineUnder = svgElement("polygon", { class: "compexp-stage-outline-under" });
    this.arm = svgElement("line", { class: "compexp-stage-arm" });
    this.handles = Object.fromEntries([...CORNERS, "turn"].map((grip) => [grip, element("span", { class: `compexp-handle compexp-handle-${grip}`, "data-grip": grip })]));
    this.frame = element(
      "div",
      { class: "compexp-stage-frame", "aria-hidden": "true", hidden: true },
      svgElement("svg", {}, this.outlineUnder, this.outline, this.arm),
      ...Object.values(this.handles),
    );
    this.node = element(
      "div",
      {
        class: "compexp-stage",
        tabindex: 0,
        role: "application",
        "aria-roledescription": "picture with patches",
        "aria-label": "picture",
        on: {
          pointerdown: (/** @type {PointerEvent} */ event) => this.pressed(event),
          pointermove: (/** @type {PointerEvent} */ event) => this.pulled(event),
          pointerup: (/** @type {PointerEvent} */ event) => this.released(event),
          pointercancel: () => this.dropGesture(),
          lostpointercapture: () => this.dropGesture(),
          keydown: (/** @type {KeyboardEvent} */ event) => this.keyed(event),
        },
      },
      element("div", { class: "compexp-stage-view" }, this.base, this.layers, this.overlay),
      this.frame,
    );
    this.resizing = new ResizeObserver(([{ contentRect }]) => this.setWidth(contentRect.width));
    this.resizing.observe(this.node);
  }

  destroy() {
    this.resizing.disconnect();
    cancelAnimationFrame(this.frameAsked);
  }

  /** @param {number} width of the stage, in CSS pixels */
  setWidth(width) {
    this.width = width;
    if (!this.picture || width === 0) return;
    this.scale = width / this.picture.width;
    this.paintBase();
    this.paintOverlay();
    this.draw();
  }

  /**
   * @param {import("../pictures/picture_library.js").StagePicture} picture
   * @param {ImageBitmap} bitmap its pixels, with the changes of its regions
   */
  setPicture(picture, bitmap) {
    const sized = this.picture?.width === picture.width && this.picture.height === picture.height;
    this.picture = picture;
    this.bitmap = bitmap;
    if (!sized) {
      const { width, height } = picture;
      this.node.style.width = `min(100%, ${(SIDE * width) / Math.max(width, height)}px)`;
      this.node.style.aspectRatio = `${width} / ${height}`;
      this.masks = null;
    }
    this.setWidth(this.node.clientWidth);
  }

  /**
   * @param {import("./edit_list.js").Edit[]} edits
   * @param {import("../patches/patch_store.js").PatchStore} store
   */
  setEdits(edits, store) {
    this.edits = edits;
    this.store = store;
    const pastes = edits.flatMap((edit, place) => (isPaste(edit) ? [{ edit, place }] : []));
    const kept = /** @type {HTMLElement[]} */ ([...this.layers.children]);
    const layers = pastes.map(({ edit, place }) => {
      const patch = store.get(edit.patch);
      const layer = kept.splice(Math.max(0, kept.findIndex((one) => one.dataset.patch === edit.patch)), 1)[0] ?? element("img", { class: "compexp-layer", alt: "", draggable: "false" });
      if (layer.dataset.patch !== edit.patch || layer.dataset.known !== String(patch !== undefined)) {
        layer.dataset.patch = edit.patch;
        layer.dataset.known = String(patch !== undefined);
        layer.setAttribute("width", String(patch?.width ?? 1));
        layer.setAttribute("height", String(patch?.height ?? 1));
        if (patch) layer.setAttribute("src", patch.address);
        else layer.removeAttribute("src");
      }
      layer.dataset.place = String(place);
      return layer;
    });
    if (layers.length !== this.layers.children.length || layers.some((layer, place) => layer !== this.layers.children[place])) {
      this.layers.replaceChildren(...layers);
    }
    if (!edits[this.selected] || !isPaste(edits[this.selected])) this.selected = -1;
    this.draw();
  }

  /** @param {number} place of a patch; −1 for none */
  select(place) {
    this.selected = this.edits[place] && isPaste(this.edits[place]) ? place : -1;
    this.draw();
  }

  /** @param {string} words what the stage shows, for those who do not see it */
  setLabel(words) {
    this.node.setAttribute("aria-label", words);
  }

  /**
   * Shows where a unit fires, or a region, over the picture.
   *
   * @param {import("../../../shared/page/pictures/card.js").Outlines | null} outlines
   * @param {[number, number]} grid
   * @param {import("../../../shared/page/pictures/tile_painting.js").Overlay} overlay
   */
  setMasks(outlines, grid, overlay) {
    this.masks = outlines && { outlines, grid, overlay };
    this.paintOverlay();
  }

  paintBase() {
    // A bitmap that was let go has no width; another one is on its way then.
    if (!this.bitmap?.width || !this.picture || !this.width) return;
    const height = this.width * (this.picture.height / this.picture.width);
    const context = prepareCanvas(this.base, this.width, height);
    context.imageSmoothingQuality = "high";
    context.drawImage(this.bitmap, 0, 0, this.width, height);
  }

  paintOverlay() {
    this.overlay.hidden = this.masks === null;
    if (this.masks === null || !this.picture || !this.width) return;
    const height = this.width * (this.picture.height / this.picture.width);
    const context = prepareCanvas(this.overlay, this.width, height);
    const { outlines, grid, overlay } = this.masks;
    paintMasks(context, { x: 0, y: 0, width: this.width, height }, outlines, grid, overlay, 2);
  }

  /**
   * Shows the selected patch otherwise, without a step: while a slider moves.
   *
   * @param {Placement} placement
   */
  preview(placement) {
    this.edits = withPlacement(this.edits, this.selected, placement);
    this.draw();
  }

  /** Puts patches and handles in their places with the next frame. */
  draw() {
    if (this.frameAsked !== 0) return;
    this.frameAsked = requestAnimationFrame(() => {
      this.frameAsked = 0;
      this.drawNow();
    });
  }

  drawNow() {
    for (const layer of /** @type {Iterable<HTMLElement>} */ (this.layers.children)) {
      const place = Number(layer.dataset.place);
      const patch = this.store?.get(String(layer.dataset.patch));
      const placement = this.placementAt(place);
      if (!placement) continue;
      layer.style.transform = `matrix(${matrixOf(placement, patch ?? { width: 1, height: 1 }, this.scale).join(", ")})`;
      layer.style.opacity = String(placement.opacity);
    }
    if (this.gesture && this.live) this.listeners.onLive(this.gesture.place, this.live);
    const placement = this.placementAt(this.selected);
    this.frame.hidden = placement === null;
    if (placement === null || !this.picture) return;
    const points = CORNERS.map((corner) => this.onScreen(cornerOf(placement, corner)));
    const path = points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
    this.outline.setAttribute("points", path);
    this.outlineUnder.setAttribute("points", path);
    const edge = this.onScreen(turningPoint(placement, 0));
    const turn = this.onScreen(turningPoint(placement, ARM / this.scale));
    for (const [name, value] of Object.entries({ x1: edge.x, y1: edge.y, x2: turn.x, y2: turn.y })) this.arm.setAttribute(name, value.toFixed(1));
    CORNERS.forEach((corner, index) => this.putHandle(corner, points[index]));
    this.putHandle("turn", turn);
  }

  /**
   * Handles stay where they can be grasped: those of a patch that reaches beyond the picture stand at the picture's edge.
   *
   * @param {string} grip
   * @param {Point} point in CSS pixels of the stage
   */
  putHandle(grip, { x, y }) {
    const width = this.width ?? 0;
    const height = this.picture ? (width * this.picture.height) / this.picture.width : 0;
    const within = (/** @type {number} */ value, /** @type {number} */ extent) => Math.min(extent + 4, Math.max(-4, value));
    this.handles[grip].style.transform = `translate(${within(x, width).toFixed(1)}px, ${within(y, height).toFixed(1)}px)`;
  }

  /** @param {Point} point */
  onScreen({ x, y }) {
    return { x: x * this.scale, y: y * this.scale };
  }

  /**
   * @param {number} place
   * @returns {Placement | null}
   */
  placementAt(place) {
    if (this.gesture && this.live && this.gesture.place === place) return this.live;
    return placementsOf(this.edits)[place] ?? null;
  }

  /**
   * Where a point of the window lies on the picture; `null` when it lies beside it.
   *
   * @param {number} clientX
   * @param {number} clientY
   * @returns {Point | null}
   */
  pointUnder(clientX, clientY) {
    const { left, top, right, bottom } = this.node.getBoundingClientRect();
    if (!this.picture || clientX < left || clientX > right || clientY < top || clientY > bottom) return null;
    return { x: (clientX - left) / this.scale, y: (clientY - top) / this.scale };
  }

  /** @param {PointerEvent} event */
  pressed(event) {
    if (event.button !== 0 || !this.picture || this.gesture) return;
    const frame = this.node.getBoundingClientRect();
    const from = { x: (event.clientX - frame.left) / this.scale, y: (event.clientY - frame.top) / this.scale };
    const grip = /** @type {any} */ (/** @type {HTMLElement} */ (event.target).dataset?.grip ?? "move");
    const place = grip === "move" ? this.grasped(from) : this.selected;
    event.preventDefault();
    this.node.focus({ preventScroll: true });
    if (place !== this.selected) {
      this.select(place);
      this.listeners.onSelect(place);
    }
    const start = this.placementAt(place);
    if (start === null) return;
    const pulled = grip === "move" ? from : grip === "turn" ? turningPoint(start, ARM / this.scale) : cornerOf(start, grip);
    this.gesture = { grip, place, pointer: event.pointerId, start, from, offset: { x: pulled.x - from.x, y: pulled.y - from.y }, frame };
    this.live = start;
    this.node.setPointerCapture(event.pointerId);
    this.node.classList.add("compexp-held");
  }

  /**
   * The patch that a press means: the selected one where it lies under the pointer, else the uppermost.
   *
   * @param {Point} point
   */
  grasped(point) {
    const placements = placementsOf(this.edits);
    const margin = REACH / this.scale;
    const selected = placements[this.selected];
    return selected && uppermostAt([selected], point, margin) === 0 ? this.selected : uppermostAt(placements, point, margin);
  }

  /** @param {PointerEvent} event */
  pulled(event) {
    const { gesture } = this;
    if (!gesture || !this.picture || event.pointerId !== gesture.pointer) return;
    const { grip, start, from, offset, frame } = gesture;
    const point = { x: (event.clientX - frame.left) / this.scale, y: (event.clientY - frame.top) / this.scale };
    const target = { x: point.x + offset.x, y: point.y + offset.y };
    if (grip === "move") this.live = moved(start, point.x - from.x, point.y - from.y, this.picture);
    else if (grip === "turn") this.live = turnedTowards(start, target, event.shiftKey ? STEP : 0);
    else this.live = resized(start, grip, target, event.shiftKey);
    this.draw();
  }

  /** @param {PointerEvent} event */
  released(event) {
    const { gesture, live } = this;
    if (!gesture || event.pointerId !== gesture.pointer) return;
    this.endGesture();
    if (live && live !== gesture.start) this.listeners.onPlace(gesture.place, live, "");
  }

  /** The pointer was taken away, or Esc pressed: the patch goes back. */
  dropGesture() {
    if (!this.gesture) return;
    const { place, start } = this.gesture;
    this.endGesture();
    this.listeners.onLive(place, start);
    this.draw();
  }

  endGesture() {
    const pointer = this.gesture?.pointer;
    this.gesture = null;
    this.live = null;
    this.node.classList.remove("compexp-held");
    if (pointer !== undefined && this.node.hasPointerCapture(pointer)) this.node.releasePointerCapture(pointer);
  }

  /** @param {KeyboardEvent} event */
  keyed(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape" && this.gesture) this.dropGesture();
    else if (event.key === "Escape" && this.selected >= 0) {
      this.select(-1);
      this.listeners.onSelect(-1);
    } else if (!this.keyedOnPatch(event)) return;
    event.preventDefault();
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} whether the key means something to the selected patch
   */
  keyedOnPatch({ key, shiftKey }) {
    const { selected, picture } = this;
    const placement = this.placementAt(selected);
    if (placement === null || picture === null || this.gesture) return false;
    const far = shiftKey ? 10 : 1;
    const put = (/** @type {Placement} */ next, /** @type {string} */ kind) => {
      this.listeners.onPlace(selected, inView(next, picture), `${kind} ${selected}`);
      return true;
    };
    switch (key) {
      case "ArrowLeft":
        return put(moved(placement, -far, 0, picture), "move");
      case "ArrowRight":
        return put(moved(placement, far, 0, picture), "move");
      case "ArrowUp":
        return put(moved(placement, 0, -far, picture), "move");
      case "ArrowDown":
        return put(moved(placement, 0, far, picture), "move");
      case "+":
      case "=":
      case "]":
        return put(grown(placement, 1.05), "size");
      case "-":
      case "_":
      case "[":
        return put(grown(placement, 1 / 1.05), "size");
      case ",":
      case "<":
        return put(turnedTo(placement, placement.rotation - (shiftKey ? STEP : 1)), "turn");
      case ".":
      case ">":
        return put(turnedTo(placement, placement.rotation + (shiftKey ? STEP : 1)), "turn");
      case "f":
      case "F":
        return put({ ...placement, flipped: !placement.flipped }, "flip");
      case "PageUp":
        this.listeners.onRaise(selected, 1);
        return true;
      case "PageDown":
        this.listeners.onRaise(selected, -1);
        return true;
      case "Delete":
      case "Backspace":
        this.listeners.onRemove(selected);
        return true;
      default:
        return false;
    }
  }
}

/**
 * A patch made larger or smaller by at least a pixel, so that each press of the key shows.
 *
 * @param {Placement} placement
 * @param {number} factor
 */
function grown(placement, factor) {
  const shorter = Math.min(placement.width, placement.height);
  const least = factor > 1 ? (shorter + 1) / shorter : (shorter - 1) / shorter;
  return scaled(placement, factor > 1 ? Math.max(factor, least) : Math.min(factor, least));
}
