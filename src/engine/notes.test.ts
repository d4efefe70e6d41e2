// Checkpoints that open although something about them is not as their config says, and what is said then.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, memorySource } from "../checkpoint/index.ts";
import { decodeTensor, parseSafetensors, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { InputError } from "./errors.ts";
import type { Model } from "./model.ts";
import { openModel } from "./open.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";

let runtime: Runtime;
beforeAll(async () => {
  runtime = await nodeRuntime();
});

const read = (golden: string, file: string) =>
  new Uint8Array(
    readFileSync(fileURLToPath(new URL(`../../test/fixtures/goldens/${golden}/${file}`, import.meta.url))),
  );

/** A golden with other settings and tensors. */
function altered(
  golden: string,
  settings: object,
  change: (tensors: Map<string, Tensor>) => Map<string, Tensor> = (tensors) => tensors,
  more: Readonly<Record<string, string>> = {},
) {
  const file = read(golden, "model.safetensors");
  const tensors = new Map<string, Tensor>();
  for (const [name, entry] of parseSafetensors(file).tensors)
    tensors.set(name, decodeTensor(entry, file.subarray(entry.start, entry.end)));
  const config = JSON.parse(new TextDecoder().decode(read(golden, "config.json"))) as object;
  return memorySource("altered", {
    "config.json": JSON.stringify({ ...config, ...settings }),
    "model.safetensors": writeSafetensors(change(tensors)),
    ...more,
  });
}

/** Qwen's tensors under the name of a family that has fewer. */
const asLlama = {
  model_type: "llama",
  architectures: ["LlamaForCausalLM"],
  use_sliding_window: undefined,
  sliding_window: undefined,
  max_window_layers: undefined,
  layer_types: undefined,
};

const only = (keep: (name: string) => boolean) => (tensors: Map<string, Tensor>) =>
  new Map([...tensors].filter(([name]) => keep(name)));

const renamed = (rename: (name: string) => string) => (tensors: Map<string, Tensor>) =>
  new Map([...tensors].map(([name, tensor]) => [rename(name), tensor]));

/** Attention of some ids in every layer and head, one number after the other. */
async function attention(model: Model): Promise<number[]> {
  const { trace } = await model.run({ ids: [1, 2, 3, 4] }, { captures: ["pattern"] });
  const { layers, heads } = trace.block("self")!;
  return Array.from({ length: layers }, (_, layer) =>
    Array.from({ length: heads as number }, (_, head) => [...trace.attention("self", layer, head)!]),
  ).flat(2);
}

async function opened(source: ReturnType<typeof altered>) {
  const model = await openModel(source, { runtime });
  const found = { notes: model.notes, captures: model.captures, attention: await attention(model) };
  await model.dispose();
  return found;
}

describe("a checkpoint that opens with a note", () => {
  it("says nothing where there is nothing to say", async () => {
    expect((await opened(altered("gpt2", {}))).notes).toEqual([]);
  });

  it("names keys that change nothing, all at once", async () => {
    const { notes, attention } = await opened(altered("gpt2", { total_flos: 1e9, do_lower_case: true }));
    expect(notes).toMatchObject([
      { kind: "keys", text: expect.stringMatching(/2 keys.*: total_flos, do_lower_case\./) },
    ]);
    expect(attention).toEqual((await opened(altered("gpt2", {}))).attention);
  });

  it("says that an adapter beside the model is not applied", async () => {
    const { notes } = await opened(altered("gpt2", {}, undefined, { "adapter_config.json": "{}" }));
    expect(notes).toMatchObject([{ kind: "weights", text: expect.stringContaining("merge_and_unload") }]);
  });

  const filled = (name: string, length: number) => (tensors: Map<string, Tensor>) =>
    tensors.set(name, { dtype: "F32", shape: [length], data: new Float32Array(length).fill(2) });

  it.each([
    ["gpt2", { n_layer: 1 }, undefined, "12 tensors", "transformer.h.1.attn.c_attn.bias"],
    ["gpt2", {}, filled("transformer.h.0.attn.q_norm.weight", 8), "1 tensor", "h.0.attn.q_norm.weight"],
    ["qwen3", asLlama, undefined, "4 tensors", "model.layers.0.self_attn.q_norm.weight"],
    ["qwen2", asLlama, undefined, "6 tensors", "model.layers.0.self_attn.q_proj.bias"],
    ["llama", {}, filled("model.layers.1.self_attn.q_proj.bias", 32), "1 tensor", "1.self_attn.q_proj.bias"],
    ["bert", { num_hidden_layers: 1 }, undefined, "16 tensors", "bert.encoder.layer.1."],
  ] as const)(
    "names tensors of layers that nothing uses: %s %j",
    async (golden, settings, change, ...said) => {
      const { notes } = await opened(altered(golden, settings, change));
      const text = notes.find(({ kind }) => kind === "weights")?.text;
      for (const part of said) expect(text).toContain(part);
      expect(text).toContain("Do config.json and the weights belong together?");
    },
  );

  it("has no logits where its class is unknown", async () => {
    const plain = await opened(altered("gpt2", {}));
    const custom = await opened(altered("gpt2", { architectures: ["MyOwnModel"] }));
    expect(custom.notes).toMatchObject([{ kind: "head", text: expect.stringContaining("class MyOwnModel") }]);
    expect(plain.captures).toContain("logits");
    expect(custom.captures).not.toContain("logits");
    expect(custom.attention).toEqual(plain.attention);
  });

  it("has no logits where the weights lack the head: a classifier's config over base weights", async () => {
    const base = only((name) => name.startsWith("bert.embeddings") || name.startsWith("bert.encoder"));
    const source = altered("bert", { architectures: ["BertForSequenceClassification"] }, base);
    const { notes, captures, attention } = await opened(source);
    expect(notes).toMatchObject([
      { kind: "head", text: expect.stringContaining("bert.pooler.dense.weight") },
    ]);
    expect(captures).not.toContain("logits");
    expect(attention).toEqual((await opened(altered("bert", {}))).attention);
  });

  it("has no logits where lm_head is missing, and does not write", async () => {
    const source = altered(
      "llama",
      { tie_word_embeddings: false },
      only((name) => name !== "lm_head.weight"),
    );
    const model = await openModel(source, { runtime });
    expect(model.notes[0]!.text).toContain("lack lm_head.weight");
    await expect(
      model
        .generate({ ids: [1] }, { tokens: 1 })
        [Symbol.asyncIterator]()
        .next(),
    ).rejects.toThrow(InputError);
    await model.dispose();
  });

  it.each(["module.", "_orig_mod.", "base_model.model.", "module._orig_mod."])(
    "opens under %s",
    async (prefix) => {
      const { notes, attention } = await opened(
        altered(
          "gpt2",
          {},
          renamed((name) => prefix + name),
        ),
      );
      expect(notes).toMatchObject([{ kind: "names" }]);
      expect(notes[0]!.text).toContain(prefix.split(".")[0]);
      expect(attention).toEqual((await opened(altered("gpt2", {}))).attention);
    },
  );

  it("still misses what the body lacks", async () => {
    const source = altered(
      "gpt2",
      {},
      only((name) => !name.includes("h.1.attn")),
    );
    await expect(openModel(source, { runtime })).rejects.toThrow(
      "transformer.h.1.attn.c_attn.weight is missing",
    );
  });
});

describe("quantised weights", () => {
  it("are called that where config.json says so, whatever the weights are", async () => {
    for (const key of ["quantization_config", "quantization", "compression_config"]) {
      const source = memorySource("q", {
        "config.json": JSON.stringify({ model_type: "llama", [key]: { bits: 4 } }),
      });
      await expect(openModel(source, { runtime })).rejects.toThrow(/quantised/);
    }
  });

  it("are called that where only their names say so", async () => {
    const gptq = renamed((name) => name.replace("mlp.up_proj.weight", "mlp.up_proj.qweight"));
    const opening = openModel(altered("llama", {}, gptq), { runtime });
    await expect(opening).rejects.toThrow(CheckpointError);
    await expect(opening).rejects.toThrow(/quantised, as model.layers.0.mlp.up_proj.qweight/);
  });
});
