// Two real checkpoints against Transformers. HEADSCOPE_REAL_MODELS names the folder that holds them; they are too
// large to come with the repository, so without it these tests are skipped, and the title says so.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folderSource } from "../src/checkpoint/node.ts";
import { openModel } from "../src/engine/index.ts";
import { nodeRuntime } from "../src/engine/runtime/node.ts";
import { decodeTensor, parseSafetensors, toFloat } from "../src/tensor/index.ts";
import type { Trace } from "../src/trace/index.ts";

const FOLDER = process.env.HEADSCOPE_REAL_MODELS ?? "";
const FIXTURES = new URL("fixtures/real-models/", import.meta.url);

interface Case {
  readonly text: string;
  readonly pair?: string;
  readonly ids: readonly number[];
  readonly generated?: readonly number[];
}

function caseOf(name: string): Case {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FIXTURES), "utf8"));
}

/** [layers, heads, queries, keys] */
function attentionOf(name: string): { shape: readonly number[]; data: Float32Array } {
  const file = new Uint8Array(readFileSync(new URL(`${name}.safetensors`, FIXTURES)));
  const entry = parseSafetensors(file).tensors.get("attention")!;
  return toFloat(decodeTensor(entry, file.subarray(entry.start, entry.end)));
}

function largestDifference(trace: Trace, expected: ReturnType<typeof attentionOf>): number {
  const [layers = 0, heads = 0, queries = 0, keys = 0] = expected.shape;
  let most = 0;
  for (let head = 0; head < layers * heads; head++) {
    const got = trace.attention("self", Math.floor(head / heads), head % heads);
    const first = head * queries * keys;
    got.forEach((weight, i) => {
      most = Math.max(most, Math.abs(weight - expected.data[first + i]!));
    });
  }
  return most;
}

describe.each(["all-minilm-l6-v2", "smollm2-135m-instruct"])("%s", (name) => {
  const here = existsSync(join(FOLDER, name, "config.json"));
  const why = here ? "" : " (skipped: HEADSCOPE_REAL_MODELS names no folder that holds it)";

  it.runIf(here)(`equals Transformers: ids, attention, greedy tokens${why}`, async () => {
    const { text, pair, ids, generated } = caseOf(name);
    const model = await openModel(await folderSource(join(FOLDER, name)), { runtime: await nodeRuntime() });
    const input = { text, ...(pair !== undefined && { pair }) };
    const { trace } = await model.run(input, { captures: ["q", "k"] });
    expect(trace.stream("text").tokens.map(({ id }) => id)).toEqual(ids);
    expect(largestDifference(trace, attentionOf(name))).toBeLessThan(1e-4);
    if (generated) {
      const made: (number | null)[] = [];
      const options = { tokens: generated.length, ignoreEos: true };
      for await (const { token } of model.generate({ text }, options)) made.push(token.id);
      expect(made).toEqual(generated);
    }
    await model.dispose();
  });
});
