import assert from "node:assert/strict";
import { test } from "node:test";
import {
  fitInside,
  intersect,
  outlineLoops,
  positionUnder,
  readFloats,
  readShorts,
  smoothLoop,
  unpackBits,
  upsample,
  upsampleAt,
} from "../../compexp_widgets/widgets/shared/page/pictures/overlay.js";

/** A view that does not start where its buffer starts, as Jupyter's do. */
function shifted(bytes) {
  const larger = new Uint8Array(bytes.length + 3);
  larger.set(bytes, 3);
  return new DataView(larger.buffer, 3, bytes.length);
}

/** Random masks that are the same at every run. */
function randomMask(seed, size) {
  let state = seed;
  return Uint8Array.from({ length: size }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state > 1073741824 ? 1 : 0;
  });
}

/** Which cells have an odd number of vertical outline steps to their left. */
function filled(loops, height, width) {
  const mask = new Uint8Array(height * width);
  for (const loop of loops) {
    loop.forEach(([x, y], index) => {
      const [nextX, nextY] = loop[(index + 1) % loop.length];
      assert.equal(Math.abs(nextX - x) + Math.abs(nextY - y), 1, "an outline goes in unit steps");
      if (nextX !== x) return;
      for (let column = x; column < width; column += 1) mask[Math.min(y, nextY) * width + column] ^= 1;
    });
  }
  return mask;
}

test("bits are unpacked as numpy.packbits packs them, from any byte of a buffer", () => {
  // numpy.packbits([1, 0, 0, 0, 0, 0, 1, 1, 0, 1]) == [131, 64]
  assert.deepEqual([...unpackBits(shifted([131, 64]), 10)], [1, 0, 0, 0, 0, 0, 1, 1, 0, 1]);
});

test("a mask with too few bytes is refused with both numbers", () => {
  assert.throws(() => unpackBits(shifted([1]), 9), /9 positions needs 2 bytes, but 1 came/);
});

test("floats and shorts are little-endian and may start at any byte", () => {
  assert.deepEqual([...readFloats(shifted([0, 0, 128, 63, 0, 0, 0, 192]), 2)], [1, -2]);
  assert.deepEqual([...readShorts(shifted([1, 2, 255, 255]), 2)], [513, 65535]);
});

test("maps with too few bytes are refused", () => {
  assert.throws(() => readFloats(shifted([0, 0]), 1), /needs 4 bytes/);
  assert.throws(() => readShorts(shifted([0]), 1), /needs 2 bytes/);
});

test("the intersection holds where both hold", () => {
  assert.deepEqual([...intersect(Uint8Array.of(1, 1, 0, 0), Uint8Array.of(1, 0, 1, 0))], [1, 0, 0, 0]);
});

test("one cell has one outline of four steps", () => {
  assert.deepEqual(outlineLoops(Uint8Array.of(1), 1, 1), [[[0, 0], [1, 0], [1, 1], [0, 1]]]);
});

test("an empty mask has no outline", () => {
  assert.deepEqual(outlineLoops(new Uint8Array(12), 3, 4), []);
});

test("a hole has an outline of its own", () => {
  const ring = Uint8Array.of(1, 1, 1, 1, 0, 1, 1, 1, 1);
  assert.deepEqual(outlineLoops(ring, 3, 3).map((loop) => loop.length).sort((a, b) => a - b), [4, 12]);
});

test("cells that touch at a corner have separate outlines", () => {
  assert.equal(outlineLoops(Uint8Array.of(1, 0, 0, 1), 2, 2).length, 2);
  assert.equal(outlineLoops(Uint8Array.of(0, 1, 1, 0), 2, 2).length, 2);
});

test("filling the outlines gives back the mask, for any mask", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const [height, width] = [1 + (seed % 9), 1 + ((seed * 7) % 11)];
    const mask = randomMask(seed, height * width);
    assert.deepEqual(filled(outlineLoops(mask, height, width), height, width), mask, `seed ${seed}`);
  }
});

test("a smoothed outline stays within half a position of the exact one", () => {
  const loop = outlineLoops(Uint8Array.of(1, 1, 0, 1), 2, 2)[0];
  for (const [x, y] of smoothLoop(loop)) {
    assert.ok(loop.some(([cornerX, cornerY]) => Math.abs(x - cornerX) + Math.abs(y - cornerY) <= 0.5));
  }
});

test("a smoothed outline has no points along its straight ways", () => {
  const [block] = outlineLoops(new Uint8Array(100).fill(1), 10, 10);
  assert.equal(block.length, 40);
  assert.equal(smoothLoop(block).length, 8);
});

test("upsampling has half-pixel centres and repeats the edge", () => {
  // torch.nn.functional.interpolate(torch.tensor([[[0., 1.]]]), 4, mode="linear") == [0, .25, .75, 1]
  assert.deepEqual([...upsample(Float32Array.of(0, 1), [1, 2], [1, 4])], [0, 0.25, 0.75, 1]);
});

test("upsampling to the same size changes nothing", () => {
  const map = Float32Array.of(3, 1, 4, 1, 5, 9);
  assert.deepEqual(upsample(map, [2, 3], [2, 3]), map);
});

test("the value at a position is that of the whole upsampled map", () => {
  const map = Float32Array.from({ length: 42 }, (_, index) => Math.sin(index * 3));
  const large = upsample(map, [6, 7], [20, 33]);
  for (let y = 0; y < 20; y += 1) {
    for (let x = 0; x < 33; x += 1) {
      assert.ok(Math.abs(upsampleAt(map, [6, 7], [20, 33], y, x) - large[y * 33 + x]) < 1e-6);
    }
  }
});

test("a picture fits its box whole and centred", () => {
  assert.deepEqual(fitInside(200, 100, 100, 100), { x: 0, y: 25, width: 100, height: 50 });
});

test("a point on the picture has a grid position, one beside it has none", () => {
  const area = { x: 0, y: 25, width: 100, height: 50 };
  assert.deepEqual(positionUnder(99.9, 25, area, [10, 10]), { y: 0, x: 9 });
  assert.equal(positionUnder(50, 24, area, [10, 10]), null);
  assert.equal(positionUnder(100, 50, area, [10, 10]), null);
});
