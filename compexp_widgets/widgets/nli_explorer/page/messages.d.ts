// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CardMessage, CardSettings, Done, EvidenceMessage, Hello, LeafToken, MarkedLeaf, NamedConcept, OperatorToken, ParenthesisToken, Proof, Row, Rows, SearchDefaults, StudyMessage, UnknownWords, Envelope } from "../../shared/page/messages";

/** The settings of a card: the traits of NLIExplorer. */
export interface PairSettings extends CardSettings {
  /** Which activations count as firing; the quantile has an effect on the largest ones alone. */
  firing: "largest" | "positive";
  /** What is shown of the data. */
  tab?: "labels" | "pairs" | "words";
}

/** Ask for the card of a unit. */
export interface PairCardRequest {
  settings: PairSettings;
  pairs?: number;
}

/** Ask for evidence for the formula of a unit. */
export interface PairEvidenceRequest {
  settings: PairSettings;
}

/** Explain all units with these settings. */
export interface ExplainAllPairs {
  settings: PairSettings;
}

/** Ask for a proof that the best formula of a unit is the best there is. */
export interface ProveRequest {
  settings: PairSettings;
}

/** Put a concept into a formula, or take it out. */
export interface ToggleRequest {
  formula: string;
  concept: number;
  operator: "AND" | "AND NOT" | "OR";
}

/** Show a typed pair to the network. */
export interface ProbeRequest {
  premise: string;
  hypothesis: string;
  settings: PairSettings;
}

/** A concept of the data. */
export interface LexicalConceptPart extends NamedConcept {
  /** Of which sentence it is, and what kind of thing it says of it. */
  side: string;
  /** Of which sentence it is, and what kind of thing it says of it. */
  kind: string;
  count: number;
  /** Whether it is made of another by NEIGHBORS or HYPERNYM. */
  operator: boolean;
}

/** One row of the unit table. */
export interface PairRow extends Row {
  /** On how many pairs the unit fires, and their share of all pairs. */
  active: number;
  /** On how many pairs the unit fires, and their share of all pairs. */
  share: number;
  /** Whether it is not explained. */
  silent: boolean;
}

/** The settings of the unit table. */
export interface PairDefaults extends SearchDefaults {
  firing: "largest" | "positive";
}

/** Description of a study of sentence pairs. */
export interface PairStudyMessage extends StudyMessage {
  type: "study";
  concepts: LexicalConceptPart[];
  defaults: PairDefaults;
  rows: PairRow[];
  pairs: number;
  /** What the network answers, and what people say. */
  labels: string[];
  /** What the network answers, and what people say. */
  gold_labels: string[];
  /** For each of the gold labels, which of the network's say the same. */
  agreement: boolean[][];
  /** How much each unit speaks for each label: a row for each label; null where the layer does not feed the logits. */
  class_weights: number[][] | null;
  /** Whether the network is there, so that sentences can be tried. */
  probe: boolean;
}

/** Rows of the unit table as units are explained. */
export interface PairRows extends Rows {
  type: "rows";
  rows: PairRow[];
}

/** For every token of both sentences, the places of the formula's leaves that it makes true. */
export interface WordMarks {
  premise: number[][];
  hypothesis: number[][];
}

/** The pair on which a unit fires most: its tokens, and its texts where these were kept. */
export interface BestPair {
  premise: string[];
  hypothesis: string[];
  text: [string, string] | null;
}

/** A pair of the data. */
export interface PairExample {
  pair: number;
  id: string;
  premise: string[];
  hypothesis: string[];
  /** The words that make leaves of the formula hold. */
  marks: WordMarks;
  /** What people say of it, an index or -1, and what the network says, an index. */
  gold: number;
  /** What people say of it, an index or -1, and what the network says, an index. */
  predicted: number;
  /** Of what the network says. */
  probability: number;
  activation: number | null;
  fires: boolean;
  holds: boolean;
}

/** Counts of pairs by gold label (row) and answer (column); the last row has pairs without a gold label. */
export interface Confusions {
  all: number[][];
  fires: number[][];
  holds: number[][];
}

/** The card of one unit of a sentence-pair network; what the open tab does not show is null. */
export interface PairCard extends CardMessage {
  type: "card";
  active: number;
  pairs: number;
  /** On fewer pairs than this a unit is not explained. */
  min_active: number;
  best_pair: BestPair | null;
  tab: "labels" | "pairs" | "words";
  labels: Confusions | null;
  /** The leaves of the formula whose words are marked in the examples. */
  marked_leaves: MarkedLeaf[] | null;
  gallery_counts: Record<string, number> | null;
  examples: PairExample[] | null;
}

/** A formula with one concept more or less; empty where none is left. */
export interface ToggledFormula extends Envelope {
  type: "formula";
  text: string;
}

/** The chosen unit on a typed pair. */
export interface ProbedUnit {
  unit: number;
  activation: number | null;
  fires: boolean;
  holds: boolean;
}

/** A unit that fires on a typed pair. */
export interface FiringUnit {
  unit: number;
  activation: number | null;
  /** Whether its formula is known yet. */
  explained: boolean;
  text: string;
  tokens: (LeafToken | OperatorToken | ParenthesisToken)[];
  /** Whether that is true of the pair. */
  holds: boolean;
}

/** A leaf of the formula, and whether it holds for a typed pair. */
export interface ProbedLeaf extends MarkedLeaf {
  holds: boolean;
}

/** The network's answer to a typed pair, and what is true of it. */
export interface ProbeMessage extends Envelope {
  type: "probe";
  probabilities: number[];
  unit: ProbedUnit;
  leaves: ProbedLeaf[];
  premise: string[];
  hypothesis: string[];
  marks: WordMarks;
  unknown: UnknownWords | null;
  /** The units that fire most. */
  firing: FiringUnit[];
  /** How many units fire, of how many. */
  count: number;
  /** How many units fire, of how many. */
  units: number;
  seconds: number;
}

/** By type of request: its fields, what may come before the last answer, and that. */
export interface Requests {
  cancel: { fields: Cancel; part: never; answer: Done };
  hello: { fields: Hello; part: never; answer: PairStudyMessage };
  card: { fields: PairCardRequest; part: PairCard; answer: PairCard | Proof };
  evidence: { fields: PairEvidenceRequest; part: never; answer: EvidenceMessage };
  prove: { fields: ProveRequest; part: never; answer: Proof };
  explain_all: { fields: ExplainAllPairs; part: never; answer: Done };
  toggle: { fields: ToggleRequest; part: never; answer: ToggledFormula };
  probe: { fields: ProbeRequest; part: never; answer: ProbeMessage };
}

/** What comes without a request. */
export type Event = PairRows;

/** The settings that kernel and page share. */
export interface Traits {
  /** Formulas kept from one length to the next, 1 … 100. */
  beam_size: number;
  /** Kinds of concepts that no formula may use, such as `"premise tag"`. */
  excluded_categories: string[];
  /** Which activations count: `"positive"` or `"largest"`. */
  firing: "positive" | "largest";
  /** A formula written by hand; empty shows the one that the search finds. */
  formula_text: string;
  /** Which pairs: `"fires"`, `"silent"` (the formula is true, the neuron does not fire) or `"unexplained"` (the reverse). */
  gallery: "fires" | "silent" | "unexplained";
  /** Most concepts in a formula, 1 … 10. */
  max_length: number;
  /** What the search maximises: `"iou"`, `"precision"`, `"recall"`, `"f1"`. */
  metric: "iou" | "precision" | "recall" | "f1";
  /** What may join concepts: `"OR"`, `"AND"`, `"AND NOT"`. */
  operators: ("OR" | "AND" | "AND NOT")[];
  /** Share of the pairs that count as firing when it is `"largest"`, 0.001 … 0.9. */
  quantile: number;
  /** Leaves of the shown formula that are left out, counted from the left. */
  switched_off: number[];
  /** What is shown of the data: `"words"`, `"pairs"` or `"labels"`. */
  tab: "words" | "pairs" | "labels";
  /** The unit shown; at first the one that is described best, as far as known. */
  unit: number;
}
