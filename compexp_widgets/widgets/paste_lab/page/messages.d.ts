// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CertificatePart, Done, FormulaPart, Hello, LoadRecipe, NamedConcept, Progress, RecipeFile, Envelope } from "../../shared/page/messages";

/** Hashable: what they make of a picture is remembered. */
export interface _Edit {
}

/** A patch, by its id, laid on the picture as `adversarial.Placement` says. */
export interface PastePatch extends _Edit {
  edit: "paste";
  patch: string;
  left: number;
  top: number;
  width: number;
  height: number;
  rotation: number;
  flipped: boolean;
  opacity: number;
}

/** The region of the picture where a formula holds, in another colour: red, green, blue, each 0 … 255. A strength of 0 leaves it as it is, 1 replaces its colour. */
export interface RecolourRegion extends _Edit {
  edit: "recolour";
  formula: string;
  colour: [number, number, number];
  strength: number;
}

/** The region of the picture where a formula holds, filled from its surroundings. */
export interface RemoveRegion extends _Edit {
  edit: "remove";
  formula: string;
}

/** A picture, with some edits made; such as regions, which the page cannot change itself. */
export interface PictureRequest {
  image: number;
  edits?: (PastePatch | RecolourRegion | RemoveRegion)[];
}

/** A picture file of the person's own takes the place of the one before. */
export interface PictureUpload {
  name: string;
}

/** A picture file of the person's own becomes a patch. */
export interface PatchUpload {
  name: string;
}

/** The region of a picture where a formula holds. */
export interface RegionRequest {
  image: number;
  formula: string;
}

/** Patches on which a concept or formula holds, but none cut from `image`; those that drive `unit` most come first. -1 is none of either. */
export interface PatchSearch {
  query: string;
  unit?: number;
  image?: number;
}

/** Patches that were shown before, by their ids, as after the page was loaded anew. */
export interface KnownPatches {
  ids: string[];
}

/** An edited picture, and what is wanted of it. */
export interface EditedRequest {
  image: number;
  edits?: (PastePatch | RecolourRegion | RemoveRegion)[];
  target?: number;
}

/** The response to a picture before and after its edits; without units, of those that tell most of what happens. */
export interface ResponseRequest extends EditedRequest {
  units?: number[];
}

/** Edits that the units' formulas suggest, on top of those that are there. */
export interface FormulaEditsRequest extends EditedRequest {
}

/** Answers of other networks to the picture. */
export interface TransferRequest extends EditedRequest {
}

/** The recipe of the edits. */
export interface RecipeRequest extends EditedRequest {
}

/** Constraints of a search for an edit: the largest share of the picture that may be covered, and a formula: where it holds is to stay visible; empty for nothing. */
export interface Constraints {
  largest_share?: number;
  keep?: string;
}

/** The smallest paste of one of these patches, by their ids, that leads to the wanted class. */
export interface SearchRequest extends EditedRequest {
  patches: string[];
  constraints: Constraints;
}

/** One patch, by its id, pasted all over the picture, turned as `adversarial.Placement` says. */
export interface SweepRequest extends EditedRequest {
  patch: string;
  rotation?: number;
  flipped?: boolean;
  opacity?: number;
  /** Places across, places down, and sizes. */
  steps?: number;
}

/** The last paste compared with its controls. The units are silenced, and the activation of the first is shown; empty for the one that tells most. */
export interface ControlsRequest extends EditedRequest {
  units?: number[];
}

/** A picture of the data set. */
export interface ImageName {
  image: number;
  name: string;
}

/** The study. */
export interface Study extends Envelope {
  type: "study";
  title: string;
  certificate: CertificatePart;
  /** Names, in the order of the network's outputs. */
  classes: string[];
  images: ImageName[];
  units: number;
  /** Names of the others, to which edited pictures can be shown. */
  networks: string[];
  concepts: NamedConcept[];
  /** Of the concepts, in the order of their colours. */
  categories: string[];
}

/** Units explained so far. */
export interface Explained extends Envelope {
  type: "explained";
  done: number;
  total: number;
}

/** A picture, its size in pixels. */
export interface Picture extends Envelope {
  type: "picture";
  image: number;
  name: string;
  width: number;
  height: number;
  /** Those that hold on it, of most positions first; none where it was uploaded. */
  concepts: string[];
  /** What was done to the file; empty where nothing was. */
  note: string;
}

/** The network's answer to a picture: the likeliest class, and one probability a class. */
export interface Prediction {
  predicted: number;
  probabilities: number[];
}

/** A unit before and after the edits: its largest activation, null where that is no number. */
export interface UnitResponse {
  unit: number;
  /** null where it has none, or is not explained yet. */
  formula: FormulaPart | null;
  before: number | null;
  after: number | null;
  /** From which activation on it fires. */
  threshold: number | null;
  /** From which activation on it fires. */
  includes_threshold: boolean;
  fires_before: boolean;
  fires_after: boolean;
  /** How much it speaks for the wanted class and for the original one; null where the layer does not tell. */
  weight_target: number | null;
  /** How much it speaks for the wanted class and for the original one; null where the layer does not tell. */
  weight_original: number | null;
}

/** A unit's formula that the edits made true or false somewhere, with the shares of the positions where it holds. */
export interface ChangedFormula {
  unit: number;
  formula: FormulaPart;
  before: number;
  after: number;
}

/** The response to a picture before and after its edits. */
export interface Response extends Envelope {
  type: "response";
  image: number;
  before: Prediction;
  after: Prediction;
  /** The class before, and the one that the edits are about. */
  original: number;
  flipped: boolean;
  /** The class before, and the one that the edits are about. */
  wanted: number;
  /** Height and width of the annotation grid, on which the masks in the buffers lie. */
  grid: [number, number];
  units: UnitResponse[];
  /** The formulas that changed; null where that is not known, with the reason. */
  changed: ChangedFormula[] | null;
  /** The formulas that changed; null where that is not known, with the reason. */
  changed_note: string;
  /** How many units have been explained. */
  explained: number;
  /** The share of the picture that the edits change. */
  covered: number;
  seconds: number;
}

/** A patch, its size in pixels. */
export interface PatchInfo {
  id: string;
  name: string;
  /** Where it was cut from. */
  origin: string;
  width: number;
  height: number;
  /** How strongly it drives the unit that was asked about; null where none was. */
  drive: number | null;
}

/** Patches. */
export interface Patches extends Envelope {
  type: "patches";
  patches: PatchInfo[];
}

/** A region of a picture, and its share of it. */
export interface Region extends Envelope {
  type: "region";
  share: number;
}

/** An edit that a unit's formula suggests, in words, why it should work, and the class that it should lead to. */
export interface FormulaEdit {
  words: string;
  unit: number;
  formula: FormulaPart;
  why: string;
  expected: number;
  edit: PastePatch | RecolourRegion | RemoveRegion;
  patch: PatchInfo | null;
}

/** Edits that the units' formulas suggest; the note, if any, says why there can be none. */
export interface FormulaEdits extends Envelope {
  type: "formula_edits";
  edits: FormulaEdit[];
  note: string;
}

/** A network's likeliest classes, and the probability of the wanted one afterwards, null where it has no such. */
export interface NetworkRow {
  network: string;
  before: string;
  before_probability: number;
  after: string;
  after_probability: number;
  target_probability: number | null;
}

/** Answers of this network and others. */
export interface Transfer extends Envelope {
  type: "transfer";
  rows: NetworkRow[];
}

/** A recipe's picture, edits, their patches, and target; in words what the network answers now, and did then. */
export interface LoadedRecipe extends Envelope {
  type: "edits";
  image: number;
  edits: (PastePatch | RecolourRegion | RemoveRegion)[];
  target: number;
  patches: PatchInfo[];
  words: string;
}

/** The smallest edit so far, the share of the picture that it changes, and the class that it leads to. */
export interface FoundEdit {
  edit: PastePatch | RecolourRegion | RemoveRegion;
  covered: number;
  predicted: number;
}

/** Edits that a search has found. */
export interface Search extends Progress {
  type: "search";
  /** How many of the tried placements lead to the wanted class. */
  succeeded: number;
  best: FoundEdit | null;
  /** At the end: what came of it. */
  words: string;
}

/** Placements of each outcome. */
export interface Counts {
  success: number;
  partial: number;
  failure: number;
}

/** The outcomes of the placements of a sweep, so far. */
export interface Sweep extends Progress {
  type: "sweep";
  /** The placements: pixels of the picture; sizes are of the patch's longer side. */
  lefts: number[];
  /** The placements: pixels of the picture; sizes are of the patch's longer side. */
  tops: number[];
  /** The placements: pixels of the picture; sizes are of the patch's longer side. */
  sizes: number[];
  /** One letter a placement that was tried: s, p or f; by size, then top, then left. */
  outcomes: string;
  /** The probability of what is wanted at each. */
  target: number[];
  counts: Counts;
}

/** The edit, or one of its controls, and the probability of the wanted class before and after. */
export interface ControlRow {
  what: string;
  words: string;
  flipped: boolean;
  target_before: number;
  target_after: number;
  /** The largest activation of the first unit; null where none was silenced. */
  unit_after: number | null;
}

/** A paste beside its controls, and what they say together; no rows before the end. */
export interface Controls extends Progress {
  type: "controls";
  rows: ControlRow[];
  verdict: string;
}

/** By type of request: its fields, what may come before the last answer, and that. */
export interface Requests {
  cancel: { fields: Cancel; part: never; answer: Done };
  hello: { fields: Hello; part: never; answer: Study };
  picture: { fields: PictureRequest; part: never; answer: Picture };
  upload_picture: { fields: PictureUpload; part: never; answer: Picture };
  upload_patch: { fields: PatchUpload; part: never; answer: Patches };
  response: { fields: ResponseRequest; part: never; answer: Response };
  region: { fields: RegionRequest; part: never; answer: Region };
  patches: { fields: PatchSearch; part: never; answer: Patches };
  known_patches: { fields: KnownPatches; part: never; answer: Patches };
  formula_edits: { fields: FormulaEditsRequest; part: never; answer: FormulaEdits };
  transfer: { fields: TransferRequest; part: never; answer: Transfer };
  recipe: { fields: RecipeRequest; part: never; answer: RecipeFile };
  load_recipe: { fields: LoadRecipe; part: never; answer: LoadedRecipe };
  search: { fields: SearchRequest; part: Search; answer: Search };
  sweep: { fields: SweepRequest; part: Sweep; answer: Sweep };
  controls: { fields: ControlsRequest; part: Controls; answer: Controls };
}

/** What comes without a request. */
export type Event = Explained;

/** The settings that kernel and page share. */
export interface Traits {
  /** What is done to it, in order, as the page writes it: a paste names its patch by an id, a region is a formula. `paste` and `load` make them from patches and recipes. */
  edits: Record<string, any>[];
  /** Which picture of the data set, from 0; -1 is one that was uploaded. */
  image: number;
  /** The concept or formula that patches are searched for. */
  query: string;
  /** The class that is wanted; -1 for any other than the one that the network gives the picture as it is. */
  target: number;
  /** The units that are shown; empty for those that tell most of what happens. */
  units: number[];
}
