// Golden tensors that no trace holds, worked out plainly from what it holds and from the stored weights: the logits of
// routers, and what CLIP pools, projects and compares.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { folderSource } from "../../src/checkpoint/node.ts";
import { type Model, openModel } from "../../src/engine/index.ts";
import { nodeRuntime } from "../../src/engine/runtime/node.ts";
import { decodeTensor, parseSafetensors, toFloat } from "../../src/tensor/index.ts";
import { CAPTURES, type Trace } from "../../src/trace/index.ts";
import { TOLERANCE } from "./check.ts";
import { difference, type Golden, type GoldenInput } from "./compare.ts";
import { goldenFolders, readGolden } from "./golden.ts";

interface Case {
  readonly golden: Golden;
  readonly input: GoldenInput;
  readonly model: Model;
  readonly config: Record<string, never>;
  /** The rows of a stored tensor. */
  readonly weight: (name: string) => number[][];
  readonly has: (name: string) => boolean;
}

const FOLDERS = (["goldens", "goldens-other"] as const).flatMap((set) =>
  goldenFolders(set).map((folder) => ({ ...folder, set })),
);
const named = (pattern: RegExp) => FOLDERS.filter(({ name }) => pattern.test(name));

async function open(path: string): Promise<Case> {
  const file = new Uint8Array(readFileSync(join(path, "model.safetensors")));
  const { tensors } = parseSafetensors(file);
  const weight = (name: string) => {
    const entry = tensors.get(name) ?? tensors.get(name.replace(/^(text|vision)_model\./, ""))!;
    const { shape, data } = toFloat(decodeTensor(entry, file.subarray(entry.start, entry.end)));
    const width = shape.at(-1) ?? 1;
    return rowsOf(data as Float32Array, width);
  };
  const golden = readGolden(path);
  const config = JSON.parse(readFileSync(join(path, "config.json"), "utf8"));
  const model = await openModel(await folderSource(path), { runtime: await nodeRuntime() });
  return { golden, input: golden.inputs[0]!, model, config, weight, has: (name) => tensors.has(name) };
}

function rowsOf(data: Float32Array, width: number): number[][] {
  return Array.from({ length: data.length / width }, (_, i) =>
    Array.from(data.subarray(i * width, (i + 1) * width)),
  );
}

const rows = (trace: Trace, name: string) => {
  const { data, shape } = trace.tensor(name)!;
  return rowsOf(data as Float32Array, shape[1]!);
};
const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const unit = (x: readonly number[]) => x.map((value) => value / Math.sqrt(dot(x, x)));

function rms(x: readonly number[], factor: readonly number[], eps: number): number[] {
  const size = Math.sqrt(dot(x, x) / x.length + eps);
  return x.map((value, i) => (value / size) * factor[i]!);
}

function layerNormed(x: readonly number[], factor: readonly number[], bias: readonly number[], eps: number) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const centred = x.map((value) => value - mean);
  const size = Math.sqrt(dot(centred, centred) / x.length + eps);
  return centred.map((value, i) => (value / size) * factor[i]! + bias[i]!);
}

function expectEqual({ golden, input }: Case, short: string, found: readonly number[]): void {
  const expected = golden.tensor(input.tensors[short]!.name);
  expect(difference(Float32Array.from(found), expected, true)).toBeLessThan(TOLERANCE);
}

it.each(named(/^(mixtral|qwen[23]_moe)$/))("routers of $set/$name", async ({ path }) => {
  const found = await open(path);
  const { trace } = await found.model.run({ ids: found.input.ids! }, { captures: CAPTURES });
  await found.model.dispose();
  const [layers] = found.golden.tensor(found.input.tensors.router!.name).shape;
  const routers = Array.from({ length: trace.manifest.model.layers }, (_, layer) => {
    const name = `model.layers.${layer}`;
    const gates = ["block_sparse_moe", "mlp"]
      .map((part) => `${name}.${part}.gate.weight`)
      .filter((gate) => found.has(gate))
      .map(found.weight);
    const factor = found.weight(`${name}.post_attention_layernorm.weight`)[0]!;
    const eps = found.config.rms_norm_eps as unknown as number;
    const read = rows(trace, `text.${layer}.resid_mid`).map((x) => rms(x, factor, eps));
    return gates.map((gate) => read.flatMap((x) => gate.map((row) => dot(row, x))));
  }).flat();
  expect(routers).toHaveLength(layers!);
  expectEqual(found, "router", routers.flat());
});

/** The vector of the end-of-text token, or of the largest id where the config is an old one. */
function pooledText(
  { input, config }: Case,
  trace: Trace,
  end = config.eos_token_id as unknown as number,
): number[] {
  const ids = input.ids!;
  const at = end === 2 ? ids.indexOf(Math.max(...ids)) : ids.indexOf(end);
  return rows(trace, "text.final_norm")[at]!;
}

function pooledPicture({ weight }: Case, trace: Trace, eps: number): number[] {
  const last = rows(trace, `text.${trace.manifest.model.layers - 1}.resid_post`)[0]!;
  const [factor, bias] = ["weight", "bias"].map((part) => weight(`vision_model.post_layernorm.${part}`)[0]!);
  return layerNormed(last, factor!, bias!, eps);
}

const pixelsOf = ({ golden, input }: Case) => ({ pixels: golden.tensor(input.tensors.pixel_values!.name) });

it.each(named(/^clip_(text|vision)$/))("what $set/$name pools", async ({ path, name }) => {
  const found = await open(path);
  const text = name === "clip_text";
  const input = text ? { ids: found.input.ids! } : pixelsOf(found);
  const { trace } = await found.model.run(input, { captures: CAPTURES });
  await found.model.dispose();
  const eps = (found.config.layer_norm_eps as unknown as number) ?? 1e-5;
  expectEqual(found, "pooled", text ? pooledText(found, trace) : pooledPicture(found, trace, eps));
});

it.each(named(/^clip$/))("what $set/$name projects and compares", async ({ path }) => {
  const found = await open(path);
  const text = await found.model.run({ ids: found.input.ids! }, { captures: CAPTURES });
  const picture = await found.model.run(pixelsOf(found), { captures: CAPTURES });
  await found.model.dispose();
  const part = (key: string): Record<string, number> =>
    found.config[`${key}_dict`] ?? found.config[key] ?? ({} as Record<string, number>);
  const project = (name: string, x: readonly number[]) =>
    unit(found.weight(`${name}_projection.weight`).map((row) => dot(row, x)));
  const words = project("text", pooledText(found, text.trace, part("text_config").eos_token_id ?? 49407));
  const eps = part("vision_config").layer_norm_eps ?? 1e-5;
  const seen = project("visual", pooledPicture(found, picture.trace, eps));
  expectEqual(found, "text_embeds", words);
  expectEqual(found, "image_embeds", seen);
  expectEqual(found, "logits_per_text", [Math.exp(found.weight("logit_scale")[0]![0]!) * dot(words, seen)]);
});
