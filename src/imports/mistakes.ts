// What people get wrong about attention in files, each in words that say what to change.

import { type FloatTensor, floatTensor } from "../tensor/index.ts";
import type { BlockName } from "../trace/index.ts";
import { ImportError } from "./found.ts";
import type { Part } from "./parts.ts";
import { type Reading, STREAMS, type Stream } from "./reading.ts";
import type { Words } from "./words.ts";

/** How far a row may be from 1 and count as one that sums to 1: files keep few decimals. */
const SLACK = 0.02;

/** Layers that hold attention; whatever is wrong is an ImportError or a note. */
export function checked(
  part: Part,
  layers: (FloatTensor | null)[],
  reading: Reading,
  words: Partial<Record<Stream, Words>>,
  notes: string[],
): (FloatTensor | null)[] {
  const { name } = part.array;
  const turned = layers.map((layer) => layer && (reading.transposed ? transposed(layer) : layer));
  for (const [i, layer] of turned.entries()) if (layer) checkSquare(part, layer, `${name}, layer ${i}`);
  const cleaned = turned.map((layer, i) => layer && withoutPadding(layer, `${name}, layer ${i}`, notes));
  for (const [i, layer] of cleaned.entries()) if (layer) checkValues(layer, `${name}, layer ${i}`);
  for (const [i, layer] of cleaned.entries())
    if (layer) checkLengths(part, layer, `${name}, layer ${i}`, words);
  for (const [i, layer] of cleaned.entries()) if (layer) checkRows(layer, `${name}, layer ${i}`, notes);
  return cleaned;
}

/** Attention of a text to itself is square. */
function checkSquare({ role }: Part, { shape }: FloatTensor, where: string): void {
  const [, rows = 0, columns = 0] = shape;
  if (rows === columns || role.startsWith("cross")) return;
  const why =
    rows < columns
      ? `Only ${rows === 1 ? "1 row" : `${rows} rows`} of ${columns}: a generation with a cache keeps the new words' alone. Keep the attention of every step, or run the whole text once; where rows and columns are different texts, say that it is cross attention.`
      : "Where rows and columns are different texts, say that it is cross attention.";
  throw new ImportError(`${where}: the matrix is ${rows} × ${columns}. ${why}`, { code: "square" });
}

/** Every value is a weight. */
function checkValues({ data, shape }: FloatTensor, where: string): void {
  const bad = data.findIndex((weight) => !(weight >= -1e-6 && weight <= 1 + 1e-3));
  if (bad < 0) return;
  const [, rows = 1, columns = 1] = shape;
  const at = `head ${Math.floor(bad / (rows * columns))}, row ${Math.floor(bad / columns) % rows}, column ${bad % columns}`;
  const value = data[bad]!;
  const why = Number.isNaN(value)
    ? "A row without a visible key (padding) gives NaN; leave such rows out or set them to 0."
    : "Attention is 0 to 1: these look like scores before softmax, or a bias. Record the probabilities after softmax.";
  throw new ImportError(`${where}: the value at ${at} is ${value}. ${why}`, { code: "values" });
}

/** Rows that are NaN as a whole, as left padding makes them, become nothing; said once. */
function withoutPadding(layer: FloatTensor, where: string, notes: string[]): FloatTensor {
  const columns = layer.shape[2]!;
  let rows = 0;
  let { data } = layer;
  for (let from = 0; from < data.length; from += columns) {
    if (!data.subarray(from, from + columns).every(Number.isNaN)) continue;
    if (rows++ === 0) data = data.slice();
    data.fill(0, from, from + columns);
  }
  if (rows > 0)
    notes.push(
      `${where}: ${rows} rows are NaN as a whole, as padding makes them; they are shown as nothing.`,
    );
  return rows > 0 ? floatTensor(layer.shape, data) : layer;
}

function checkLengths(
  part: Part,
  { shape }: FloatTensor,
  where: string,
  words: Partial<Record<Stream, Words>>,
): void {
  const [rows, columns] = STREAMS[part.role.split(".")[0] as BlockName];
  const [, n, m] = shape;
  for (const [stream, size] of [
    [rows, n],
    [columns, m],
  ] as const) {
    const count = words[stream]?.list.length;
    if (count === undefined || count === size) continue;
    const less =
      count < size!
        ? "A start or end token may be missing from the list."
        : "The list has more words than the matrix has rows: the last word that a model wrote has no row.";
    throw new ImportError(`${where}: ${count} tokens, but the matrix is ${n} × ${m}. ${less}`, {
      code: "length",
    });
  }
}

/** Rows sum to 1; to less where sinks, padding or slices took something, which is said; never to more. */
function checkRows({ data, shape }: FloatTensor, where: string, notes: string[]): void {
  const [heads = 1, rows = 1, columns = 1] = shape;
  let [less, least, worst] = [0, 1, -1];
  for (let row = 0; row < heads * rows; row++) {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += data[i]!;
    if (sum > 1 + SLACK && worst < 0) worst = row;
    if (sum < 1 - SLACK) {
      less++;
      least = Math.min(least, sum);
    }
  }
  if (worst >= 0) {
    const turned = rows === columns && columnsSumToOne(data, heads, rows);
    const place = `head ${Math.floor(worst / rows)}, row ${worst % rows}`;
    throw new ImportError(
      turned
        ? `${where}: the columns sum to 1 and the rows do not, so rows and columns are exchanged. Say that it is transposed.`
        : `${where}: the weights of ${place} sum to more than 1. Rows are queries and must sum to 1; heads may have been added up, or the axes are in another order.`,
      { code: turned ? "transposed" : "rows" },
    );
  }
  if (less > 0)
    notes.push(`${where}: ${less} of ${heads * rows} rows sum to less than 1 (least ${least.toFixed(2)}).`);
}

function columnsSumToOne(data: Float32Array, heads: number, side: number): boolean {
  for (let head = 0; head < heads; head++) {
    for (let column = 0; column < side; column++) {
      let sum = 0;
      for (let row = 0; row < side; row++) sum += data[(head * side + row) * side + column]!;
      if (Math.abs(sum - 1) > SLACK) return false;
    }
  }
  return true;
}

function transposed({ data, shape }: FloatTensor): FloatTensor {
  const [heads = 1, rows = 1, columns = 1] = shape;
  const out = new Float32Array(data.length);
  for (let head = 0; head < heads; head++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        out[(head * columns + column) * rows + row] = data[(head * rows + row) * columns + column]!;
      }
    }
  }
  return floatTensor([heads, columns, rows], out);
}
