// What edits of one attention layer mean, as slow and as plainly as it can be said, for tests: tensors in the model's
// order, edits of one tensor in the order of the list, scores before the mask and on visible cells only.

import type { Edit } from "../../src/trace/index.ts";
import {
  groupOf,
  mix,
  type ReferenceLayer,
  type ReferenceResult,
  referenceAttention,
  softmax,
} from "./reference-attention.ts";

type Cube = number[][][];

const copy = (x: readonly (readonly (readonly number[])[])[]): Cube =>
  x.map((rows) => rows.map((row) => [...row]));

/** True if an index names a number; left out it names all. Negative numbers count from `count`. */
function named(index: number | readonly number[] | string | undefined, at: number, count: number): boolean {
  if (index === undefined || index === "prompt") return true;
  if (index === "new" || typeof index === "string") return false;
  return [index].flat().some((i) => (i < 0 ? i + count : i) === at);
}

/** The edits at one place, one after another; `touches`: false for cells that are not there. */
function edited(
  x: Cube,
  at: string,
  edits: readonly Edit[],
  touches: (i: number, j: number) => boolean,
): Cube {
  const cube = copy(x);
  for (const edit of edits.filter((e) => e.at === at)) {
    const e = edit as Edit & Record<string, number | readonly number[] | undefined>;
    const means = columnMeans(cube, touches);
    for (const [h, rows] of cube.entries()) {
      for (const [i, row] of rows.entries()) {
        for (const [j, value] of row.entries()) {
          if (!named(e.head, h, cube.length) || !touches(i, j)) continue;
          if (!named(e.position ?? e.query, i, rows.length) || !named(e.unit ?? e.key, j, row.length))
            continue;
          row[j] = changed(edit, value, means[h]![j]!);
        }
      }
    }
  }
  return cube;
}

function changed(edit: Edit, value: number, mean: number): number {
  if (edit.op === "scale") return value === Number.NEGATIVE_INFINITY ? value : value * edit.value;
  if (edit.op === "add") return value + edit.value;
  if (edit.op === "set") return edit.value;
  return edit.op === "block" ? Number.NEGATIVE_INFINITY : mean;
}

function columnMeans(cube: Cube, touches: (i: number, j: number) => boolean): number[][] {
  return cube.map((rows) =>
    rows[0]!.map((_, j) => {
      const seen = rows.filter((__, i) => touches(i, j)).map((row) => row[j]!);
      return seen.reduce((sum, value) => sum + value, 0) / seen.length;
    }),
  );
}

/** The layer with edits; undefined where they leave a row without a key. */
export function editedAttention(layer: ReferenceLayer, edits: readonly Edit[]): ReferenceResult | undefined {
  const always = () => true;
  const [q, k, v] = [layer.q, layer.k, layer.v].map((x, i) => edited(copy(x), "qkv"[i]!, edits, always));
  const plain = { ...layer, q: q!, k: k!, v: v! };
  const masked = referenceAttention(plain).scores;
  const visible = (i: number, j: number) => masked[0]![i]![j] !== Number.NEGATIVE_INFINITY;
  const scores = edited(copy(masked), "scores", edits, visible);
  const heads = scores.map((_, head) => head);
  const bare = (row: readonly number[]) => row.every((score) => score === Number.NEGATIVE_INFINITY);
  if (scores.some((rows, h) => rows.some((row, i) => bare(row) && !bare(masked[h]![i]!)))) return undefined;
  const weights = heads.map((head) => scores[head]!.map((row) => softmax(row, layer.sinks?.[head])));
  const pattern = edited(weights, "pattern", edits, visible);
  const z = heads.map((head) => pattern[head]!.map((row) => mix(row, v![groupOf(plain, head)]!)));
  return { scores, pattern, z: edited(copy(z), "z", edits, always) };
}
