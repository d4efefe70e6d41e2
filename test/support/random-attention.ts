// Random small attention layers for tests: rules drawn by fast-check, weights from a seed, and the layer as a model
// description that the engine can run.

import fc from "fast-check";
import type { Attention, Layer, ModelDescription } from "../../src/engine/description.ts";
import { type FloatTensor, floatTensor, sizeOf } from "../../src/tensor/index.ts";
import { normal, random } from "../synthetic.ts";

/** Random rules of a layer; sizes small enough to try many. */
export const rules = fc.record({
  seed: fc.nat(1e6),
  tokens: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 60, max: 100 })),
  kvHeads: fc.integer({ min: 1, max: 3 }),
  group: fc.integer({ min: 1, max: 3 }),
  headSize: fc.constantFrom(4, 8, 16),
  causal: fc.boolean(),
  window: fc.option(fc.tuple(fc.nat(70), fc.nat(4))),
  softcap: fc.option(fc.constantFrom(1, 5, 30)),
  bias: fc.constantFrom("none", "none", "none", "alibi", "t5"),
  bidirectional: fc.boolean(),
  sinks: fc.boolean(),
});
/** One draw. */
export type Rules = typeof rules extends fc.Arbitrary<infer T> ? T : never;

/** Of T5's relative bias. */
export const BUCKETS = 8;
/** Where T5's buckets end. */
export const MAX_DISTANCE = 6;

/** Numbers from a seed, by shape. */
export function drawing(seed: number): (...shape: number[]) => FloatTensor {
  const uniform = random(seed);
  return (...shape) =>
    floatTensor(
      shape,
      Float32Array.from({ length: sizeOf(shape) }, () => normal(uniform)),
    );
}

/** One layer over a table of vectors, with weights from the seed. */
export function randomModel(r: Rules) {
  const heads = r.kvHeads * r.group;
  const width = heads * r.headSize;
  const small = r.kvHeads * r.headSize;
  const draw = drawing(r.seed);
  const weights = new Map(
    Object.entries({ q: [width, width], k: [small, width], v: [small, width], out: [width, width] }).map(
      ([name, shape]) => [name, draw(...shape)],
    ),
  );
  for (const name of ["up", "down"]) weights.set(name, draw(width, width));
  weights.set("words", draw(r.tokens, width)).set("sinks", draw(heads)).set("table", draw(BUCKETS, heads));
  const linear = (weight: string, out = width) => ({ weight, in: width, out });
  const attention: Attention = {
    ...{ heads, kvHeads: r.kvHeads, headSize: r.headSize, scale: 0.5 / Math.sqrt(width) },
    project: { kind: "separate", q: linear("q"), k: linear("k", small), v: linear("v", small) },
    out: linear("out"),
    ...{ causal: r.causal, window: r.window, softcap: r.softcap },
    bias: biasOf(r, Array.from(draw(heads).data)),
    sinks: r.sinks ? "sinks" : null,
  };
  const mlp = { kind: "plain", up: linear("up"), activation: "linear", down: linear("down") } as const;
  const layer: Layer = { attention: { body: attention }, mlp: { body: mlp } };
  return { attention, weights, description: descriptionOf(layer, r.tokens, width) };
}

function biasOf(r: Rules, slopes: readonly number[]): Exclude<Attention["bias"], undefined> {
  if (r.bias === "none") return null;
  if (r.bias === "alibi") return { kind: "alibi", slopes };
  const sizes = { buckets: BUCKETS, maxDistance: MAX_DISTANCE, bidirectional: r.bidirectional };
  return { kind: "t5", table: "table", ...sizes };
}

function descriptionOf(layer: Layer, rows: number, width: number): ModelDescription {
  const embedding = { kind: "tokens", tokens: { weight: "words", rows, width } } as const;
  return {
    ...{ family: "random", kind: "causal", vocab: rows, maxTokens: null, head: null, eos: [] },
    stacks: [{ stream: "text", block: "self", hidden: width, embedding, layers: [layer] }],
  };
}
