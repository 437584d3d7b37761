/** Answers TextLab's messages as the Python side does, on the sentence pairs and units of the mock NLI kernel. */

import { LABELS } from "../../compexp_widgets/widgets/shared/page/sentences/label_words.js";
import { sentenceText } from "../../compexp_widgets/widgets/shared/page/sentences/sentence_words.js";
import { MockNliModel } from "./mock_nli_kernel.js";

const words = (text) => text.replace(/([.,])/g, " $1 ").split(/\s+/).filter(Boolean);
const RULES = [
  { name: "only synonyms", sentence: "Words are exchanged for words of the same meaning alone: the claim stays, if WordNet is right." },
  { name: "no new claim", sentence: "Only words that say nothing new come in, such as “currently”." },
];
const IDEAS = [
  { edit: { edit: "prepend", side: "hypothesis", tokens: ["Nobody"] }, words: "put “Nobody” before the hypothesis", leaf: "hyp:tok:nobody", unknown: [], warning: "The true label may change: “Nobody” denies." },
  { edit: { edit: "append", side: "hypothesis", tokens: ["<b>high</b>"] }, words: "put “<b>high</b>” at the end of the hypothesis", leaf: "hyp:tok:<b>high</b>", unknown: [], warning: "" },
  { edit: { edit: "delete", side: "hypothesis", tokens: ["is"] }, words: "leave out every “is” of the hypothesis", leaf: "hyp:tok:is", unknown: [], warning: "The true label may change: what is left may say less." },
  { edit: { edit: "append", side: "premise", tokens: ["outside"] }, words: "put “outside” at the end of the premise", leaf: "pre:tok:outside", unknown: [], warning: "" },
];

export class MockTextModel extends MockNliModel {
  constructor({ delay = 25 } = {}) {
    super({ delay });
    this.traits = { source: LABELS[0], target: LABELS[2], unit: null, pair: null, original: ["", ""], edited: ["", ""] };
    this.running = {};
    this.on("change:pair", () => this.showPair());
    // A network of the data's own words gives labels that words can change.
    for (const pair of this.pairs) pair.predicted = this.judge(pair.premise, pair.hypothesis).predicted;
    this.set("pair", this.pairs.findIndex(({ predicted }) => predicted === 0));
  }

  showPair() {
    const { pair } = this.traits;
    if (pair === null) return;
    const sentences = [this.pairs[pair].premise, this.pairs[pair].hypothesis].map(sentenceText);
    setTimeout(() => {
      this.set("original", sentences);
      this.set("edited", sentences);
    }, this.delay);
  }

  async answer(message) {
    const answers = ["hello", "look", "ideas", "step", "apply", "effect", "recount", "csv", "smallest", "controls", "recipe", "load_recipe", "cancel"];
    if (answers.includes(message.type)) this[message.type === "load_recipe" ? "loadRecipe" : message.type](message);
  }

  hello({ id }) {
    const units = Array.from({ length: 40 }, (_, unit) => unit);
    const weights = units.map((unit) => this.weights(unit));
    this.emit({
      type: "study", id, title: "tiny bowman · mlp.1", labels: LABELS, gold_labels: LABELS, agreement: LABELS.map((one) => LABELS.map((other) => one === other)), subtitle: `a small grammar · ${this.pairs.length} pairs · 40 units`, units, pairs: this.pairs.length,
      categories: [...new Set(this.concepts.map(({ category }) => category))], predicted: [200, 200, 200], class_weights: LABELS.map((_, label) => weights.map((all) => all[label])),
      rules: RULES, table_label: "above 0 · length 3 · beam 10", rows: units.map((unit) => this.row(unit)),
    });
  }

  judge(premise, hypothesis) {
    const pair = { pair: 0, premise, hypothesis };
    const activations = Array.from({ length: 40 }, (_, unit) => this.activation(unit, pair));
    const logits = LABELS.map((_, label) => Math.exp(activations.reduce((sum, activation, unit) => sum + activation * this.weights(unit)[label], 0)));
    const total = logits.reduce((sum, value) => sum + value, 0);
    const probabilities = logits.map((value) => value / total);
    return { premise, hypothesis, unknown: null, probabilities, predicted: probabilities.indexOf(Math.max(...probabilities)), activations, pair };
  }

  told({ premise, hypothesis, probabilities, predicted }) {
    return { premise, hypothesis, probabilities, predicted };
  }

  look({ id, source, target, unit: chosen, pair, original, edited }) {
    const [before, after] = [original, edited].map((sentences) => this.judge(...sentences.map(words)));
    const [from, to] = [LABELS.indexOf(source), LABELS.indexOf(target)];
    const changed = JSON.stringify(original) !== JSON.stringify(edited);
    const all = Array.from({ length: 40 }, (_, unit) => {
      const change = changed ? after.activations[unit] - before.activations[unit] : before.activations[unit];
      const parts = this.searched(unit);
      const leaves = this.tokens(parts).filter(({ kind }) => kind === "leaf");
      const holds = (judged, index) => this.concepts[index ? parts[index][1] : parts[index]].holds(judged.pair);
      return {
        unit, before: before.activations[unit], after: after.activations[unit], fires_before: before.activations[unit] > 0, fires_after: after.activations[unit] > 0,
        push: change * (this.weights(unit)[to] - this.weights(unit)[from]), explained: true, text: this.print(parts), tokens: this.tokens(parts),
        holds_before: this.holds(parts, before.pair), holds_after: this.holds(parts, after.pair),
        leaves: leaves.map(({ text, negated, index }) => ({ name: text, negated, before: holds(before, index), after: holds(after, index) })),
      };
    });
    const moved = all.filter(({ push }) => push !== 0).sort((one, other) => Math.abs(other.push) - Math.abs(one.push));
    const units = chosen === null ? moved.slice(0, 24) : [all[chosen], ...moved.filter(({ unit }) => unit !== chosen).slice(0, 23)];
    const alike = this.pairs.filter(({ predicted }) => predicted === from);
    const place = alike.findIndex((one) => one.pair === pair);
    this.emit({
      type: "look", id, edited: changed, before: this.told(before), after: this.told(after), units, moved: moved.length,
      began: all.filter((one) => !one.fires_before && one.fires_after).length, ended: all.filter((one) => one.fires_before && !one.fires_after).length,
      place: { count: alike.length, place: place < 0 ? null : place, id: pair === null ? null : `p${pair}`, gold: pair === null ? null : this.pairs[pair].gold }, seconds: 0.011,
    });
  }

  step({ id, source, pair, by }) {
    const alike = this.pairs.filter(({ predicted }) => predicted === LABELS.indexOf(source)).map((one) => one.pair);
    const next = by > 0 ? alike.find((one) => one > (pair ?? -1)) : alike.findLast((one) => one < (pair ?? 600));
    this.emit({ type: "pair", id, pair: next ?? (by > 0 ? alike[0] : alike.at(-1)) });
  }

  changed({ edit, side, tokens: given }, [premise, hypothesis]) {
    const tokens = typeof given === "string" ? given.split(" ") : given;
    const of = side === "premise" ? premise : hypothesis;
    const now = {
      prepend: () => [...tokens, of[0].toLowerCase(), ...of.slice(1)],
      append: () => [...of.slice(0, -1), ...tokens, of.at(-1)],
      delete: () => of.filter((token) => !tokens.includes(token)),
    }[edit]();
    if (now.join(" ") === of.join(" ") || (edit === "prepend" && of[0] === tokens[0])) return null;
    return side === "premise" ? [now, hypothesis] : [premise, now];
  }

  ideas({ id, unit, target, edited }) {
    const ideas = IDEAS.map((idea, place) => {
      const after = this.changed(idea.edit, edited.map(words));
      const parts = this.searched(unit ?? place);
      return { ...idea, unit: unit ?? place, units: [unit ?? place], text: this.print(parts), tokens: this.tokens(parts), expected: LABELS.indexOf(target), reason: `Unit ${unit ?? place} fires where ${idea.leaf} holds, and speaks for ${target}.`, probabilities: after && this.judge(...after).probabilities };
    });
    this.emit({ type: "ideas", id, ideas: unit === 9 ? [] : ideas, note: unit === 9 ? "Unit 9 has no formula. Choose another unit, or all units." : "" });
  }

  apply({ id, edit, edited }) {
    const after = this.changed(edit, edited.map(words));
    if (after) this.emit({ type: "applied", id, edited: after.map(sentenceText) });
    else this.emit({ type: "error", id, message: "The edit does not apply to this pair.", detail: "" });
  }

  /** Parts until it is done or cancelled. */
  work(what, { id }, total, part) {
    this.running[what] = id;
    const tell = (done) => {
      if (this.running[what] !== id && done < total) return this.emit({ type: "work", id, done, total, seconds_left: null, finished: true, ...part(done, true, false) });
      this.emit({ type: "work", id, stage: what === "effect" ? "edited pairs shown to the network" : "edits tried", done, total, seconds_left: (total - done) / 1000, finished: done >= total, ...part(done, done >= total, true) });
      if (done < total) setTimeout(() => tell(Math.min(total, done + total / 4)), 4 * this.delay);
    };
    tell(0);
  }

  cancel({ what }) {
    this.running[what] = null;
  }

  effect(message) {
    this.asked = message;
    this.work("effect", message, this.pairs.length, (_done, finished, complete) => (finished ? { effect: this.counted("unchanged", complete) } : {}));
  }

  recount({ id, true_label: truth }) {
    this.emit({ type: "recounted", id, effect: this.counted(truth, true) });
  }

  counted(truth, complete) {
    const { edits, source, target } = this.asked;
    const [from, to] = [LABELS.indexOf(source), LABELS.indexOf(target)];
    const rows = this.pairs.flatMap((pair) => {
      const after = edits.reduce((sentences, edit) => sentences && this.changed(edit, sentences), [pair.premise, pair.hypothesis]);
      if (!after) return [];
      const judged = [this.judge(pair.premise, pair.hypothesis), this.judge(...after)];
      return [{ pair, before: judged[0], after: judged[1], truth: truth === "unchanged" ? pair.gold : LABELS.indexOf(truth) }];
    });
    const share = (list, test) => (list.length > 0 ? list.filter(test).length / list.length : null);
    const accuracy = [...LABELS, "all"].map((gold, label) => {
      const list = rows.filter(({ pair }) => (gold === "all" ? pair.gold >= 0 : pair.gold === label));
      return { gold, pairs: list.length, before: share(list, ({ pair, before }) => before.predicted === pair.gold), after: truth === "unknown" ? null : share(list, (one) => one.after.predicted === one.truth) };
    });
    const eligible = rows.filter(({ pair, before }) => before.predicted === from && (pair.gold < 0 || pair.gold === from));
    const flipped = eligible.filter(({ after }) => after.predicted === to);
    const kept = eligible.filter(({ after }) => after.predicted !== to);
    const example = ({ pair, before, after, truth: now }) => ({
      id: pair.id, before: { premise: before.premise, hypothesis: before.hypothesis }, after: { premise: after.premise, hypothesis: after.hypothesis }, text: { premise: sentenceText(after.premise), hypothesis: sentenceText(after.hypothesis) },
      gold: pair.gold, true_label: now, predicted_before: before.predicted, predicted_after: after.predicted, probabilities_before: before.probabilities, probabilities_after: after.probabilities,
    });
    return {
      words: IDEAS.find(({ edit }) => JSON.stringify(edit) === JSON.stringify(edits[0])).words, warning: IDEAS[0].warning, unknown: [], applicable: rows.length, pairs: this.pairs.length, complete, true_label: truth, accuracy,
      flips: LABELS.map((_, was) => LABELS.map((_, is) => rows.filter(({ before, after }) => before.predicted === was && after.predicted === is).length)), flipped: { count: flipped.length, of: eligible.length },
      examples: { flipped: flipped.slice(0, 20).map(example), kept: kept.slice(0, 20).map(example) }, example_counts: { flipped: flipped.length, kept: kept.length },
    };
  }

  csv(message) {
    this.work("csv", message, 4, (_done, finished) => (finished ? { name: "edit.csv", header: ["pair", "id"], rows: [[0, "=p0"]] } : {}));
  }

  smallest(message) {
    const before = message.original.map(words);
    const found = IDEAS.flatMap(({ edit, words: told }) => {
      const after = this.changed(edit, before);
      if (!after) return [];
      const judged = this.judge(...after);
      return [{ edits: [edit], words: told, before: { premise: before[0], hypothesis: before[1] }, after: { premise: after[0], hypothesis: after[1] }, text: { premise: sentenceText(after[0]), hypothesis: sentenceText(after[1]) }, probabilities: judged.probabilities, size: 1 }];
    });
    this.work("smallest", message, 312, (done, finished, complete) => ({ tried: done, succeeded: Math.min(found.length, Math.round(done / 100)), best: found.slice(0, Math.round(done / 100)), complete: finished && complete, closest: null }));
  }

  controls(message) {
    const rows = [
      { what: "edit", kind: "the edit", words: "put “Nobody” before the hypothesis", count: 190, of: 200 },
      { what: "word", kind: "another word", words: "put “somebody” before the hypothesis", count: 12, of: 200 },
      { what: "word", kind: "another word", words: "put “<i>grandma</i>” before the hypothesis", count: 9, of: 200 },
      { what: "side", kind: "the other side", words: "put “Nobody” before the premise", count: 33, of: 198 },
      { what: "silenced", kind: "unit silenced", words: "the edit, with unit 0 silenced", count: 101, of: 200 },
    ];
    this.work("controls", message, rows.length, (done, finished) => ({ rows: rows.slice(0, Math.floor(done)), verdict: finished ? "The formula predicted it: the edit flips 95 %, other words in its place 5 %." : "" }));
  }

  recipe({ id, original, edited, edits, source, target }) {
    this.emit({ type: "recipe", id, name: "recipe.json", text: JSON.stringify({ source, target, original, edited, edits }) });
  }

  loadRecipe({ id, text }) {
    try {
      this.emit({ type: "loaded", id, ...JSON.parse(text), words: "The network says exactly what it said when the recipe was made." });
    } catch {
      this.emit({ type: "error", id, message: "This is not a recipe: it is no JSON.", detail: "" });
    }
  }
}
