import { describe, expect, test, vi } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { memorySource, type Source } from "../checkpoint/index.ts";
import { InputError, type Model, type Runtime } from "../engine/index.ts";
import { floatTensor } from "../tensor/index.ts";
import { Trace } from "../trace/index.ts";
import type { Pace } from "./crossing.ts";
import { counting, EngineHost } from "./host.ts";
import { buffersOf, packTrace, type Reply, type RunReply, unpackTrace } from "./protocol.ts";

const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 4 });

function fakeModel(run: Model["run"]): Model {
  return {
    info: trace.manifest.model,
    kind: "causal",
    tokenizer: null,
    captures: ["q"],
    maxTokens: 256,
    pairs: false,
    pictures: false,
    points: undefined,
    rotary: { dims: 4, style: "half" },
    says: null,
    notes: [{ kind: "keys", text: "config.json has a key that nothing reads: total_flos." }],
    settings: { options: {}, ignored: [] },
    tokens: () => [{ stream: "text", tokens: trace.stream("text").tokens }],
    prepare: async () => {},
    run,
    runEach: async () => [],
    generate: vi.fn(),
    unembed: async () => {
      throw new Error("no head");
    },
    readout: async () => {
      throw new Error("no head");
    },
    outputs: async () => floatTensor([1, 1, 1], Float32Array.of(4)),
    dispose: async () => {},
  };
}

const RUN: Model["run"] = async () => ({ trace, leftOut: [], seconds: 0.01 });

function start(
  run = RUN,
  more: Partial<Model> = {},
  files: Record<string, string> = {},
  onSource: (source: Source) => void = () => {},
  pace: Pace = { first: 0, apart: 0 },
  keeps = false,
) {
  const replies: Reply[] = [];
  const host = new EngineHost({
    pace,
    keeps,
    post: (reply) => replies.push(reply),
    runtime: async () => ({ name: "web", threads: 2 }) as Runtime,
    sourceOf: ({ kind }) => memorySource(kind, { "config.json": "{}", ...files }),
    openModel: async (source) => {
      onSource(source);
      const files = await source.list();
      await source.read(files[0]!.path, 0, 2);
      return { ...fakeModel(run), ...more };
    },
  });
  return { host, replies };
}

/** A model that writes these tokens, ids counted from 0; "</s>" is special. */
function written(texts: readonly string[], wait?: number): Model["generate"] {
  return async function* () {
    for (const [id, text] of texts.entries()) {
      if (wait) await new Promise((resume) => setTimeout(resume, wait));
      const special = text === "</s>";
      yield {
        token: { id, raw: text, text, start: null, end: null, special, segment: 0 },
        logprob: 0,
      };
    }
  };
}

const SAMPLING = { tokens: 20, temperature: 0, topK: null, topP: null, seed: 0 };
const OPEN = { kind: "open", source: { kind: "hub", id: "a/b" } } as const;

describe("the worker's host", () => {
  test("gives the outputs of a layer's heads beside its answer", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "outputs", block: "self", layer: 0 });
    const tensor = floatTensor([1, 1, 1], Float32Array.of(4));
    expect(replies.at(-1)).toEqual({ id: 2, kind: "done", answer: null, tensors: [["outputs", tensor]] });
  });

  test("opens a model, saying how many bytes were read", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, ...OPEN });
    expect(replies[0]).toEqual({ id: 1, kind: "progress", progress: { what: "bytes", done: 2, total: 2 } });
    expect(replies.at(-1)).toMatchObject({
      id: 1,
      kind: "done",
      answer: {
        maxTokens: 256,
        threads: 2,
        notes: ["config.json has a key that nothing reads: total_flos."],
      },
    });
  });

  test("prepares the model it opens without a run, and tells nobody of what is read later", async () => {
    const run = vi.fn(RUN);
    const prepare = vi.fn(async () => {});
    let readLater = async (): Promise<unknown> => undefined;
    const { host, replies } = start(run, { prepare }, {}, (source) => {
      readLater = () => source.read("config.json", 0, 2);
    });
    await host.serve({ id: 1, ...OPEN });
    expect([prepare.mock.calls.length, run.mock.calls.length]).toEqual([1, 0]);
    const before = replies.length;
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    await readLater();
    expect(replies.slice(before).map(({ kind }) => kind)).toEqual(["done"]);
  });

  test("runs a text and hands the trace over", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const last = replies.at(-1)!;
    if (last.kind !== "done") throw new Error("no trace");
    const { manifest } = last.answer as RunReply;
    expect(unpackTrace({ manifest, tensors: last.tensors! }).attention("self", 1, 1)).toEqual(
      trace.attention("self", 1, 1),
    );
  });

  test("hands layers over as they are done, each tensor once", async () => {
    const { manifest, tensors } = trace.parts();
    const of = (layer: number) => new Map([...tensors].filter(([name]) => name.startsWith(`self.${layer}.`)));
    const run: Model["run"] = async (_, { onPart, onProgress } = {}) => {
      for (const layer of [0, 1]) {
        onPart?.({ manifest, tensors: of(layer) });
        onProgress?.(layer + 1, 2);
      }
      return { trace, leftOut: [], seconds: 0.01 };
    };
    const { host, replies } = start(run);
    await host.serve({ id: 1, ...OPEN });
    replies.length = 0;
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const told = replies.map((reply) =>
      "tensors" in reply ? (reply.tensors ?? []).map(([name]) => name) : [],
    );
    expect(told.slice(0, 2)).toEqual([[...of(0).keys()], [...of(1).keys()]]);
    expect(told.flat().sort()).toEqual([...tensors.keys()].sort());
    const progress = replies.flatMap((reply) => (reply.kind === "progress" ? [reply.progress] : []));
    expect(progress.map((now) => now.manifest)).toEqual([manifest, undefined]);
  });

  test("sends layers that were done before the next are due together with them", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const { manifest, tensors } = trace.parts();
    const of = (layer: number) => new Map([...tensors].filter(([name]) => name.startsWith(`self.${layer}.`)));
    const run: Model["run"] = async (_, { onPart, onProgress } = {}) => {
      for (const layer of [0, 1]) {
        vi.advanceTimersByTime(60);
        onPart?.({ manifest, tensors: of(layer) });
        onProgress?.(layer + 1, 2);
      }
      return { trace, leftOut: [], seconds: 0.01 };
    };
    const { host, replies } = start(run, {}, {}, undefined, { first: 100, apart: 100 });
    await host.serve({ id: 1, ...OPEN });
    replies.length = 0;
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    vi.useRealTimers();
    const [early] = replies.map((reply) => ("tensors" in reply ? reply.tensors!.map(([name]) => name) : []));
    expect(replies.map(({ kind }) => kind)).toEqual(["progress", "done"]);
    expect(early).toEqual([...of(0).keys(), ...of(1).keys()]);
  });

  test("sends a run that takes no longer than the first layers may when it is whole", async () => {
    const run: Model["run"] = async (_, { onPart, onProgress } = {}) => {
      onPart?.(trace.parts());
      onProgress?.(2, 2);
      return { trace, leftOut: [], seconds: 0.01 };
    };
    const { host, replies } = start(run, {}, {}, undefined, { first: 60_000, apart: 0 });
    await host.serve({ id: 1, ...OPEN });
    replies.length = 0;
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    expect(replies.map(({ kind }) => kind)).toEqual(["done"]);
    expect("tensors" in replies[0]! && replies[0].tensors!.map(([name]) => name).sort()).toEqual(
      [...trace.parts().tensors.keys()].sort(),
    );
  });

  test("sends what is inside attention in half precision where that is asked for, within what a half rounds", async () => {
    const [name, far] = ["self.0.q", floatTensor([1, 1, 2], Float32Array.of(1, 70_000))];
    const sinks = floatTensor([2], Float32Array.of(1, 2));
    const made = syntheticTrace({ layers: 2, heads: 2, tokens: 40, store: "qk" });
    const { manifest, tensors } = made.parts();
    const whole = new Trace(manifest, new Map([...tensors, ["last_logits", sinks]]));
    const ask = async (of: Trace, precision?: "half") => {
      const { host, replies } = start(async () => ({ trace: of, leftOut: [], seconds: 0.01 }));
      await host.serve({ id: 1, ...OPEN });
      await host.serve({ id: 2, kind: "run", input: { text: "a" }, ...(precision && { precision }) });
      const last = replies.at(-1)!;
      if (last.kind !== "done") throw new Error("no trace");
      return unpackTrace({ manifest, tensors: last.tensors! });
    };
    const bytes = (sent: Trace) => sent.names.reduce((sum, at) => sum + sent.raw(at)!.data.byteLength, 0);
    const [plain, half] = [await ask(whole), await ask(whole, "half")];
    expect(plain.names.every((at) => plain.raw(at)!.dtype === "F32")).toBe(true);
    expect(bytes(half)).toBe((bytes(plain) - sinks.data.byteLength) / 2 + sinks.data.byteLength);
    expect(half.raw("last_logits")!.dtype).toBe("F32");
    for (const [at, { data }] of tensors) {
      const sent = half.tensor(at)!.data;
      const off = (data as Float32Array).map(
        (x, i) => Math.abs(x - sent[i]!) / Math.max(Math.abs(x), 2 ** -14),
      );
      expect(Math.max(...off), at).toBeLessThanOrEqual(2 ** -11);
    }
    const [a, b] = [plain.attention("self", 1, 1), half.attention("self", 1, 1)];
    const gap = Math.max(...a.map((weight, i) => Math.abs(weight - b[i]!)));
    expect(gap).toBeGreaterThan(0);
    expect(gap).toBeLessThan(2e-3);
    const large = new Trace(manifest, new Map([...tensors, [name, far]]));
    expect((await ask(large, "half")).raw(name)).toEqual(far);
  });

  test("keeps the arrays of a model that keeps the beginnings of its runs", async () => {
    const { host, replies } = start(RUN, { points: "vectors" });
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const own = new Set(trace.names.map((name) => trace.raw(name)!.data.buffer));
    expect(buffersOf(replies.at(-1)!).some((buffer) => own.has(buffer))).toBe(false);
  });

  test("tells errors as data, with the lengths of a text that is too long", async () => {
    const { host, replies } = start(async () => {
      throw new InputError("too long", { code: "too-long", data: { tokens: 300, limit: 256 } });
    });
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const error = {
      name: "InputError",
      message: "too long",
      code: "too-long",
      data: { tokens: 300, limit: 256 },
    };
    expect(replies.at(-1)).toEqual({ id: 2, kind: "failed", error });
  });

  test("cancels a run by its id", async () => {
    const { host, replies } = start(async (_, options) => {
      await new Promise((_, reject) =>
        options?.signal?.addEventListener("abort", () => reject(options.signal!.reason)),
      );
      return { trace, leftOut: [], seconds: 0 };
    });
    await host.serve({ id: 1, ...OPEN });
    const run = host.serve({ id: 2, kind: "run", input: { text: "a" } });
    await host.serve({ id: 2, kind: "cancel" });
    await run;
    expect(replies.at(-1)).toMatchObject({ id: 2, kind: "failed", error: { name: "AbortError" } });
  });

  test("writes, telling the words, and leaves an end token out", async () => {
    const { host, replies } = start(RUN, { generate: written(["a", "b", "</s>"]) });
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "generate", input: { ids: [1] }, sampling: { ...SAMPLING, tokens: 9 } });
    const said = replies.filter((reply) => reply.id === 2);
    expect(said.at(-2)).toMatchObject({ kind: "progress", progress: { what: "tokens", done: 3, total: 9 } });
    expect(said.at(-1)).toEqual({ id: 2, kind: "done", answer: [0, 1] });
  });

  test("writes what it had when it is cancelled", async () => {
    const endless = Array.from({ length: 1000 }, () => "a");
    const { host, replies } = start(RUN, { generate: written(endless, 1) });
    await host.serve({ id: 1, ...OPEN });
    const writing = host.serve({ id: 2, kind: "generate", input: { ids: [1] }, sampling: SAMPLING });
    await expect.poll(() => replies.some((r) => r.id === 2 && r.kind === "progress")).toBe(true);
    await host.serve({ id: 2, kind: "cancel" });
    await writing;
    const last = replies.at(-1)!;
    if (last.kind !== "done" || !Array.isArray(last.answer)) throw new Error("no ids");
    expect(last.answer.length).toBeGreaterThan(0);
    expect(last.answer.length).toBeLessThan(1000);
  });

  test("puts a text into the chat template where it is asked to", async () => {
    const run = vi.fn(RUN);
    const config = JSON.stringify({ chat_template: "<user>{{ messages[0].content }}<bot>" });
    const { host, replies } = start(run, {}, { "tokenizer_config.json": config });
    await host.serve({ id: 1, ...OPEN });
    expect(replies.at(-1)).toMatchObject({ answer: { chat: true } });
    await host.serve({ id: 2, kind: "run", input: { text: "Hi", chat: true } });
    expect(run).toHaveBeenLastCalledWith(
      { text: "<user>Hi<bot>", addSpecialTokens: false },
      expect.anything(),
    );
    await host.serve({ id: 3, kind: "run", input: { text: "Hi" } });
    expect(run).toHaveBeenLastCalledWith({ text: "Hi" }, expect.anything());
  });

  test("says so when nothing is open", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, kind: "tokens", input: { text: "a" } });
    expect(replies.at(-1)).toMatchObject({ kind: "failed", error: { message: "No model is open." } });
  });
});

test("a trace crosses whole: buffers that belong to something larger are copied, others moved", () => {
  const packed = packTrace(trace.parts());
  const copy = structuredClone(packed);
  const buffers = buffersOf({ id: 1, kind: "done", answer: null, tensors: packed.tensors });
  expect(buffers.length).toBeGreaterThan(0);
  expect(unpackTrace(copy).manifest).toEqual(trace.manifest);
  for (const [, { data }] of packed.tensors) expect(data.byteLength).toBe(data.buffer.byteLength);
});

test("counted bytes never exceed the total", async () => {
  const seen: number[] = [];
  const source = counting(memorySource("m", { "a.json": "12345" }), (done, total) => seen.push(done / total));
  await source.list();
  for (let i = 0; i < 3; i++) await source.read("a.json", 0, 5);
  expect(seen).toEqual([1, 1, 1]);
});
