// Two real trained models against independent float64 programs: gpt-nano-sort (GPT-2) and stories260K (Llama).

import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memorySource } from "../../src/checkpoint/index.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { type FloatTensor, floatTensor, writeSafetensors } from "../../src/tensor/index.ts";
import type { Trace } from "../../src/trace/index.ts";
import { sharedPath } from "../support/shared.ts";

const TOLERANCE = 1e-4;
type Nested = number | Nested[];

const path = (...parts: string[]) => sharedPath("data", "checkpoints", ...parts);
const expectedOf = <T>(name: string) =>
  JSON.parse(gunzipSync(readFileSync(path(name, "expected.json.gz"))).toString()) as T;
const open = async (name: string): Promise<Model> =>
  openModel(await folderSource(path(name, "hf")), { runtime: await nodeRuntime() });

/** Largest difference over its largest value, at least 1. */
function error(found: ArrayLike<number>, expected: Nested): number {
  const flat = [expected].flat(8) as number[];
  expect(found.length).toBe(flat.length);
  const top = flat.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  return flat.reduce((worst, value, i) => Math.max(worst, Math.abs(found[i]! - value)), 0) / top;
}

function checkAttention(trace: Trace, attention: Nested[]): void {
  attention.forEach((heads, layer) => {
    (heads as Nested[]).forEach((rows, head) => {
      expect(error(trace.attention("self", layer, head), rows)).toBeLessThan(TOLERANCE);
    });
  });
}

/** The original minGPT weights as a GPT-2 checkpoint: matrices become [in, out]. */
function nanoSource() {
  type Stored = { shape: number[]; data: string };
  const raw = JSON.parse(
    gunzipSync(readFileSync(path("gpt-nano-sort", "gpt-nano-sort-model.json.gz"))).toString(),
  ) as Record<string, Stored>;
  const tensors = new Map<string, FloatTensor>();
  for (const [name, { shape, data }] of Object.entries(raw)) {
    if (!data || name.endsWith(".attn.bias")) continue;
    const bytes = new Uint8Array(Buffer.from(data, "base64"));
    const tensor = floatTensor(shape, new Float32Array(bytes.buffer));
    tensors.set(name, /\.(c_attn|c_proj|c_fc)\.weight$/.test(name) ? transposed(tensor) : tensor);
  }
  return memorySource("gpt-nano-sort", {
    "config.json": readFileSync(path("gpt-nano-sort", "hf", "config.json"), "utf8"),
    "model.safetensors": writeSafetensors(tensors),
  });
}

function transposed({ shape: [rows, columns], data }: FloatTensor): FloatTensor {
  const out = new Float32Array(data.length);
  data.forEach((value, i) => {
    out[(i % columns!) * rows! + Math.floor(i / columns!)] = value;
  });
  return floatTensor([columns!, rows!], out);
}

async function greedy(model: Model, ids: readonly number[], tokens: number): Promise<(number | null)[]> {
  const out: (number | null)[] = [];
  for await (const { token } of model.generate({ ids }, { tokens, ignoreEos: true })) out.push(token.id);
  return out;
}

describe("gpt-nano-sort", () => {
  interface Example {
    token_ids: number[];
    input: number[];
    sorted: number[];
    attention: Nested[];
    q: Nested[];
    k: Nested[];
    v: Nested[];
    logits: Nested;
  }
  const { examples } = expectedOf<{ examples: Example[] }>("gpt-nano-sort");
  let model: Model;
  beforeAll(async () => {
    model = await openModel(nanoSource(), { runtime: await nodeRuntime() });
  });
  afterAll(() => model?.dispose());

  it.each(examples)("runs $input", async (example) => {
    const { trace } = await model.run({ ids: example.token_ids }, { captures: ["q", "k", "v", "logits"] });
    checkAttention(trace, example.attention);
    for (const part of ["q", "k", "v"] as const) {
      example[part].forEach((expected, layer) => {
        expect(error(trace.part("self", layer, part)!.data, expected)).toBeLessThan(TOLERANCE);
      });
    }
    expect(error(trace.tensor("logits")!.data, example.logits)).toBeLessThan(TOLERANCE);
  });

  it.each(examples)("sorts $input", async ({ input, sorted }) => {
    const { trace } = await model.run({ ids: input }, { captures: ["last_logits"] });
    const logits = [...trace.tensor("last_logits")!.data];
    const begin = logits.indexOf(Math.max(...logits));
    expect([begin, ...(await greedy(model, [...input, begin], 4))]).toEqual(sorted.slice(0, 5));
  });

  it("refuses the stored conversion, which lost the biases of q, k and v", async () => {
    await expect(open("gpt-nano-sort")).rejects.toThrow("transformer.h.0.attn.c_attn.bias is missing");
  });
});

describe("stories260K", () => {
  const expected = expectedOf<{
    token_ids: number[];
    attention: Nested[];
    hidden: Nested[];
    logits_last: Nested;
    greedy_from_bos: { token_ids: number[] };
  }>("stories260K");
  let model: Model;
  beforeAll(async () => {
    model = await open("stories260K");
  });
  afterAll(() => model?.dispose());

  it("equals the float64 program", async () => {
    const captures = ["q", "k", "resid_pre", "resid_post", "last_logits"] as const;
    const { trace } = await model.run({ ids: expected.token_ids }, { captures });
    checkAttention(trace, expected.attention);
    expected.hidden.forEach((hidden, i) => {
      const found =
        i === 0 ? trace.activation("text", 0, "resid_pre") : trace.activation("text", i - 1, "resid_post");
      expect(error(found!.data, hidden)).toBeLessThan(TOLERANCE);
    });
    expect(error(trace.tensor("last_logits")!.data, expected.logits_last)).toBeLessThan(TOLERANCE);
  });

  it("writes the story that llama2.c writes", async () => {
    const [bos, ...story] = expected.greedy_from_bos.token_ids;
    expect(await greedy(model, [bos!], story.length)).toEqual(story);
  });
});
