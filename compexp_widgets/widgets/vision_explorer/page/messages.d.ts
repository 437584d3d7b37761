// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CardMessage, CardSettings, Done, EvidenceMessage, Hello, LeafToken, OperatorToken, ParenthesisToken, Proof, ProofState, Rows, SearchDefaults, StudyMessage, Envelope } from "../../shared/page/messages";

/** The settings of a card: the traits of VisionExplorer. */
export interface VisionSettings extends CardSettings {
  threshold_on?: "grid" | "map";
  /** The range of activations that counts as firing: its number, from 1, and how many there are; empty for the largest ones. */
  cluster?: number[];
}

/** Ask for the card of a unit. */
export interface CardRequest {
  settings: VisionSettings;
  tiles?: number;
}

/** Ask for evidence for the formula of a unit. */
export interface EvidenceRequest {
  settings: VisionSettings;
}

/** Explain all units with these settings, but for what is about one unit. */
export interface ExplainAll {
  settings: VisionSettings;
}

/** Ask for the formula of each range of a unit's activations. */
export interface RangesRequest {
  settings: VisionSettings;
  of: number;
}

/** Pictures by their numbers. */
export interface PicturesRequest {
  images: number[];
}

/** The settings of the unit table. */
export interface VisionDefaults extends SearchDefaults {
  threshold_on: "grid" | "map";
}

/** Description of a study of images. */
export interface VisionStudyMessage extends StudyMessage {
  type: "study";
  defaults: VisionDefaults;
  /** Height and width of the annotation grid. */
  grid: [number, number];
}

/** One image of a gallery. */
export interface Tile {
  image: number;
  name: string;
  /** Which part of the data it belongs to, and its scene; empty where that is not known. */
  split: string;
  /** Which part of the data it belongs to, and its scene; empty where that is not known. */
  scene: string;
  /** The unit's largest activation on it. */
  peak: number | null;
  /** At how many positions the unit fires, the formula holds, and both. */
  neuron: number;
  /** At how many positions the unit fires, the formula holds, and both. */
  formula: number;
  /** At how many positions the unit fires, the formula holds, and both. */
  both: number;
}

/** The card of one unit of a vision network. */
export interface VisionCard extends CardMessage {
  type: "card";
  /** The activation above which it does not fire any more; null where there is none. */
  upper_limit: number | null;
  active_images: number;
  /** Height and width of the activation maps. */
  map_shape: [number, number];
  gallery: string;
  gallery_counts: Record<string, number>;
  tiles: Tile[];
}

/** One picture. */
export interface PicturePart {
  image: number;
  width: number;
  height: number;
  /** The concepts of each set of concepts that holds somewhere on it, by the number of the set. */
  concepts: Record<string, number[]>;
}

/** Pictures with what their positions are labelled. */
export interface Pictures extends Envelope {
  type: "pictures";
  pictures: PicturePart[];
}

/** The ends of a range of activations; `high` is null for the one that has no upper end. */
export interface RangeLimits {
  number: number;
  low: number;
  high: number | null;
}

/** The ranges of a unit's activations, the highest first, and the distribution of the positive ones. */
export interface Ranges extends Envelope {
  type: "ranges";
  unit: number;
  ranges: RangeLimits[];
  /** The unit's largest activation, or 0. */
  largest: number;
  /** How many activations lie in each of 40 bins between 0 and the largest one. */
  histogram: number[];
}

/** The formula of one range and its scores, by the names of La Rosa et al. 2023. */
export interface RangeFormula extends Envelope {
  type: "range";
  text: string;
  tokens: (LeafToken | OperatorToken | ParenthesisToken)[];
  unit: number;
  number: number;
  /** Of all positions, the share in this range. */
  share: number;
  iou: number;
  detection_accuracy: number;
  activation_coverage: number;
  sample_coverage: number;
  proof: ProofState;
}

/** By type of request: its fields, what may come before the last answer, and that. */
export interface Requests {
  cancel: { fields: Cancel; part: never; answer: Done };
  hello: { fields: Hello; part: never; answer: VisionStudyMessage };
  card: { fields: CardRequest; part: VisionCard; answer: VisionCard | Proof };
  evidence: { fields: EvidenceRequest; part: never; answer: EvidenceMessage };
  explain_all: { fields: ExplainAll; part: never; answer: Done };
  ranges: { fields: RangesRequest; part: Ranges | RangeFormula; answer: Ranges | RangeFormula };
  pictures: { fields: PicturesRequest; part: never; answer: Pictures };
}

/** What comes without a request. */
export type Event = Rows;

/** The settings that kernel and page share. */
export interface Traits {
  /** Formulas kept from one length to the next, 1 … 100. */
  beam_size: number;
  /** The range of activations that counts as firing, in place of the quantile: its number, from 1, the lowest, and how many there are; empty for the largest activations. */
  cluster: number[];
  /** Kinds of concepts that no formula may use. */
  excluded_categories: string[];
  /** A formula written by hand; empty shows the one that the search finds. */
  formula_text: string;
  /** `"fires"`, `"silent"` (the formula holds, the neuron does not fire) or `"unexplained"` (the reverse). */
  gallery: "fires" | "silent" | "unexplained";
  /** Most concepts in a formula, 1 … 10. */
  max_length: number;
  /** What the search maximises: `"iou"`, `"precision"`, `"recall"`, `"f1"`. */
  metric: "iou" | "precision" | "recall" | "f1";
  /** What may join concepts: `"OR"`, `"AND"`, `"AND NOT"`. */
  operators: ("OR" | "AND" | "AND NOT")[];
  /** `"both"`, `"neuron"`, `"formula"`, `"heat"` or `"none"`. */
  overlay: "both" | "neuron" | "formula" | "heat" | "none";
  /** Share of activations above the threshold, 0.0005 … 0.1. */
  quantile: number;
  /** Leaves of the shown formula that are left out, counted from the left. */
  switched_off: number[];
  /** Of which activations that share is: `"map"`, the layer's own, or `"grid"`, those on the annotation grid. */
  threshold_on: "map" | "grid";
  /** The unit shown; at first the one that is described best, as far as known. */
  unit: number;
}
