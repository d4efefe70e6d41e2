import { EventEmitter } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { memorySource } from "../../checkpoint/index.ts";
import { userToken } from "./access.ts";
import { cachedModels } from "./cached-models.ts";
import type { FromEngine, ToEngine } from "./engine-messages.ts";
import { Engines } from "./engines.ts";
import { memoryOf, sourceOf } from "./places.ts";

const root = mkdtempSync(join(tmpdir(), "headscope-engines-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A process that keeps what it is told. */
class FakeProcess extends EventEmitter {
  readonly told: ToEngine[] = [];
  send(message: ToEngine): void {
    this.told.push(message);
  }
  kill(): void {}
  says(message: FromEngine): void {
    this.emit("message", message);
  }
  get ended(): boolean {
    return this.told.some(({ kind }) => kind === "end");
  }
}

/** Engines for `pages` pages that together may take 10 bytes. */
function start(pages: number) {
  const processes: FakeProcess[] = [];
  const engines = new Engines({
    token: "t",
    limit: 10,
    info: async () => ({ native: null, why: "" }),
    start: () => {
      processes.push(new FakeProcess());
      return processes.at(-1)!;
    },
  });
  const headers = {
    host: "localhost:1",
    origin: "http://localhost:1",
    "sec-websocket-key": "x",
    "sec-websocket-protocol": "headscope.1, token.t",
  };
  const socket = Object.assign(new EventEmitter(), { remoteAddress: "127.0.0.1", destroy: () => {} });
  const request = { headers, socket } as unknown as Parameters<Engines["upgrade"]>[0];
  for (let i = 0; i < pages; i++) engines.upgrade(request, socket as never, Buffer.alloc(0));
  return processes;
}

describe("the models of several pages", () => {
  test("stay open side by side while they fit; then the one that was idle longest is closed", () => {
    const [a, b, c] = start(3) as [FakeProcess, FakeProcess, FakeProcess];
    a.says({ kind: "opening", bytes: 4 });
    b.says({ kind: "opening", bytes: 4 });
    expect([a.ended, b.ended]).toEqual([false, false]);
    a.says({ kind: "busy", busy: true });
    a.says({ kind: "busy", busy: false });
    c.says({ kind: "opening", bytes: 4 });
    expect([a.ended, b.ended, c.ended]).toEqual([false, true, false]);
    expect(c.told.at(-1)).toEqual({ kind: "room" });
  });

  test("are not closed while they work", () => {
    const [a, b] = start(2) as [FakeProcess, FakeProcess];
    a.says({ kind: "opening", bytes: 8 });
    a.says({ kind: "busy", busy: true });
    b.says({ kind: "opening", bytes: 8 });
    expect([a.ended, b.told.at(-1)]).toEqual([false, { kind: "room" }]);
  });

  test("are at most eight", () => {
    const processes = start(9);
    expect(processes.map(({ ended }) => ended)).toEqual([true, ...Array(8).fill(false)]);
  });
});

test("the token is kept for its user alone, and is the same the next time", async () => {
  const env = { XDG_STATE_HOME: join(root, "state") };
  const token = await userToken(env);
  expect(token).toMatch(/^[0-9a-f]{48}$/);
  expect(await userToken(env)).toBe(token);
  const path = join(root, "state", "headscope", "token");
  expect(readFileSync(path, "utf8")).toBe(token);
  if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("the cache's complete checkpoints are listed with size and shape; unfinished ones are left out", async () => {
  const cache = join(root, "hub");
  const snapshot = (name: string, blob: boolean) => {
    const repo = join(cache, name);
    for (const folder of ["refs", "blobs", "snapshots/c1"])
      mkdirSync(join(repo, folder), { recursive: true });
    writeFileSync(join(repo, "refs", "main"), "c1");
    const config = { model_type: "llama", num_hidden_layers: 3, num_attention_heads: 2 };
    writeFileSync(join(repo, "snapshots/c1/config.json"), JSON.stringify(config));
    if (blob) writeFileSync(join(repo, "blobs", "b"), "0123456789");
    symlinkSync("../../blobs/b", join(repo, "snapshots/c1/model.safetensors"));
  };
  snapshot("models--org--whole", true);
  snapshot("models--org--half", false);
  const found = await cachedModels(cache);
  expect(found).toMatchObject([{ id: "org/whole", family: "llama", layers: 3, heads: 2 }]);
  expect(found[0]!.bytes).toBeGreaterThan(10);
  expect(await cachedModels(join(root, "nowhere"))).toEqual([]);
});

test("a page names no folder but those it was given", async () => {
  const places = { models: join(root, "models"), opened: { path: "local/k/My%20model/", folder: root } };
  const options = { signal: new AbortController().signal, onBytes: () => {} };
  const of = (key: string) => sourceOf({ kind: "served", key }, places, options);
  expect(await of("local/k/My%20model/")).toMatchObject({ name: "My model" });
  for (const key of ["local/other/x/", "../models", "/etc", ".."])
    await expect(of(key), key).rejects.toThrow(/is no model of this page/);
});

test("half-precision weights count three times: mapped, and widened", async () => {
  const model = (dtype: string) =>
    memorySource("m", {
      "config.json": JSON.stringify({ torch_dtype: dtype }),
      "a.safetensors": "0123456789",
    });
  expect([await memoryOf(model("float32")), await memoryOf(model("bfloat16"))]).toEqual([10, 30]);
});
