/** Answers NLIExplorer's messages as the Python side does, on sentence pairs written by a small grammar. */

import { quoteName, tokenise } from "../../compexp_widgets/widgets/shared/page/formula/completion.js";
import { LABELS } from "../../compexp_widgets/widgets/shared/page/sentences/label_words.js";
import { MockTraits } from "./mock_model.js";
import { randomNumbers } from "./mock_world.js";

const OPERATORS = ["OR", "AND", "AND NOT"];
const DEFAULTS = { firing: "positive", quantile: 0.05, max_length: 3, beam_size: 10, operators: OPERATORS, metric: "iou" };
const TRAITS = { unit: 0, ...DEFAULTS, excluded_categories: [], formula_text: "", switched_off: [], tab: "words", gallery: "fires" };
const WHO = ["A man", "Two women", "The <b>dog</b>", "Nobody", "A tall boy", "Some people"];
const DOES = ["is sleeping", "runs outside", "plays the guitar", "eats \"pizza\"", "is n't at home", "jumps ( high )"];
const UNITS = 40;

const pick = (random, list) => list[Math.floor(random() * list.length)];

function makePairs() {
  const random = randomNumbers(7);
  return Array.from({ length: 600 }, (_, pair) => {
    const sentence = () => `${pick(random, WHO)} ${pick(random, DOES)} .`.split(" ");
    return { pair, id: `p${pair}`, premise: sentence(), hypothesis: sentence(), gold: pair % 9 === 0 ? -1 : pair % 3, predicted: Math.floor(random() * 3), probability: 0.4 + 0.6 * random() };
  });
}

const words = (tokens) => new Set(tokens.map((token) => token.toLowerCase()));

function makeConcepts(pairs) {
  const all = [...new Set(pairs.flatMap(({ premise }) => [...words(premise)]))].sort();
  const tokens = all.flatMap((word) => [
    { name: `pre:tok:${word}`, category: "premise token", side: "premise", kind: "token", operator: false, holds: ({ premise }) => words(premise).has(word), word },
    { name: `hyp:tok:${word}`, category: "hypothesis token", side: "hypothesis", kind: "token", operator: false, holds: ({ hypothesis }) => words(hypothesis).has(word), word },
  ]);
  const shared = ({ premise, hypothesis }) => [...words(premise)].filter((word) => words(hypothesis).has(word)).length;
  const overlap = { name: "oth:overlap:50", category: "overlap", side: "both", kind: "overlap", operator: false, holds: (pair) => shared(pair) > 2, word: null };
  // As many as real data has, so that the table is as long.
  const rare = Array.from({ length: 4000 }, (_, number) => ({
    name: `hyp:tok:rare${number}`, category: "hypothesis token", side: "hypothesis", kind: "token", operator: false, holds: () => false, word: `rare${number}`,
  }));
  return [...tokens, overlap, ...rare];
}

export class MockNliModel extends MockTraits {
  constructor({ delay = 25, network = true } = {}) {
    super(TRAITS, delay);
    this.network = network;
    this.pairs = makePairs();
    this.concepts = makeConcepts(this.pairs);
    this.truth = this.concepts.map(({ holds }) => this.pairs.map(holds));
  }

  async answer(message) {
    const answers = { hello: "hello", card: "card", toggle: "toggle", probe: "probe", evidence: "evidence", prove: "prove" };
    if (message.type in answers) this[answers[message.type]](message);
  }

  weights(unit) {
    const random = randomNumbers(unit + 11);
    return LABELS.map(() => 2 * random() - 1);
  }

  favourites(unit) {
    const random = randomNumbers(unit * 13 + 5);
    return [0, 1, 2].map(() => Math.floor(random() * (this.concepts.length - 4000)));
  }

  activation(unit, pair) {
    const [first, second, third] = this.favourites(unit);
    const held = (index) => Number(this.concepts[index].holds(pair));
    const random = randomNumbers(unit * 1000 + (pair.pair ?? 0));
    return unit % 10 === 9 ? 0 : Math.max(0, held(first) + 0.7 * held(second) - 0.6 * held(third) + 0.4 * random() - 0.25);
  }

  searched(unit) {
    const [first, second, third] = this.favourites(unit);
    return [first, ["OR", second], ["AND NOT", third]];
  }

  holds(parts, pair) {
    return parts.reduce((sum, part, place) => {
      if (place === 0) return this.concepts[part].holds(pair);
      const here = this.concepts[part[1]].holds(pair);
      return part[0] === "OR" ? sum || here : sum && (part[0] === "AND" ? here : !here);
    }, false);
  }

  read(text) {
    const parts = [];
    let operator = "";
    for (const { kind, name } of tokenise(text)) {
      if (kind === "operator") operator = operator === "AND" && name === "NOT" ? "AND NOT" : name;
      if (kind !== "name") continue;
      const index = this.concepts.findIndex((concept) => concept.name === name);
      if (index < 0) throw new Error(name);
      parts.push(parts.length === 0 ? index : [operator, index]);
    }
    return parts;
  }

  print(parts) {
    return this.tokens(parts).reduce((text, { text: piece }) => text + (text && piece !== ")" && !text.endsWith("(") ? " " : "") + piece, "");
  }

  tokens(parts) {
    let pieces = [];
    parts.forEach((part, place) => {
      const [operator, index] = place === 0 ? ["", part] : part;
      const { name, category } = this.concepts[index];
      const leaf = { kind: "leaf", index: place, text: quoteName(name), name, category, negated: operator === "AND NOT" };
      if (place > 1 && (parts[place - 1][0] === "OR") !== (operator === "OR")) pieces = [{ kind: "paren", text: "(" }, ...pieces, { kind: "paren", text: ")" }];
      pieces = [...pieces, ...(operator ? [{ kind: "operator", text: operator }] : []), leaf];
    });
    return pieces;
  }

  measure(fires, truth) {
    const count = (list) => list.filter(Boolean).length;
    const [active, holds, both] = [count(fires), count(truth), count(fires.map((one, place) => one && truth[place]))];
    const share = (part, whole) => (whole ? part / whole : 0);
    return { iou: share(both, active + holds - both), precision: share(both, holds), recall: share(both, active), f1: share(2 * both, active + holds), active, holds, both };
  }

  row(unit) {
    const fires = this.pairs.map((pair) => this.activation(unit, pair) > 0);
    const active = fires.filter(Boolean).length;
    const base = { unit, active, share: active / this.pairs.length, silent: active < 30, gain: 0, category: "", single: "", proven: false };
    if (active < 30) return { ...base, formula: "", tokens: [], iou: 0, precision: 0, recall: 0 };
    const parts = this.searched(unit);
    return { ...base, formula: this.print(parts), tokens: this.tokens(parts), ...this.measure(fires, this.pairs.map((pair) => this.holds(parts, pair))) };
  }

  hello({ id }) {
    const units = Array.from({ length: UNITS }, (_, unit) => unit);
    const weights = units.map((unit) => this.weights(unit));
    this.emit({
      type: "study", id, title: "tiny bowman · mlp.1", labels: LABELS, gold_labels: LABELS, agreement: LABELS.map((one) => LABELS.map((other) => one === other)), subtitle: `a small grammar · ${this.pairs.length} pairs · ${this.concepts.length} concepts`, units, unit_names: [],
      concepts: this.concepts.map(({ holds: _holds, word: _word, ...concept }, index) => ({ ...concept, count: this.truth[index].filter(Boolean).length })),
      categories: [...new Set(this.concepts.map(({ category }) => category))], operators: OPERATORS, metrics: ["iou", "precision", "recall", "f1"], pairs: this.pairs.length,
      class_weights: LABELS.map((_, label) => weights.map((all) => all[label])), probe: this.network, defaults: DEFAULTS, table_label: "above 0 · length 3 · beam 10",
      rows: units.map((unit) => this.row(unit)),
    });
  }

  card({ id, settings, pairs: most }) {
    const { unit, tab, gallery } = settings;
    const activations = this.pairs.map((pair) => this.activation(unit, pair));
    const threshold = settings.firing === "largest" ? [...activations].sort((a, b) => b - a)[Math.floor(settings.quantile * this.pairs.length)] : 0;
    const fires = activations.map((activation) => activation > threshold);
    const active = fires.filter(Boolean).length;
    let parts = active < 30 ? [] : this.searched(unit).slice(0, settings.max_length);
    const searched = parts;
    try {
      if (settings.formula_text) parts = this.read(settings.formula_text);
    } catch (error) {
      this.emit({ type: "formula_error", id, text: settings.formula_text, message: `No concept is called ${error.message}.`, position: 0, suggestions: [] });
      return;
    }
    const truth = this.pairs.map((pair) => parts.length > 0 && this.holds(parts, pair));
    const scores = this.measure(fires, truth);
    const leaves = parts.map((part, place) => ({ ...this.concepts[place ? part[1] : part], iou: 0.1, without_iou: 0.2 })).map(({ holds: _holds, ...leaf }) => leaf);
    const best = activations.indexOf(Math.max(...activations));
    const formula = (some) => ({ text: this.print(some), tokens: this.tokens(some) });
    const message = {
      type: "card", id, unit, threshold, active, pairs: this.pairs.length, min_active: 30, max_activation: Math.max(...activations), silent: active < 30, seconds: 0.02,
      proof: { state: "done", proven: false, bound: null, length: 0 }, formula: { ...formula(parts), edited: settings.formula_text !== "", length: parts.length },
      shown: { text: this.print(parts) }, scores, searched: { ...formula(searched), iou: scores.iou }, leaves, tab,
      by_length: searched.map((_, place) => ({ length: place + 1, ...formula(searched.slice(0, place + 1)), iou: scores.iou * (0.8 + 0.1 * place), proven: false, bound: null })),
      best_pair: active ? { premise: this.pairs[best].premise, hypothesis: this.pairs[best].hypothesis } : null,
    };
    if (tab === "words") return this.emit(message, this.words(fires, parts));
    if (tab === "labels") {
      const count = (chosen) => [0, 1, 2, -1].map((gold) => LABELS.map((_, predicted) => this.pairs.filter((pair, place) => chosen[place] && pair.gold === gold && pair.predicted === predicted).length));
      message.labels = { all: count(fires.map(() => true)), fires: count(fires), holds: count(truth) };
      return this.emit(message);
    }
    const lists = { fires: (place) => fires[place], silent: (place) => truth[place] && !fires[place], unexplained: (place) => fires[place] && !truth[place] };
    const found = Object.fromEntries(Object.entries(lists).map(([name, test]) => [name, this.pairs.filter((_, place) => test(place))]));
    message.gallery_counts = Object.fromEntries(Object.entries(found).map(([name, list]) => [name, list.length]));
    message.marked_leaves = this.tokens(parts).filter(({ kind }) => kind === "leaf").map(({ text, negated }) => ({ name: text, negated }));
    message.examples = found[gallery].sort((a, b) => activations[b.pair] - activations[a.pair]).slice(0, most)
      .map((pair) => ({ ...pair, ...this.marks(parts, pair), activation: activations[pair.pair], fires: fires[pair.pair], holds: truth[pair.pair] }));
    this.emit(message);
  }

  marks(parts, { premise, hypothesis }) {
    const of = (tokens, side) => tokens.map((token) => parts.flatMap((part, place) => {
      const concept = this.concepts[place ? part[1] : part];
      return concept.side === side && concept.word === token.toLowerCase() ? [place] : [];
    }));
    return { marks: { premise: of(premise, "premise"), hypothesis: of(hypothesis, "hypothesis") } };
  }

  words(fires, parts) {
    const inside = new Set(parts.map((part, place) => (place ? part[1] : part)));
    const scores = this.truth.map((truth) => this.measure(fires, truth));
    const floats = (value) => Float32Array.from(scores, value);
    const change = Float32Array.from(scores, ({ iou }, index) => (inside.has(index) ? 0.1 : iou / 10 - 0.01));
    const way = Int8Array.from(scores, (_, index) => (inside.has(index) ? -1 : index % 3));
    const columns = [floats(({ iou }) => iou), floats(({ precision }) => precision), floats(({ recall }) => recall), change, way];
    return columns.map((column) => new Uint8Array(column.buffer));
  }

  toggle({ id, formula, concept, operator }) {
    const parts = formula ? this.read(formula) : [];
    const place = parts.findIndex((part, at) => (at ? part[1] : part) === concept);
    const kept = parts.filter((_, at) => at !== place).map((part, at) => (at === 0 && Array.isArray(part) ? part[1] : part));
    this.emit({ type: "formula", id, text: this.print(place >= 0 ? kept : [...parts, parts.length ? [operator, concept] : concept]) });
  }

  probe({ id, settings, premise, hypothesis }) {
    const pair = { pair: 0, premise: premise.split(/\s+/).filter(Boolean), hypothesis: hypothesis.split(/\s+/).filter(Boolean) };
    const parts = settings.formula_text ? this.read(settings.formula_text) : [];
    const all = Array.from({ length: UNITS }, (_, unit) => ({ unit, activation: this.activation(unit, pair) }));
    const firing = all.filter(({ activation }) => activation > 0).sort((a, b) => b.activation - a.activation);
    const logits = LABELS.map((_, label) => Math.exp(firing.reduce((sum, { unit, activation }) => sum + activation * this.weights(unit)[label], 0)));
    const total = logits.reduce((sum, value) => sum + value, 0);
    const { unit } = settings;
    const leaves = this.tokens(parts).filter(({ kind }) => kind === "leaf");
    this.emit({
      type: "probe", id, probabilities: logits.map((value) => value / total), premise: pair.premise, hypothesis: pair.hypothesis, unknown: null, ...this.marks(parts, pair),
      unit: { unit, activation: all[unit].activation, fires: all[unit].activation > 0, holds: parts.length > 0 && this.holds(parts, pair) },
      leaves: leaves.map(({ text, negated, index }) => ({ name: text, negated, holds: this.concepts[index ? parts[index][1] : parts[index]].holds(pair) })),
      firing: firing.map((one) => ({ ...one, explained: true, text: this.print(this.searched(one.unit)), tokens: this.tokens(this.searched(one.unit)), holds: this.holds(this.searched(one.unit), pair) })),
      count: firing.length, units: UNITS, seconds: 0.01,
    });
  }

  evidence({ id, settings }) {
    setTimeout(() => this.emit({
      type: "evidence", id, unit: settings.unit, found: true, p_value: 0.001, q_value: null, samples: 999, exceedances: 0, null_mean: 0.1, interval: [0.3, 0.4],
      held_out: { text: "hyp:tok:nobody", searched_iou: 0.4, held_out_iou: 0.36 },
    }), 1200);
  }

  prove({ id, settings }) {
    const parts = this.searched(settings.unit).slice(0, settings.max_length);
    setTimeout(() => this.emit({
      type: "proof", id, unit: settings.unit, proof: { state: "done", proven: true, bound: 0.1, length: settings.max_length }, searched: { text: this.print(parts), tokens: this.tokens(parts), iou: 0.1 }, by_length: [],
    }), 2500);
  }
}
