import { describe, expect, test, vi } from "vitest";
import { syntheticTrace } from "../../test/synthetic.ts";
import { attentionOf, type Trace } from "../trace/index.ts";
import { EngineClient } from "./client.ts";
import { errorData, type NamedTensors, packTrace, type Reply, type Request } from "./protocol.ts";
import type { WorkerLike } from "./rpc.ts";

/** A worker that keeps what it is told and says what the test wants. */
class FakeWorker implements WorkerLike {
  readonly requests: Request[] = [];
  stopped = false;
  onmessage: WorkerLike["onmessage"] = null;
  onerror: WorkerLike["onerror"] = null;
  onmessageerror: WorkerLike["onmessageerror"] = null;
  postMessage(message: unknown): void {
    this.requests.push(message as Request);
  }
  terminate(): void {
    this.stopped = true;
  }
  say(reply: Reply): void {
    this.onmessage?.({ data: reply } as MessageEvent<Reply>);
  }
  die(message: string): void {
    this.onerror?.({ message, preventDefault: () => {} } as ErrorEvent);
  }
}

function start() {
  const workers: FakeWorker[] = [];
  const client = new EngineClient(() => {
    workers.push(new FakeWorker());
    return workers.at(-1)!;
  });
  const lost = vi.fn();
  client.onLost = lost;
  return { client, workers, lost };
}

const INPUT = { text: "a" };

describe("the worker's client", () => {
  test("starts no worker before the first request, and gives each its own answer", async () => {
    const { client, workers } = start();
    expect(workers).toHaveLength(0);
    const [one, two] = [client.tokens(INPUT), client.tokens(INPUT)];
    const [first, second] = workers[0]!.requests;
    workers[0]!.say({ id: second!.id, kind: "done", answer: [[]] });
    workers[0]!.say({ id: first!.id, kind: "done", answer: [] });
    expect([await one, await two]).toEqual([[], [[]]]);
  });

  test("gives a trace to which layers come, with those who wait for them", async () => {
    const { client, workers } = start();
    const whole = syntheticTrace({ layers: 2, heads: 2, tokens: 4 });
    const { manifest, tensors } = packTrace(whole.parts());
    const of = (layer: number) => tensors.filter(([name]) => name.startsWith(`self.${layer}.`));
    const onPart = vi.fn();
    const run = client.run({ input: INPUT }, { onPart });
    const { id } = workers[0]!.requests[0]!;
    const say = (done: number, more: object, tensors: NamedTensors) =>
      workers[0]!.say({
        id,
        kind: "progress",
        progress: { what: "layers", done, total: 2, ...more },
        tensors,
      });
    say(1, { manifest }, of(0));
    const early = onPart.mock.calls[0]![0] as Trace;
    const attention = attentionOf(early, "self");
    expect([attention.state(0, 1), attention.state(1, 1), attention.state(1, 9)]).toEqual([
      "here",
      "pending",
      "absent",
    ]);
    expect(attention.row(1, 1, 3)).toBeUndefined();
    const waited = attention.want([{ layer: 1, head: 1, query: 3 }]).then(() => attention.row(1, 1, 3));
    const stopped = new AbortController();
    const left = attention.want([{ layer: 1, head: 1, query: 3 }], stopped.signal);
    stopped.abort(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    say(2, {}, of(1));
    expect([...(await waited)!]).toEqual([...whole.attention("self", 1, 1, 3, 4)]);
    workers[0]!.say({ id, kind: "done", answer: { manifest, seconds: 1 }, tensors: [] });
    expect((await run).trace).toBe(early);
    expect(early.names.sort()).toEqual(whole.names.sort());
  });

  test("lets nobody wait for layers of a run that has failed", async () => {
    const { client, workers } = start();
    const { manifest, tensors } = packTrace(syntheticTrace({ layers: 2, heads: 1, tokens: 3 }).parts());
    let waited: Promise<void> | undefined;
    const onPart = (trace: Trace) => {
      waited ??= attentionOf(trace, "self").want([{ layer: 1, head: 0, query: 0 }]);
    };
    const run = client.run({ input: INPUT }, { onPart });
    const { id } = workers[0]!.requests[0]!;
    const progress = { what: "layers", done: 1, total: 2, manifest } as const;
    const first = tensors.filter(([name]) => name.startsWith("self.0."));
    workers[0]!.say({ id, kind: "progress", progress, tensors: first });
    const error = { name: "InputError", message: "no", code: "", data: {} };
    workers[0]!.say({ id, kind: "failed", error });
    await expect(run).rejects.toThrow("no");
    await expect(waited).rejects.toThrow("no");
  });

  test("passes on progress, and errors with their name, code and data", async () => {
    const { client, workers } = start();
    const onProgress = vi.fn();
    const run = client.run({ input: INPUT }, { onProgress });
    const { id } = workers[0]!.requests[0]!;
    workers[0]!.say({ id, kind: "progress", progress: { what: "layers", done: 1, total: 5 } });
    const error = {
      name: "InputError",
      message: "too long",
      code: "too-long",
      data: { tokens: 300, limit: 256 },
    };
    workers[0]!.say({ id, kind: "failed", error });
    await expect(run).rejects.toMatchObject(error);
    expect(onProgress).toHaveBeenCalledWith({ what: "layers", done: 1, total: 5 }, []);
    expect(workers[0]!.stopped).toBe(false);
  });

  test("asks the worker to cancel, and stops it where it does not listen", async () => {
    vi.useFakeTimers();
    const { client, workers, lost } = start();
    const controller = new AbortController();
    const run = client.run({ input: INPUT }, { signal: controller.signal });
    controller.abort();
    const [asked, cancelled] = workers[0]!.requests;
    expect(cancelled).toEqual({ id: asked!.id, kind: "cancel" });
    const behind = client.tokens(INPUT);
    vi.advanceTimersByTime(40_000);
    await expect(run).rejects.toMatchObject({ name: "AbortError" });
    await expect(behind).rejects.toThrow("did not end within 30 seconds, and the model was closed with it");
    expect(workers[0]!.stopped).toBe(true);
    expect(lost).toHaveBeenCalledOnce();
    vi.useRealTimers();
  });

  test("notices that the worker died, fails what waits, and starts another", async () => {
    const { client, workers, lost } = start();
    const run = client.run({ input: INPUT });
    workers[0]!.die("Uncaught RangeError: out of memory");
    await expect(run).rejects.toThrow("out of memory");
    expect(lost).toHaveBeenCalledOnce();
    void client.tokens(INPUT);
    expect(workers).toHaveLength(2);
  });

  test("tells a worker whose script never came from one that died", async () => {
    const { client, workers } = start();
    const first = client.tokens(INPUT);
    workers[0]!.die("");
    await expect(first).rejects.toMatchObject({
      code: "own-server",
      message: expect.stringContaining("Start it again"),
    });
    const [second, third] = [client.tokens(INPUT), client.tokens(INPUT)];
    workers[1]!.say({ id: workers[1]!.requests[0]!.id, kind: "done", answer: [] });
    await second;
    workers[1]!.die("");
    await expect(third).rejects.toMatchObject({ code: "died" });
  });

  test("replaces a worker whose memory is full", async () => {
    const { client, workers, lost } = start();
    const run = client.run({ input: INPUT });
    const { id } = workers[0]!.requests[0]!;
    workers[0]!.say({
      id,
      kind: "failed",
      error: errorData(new Error("std::bad_alloc")),
    });
    await expect(run).rejects.toThrow("bad_alloc");
    expect([workers[0]!.stopped, lost.mock.calls.length]).toEqual([true, 1]);
  });

  test("refuses what was cancelled before it began", async () => {
    const { client, workers } = start();
    await expect(client.run({ input: INPUT }, { signal: AbortSignal.abort() })).rejects.toThrow("Stopped");
    expect(workers).toHaveLength(0);
  });
});

test.each([
  ["RangeError: WebAssembly.Memory.grow(): Out of memory", "full"],
  ["failed to allocate memory", "full"],
  ["Aborted(native code called abort())", "broken"],
  ["It has 300 tokens", ""],
])("an error of the runtime's own words gets a code: %s", (message, code) => {
  expect(errorData(new Error(message)).code).toBe(code);
});
