// Where the page is: everything that the address holds, as one plain object, and what it means for a given run.
// Positions in it may be wrong for the run at hand (an old link, another model): `selectionOf` brings them inside.

import type { ModelKind } from "../../engine/index.ts";
import type { Attention, BlockName, Token, Trace } from "../../trace/index.ts";
import type { CellFilter, Orientation, Selection, ThemeName } from "../../views/index.ts";
import type { InkScale } from "../../views/look/ink.ts";
import type { ReadingName } from "../../views/read/reading.ts";
import { wordsOf } from "../../views/read/words.ts";
import type { LayerPlace, Sampling } from "../../wire/protocol.ts";
import type { PlacedEdit } from "./edits/edits.ts";

export type { Sampling };

/** How the head view is shown: curves, matrix, or both side by side. */
export type HeadMode = "lines" | "both" | "matrix";
/** Sentence filter: from which sentence to which. */
export type PairFilter = "all" | "aa" | "ab" | "ba" | "bb";
/** The panel that a phone shows. */
export type Tab = "map" | "head" | "neurons" | "edits";
/** What the dock shows. */
export type DockPanel = "neurons" | "edits" | "lens" | "patch" | "parts";
/** Beside the run: another one, or what it changes. */
export type Compare = "off" | "side" | "difference";

/** Everything that the address holds. */
export interface Place {
  /** What Run runs: a bundled model's name, a hub id, or a URL of a checkpoint folder; null for none. */
  readonly model: string | null;
  readonly text: string;
  /** The second sentence; "" for none. */
  readonly pair: string;
  /** The decoder's text; "" to have it generated. */
  readonly target: string;
  /** Name of the picture that an image model reads; "" for the page's own. */
  readonly image: string;
  /** True if the text is put into the model's chat template. */
  readonly chat: boolean;
  /** What the model adds to the text; null for nothing. */
  readonly more: Sampling | null;
  /** Changes to the model. */
  readonly edits: readonly PlacedEdit[];
  /** The text that this one is compared with and patched from; "" for none. */
  readonly b: string;
  readonly compare: Compare;
  /** URL of a recorded run that is shown before anything is run; null for none. */
  readonly trace: string | null;
  /** all: the three attentions of an encoder-decoder run in one matrix. */
  readonly block: BlockName | "all" | null;
  /** null where the head that scores highest is meant. */
  readonly layer: number | null;
  /** Layers shown beside the selected one in the head view. */
  readonly beside: readonly number[];
  readonly heads: readonly number[];
  readonly focus: number | null;
  /** null where the last word is meant; empty for none. */
  readonly pins: readonly number[] | null;
  readonly side: "query" | "key";
  /** null: both up to 60 tokens, the matrix beyond. */
  readonly view: HeadMode | null;
  /** Words of the head view in columns, or along the top and the bottom. */
  readonly orientation: Orientation;
  /** neurons: open where the window is high enough; open: in any case. */
  readonly dock: "neurons" | "open" | "closed";
  readonly panel: DockPanel;
  readonly vec: "k" | "v";
  readonly filter: PairFilter;
  /** Leave out the first token (causal) or special tokens. */
  readonly hide: boolean;
  /** Share of each row's mass that is kept, in percent. */
  readonly strongest: number;
  /** Weights below are no lines, in percent. */
  readonly least: number;
  /** How attention is read: as it is, of words, the average of the heads, times values. */
  readonly read: ReadingName;
  /** How weights become colours in the matrix. */
  readonly colors: InkScale;
  /** Id of the score that ranks heads; null for the first that applies. */
  readonly score: string | null;
  readonly sort: "grid" | "score";
  /** Words on the other side of the pinned ones: heads are ranked by the weight between them; empty for none. */
  readonly to: readonly number[];
  /** The reader's own pattern, "from `,` to the word before it"; "" for none. */
  readonly pattern: string;
  readonly tab: Tab;
  /** null follows the system. */
  readonly theme: ThemeName | null;
}

/** The place of an empty address. */
export const START: Place = {
  model: null,
  text: "",
  pair: "",
  target: "",
  image: "",
  chat: false,
  more: null,
  edits: [],
  b: "",
  compare: "off",
  trace: null,
  block: null,
  layer: null,
  beside: [],
  heads: [],
  focus: null,
  pins: null,
  side: "query",
  view: null,
  orientation: "vertical",
  dock: "neurons",
  panel: "neurons",
  vec: "k",
  filter: "all",
  hide: false,
  strongest: 95,
  least: 0,
  read: "plain",
  colors: "root",
  score: null,
  sort: "grid",
  to: [],
  pattern: "",
  tab: "head",
  theme: null,
};

/** Greedy, and short enough to read. */
export const SAMPLING: Sampling = { tokens: 20, temperature: 0, topK: null, topP: null, seed: 0 };

/** True if tokens are drawn the same way, however many. */
export function sameDraws(a: Sampling, b: Sampling): boolean {
  return JSON.stringify({ ...a, tokens: 0 }) === JSON.stringify({ ...b, tokens: 0 });
}

const RUN_PARTS = ["model", "trace", "text", "pair", "target", "image", "chat", "more", "edits", "b"];

/** What an address said about the view, so that an example's own is kept where it said nothing. */
export function said(place: Place): Partial<Place> {
  const entries = Object.entries(place).filter(
    ([name, value]) =>
      JSON.stringify(value) !== JSON.stringify(START[name as keyof Place]) && !RUN_PARTS.includes(name),
  );
  return Object.fromEntries(entries) as Partial<Place>;
}

/** The block that is shown: the one asked for where the run has it, else cross attention, else the first. */
export function blockOf(place: Place, trace: Trace): BlockName {
  return blockAmong(
    place,
    trace.manifest.blocks.map((block) => block.name),
  );
}

/** The layer that a run of a model of this kind will be looked at first. */
export function lookedAt(place: Place, kind: ModelKind): LayerPlace {
  const names: readonly BlockName[] = kind === "encoder-decoder" ? ["encoder", "decoder", "cross"] : ["self"];
  return { block: blockAmong(place, names), layer: place.layer ?? 0 };
}

function blockAmong(place: Place, names: readonly BlockName[]): BlockName {
  const named = names.find((name) => name === place.block);
  if (named) return named;
  return names.includes("cross") ? "cross" : names[0]!;
}

/** What is selected in `attention`: `place` brought inside its sizes; `best` stands in where no head is named. */
export function selectionOf(
  place: Place,
  attention: Attention,
  best: { readonly layer: number; readonly head: number },
): Selection {
  const { block, layers } = attention;
  const named = place.layer !== null && place.layer < layers;
  const layer = named ? place.layer : Math.min(best.layer, layers - 1);
  const count = attention.heads(layer);
  const inside = [...new Set(place.heads)].filter((h) => h < count).sort((a, b) => a - b);
  const heads = named && inside.length > 0 ? inside : [named ? 0 : Math.min(best.head, count - 1)];
  const focus = place.focus !== null && heads.includes(place.focus) ? place.focus : heads[0]!;
  const tokens = attention.tokens(place.side);
  const pins = (place.pins ?? [lastWord(tokens)]).filter((p) => p >= 0 && p < tokens.length);
  return { block, layer, heads, focus, pins, side: place.side };
}

/** What a place names that `attention` does not have, as the address writes it. */
export function outsideOf(place: Place, attention: Attention): string[] {
  const { layers } = attention;
  const layer = place.layer ?? 0;
  const heads = layer < layers ? attention.heads(layer) : 0;
  const tokens = attention.tokens(place.side).length;
  const beyond = (name: string, numbers: readonly number[], end: number): string[] => {
    const found = numbers.filter((n) => n >= end);
    return found.length > 0 ? [`${name}=${found.join(",")}`] : [];
  };
  return [
    ...beyond("l", [layer], layers),
    ...beyond("beside", place.beside, layers),
    ...beyond("h", place.heads, heads),
    ...beyond("pin", place.pins ?? [], tokens),
  ];
}

/** The last token with a letter or a digit that is not special: what is pinned where nothing is said. */
function lastWord(tokens: readonly Token[]): number {
  const words = wordsOf(tokens);
  const last = tokens.findLastIndex(({ special }, i) => !special && isWord(words[i]!));
  return last < 0 ? tokens.length - 1 : last;
}

/** Bytes of no whole character are no word, and neither is the number behind a piece of a sign. */
function isWord(label: string): boolean {
  return /[\p{L}\p{N}]/u.test(label.replace(/ \d+\/\d+$/, "").replace(/\\x[0-9A-F]{2}/g, ""));
}

/** Most layers side by side: more have no room for words. */
const BESIDE = 4;

/** The layers that the head view shows, ascending; the selected one is among them. */
export function layersOf(place: Place, selection: Selection, attention: Attention): readonly number[] {
  const inside = place.beside.filter((layer) => layer < attention.layers && layer !== selection.layer);
  return [selection.layer, ...inside.slice(0, BESIDE - 1)].sort((a, b) => a - b);
}

/** The part of a place that a selection decides. */
export function placeOf(selection: Selection): Partial<Place> {
  const { block, layer, heads, focus, pins, side } = selection;
  return { block, layer, heads, focus, pins, side };
}

/** Which cells are shown of `attention`; `pair` says whether its tokens are two sentences. */
export function filterOf(place: Place, attention: Attention, pair: boolean): CellFilter {
  const { causal } = attention.reach(0);
  const [query, key] = [place.filter.charCodeAt(0) - 97, place.filter.charCodeAt(1) - 97];
  const segments = place.filter === "all" || !pair ? null : { query: query as 0 | 1, key: key as 0 | 1 };
  return {
    segments,
    hideFirst: place.hide && causal,
    hideSpecial: place.hide && !causal,
    strongest: place.strongest / 100,
    least: place.least / 100,
  };
}

/** True if the run has a first and a second sentence. */
export function isPair(trace: Trace): boolean {
  return trace.manifest.streams.some((stream) => stream.tokens.some((token) => token.segment === 1));
}

/** The head mode for a run: what the place says, else by length. */
export function modeOf(place: Place, attention: Attention): HeadMode {
  if (place.view) return place.view;
  const [queries, keys] = [attention.tokens("query"), attention.tokens("key")];
  return Math.max(queries.length, keys.length) > 60 ? "matrix" : "both";
}

/** What the dock shows on a phone, where neurons and edits are panels of their own. */
export function panelOfTab({ tab, panel }: Place): DockPanel {
  if (tab === "neurons") return "neurons";
  return panel === "neurons" ? "edits" : panel;
}
