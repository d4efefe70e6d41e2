// Every bundled model against what Transformers computes with it (training/goldens, made by training/make_goldens.py):
// the ids of its text, attention of every block, and logits.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { folderSource } from "../src/checkpoint/node.ts";
import { type Model, openModel, type RunInput, type RunResult } from "../src/engine/index.ts";
import { nodeRuntime } from "../src/engine/runtime/node.ts";
import { decodeTensor, type FloatTensor, parseSafetensors, toFloat } from "../src/tensor/index.ts";
import type { BlockName } from "../src/trace/index.ts";

const path = (relative: string) => fileURLToPath(new URL(`../${relative}`, import.meta.url));
const BLOCKS: Readonly<Record<string, BlockName>> = {
  attention: "self",
  encoder_attention: "encoder",
  decoder_attention: "decoder",
  cross_attention: "cross",
};

interface Note {
  readonly text: string;
  readonly pair?: string;
  readonly target?: string;
  readonly ids: readonly number[];
  readonly type_ids?: readonly number[];
  readonly decoder_ids?: readonly number[];
}

function readTensors(file: string): Map<string, FloatTensor> {
  const bytes = new Uint8Array(readFileSync(file));
  const { tensors } = parseSafetensors(bytes);
  return new Map(
    [...tensors].map(([name, e]) => [name, toFloat(decodeTensor(e, bytes.subarray(e.start, e.end)))]),
  );
}

function gap(found: Float32Array, expected: Float32Array): number {
  expect(found).toHaveLength(expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - found[i]!)), 0);
}

const models = readdirSync(path("models"), { withFileTypes: true }).filter((entry) => entry.isDirectory());

describe.each(models.map(({ name }) => name))("models/%s", (name) => {
  const golden = path(`training/goldens/${name}`);
  let model: Model;
  let result: RunResult;
  let note: Note;
  let input: RunInput;
  let expected: Map<string, FloatTensor>;
  beforeAll(async () => {
    expect(existsSync(`${golden}.json`), "every bundled model has a golden").toBe(true);
    note = JSON.parse(readFileSync(`${golden}.json`, "utf8")) as Note;
    expected = readTensors(`${golden}.safetensors`);
    model = await openModel(await folderSource(path(`models/${name}`)), { runtime: await nodeRuntime() });
    const { text, pair, target } = note;
    input = { text, ...(pair !== undefined && { pair }), ...(target !== undefined && { target }) };
    result = await model.run(input, { captures: ["q", "k", "logits"] });
  });
  afterAll(() => model?.dispose());

  it("has the same ids", () => {
    const [first, second] = model.tokens(input).map(({ tokens }) => tokens.map(({ id }) => id));
    expect(first).toEqual(note.ids);
    if (note.decoder_ids) expect(second).toEqual(note.decoder_ids);
  });

  it("has the same attention within 1e-4", () => {
    const blocks = [...expected].filter(([key]) => key in BLOCKS);
    expect(blocks.length).toBe(note.decoder_ids ? 3 : 1);
    for (const [key, { shape, data }] of blocks) {
      const [layers, heads, queries, keys] = shape as [number, number, number, number];
      const size = queries * keys;
      for (let i = 0; i < layers * heads; i++) {
        const found = result.trace.attention(BLOCKS[key]!, Math.floor(i / heads), i % heads);
        expect(gap(found, data.subarray(i * size, (i + 1) * size))).toBeLessThan(1e-4);
      }
    }
  });

  it("has the same logits within 1e-3", () => {
    const { data } = expected.get("logits")!;
    expect(gap(result.trace.tensor("logits")!.data, data)).toBeLessThan(1e-3);
  });
});
