// The plain layer of support/reference-attention.ts against recorded goldens; then, on random small layers, the
// trace's recomputed attention and the engine's graph against it.

import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memorySource, openWeights } from "../src/checkpoint/index.ts";
import { folderSource } from "../src/checkpoint/node.ts";
import { openModel, type Runtime } from "../src/engine/index.ts";
import { runGraph } from "../src/engine/run/execute.ts";
import { nodeRuntime } from "../src/engine/runtime/node.ts";
import { Sessions } from "../src/engine/sessions.ts";
import { WeightBook } from "../src/engine/weight-book.ts";
import { type FloatTensor, floatTensor, sizeOf, writeSafetensors } from "../src/tensor/index.ts";
import { attend, type BlockName, type Capture, scoreRow, type Trace } from "../src/trace/index.ts";
import { runInput } from "./goldens/compare.ts";
import { goldenFolders, readGolden } from "./goldens/golden.ts";
import {
  BUCKETS,
  drawing,
  MAX_DISTANCE,
  type Rules,
  randomModel,
  rules,
} from "./support/random-attention.ts";
import {
  type ReferenceLayer,
  type ReferenceResult,
  referenceAttention,
} from "./support/reference-attention.ts";

const CLOSE = 1e-4;

/** [a, b, c] as nested arrays. */
function nested({ shape, data }: FloatTensor): number[][][] {
  const [a = 1, b = 1, c = 1] = shape;
  const row = (at: number) => Array.from(data.subarray(at * c, (at + 1) * c));
  return Array.from({ length: a }, (_, i) => Array.from({ length: b }, (_, j) => row(i * b + j)));
}

/** Largest difference of two equally shaped arrays, over the largest finite expected value (at least 1). */
function gap(found: ArrayLike<number>, expected: readonly unknown[]): number {
  const flat = expected.flat(4) as number[];
  expect(found.length).toBe(flat.length);
  let worst = 0;
  let top = 1;
  flat.forEach((value, i) => {
    if (Number.isFinite(value)) top = Math.max(top, Math.abs(value));
    if (found[i] === value) return;
    const difference = Math.abs(found[i]! - value);
    worst = Number.isFinite(difference) ? Math.max(worst, difference) : Number.POSITIVE_INFINITY;
  });
  return worst / top;
}

function layerOf(
  trace: Trace,
  block: BlockName,
  layer: number,
  parts: Pick<ReferenceLayer, "q" | "k" | "v">,
) {
  const { scale, causal, window, softcap, bias, sinks } = trace.recipe(block, layer);
  const added = bias === "tensor" ? { tensor: "bias" } : bias;
  const t5 = added && "t5" in added ? added.t5 : null;
  const table =
    t5 && nested({ ...trace.tensor(`${block}.bias_table`)!, shape: [1, t5.buckets, parts.q.length] });
  return {
    ...parts,
    ...{ scale, causal, window, softcap },
    ...(added && "alibi" in added && { alibi: added.alibi, alibiRules: added }),
    ...(added && "tensor" in added && { bias: nested(trace.part(block, layer, "bias")!) }),
    ...(t5 && { t5: { ...t5, table: table![0]! } }),
    ...(sinks && { sinks: Array.from(trace.part(block, layer, "sinks")!.data) }),
  } satisfies ReferenceLayer;
}

const PREFIXES = { "": "self", enc_: "encoder", dec_: "decoder", cross_: "cross" } as const;

describe("the plain layer gives what Transformers recorded", () => {
  let runtime: Runtime;
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });

  it.each(goldenFolders("goldens"))("$name", async ({ path }) => {
    const golden = readGolden(path);
    const input = golden.inputs[0]!;
    const model = await openModel(await folderSource(path), { runtime });
    const { trace } = await model.run(runInput(golden, input), { captures: ["q", "k"] });
    await model.dispose();
    for (const [prefix, block] of Object.entries(PREFIXES)) {
      const { q, k, v, attn, head_out, scores } = partsOf(golden, input.tensors, prefix);
      if (!q || !k || !v) continue;
      for (let layer = 0; layer < q.shape[0]!; layer++) {
        const at = (tensor: FloatTensor) => nested(layerPart(tensor, layer));
        const result = referenceAttention(layerOf(trace, block, layer, { q: at(q), k: at(k), v: at(v) }));
        const recorded = [
          [attn, result.pattern],
          [scores, result.scores],
          [head_out, result.z],
        ] as const;
        for (const [tensor, computed] of recorded) {
          if (tensor) expect(gap(layerPart(tensor, layer).data, computed)).toBeLessThan(CLOSE);
        }
      }
    }
  });
});

function partsOf(
  golden: ReturnType<typeof readGolden>,
  tensors: Readonly<Record<string, { readonly name: string }>>,
  prefix: string,
) {
  const parts = ["q", "k", "v", "attn", "head_out", "scores"] as const;
  const read = (part: string) => {
    const entry = tensors[prefix + part];
    return entry && golden.tensor(entry.name);
  };
  return Object.fromEntries(parts.map((part) => [part, read(part)])) as Partial<
    Record<(typeof parts)[number], FloatTensor>
  >;
}

/** One layer of [layers, heads, rows, columns]. */
function layerPart({ shape, data }: FloatTensor, layer: number): FloatTensor {
  const rest = shape.slice(1);
  const size = sizeOf(rest);
  return floatTensor(rest, data.subarray(layer * size, (layer + 1) * size));
}

describe("recomputed attention", () => {
  it("equals the plain layer on random rules and masks", () => {
    fc.assert(
      fc.property(rules, fc.boolean(), (r, masked) => {
        const draw = drawing(r.seed);
        const heads = r.kvHeads * r.group;
        const q = draw(heads, r.tokens, r.headSize);
        const k = draw(r.kvHeads, r.tokens, r.headSize);
        const slopes = Array.from(draw(heads).data);
        const sinks = Array.from(draw(heads).data);
        const hidden = draw(r.tokens, r.tokens).data;
        const visible = (i: number, j: number) => !masked || i === j || hidden[i * r.tokens + j]! > 0;
        const mask = Array.from({ length: r.tokens }, (_, i) =>
          Array.from({ length: r.tokens }, (_, j) => visible(i, j)),
        );
        const recipe = {
          scale: 0.5,
          causal: r.causal,
          window: r.window,
          softcap: r.softcap,
          bias: null,
          sinks: r.sinks,
        };
        const expected = referenceAttention({
          ...{ q: nested(q), k: nested(k), v: nested(k), mask, ...recipe },
          ...{ sinks: r.sinks ? sinks : Array(heads).fill(Number.NEGATIVE_INFINITY), alibi: slopes },
        });
        for (let head = 0; head < heads; head++) {
          const inputs = {
            q: layerPart(q, head).data,
            k: layerPart(k, Math.floor(head / r.group)).data,
            ...{ headSize: r.headSize, keys: r.tokens, recipe, visible },
            bias: (_: number, key: number) => slopes[head]! * key,
            sink: r.sinks ? sinks[head] : undefined,
          };
          expect(gap(attend(inputs, 0, r.tokens), expected.pattern[head]!)).toBeLessThan(1e-6);
          const row = new Float64Array(r.tokens);
          scoreRow(inputs, r.tokens - 1, row);
          expect(gap(row, expected.scores[head]!.at(-1)!)).toBeLessThan(1e-6);
        }
      }),
      { numRuns: 100, seed: 4 },
    );
  });
});

describe("the graph", () => {
  let runtime: Runtime;
  const open: Sessions[] = [];
  beforeAll(async () => {
    runtime = await nodeRuntime();
  });
  afterAll(() => Promise.all(open.map((sessions) => sessions.dispose())));

  /** Tensors of one random layer over random vectors, by capture. */
  async function run(r: Rules, captures: readonly Capture[]): Promise<Map<string, FloatTensor>> {
    const { description, weights } = randomModel(r);
    const source = memorySource("random", { "model.safetensors": writeSafetensors(weights) });
    const book = new WeightBook(await openWeights(source), []);
    const sessions = new Sessions(runtime, source, description, book);
    open.push(sessions);
    const spec = { stack: "text", from: 0, to: 1, captures: new Set(captures), logits: false } as const;
    const ids = Array.from({ length: r.tokens }, (_, i) => i);
    const state = { ids, past: [], typeIds: [], rows: [] };
    return new Map(await runGraph(sessions, { ...spec, cache: false }, state));
  }

  it("equals the plain layer with everything recorded, and the same stream without", {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(rules, async (r) => {
        const found = await run(r, ["q", "k", "v", "scores", "pattern", "z", "resid_mid"]);
        const expected = expectedOf(r, found);
        for (const part of ["scores", "pattern", "z"] as const) {
          expect(gap(found.get(`self.0.${part}`)!.data, expected[part])).toBeLessThan(1e-5);
        }
        const brief = await run(r, ["q", "k", "v", "resid_mid"]);
        for (const [name, tensor] of brief) {
          expect(gap(tensor.data, Array.from(found.get(name)!.data))).toBeLessThan(1e-5);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});

function expectedOf(r: Rules, found: ReadonlyMap<string, FloatTensor>): ReferenceResult {
  const { attention } = randomModel(r);
  const part = (name: "q" | "k" | "v") => nested(found.get(`self.0.${name}`)!);
  const heads = r.kvHeads * r.group;
  const { scale, causal, window = null, softcap = null, bias } = attention;
  const table = found.get("self.bias_table");
  return referenceAttention({
    ...{ q: part("q"), k: part("k"), v: part("v"), scale, causal, window, softcap },
    ...(bias?.kind === "alibi" && { alibi: bias.slopes }),
    ...(bias?.kind === "t5" && {
      t5: {
        table: nested({ ...table!, shape: [1, BUCKETS, heads] })[0]!,
        maxDistance: MAX_DISTANCE,
        bidirectional: r.bidirectional,
      },
    }),
    ...(r.sinks && { sinks: Array.from(found.get("self.0.sinks")!.data) }),
  });
}
