// The words and numbers of the neuron view and where they stand: headings, a line per key, names below the blocks.
// Pure; text.ts makes elements of them, scene.ts makes a picture.

import type { Trace } from "../../trace/index.ts";
import { formatCount, formatNumber, HIGH } from "../look/palette.ts";
import { placedWordsOf, wordsOf, wordTitle } from "../read/words.ts";
import type { EditedVectors, Selection } from "../view.ts";
import { changedNames } from "./edited.ts";
import { eachGroup } from "./groups.ts";
import { AFTER_WORD, type NeuronLayout, type ShownRows } from "./layout.ts";
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
  readonly lines: readonly (readonly Written[])[];
  readonly below: readonly Written[];
}

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
    lines,
    below: below(picture, layout, layout.rowsTop + lines.length * layout.rowHeight + 2),
  };
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
    middle: 16,
    role: "columnheader",
    ...place,
  });
  const out: Written[] = [];
  if (layout.keys !== null) {
    out.push(head(keys ? "Key k" : "Value v", { left: layout.keys }));
    const shared = sharedKeys(trace.sizes(block, layer), focus);
    const left = layout.keys + (keys ? 42 : 54);
    const width = layout.products - left - 8;
    out.push(head(keyCaption(keys, shared, width), { left, width }, "faint"));
  }
  out.push(head(keys ? "q × k" : "weight × v", { left: layout.products }));
  const left = layout.products + (keys ? 42 : 72);
  const scoreTitle = keys ? scaleTitle(recipe, picture.size) : "size";
  const end = layout.scores === null ? layout.softmax - 20 : layout.scores + 80 - scoreTitle.length * 7;
  out.push(head(captionFor(keys, end - left), { left, width: end - left }, "faint"));
  if (layout.scores !== null) {
    out.push(head(scoreTitle, { right: layout.scores + 86 }));
    const note = keys ? scoreNote(recipe) : "";
    if (note !== "") out.push({ text: note, look: "small", right: layout.scores + 86, middle: 32 });
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
  const text = layout.narrow ? word : queryName(word);
  return { text, look: "strong", middle, right, width: layout.tokenWidth - 6 };
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
  const { padding, tokenWidth, scores, softmax, softmaxWidth, narrow } = layout;
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
      width: tokenWidth - 6,
      role: "rowheader",
    },
    ...(scores === null
      ? []
      : [number(Number.isNaN(score) ? "" : formatNumber(score), scores + 86, scoreLook)]),
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

function below(picture: NeuronPicture, layout: NeuronLayout, y: number): Written[] {
  const blocks = [layout.keys, layout.products].filter((left) => left !== null);
  if (picture.rotary) return blocks.flatMap((left) => pairNames(picture, layout, left, y + 13));
  const out: Written[] = [];
  if (picture.groups.some((group) => group.falls)) {
    const right = layout.products + layout.blockWidth;
    out.push({ text: "▲ product falls with distance", look: "falls", right, middle: y + 18 });
  }
  if (layout.keys !== null) {
    const text = `dimensions 0–${picture.size - 1}`;
    out.push({ text, look: "small", left: layout.keys, middle: y + 10 });
  }
  return out;
}

/** Names under the brackets: every pair where there is room, else the first and the last. */
function pairNames(
  { groups }: NeuronPicture,
  layout: NeuronLayout,
  start: number,
  middle: number,
): Written[] {
  const last = groups.filter((group) => group.dims.length > 1).length - 1;
  const roomy = 2 * layout.cell >= 54;
  const out: Written[] = [];
  eachGroup(groups, layout.cell, (group, x, width, place) => {
    const end = place === 0 || place === last;
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
