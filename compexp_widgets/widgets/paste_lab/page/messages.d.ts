// Made by `python js/contract.py` from the messages declared in Python: do not edit.

import type { Cancel, CertificatePart, Done, FormulaPart, Hello, NamedConcept, Progress, Envelope } from "../../shared/page/messages";

/** Hashable: what they make of a picture is remembered. */
export interface _Edit {
}

/** A patch laid on the picture. */
export interface PastePatch extends _Edit {
  edit: "paste";
  /** Its id. */
  patch: string;
  /** As of `adversarial.Placement`. */
  left: number;
  /** As of `adversarial.Placement`. */
  top: number;
  /** As of `adversarial.Placement`. */
  width: number;
  /** As of `adversarial.Placement`. */
  height: number;
  /** As of `adversarial.Placement`. */
  rotation: number;
  /** As of `adversarial.Placement`. */
  flipped: boolean;
  /** As of `adversarial.Placement`. */
  opacity: number;
}

/** A region of the picture in another colour. */
export interface RecolourRegion extends _Edit {
  edit: "recolour";
  /** The region is where it holds. */
  formula: string;
  /** Red, green, blue, each 0 … 255. */
  colour: [number, number, number];
  /** 0 leaves the region as it is, 1 replaces its colour. */
  strength: number;
}

/** A region of the picture filled from its surroundings. */
export interface RemoveRegion extends _Edit {
  edit: "remove";
  /** The region is where it holds. */
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

/** Patches on which a concept or formula holds. */
export interface PatchSearch {
  /** The concept or formula. */
  query: string;
  /** Those that drive this unit most come first; -1 for none. */
  unit?: number;
  /** null is cut from this picture. */
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

/** The response to a picture before and after its edits. */
export interface ResponseRequest extends EditedRequest {
  /** Those that are shown; empty for those that tell most of what happens. */
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

/** Show what a recipe makes, and replay it. */
export interface LoadRecipe {
  /** The file. */
  text: string;
}

/** Constraints of a search for an edit. */
export interface Constraints {
  /** Of the picture, that may be covered. */
  largest_share?: number;
  /** A formula: where it holds is to stay visible; empty for nothing. */
  keep?: string;
}

/** The smallest paste that leads to the wanted class. */
export interface SearchRequest extends EditedRequest {
  /** Ids of those that are tried. */
  patches: string[];
  constraints: Constraints;
}

/** One patch pasted all over the picture. */
export interface SweepRequest extends EditedRequest {
  /** Its id. */
  patch: string;
  /** As of `adversarial.Placement`, the same everywhere. */
  rotation?: number;
  /** As of `adversarial.Placement`, the same everywhere. */
  flipped?: boolean;
  /** As of `adversarial.Placement`, the same everywhere. */
  opacity?: number;
  /** Places across, places down, and sizes. */
  steps?: number;
}

/** The last paste compared with its controls. */
export interface ControlsRequest extends EditedRequest {
  /** They are silenced, and the activation of the first is shown; empty for the one that tells most. */
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
  /** How many the layer has. */
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

/** A picture. */
export interface Picture extends Envelope {
  type: "picture";
  image: number;
  name: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** Those that hold on it, of most positions first; none where it was uploaded. */
  concepts: string[];
  /** What was done to the file; empty where nothing was. */
  note: string;
}

/** The network's answer to a picture. */
export interface Prediction {
  /** The likeliest class. */
  predicted: number;
  /** One a class. */
  probabilities: number[];
}

/** A unit before and after the edits. */
export interface UnitResponse {
  unit: number;
  /** null where it has none, or is not explained yet. */
  formula: FormulaPart | null;
  /** Its largest activation; null where that is no number. */
  before: number | null;
  /** Its largest activation; null where that is no number. */
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

/** A formula that the edits made true or false somewhere. */
export interface ChangedFormula {
  /** Whose it is. */
  unit: number;
  formula: FormulaPart;
  /** The share of the positions where it holds. */
  before: number;
  /** The share of the positions where it holds. */
  after: number;
}

/** The response to a picture before and after its edits. */
export interface Response extends Envelope {
  type: "response";
  image: number;
  before: Prediction;
  after: Prediction;
  /** The class before. */
  original: number;
  flipped: boolean;
  /** The class that the edits are about. */
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
  /** How long it took. */
  seconds: number;
}

/** A patch. */
export interface PatchInfo {
  id: string;
  name: string;
  /** Where it was cut from. */
  origin: string;
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** How strongly it drives the unit that was asked about; null where none was. */
  drive: number | null;
}

/** Patches. */
export interface Patches extends Envelope {
  type: "patches";
  patches: PatchInfo[];
}

/** A region of a picture. */
export interface Region extends Envelope {
  type: "region";
  /** Of the picture. */
  share: number;
}

/** An edit that a unit's formula suggests. */
export interface FormulaEdit {
  /** What it does. */
  words: string;
  unit: number;
  formula: FormulaPart;
  /** Why it should work. */
  why: string;
  /** The class that it should lead to. */
  expected: number;
  edit: PastePatch | RecolourRegion | RemoveRegion;
  /** What is pasted; null for other edits. */
  patch: PatchInfo | null;
}

/** Edits that the units' formulas suggest. */
export interface FormulaEdits extends Envelope {
  type: "formula_edits";
  edits: FormulaEdit[];
  /** Why there can be none; empty where there can be some. */
  note: string;
}

/** One network's answer. */
export interface NetworkRow {
  network: string;
  /** Names of the likeliest classes. */
  before: string;
  before_probability: number;
  /** Names of the likeliest classes. */
  after: string;
  after_probability: number;
  /** Of the wanted class, after; null where the network does not have it. */
  target_probability: number | null;
}

/** Answers of this network and others. */
export interface Transfer extends Envelope {
  type: "transfer";
  rows: NetworkRow[];
}

/** A recipe as a file. */
export interface RecipeFile extends Envelope {
  type: "recipe";
  text: string;
  name: string;
}

/** A recipe's picture, edits and target. */
export interface LoadedRecipe extends Envelope {
  type: "edits";
  image: number;
  edits: (PastePatch | RecolourRegion | RemoveRegion)[];
  target: number;
  /** Those of its edits. */
  patches: PatchInfo[];
  /** What the network answers now, beside what it did. */
  words: string;
}

/** The smallest edit so far. */
export interface FoundEdit {
  edit: PastePatch | RecolourRegion | RemoveRegion;
  /** The share of the picture that it changes. */
  covered: number;
  /** The class that it leads to. */
  predicted: number;
}

/** Edits that a search has found. */
export interface Search extends Progress {
  type: "search";
  /** How many of the tried placements lead to the wanted class. */
  succeeded: number;
  /** null where none does. */
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

/** A comparison. */
export interface ControlRow {
  /** The edit, or which control it is. */
  what: string;
  words: string;
  flipped: boolean;
  /** The probability of the wanted class. */
  target_before: number;
  /** The probability of the wanted class. */
  target_after: number;
  /** The largest activation of the first unit; null where none was silenced. */
  unit_after: number | null;
}

/** A paste beside its controls. */
export interface Controls extends Progress {
  type: "controls";
  /** null before the end. */
  rows: ControlRow[];
  /** What they say together. */
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
