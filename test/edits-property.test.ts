// Random edits of random small layers: the graph with edit points against the slow block of support/reference-edits.ts.

import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { memorySource, openWeights } from "../src/checkpoint/index.ts";
import type { Runtime } from "../src/engine/index.ts";
import { execute } from "../src/engine/run/execute.ts";
import { planRun } from "../src/engine/run/plan.ts";
import { nodeRuntime } from "../src/engine/runtime/node.ts";
import { Sessions } from "../src/engine/sessions.ts";
import { WeightBook } from "../src/engine/weight-book.ts";
import { type FloatTensor, writeSafetensors } from "../src/tensor/index.ts";
import { type Edit, EditError, readEdit, tokenOf } from "../src/trace/index.ts";
import { BUCKETS, MAX_DISTANCE, type Rules, randomModel, rules } from "./support/random-attention.ts";
import type { ReferenceLayer } from "./support/reference-attention.ts";
import { editedAttention } from "./support/reference-edits.ts";

let runtime: Runtime;
const open: Sessions[] = [];
beforeAll(async () => {
  runtime = await nodeRuntime();
});
afterAll(() => Promise.all(open.map((sessions) => sessions.dispose())));

/** [a, b, c] as nested arrays. */
function nested({ shape, data }: FloatTensor): number[][][] {
  const [a = 1, b = 1, c = 1] = shape;
  const row = (at: number) => Array.from(data.subarray(at * c, (at + 1) * c));
  return Array.from({ length: a }, (_, i) => Array.from({ length: b }, (_, j) => row(i * b + j)));
}

const small = rules.filter(({ tokens }) => tokens < 10);
/** Raw numbers from which an edit that fits the layer is made. */
const draws = fc.array(
  fc.record({
    at: fc.constantFrom("q", "k", "v", "z", "scores", "pattern"),
    op: fc.constantFrom("scale", "add", "set", "block", "mean"),
    value: fc.constantFrom(-1, 0, 0.5, 2, 3),
    head: fc.option(fc.nat(), { nil: undefined }),
    row: fc.option(fc.nat(), { nil: undefined }),
    column: fc.option(fc.nat(), { nil: undefined }),
  }),
  { minLength: 1, maxLength: 5 },
);

type Draw = typeof draws extends fc.Arbitrary<(infer T)[]> ? T : never;

function editOf({ at, op, value, head, row, column }: Draw, r: Rules): Edit {
  const heads = at === "k" || at === "v" ? r.kvHeads : r.kvHeads * r.group;
  const within = (n: number | undefined, count: number) => (n === undefined ? undefined : n % count);
  const cells = at === "scores" || at === "pattern";
  const kind = op === "block" && at !== "scores" ? "set" : op;
  return readEdit({
    ...{ op: kind, at, head: within(head, heads) },
    ...(kind === "scale" || kind === "add" || kind === "set" ? { value } : {}),
    ...(cells
      ? { query: within(row, r.tokens), key: within(column, r.tokens) }
      : { position: within(row, r.tokens), unit: within(column, r.headSize) }),
  });
}

async function run(r: Rules, edits: readonly Edit[]) {
  const { description, weights } = randomModel(r);
  const source = memorySource("random", { "model.safetensors": writeSafetensors(weights) });
  const sessions = new Sessions(runtime, source, description, new WeightBook(await openWeights(source), []));
  open.push(sessions);
  const ids = Array.from({ length: r.tokens }, (_, i) => i);
  const prepared = [
    { stream: "text", tokens: ids.map((id) => tokenOf(String(id), 0)), ids, typeIds: [] } as const,
  ];
  const captures = ["q", "k", "v", "scores", "pattern", "z"] as const;
  const model = { info: {} as never, description, sessions };
  const plain = await execute(
    model,
    planRun(description, prepared, { captures, points: "cells" }),
    new Map(),
    {},
  );
  const plan = planRun(description, prepared, { captures, edits, points: "cells" });
  return { plain: plain.recorded, found: (await execute(model, plan, new Map(), {})).recorded };
}

function layerOf(r: Rules, plain: ReadonlyMap<string, FloatTensor>): ReferenceLayer {
  const { attention } = randomModel(r);
  const { scale, causal, window = null, softcap = null, bias } = attention;
  const table = plain.get("self.bias_table");
  return {
    ...{
      q: nested(plain.get("self.0.q")!),
      k: nested(plain.get("self.0.k")!),
      v: nested(plain.get("self.0.v")!),
    },
    ...{ scale, causal, window, softcap },
    ...(bias?.kind === "alibi" && { alibi: bias.slopes }),
    ...(bias?.kind === "t5" && {
      t5: {
        table: nested({ ...table!, shape: [1, BUCKETS, r.kvHeads * r.group] })[0]!,
        ...{ maxDistance: MAX_DISTANCE, bidirectional: r.bidirectional },
      },
    }),
    ...(r.sinks && { sinks: Array.from(plain.get("self.0.sinks")!.data) }),
  };
}

it("the graph means what the slow block means, at every place and for every op", {
  timeout: 180_000,
}, async () => {
  let compared = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(small, draws, async (r, drawn) => {
      const edits = drawn.map((draw) => editOf(draw, r));
      const result = await run(r, edits).catch((error: unknown) => error as Error);
      if (result instanceof EditError) {
        refused++;
        expect(result.message).toMatch(/contradicts|without a key|touches nothing/);
        return;
      }
      if (result instanceof Error) throw result;
      const expected = editedAttention(layerOf(r, result.plain), edits)!;
      compared++;
      for (const part of ["scores", "pattern", "z"] as const) {
        const found = result.found.get(`self.0.${part}`)!.data;
        const flat = expected[part].flat(2) as number[];
        const top = flat.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 1);
        for (const [i, value] of flat.entries())
          if (found[i] !== value)
            expect(Math.abs(found[i]! - value) / top, `${part} ${i}`).toBeLessThan(1e-4);
      }
    }),
    { numRuns: 120, seed: 6 },
  );
  expect(compared).toBeGreaterThan(60);
  expect(refused).toBeGreaterThan(3);
});
