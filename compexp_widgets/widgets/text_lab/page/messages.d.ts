// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CertificatePart, Done, FormulaPart, Hello, MarkedLeaf, Progress, UnknownWords, Envelope } from "../../shared/page/messages";

/** A pair as it stands on the page, and what is wanted of it. */
export interface PairRequest {
  /** The label that the network gives before the edit, and the one that it should give after it. */
  source: string;
  /** The label that the network gives before the edit, and the one that it should give after it. */
  target: string;
  /** The chosen unit; null for all. */
  unit: number | null;
  /** Which pair of the data was edited; null where it was typed. */
  pair: number | null;
  /** Before and after the edit. */
  original: [string, string];
  /** Before and after the edit. */
  edited: [string, string];
}

/** The response to a pair before and after its edit. */
export interface ResponseRequest extends PairRequest {
}

/** Edits that the units' formulas suggest. */
export interface FormulaEditsRequest extends PairRequest {
}

/** The smallest edits that flip the pair while its true label is kept. */
export interface SmallestRequest extends PairRequest {
  /** The name of the rule that keeps it. */
  rule: string;
  /** The true label; null for what people say of the pair, if they agree. */
  label?: string | null;
  /** Whether any other label than the source will do. */
  any?: boolean;
  /** Whether two edits may be made at once. */
  two?: boolean;
}

/** The recipe of the edit. */
export interface RecipeRequest extends PairRequest {
  /** They lead from the original to what is edited; null where that was typed. */
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

/** The effect on all pairs of edits made one after the other. */
export interface EffectRequest {
  edits: Record<string, unknown>[];
  source: string;
  target: string;
  /** What is true after them: `"unchanged"`, a label, or `"unknown"`. */
  true_label?: "contradiction" | "entailment" | "neutral" | "not_entailment" | "unchanged" | "unknown";
}

/** The last effect, with another true label after the edits. */
export interface RecountRequest {
  true_label: "contradiction" | "entailment" | "neutral" | "not_entailment" | "unchanged" | "unknown";
}

/** The last effect as a table of all pairs. */
export interface CsvRequest {
}

/** An edit beside its controls. */
export interface ControlsRequest {
  edits: Record<string, unknown>[];
  source: string;
  target: string;
  /** They are silenced. */
  units?: number[];
}

/** Replay a recipe. */
export interface LoadRecipe {
  /** The file. */
  text: string;
}

/** A rule that keeps the true label, and what it guarantees. */
export interface Rule {
  name: string;
  sentence: string;
}

/** A unit in the list of units. */
export interface UnitRow {
  unit: number;
  /** As text; empty where it has none. */
  formula: string;
  /** Of the pairs on which it fires. */
  share: number;
}

/** The study. */
export interface Study extends Envelope {
  type: "study";
  title: string;
  /** Data and sizes. */
  subtitle: string;
  certificate: CertificatePart;
  /** All of the layer. */
  units: number[];
  /** Of the concepts, in the order of their colours. */
  categories: string[];
  /** How many the data has. */
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

/** The network's answer to a pair. */
export interface PairAnswer {
  /** Tokens. */
  premise: string[];
  /** Tokens. */
  hypothesis: string[];
  /** One a label. */
  probabilities: number[];
  predicted: number;
  /** null where the network has no list of the words that it knows. */
  unknown: UnknownWords | null;
}

/** The place of a pair among those that the network calls the source. */
export interface Place {
  /** How many these are. */
  count: number;
  /** From 0; null where it is none of them. */
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

/** A unit before and after the edit, with its formula. */
export interface UnitResponse extends FormulaPart {
  unit: number;
  /** Its activation; null where that is no number. */
  before: number | null;
  /** Its activation; null where that is no number. */
  after: number | null;
  /** How far it moves the network from the source (negative) to the target (positive). */
  push: number;
  /** Whether it has been explained. */
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
  /** How long it took. */
  seconds: number;
}

/** A pair of the data. */
export interface PairNumber extends Envelope {
  type: "pair";
  pair: number;
}

/** An edit that a formula suggests, with the formula. */
export interface FormulaEdit extends FormulaPart {
  edit: Record<string, unknown>;
  /** What it does. */
  words: string;
  /** The unit whose formula it is made from, if one was chosen, and all whose formulas suggest it. */
  unit: number | null;
  /** The unit whose formula it is made from, if one was chosen, and all whose formulas suggest it. */
  units: number[];
  /** The concept that it makes true or false. */
  leaf: string;
  /** The label that it should lead to. */
  expected: number;
  reason: string;
  /** Why the true label may change; empty where it hardly can. */
  warning: string;
  /** Of the pair on the page after it; null where it does not apply. */
  probabilities: number[] | null;
  /** Words that it puts in and the network does not know. */
  unknown: string[];
}

/** Edits that formulas suggest. */
export interface FormulaEdits extends Envelope {
  type: "formula_edits";
  edits: FormulaEdit[];
  /** Why there are none. */
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

/** The network's accuracy on the pairs of one label. */
export interface AccuracyRow {
  /** The label of the data; "all" for all pairs. */
  gold: string;
  pairs: number;
  /** The share that it gets right; null where nothing is true. */
  before: number | null;
  /** The share that it gets right; null where nothing is true. */
  after: number | null;
}

/** Pairs that flip to the target, of those that the network rightly calls the source before. */
export interface Flipped {
  count: number;
  of: number;
}

/** A pair before and after an edit. */
export interface EditedPair {
  /** Its name in the data. */
  id: string;
  before: PairTokens;
  after: PairTokens;
  /** After the edit. */
  text: PairText;
  /** Before and after, labels of the data; -1 where that is not known. */
  gold: number;
  /** Before and after, labels of the data; -1 where that is not known. */
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

/** The effect of edits on all pairs. */
export interface EffectPart {
  /** What they do. */
  words: string;
  /** Why the true label may change; empty where it hardly can. */
  warning: string;
  /** Words that they put in and the network does not know. */
  unknown: string[];
  /** To how many of the pairs they apply. */
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

/** The effect of edits on all pairs. */
export interface Effect extends Progress {
  type: "effect";
  /** null before the end. */
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

/** Edits of a pair. */
export interface SmallEdit {
  edits: Record<string, unknown>[];
  /** What they do. */
  words: string;
  before: PairTokens;
  after: PairTokens;
  /** After them. */
  text: PairText;
  /** After them. */
  probabilities: number[];
  /** In words. */
  size: number;
}

/** The smallest edits that flip a pair. */
export interface Smallest extends Progress {
  type: "smallest";
  /** How many edits were shown to the network, and how many of them flip the pair; null before the end. */
  tried: number | null;
  /** How many edits were shown to the network, and how many of them flip the pair; null before the end. */
  succeeded: number;
  /** Whether all were tried. */
  complete: boolean;
  /** The smallest first. */
  best: SmallEdit[];
  /** The edit that comes nearest, where none flips the pair. */
  closest: SmallEdit | null;
}

/** An edit or one of its controls, and how many pairs it flips. */
export interface ControlRow {
  /** `"edit"`, or which kind of control it is. */
  what: string;
  /** The same in words. */
  kind: string;
  words: string;
  count: number;
  of: number;
}

/** An edit beside its controls. */
export interface Controls extends Progress {
  type: "controls";
  rows: ControlRow[];
  /** What they say together; empty before the end. */
  verdict: string;
}

/** A recipe as a file. */
export interface RecipeFile extends Envelope {
  type: "recipe";
  text: string;
  name: string;
}

/** A recipe's labels, sentences and edits. */
export interface LoadedRecipe extends Envelope {
  type: "loaded";
  source: string;
  target: string;
  original: [string, string];
  edited: [string, string];
  edits: Record<string, unknown>[];
  /** What the network answers now, beside what it did. */
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
