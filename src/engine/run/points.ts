// What the edit points of a graph are fed: for every edited tensor the factor and summand that all its edits together
// come to. Edits of one tensor apply in their order; each is value · f + s.

import { type FloatTensor, floatTensor } from "../../tensor/index.ts";
import { blockShape, EditError, type EditShape, editText, isCellEdit, type Site } from "../../trace/index.ts";
import { type EditValues, type SiteValues, siteKey } from "./edit-values.ts";

/** Feeds of one edit point. */
export interface PointFeed {
  /** Heads, queries and keys of edited cells, [k, 3]; left out for vectors. */
  readonly cells?: BigInt64Array;
  /** Token-major [n, heads, head size] or [n, width] with sides of 1 where all are equal; for cells [k]. */
  readonly factor: FloatTensor;
  readonly summand: FloatTensor;
}

/** Feeds by trace name of the tensor; what is missing is neutral. */
export type PointFeeds = ReadonlyMap<string, PointFeed>;

/** A point that changes nothing, for a tensor with `axes` sides. */
export function neutralPoint(axes: number): PointFeed {
  const shape = Array.from({ length: axes }, () => 1);
  return { factor: floatTensor(shape, Float32Array.of(1)), summand: floatTensor(shape, Float32Array.of(-0)) };
}

/** No cell. */
export const NO_CELLS: Required<PointFeed> = {
  cells: new BigInt64Array(0),
  factor: floatTensor([0], new Float32Array(0)),
  summand: floatTensor([0], new Float32Array(0)),
};

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
  const puts = (site: Site) => values.has(siteKey(site));
  const heads = sites.some((s) => s.heads.length < of.heads || puts(s)) ? of.heads : 1;
  const rows = sites.some((s) => s.positions.length < of.positions || s.edit.op === "patch")
    ? of.positions - from
    : 1;
  const columns = sites.some((s) => s.columns.length < of.columns || puts(s)) ? of.columns : 1;
  const affine = new Affine(rows * heads * columns);
  const all = (list: readonly number[], side: number) => (side === 1 ? [0] : list);
  for (const site of sites) {
    const value = valueAt(values.get(siteKey(site)));
    const positions =
      rows === 1 && of.positions - from !== 1 ? [from] : site.positions.filter((p) => p >= from);
    for (const position of positions) {
      for (const head of all(site.heads, heads)) {
        const at = ((position - from) * heads + head) * columns;
        for (const column of all(site.columns, columns))
          affine.apply(at + column, site, value(head, position, column));
      }
    }
  }
  const shape = edit.at === "q" || edit.at === "k" || edit.at === "v" || edit.at === "z";
  const sides = shape ? [rows, heads, columns] : [rows, columns];
  return { factor: floatTensor(sides, affine.factor), summand: floatTensor(sides, affine.summand) };
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
  const index = new BigInt64Array(3 * cells.size);
  for (const [cell, at] of cells) {
    const [row, key] = [Math.floor(cell / of.columns), cell % of.columns];
    index[3 * at] = BigInt(Math.floor(row / of.positions));
    index[3 * at + 1] = BigInt((row % of.positions) - past);
    index[3 * at + 2] = BigInt(key);
  }
  const side = [cells.size];
  return {
    cells: index,
    factor: floatTensor(side, affine.factor),
    summand: floatTensor(side, affine.summand),
  };
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
