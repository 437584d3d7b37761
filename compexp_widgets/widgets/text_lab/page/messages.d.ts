// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CertificatePart, Done, FormulaPart, Hello, LoadRecipe, MarkedLeaf, Progress, RecipeFile, UnknownWords, Envelope } from "../../shared/page/messages";

/** A pair as it stands on the page, before and after its edit, and what is wanted of it. */
export interface PairRequest {
  /** The label that the network gives before the edit, and the one that it should give after it. */
  source: string;
  /** The label that the network gives before the edit, and the one that it should give after it. */
  target: string;
  /** The chosen unit; null for all. */
  unit: number | null;
  /** Which pair of the data was edited; null where it was typed. */
  pair: number | null;
  original: [string, string];
  edited: [string, string];
}

/** The response to a pair before and after its edit. */
export interface ResponseRequest extends PairRequest {
}

/** Edits that the units' formulas suggest. */
export interface FormulaEditsRequest extends PairRequest {
}

/** The smallest edits that flip the pair while a rule, by its name, keeps its true label. */
export interface SmallestRequest extends PairRequest {
  rule: string;
  /** The true label; null for what people say of the pair, if they agree. */
  label?: string | null;
  /** Whether any other label than the source will do. */
  any?: boolean;
  /** Whether two edits may be made at once. */
  two?: boolean;
}

/** The recipe of the edits that lead from the original to what is edited; null where that was typed. */
export interface RecipeRequest extends PairRequest {
  edits?: Record<string, unknown>[] | null;
}

/** The next or the previous pair that the network calls the source; after the last comes the first. */
export interface StepRequest {
  source: string;
  pair: number | null;
  by: -1 | 1;
}

/** Sentences after an edit. */
export interface ApplyRequest {
  edit: Record<string, unknown>;
  edited: [string, string];
}

/** The effect on all pairs of edits made one after the other, and the true label after them. */
export interface EffectRequest {
  edits: Record<string, unknown>[];
  source: string;
  target: string;
  true_label?: "contradiction" | "entailment" | "neutral" | "not_entailment" | "unchanged" | "unknown";
}

/** The last effect, with another true label after the edits. */
export interface RecountRequest {
  true_label: "contradiction" | "entailment" | "neutral" | "not_entailment" | "unchanged" | "unknown";
}

/** The last effect as a table of all pairs. */
export interface CsvRequest {
}

/** An edit beside its controls, for which units are silenced. */
export interface ControlsRequest {
  edits: Record<string, unknown>[];
  source: string;
  target: string;
  units?: number[];
}

/** A rule that keeps the true label, and what it guarantees. */
export interface Rule {
  name: string;
  sentence: string;
}

/** A unit, its formula as text, empty where it has none, and the share of the pairs on which it fires. */
export interface UnitRow {
  unit: number;
  formula: string;
  share: number;
}

/** The study. */
export interface Study extends Envelope {
  type: "study";
  title: string;
  subtitle: string;
  certificate: CertificatePart;
  units: number[];
  /** Of the concepts, in the order of their colours. */
  categories: string[];
  pairs: number;
  /** The network's, the data's, and which of the data's (rows) say the same as which of the network's (columns). */
  labels: string[];
  /** The network's, the data's, and which of the data's (rows) say the same as which of the network's (columns). */
  gold_labels: string[];
  /** The network's, the data's, and which of the data's (rows) say the same as which of the network's (columns). */
  agreement: boolean[][];
  /** How much each unit (columns) speaks for each label (rows); null where the layer does not tell. */
  class_weights: number[][] | null;
  rules: Rule[];
  /** The units that are explained. */
  rows: UnitRow[];
}

/** Units that were explained since the last message. */
export interface Rows extends Envelope {
  type: "rows";
  rows: UnitRow[];
  done: number;
  total: number;
}

/** The network's answer to a pair of token sequences: one probability a label, and the words that it does not know, null where it has no list of those that it knows. */
export interface PairAnswer {
  premise: string[];
  hypothesis: string[];
  probabilities: number[];
  predicted: number;
  unknown: UnknownWords | null;
}

/** The place of a pair among those that the network calls the source, from 0, and how many these are. */
export interface Place {
  count: number;
  /** null where it is none of them. */
  place: number | null;
  /** Of the pair in the data: its name and the number of its label, -1 for none; null where it was typed. */
  id: string | null;
  /** Of the pair in the data: its name and the number of its label, -1 for none; null where it was typed. */
  gold: number | null;
}

/** A leaf of a formula, and whether it holds before and after the edit. */
export interface LeafChange extends MarkedLeaf {
  before: boolean;
  after: boolean;
}

/** A unit's activation before and after the edit, null where that is no number, and its formula. */
export interface UnitResponse extends FormulaPart {
  unit: number;
  before: number | null;
  after: number | null;
  /** How far it moves the network from the source (negative) to the target (positive). */
  push: number;
  explained: boolean;
  /** Whether the formula holds. */
  holds_before: boolean;
  /** Whether the formula holds. */
  holds_after: boolean;
  leaves: LeafChange[];
}

/** The response to a pair before and after its edit. */
export interface Response extends Envelope {
  type: "response";
  /** Whether the words are others. */
  edited: boolean;
  before: PairAnswer;
  after: PairAnswer;
  place: Place;
  /** Those that the edit moved most; of an unedited pair, those that fire. */
  units: UnitResponse[];
  /** How many units moved, began to fire, fell silent. */
  moved: number;
  /** How many units moved, began to fire, fell silent. */
  began: number;
  /** How many units moved, began to fire, fell silent. */
  ended: number;
  seconds: number;
}

/** A pair of the data. */
export interface PairNumber extends Envelope {
  type: "pair";
  pair: number;
}

/** An edit that a formula suggests: what it does, and the label that it should lead to. */
export interface FormulaEdit extends FormulaPart {
  edit: Record<string, unknown>;
  words: string;
  /** The unit whose formula it is made from, if one was chosen, and all whose formulas suggest it. */
  unit: number | null;
  /** The unit whose formula it is made from, if one was chosen, and all whose formulas suggest it. */
  units: number[];
  /** The concept that it makes true or false. */
  leaf: string;
  expected: number;
  reason: string;
  /** Why the true label may change; empty where it hardly can. */
  warning: string;
  /** Of the pair on the page after it; null where it does not apply. */
  probabilities: number[] | null;
  /** Words that it puts in and the network does not know. */
  unknown: string[];
}

/** Edits that formulas suggest; the note says why there are none. */
export interface FormulaEdits extends Envelope {
  type: "formula_edits";
  edits: FormulaEdit[];
  note: string;
}

/** Sentences after an edit. */
export interface Applied extends Envelope {
  type: "applied";
  edited: [string, string];
}

/** The tokens of a pair. */
export interface PairTokens {
  premise: string[];
  hypothesis: string[];
}

/** A pair as a person reads it. */
export interface PairText {
  premise: string;
  hypothesis: string;
}

/** The share of the pairs of a gold label, or of "all", that the network gets right; null where nothing is true. */
export interface AccuracyRow {
  gold: string;
  pairs: number;
  before: number | null;
  after: number | null;
}

/** Pairs that flip to the target, of those that the network rightly calls the source before. */
export interface Flipped {
  count: number;
  of: number;
}

/** A pair of the data before and after an edit, with its text after it. The gold label before and the true one after it are labels of the data; -1 where that is not known. */
export interface EditedPair {
  id: string;
  before: PairTokens;
  after: PairTokens;
  text: PairText;
  gold: number;
  true_label: number;
  predicted_before: number;
  predicted_after: number;
  probabilities_before: number[];
  probabilities_after: number[];
}

/** Pairs that flip, those whose probability rises most first, and pairs that do not. */
export interface Examples {
  flipped: EditedPair[];
  kept: EditedPair[];
}

/** Numbers of pairs that flip and that do not. */
export interface ExampleCounts {
  flipped: number;
  kept: number;
}

/** The effect of edits on all pairs: what they do, and to how many pairs they apply. */
export interface EffectPart {
  words: string;
  /** Why the true label may change; empty where it hardly can. */
  warning: string;
  /** Words that they put in and the network does not know. */
  unknown: string[];
  applicable: number;
  pairs: number;
  /** Whether all pairs were looked at. */
  complete: boolean;
  accuracy: AccuracyRow[];
  /** How many pairs have which label before (rows) and after (columns). */
  flips: number[][];
  flipped: Flipped;
  examples: Examples;
  example_counts: ExampleCounts;
}

/** The effect of edits on all pairs; null before the end. */
export interface Effect extends Progress {
  type: "effect";
  effect: EffectPart | null;
}

/** The effect with another true label. */
export interface Recounted extends Envelope {
  type: "recounted";
  effect: EffectPart;
}

/** The effect as a table, one row a pair. */
export interface Csv extends Envelope {
  type: "csv";
  name: string;
  header: string[];
  rows: ((string | number | boolean | null)[])[];
}

/** Edits of a pair, what they do, its text and probabilities after them, and their size in words. */
export interface SmallEdit {
  edits: Record<string, unknown>[];
  words: string;
  before: PairTokens;
  after: PairTokens;
  text: PairText;
  probabilities: number[];
  size: number;
}

/** The smallest edits that flip a pair, the smallest first. */
export interface Smallest extends Progress {
  type: "smallest";
  /** How many edits were shown to the network, and how many of them flip the pair; null before the end. */
  tried: number | null;
  /** How many edits were shown to the network, and how many of them flip the pair; null before the end. */
  succeeded: number;
  /** Whether all were tried. */
  complete: boolean;
  best: SmallEdit[];
  /** The edit that comes nearest, where none flips the pair. */
  closest: SmallEdit | null;
}

/** An edit (`what` is "edit") or one of its controls, its kind in words, and how many pairs it flips. */
export interface ControlRow {
  what: string;
  kind: string;
  words: string;
  count: number;
  of: number;
}

/** An edit beside its controls, and what they say together; empty before the end. */
export interface Controls extends Progress {
  type: "controls";
  rows: ControlRow[];
  verdict: string;
}

/** A recipe's labels, sentences and edits; in words what the network answers now, beside what it did. */
export interface LoadedRecipe extends Envelope {
  type: "loaded";
  source: string;
  target: string;
  original: [string, string];
  edited: [string, string];
  edits: Record<string, unknown>[];
  words: string;
}

/** By type of request: its fields, what may come before the last answer, and that. */
export interface Requests {
  cancel: { fields: Cancel; part: never; answer: Done };
  hello: { fields: Hello; part: never; answer: Study };
  response: { fields: ResponseRequest; part: never; answer: Response };
  step: { fields: StepRequest; part: never; answer: PairNumber };
  apply: { fields: ApplyRequest; part: never; answer: Applied };
  formula_edits: { fields: FormulaEditsRequest; part: never; answer: FormulaEdits };
  effect: { fields: EffectRequest; part: Effect; answer: Effect };
  recount: { fields: RecountRequest; part: never; answer: Recounted };
  csv: { fields: CsvRequest; part: never; answer: Csv };
  smallest: { fields: SmallestRequest; part: Smallest; answer: Smallest };
  controls: { fields: ControlsRequest; part: Controls; answer: Controls };
  recipe: { fields: RecipeRequest; part: never; answer: RecipeFile };
  load_recipe: { fields: LoadRecipe; part: never; answer: LoadedRecipe };
}

/** What comes without a request. */
export type Event = Rows;

/** The settings that kernel and page share. */
export interface Traits {
  /** Premise and hypothesis as they stand now. */
  edited: [string, string];
  /** Premise and hypothesis before the edit. */
  original: [string, string];
  /** Which pair of the data is edited; null where the sentences were typed. At first the first pair that the network rightly calls the source. */
  pair: number | null;
  /** The label that the network gives before the edit: `"entailment"`, `"neutral"` or `"contradiction"`; of a network with two labels, `"entailment"` or `"not_entailment"`. */
  source: string;
  /** The label that it should give afterwards; at first the last of the network's labels. */
  target: string;
  /** The unit whose formula edits are made from; null asks all units that speak for the target against the source. */
  unit: number | null;
}
