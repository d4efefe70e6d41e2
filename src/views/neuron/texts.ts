// The words and numbers of the neuron view and where they stand: headings, a line per key, names below the blocks.
// Pure; text.ts makes elements of them, scene.ts makes a picture.

import type { Trace } from "../../trace/index.ts";
import { formatCount, formatNumber, HIGH } from "../look/palette.ts";
import { placedWordsOf, wordsOf, wordTitle } from "../read/words.ts";
import type { EditedVectors, Selection } from "../view.ts";
import { changedNames } from "./edited.ts";
import { eachGroup } from "./groups.ts";
import { AFTER_WORD, blockEnd, keysAbove, type NeuronLayout, type ShownRows } from "./layout.ts";
import type { NeuronPicture } from "./picture.ts";
import { scaleTitle, scoreNote, sharedKeys } from "./words.ts";

/** What the text is about. */
export interface TextContent {
  readonly trace: Trace;
  readonly selection: Selection;
  readonly picture: NeuronPicture;
  readonly layout: NeuronLayout;
  readonly rows: ShownRows;
  readonly changed: readonly EditedVectors[];
}

export type Look = "plain" | "strong" | "faint" | "small" | "falls";

/** One text. It stands at `left`, or ends at `right`, or both with its middle between them. */
export interface Written {
  readonly text: string;
  readonly look: Look;
  readonly middle: number;
  readonly left?: number;
  readonly right?: number;
  /** Longer ones are cut. */
  readonly width?: number;
  readonly role?: "columnheader" | "rowheader" | "cell";
  /** The tooltip of a word. */
  readonly title?: string;
}

/** All texts; `headings` and each of `lines` are a row of the table. */
export interface NeuronTexts {
  /** What the table is called. */
  readonly label: string;
  readonly headings: readonly Written[];
  readonly top: Written;
  /** Words said a second time, beside a key block that stands above the products. */
  readonly words: readonly Written[];
  readonly lines: readonly (readonly Written[])[];
  readonly below: readonly Written[];
}

/** Of the column of words, px that no word takes; and the weight of strong words. */
export const BEFORE_BLOCKS = 6;
export const STRONG = 620;

/** Mean width of a letter of a name, in px. */
const NAME_LETTER = 6.6;

/** px that the column of words needs: what the query is called, and how many others there are, are not cut. */
export function columnNeeds({
  trace,
  selection,
  picture,
  rows,
}: Omit<TextContent, "layout" | "changed">): number {
  const word = wordsOf(trace.stream(trace.block(selection.block).queries).tokens)[picture.query]!;
  const texts = [queryName(word), rows.others ? othersName(rows.others.count) : ""];
  return NAME_LETTER * Math.max(...texts.map((text) => text.length));
}

/** Where the numbers of the score column end; null where it is left out. */
function scoresEnd({ scores, scoreWidth }: NeuronLayout): number | null {
  return scores === null ? null : scores + scoreWidth;
}

/** How far below the last line of products stands what else changes the scores, where it has no room above. */
const NOTE = 34;

const queryName = (word: string): string => `q  ${word}`;
const othersName = (count: number): string => `${formatCount(count)} ${count === 1 ? "other" : "others"}`;

/** The texts of a picture. */
export function neuronTexts(content: TextContent): NeuronTexts {
  const { picture, selection, layout, trace } = content;
  const word = wordsOf(trace.stream(trace.block(selection.block).queries).tokens)[picture.query]!;
  const lines = [
    ...content.rows.places.map((place, row) => keyLine(content, row, place)),
    ...lastLines(content),
  ];
  return {
    label: `How ${word} attends in head ${selection.layer}.${selection.focus}${edits(content)}`,
    headings: headings(content),
    top: topText(picture, layout, word),
    words: keysAbove(layout) ? lines.slice(0, content.rows.places.length).map(beside(layout)) : [],
    lines,
    below: below(content, lines.length),
  };
}

/** The word of a line of products, as it stands at the keys above. */
function beside({ keysTop, rowsTop }: NeuronLayout): (line: readonly Written[]) => Written {
  return ([word]) => ({ ...word!, middle: word!.middle + keysTop - rowsTop });
}

/** What edits changed, for those who cannot see the frames. */
function edits({ changed, picture }: TextContent): string {
  return changed.length === 0 ? "" : `, edited: ${changedNames(changed, picture.size)}`;
}

function headings({ trace, selection, picture, layout }: TextContent): Written[] {
  const { block, layer, focus } = selection;
  const keys = picture.kind === "keys";
  const recipe = trace.recipe(block, layer);
  const head = (text: string, place: Partial<Written>, look: Look = "strong"): Written => ({
    text,
    look,
    middle: layout.heading,
    role: "columnheader",
    ...place,
  });
  const out: Written[] = [];
  if (layout.keys !== null) {
    const middle = layout.keysHeading;
    out.push(head(keys ? "Key k" : "Value v", { left: layout.keys, middle }));
    const shared = sharedKeys(trace.sizes(block, layer), focus);
    const left = layout.keys + (keys ? 42 : 54);
    const width = (keysAbove(layout) ? layout.width : layout.products) - left - 8;
    out.push(head(keyCaption(keys, shared, width), { left, width, middle }, "faint"));
  }
  out.push(head(keys ? "q × k" : "weight × v", { left: layout.products }));
  const left = layout.products + (keys ? 42 : 72);
  const scoreTitle = keys ? scaleTitle(recipe, picture.size) : "size";
  const scores = scoresEnd(layout);
  const end = scores === null ? layout.softmax - 20 : scores - 6 - scoreTitle.length * 7;
  out.push(head(captionFor(keys, end - left), { left, width: end - left }, "faint"));
  if (scores !== null) {
    out.push(head(scoreTitle, { right: scores }));
    const note = keys && !keysAbove(layout) ? scoreNote(recipe) : "";
    if (note !== "") out.push({ text: note, look: "small", right: scores, middle: 32 });
  }
  const { narrow, width, padding } = layout;
  out.push(
    narrow ? head("softmax", { right: width - padding }, "small") : head("Softmax", { left: layout.softmax }),
  );
  return out;
}

function topText(picture: NeuronPicture, layout: NeuronLayout, word: string): Written {
  const { queryMiddle: middle } = layout;
  if (picture.kind !== "keys") return { text: "output", look: "strong", middle, right: layout.products - 8 };
  const right = layout.padding + layout.tokenWidth - AFTER_WORD;
  const text = layout.keys === null ? word : queryName(word);
  return { text, look: "strong", middle, right, width: layout.tokenWidth - BEFORE_BLOCKS };
}

function keyLine({ trace, selection, picture, layout }: TextContent, row: number, place: number): Written[] {
  const position = picture.keys[place]!;
  const { tokens } = trace.stream(trace.block(selection.block).keys);
  const label = placedWordsOf(tokens)[position]!;
  const weight = picture.weights[place]!;
  const look = weight > HIGH ? "strong" : "plain";
  const [word, ...numbers] = line(layout, row, label, picture.amounts[place]!, weight, look);
  return [{ ...word!, title: wordTitle(tokens[position]!, position) }, ...numbers];
}

/** A word, its score and its weight; a score that is not a number is left out. */
function line(
  layout: NeuronLayout,
  row: number,
  word: string,
  score: number,
  weight: number,
  look: Look,
): Written[] {
  const middle = layout.rowsTop + row * layout.rowHeight + layout.cellHeight / 2;
  const { padding, tokenWidth, softmax, softmaxWidth, narrow } = layout;
  const scores = scoresEnd(layout);
  const number = (text: string, right: number, look: Look): Written => {
    return { text, look, right, middle, role: "cell" };
  };
  const scoreLook = look === "strong" ? "plain" : look;
  return [
    {
      text: word,
      look,
      middle,
      right: padding + tokenWidth - AFTER_WORD,
      width: tokenWidth - BEFORE_BLOCKS,
      role: "rowheader",
    },
    ...(scores === null ? [] : [number(Number.isNaN(score) ? "" : formatNumber(score), scores, scoreLook)]),
    number(formatNumber(weight), softmax + softmaxWidth - (narrow ? 0 : 8), look),
  ];
}

/** Lines of the others and of the sink; only their names are faint. */
function lastLines({ picture, layout, rows }: TextContent): Written[][] {
  const named = (row: number, word: string, score: number, weight: number): Written[] => {
    const [first, ...numbers] = line(layout, row, word, score, weight, "plain");
    return [{ ...first!, look: "faint" }, ...numbers];
  };
  const out: Written[][] = [];
  const next = (): number => rows.places.length + out.length;
  if (rows.others) {
    const { count, weight } = rows.others;
    out.push(named(next(), othersName(count), Number.NaN, weight));
  }
  if (picture.sink) {
    const logit = picture.kind === "keys" ? picture.sink.logit : Number.NaN;
    out.push(named(next(), "sink", logit, picture.sink.weight));
  }
  return out;
}

function below({ picture, layout, rows, trace, selection }: TextContent, lines: number): Written[] {
  const y = blockEnd(layout, rows, lines, false) + 2;
  const above = blockEnd(layout, rows, lines, true) + 2;
  const note =
    keysAbove(layout) && picture.kind === "keys"
      ? scoreNote(trace.recipe(selection.block, selection.layer))
      : "";
  const out: Written[] = [];
  if (note !== "")
    out.push({ text: `scores: ${note}`, look: "small", left: layout.products, middle: y + NOTE });
  if (picture.rotary) {
    const keys = layout.keys === null ? [] : pairNames(picture, layout, layout.keys, above + 13);
    return [...out, ...keys, ...pairNames(picture, layout, layout.products, y + 13)];
  }
  if (picture.groups.some((group) => group.falls)) {
    const right = layout.products + layout.blockWidth;
    out.push({ text: "▲ product falls with distance", look: "falls", right, middle: y + 18 });
  }
  if (layout.keys !== null) {
    const text = `dimensions 0–${picture.size - 1}`;
    out.push({ text, look: "small", left: layout.keys, middle: above + 10 });
  }
  return out;
}

/** Block from which on the names of the first and the last pair stand beside each other. */
const BOTH_ENDS = 136;

/** Names under the brackets: every pair where there is room, else the first and the last. */
function pairNames(
  { groups }: NeuronPicture,
  layout: NeuronLayout,
  start: number,
  middle: number,
): Written[] {
  const last = groups.filter((group) => group.dims.length > 1).length - 1;
  const roomy = 2 * layout.cell >= 54;
  // In a narrow block the two names would meet.
  const both = layout.blockWidth >= BOTH_ENDS;
  const out: Written[] = [];
  eachGroup(groups, layout.cell, (group, x, width, place) => {
    const end = place === last || (both && place === 0);
    if (group.dims.length < 2 || !(roomy || end)) return;
    const text = `pair ${place}${place === 0 ? ", fast" : place === last ? ", slow" : ""}`;
    const [left, right] = [start + x, start + x + width];
    const at = roomy ? { left, right: right - layout.gap } : place === last ? { right } : { left };
    out.push({ text, look: "small", middle, ...at });
  });
  return out;
}

/** The caption of the key or value block: which heads share it comes before what stands on top. */
function keyCaption(keys: boolean, shared: string, room: number): string {
  if (!keys) return shared.replace("keys", "values");
  const both = ["query on top", shared].filter((part) => part !== "").join(", ");
  return shared !== "" && both.length * LETTER > room ? shared : both;
}

/** Mean width of a letter of a caption, in px. */
const LETTER = 6.1;

/** The longest caption of the product block that fits. */
function captionFor(keys: boolean, room: number): string {
  const captions = keys
    ? ["elementwise, bars: share of the pattern", "bars: share of the pattern", "bars: share"]
    : ["their sum, the head’s output, on top", "sum on top"];
  return captions.find((caption) => caption.length * LETTER <= room) ?? "";
}
