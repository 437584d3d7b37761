/** The kernel's reply about one unit, its buffers turned into masks and maps. Pure. */

import { intersect, outlineLoops, readFloats, readShorts, smoothLoop, unpackBits, upsample } from "./overlay.js";

/**
 * @typedef {object} Tile one picture of the card
 * @property {number} image index into the probe dataset
 * @property {string} name
 * @property {string} split
 * @property {string} scene
 * @property {number | null} peak largest activation
 * @property {{neuron: number, formula: number, both: number}} counts in grid positions
 * @property {Uint8Array} neuron where the unit fires
 * @property {Uint8Array} formula where the formula holds
 * @property {Float32Array} map activations, as the network has them
 * @property {[number, number]} mapShape
 * @property {[number, number]} grid
 * @property {Outlines} [outlines] filled by `outlinesOf`
 * @property {Float32Array} [activations] filled by `activationsOf`
 */

/** @typedef {{neuron: [number, number][][], formula: [number, number][][], both: [number, number][][]}} Outlines */

/**
 * The tiles of a card.
 *
 * @param {import("../../../vision_explorer/page/messages").VisionCard} message
 * @param {DataView[]} buffers three a tile: the neuron's mask, the formula's mask, the activation map
 * @param {[number, number]} grid
 * @returns {Tile[]}
 */
export function decodeTiles({ tiles, map_shape: mapShape }, buffers, grid) {
  if (buffers.length !== tiles.length * 3) {
    throw new RangeError(`The card has ${tiles.length} pictures, but ${buffers.length} of ${tiles.length * 3} buffers came.`);
  }
  return tiles.map((tile, place) => {
    return {
      image: tile.image,
      name: tile.name,
      split: tile.split,
      scene: tile.scene,
      peak: tile.peak,
      counts: { neuron: tile.neuron, formula: tile.formula, both: tile.both },
      neuron: unpackBits(buffers[place * 3], grid[0] * grid[1]),
      formula: unpackBits(buffers[place * 3 + 1], grid[0] * grid[1]),
      map: readFloats(buffers[place * 3 + 2], mapShape[0] * mapShape[1]),
      mapShape,
      grid,
    };
  });
}

/**
 * The concepts at every position of some pictures.
 *
 * @param {import("../../../vision_explorer/page/messages").Pictures} message
 * @param {DataView[]} buffers two a picture: the JPEG file, the local signature ids
 * @param {[number, number]} grid
 * @returns {{image: number, width: number, height: number, file: DataView, signatures: Uint16Array, concepts: Record<string, number[]>}[]}
 */
export function decodePictures({ pictures }, buffers, grid) {
  if (buffers.length !== pictures.length * 2) {
    throw new RangeError(`${pictures.length} pictures were announced, but ${buffers.length} of ${pictures.length * 2} buffers came.`);
  }
  return pictures.map((picture, place) => ({
    image: picture.image,
    width: picture.width,
    height: picture.height,
    concepts: picture.concepts,
    file: buffers[place * 2],
    signatures: readShorts(buffers[place * 2 + 1], grid[0] * grid[1]),
  }));
}

/**
 * The outlines of a tile's masks and of their intersection, computed once.
 *
 * @param {Tile} tile
 * @returns {Outlines}
 */
export function outlinesOf(tile) {
  if (tile.outlines === undefined) {
    const loops = (/** @type {Uint8Array} */ mask) => outlineLoops(mask, ...tile.grid).map(smoothLoop);
    tile.outlines = {
      neuron: loops(tile.neuron),
      formula: loops(tile.formula),
      both: loops(intersect(tile.neuron, tile.formula)),
    };
  }
  return tile.outlines;
}

/**
 * The activation at every grid position of a tile, computed once.
 *
 * @param {Tile} tile
 */
export function activationsOf(tile) {
  tile.activations ??= upsample(tile.map, tile.mapShape, tile.grid);
  return tile.activations;
}

/**
 * The concepts at a position of a picture, by category in the study's order.
 *
 * @param {import("./picture_cache.js").Picture} picture
 * @param {number} index of the position, row-major
 * @param {{name: string, category: string}[]} concepts
 * @param {string[]} categories
 * @returns {{category: string, names: string[]}[]}
 */
export function conceptsAt(picture, index, concepts, categories) {
  const here = (picture.concepts[picture.signatures[index]] ?? []).map((concept) => concepts[concept]).filter(Boolean);
  return categories
    .map((category) => ({ category, names: here.filter((concept) => concept.category === category).map(({ name }) => name) }))
    .filter(({ names }) => names.length > 0);
}
