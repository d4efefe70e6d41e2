// Two small models of the fixtures, opened once for the tests of a file, and one of them with changed tensors.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll } from "vitest";
import { memorySource } from "../../src/checkpoint/index.ts";
import { folderSource } from "../../src/checkpoint/node.ts";
import type { Model } from "../../src/engine/model.ts";
import { openModel } from "../../src/engine/open.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import type { Runtime } from "../../src/engine/runtime/runtime.ts";
import { decodeTensor, parseSafetensors, type Tensor, writeSafetensors } from "../../src/tensor/index.ts";

/** The folder of a small checkpoint. */
export const folder = (name: string) =>
  fileURLToPath(new URL(`../fixtures/goldens/${name}`, import.meta.url));

/** The runtime and the models of a file's tests, from its first test on. */
export interface TestEngine {
  runtime: Runtime;
  gpt2: Model;
  bert: Model;
}

export function useEngine(): TestEngine {
  const engine = {} as TestEngine;
  beforeAll(async () => {
    const runtime = await nodeRuntime();
    const open = async (name: string) => openModel(await folderSource(folder(name)), { runtime });
    Object.assign(engine, { runtime, gpt2: await open("gpt2"), bert: await open("bert") });
  });
  afterAll(async () => {
    await engine.gpt2.dispose();
    await engine.bert.dispose();
  });
  return engine;
}

/** The gpt2 fixture with some of its tensors changed. */
export function changed(change: (tensors: Map<string, Tensor>) => void) {
  const file = new Uint8Array(readFileSync(`${folder("gpt2")}/model.safetensors`));
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of parseSafetensors(file).tensors) {
    tensors.set(name, decodeTensor(entry, file.subarray(entry.start, entry.end)));
  }
  change(tensors);
  return memorySource("changed", {
    "config.json": readFileSync(`${folder("gpt2")}/config.json`),
    "model.safetensors": writeSafetensors(tensors),
  });
}
