// Made by `python js/contract.py` from the messages declared in Python: do not edit.

/** What every message of the kernel has. */
export interface Envelope {
  /** The request that it answers; null for an event. */
  id: number | null;
  /** Whether it is the last message that answers the request. */
  finished: boolean;
}

/** The progress of a job; what it has found so far stands in a message of its own. */
export interface Progress extends Envelope {
  /** What is being done; empty where there is one stage alone. */
  stage: string;
  /** In what the stage counts. */
  done: number;
  /** In what the stage counts. */
  total: number;
  /** Of this stage; null where that is not known. */
  seconds_left: number | null;
}

/** End the jobs of a name. */
export interface Cancel {
  what?: string;
}

/** The answer where there is nothing to tell. */
export interface Done extends Envelope {
  type: "done";
}

/** The answer to a request that was cancelled, or whose place another took. */
export interface Cancelled extends Envelope {
  type: "cancelled";
  /** What there was by then. */
  found: unknown | null;
}

/** An error. */
export interface Failure extends Envelope {
  type: "error";
  message: string;
  /** The traceback of an error that nobody foresaw; else empty. */
  detail: string;
}

/** Why a formula that a person typed cannot be read. */
export interface FormulaFailure extends Envelope {
  type: "formula_error";
  message: string;
  /** Where in the text, and what was perhaps meant. */
  position: number;
  /** Where in the text, and what was perhaps meant. */
  suggestions: string[];
  /** The formula. */
  text: string;
}

/** The first message of a page. */
export interface Hello {
}

/** Replay a recipe, the text of a file. */
export interface LoadRecipe {
  text: string;
}

/** A recipe as a file. */
export interface RecipeFile extends Envelope {
  type: "recipe";
  text: string;
  name: string;
}

/** The settings of a card: the traits of an explorer. */
export interface CardSettings {
  unit: number;
  /** Share of activations that count as firing. */
  quantile: number;
  max_length: number;
  beam_size: number;
  operators: ("AND" | "AND NOT" | "OR")[];
  metric: "f1" | "iou" | "precision" | "recall";
  excluded_categories?: string[];
  formula_text?: string;
  /** Leaves that are left out of the formula, counted from the left. */
  switched_off?: number[];
  gallery?: "fires" | "silent" | "unexplained";
}

/** A concept within a formula. */
export interface LeafToken {
  kind: "leaf";
  /** Counts leaves from the left. */
  index: number;
  /** As the formula writes it, and as the data does. */
  text: string;
  /** As the formula writes it, and as the data does. */
  name: string;
  category: string;
}

/** AND, OR, AND NOT, OR NOT or NOT. */
export interface OperatorToken {
  kind: "operator";
  text: string;
}

/** An opening or closing parenthesis. */
export interface ParenthesisToken {
  kind: "paren";
  text: string;
}

/** A formula as text, and as tokens in reading order; both empty where there is none. */
export interface FormulaPart {
  text: string;
  tokens: (LeafToken | OperatorToken | ParenthesisToken)[];
}

/** The formula that a card is about. */
export interface CardFormula extends FormulaPart {
  edited: boolean;
  length: number;
}

/** The rest of a card's formula without the leaves that are switched off. */
export interface ShownFormula {
  text: string;
}

/** The formula that the search found, whatever formula is shown. */
export interface SearchedFormula extends FormulaPart {
  iou: number;
}

/** The best formula with at most so many concepts, and what none exceeds; null where no proof was asked for. */
export interface FormulaOfLength extends FormulaPart {
  length: number;
  iou: number;
  proven: boolean;
  bound: number | null;
}

/** One row of the unit table. */
export interface Row extends FormulaPart {
  unit: number;
  formula: string;
  iou: number;
  precision: number;
  recall: number;
  /** IoU beyond that of the best single concept. */
  gain: number;
  /** Of the best single concept: its kind, and its name. */
  category: string;
  /** Of the best single concept: its kind, and its name. */
  single: string;
  proven: boolean;
  state: "constant" | "fires" | "not finite" | "saturated" | "silent";
  active_share: number;
}

/** Rows of the unit table as units are explained. */
export interface Rows extends Envelope {
  type: "rows";
  rows: Row[];
  done: number;
  total: number;
  seconds_left: number | null;
  /** The number of the filling, from 1: of one that another took the place of, rows may still be on their way. */
  filling: number;
  /** Whether it ended before all units were explained. */
  cancelled: boolean;
  label: string;
}

/** The checks made before the layer was probed: in a few words for the title, and all of them to hover. */
export interface CertificatePart {
  words: string;
  details: string;
}

/** A concept of the data. */
export interface NamedConcept {
  name: string;
  category: string;
}

/** Description of a study. */
export interface StudyMessage extends Envelope {
  type: "study";
  title: string;
  subtitle: string;
  certificate: CertificatePart;
  /** Numbers of the units; their names, where they have any. */
  units: number[];
  /** Numbers of the units; their names, where they have any. */
  unit_names: string[];
  concepts: NamedConcept[];
  categories: string[];
  operators: ("AND" | "AND NOT" | "OR")[];
  defaults: SearchDefaults;
  table_label: string;
  rows: Row[];
}

/** The settings of the unit table. */
export interface SearchDefaults {
  quantile: number;
  max_length: number;
  beam_size: number;
  operators: string[];
  metric: string;
}

/** Certainty that the best formula is the best there is. */
export interface ProofState {
  state: "done" | "searching";
  proven: boolean;
  /** What no formula exceeds; null where no proof was asked for. */
  bound: number | null;
  /** Up to how many concepts that holds. */
  length: number;
}

/** End of a search whose best formula stands on the card already, or need not stand there. */
export interface Proof extends Envelope {
  type: "proof";
  unit: number;
  proof: ProofState;
  searched: SearchedFormula;
  by_length: FormulaOfLength[];
  seconds: number | null;
}

/** The scores of a formula, and the counts of positions that they follow from. */
export interface Scores {
  iou: number;
  precision: number;
  recall: number;
  f1: number;
  active: number;
  holds: number;
  both: number;
}

/** Worth of a concept of a formula: its IoU alone, and the formula's without it. */
export interface LeafScore {
  name: string;
  category: string;
  iou: number;
  without_iou: number;
}

/** A formula found on one part of the samples, and its IoU there and on the other part. */
export interface HeldOutPart {
  text: string;
  searched_iou: number;
  held_out_iou: number;
}

/** Evidence for the formula of a unit; null where there is no formula. */
export interface EvidenceMessage extends Envelope {
  type: "evidence";
  unit: number;
  found: boolean;
  held_out: HeldOutPart | null;
  p_value: number | null;
  /** null where not all units were tested. */
  q_value: number | null;
  /** How many null samples were drawn, how many scored as high, and the mean of their scores. */
  samples: number | null;
  /** How many null samples were drawn, how many scored as high, and the mean of their scores. */
  exceedances: number | null;
  /** How many null samples were drawn, how many scored as high, and the mean of their scores. */
  null_mean: number | null;
  /** Lower and upper end of the formula's IoU. */
  interval: [number, number] | null;
}

/** The card of one unit, as every explorer shows it. */
export interface CardMessage extends Envelope {
  type: "card";
  unit: number;
  /** The activation above which the unit fires, and whether it fires there too. */
  threshold: number | null;
  /** The activation above which the unit fires, and whether it fires there too. */
  includes_threshold: boolean;
  active_share: number;
  state: "constant" | "fires" | "not finite" | "saturated" | "silent";
  silent: boolean;
  max_activation: number | null;
  proof: ProofState;
  formula: CardFormula;
  shown: ShownFormula;
  scores: Scores;
  searched: SearchedFormula;
  by_length: FormulaOfLength[];
  leaves: LeafScore[];
  evidence: EvidenceMessage | null;
  seconds: number | null;
}

/** A leaf of a formula, as it is written, and whether an odd number of NOTs govern it. */
export interface MarkedLeaf {
  name: string;
  negated: boolean;
}

/** For every token of both sentences, whether the network does not know it. */
export interface UnknownWords {
  premise: boolean[];
  hypothesis: boolean[];
}
