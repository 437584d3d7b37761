/**
 * The geometry of overlays: bit masks into outlines, small activation maps into large ones. Pure, no canvas.
 *
 * A mask is a Uint8Array of 0 and 1, one byte a position of the annotation grid, row-major.
 */

/**
 * A mask from its bits, as `numpy.packbits` writes them: row-major, the highest bit of a byte first.
 *
 * @param {DataView} view
 * @param {number} positions how many bits count; the rest of the last byte is padding
 * @returns {Uint8Array}
 */
export function unpackBits(view, positions) {
  const needed = Math.ceil(positions / 8);
  if (view.byteLength < needed) {
    throw new RangeError(`A mask of ${positions} positions needs ${needed} bytes, but ${view.byteLength} came.`);
  }
  const mask = new Uint8Array(positions);
  for (let index = 0; index < positions; index += 1) {
    mask[index] = (view.getUint8(index >> 3) >> (7 - (index & 7))) & 1;
  }
  return mask;
}

/**
 * Little-endian 32-bit floats; the view may start at any byte.
 *
 * @param {DataView} view
 * @param {number} count
 * @returns {Float32Array}
 */
export function readFloats(view, count) {
  if (view.byteLength < count * 4) {
    throw new RangeError(`A map of ${count} values needs ${count * 4} bytes, but ${view.byteLength} came.`);
  }
  return Float32Array.from({ length: count }, (_, index) => view.getFloat32(index * 4, true));
}

/**
 * Little-endian unsigned 16-bit integers; the view may start at any byte.
 *
 * @param {DataView} view
 * @param {number} count
 * @returns {Uint16Array}
 */
export function readShorts(view, count) {
  if (view.byteLength < count * 2) {
    throw new RangeError(`A map of ${count} ids needs ${count * 2} bytes, but ${view.byteLength} came.`);
  }
  return Uint16Array.from({ length: count }, (_, index) => view.getUint16(index * 2, true));
}

/**
 * Where both masks hold.
 *
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function intersect(one, other) {
  return one.map((value, index) => value & other[index]);
}

/**
 * The closed outlines of a mask, holes included. Each loop lists the corners of grid cells that it passes, one after
 * each unit step, with the mask on its right hand; the last corner joins the first.
 *
 * Where two cells touch at a corner only, the outline keeps them apart.
 *
 * @param {Uint8Array} mask
 * @param {number} height
 * @param {number} width
 * @returns {[number, number][][]} loops of corners (x, y), 0 … width and 0 … height
 */
export function outlineLoops(mask, height, width) {
  const held = (/** @type {number} */ y, /** @type {number} */ x) =>
    y >= 0 && y < height && x >= 0 && x < width && mask[y * width + x] === 1;
  const stride = width + 1;
  // Bit d of leaves[corner] says that an outline step leaves the corner in direction d: 0 right, 1 down, 2 left, 3 up.
  const leaves = new Uint8Array(stride * (height + 1));
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      if (mask[y * width + x] !== 1) continue;
      if (!held(y - 1, x)) leaves[y * stride + x] |= 1;
      if (!held(y, x + 1)) leaves[y * stride + x + 1] |= 2;
      if (!held(y + 1, x)) leaves[(y + 1) * stride + x + 1] |= 4;
      if (!held(y, x - 1)) leaves[(y + 1) * stride + x] |= 8;
    }
  }
  const steps = [1, stride, -1, -stride];
  const loops = [];
  for (let start = 0; start < leaves.length; start += 1) {
    while (leaves[start] !== 0) {
      /** @type {[number, number][]} */
      const loop = [];
      let corner = start;
      let direction = -1;
      do {
        loop.push([corner % stride, Math.floor(corner / stride)]);
        direction = nextDirection(leaves[corner], direction);
        leaves[corner] &= ~(1 << direction);
        corner += steps[direction];
      } while (corner !== start || (leaves[corner] & (1 << ((direction + 1) % 4))) !== 0);
      loops.push(loop);
    }
  }
  return loops;
}

/**
 * Which way an outline goes on from a corner: it turns right where it can, which keeps cells that touch at a corner apart.
 *
 * @param {number} leaving bits of the directions that are left
 * @param {number} direction where it came from, -1 at the start
 */
function nextDirection(leaving, direction) {
  const order = direction < 0 ? [0, 1, 2, 3] : [(direction + 1) % 4, direction, (direction + 3) % 4, (direction + 2) % 4];
  return /** @type {number} */ (order.find((candidate) => (leaving & (1 << candidate)) !== 0));
}

/**
 * A loop through the middles of its steps: the contour without the staircase, at most half a position away from it.
 *
 * @param {[number, number][]} loop
 * @returns {[number, number][]}
 */
export function smoothLoop(loop) {
  const middles = loop.map(([x, y], index) => {
    const [nextX, nextY] = loop[(index + 1) % loop.length];
    return /** @type {[number, number]} */ ([(x + nextX) / 2, (y + nextY) / 2]);
  });
  // Points on a straight way are left out: most are, and every one costs when the outline is drawn.
  return middles.filter(([x, y], index) => {
    const [beforeX, beforeY] = middles.at(index - 1) ?? [x, y];
    const [afterX, afterY] = middles[(index + 1) % middles.length];
    return (x - beforeX) * (afterY - y) !== (y - beforeY) * (afterX - x);
  });
}

/**
 * The value of a small map at a position of a large grid, bilinear with half-pixel centres (as torch with
 * `align_corners=False`): what the kernel compares with the threshold.
 *
 * @param {Float32Array} map
 * @param {[number, number]} mapShape height, width of the map
 * @param {[number, number]} grid height, width of the grid
 * @param {number} y row of the grid
 * @param {number} x column of the grid
 */
export function upsampleAt(map, mapShape, grid, y, x) {
  const [mapHeight, mapWidth] = mapShape;
  const [top, bottom, down] = neighbours(y, grid[0], mapHeight);
  const [left, right, along] = neighbours(x, grid[1], mapWidth);
  const above = map[top * mapWidth + left] * (1 - along) + map[top * mapWidth + right] * along;
  const below = map[bottom * mapWidth + left] * (1 - along) + map[bottom * mapWidth + right] * along;
  return above * (1 - down) + below * down;
}

/**
 * A small map at every position of a large grid.
 *
 * @param {Float32Array} map
 * @param {[number, number]} mapShape
 * @param {[number, number]} grid
 * @returns {Float32Array}
 */
export function upsample(map, mapShape, grid) {
  const [height, width] = grid;
  const columns = Array.from({ length: width }, (_, x) => neighbours(x, width, mapShape[1]));
  const large = new Float32Array(height * width);
  for (let y = 0; y < height; y += 1) {
    const [top, bottom, down] = neighbours(y, height, mapShape[0]);
    for (let x = 0; x < width; x += 1) {
      const [left, right, along] = columns[x];
      const above = map[top * mapShape[1] + left] * (1 - along) + map[top * mapShape[1] + right] * along;
      const below = map[bottom * mapShape[1] + left] * (1 - along) + map[bottom * mapShape[1] + right] * along;
      large[y * width + x] = above * (1 - down) + below * down;
    }
  }
  return large;
}

/**
 * The two cells of a small axis around a cell of a large one, and how far it lies on the way from the first to the second.
 *
 * @param {number} index
 * @param {number} large
 * @param {number} small
 * @returns {[number, number, number]}
 */
function neighbours(index, large, small) {
  const centre = Math.max(0, ((index + 0.5) * small) / large - 0.5);
  const first = Math.min(small - 1, Math.floor(centre));
  return [first, Math.min(small - 1, first + 1), centre - first];
}

/**
 * The largest rectangle of a picture's shape that fits a box, centred.
 *
 * @param {number} width of the picture
 * @param {number} height of the picture
 * @param {number} boxWidth
 * @param {number} boxHeight
 */
export function fitInside(width, height, boxWidth, boxHeight) {
  const scale = Math.min(boxWidth / width, boxHeight / height);
  const fitted = { width: width * scale, height: height * scale };
  return { x: (boxWidth - fitted.width) / 2, y: (boxHeight - fitted.height) / 2, ...fitted };
}

/**
 * The grid position under a point, or `null` outside the picture.
 *
 * @param {number} pointX
 * @param {number} pointY
 * @param {{x: number, y: number, width: number, height: number}} area where the picture lies
 * @param {[number, number]} grid
 * @returns {{y: number, x: number} | null}
 */
export function positionUnder(pointX, pointY, area, grid) {
  const x = Math.floor(((pointX - area.x) / area.width) * grid[1]);
  const y = Math.floor(((pointY - area.y) / area.height) * grid[0]);
  return x >= 0 && x < grid[1] && y >= 0 && y < grid[0] ? { y, x } : null;
}
