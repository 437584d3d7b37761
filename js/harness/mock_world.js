/** A small drawn world with labels and units that really fire, so that the page can be worked on without a kernel. */

export const GRID = /** @type {[number, number]} */ ([112, 112]);
const SIZE = 224;
const MAP = 14;

export const CATEGORIES = ["object", "part", "colour", "material", "scene"];
export const CONCEPTS = [
  ["sky", "object"], ["water", "object"], ["grass", "object"], ["tree", "object"], ["house", "object"], ["boat", "object"],
  ["sun", "object"], ["roof", "part"], ["door", "part"], ["window", "part"], ["tree-trunk", "part"], ["blue-c", "colour"],
  ["green-c", "colour"], ["red-c", "colour"], ["yellow-c", "colour"], ["white-c", "colour"], ["brick", "material"],
  ["wood", "material"], ["foliage", "material"], ["beach", "scene"], ["village", "scene"], ["lake AND shore", "scene"],
  ["<img src=x onerror=alert(1)>", "scene"], ["ice rink", "object"],
].map(([name, category]) => ({ name, category }));

const indexOf = (name) => CONCEPTS.findIndex((concept) => concept.name === name);

/** A generator of the same numbers at every load. */
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** One picture: a canvas, and for every position the ids of its concepts as a bit set. */
function drawPicture(seed) {
  const random = randomNumbers(seed);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  const bits = new Uint32Array(GRID[0] * GRID[1]);
  const scale = GRID[1] / SIZE;
  const paint = (x, y, width, height, colour, names, round = false) => {
    pen.fillStyle = colour;
    pen.beginPath();
    if (round) pen.ellipse(x + width / 2, y + height / 2, width / 2, height / 2, 0, 0, 7);
    else pen.rect(x, y, width, height);
    pen.fill();
    const set = names.reduce((all, name) => all | (1 << indexOf(name)), 0);
    for (let row = Math.max(0, Math.floor(y * scale)); row < Math.min(GRID[0], (y + height) * scale); row += 1) {
      for (let column = Math.max(0, Math.floor(x * scale)); column < Math.min(GRID[1], (x + width) * scale); column += 1) {
        const dx = (column / scale - x - width / 2) / (width / 2);
        const dy = (row / scale - y - height / 2) / (height / 2);
        if (!round || dx * dx + dy * dy <= 1) bits[row * GRID[1] + column] = set;
      }
    }
  };
  const horizon = 80 + random() * 60;
  const wet = random() < 0.55;
  const village = random() < 0.5;
  const sky = random() < 0.3;
  paint(0, 0, SIZE, SIZE, sky ? "#f3e4c8" : "#9cc9ee", sky ? ["sky", "yellow-c"] : ["sky", "blue-c"]);
  if (random() < 0.5) paint(20 + random() * 150, 12 + random() * 30, 34, 34, "#ffd83d", ["sun", "yellow-c"], true);
  paint(0, horizon, SIZE, SIZE - horizon, wet ? "#3f7fbf" : "#6aa84f", wet ? ["water", "blue-c"] : ["grass", "green-c"]);
  if (wet) paint(0, horizon + 50 + random() * 40, SIZE, SIZE, "#e8d6a0", ["yellow-c"]);
  if (village) {
    for (let count = 0; count < 1 + random() * 2; count += 1) {
      const x = random() * 160;
      const y = horizon - 50 + random() * 30;
      const red = random() < 0.5;
      paint(x, y, 64, 60, red ? "#b5523b" : "#efeae0", red ? ["house", "brick", "red-c"] : ["house", "white-c"]);
      paint(x - 6, y - 16, 76, 18, "#7a3226", ["house", "roof", "red-c"]);
      paint(x + 24, y + 28, 16, 32, "#5d4126", ["house", "door", "wood"]);
      paint(x + 6, y + 10, 14, 14, "#dff1ff", ["house", "window", "white-c"]);
      paint(x + 44, y + 10, 14, 14, "#dff1ff", ["house", "window", "white-c"]);
    }
  }
  for (let count = 0; count < random() * 4; count += 1) {
    const x = random() * 180;
    const y = horizon - 30 + random() * 50;
    paint(x + 14, y + 26, 9, 40, "#6b4a2b", ["tree", "tree-trunk", "wood"]);
    paint(x, y - 12, 38, 48, "#2f7d3b", ["tree", "foliage", "green-c"], true);
  }
  if (wet && random() < 0.7) paint(20 + random() * 120, horizon + 12, 60, 18, random() < 0.5 ? "#c23b2e" : "#fafafa", ["boat", "wood"], true);
  const scene = wet ? (village ? "lake AND shore" : "beach") : village ? "village" : seed % 7 === 0 ? "<img src=x onerror=alert(1)>" : "";
  if (scene) {
    const bit = 1 << indexOf(scene);
    for (let index = 0; index < bits.length; index += 1) bits[index] |= bit;
  }
  return { canvas, bits, scene, name: `picture_${String(seed).padStart(4, "0")}${seed % 9 === 0 ? "_a very long <b>name</b> that goes on" : ""}.jpg` };
}

const TRUTHS = [
  ["water", "OR", "boat"], ["sky", "AND", "blue-c"], ["house", "AND NOT", "window"], ["tree", "OR", "grass"], ["roof"],
  ["water", "OR", "house", "AND NOT", "red-c"], ["foliage"], ["yellow-c", "AND NOT", "sun"], ["door", "OR", "tree-trunk"],
  ["lake AND shore", "AND", "water"], ["brick", "OR", "roof", "AND NOT", "door"], ["<img src=x onerror=alert(1)>"],
];

export function makeWorld({ pictures = 60, units = 128 } = {}) {
  const images = Array.from({ length: pictures }, (_, index) => drawPicture(index + 1));
  const truthOf = (unit) => TRUTHS[unit % TRUTHS.length];
  const cache = new Map();
  return {
    images,
    units: Array.from({ length: units }, (_, index) => index),
    truthOf,
    /** Activation maps of a unit, one a picture. */
    maps(unit) {
      if (cache.has(unit)) return cache.get(unit);
      const random = randomNumbers(unit * 977 + 5);
      const truth = leftDeep(truthOf(unit));
      const cell = GRID[0] / MAP;
      const maps = images.map(({ bits }) => {
        const map = new Float32Array(MAP * MAP);
        for (let y = 0; y < MAP; y += 1) {
          for (let x = 0; x < MAP; x += 1) {
            let sum = 0;
            for (let dy = 0; dy < cell; dy += 2) {
              for (let dx = 0; dx < cell; dx += 2) sum += Number(truth(bits[(y * cell + dy) * GRID[1] + x * cell + dx]));
            }
            map[y * MAP + x] = unit === 5 ? 0 : Math.max(0, (sum / 16) * (3 + random() * 2) + random() * 2 - 0.8);
          }
        }
        return map;
      });
      if (cache.size > 16) cache.clear();
      cache.set(unit, maps);
      return maps;
    },
    mapShape: /** @type {[number, number]} */ ([MAP, MAP]),
  };
}

/** A test of a bit set for names and operators in turn, read from the left. */
export function leftDeep(parts) {
  const shifts = parts.map(indexOf);
  return (set) => {
    let value = ((set >> shifts[0]) & 1) === 1;
    for (let place = 1; place < parts.length; place += 2) {
      const next = ((set >> shifts[place + 1]) & 1) === 1;
      if (parts[place] === "OR") value ||= next;
      else if (parts[place] === "AND") value &&= next;
      else value &&= !next;
    }
    return value;
  };
}
