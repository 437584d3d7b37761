/** Answers PasteLab's messages as the Python side does, from a drawn world that is really composited and classified. */

import { matrixOf } from "../../compexp_widgets/widgets/paste_lab/page/stage/placement.js";
import { packBits, print, readParts, tokens } from "./mock_formula.js";
import { MockTraits } from "./mock_model.js";
import { activations, CELLS, CLASSES, classify, paintedWorld, paintPatches, regionMask, THRESHOLD, UNITS, WEIGHTS } from "./mock_paste_world.js";
import { CATEGORIES, CONCEPTS, leftDeep } from "./mock_world.js";

const TRAITS = { image: 0, edits: [], units: [], target: 3, query: "" };
const SHOWN = 4;

export class MockPasteModel extends MockTraits {
  constructor({ delay = 25, networks = true } = {}) {
    super(TRAITS, delay);
    this.images = paintedWorld();
    this.patches = paintPatches();
    this.networks = networks ? ["ResNet-18", "AlexNet <i>old</i>"] : [];
    this.uploaded = null;
    this.cancelled = new Set();
    this.sights = new Map();
  }

  async answer(message, buffers) {
    const answers = {
      hello: "hello", picture: "picture", upload_picture: "uploadPicture", look: "tellLook", patches: "findPatches", upload_patch: "uploadPatch", region: "region",
      ideas: "ideas", search: "search", sweep: "sweep", controls: "controls", transfer: "transfer", recipe: "recipe", load_recipe: "loadRecipe", cancel: "cancel",
    };
    try {
      await this[answers[message.type]](message, buffers);
    } catch (error) {
      this.emit({ type: "error", id: message.id, message: error.message, detail: error.stack });
    }
  }

  hello({ id }) {
    this.emit({
      type: "study", id, title: "SqueezeNet · fire9", classes: CLASSES, images: this.images.map(({ name }, image) => ({ image, name })), units: UNITS.length, unit_names: [],
      networks: this.networks, concepts: CONCEPTS, categories: CATEGORIES, grid: [CELLS, CELLS], default_target: 3,
    });
  }

  source(image) {
    if (image >= 0) return this.images[image];
    if (this.uploaded) return this.uploaded;
    throw new Error("No picture of one’s own was uploaded.");
  }

  async picture({ id, image, edits = [] }) {
    const { canvas, name, bits } = this.source(image);
    const counts = CONCEPTS.map((_, index) => bits.reduce((sum, set) => sum + ((set >> index) & 1), 0));
    const concepts = CONCEPTS.map(({ name: concept }, index) => ({ concept, count: counts[index] })).filter(({ count }) => count > 0).sort((one, other) => other.count - one.count);
    this.emit({ type: "picture", id, image, name, width: canvas.width, height: canvas.height, concepts: concepts.map(({ concept }) => concept), note: "" }, [await fileOf(this.edited(image, edits))]);
  }

  async uploadPicture({ id, name }, [bytes]) {
    const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => { throw new Error(`${name} is no readable picture.`); });
    const canvas = canvasOf(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    this.uploaded = { canvas, name, bits: new Uint32Array(112 * 112) };
    await this.picture({ id, image: -1 });
  }

  /** The parts of a formula, after telling what is wrong with it. */
  parse(id, text) {
    const parts = readParts(text);
    const unknown = parts.find((name, place) => place % 2 === 0 && !CONCEPTS.some((concept) => concept.name === name));
    if (parts.length % 2 === 1 && unknown === undefined) return parts;
    const position = unknown === undefined ? [...text].length : [...text.split(unknown)[0]].length;
    const suggestions = CONCEPTS.map(({ name }) => name).filter((name) => name[0] === unknown?.[0]).slice(0, 3);
    this.emit({ type: "formula_error", id, text, position, suggestions, message: unknown ? `“${unknown}” is no concept of this data.` : "The formula ends where a concept should follow." });
    return null;
  }

  /** A canvas with the edits done. */
  edited(image, edits) {
    const source = this.source(image);
    const canvas = canvasOf(source.canvas.width, source.canvas.height);
    const pen = canvas.getContext("2d", { willReadFrequently: true });
    pen.drawImage(source.canvas, 0, 0);
    for (const edit of edits) {
      if (edit.edit === "paste") {
        const patch = this.patches.find(({ id }) => id === edit.patch);
        if (!patch) throw new Error(`No patch ${edit.patch} is known here.`);
        pen.save();
        pen.globalAlpha = edit.opacity;
        pen.transform(...matrixOf(edit, patch, 1));
        pen.drawImage(patch.canvas, 0, 0);
        pen.restore();
        continue;
      }
      const mask = regionMask(source, leftDeep(readParts(edit.formula)));
      const pixels = pen.getImageData(0, 0, canvas.width, canvas.height);
      const mean = [0, 1, 2].map((channel) => mask.reduce((sum, held, place) => sum + (held ? 0 : pixels.data[4 * place + channel]), 0) / Math.max(1, mask.length - mask.reduce((sum, held) => sum + held, 0)));
      mask.forEach((held, place) => {
        if (!held) return;
        const colour = edit.edit === "recolour" ? edit.colour : mean;
        const strength = edit.edit === "recolour" ? edit.strength : 1;
        for (let channel = 0; channel < 3; channel += 1) pixels.data[4 * place + channel] = pixels.data[4 * place + channel] * (1 - strength) + colour[channel] * strength;
      });
      pen.putImageData(pixels, 0, 0);
    }
    return canvas;
  }

  sight(image, edits, silenced = []) {
    const maps = activations(this.edited(image, edits));
    const probabilities = classify(maps, silenced);
    return { maps, probabilities, predicted: probabilities.indexOf(Math.max(...probabilities)) };
  }

  tellLook({ id, image, edits, target, units }) {
    const [before, after] = [this.sight(image, []), this.sight(image, edits)];
    const mean = (map) => map.reduce((sum, value) => sum + value, 0) / map.length;
    const shown = units.length ? units : UNITS.map((_, unit) => unit).sort((one, other) => mean(after.maps[other]) - mean(after.maps[one])).slice(0, SHOWN);
    const wanted = target >= 0 ? target : after.predicted;
    const fires = (sight, unit) => sight.maps[unit].map((value) => Number(value > THRESHOLD));
    const described = shown.map((unit) => {
      const { parts } = UNITS[unit];
      return {
        unit, formula: unit === 8 ? null : { text: print(parts), tokens: tokens(parts) }, before: Math.max(...before.maps[unit]), after: Math.max(...after.maps[unit]), threshold: THRESHOLD,
        fires_before: Math.max(...before.maps[unit]) > THRESHOLD, fires_after: Math.max(...after.maps[unit]) > THRESHOLD, weight_target: WEIGHTS[wanted][unit], weight_original: WEIGHTS[before.predicted][unit],
      };
    });
    const pasted = edits.filter(({ edit }) => edit === "paste").flatMap(({ patch }) => this.patches.find((one) => one.id === patch)?.concepts ?? []);
    const changed = shown.flatMap((unit) => {
      const { parts } = UNITS[unit];
      const share = regionMask(this.source(image), leftDeep(parts)).reduce((sum, held) => sum + held, 0) / (this.source(image).canvas.width ** 2);
      return parts.some((name) => pasted.includes(name)) ? [{ unit, formula: { text: print(parts), tokens: tokens(parts) }, before: share, after: share + 0.08 }] : [];
    });
    this.emit({
      type: "look", id, image, before: { predicted: before.predicted, probabilities: before.probabilities }, after: { predicted: after.predicted, probabilities: after.probabilities },
      original: before.predicted, flipped: before.predicted !== after.predicted, wanted, grid: [CELLS, CELLS], units: described, changed, covered: this.covered(image, edits), seconds: 0.02,
    }, shown.flatMap((unit) => [packBits(fires(before, unit)), packBits(fires(after, unit))]));
  }

  covered(image, edits) {
    const { canvas } = this.source(image);
    return Math.min(1, edits.reduce((sum, edit) => sum + (edit.edit === "paste" ? (edit.width * edit.height * 0.8) / (canvas.width * canvas.height) : 0.2), 0));
  }

  async patchMessage(id, patches, type = "patches") {
    this.emit({ type, id, patches: patches.map(({ canvas: _, ...patch }) => patch) }, await Promise.all(patches.map(({ canvas }) => fileOf(canvas))));
  }

  async findPatches({ id, query, ids }) {
    if (ids) return this.patchMessage(id, ids.map((one) => this.patches.find((patch) => patch.id === one)));
    const parts = this.parse(id, query);
    if (parts === null) return;
    const test = leftDeep(parts);
    const setOf = ({ concepts }) => concepts.reduce((all, name) => all | (1 << CONCEPTS.findIndex((concept) => concept.name === name)), 0);
    const found = this.patches.filter((patch) => test(setOf(patch)));
    await this.patchMessage(id, found.map((patch, place) => ({ ...patch, drive: 3 - place * 0.4 })));
  }

  async uploadPatch({ id, name }, [bytes]) {
    const bitmap = await createImageBitmap(new Blob([bytes])).catch(() => { throw new Error(`${name} is no readable picture.`); });
    const canvas = canvasOf(bitmap.width, bitmap.height);
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const patch = { id: `own${this.patches.length}`, name, origin: name, concepts: [], width: bitmap.width, height: bitmap.height, drive: null, canvas };
    this.patches.push(patch);
    await this.patchMessage(id, [patch]);
  }

  region({ id, image, formula }) {
    const parts = this.parse(id, formula);
    if (parts === null) return;
    const mask = regionMask(this.source(image), leftDeep(parts));
    this.emit({ type: "region", id, share: mask.reduce((sum, held) => sum + held, 0) / mask.length }, [packBits(mask)]);
  }

  async ideas({ id, image, target }) {
    const { canvas } = this.source(image);
    const placed = (patch, left, top) => ({ edit: "paste", patch, left, top, width: Math.round(canvas.width / 2), height: Math.round(canvas.width / 3.2), rotation: 0, flipped: false, opacity: 1 });
    const info = (number) => (({ canvas: _, ...patch }) => patch)(this.patches[number]);
    const about = (unit) => ({ unit, formula: { text: print(UNITS[unit].parts), tokens: tokens(UNITS[unit].parts) }, expected: target < 0 ? 3 : target });
    const ideas = [
      { id: "1", words: "paste igloo", ...about(1), why: "Unit 1 speaks for clean room and against the class it is now; its formula holds on an igloo.", edit: placed("patch2", 40, 90), patch: info(2) },
      { id: "2", words: "make water white", ...about(1), why: "White regions make unit 1 fire; the water of this picture is its largest region of another colour.", edit: { edit: "recolour", formula: "water OR grass", colour: [245, 245, 245], strength: 1 } },
      { id: "3", words: "paste roof", ...about(3), why: "Unit 3 speaks for village.", edit: placed("patch3", 10, 30), patch: info(3) },
      { id: "4", words: "remove tree", ...about(2), why: "Unit 2 speaks for what it is now; without trees its formula holds nowhere.", edit: { edit: "remove", formula: "tree" } },
    ];
    this.emit({ type: "ideas", id, ideas }, [await fileOf(this.patches[2].canvas), await fileOf(this.patches[3].canvas)]);
  }

  /** Does a piece of work in steps, telling how far it is, until it is done or cancelled. */
  work(what, id, total, step, tell, pieces = 12) {
    this.cancelled.delete(what);
    const started = performance.now();
    let done = 0;
    const go = () => {
      const end = this.cancelled.has(what) ? done : Math.min(total, done + Math.ceil(total / pieces));
      for (; done < end; done += 1) step(done);
      const finished = done === total || this.cancelled.has(what);
      const left = finished ? null : ((performance.now() - started) / 1000 / Math.max(1, done)) * (total - done);
      this.emit({ type: what, id, done, total, seconds_left: left, ...tell(finished), finished });
      if (!finished) setTimeout(go, this.delay * 6);
    };
    go();
  }

  cancel({ what }) {
    this.cancelled.add(what);
  }

  reaches(sight, original, target) {
    return target < 0 ? sight.predicted !== original : sight.predicted === target;
  }

  search({ id, image, target, constraints, patches }) {
    if (constraints.keep && this.parse(id, constraints.keep) === null) return;
    const { predicted: original } = this.sight(image, []);
    const tries = patches.flatMap((patch) => [36, 56, 80, 112].flatMap((size) => [0, 60, 120].flatMap((left) => [0, 60, 120].map((top) => {
      const { width, height } = this.patches.find((one) => one.id === patch);
      const factor = size / Math.max(width, height);
      return { edit: "paste", patch, left, top, width: Math.round(width * factor), height: Math.round(height * factor), rotation: 0, flipped: false, opacity: 1 };
    })))).filter((edit) => this.covered(image, [edit]) <= constraints.largest_share);
    let succeeded = 0;
    let best = null;
    let closest = null;
    this.work("search", id, tries.length, (number) => {
      const sight = this.sight(image, [tries[number]]);
      const found = { edit: tries[number], covered: this.covered(image, [tries[number]]), predicted: sight.predicted, probability: target < 0 ? 1 - sight.probabilities[original] : sight.probabilities[target] };
      if (!closest || found.probability > closest.probability) closest = found;
      if (!this.reaches(sight, original, target)) return;
      succeeded += 1;
      if (!best || found.covered < best.covered) best = found;
    }, () => ({ succeeded, best: best?.edit ?? null, covered: best?.covered, predicted: best?.predicted, closest: best ? null : closest }));
  }

  sweep({ id, image, edits, patch, rotation, flipped, opacity, target, steps }) {
    const { canvas } = this.source(image);
    const info = this.patches.find((one) => one.id === patch);
    const { predicted: original } = this.sight(image, []);
    const along = (extent, from) => Array.from({ length: steps }, (_, step) => Math.round(from + ((extent - 2 * from * 0) * step) / (steps - 1)));
    const sizes = Array.from({ length: steps }, (_, step) => Math.round((canvas.width / 4) * 4 ** (step / (steps - 1))));
    const [lefts, tops] = [along(canvas.width, -28), along(canvas.height, -28)];
    let outcomes = "";
    const probabilities = [];
    this.work("sweep", id, steps ** 3, (number) => {
      const [size, top, left] = [Math.floor(number / steps ** 2), Math.floor(number / steps) % steps, number % steps];
      const factor = sizes[size] / Math.max(info.width, info.height);
      const sight = this.sight(image, [...edits, { edit: "paste", patch, left: lefts[left], top: tops[top], width: info.width * factor, height: info.height * factor, rotation, flipped, opacity }]);
      outcomes += this.reaches(sight, original, target) ? "s" : sight.predicted === original ? "f" : "p";
      probabilities.push(target < 0 ? 1 - sight.probabilities[original] : sight.probabilities[target]);
    }, () => ({
      lefts, tops, sizes, original, outcomes, target: [...probabilities],
      counts: { success: outcomes.split("s").length - 1, partial: outcomes.split("p").length - 1, failure: outcomes.split("f").length - 1 },
    }), 18);
  }

  controls({ id, image, edits, target, units }) {
    const before = this.sight(image, []);
    const wanted = target < 0 ? this.sight(image, edits).predicted : target;
    const others = ["patch4", "patch5"];
    const cases = [
      ["the edit itself", edits.map(({ edit }) => edit).join(", "), edits, []],
      ...others.map((patch) => [`another concept: ${this.patches.find(({ id: one }) => one === patch).name}`, "same place and size", edits.map((edit) => (edit.edit === "paste" ? { ...edit, patch } : edit)), []]),
      [`unit ${units[0]} silenced`, "", edits, [units[0]]],
    ];
    const rows = [];
    this.work("controls", id, cases.length, (number) => {
      const [what, words, some, silenced] = cases[number];
      const after = this.sight(image, some, silenced);
      rows.push({ what, words, flipped: after.predicted !== before.predicted, target_before: before.probabilities[wanted], target_after: after.probabilities[wanted], unit_after: silenced.length ? 0 : Math.max(...after.maps[units[0]]) });
    }, () => ({ rows: [...rows], verdict: verdictOf(rows) }), cases.length);
  }

  transfer({ id, image, edits, target }) {
    const [before, after] = [this.sight(image, []), this.sight(image, edits)];
    this.emit({ type: "transfer", id, rows: ["this network", ...this.networks].map((network, place) => ({
      network, before: CLASSES[before.predicted], before_probability: before.probabilities[before.predicted] - place * 0.1, after: place === 2 ? "meadow" : CLASSES[after.predicted],
      after_probability: after.probabilities[after.predicted] - place * 0.12, target_probability: target < 0 ? null : after.probabilities[target] * (1 - place / 3),
    })) });
  }

  async recipe({ id, image, edits, target }) {
    const canvas = this.edited(image, edits);
    const text = JSON.stringify({ recipe: 1, image, edits, target }, null, 1);
    this.emit({ type: "recipe", id, text, name: "picture.recipe.json", words: "" }, [await fileOf(canvas), await fileOf(canvas)]);
  }

  async loadRecipe({ id, text }) {
    let recipe;
    try {
      recipe = JSON.parse(text);
    } catch {
      throw new Error("This is no recipe: it cannot be read as JSON.");
    }
    const patches = this.patches.filter(({ id: one }) => recipe.edits.some(({ patch }) => patch === one));
    this.emit({
      type: "edits", id, image: recipe.image, edits: recipe.edits, target: recipe.target, agreement: "identical",
      words: "Replayed: the network answers as it did when the recipe was saved, to the last bit.", patches: patches.map(({ canvas: _, ...patch }) => patch),
    }, await Promise.all(patches.map(({ canvas }) => fileOf(canvas))));
  }
}

function verdictOf([edit, ...controls]) {
  const flips = controls.filter(({ flipped }) => flipped).length;
  if (!edit.flipped) return "The edit itself does not flip the prediction: there is nothing to explain.";
  return flips === 0 ? "The edit flips the prediction and no control does: the formula explains it." : `The edit flips the prediction, and so do ${flips} of ${controls.length} controls: the formula is not the whole reason.`;
}

function canvasOf(width, height) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

async function fileOf(canvas) {
  const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  return new Uint8Array(await blob.arrayBuffer());
}
