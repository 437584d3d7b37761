/** Answers the page's messages as the Python side does, from the drawn world. */

import { upsample } from "../../compexp_widgets/widgets/shared/page/pictures/overlay.js";
import { dropLeaves, packBits, print, readParts, tokens } from "./mock_formula.js";
import { MockTraits } from "./mock_model.js";
import { CATEGORIES, CONCEPTS, GRID, leftDeep, makeWorld, randomNumbers } from "./mock_world.js";

const DEFAULTS = { quantile: 0.05, threshold_on: "map", max_length: 3, beam_size: 5, operators: ["OR", "AND", "AND NOT"], metric: "iou" };

const TRAITS = {
  unit: 0, ...DEFAULTS, excluded_categories: [], formula_text: "", switched_off: [], gallery: "fires", overlay: "both", cluster: [],
};

export class MockModel extends MockTraits {
  constructor({ delay = 25, prefilled = 40 } = {}) {
    super(TRAITS, delay);
    this.world = makeWorld();
    this.prefilled = prefilled;
    this.upsampled = new WeakMap();
  }

  async answer(message) {
    if (message.type === "hello") this.hello(message);
    else if (message.type === "card") this.card(message);
    else if (message.type === "pictures") await this.pictures(message);
    else if (message.type === "explain_all") this.fill(message.settings);
    else if (message.type === "ranges") this.ranges(message);
    else if (message.type === "evidence") this.evidence(message);
    else if (message.type === "cancel" && !message.what) this.cancelled = true;
  }

  row(unit) {
    const random = randomNumbers(unit * 31 + 7);
    const parts = this.world.truthOf(unit);
    const text = print(parts);
    const iou = 0.02 + random() * random() * 0.5;
    return {
      unit, formula: text, tokens: tokens(parts), iou, precision: random(), recall: random(), gain: parts.length > 1 ? random() * 0.08 : 0,
      category: CONCEPTS.find(({ name }) => name === parts[0]).category, single: parts[0], proven: unit % 9 > 0,
      state: unit % 7 === 3 ? "saturated" : "fires", active_share: 0.0031,
    };
  }

  /** Activations between which a unit counts as firing: the largest ones, or a range of equal width. */
  limits(sorted, { quantile, cluster }) {
    if (cluster.length === 0) return [sorted[Math.floor(sorted.length * (1 - quantile))], Infinity];
    const [number, of] = cluster;
    return [(sorted.at(-1) * (number - 1)) / of, number === of ? Infinity : (sorted.at(-1) * number) / of];
  }

  ranges({ id, settings, of }) {
    const maps = this.world.maps(settings.unit);
    const sorted = Float32Array.from(maps.flatMap((map) => [...map])).sort();
    const numbers = Array.from({ length: of }, (_, place) => of - place);
    const histogram = new Array(40).fill(0);
    for (const value of sorted) if (value > 0) histogram[Math.min(39, Math.floor((40 * value) / sorted.at(-1)))] += 1;
    const ranges = numbers.map((number) => {
      const [low, high] = this.limits(sorted, { cluster: [number, of] });
      return { number, low, high: Number.isFinite(high) ? high : null };
    });
    this.emit({ type: "ranges", id, unit: settings.unit, of, ranges, largest: sorted.at(-1), histogram });
    numbers.forEach((number, place) => setTimeout(() => {
      const parts = this.world.truthOf(settings.unit + place).slice(0, 3);
      const { iou, precision, recall, active } = this.measure(maps, this.limits(sorted, { cluster: [number, of] }), parts).scores;
      this.emit({
        type: "range", id, unit: settings.unit, number, of, share: active / (maps.length * GRID[0] * GRID[1]), text: print(parts), tokens: tokens(parts),
        iou, detection_accuracy: precision, activation_coverage: recall, sample_coverage: 0.8,
        proof: { state: "done", proven: place !== 1, bound: place === 1 ? iou + 0.02 : iou, length: 3 },
      });
    }, 200 * (place + 1)));
  }

  evidence({ id, settings }) {
    const luck = settings.unit % 3 === 0;
    setTimeout(() => this.emit({
      type: "evidence", id, unit: settings.unit, found: true, p_value: luck ? 20 / 61 : 0.001, q_value: null, samples: luck ? 61 : 999, exceedances: luck ? 20 : 0,
      held_out: { text: "water OR boat", searched_iou: 0.3, held_out_iou: 0.27 }, null_mean: 0.12, interval: [0.22, 0.34],
    }), 1500);
  }

  hello({ id }) {
    const total = this.world.units.length;
    this.emit({
      type: "study", id, title: "SqueezeNet · fire9", subtitle: `drawn world · 60 pictures · 752,640 positions · 212 signatures`,
      units: this.world.units, concepts: CONCEPTS, categories: CATEGORIES, defaults: DEFAULTS, classes: [], grid: GRID, cell_note: "",
      rows: this.world.units.slice(0, this.prefilled).map((unit) => this.row(unit)), table_label: "quantile .05 · length 3 · beam 5",
    });
    if (this.prefilled < total) this.fill(null, this.prefilled);
  }

  fill(settings, from = 0) {
    this.cancelled = false;
    let done = from;
    const total = this.world.units.length;
    const step = () => {
      const end = Math.min(total, done + 4);
      const rows = this.world.units.slice(done, end).map((unit) => this.row(unit));
      if (!this.cancelled) done = end;
      const finished = this.cancelled || done === total;
      this.emit({
        type: "rows", rows: this.cancelled ? [] : rows, done, total, seconds_left: (total - done) * 0.05, finished,
        label: settings ? `quantile ${settings.quantile} · length ${settings.max_length} · beam ${settings.beam_size}` : "quantile .05 · length 3 · beam 5",
      });
      if (!finished) setTimeout(step, 200);
    };
    setTimeout(step, 50);
  }

  async pictures({ id, images }) {
    const buffers = [];
    const pictures = [];
    for (const image of images) {
      const { canvas, bits } = this.world.images[image];
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
      const ids = new Map();
      const local = Uint16Array.from(bits, (set) => {
        if (!ids.has(set)) ids.set(set, ids.size);
        return ids.get(set);
      });
      const concepts = Object.fromEntries([...ids].map(([set, number]) => [number, CONCEPTS.flatMap((_, index) => ((set >> index) & 1 ? [index] : []))]));
      pictures.push({ image, width: canvas.width, height: canvas.height, concepts });
      buffers.push(new Uint8Array(await blob.arrayBuffer()), local);
    }
    this.emit({ type: "pictures", id, pictures }, buffers);
  }

  card({ id, settings, tiles }) {
    if (settings.quantile > 0.099) {
      return this.emit({ type: "error", id, message: "The study’s folder is gone: runs/one is not there.", detail: "StudyError: runs/one\n  at study.py" });
    }
    const searched = this.world.truthOf(settings.unit).slice(0, settings.max_length * 2 - 1);
    let parts = searched;
    if (settings.formula_text) {
      parts = readParts(settings.formula_text);
      const unknown = parts.find((name, place) => place % 2 === 0 && !CONCEPTS.some((concept) => concept.name === name));
      if (parts.length % 2 === 0 || unknown !== undefined) {
        const position = unknown === undefined ? [...settings.formula_text].length : [...settings.formula_text.split(unknown)[0]].length;
        const near = CONCEPTS.map(({ name }) => name).filter((name) => name[0] === unknown?.[0]).slice(0, 3);
        return this.emit({
          type: "formula_error", id, text: settings.formula_text, position, suggestions: near,
          message: unknown ? `“${unknown}” is no concept of this data.` : "The formula ends where a concept should follow.",
        });
      }
    }
    const maps = this.world.maps(settings.unit);
    const sorted = Float32Array.from(maps.flatMap((map) => [...map])).sort();
    const [threshold, upper] = this.limits(sorted, settings);
    const limits = [threshold, upper];
    const maxActivation = sorted.at(-1);
    const shownParts = dropLeaves(parts, settings.switched_off);
    const measure = this.measure(maps, limits, shownParts);
    const iouOf = (some) => (some.length ? this.measure(maps, limits, some).scores.iou : 0);
    const order = { fires: (one) => one.peak, silent: (one) => one.formula - one.both, unexplained: (one) => one.neuron - one.both }[settings.gallery];
    const listed = measure.images.filter((one) => (settings.gallery === "fires" ? one.neuron > 0 : order(one) > 0));
    const chosen = listed.sort((one, other) => order(other) - order(one)).slice(0, tiles);
    const leaves = parts.filter((_, place) => place % 2 === 0).map((name, index) => ({
      name, category: CONCEPTS.find((concept) => concept.name === name).category, iou: iouOf([name]), without_iou: iouOf(dropLeaves(parts, [index])),
    }));
    const long = settings.max_length > 3;
    const proof = { state: long ? "searching" : "done", proven: !long, bound: iouOf(searched) + (long ? 0.01 : 0), length: settings.max_length };
    const byLength = Array.from({ length: settings.max_length }, (_, place) => {
      const some = this.world.truthOf(settings.unit).slice(0, place * 2 + 1);
      return { length: place + 1, text: print(some), tokens: tokens(some), iou: iouOf(some), proven: place < 3, bound: iouOf(some) + (place < 3 ? 0 : 0.01) };
    }).filter(({ length }) => length * 2 - 1 <= this.world.truthOf(settings.unit).length);
    const count = (test) => measure.images.filter(test).length;
    this.emit(
      {
        type: "card", id, unit: settings.unit, threshold, upper_limit: Number.isFinite(upper) ? upper : null, active_positions: measure.scores.active,
        active_images: count((one) => one.neuron > 0), seconds: 0.012, max_activation: maxActivation, silent: !(maxActivation > 0),
        state: settings.unit % 7 === 3 ? "saturated" : "fires", includes_threshold: settings.unit % 7 === 3, active_share: measure.scores.active / (maps.length * GRID[0] * GRID[1]),
        formula: { text: print(parts), tokens: tokens(parts), edited: settings.formula_text !== "", length: leaves.length },
        shown: { text: print(shownParts) }, scores: measure.scores,
        searched: { text: print(searched), tokens: tokens(searched), iou: iouOf(searched) },
        by_length: byLength,
        proof, evidence: null, leaves, map_shape: this.world.mapShape,
        tiles: chosen.map((one) => ({
          image: one.image, name: this.world.images[one.image].name, split: one.image % 3 ? "train" : "val", scene: this.world.images[one.image].scene,
          peak: one.peak, neuron: one.neuron, formula: one.formula, both: one.both,
        })),
        gallery_counts: { fires: count((one) => one.neuron > 0), silent: count((one) => one.formula > one.both), unexplained: count((one) => one.neuron > one.both) },
      },
      chosen.flatMap((one) => [packBits(one.fires), packBits(one.holds), maps[one.image]]),
    );
    if (!long) return;
    const rest = { searched: { text: print(searched), tokens: tokens(searched), iou: iouOf(searched) }, by_length: byLength, seconds: 1 };
    setTimeout(() => this.emit({ type: "proof", id, unit: settings.unit, proof: { ...proof, state: "done" }, ...rest }), 1000);
  }

  large(map) {
    if (!this.upsampled.has(map)) this.upsampled.set(map, upsample(map, this.world.mapShape, GRID));
    return this.upsampled.get(map);
  }

  measure(maps, [low, high], parts) {
    const truth = parts.length ? leftDeep(parts) : () => false;
    let active = 0;
    let holds = 0;
    let both = 0;
    const images = maps.map((map, image) => {
      const large = this.large(map);
      const { bits } = this.world.images[image];
      const fires = new Uint8Array(large.length);
      const held = new Uint8Array(large.length);
      const counts = { neuron: 0, formula: 0, both: 0 };
      for (let index = 0; index < fires.length; index += 1) {
        fires[index] = Number(large[index] > low && large[index] <= high);
        held[index] = Number(truth(bits[index]));
        counts.neuron += fires[index];
        counts.formula += held[index];
        counts.both += fires[index] & held[index];
      }
      active += counts.neuron;
      holds += counts.formula;
      both += counts.both;
      return { image, fires, holds: held, peak: Math.max(...map), ...counts };
    });
    const precision = holds ? both / holds : 0;
    const recall = active ? both / active : 0;
    return {
      images,
      scores: { iou: both / Math.max(1, active + holds - both), precision, recall, f1: (2 * precision * recall) / Math.max(1e-9, precision + recall), active, holds, both },
    };
  }
}
