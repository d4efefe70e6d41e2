import { expect, it } from "vitest";
import { normal, random, syntheticTrace } from "../../test/synthetic.ts";
import { floatTensor } from "../tensor/index.ts";
import { attentionOf } from "./recorded.ts";
import { hasAnyValues, valueWeighted } from "./weighted.ts";

const [LAYERS, HEADS, TOKENS, SIZE, HIDDEN] = [2, 4, 5, 3, 7];
const trace = syntheticTrace({
  layers: LAYERS,
  heads: HEADS,
  kvHeads: 2,
  tokens: TOKENS,
  headSize: SIZE,
  store: "qk",
});

/** Output matrices by layer: [heads * size, hidden]. */
const uniform = random(5);
const matrices = Array.from({ length: LAYERS }, () =>
  Float32Array.from({ length: HEADS * SIZE * HIDDEN }, () => normal(uniform)),
);

/** v W of one head and key, multiplied out; without a matrix v itself. */
function moved(layer: number, head: number, key: number, matrix: Float32Array | null): number[] {
  const v = trace.values("self", layer, head)!.data.subarray(key * SIZE, (key + 1) * SIZE);
  if (!matrix) return [...v];
  return Array.from({ length: HIDDEN }, (_, out) => {
    let sum = 0;
    for (let i = 0; i < SIZE; i++) sum += v[i]! * matrix[(head * SIZE + i) * HIDDEN + out]!;
    return sum;
  });
}

/** Attention times length over the longest of the layer. */
function slow(layer: number, head: number, query: number, matrix: Float32Array | null): number[] {
  const length = (h: number, key: number): number => Math.hypot(...moved(layer, h, key, matrix));
  const all = Array.from({ length: HEADS * TOKENS }, (_, i) => length(Math.floor(i / TOKENS), i % TOKENS));
  const row = trace.attention("self", layer, head, query, query + 1);
  return [...row].map((weight, key) => (weight * length(head, key)) / Math.max(...all));
}

/** W W^T of each head, as a model gives it. */
async function outputs(_: string, layer: number) {
  const matrix = matrices[layer]!;
  const gram = new Float32Array(HEADS * SIZE * SIZE);
  for (let head = 0; head < HEADS; head++)
    for (let i = 0; i < SIZE; i++)
      for (let j = 0; j < SIZE; j++)
        for (let out = 0; out < HIDDEN; out++)
          gram[(head * SIZE + i) * SIZE + j]! +=
            matrix[(head * SIZE + i) * HIDDEN + out]! * matrix[(head * SIZE + j) * HIDDEN + out]!;
  return floatTensor([HEADS, SIZE, SIZE], gram);
}

const CELLS = Array.from({ length: LAYERS * HEADS }, (_, i) => [Math.floor(i / HEADS), i % HEADS] as const);

it("times |v| is each weight times the length of its value over the longest", () => {
  const weighted = valueWeighted(trace, "self");
  for (const [layer, head] of CELLS) {
    const expected = slow(layer, head, 3, null);
    for (const [key, value] of weighted.row(layer, head, 3)!.entries())
      expect(value).toBeCloseTo(expected[key]!, 5);
  }
  expect([weighted.unit, weighted.mass, weighted.state(0), weighted.scale]).toEqual([
    "attention × |v|, longest of the layer = 1",
    "weighted attention",
    "here",
    "weight",
  ]);
});

it("times |v W_O| comes once the model's outputs were asked for", async () => {
  const weighted = valueWeighted(trace, "self", outputs);
  expect([weighted.state(1), weighted.row(1, 0, 3), weighted.has(1, 0, 3)]).toEqual([
    "pending",
    undefined,
    false,
  ]);
  await weighted.want(CELLS.map(([layer, head]) => ({ layer, head, query: 3 })));
  for (const [layer, head] of CELLS) {
    const expected = slow(layer, head, 3, matrices[layer]!);
    for (const [key, value] of weighted.row(layer, head, 3)!.entries())
      expect(value).toBeCloseTo(expected[key]!, 5);
  }
  expect(weighted.unit).toContain("|v W_O|");
});

it("asks again after a model that could not say", async () => {
  let asked = 0;
  const weighted = valueWeighted(trace, "self", async (...which) => {
    if (asked++ === 0) throw new Error("No model is open.");
    return outputs(which[0], which[1]);
  });
  const rows = [{ layer: 0, head: 0, query: 0 }];
  await expect(weighted.want(rows)).rejects.toThrow("No model is open.");
  await Promise.all([weighted.want(rows), weighted.want(rows)]);
  await weighted.want(rows);
  expect([asked, weighted.state(0)]).toEqual([2, "here"]);
});

it("is absent without values, and masks and scores stay", () => {
  const stored = syntheticTrace({ layers: 1, heads: 2, tokens: 3 });
  expect([hasAnyValues(stored, "self"), hasAnyValues(trace, "self")]).toEqual([false, true]);
  const weighted = valueWeighted(stored, "self");
  expect([weighted.state(0), weighted.row(0, 0, 1)]).toEqual(["absent", undefined]);
  const known = valueWeighted(trace, "self");
  expect(known.reach(0).visible(1, 3)).toBe(false);
  expect(known.scores(0, 1, 2)).toEqual(attentionOf(trace, "self").scores(0, 1, 2));
});
