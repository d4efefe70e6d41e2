import { describe, expect, test, vi } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { memorySource } from "../checkpoint/index.ts";
import { InputError, type Model, type Runtime } from "../engine/index.ts";
import { counting, EngineHost } from "./host.ts";
import { packTrace, type Reply, unpackTrace } from "./protocol.ts";

const trace = syntheticTrace({ layers: 2, heads: 2, tokens: 4 });

function fakeModel(run: Model["run"]): Model {
  return {
    info: trace.manifest.model,
    kind: "causal",
    tokenizer: null,
    captures: ["q"],
    maxTokens: 256,
    pairs: false,
    tokens: () => [{ stream: "text", tokens: trace.stream("text").tokens }],
    run,
    generate: vi.fn(),
    dispose: async () => {},
  };
}

function start(run: Model["run"] = async () => ({ trace, leftOut: [], seconds: 0.01 })) {
  const replies: Reply[] = [];
  const host = new EngineHost({
    post: (reply) => replies.push(reply),
    runtime: async () => ({ name: "web", threads: 2 }) as Runtime,
    sourceOf: ({ kind }) => memorySource(kind, { "config.json": "{}" }),
    openModel: async (source) => {
      const files = await source.list();
      await source.read(files[0]!.path, 0, 2);
      return fakeModel(run);
    },
  });
  return { host, replies };
}

const OPEN = { kind: "open", source: { kind: "hub", id: "a/b" } } as const;

describe("the worker's host", () => {
  test("opens a model, saying how many bytes were read", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, ...OPEN });
    expect(replies[0]).toEqual({ id: 1, kind: "progress", progress: { what: "bytes", done: 2, total: 2 } });
    expect(replies.at(-1)).toMatchObject({ id: 1, kind: "done", answer: { maxTokens: 256, threads: 2 } });
  });

  test("runs a text and hands the trace over", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const last = replies.at(-1)!;
    if (last.kind !== "done" || !("trace" in last.answer)) throw new Error("no trace");
    expect(unpackTrace(last.answer.trace).attention("self", 1, 1)).toEqual(trace.attention("self", 1, 1));
  });

  test("tells errors as data, with the lengths of a text that is too long", async () => {
    let runs = 0;
    const { host, replies } = start(async () => {
      if (runs++ === 0) return { trace, leftOut: [], seconds: 0 };
      throw new InputError("too long", { tokens: 300, limit: 256 });
    });
    await host.serve({ id: 1, ...OPEN });
    await host.serve({ id: 2, kind: "run", input: { text: "a" } });
    const error = { name: "InputError", message: "too long", length: { tokens: 300, limit: 256 } };
    expect(replies.at(-1)).toEqual({ id: 2, kind: "failed", error });
  });

  test("cancels a run by its id", async () => {
    let runs = 0;
    const { host, replies } = start(async (_, options) => {
      if (runs++ === 0) return { trace, leftOut: [], seconds: 0 };
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

  test("says so when nothing is open", async () => {
    const { host, replies } = start();
    await host.serve({ id: 1, kind: "tokens", input: { text: "a" } });
    expect(replies.at(-1)).toMatchObject({ kind: "failed", error: { message: "No model is open." } });
  });
});

test("a trace crosses whole: buffers that belong to something larger are copied, others moved", () => {
  const { packed, transfer } = packTrace(trace);
  const copy = structuredClone(packed, { transfer: transfer.map((b) => b.slice()) });
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
