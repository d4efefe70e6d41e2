// Windows as wide as numbers go, in the fused operator and in the one that gives patterns: as wide as no window at all.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { memorySource } from "../checkpoint/index.ts";
import { openModel } from "./open.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});

function golden(name: string, settings: object) {
  const read = (file: string) =>
    readFileSync(new URL(`../../test/fixtures/goldens/${name}/${file}`, import.meta.url));
  const config = JSON.stringify({ ...JSON.parse(read("config.json").toString()), ...settings });
  return memorySource(name, {
    "config.json": config,
    "model.safetensors": new Uint8Array(read("model.safetensors")),
  });
}

async function logits(name: string, settings: object, patterns: boolean): Promise<Float32Array> {
  const model = await openModel(golden(name, settings), { runtime });
  const captures = ["last_logits", ...(patterns ? (["pattern"] as const) : [])] as const;
  const { trace } = await model.run({ ids: Array.from({ length: 12 }, (_, i) => i + 1) }, { captures });
  await model.dispose();
  return trace.tensor("last_logits")!.data as Float32Array;
}

describe.each(["mistral", "phi3", "gemma2", "gpt_oss"])("%s", (name) => {
  it.each([2 ** 31, 2 ** 32 + 3])("with a window of %d", async (sliding_window) => {
    for (const patterns of [false, true]) {
      const wide = await logits(name, { sliding_window }, patterns);
      expect(wide).toEqual(await logits(name, { sliding_window: 1000 }, patterns)); // of 12 tokens
      expect(wide).not.toEqual(await logits(name, { sliding_window: 3 }, patterns));
    }
  });
});

it("mistral without a window has the same numbers", async () => {
  const wide = await logits("mistral", { sliding_window: 2 ** 32 + 3 }, false);
  const none = await logits("mistral", { sliding_window: null }, false);
  wide.forEach((value, i) => {
    expect(Math.abs(value - none[i]!)).toBeLessThan(1e-5); // another operator sums in another order
  });
});
