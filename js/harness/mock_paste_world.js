/** A drawn world for PasteLab, whose network looks at colours: what is pasted or recoloured really changes its answer. */

import { CONCEPTS, GRID, makeWorld } from "./mock_world.js";

export const CLASSES = ["beach", "village", "meadow", "clean <b>room</b>", "sunset", "harbour", "igloo", "forest"];

/** What the units look for: a colour each, and the formula that describes it. */
export const UNITS = [
  { colour: [70, 130, 195], parts: ["water", "OR", "blue-c"] },
  { colour: [245, 245, 245], parts: ["white-c", "AND NOT", "window"] },
  { colour: [100, 165, 80], parts: ["grass", "OR", "tree"] },
  { colour: [180, 60, 50], parts: ["roof", "OR", "brick", "AND NOT", "door"] },
  { colour: [255, 216, 61], parts: ["sun", "AND", "yellow-c"] },
  { colour: [105, 75, 42], parts: ["door", "OR", "tree-trunk"] },
  { colour: [156, 201, 238], parts: ["sky", "AND NOT", "sun"] },
  { colour: [47, 125, 59], parts: ["foliage"] },
  { colour: [120, 120, 120], parts: ["<img src=x onerror=alert(1)>"] },
];

/** Rows are classes, columns units. */
export const WEIGHTS = [
  [9, 0, -2, -3, 2, 0, 3, -2, 0], [0, 2, 1, 9, 0, 3, 1, 0, 0], [-2, 0, 8, 0, 0, 1, 3, 1, 0], [-4, 14, -2, -2, 0, 0, -1, -1, 4],
  [1, 0, 0, 0, 26, 0, -3, 0, 0], [6, 7, -3, 2, 0, 4, 0, -4, 0], [3, 9, -4, -6, 0, -3, 3, -4, 0], [-3, 0, 3, 0, 0, 5, 0, 10, 0],
];

export const CELLS = 14;
export const THRESHOLD = 0.45;

export function paintedWorld() {
  return makeWorld({ pictures: 10, units: 1 }).images;
}

/** Activation maps (CELLS × CELLS) of all units on a canvas. */
export function activations(canvas) {
  const small = document.createElement("canvas");
  small.width = small.height = CELLS * 2;
  const pen = small.getContext("2d", { willReadFrequently: true });
  pen.drawImage(canvas, 0, 0, CELLS * 2, CELLS * 2);
  const { data } = pen.getImageData(0, 0, CELLS * 2, CELLS * 2);
  return UNITS.map(({ colour }) => {
    const map = new Float32Array(CELLS * CELLS);
    for (let y = 0; y < CELLS * 2; y += 1) {
      for (let x = 0; x < CELLS * 2; x += 1) {
        const at = 4 * (y * CELLS * 2 + x);
        const distance = Math.hypot(data[at] - colour[0], data[at + 1] - colour[1], data[at + 2] - colour[2]);
        map[(y >> 1) * CELLS + (x >> 1)] += Math.max(0, 1 - distance / 90) / 4;
      }
    }
    return map;
  });
}

/** Probabilities of all classes from the maps; units that are silenced count nothing. */
export function classify(maps, silenced = []) {
  const means = maps.map((map, unit) => (silenced.includes(unit) ? 0 : map.reduce((sum, value) => sum + value, 0) / map.length));
  const scores = WEIGHTS.map((row) => Math.exp(row.reduce((sum, weight, unit) => sum + weight * means[unit], 0)));
  const total = scores.reduce((sum, value) => sum + value, 0);
  return scores.map((value) => value / total);
}

/** Where a test of a picture's concepts holds, a byte a pixel of the picture. */
export function regionMask({ canvas, bits }, test) {
  const mask = new Uint8Array(canvas.width * canvas.height);
  for (let y = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1) {
      const place = Math.floor((y * GRID[0]) / canvas.height) * GRID[1] + Math.floor((x * GRID[1]) / canvas.width);
      mask[y * canvas.width + x] = Number(test(bits[place]));
    }
  }
  return mask;
}

const PATCHES = [
  ["boat", ["boat", "wood"], 120, 50, (pen) => { ellipse(pen, 60, 20, 60, 28, "#fafafa"); pen.clearRect(0, 0, 120, 18); rect(pen, 56, 0, 5, 24, "#6b4a2b"); }],
  ["sun", ["sun", "yellow-c"], 80, 80, (pen) => ellipse(pen, 40, 40, 40, 40, "#ffd83d")],
  ["igloo", ["house", "white-c"], 140, 80, (pen) => { ellipse(pen, 70, 80, 70, 78, "#f5f5f5"); ellipse(pen, 70, 80, 18, 30, "#9aa4ad"); }],
  ["roof", ["roof", "red-c", "brick"], 110, 60, (pen) => triangle(pen, "#b5382e")],
  ["house", ["house", "brick", "red-c"], 90, 100, (pen) => { rect(pen, 10, 40, 70, 60, "#b5523b"); rect(pen, 0, 20, 90, 24, "#7a3226"); rect(pen, 36, 64, 18, 36, "#5d4126"); }],
  ["tree", ["tree", "foliage", "green-c"], 60, 110, (pen) => { rect(pen, 25, 60, 10, 50, "#6b4a2b"); ellipse(pen, 30, 40, 30, 40, "#2f7d3b"); }],
  ["water", ["water", "blue-c"], 150, 60, (pen) => { pen.globalAlpha = 0.95; ellipse(pen, 75, 30, 75, 30, "#3f7fbf"); }],
  ["window <img src=x onerror=alert(1)>", ["window", "white-c"], 40, 40, (pen) => rect(pen, 0, 0, 40, 40, "#dff1ff")],
];

export function paintPatches() {
  return PATCHES.map(([name, concepts, width, height, paint], place) => {
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    paint(canvas.getContext("2d"));
    return { id: `patch${place}`, name, origin: `picture_${String(place).padStart(4, "0")}.jpg`, concepts, width, height, drive: null, canvas };
  });
}

function rect(pen, x, y, width, height, colour) {
  pen.fillStyle = colour;
  pen.fillRect(x, y, width, height);
}

function ellipse(pen, x, y, rx, ry, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.ellipse(x, y, rx, ry, 0, 0, 7);
  pen.fill();
}

function triangle(pen, colour) {
  pen.fillStyle = colour;
  pen.beginPath();
  pen.moveTo(55, 0);
  pen.lineTo(110, 60);
  pen.lineTo(0, 60);
  pen.fill();
}

export const categoryOf = (name) => CONCEPTS.find((concept) => concept.name === name)?.category ?? "";
