import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CheckpointError, memorySource } from "../checkpoint/index.ts";
import { folderSource } from "../checkpoint/node.ts";
import { decodeTensor, parseSafetensors, type Tensor, writeSafetensors } from "../tensor/index.ts";
import { CAPTURES } from "../trace/index.ts";
import { DisposedError, InputError } from "./errors.ts";
import type { Model } from "./model.ts";
import { openModel } from "./open.ts";
import { nodeRuntime } from "./runtime/node.ts";
import type { Runtime } from "./runtime/runtime.ts";
import { wasmRuntime } from "./runtime/wasm.ts";

const folder = (name: string) =>
  fileURLToPath(new URL(`../../test/fixtures/goldens/${name}`, import.meta.url));
let runtime: Runtime;
let gpt2: Model;
let bert: Model;
beforeAll(async () => {
  runtime = await nodeRuntime();
  gpt2 = await openModel(await folderSource(folder("gpt2")), { runtime });
  bert = await openModel(await folderSource(folder("bert")), { runtime });
});
afterAll(async () => {
  await gpt2.dispose();
  await bert.dispose();
});

/** Equal but for rounding: other shapes take other kernels. */
function close(found: Float32Array, expected: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
}

/** The gpt2 fixture with some of its tensors changed. */
function changed(change: (tensors: Map<string, Tensor>) => void) {
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

describe("weights that do not fit the config", () => {
  it("are all named at once", async () => {
    const source = changed((tensors) => {
      tensors.delete("transformer.h.1.ln_2.bias");
      const wpe = tensors.get("transformer.wpe.weight")!;
      tensors.set("transformer.wpe.weight", { ...wpe, shape: [32, 96] });
    });
    const opened = openModel(source, { runtime });
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
    await expect(openModel(source, { runtime })).rejects.toThrow("transformer.ln_f.bias is stored as I32");
  });

  it("run from memory as from a folder", async () => {
    const model = await openModel(
      changed(() => undefined),
      { runtime },
    );
    const input = { ids: [5, 6, 7] };
    const one = await model.run(input, { captures: ["logits"] });
    const other = await gpt2.run(input, { captures: ["logits"] });
    expect(one.trace.tensor("logits")).toEqual(other.trace.tensor("logits"));
    await model.dispose();
  });
});

describe("inputs that the model cannot take", () => {
  const refused = (input: Parameters<Model["run"]>[0], message: string | RegExp, model = () => gpt2) =>
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
    await refused({ ids: [5, 6], typeIds: [0] }, "1 type ids for 2 ids", () => bert);
    await refused({ ids: [5, 6], typeIds: [0, 2] }, "Type id 2 is outside", () => bert);
  });

  it("say how long they are and can be cut", async () => {
    const ids = Array.from({ length: 100 }, (_, i) => i + 100);
    const error = await gpt2.run({ ids }).catch((e: unknown) => e);
    expect((error as InputError).code).toBe("too-long");
    expect((error as InputError).data).toEqual({ tokens: 100, limit: 96 });
    const cut = (keep: "first" | "last") =>
      gpt2.tokens({ ids, cut: keep })[0]!.tokens.map((token) => token.id);
    expect(cut("first")).toEqual(ids.slice(0, 96));
    expect(cut("last")).toEqual(ids.slice(-96));
  });

  it("keep their special tokens when cut", () => {
    const [stream] = bert.tokens({ text: "the cat sat on the mat ".repeat(40), cut: "first" });
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
    const model = await openModel(memorySource("unread", files), { runtime });
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
    const [stream] = bert.tokens({ text: "[MASK]" });
    expect(stream!.tokens.map(({ raw }) => raw)).toEqual(["[CLS]", "[MASK]", "[SEP]"]);
    expect(gpt2.tokens({ text: "<|endoftext|>" })[0]!.tokens).toHaveLength(1);
    expect(() => bert.tokens({ text: " " })).toThrow("The text has no tokens");
  });
});

describe("captures", () => {
  it("hold only what was asked for", async () => {
    const { trace, leftOut } = await gpt2.run({ ids: [1, 2, 3] }, { captures: ["pattern", "resid_mid"] });
    expect(trace.names.sort()).toEqual([
      "self.0.pattern",
      "self.1.pattern",
      "text.0.resid_mid",
      "text.1.resid_mid",
    ]);
    expect(leftOut).toEqual([]);
  });

  it("default to q, k, v and the last logits", async () => {
    const { trace } = await gpt2.run({ ids: [1, 2, 3] });
    expect(trace.names.filter((name) => !name.startsWith("self.1")).sort()).toEqual([
      "last_logits",
      "self.0.k",
      "self.0.q",
      "self.0.v",
    ]);
    expect(trace.tensor("last_logits")!.shape).toEqual([320]);
  });

  it("that a family does not have are said to be left out", async () => {
    const { leftOut } = await bert.run({ ids: [2, 5, 3] }, { captures: ["q", "final_norm"] });
    expect(leftOut).toEqual(["final_norm"]);
  });

  it("do not change each other", async () => {
    const all = await gpt2.run({ ids: [9, 8, 7] }, { captures: CAPTURES });
    const some = await gpt2.run({ ids: [9, 8, 7] }, { captures: ["last_logits"] });
    close(some.trace.tensor("last_logits")!.data, all.trace.tensor("last_logits")!.data);
  });
});

describe("a run", () => {
  it("stops when told to", async () => {
    const stopped = gpt2.run({ ids: [1, 2, 3] }, { signal: AbortSignal.abort(new Error("stop")) });
    await expect(stopped).rejects.toThrow("stop");
  });

  it("gives the same numbers with prepacked weights", async () => {
    const runs = [];
    for (let i = 0; i < 4; i++) runs.push(await gpt2.run({ ids: [4, 5, 6] }, { captures: ["logits"] }));
    const [first, ...others] = runs.map((run) => run.trace.tensor("logits")!.data);
    for (const other of others) close(other, first!);
  });

  it("reports its layers", async () => {
    const seen: [number, number][] = [];
    await gpt2.run({ ids: [1] }, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([[2, 2]]);
  });

  it("has the same numbers in WebAssembly", async () => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    const web = await openModel(await folderSource(folder("gpt2")), { runtime: wasmRuntime(ort, 1) });
    const input = { ids: [3, 1, 4, 1, 5] };
    const [a, b] = await Promise.all([
      web.run(input, { captures: ["logits"] }),
      gpt2.run(input, { captures: ["logits"] }),
    ]);
    close(a.trace.tensor("logits")!.data, b.trace.tensor("logits")!.data);
    await web.dispose();
  });
});

describe("generation", () => {
  const generated = async (options: Parameters<Model["generate"]>[1]) => {
    const ids: (number | null)[] = [];
    for await (const { token, logprob } of gpt2.generate({ ids: [40, 50] }, options)) {
      expect(logprob).toBeLessThanOrEqual(0);
      ids.push(token.id);
    }
    return ids;
  };

  it("repeats itself under one seed and differs under another", async () => {
    const options = { tokens: 12, temperature: 3, topK: 50, topP: 0.95, ignoreEos: true };
    const first = await generated({ ...options, seed: 1 });
    expect(await generated({ ...options, seed: 1 })).toEqual(first);
    expect(await generated({ ...options, seed: 2 })).not.toEqual(first);
  });

  it("stays inside the model's positions", async () => {
    expect(await generated({ tokens: 500, ignoreEos: true })).toHaveLength(94);
  });

  it("is refused by an encoder", async () => {
    const first = async () => {
      for await (const step of bert.generate({ ids: [2, 3] }, { tokens: 1 })) return step;
    };
    await expect(first()).rejects.toThrow("does not generate");
  });
});

describe("the parts of a run", () => {
  it("are given as they are done, before their layers are told, and make up the result", async () => {
    const model = await openModel(await folderSource(folder("gpt2")), { runtime });
    const seen: (string | number)[] = [];
    const { trace } = await model.run(
      { ids: [1, 2, 3] },
      {
        points: "vectors",
        onPart: ({ tensors }) => seen.push(...tensors.keys()),
        onProgress: (done) => seen.push(done),
      },
    );
    await model.dispose();
    const layers = trace.block("self").layers;
    expect(layers).toBeGreaterThan(1);
    const expected = Array.from({ length: layers }, (_, i) => [
      ...["q", "k", "v"].map((part) => `self.${i}.${part}`),
      i + 1,
    ]).flat();
    expect(seen).toEqual(expected);
    expect(trace.names).toEqual([...seen.filter((name) => typeof name === "string"), "last_logits"]);
  });

  it("are not given where they hold a number that is none", async () => {
    const model = await openModel(
      changed((tensors) => {
        const name = [...tensors.keys()].find((key) => key.endsWith("h.0.attn.c_attn.bias"))!;
        (tensors.get(name)!.data as Float32Array).fill(Number.NaN);
      }),
      { runtime },
    );
    const given: unknown[] = [];
    const run = model.run({ ids: [1, 2, 3] }, { points: "vectors", onPart: (part) => given.push(part) });
    await expect(run).rejects.toThrow("is NaN");
    await model.dispose();
    expect(given).toEqual([]);
  });
});

describe("dispose", () => {
  it("waits for runs that have begun, and refuses later ones", async () => {
    const model = await openModel(await folderSource(folder("gpt2")), { runtime });
    await model.run({ ids: [1, 2, 3] });
    const begun = model.run({ ids: [1, 2, 3] });
    await model.dispose();
    expect((await begun).trace.has("self.0.q")).toBe(true);
    await expect(model.run({ ids: [1, 2, 3] })).rejects.toThrow(DisposedError);
  });

  it("ends what is being written with a named error", async () => {
    const model = await openModel(await folderSource(folder("gpt2")), { runtime });
    const writing = model.generate({ ids: [1, 2] }, { tokens: 20, ignoreEos: true })[Symbol.asyncIterator]();
    await writing.next();
    await model.dispose();
    await expect(writing.next()).rejects.toThrow(DisposedError);
  });
});

describe("numbers that are none", () => {
  const spoiled = (name: string, value: number) =>
    changed((tensors) => void (tensors.get(name)!.data as Float32Array).fill(value));

  it("are named by layer, head and row, in a run and in generation", async () => {
    const model = await openModel(spoiled("transformer.h.1.attn.c_attn.weight", Number.NaN), { runtime });
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
      const first = gpt2
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
      const model = await openModel(extra(names), { runtime });
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
