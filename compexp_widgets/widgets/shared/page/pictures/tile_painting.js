/**
 * Painting a picture with its overlay. The neuron is a two-tone outline, the formula a hatched fill, their intersection a
 * denser cross-hatch: told apart without colour, and visible on light and dark pictures.
 */

import { activationsOf, outlinesOf } from "./card.js";
import { heatColour, heatOpacity } from "../elements/colour.js";
import { fitInside } from "./overlay.js";

/** @typedef {"both" | "neuron" | "formula" | "heat" | "none"} Overlay */
/** @typedef {{x: number, y: number, width: number, height: number}} Area */

const DARK = "rgba(10, 12, 16, 0.85)";
const LIGHT = "#ffffff";
const HATCH = "#ffc21a";

/** The heat ramp in 256 steps, each a pixel as it lies in memory. */
const HEAT = new Uint32Array(
  Uint8Array.from(
    Array.from({ length: 256 }, (_, step) => [...heatColour(step / 255), Math.round(255 * heatOpacity(step / 255))]).flat(),
  ).buffer,
);

/**
 * Sizes a canvas for the screen's own pixels and gives its context in CSS pixels.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 */
export function prepareCanvas(canvas, width, height) {
  const ratio = Math.min(3, window.devicePixelRatio || 1);
  const pixels = [Math.max(1, Math.round(width * ratio)), Math.max(1, Math.round(height * ratio))];
  if (canvas.width !== pixels[0] || canvas.height !== pixels[1]) [canvas.width, canvas.height] = pixels;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

/**
 * Paints one picture with its overlay over the whole canvas.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{width: number, height: number}} size in CSS pixels
 * @param {import("./card.js").Tile} tile
 * @param {import("./picture_cache.js").Picture | undefined} picture
 * @param {{overlay: Overlay, maxActivation: number, crosshair?: {x: number, y: number} | null}} options
 * @returns {Area} where the picture lies on the canvas
 */
export function paintTile(canvas, size, tile, picture, { overlay, maxActivation, crosshair }) {
  const context = prepareCanvas(canvas, size.width, size.height);
  const area = fitInside(picture?.width ?? tile.grid[1], picture?.height ?? tile.grid[0], size.width, size.height);
  context.imageSmoothingQuality = "high";
  if (picture) context.drawImage(picture.bitmap, area.x, area.y, area.width, area.height);
  else {
    context.fillStyle = "rgba(128, 128, 128, 0.25)";
    context.fillRect(area.x, area.y, area.width, area.height);
  }
  const line = Math.min(2.4, Math.max(1.4, area.width / 130));
  if (overlay === "heat") paintHeat(context, area, tile, maxActivation);
  else if (overlay !== "none") paintMasks(context, area, outlinesOf(tile), tile.grid, overlay, line);
  if (crosshair) paintCrosshair(context, area, tile.grid, crosshair);
  return area;
}

/**
 * Paints masks given by their outlines.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {import("./card.js").Outlines} outlines
 * @param {[number, number]} grid
 * @param {Overlay} overlay
 * @param {number} line width of the outline's light core, in CSS pixels
 */
export function paintMasks(context, area, outlines, grid, overlay, line) {
  const trace = (/** @type {[number, number][][]} */ loops) => tracePath(loops, area, grid, line);
  context.save();
  context.lineJoin = "round";
  if (overlay === "neuron") darkenOutside(context, area, trace(outlines.neuron));
  if (overlay === "both" || overlay === "formula") {
    const formula = trace(outlines.formula);
    context.fillStyle = "rgba(255, 194, 26, 0.16)";
    context.fill(formula, "evenodd");
    context.fillStyle = hatchFill(context, line, 1);
    context.fill(formula, "evenodd");
    context.strokeStyle = "rgba(10, 12, 16, 0.45)";
    context.lineWidth = 0.75;
    context.stroke(formula);
  }
  if (overlay === "both") {
    const both = trace(outlines.both);
    context.fillStyle = "rgba(255, 194, 26, 0.2)";
    context.fill(both, "evenodd");
    context.fillStyle = hatchFill(context, line, -1);
    context.fill(both, "evenodd");
  }
  if (overlay === "both" || overlay === "neuron") {
    const neuron = trace(outlines.neuron);
    context.strokeStyle = DARK;
    context.lineWidth = line * 2;
    context.stroke(neuron);
    context.strokeStyle = LIGHT;
    context.lineWidth = line;
    context.stroke(neuron);
  }
  context.restore();
}

/**
 * @param {[number, number][][]} loops in grid units
 * @param {Area} area
 * @param {[number, number]} grid
 * @param {number} margin outlines at the picture's edge are kept this far inside, where they can be seen
 */
function tracePath(loops, area, grid, margin) {
  const path = new Path2D();
  const inside = (/** @type {number} */ share, /** @type {number} */ extent) =>
    Math.min(extent - margin, Math.max(margin, share * extent));
  for (const loop of loops) {
    loop.forEach(([x, y], index) => {
      const pointX = area.x + inside(x / grid[1], area.width);
      const pointY = area.y + inside(y / grid[0], area.height);
      if (index === 0) path.moveTo(pointX, pointY);
      else path.lineTo(pointX, pointY);
    });
    path.closePath();
  }
  return path;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {Path2D} path
 */
function darkenOutside(context, area, path) {
  const outside = new Path2D();
  outside.rect(area.x, area.y, area.width, area.height);
  outside.addPath(path);
  context.fillStyle = "rgba(0, 0, 0, 0.62)";
  context.fill(outside, "evenodd");
}

/** @type {Map<string, HTMLCanvasElement>} */
const hatches = new Map();

/**
 * Slanted two-tone lines as a fill: one small drawing, repeated.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {number} line
 * @param {1 | -1} slope 1 rises to the right, -1 falls
 */
function hatchFill(context, line, slope) {
  const ratio = context.getTransform().a;
  const side = Math.max(6, Math.round(line * 7 * ratio));
  const key = `${side} ${slope}`;
  let drawing = hatches.get(key);
  if (drawing === undefined) {
    drawing = drawHatch(side, line * ratio, slope, ratio);
    hatches.set(key, drawing);
  }
  const pattern = /** @type {CanvasPattern} */ (context.createPattern(drawing, "repeat"));
  pattern.setTransform(new DOMMatrix([1 / ratio, 0, 0, 1 / ratio, 0, 0]));
  return pattern;
}

/**
 * @param {number} side of the repeated square, in the screen's pixels
 * @param {number} line
 * @param {1 | -1} slope
 * @param {number} ratio the screen's pixels in a CSS pixel
 */
function drawHatch(side, line, slope, ratio) {
  const drawing = document.createElement("canvas");
  drawing.width = drawing.height = side;
  const context = /** @type {CanvasRenderingContext2D} */ (drawing.getContext("2d"));
  const lines = new Path2D();
  // The line through the square, and the corners that its neighbours' lines cut.
  for (const shift of [-side, 0, side]) {
    lines.moveTo(shift - side, slope > 0 ? 2 * side : -side);
    lines.lineTo(shift + 2 * side, slope > 0 ? -side : 2 * side);
  }
  context.strokeStyle = "rgba(10, 12, 16, 0.5)";
  context.lineWidth = line * 0.6 + 0.9 * ratio;
  context.stroke(lines);
  context.strokeStyle = HATCH;
  context.lineWidth = line * 0.6;
  context.stroke(lines);
  return drawing;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {import("./card.js").Tile} tile
 * @param {number} maxActivation
 */
function paintHeat(context, area, tile, maxActivation) {
  const [height, width] = tile.grid;
  const activations = activationsOf(tile);
  const pixels = new ImageData(width, height);
  const words = new Uint32Array(pixels.data.buffer);
  const steps = maxActivation > 0 ? 255 / maxActivation : 0;
  for (let index = 0; index < activations.length; index += 1) {
    words[index] = HEAT[Math.min(255, Math.max(0, Math.round(activations[index] * steps)))];
  }
  const layer = document.createElement("canvas");
  layer.width = width;
  layer.height = height;
  /** @type {CanvasRenderingContext2D} */ (layer.getContext("2d")).putImageData(pixels, 0, 0);
  context.drawImage(layer, area.x, area.y, area.width, area.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {[number, number]} grid
 * @param {{x: number, y: number}} position
 */
function paintCrosshair(context, area, grid, { x, y }) {
  const centreX = area.x + ((x + 0.5) * area.width) / grid[1];
  const centreY = area.y + ((y + 0.5) * area.height) / grid[0];
  for (const [style, width] of /** @type {[string, number][]} */ ([[DARK, 4], [LIGHT, 1.6]])) {
    context.strokeStyle = style;
    context.lineWidth = width;
    context.beginPath();
    for (const [dx, dy] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      context.moveTo(centreX + dx * 5, centreY + dy * 5);
      context.lineTo(centreX + dx * 14, centreY + dy * 14);
    }
    context.stroke();
  }
}
