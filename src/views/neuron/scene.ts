// The neuron view as a scene: vectors, products, shares, brackets, arrows, scores and weights (Vig 2019, section 2.3).
// Words that stand beside the cells come from texts.ts; in a page they are elements, in a figure they are part of it.

import { signColor, signRgb, textOn } from "../look/palette.ts";
import { COLORS, type ThemeName } from "../look/theme.ts";
import { boxes, type Mark, type Polylines, type Rects, type Scene, type TextItem } from "../scene/scene.ts";
import type { EditedVectors } from "../view.ts";
import { changedMarks } from "./edited.ts";
import { eachGroup } from "./groups.ts";
import { blockEnd, type NeuronLayout, SCORES, type ShownRows } from "./layout.ts";
import { groupDims, type NeuronPicture } from "./picture.ts";
import { type NeuronTexts, STRONG, type Written } from "./texts.ts";
import { cellNumber } from "./words.ts";

/** What is drawn. */
export interface NeuronSceneRequest {
  readonly picture: NeuronPicture;
  readonly layout: NeuronLayout;
  readonly rows: ShownRows;
  readonly theme: ThemeName;
  /** CSS colour of the softmax bars. */
  readonly color: string;
  /** Components that edits changed; none where left out. */
  readonly changed?: readonly EditedVectors[];
}

/** Cells at least this wide have numbers inside. */
const NUMBERED = 25;
/** Narrower pairs get no bracket. */
const BRACKET = 5;
/** Where the zero line of the scores stands, and their longest bar, in px: six digits beside it do not touch it. */
const ZERO = 20;
const LONGEST = 18;

/** Everything but the words beside the cells and the outlined neuron. */
export function neuronMarks(request: NeuronSceneRequest): Mark[] {
  const { picture, layout, rows } = request;
  const { keys, products, cellHeight } = layout;
  const largest = picture.amounts.reduce((m, v) => (Number.isFinite(v) ? Math.max(m, Math.abs(v)) : m), 0);
  const marks = topMarks(request);
  for (const [row, place] of rows.places.entries()) {
    const y = layout.rowsTop + row * layout.rowHeight;
    const part = (values: Float32Array): Float32Array =>
      values.subarray(place * picture.size, (place + 1) * picture.size);
    const { vectors, products: range } = picture.ranges;
    const at = layout.keysTop + row * layout.rowHeight;
    if (keys !== null) marks.push(...cells(request, part(picture.vectors), keys, at, cellHeight, vectors));
    marks.push(...cells(request, part(picture.products), products, y, cellHeight, range));
    const middle = y + cellHeight / 2;
    marks.push(...score(request, picture.amounts[place]!, largest, middle, picture.kind === "keys"));
    marks.push(...weightBar(request, picture.weights[place]!, request.color, middle));
  }
  return [...marks, ...belowMarks(request, largest), ...changedMarks(request)];
}

/** A frame around the column of the neuron group at `place`, in both blocks. */
export function neuronOutline(request: NeuronSceneRequest, place: number): Mark[] {
  const { picture, layout, rows, theme } = request;
  const dims = groupDims(picture, place);
  const x = picture.order.indexOf(dims[0]!) * layout.cell;
  const width = dims.length * layout.cell - layout.gap;
  const tall = rows.places.length * layout.rowHeight - 3;
  const query = layout.queryMiddle - layout.queryHeight / 2 - 2;
  const blocks = [
    { left: layout.keys, begin: layout.keysTop, withTop: picture.kind === "keys" },
    { left: layout.products, begin: layout.rowsTop, withTop: picture.kind === "values" },
  ];
  const frames = blocks.flatMap(({ left, begin, withTop }) => {
    if (left === null) return [];
    const top = withTop ? query : begin - 2;
    return [[left + x - 1.5, top, width + 3, begin + tall - top] as const];
  });
  return [{ kind: "outlines", boxes: boxes(...frames), stroke: COLORS[theme].ink, width: 1.5 }];
}

/** The whole picture, words included. */
export function neuronScene(
  request: NeuronSceneRequest,
  texts: NeuronTexts,
  pointed: number | null = null,
): Scene {
  const { layout, theme } = request;
  const written = [...texts.headings, texts.top, ...texts.words, ...texts.lines.flat(), ...texts.below];
  const outline = pointed === null ? [] : neuronOutline(request, pointed);
  const items = written.map((text) => textItem(text, theme));
  return {
    width: layout.width,
    height: layout.height,
    marks: [...neuronMarks(request), ...outline, { kind: "texts", items }],
  };
}

function textItem({ text, look, middle, left, right, width, role }: Written, theme: ThemeName): TextItem {
  const colors = COLORS[theme];
  const color = { plain: "text-2", strong: "text", faint: "text-3", small: "text-3", falls: "pos" } as const;
  const both = left !== undefined && right !== undefined;
  return {
    text,
    y: middle,
    x: both ? (left + right) / 2 : (left ?? right ?? 0),
    anchor: both ? "middle" : left === undefined ? "end" : "start",
    size: look === "small" || look === "falls" ? 11 : 12,
    weight: look === "strong" ? STRONG : look === "falls" ? 500 : 450,
    color: colors[color[look]],
    ...(width === undefined ? {} : { width }),
    ...(role === undefined ? {} : { role }),
  };
}

/** One vector as a row of cells from `x`, `y` down; `largest` is fully saturated. */
function cells(
  { picture, layout, theme }: NeuronSceneRequest,
  values: ArrayLike<number>,
  x: number,
  y: number,
  height: number,
  largest: number,
): Mark[] {
  const width = Math.max(0.5, layout.cell - layout.gap);
  const { order } = picture;
  const fill = order.map((dim) => signColor(theme, values[dim]!, largest));
  const places = new Float32Array(order.length * 4);
  for (let i = 0; i < order.length; i++) places.set([x + i * layout.cell, y, width, height], i * 4);
  const row: Rects = { kind: "rects", boxes: places, fill };
  if (layout.cell <= NUMBERED) return [row];
  const items = order.map((dim, place): TextItem => {
    const color = textOn(signRgb(theme, values[dim]!, largest));
    const [middle, text] = [x + place * layout.cell + width / 2, cellNumber(values[dim]!)];
    return { text, x: middle, y: y + height / 2 + 0.5, size: 10, weight: 500, color, anchor: "middle" };
  });
  return [row, { kind: "texts", items }];
}

function topMarks(request: NeuronSceneRequest): Mark[] {
  const { picture, layout } = request;
  const top = layout.queryMiddle - layout.queryHeight / 2;
  const block = picture.kind === "keys" ? layout.keys : layout.products;
  return [
    ...(block === null
      ? []
      : cells(request, picture.top, block, top, layout.queryHeight, picture.ranges.top)),
    ...(picture.kind === "keys" ? shares(request) : []),
  ];
}

/** Bars above the products: each group's share of the pattern, dark from 4 %, negative ones downward. */
function shares({ picture, layout, theme }: NeuronSceneRequest): Mark[] {
  const colors = COLORS[theme];
  const top = picture.groups.reduce((most, { share }) => Math.max(most, Math.abs(share)), 0) || 1;
  const bars: (readonly [number, number, number, number])[] = [];
  const fill: string[] = [];
  eachGroup(picture.groups, layout.cell, (group, x, width) => {
    const bar = Math.min(10, Math.max(1, width - layout.gap));
    const height = Math.max(0.6, (Math.abs(group.share) / top) * layout.shareHeight);
    const left = layout.products + x + (width - layout.gap - bar) / 2;
    fill.push(group.share >= 0.04 ? colors.text : colors["line-2"]);
    bars.push([left, layout.shareBase - (group.share > 0 ? height : 0), bar, height]);
  });
  const base = boxes([layout.products, layout.shareBase, layout.blockWidth - layout.gap, 1]);
  return [
    { kind: "rects", boxes: boxes(...bars), fill },
    { kind: "rects", boxes: base, fill: colors["line-2"] },
  ];
}

/** The lines of others and of the sink, arrows and brackets. */
function belowMarks(request: NeuronSceneRequest, largest: number): Mark[] {
  const { picture, layout, rows, theme } = request;
  const marks: Mark[] = [];
  let row = rows.places.length;
  const middle = (): number => layout.rowsTop + row * layout.rowHeight + layout.cellHeight / 2;
  const faint = COLORS[theme]["line-3"];
  if (rows.others) {
    marks.push(...weightBar(request, rows.others.weight, faint, middle()));
    row++;
  }
  if (picture.sink) {
    if (picture.kind === "keys") marks.push(...score(request, picture.sink.logit, largest, middle(), true));
    marks.push(...weightBar(request, picture.sink.weight, faint, middle()));
    row++;
  }
  const y = layout.rowsTop + row * layout.rowHeight + 2;
  marks.push(arrows(request, y));
  if (!picture.rotary) return marks;
  const above = blockEnd(layout, rows, row, true) + 2;
  if (layout.keys !== null) marks.push(brackets(request, layout.keys, above));
  return [...marks, brackets(request, layout.products, y)];
}

/** Arrows under neurons whose product falls with distance. */
function arrows({ picture, layout, theme }: NeuronSceneRequest, y: number): Polylines {
  const paths: Float32Array[] = [];
  eachGroup(picture.groups, layout.cell, (group, x, width) => {
    if (!group.falls) return;
    const middle = layout.products + x + (width - layout.gap) / 2;
    paths.push(Float32Array.of(middle, y, middle - 4, y + 7, middle + 4, y + 7));
  });
  return { kind: "polylines", paths, closed: true, fill: COLORS[theme].pos };
}

/** Brackets under the rotary pairs of a block that begins at `left`. */
function brackets({ picture, layout, theme }: NeuronSceneRequest, left: number, y: number): Polylines {
  const paths: Float32Array[] = [];
  eachGroup(picture.groups, layout.cell, (group, x, width) => {
    if (group.dims.length < 2 || width < BRACKET) return;
    const [from, to] = [left + x + 0.5, left + x + width - layout.gap - 0.5];
    paths.push(Float32Array.of(from, y, from, y + 4.5, to, y + 4.5, to, y));
  });
  return { kind: "polylines", paths, closed: false, stroke: COLORS[theme]["line-2"], width: 1 };
}

/** A signed bar from the zero line of the score column; the largest value is the longest. */
function score(
  { layout, theme }: NeuronSceneRequest,
  value: number,
  largest: number,
  middle: number,
  signed: boolean,
): Mark[] {
  if (layout.scores === null || layout.scoreWidth < SCORES || !Number.isFinite(value)) return [];
  const colors = COLORS[theme];
  const zero = layout.scores + ZERO;
  const length = largest > 0 ? (Math.abs(value) / largest) * LONGEST : 0;
  const fill = signed ? (value < 0 ? colors.neg : colors.pos) : colors["text-2"];
  const bar = boxes([value < 0 ? zero - length : zero, middle - 3, length, 6]);
  const line = boxes([zero - 0.5, middle - layout.cellHeight / 2, 1, layout.cellHeight]);
  return [
    { kind: "rects", boxes: bar, fill, opacity: 0.85 },
    { kind: "rects", boxes: line, fill: colors["line-2"] },
  ];
}

/** A softmax bar on its track. */
function weightBar(
  { layout, theme }: NeuronSceneRequest,
  weight: number,
  color: string,
  middle: number,
): Mark[] {
  if (layout.barWidth === 0) return [];
  const track = [layout.softmax, middle - 4, layout.barWidth, 8] as const;
  const bar = [layout.softmax, middle - 4, layout.barWidth * Math.min(1, weight), 8] as const;
  return [{ kind: "rects", boxes: boxes(track, bar), fill: [COLORS[theme]["surface-3"], color] }];
}
