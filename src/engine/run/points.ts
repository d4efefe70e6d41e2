// What the edit points of a graph are fed: for every edited tensor its edited places, and the factor and summand that all
// its edits together come to. Edits of one tensor apply in their order; each is value · f + s.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import { blockShape, EditError, type EditShape, editText, isCellEdit, type Site } from "../../trace/index.ts";
import { type EditValues, type SiteValues, siteKey } from "./edit-values.ts";

/** Feeds of one edit point with k edited numbers. */
export interface PointFeed {
  /** Their flat indices in the tensor as the graph has it: token-major vectors, or cells [heads, n, m]. */
  readonly places: Int32Array;
  readonly factor: Float32Array;
  readonly summand: Float32Array;
}

/** Feeds by trace name of the tensor; what is missing changes nothing. */
export type PointFeeds = ReadonlyMap<string, PointFeed>;

/** Numbers of a tensor whose places an int32 can tell. */
const MOST_PLACES = 2 ** 31;

/** Throws an EditError where a tensor has more numbers than places can be told for, as attention of very long texts has. */
export function checkPlaces(sites: readonly Pick<Site, "edit" | "tensor" | "of">[]): void {
  for (const { edit, tensor, of } of sites) {
    const sizes = [of.heads, of.positions, of.columns];
    const numbers = sizes.reduce((all, size) => all * size, 1);
    if (numbers <= MOST_PLACES) continue;
    const axes = isCellEdit(edit) ? "heads x queries x keys" : "heads x tokens x numbers";
    throw new EditError(
      `Edit "${editText(edit)}": ${tensor} has ${sizes.join(" x ")} = ${numbers} numbers (${axes}), and a tensor ` +
        `that is edited may have ${MOST_PLACES}. Use a shorter text.`,
      { data: { edit, numbers } },
    );
  }
}

/** A tensor with its edited numbers, as a graph makes them; the tensor itself where nothing is edited. */
export function pointed({ shape, data }: FloatTensor, point: PointFeed | undefined): FloatTensor {
  if (!point) return floatTensor(shape, data);
  const { places, factor, summand } = point;
  const edited = data.slice();
  for (const [i, place] of places.entries()) {
    edited[place]! *= factor[i]!;
    edited[place]! += summand[i]!;
  }
  return floatTensor(shape, edited);
}

/** Feeds for the new tokens of a run: those from position `past` on (keys and values are fed whole). */
export function pointFeeds(
  sites: readonly Site[],
  values: EditValues,
  shape: EditShape,
  past: number,
): PointFeeds {
  const tensors = new Map<string, Site[]>();
  for (const site of sites) tensors.set(site.tensor, [...(tensors.get(site.tensor) ?? []), site]);
  const point = (own: readonly Site[]) =>
    isCellEdit(own[0]!.edit) ? cellPoint(own, values, shape, past) : vectorPoint(own, values, past);
  return new Map([...tensors].map(([name, own]) => [name, point(own)]));
}

/** Factors and summands in one array each, changed edit by edit. */
class Affine {
  readonly factor: Float32Array;
  readonly summand: Float32Array;

  constructor(length: number) {
    this.factor = new Float32Array(length).fill(1);
    this.summand = new Float32Array(length).fill(-0);
  }

  /** One edit at one place; `value`: the number that a patch or a mean puts there. */
  apply(at: number, { edit }: Site, value: number | null): void {
    const before = this.summand[at]!;
    if (edit.op === "scale") {
      this.factor[at]! *= edit.value;
      if (before !== 0 && before !== Number.NEGATIVE_INFINITY) this.summand[at] = before * edit.value;
    } else if (edit.op === "add") this.summand[at] = before === 0 ? edit.value : before + edit.value;
    else if (edit.op === "set") this.put(at, edit.value);
    else if (edit.op === "block") this.put(at, Number.NEGATIVE_INFINITY);
    else if (value !== null) this.put(at, value);
  }

  put(at: number, value: number): void {
    this.factor[at] = 0;
    this.summand[at] = value;
  }
}

function vectorPoint(sites: readonly Site[], values: EditValues, past: number): PointFeed {
  const { edit, of } = sites[0]!;
  const from = edit.at === "k" || edit.at === "v" ? 0 : past;
  const columns = [...new Set(sites.flatMap((site) => site.columns))];
  const columnAt = new Map(columns.map((column, i) => [column, i]));
  const slices = slicesOf(sites, from);
  const affine = new Affine(slices.size * columns.length);
  for (const site of sites) {
    const value = valueAt(values.get(siteKey(site)));
    for (const position of site.positions) {
      for (const head of site.heads) {
        const slice = slices.get(position * of.heads + head);
        if (slice === undefined) continue;
        const base = slice * columns.length;
        for (const column of site.columns)
          affine.apply(base + columnAt.get(column)!, site, value(head, position, column));
      }
    }
  }
  const places = new Int32Array(affine.factor.length);
  let at = 0;
  for (const slice of slices.keys())
    for (const column of columns) places[at++] = (slice - from * of.heads) * of.columns + column;
  return { places, ...affine };
}

/** Tokens from `from` on with a head, as token · heads + head, numbered in the order they are met. */
function slicesOf(sites: readonly Site[], from: number): Map<number, number> {
  const slices = new Map<number, number>();
  for (const { heads, positions, of } of sites) {
    for (const position of positions) {
      if (position < from) continue;
      for (const head of heads) {
        const slice = position * of.heads + head;
        if (!slices.has(slice)) slices.set(slice, slices.size);
      }
    }
  }
  return slices;
}

/** The number that a site puts at (head, position, column); null where the other run has none. */
function valueAt(
  values: SiteValues | undefined,
): (head: number, position: number, column: number) => number | null {
  if (!values) return () => null;
  const { tensor, row, column } = values;
  const [, rows = 0, columns = 0] = tensor.shape;
  return (head, position, key) => {
    const [r, c] = [row(position), column(key)];
    if (r === null || c === null || r >= rows || c >= columns) return null;
    return tensor.data[(head * rows + r) * columns + c]!;
  };
}

function cellPoint(sites: readonly Site[], values: EditValues, shape: EditShape, past: number): PointFeed {
  const cells = cellsOf(sites, shape, past);
  const { of, layer, tensor } = sites[0]!;
  const affine = new Affine(cells.size);
  for (const site of sites) {
    const value = valueAt(values.get(siteKey(site)));
    for (const head of site.heads) {
      for (const query of site.positions) {
        for (const key of site.columns) {
          const at = cells.get((head * of.positions + query) * of.columns + key);
          if (at !== undefined) affine.apply(at, site, value(head, query, key));
        }
      }
    }
  }
  const { visible } = blockShape(shape, tensor);
  if (sites[0]!.edit.at === "scores") checkRows(sites, cells, affine, (q, k) => visible(layer, q, k));
  const rows = of.positions - past;
  const places = Int32Array.from(cells.keys(), (cell) => {
    const [row, key] = [Math.floor(cell / of.columns), cell % of.columns];
    const [head, query] = [Math.floor(row / of.positions), (row % of.positions) - past];
    return (head * rows + query) * of.columns + key;
  });
  return { places, ...affine };
}

/** Visible cells that any of the sites means, numbered in the order they are met. */
function cellsOf(sites: readonly Site[], shape: EditShape, past: number): Map<number, number> {
  const cells = new Map<number, number>();
  for (const { heads, positions, columns, layer, tensor, of } of sites) {
    const { visible } = blockShape(shape, tensor);
    for (const query of positions) {
      if (query < past) continue;
      const keys = columns.filter((key) => visible(layer, query, key));
      for (const head of heads) {
        for (const key of keys) {
          const cell = (head * of.positions + query) * of.columns + key;
          if (!cells.has(cell)) cells.set(cell, cells.size);
        }
      }
    }
  }
  return cells;
}

/** Throws an EditError that names a row whose every visible key is hidden. */
function checkRows(
  sites: readonly Site[],
  cells: ReadonlyMap<number, number>,
  affine: Affine,
  visible: (query: number, key: number) => boolean,
): void {
  const { of, layer } = sites[0]!;
  const hidden = new Map<number, number>();
  for (const [cell, at] of cells) {
    if (affine.summand[at] !== Number.NEGATIVE_INFINITY) continue;
    const row = Math.floor(cell / of.columns);
    hidden.set(row, (hidden.get(row) ?? 0) + 1);
  }
  for (const [row, count] of hidden) {
    const query = row % of.positions;
    let seen = 0;
    for (let key = 0; key < of.columns; key++) if (visible(query, key)) seen++;
    if (count < seen) continue;
    const { edit } = sites.find((s) => s.edit.op === "block" && s.positions.includes(query)) ?? sites.at(-1)!;
    const head = Math.floor(row / of.positions);
    throw new EditError(
      `Edit "${editText(edit)}": it leaves query ${query} of head ${layer}.${head} without a key to attend to.`,
      { data: { edit, layer, head, query } },
    );
  }
}
