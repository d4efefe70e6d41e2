// Weights, inputs and options that a model cannot run on, each refused by name; and what runs although something is missing.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changed, folder, useEngine } from "../../test/support/engine.ts";
import { CheckpointError, memorySource } from "../checkpoint/index.ts";
import { InputError } from "./errors.ts";
import type { Model } from "./model.ts";
import { openModel } from "./open.ts";

const engine = useEngine();

describe("weights that do not fit the config", () => {
  it("are all named at once", async () => {
    const source = changed((tensors) => {
      tensors.delete("transformer.h.1.ln_2.bias");
      const wpe = tensors.get("transformer.wpe.weight")!;
      tensors.set("transformer.wpe.weight", { ...wpe, shape: [32, 96] });
    });
    const opened = openModel(source, { runtime: engine.runtime });
    await expect(opened).rejects.toThrow(CheckpointError);
    await expect(opened).rejects.toThrow(
      /^26 of the 28 tensors .*wpe.weight has the shape \[32, 96\], expected \[96, 32\]/,
    );
    await expect(opened).rejects.toThrow("transformer.h.1.ln_2.bias is missing (expected [32])");
  });

  it("are refused where they are whole numbers", async () => {
    const source = changed((tensors) => {
      tensors.set("transformer.ln_f.bias", { dtype: "I32", shape: [32], data: new Int32Array(32) });
    });
    await expect(openModel(source, { runtime: engine.runtime })).rejects.toThrow(
      "transformer.ln_f.bias is stored as I32",
    );
  });

  it("run from memory as from a folder", async () => {
    const model = await openModel(
      changed(() => undefined),
      { runtime: engine.runtime },
    );
    const input = { ids: [5, 6, 7] };
    const one = await model.run(input, { captures: ["logits"] });
    const other = await engine.gpt2.run(input, { captures: ["logits"] });
    expect(one.trace.tensor("logits")).toEqual(other.trace.tensor("logits"));
    await model.dispose();
  });
});

describe("inputs that the model cannot take", () => {
  const refused = (input: Parameters<Model["run"]>[0], message: string | RegExp, model = () => engine.gpt2) =>
    Promise.all([
      expect(model().run(input)).rejects.toThrow(InputError),
      expect(model().run(input)).rejects.toThrow(message),
    ]);

  it("are refused by name", async () => {
    await refused({ text: "" }, "The text is empty");
    await refused({ ids: [] }, "no ids");
    await refused({ ids: [1, -1] }, "Id -1 at position 1 is outside the vocabulary, 0 to 319");
    await refused({ ids: [320] }, "Id 320 at position 0");
    await refused({ ids: [1.5] }, "Id 1.5 at position 0");
    await refused({ ids: [5, 6], typeIds: [0] }, "1 type ids for 2 ids", () => engine.bert);
    await refused({ ids: [5, 6], typeIds: [0, 2] }, "Type id 2 is outside", () => engine.bert);
  });

  it("say how long they are and can be cut", async () => {
    const ids = Array.from({ length: 100 }, (_, i) => i + 100);
    const error = await engine.gpt2.run({ ids }).catch((e: unknown) => e);
    expect((error as InputError).code).toBe("too-long");
    expect((error as InputError).data).toEqual({ tokens: 100, limit: 96 });
    const cut = (keep: "first" | "last") =>
      engine.gpt2.tokens({ ids, cut: keep })[0]!.tokens.map((token) => token.id);
    expect(cut("first")).toEqual(ids.slice(0, 96));
    expect(cut("last")).toEqual(ids.slice(-96));
  });

  it("keep their special tokens when cut", () => {
    const [stream] = engine.bert.tokens({ text: "the cat sat on the mat ".repeat(40), cut: "first" });
    expect(stream!.tokens).toHaveLength(96);
    expect(stream!.tokens.at(-1)!.special).toBe(true);
  });
});

describe("a checkpoint whose tokenizer cannot be read", () => {
  const files = {
    "config.json": readFileSync(`${folder("gpt2")}/config.json`),
    "model.safetensors": readFileSync(`${folder("gpt2")}/model.safetensors`),
    "tokenizer.json": '{"model": {"type": "Tiktoken", "vocab": {}}}',
  };

  it("runs on ids, which are shown as numbers, and says why texts do not", async () => {
    const model = await openModel(memorySource("unread", files), { runtime: engine.runtime });
    const { trace } = await model.run({ ids: [5, 6] }, { captures: ["logits"] });
    expect(trace.manifest.streams[0]!.tokens.map(({ text }) => text)).toEqual(["5", "6"]);
    expect(() => model.tokens({ text: "hello" })).toThrow(
      "the model Tiktoken, which headscope does not know",
    );
    expect(model.tokenizer!.problem).toBeInstanceOf(CheckpointError);
    await model.dispose();
  });
});

describe("a text of special tokens only", () => {
  it("runs, unless the special tokens are only those around it", () => {
    const [stream] = engine.bert.tokens({ text: "[MASK]" });
    expect(stream!.tokens.map(({ raw }) => raw)).toEqual(["[CLS]", "[MASK]", "[SEP]"]);
    expect(engine.gpt2.tokens({ text: "<|endoftext|>" })[0]!.tokens).toHaveLength(1);
    expect(() => engine.bert.tokens({ text: " " })).toThrow("The text has no tokens");
  });
});

describe("numbers that are none", () => {
  const spoiled = (name: string, value: number) =>
    changed((tensors) => void (tensors.get(name)!.data as Float32Array).fill(value));

  it("are named by layer, head and row, in a run and in generation", async () => {
    const model = await openModel(spoiled("transformer.h.1.attn.c_attn.weight", Number.NaN), {
      runtime: engine.runtime,
    });
    await expect(model.run({ ids: [1, 2, 3] })).rejects.toThrow("q of self, layer 1, head 0, row 0 is NaN");
    const first = model
      .generate({ ids: [1, 2] }, { tokens: 1 })
      [Symbol.asyncIterator]()
      .next();
    await expect(first).rejects.toMatchObject({ name: "NumbersError" });
    await model.dispose();
  });

  it("among the options of generation are refused by name", async () => {
    const options: [object, string][] = [
      [{ temperature: -1 }, "temperature is -1"],
      [{ temperature: "0.7" }, 'temperature is "0.7"'],
      [{ temperature: Number.NaN }, "temperature is null"],
      [{ topK: 0.9 }, "topK is 0.9"],
      [{ topK: -5000 }, "topK is -5000"],
      [{ topP: 1.5 }, "topP is 1.5"],
      [{ repetitionPenalty: 0 }, "repetitionPenalty is 0"],
      [{ forcedFirst: -1 }, "forcedFirst is -1"],
      [{ forcedFirst: 1e300 }, "forcedFirst is 1e+300"],
      [{ forcedLast: 320 }, "forcedLast is 320"],
    ];
    for (const [given, reason] of options) {
      const first = engine.gpt2
        .generate({ ids: [1, 2] }, { tokens: 2, ...given })
        [Symbol.asyncIterator]()
        .next();
      await expect(first).rejects.toThrow(reason);
    }
  });
});

describe("tensors that nothing uses", () => {
  it("are named where they belong to a layer", async () => {
    const extra = (names: readonly string[]) =>
      changed((tensors) => {
        const one = tensors.get("transformer.h.0.ln_1.weight")!;
        for (const name of names) tensors.set(name, one);
      });
    const notes = async (names: readonly string[]) => {
      const model = await openModel(extra(names), { runtime: engine.runtime });
      await model.dispose();
      return model.notes.filter(({ kind }) => kind === "weights").map(({ text }) => text);
    };
    expect(await notes([])).toEqual([]);
    expect(await notes(["transformer.h.0.attn.bias", "classifier.weight"])).toEqual([]);
    const [said] = await notes(["transformer.h.2.ln_1.weight", "transformer.h.0.attn.c_attn.weight_scale"]);
    expect(said).toContain("2 tensors of the weights are not used");
    expect(said).toContain("transformer.h.2.ln_1.weight");
  });
});
