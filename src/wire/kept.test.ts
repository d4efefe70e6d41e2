import { expect, test, vi } from "vitest";
import { joinedWorker } from "../../test/support/joined-worker.ts";
import { syntheticTrace } from "../../test/synthetic.ts";
import { scoresOf } from "../analysis/index.ts";
import { memorySource } from "../checkpoint/index.ts";
import type { Model, RunOptions, Runtime } from "../engine/index.ts";
import type { Trace } from "../trace/index.ts";
import { EngineClient } from "./client.ts";
import type { Pace } from "./crossing.ts";
import { decodeMessage, encodeMessage, type Message } from "./frames.ts";
import { EngineHost } from "./host.ts";
import { scoresFrom, thumbnailsFrom } from "./looks.ts";
import type { Reply } from "./protocol.ts";

const FILTER = { segments: null, hideFirst: false, hideSpecial: false, strongest: 1 };
/** Its heads are too many numbers to be looked at in a moment. */
const large = (seed: number) =>
  syntheticTrace({ layers: 4, heads: 4, tokens: 300, store: "qk", headSize: 32, seed });

/** An engine whose runs give `traces`, one after the other, at the other end of a socket. */
async function start(
  traces: Trace[],
  keeps = true,
  during?: (options: RunOptions) => void,
  pace: Pace | null = { first: 0, apart: 0 },
) {
  const { worker, kinds, post } = joinedWorker((request) => void host.serve(request));
  const across = (reply: Reply) => {
    const message = encodeMessage(reply as unknown as Message);
    return decodeMessage(typeof message === "string" ? message : Buffer.concat(message)) as unknown as Reply;
  };
  const model = {
    info: traces[0]!.manifest.model,
    captures: [],
    notes: [],
    tokenizer: null,
    prepare: async () => {},
    dispose: async () => {},
    run: async (_: unknown, options: RunOptions) => {
      during?.(options);
      return { trace: traces.shift()!, leftOut: [], seconds: 0.5 };
    },
  } as unknown as Model;
  const host = new EngineHost({
    keeps,
    ...(pace && { pace }),
    post: (reply) => post(across(reply)),
    runtime: async () => ({ name: "node", threads: 2 }) as Runtime,
    sourceOf: () => memorySource("m", { "config.json": "{}" }),
    openModel: async () => model,
  });
  const client = new EngineClient(() => worker);
  await client.open({ source: { kind: "hub", id: "a/b" } });
  return { client, kinds };
}

const LOOK = { input: { text: "a" }, look: { block: "self", layer: 2 } } as const;

test("of a large run the layer that is looked at comes first, and the rest once the page has drawn it", async () => {
  const trace = large(1);
  const { client, kinds } = await start([trace]);
  const first: string[] = [];
  const { trace: got } = await client.run(LOOK, {
    onFirst: async (early) => {
      first.push(...early.names);
      expect(early.coming!.ended).toBe(false);
      expect(kinds).not.toContain("rest");
    },
  });
  expect(first.filter((name) => /\.\d+\./.test(name)).every((name) => name.startsWith("self.2."))).toBe(true);
  expect(first).toContain("self.2.q");
  expect(got.coming!.ended).toBe(true);
  expect(new Set(got.names)).toEqual(new Set(trace.names));
  expect(got.attention("self", 3, 1)).toEqual(trace.attention("self", 3, 1));
});

test("a small run comes as a whole, and so does one that nobody looks at meanwhile", async () => {
  const small = syntheticTrace({ layers: 2, heads: 2, tokens: 5, store: "qk", headSize: 4 });
  const { client, kinds } = await start([small, large(1)]);
  const never = () => Promise.reject(new Error("all of it is here"));
  await client.run(LOOK, { onFirst: never });
  await client.run({ input: LOOK.input }, { onFirst: never });
  expect(kinds).not.toContain("rest");
});

test("a block that the run does not have is no reason to fail: the run comes as a whole", async () => {
  const trace = large(6);
  const { client, kinds } = await start([trace]);
  const never = () => Promise.reject(new Error("all of it is here"));
  const look = { block: "cross", layer: 0 } as const;
  const { trace: got } = await client.run({ ...LOOK, look }, { onFirst: never });
  expect(new Set(got.names)).toEqual(new Set(trace.names));
  expect(kinds).not.toContain("rest");
});

test("of a run whose layers have crossed while it ran the others follow them", async () => {
  const trace = large(4);
  const { manifest, tensors } = trace.parts((name) => name.startsWith("self.0."));
  const { client, kinds } = await start([trace], true, ({ onPart, onProgress }) => {
    onPart!({ manifest, tensors });
    onProgress!(1, 4);
  });
  const parts: string[][] = [];
  const { trace: got } = await client.run(LOOK, {
    onPart: (part) => parts.push(part.names),
    onFirst: () => Promise.reject(new Error("its layers come by themselves")),
  });
  expect(parts).toEqual([[...tensors.keys()]]);
  expect(new Set(got.names)).toEqual(new Set(trace.names));
  expect(kinds).not.toContain("rest");
});

test("how far a run has come is told before any layer crosses", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  const trace = large(5);
  const { manifest, tensors } = trace.parts((name) => name.startsWith("self.0."));
  const during = ({ onPart, onProgress }: RunOptions) => {
    onPart!({ manifest, tensors });
    now += 500;
    onProgress!(1, 4);
  };
  const { client } = await start([trace], true, during, null);
  const told: [number, number][] = [];
  await client.run(LOOK, { onProgress: ({ done, total }, came) => told.push([done / total, came.length]) });
  vi.restoreAllMocks();
  expect(told[0]).toEqual([1 / 4, 0]);
});

test("heads are looked at where the run is kept, with the numbers that the page would find", async () => {
  const trace = large(2);
  const { client } = await start([trace]);
  const { trace: got } = await client.run(LOOK);
  expect(client.holds(got)).toBe(true);
  expect(scoresFrom(await client.look(got, { kind: "scores", block: "self" }))).toEqual(
    scoresOf(trace, "self"),
  );
  const places = [{ layer: 3, head: 1 }];
  const look = { kind: "thumbnails", block: "self", size: 300, filter: FILTER, places } as const;
  const [thumbnail] = thumbnailsFrom(await client.look(got, look));
  expect([...thumbnail!.slice(0, 1), ...thumbnail!.slice(300, 302)]).toEqual([
    -1,
    ...trace
      .attention("self", 3, 1, 1, 2)
      .slice(0, 2)
      .map((weight, key) => (key === 0 ? -weight : weight)),
  ]);
});

test("two runs are kept; an older one is said to be gone, and so is one of a model that was closed", async () => {
  const { client } = await start([large(1), large(2), large(3)]);
  const traces = [];
  for (let i = 0; i < 3; i++) traces.push((await client.run(LOOK)).trace);
  const ask = (trace: Trace) => client.look(trace, { kind: "scores", block: "self" });
  await expect(ask(traces[0]!)).rejects.toMatchObject({ name: "TraceError", code: "gone" });
  await expect(ask(traces[1]!)).resolves.toBeDefined();
  await client.open({ source: { kind: "hub", id: "a/b" } });
  await expect(ask(traces[2]!)).rejects.toMatchObject({ code: "gone" });
});

test("an engine whose arrays move to the page keeps nothing, and one that ended holds nothing", async () => {
  const moving = await start([large(1)], false);
  const { trace: moved } = await moving.client.run(LOOK);
  expect(moving.client.holds(moved)).toBe(false);
  const { client } = await start([large(1)]);
  const { trace } = await client.run(LOOK);
  client.stop();
  expect(client.holds(trace)).toBe(false);
});
