/**
 * Where a patch lies on a picture, and how it moves under the pointer. Pure, in pixels of the picture.
 *
 * As in the kernel: left, top, width and height are the box before it is turned; the rotation is in degrees, clockwise,
 * about the middle of that box; a flipped patch is mirrored before it is turned.
 */

/**
 * @typedef {object} Placement
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {number} rotation
 * @property {boolean} flipped
 * @property {number} opacity 0 … 1
 */

/** @typedef {{x: number, y: number}} Point */
/** @typedef {{width: number, height: number}} Size */
/** @typedef {"nw" | "ne" | "se" | "sw"} Corner */

/** Sides of a patch, in pixels: no smaller than can be grasped, no larger than the kernel takes. */
export const SMALLEST = 4;
export const LARGEST = 8192;

/** How much of a patch's box stays over the picture while it is moved by hand, in pixels. */
const KEPT_IN_VIEW = 8;

/** Which way each corner lies from the middle. */
const SIGNS = /** @type {Record<Corner, [number, number]>} */ ({ nw: [-1, -1], ne: [1, -1], se: [1, 1], sw: [-1, 1] });

/** @type {Corner[]} clockwise from the top left */
export const CORNERS = ["nw", "ne", "se", "sw"];

/**
 * The geometry of an edit that pastes, alone.
 *
 * @param {import("../messages").PastePatch} edit
 * @returns {Placement}
 */
export function placementOf({ left, top, width, height, rotation = 0, flipped = false, opacity = 1 }) {
  return { left, top, width, height, rotation, flipped, opacity };
}

/**
 * A vector turned clockwise.
 *
 * @param {Point} vector
 * @param {number} degrees
 * @returns {Point}
 */
export function turned({ x, y }, degrees) {
  const angle = (degrees * Math.PI) / 180;
  const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
  return { x: x * cosine - y * sine, y: x * sine + y * cosine };
}

/**
 * @param {Placement} placement
 * @returns {Point}
 */
export function middleOf({ left, top, width, height }) {
  return { x: left + width / 2, y: top + height / 2 };
}

/**
 * Where a point of the box lies after it is turned.
 *
 * @param {Placement} placement
 * @param {number} across −1 at the left side … 1 at the right side
 * @param {number} down −1 at the top … 1 at the bottom
 * @returns {Point}
 */
function pointOf(placement, across, down) {
  const middle = middleOf(placement);
  const arm = turned({ x: (across * placement.width) / 2, y: (down * placement.height) / 2 }, placement.rotation);
  return { x: middle.x + arm.x, y: middle.y + arm.y };
}

/**
 * @param {Placement} placement
 * @param {Corner} corner of the box, by its name before it was turned
 * @returns {Point}
 */
export function cornerOf(placement, corner) {
  return pointOf(placement, ...SIGNS[corner]);
}

/**
 * Where the handle that turns a patch stands: above the middle of its upper side.
 *
 * @param {Placement} placement
 * @param {number} distance from that side
 * @returns {Point}
 */
export function turningPoint(placement, distance) {
  return pointOf(placement, 0, -1 - (2 * distance) / placement.height);
}

/**
 * Whether a point lies on a patch's box.
 *
 * @param {Placement} placement
 * @param {Point} point
 * @param {number} [margin] how far beside the box still counts
 */
export function covers(placement, point, margin = 0) {
  const middle = middleOf(placement);
  const { x, y } = turned({ x: point.x - middle.x, y: point.y - middle.y }, -placement.rotation);
  return Math.abs(x) <= placement.width / 2 + margin && Math.abs(y) <= placement.height / 2 + margin;
}

/**
 * The uppermost of some patches under a point.
 *
 * @param {(Placement | null)[]} placements from the lowest; `null` for what cannot be grasped
 * @param {Point} point
 * @param {number} [margin]
 * @returns {number} its index, or −1
 */
export function uppermostAt(placements, point, margin = 0) {
  return placements.findLastIndex((placement) => placement !== null && covers(placement, point, margin));
}

/**
 * The box around a patch after it is turned.
 *
 * @param {Placement} placement
 * @returns {{left: number, top: number, right: number, bottom: number}}
 */
export function extentOf(placement) {
  const corners = CORNERS.map((corner) => cornerOf(placement, corner));
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  return { left: Math.min(...xs), top: Math.min(...ys), right: Math.max(...xs), bottom: Math.max(...ys) };
}

/**
 * A patch moved, but not so far that nothing of its box lies over the picture.
 *
 * @param {Placement} placement
 * @param {number} dx
 * @param {number} dy
 * @param {Size} picture
 * @returns {Placement}
 */
export function moved(placement, dx, dy, picture) {
  return inView({ ...placement, left: placement.left + dx, top: placement.top + dy }, picture);
}

/**
 * A patch brought back where it can be seen; one that can be stays where it is.
 *
 * @param {Placement} placement
 * @param {Size} picture
 * @returns {Placement}
 */
export function inView(placement, picture) {
  const { left, top, right, bottom } = extentOf(placement);
  const back = (/** @type {number} */ start, /** @type {number} */ end, /** @type {number} */ extent) => {
    if (end < KEPT_IN_VIEW) return KEPT_IN_VIEW - end;
    return start > extent - KEPT_IN_VIEW ? extent - KEPT_IN_VIEW - start : 0;
  };
  const dx = back(left, right, picture.width);
  const dy = back(top, bottom, picture.height);
  return dx === 0 && dy === 0 ? placement : { ...placement, left: placement.left + dx, top: placement.top + dy };
}

/**
 * A patch whose corner is pulled to a point; the opposite corner stays where it is, however the patch is turned.
 *
 * @param {Placement} placement
 * @param {Corner} corner
 * @param {Point} point
 * @param {boolean} free whether the two sides may change apart; otherwise their ratio is kept
 * @returns {Placement}
 */
export function resized(placement, corner, point, free) {
  const [across, down] = SIGNS[corner];
  const fixed = pointOf(placement, -across, -down);
  const pulled = turned({ x: point.x - fixed.x, y: point.y - fixed.y }, -placement.rotation);
  const { width, height } = free
    ? { width: side(across * pulled.x), height: side(down * pulled.y) }
    : scaledSize(placement, (across * pulled.x * placement.width + down * pulled.y * placement.height) / (placement.width ** 2 + placement.height ** 2));
  const arm = turned({ x: (across * width) / 2, y: (down * height) / 2 }, placement.rotation);
  return { ...placement, left: fixed.x + arm.x - width / 2, top: fixed.y + arm.y - height / 2, width, height };
}

/**
 * A patch made larger or smaller about its middle.
 *
 * @param {Placement} placement
 * @param {number} factor
 * @returns {Placement}
 */
export function scaled(placement, factor) {
  const size = scaledSize(placement, factor);
  const middle = middleOf(placement);
  return { ...placement, left: middle.x - size.width / 2, top: middle.y - size.height / 2, ...size };
}

/**
 * A patch turned so that its upper side looks at a point.
 *
 * @param {Placement} placement
 * @param {Point} point
 * @param {number} [step] degrees: the rotation becomes a multiple of it
 * @returns {Placement}
 */
export function turnedTowards(placement, point, step = 0) {
  const middle = middleOf(placement);
  const degrees = (Math.atan2(point.y - middle.y, point.x - middle.x) * 180) / Math.PI + 90;
  return turnedTo(placement, step > 0 ? Math.round(degrees / step) * step : degrees);
}

/**
 * A patch with a given rotation, told as −180 < degrees ≤ 180.
 *
 * @param {Placement} placement
 * @param {number} degrees
 * @returns {Placement}
 */
export function turnedTo(placement, degrees) {
  const rest = ((degrees % 360) + 360) % 360;
  return { ...placement, rotation: rest > 180 ? rest - 360 : rest };
}

/**
 * What is told of a placement and handed to the kernel: whole pixels and tenths of a degree, as fine as it pastes.
 *
 * @param {Placement} placement
 * @returns {Placement}
 */
export function tidied({ left, top, width, height, rotation, flipped, opacity }) {
  return {
    left: Math.round(left),
    top: Math.round(top),
    width: Math.max(1, Math.round(width)),
    height: Math.max(1, Math.round(height)),
    rotation: Math.round(rotation * 10) / 10,
    flipped,
    opacity: Math.round(opacity * 100) / 100,
  };
}

/**
 * Where a patch lies when it is put on a picture: a third of the picture's width, about a point.
 *
 * @param {Size} patch in its own pixels
 * @param {Size} picture
 * @param {Point} [middle] of the picture where none is given
 * @returns {Placement}
 */
export function placedAt(patch, picture, middle = { x: picture.width / 2, y: picture.height / 2 }) {
  const factor = Math.min(picture.width / 3 / patch.width, picture.height / 2 / patch.height);
  const [width, height] = [side(patch.width * factor), side(patch.height * factor)];
  return tidied({ left: middle.x - width / 2, top: middle.y - height / 2, width, height, rotation: 0, flipped: false, opacity: 1 });
}

/**
 * The affine map that lays a patch, drawn in its own pixels, onto a picture drawn at a scale: as CSS's `matrix` has it.
 *
 * @param {Placement} placement
 * @param {Size} patch in its own pixels
 * @param {number} scale CSS pixels in a pixel of the picture
 * @returns {[number, number, number, number, number, number]}
 */
export function matrixOf(placement, patch, scale) {
  const across = turned({ x: (placement.flipped ? -1 : 1) * (placement.width / patch.width) * scale, y: 0 }, placement.rotation);
  const down = turned({ x: 0, y: (placement.height / patch.height) * scale }, placement.rotation);
  const start = cornerOf(placement, placement.flipped ? "ne" : "nw");
  return [across.x, across.y, down.x, down.y, start.x * scale, start.y * scale];
}

/** @param {number} length */
function side(length) {
  return Math.min(LARGEST, Math.max(SMALLEST, length));
}

/**
 * @param {Size} size
 * @param {number} factor
 * @returns {Size} with the same ratio, and no side out of range
 */
function scaledSize({ width, height }, factor) {
  const least = SMALLEST / Math.min(width, height);
  const most = LARGEST / Math.max(width, height);
  const within = Math.min(most, Math.max(Math.min(least, 1), factor));
  return { width: width * within, height: height * within };
}
