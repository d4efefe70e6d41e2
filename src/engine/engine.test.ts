import { describe, expect, it } from "vitest";
import { changed, folder, useEngine } from "../../test/support/engine.ts";
import { folderSource } from "../checkpoint/node.ts";
import { CAPTURES } from "../trace/index.ts";
import { DisposedError } from "./errors.ts";
import type { Model } from "./model.ts";
import { openModel } from "./open.ts";
import { wasmRuntime } from "./runtime/wasm.ts";

const engine = useEngine();

/** Equal but for rounding: other shapes take other kernels. */
function close(found: Float32Array, expected: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 4);
}

describe("captures", () => {
  it("hold only what was asked for", async () => {
    const { trace, leftOut } = await engine.gpt2.run(
      { ids: [1, 2, 3] },
      { captures: ["pattern", "resid_mid"] },
    );
    expect(trace.names.sort()).toEqual([
      "self.0.pattern",
      "self.1.pattern",
      "text.0.resid_mid",
      "text.1.resid_mid",
    ]);
    expect(leftOut).toEqual([]);
  });

  it("default to q, k, v and the last logits", async () => {
    const { trace } = await engine.gpt2.run({ ids: [1, 2, 3] });
    expect(trace.names.filter((name) => !name.startsWith("self.1")).sort()).toEqual([
      "last_logits",
      "self.0.k",
      "self.0.q",
      "self.0.v",
    ]);
    expect(trace.tensor("last_logits")!.shape).toEqual([320]);
  });

  it("that a family does not have are said to be left out", async () => {
    const { leftOut } = await engine.bert.run({ ids: [2, 5, 3] }, { captures: ["q", "final_norm"] });
    expect(leftOut).toEqual(["final_norm"]);
  });

  it("do not change each other", async () => {
    const all = await engine.gpt2.run({ ids: [9, 8, 7] }, { captures: CAPTURES });
    const some = await engine.gpt2.run({ ids: [9, 8, 7] }, { captures: ["last_logits"] });
    close(some.trace.tensor("last_logits")!.data, all.trace.tensor("last_logits")!.data);
  });
});

describe("a run", () => {
  it("stops when told to", async () => {
    const stopped = engine.gpt2.run({ ids: [1, 2, 3] }, { signal: AbortSignal.abort(new Error("stop")) });
    await expect(stopped).rejects.toThrow("stop");
  });

  it("gives the same numbers with prepacked weights", async () => {
    const runs = [];
    for (let i = 0; i < 4; i++)
      runs.push(await engine.gpt2.run({ ids: [4, 5, 6] }, { captures: ["logits"] }));
    const [first, ...others] = runs.map((run) => run.trace.tensor("logits")!.data);
    for (const other of others) close(other, first!);
  });

  it("reports its layers", async () => {
    const seen: [number, number][] = [];
    await engine.gpt2.run({ ids: [1] }, { onProgress: (done, total) => seen.push([done, total]) });
    expect(seen).toEqual([[2, 2]]);
  });

  it("has the same numbers in WebAssembly", async () => {
    const ort = await import("onnxruntime-web");
    ort.env.wasm.numThreads = 1;
    const web = await openModel(await folderSource(folder("gpt2")), { runtime: wasmRuntime(ort, 1) });
    const input = { ids: [3, 1, 4, 1, 5] };
    const [a, b] = await Promise.all([
      web.run(input, { captures: ["logits"] }),
      engine.gpt2.run(input, { captures: ["logits"] }),
    ]);
    close(a.trace.tensor("logits")!.data, b.trace.tensor("logits")!.data);
    await web.dispose();
  });
});

describe("generation", () => {
  const generated = async (options: Parameters<Model["generate"]>[1]) => {
    const ids: (number | null)[] = [];
    for await (const { token, logprob } of engine.gpt2.generate({ ids: [40, 50] }, options)) {
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
      for await (const step of engine.bert.generate({ ids: [2, 3] }, { tokens: 1 })) return step;
    };
    await expect(first()).rejects.toThrow("does not generate");
  });
});

describe("the parts of a run", () => {
  it("are given as they are done, before their layers are told, and make up the result", async () => {
    const model = await openModel(await folderSource(folder("gpt2")), { runtime: engine.runtime });
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
      { runtime: engine.runtime },
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
    const model = await openModel(await folderSource(folder("gpt2")), { runtime: engine.runtime });
    await model.run({ ids: [1, 2, 3] });
    const begun = model.run({ ids: [1, 2, 3] });
    await model.dispose();
    expect((await begun).trace.has("self.0.q")).toBe(true);
    await expect(model.run({ ids: [1, 2, 3] })).rejects.toThrow(DisposedError);
  });

  it("ends what is being written with a named error", async () => {
    const model = await openModel(await folderSource(folder("gpt2")), { runtime: engine.runtime });
    const writing = model.generate({ ids: [1, 2] }, { tokens: 20, ignoreEos: true })[Symbol.asyncIterator]();
    await writing.next();
    await model.dispose();
    await expect(writing.next()).rejects.toThrow(DisposedError);
  });
});
